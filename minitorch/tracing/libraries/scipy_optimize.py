"""What replaces the functions of `scipy.optimize` in traced code: solvers on plain numbers, derived implicitly."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from minitorch.scalars.detach import detach
from minitorch.tracing.libraries import Resolve
from minitorch.tracing.libraries.scipy_least_squares import least_squares_rows
from minitorch.tracing.libraries.scipy_minima import minimum_rows
from minitorch.tracing.libraries.scipy_other_optima import other_rows
from minitorch.tracing.libraries.scipy_roots import root_rows
from minitorch.transformer import Alias

__all__ = ["rows"]


def rows(library: ModuleType, resolve: Resolve) -> Iterator[tuple[Any, Alias]]:
    """Yield the rows of `scipy.optimize`."""
    optimize = importlib.import_module("scipy.optimize")
    yield from root_rows(optimize, resolve)
    yield from minimum_rows(optimize, resolve)
    yield from least_squares_rows(optimize, resolve)
    yield from other_rows(optimize, resolve)
    assign = optimize.linear_sum_assignment
    yield assign, Alias(assign.__name__, on_plain_values(assign))


def on_plain_values(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make what calls a function whose result, positions, has no derivative."""
    return lambda *args, **kwargs: function(*detach(args), **detach(kwargs))
