"""A plain module by the two roads that trace it: its functions through the decorator, or all of it through the hook."""

from __future__ import annotations

import functools
import importlib
import math
import sys
from types import ModuleType
from typing import Any

import pytest

import minitorch

ROADS = pytest.mark.parametrize("road", ["decorator", "hook"])


@functools.cache
def module_by(road: str, name: str) -> ModuleType:
    """A copy of a module, imported anew; in the end its importers have the module that they had."""
    known = sys.modules.pop(name, None)
    try:
        if road == "hook":
            with minitorch.install_import_hook([name]):
                return importlib.import_module(name)
        return importlib.import_module(name)
    finally:
        if known is not None:
            sys.modules[name] = known


def traced(road: str, function: Any) -> Any:
    """A function of such a copy, as that road has it."""
    return minitorch.trace(function) if road == "decorator" else function


def close(actual: float, expected: float) -> bool:
    """Whether a derivative agrees with a difference; nan agrees with nan."""
    return math.isclose(actual, expected, rel_tol=1e-6, abs_tol=1e-8) or (actual != actual and expected != expected)
