"""How fast rewritten code runs that meets no Variable, beside plain code: with no Scalar alive, and with one elsewhere.

Programs and small functions are loaded by the import hook; the same small functions are handed to `trace` one by one,
as a script does that imports minitorch.
"""

from __future__ import annotations

import importlib
import importlib.util
import math
import pkgutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import minitorch

from . import programs, small_functions
from .figures import Figure
from .fresh import set_aside
from .turns import in_turn, per_call, seconds, times

__all__ = ["both_forms", "figures", "handed_form"]

REPEATS = 15
SHORTEST = 0.005
"""Seconds for which a small function is called, each time."""

MAX_TIMES = {"hooked": 1.05, "handed to trace": 1.15}
MAX_TIMES_ALIVE = {"hooked": 1.5, "handed to trace": 2.0}


def both_forms(name: str) -> tuple[ModuleType, ModuleType]:
    """A program as plain Python and as the import hook loads it."""
    plain = importlib.import_module(name)
    with set_aside([name]), minitorch.install_import_hook([name]):
        return plain, importlib.import_module(name)


def handed_form() -> ModuleType:
    """The small functions in a script that imports minitorch, each handed to `trace`."""
    name = "script_with_small_functions"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.py"
        path.write_text(f"{Path(small_functions.__file__).read_text()}\nimport minitorch\n")
        spec: Any = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
        for function in small_functions.CASES:
            minitorch.trace(getattr(module, function))
        # What they call is converted when they call it.
        call_all(module, minitorch.Scalar(1.0))
    return module


def call_all(module: ModuleType, alive: minitorch.Scalar | None = None) -> dict[str, Any]:
    """The results of the small functions, in one form of their module."""
    return {name: getattr(module, name)(*arguments) for name, arguments in small_functions.CASES.items()}


def ratio(plain: Callable[[], float], rewritten: Callable[[], float]) -> float:
    """How many times as long as the plain form the rewritten one takes."""
    taken = in_turn({"plain": plain, "rewritten": rewritten}, REPEATS)
    return times(taken["rewritten"], taken["plain"])


def of_programs() -> list[Figure]:
    """Two ratios per program."""
    made = []
    for _, name, _ in pkgutil.iter_modules(programs.__path__):
        plain, hooked = both_forms(f"{programs.__name__}.{name}")
        runs = [lambda run=module.run: seconds(run) for module in (plain, hooked)]
        title = name.replace("_", " ")
        assert plain.run() == hooked.run(), name
        made.append(Figure(f"{title}, no Scalar alive", ratio(*runs), "times", MAX_TIMES["hooked"]))
        alive = minitorch.Scalar(1.0)
        assert plain.run() == hooked.run(), name
        made.append(Figure(f"{title}, a Scalar alive", ratio(*runs), "times", MAX_TIMES_ALIVE["hooked"]))
        del alive
    return made


def of_small_functions(how: str, rewritten: ModuleType) -> list[Figure]:
    """Two ratios per function, and the geometric means of them, which have targets."""
    made, found = [], ([], [])
    expected = call_all(small_functions)
    assert call_all(rewritten) == expected
    for name, arguments in small_functions.CASES.items():
        calls = [
            per_call("f({})", [arguments], SHORTEST, f=getattr(module, name)) for module in (small_functions, rewritten)
        ]
        pair = [ratio(*calls)]
        alive = minitorch.Scalar(1.0)
        assert call_all(rewritten, alive) == expected
        pair.append(ratio(*calls))
        del alive
        for state, value, kept in zip(("no Scalar alive", "a Scalar alive"), pair, found, strict=True):
            made.append(Figure(f"{name} {how}, {state}", value, "times"))
            kept.append(value)
    for state, kept, limits in zip(
        ("no Scalar alive", "a Scalar alive"), found, (MAX_TIMES, MAX_TIMES_ALIVE), strict=True
    ):
        mean = math.exp(sum(map(math.log, kept)) / len(kept))
        made.append(Figure(f"small functions {how}, {state}", mean, "times", limits[how]))
    return made


def figures() -> list[Figure]:
    """The ratios of programs, of small functions that are hooked, and of those that were handed to `trace`."""
    return [
        *of_programs(),
        *of_small_functions("hooked", both_forms(small_functions.__name__)[1]),
        *of_small_functions("handed to trace", handed_form()),
    ]
