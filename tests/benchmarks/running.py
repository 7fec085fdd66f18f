"""How fast hooked code runs that meets no Variable, beside plain code: with no Scalar alive, and with one elsewhere."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from types import ModuleType

import minitorch

from . import programs
from .figures import Figure
from .fresh import set_aside
from .turns import in_turn, seconds, times

__all__ = ["figures"]

REPEATS = 15
MAX_TIMES = 1.15
MAX_TIMES_ALIVE = 4.0


def both_forms(name: str) -> tuple[ModuleType, ModuleType]:
    """A program as plain Python and as the import hook loads it."""
    plain = importlib.import_module(name)
    with set_aside([name]), minitorch.install_import_hook([name]):
        return plain, importlib.import_module(name)


def ratio(plain: Callable[[], object], hooked: Callable[[], object]) -> float:
    """How many times as long as the plain form the hooked one takes."""
    taken = in_turn({"plain": lambda: seconds(plain), "hooked": lambda: seconds(hooked)}, REPEATS)
    return times(taken["hooked"], taken["plain"])


def figures() -> list[Figure]:
    """Two ratios per program."""
    made = []
    for _, name, _ in pkgutil.iter_modules(programs.__path__):
        plain, hooked = both_forms(f"{programs.__name__}.{name}")
        title = name.replace("_", " ")
        assert plain.run() == hooked.run(), name
        made.append(Figure(f"{title}, no Scalar alive", ratio(plain.run, hooked.run), "times", MAX_TIMES))
        alive = minitorch.Scalar(1.0)
        assert plain.run() == hooked.run(), name
        made.append(Figure(f"{title}, a Scalar alive", ratio(plain.run, hooked.run), "times", MAX_TIMES_ALIVE))
        del alive
    return made
