"""How fast hooked code runs that meets no Variable, beside plain code: with no Scalar alive, and with one elsewhere."""

from __future__ import annotations

import gc
import importlib
import pkgutil
import sys
import time
from collections.abc import Callable
from types import ModuleType

import minitorch

from . import programs
from .figures import Figure, median

__all__ = ["figures"]

REPEATS = 15
MOST_TIMES = 1.15
MOST_TIMES_ALIVE = 4.0


def both_forms(name: str) -> tuple[ModuleType, ModuleType]:
    """A program as plain Python and as the import hook loads it."""
    plain = importlib.import_module(name)
    kept = sys.modules.pop(name)
    try:
        with minitorch.install_import_hook([name]):
            return plain, importlib.import_module(name)
    finally:
        sys.modules[name] = kept


def seconds(function: Callable[[], object]) -> float:
    """How long one call takes, of the processor's time."""
    start = time.process_time()
    function()
    return time.process_time() - start


def ratio(plain: Callable[[], object], hooked: Callable[[], object]) -> float:
    """How many times as long as the plain form the hooked one takes: the median over runs side by side."""
    gc.collect()
    gc.disable()
    try:
        return median([seconds(hooked) / seconds(plain) for _ in range(REPEATS)])
    finally:
        gc.enable()


def figures() -> list[Figure]:
    """Two ratios per program."""
    made = []
    for _, name, _ in pkgutil.iter_modules(programs.__path__):
        plain, hooked = both_forms(f"{programs.__name__}.{name}")
        title = name.replace("_", " ")
        assert plain.run() == hooked.run(), name
        made.append(Figure(f"{title}, no Scalar alive", ratio(plain.run, hooked.run), "times", MOST_TIMES))
        alive = minitorch.Scalar(1.0)
        assert plain.run() == hooked.run(), name
        made.append(Figure(f"{title}, a Scalar alive", ratio(plain.run, hooked.run), "times", MOST_TIMES_ALIVE))
        del alive
    return made
