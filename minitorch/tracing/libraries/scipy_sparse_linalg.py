"""What replaces functions of `scipy.sparse.linalg`; others are Python, and traced, or take no part."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any, Final

from minitorch.arrays import methods
from minitorch.arrays.makers import is_plain
from minitorch.autodiff.grad_mode import is_recording
from minitorch.scalars.lost_history import history_ends
from minitorch.scipy_functions.sparse_entries import is_active, plain_matrix
from minitorch.scipy_functions.sparse_functions import SPARSE_FUNCTIONS
from minitorch.scipy_functions.sparse_solvers import (
    SPARSE_SOLVERS,
    factorized,
    take_over_linear_operators,
    with_matrices,
)
from minitorch.tracing.libraries import Resolve
from minitorch.tracing.libraries.unknown import active_in
from minitorch.transformer import Alias

__all__ = ["FACTORS", "FORMULAS", "PLAIN", "REFUSED", "rows"]

READY: Final = methods.__name__
"""The module that gives Tensor its methods, which has to be loaded."""

FORMULAS: Final = {**SPARSE_SOLVERS, **SPARSE_FUNCTIONS}
"""By name: what gives the history."""

FACTORS: Final = ("splu", "spilu", "factorized")
"""Functions that factorise a matrix once."""

PLAIN: Final = ("is_sptriangular", "spbandwidth")
"""Functions whose answers are no numbers with a derivative."""

REFUSED: Final[dict[str, str]] = {
    "lobpcg": "eigsh has one",
    "onenormest": "it is an estimate",
    "funm_multiply_krylov": "scipy.linalg.funm has one",
}
"""By name of a function that has no derivative: why, or what has one."""


def refusing(function: Callable[..., Any], reason: str) -> Callable[..., Any]:
    """Make what calls a function with plain values alone."""

    def call(*args: Any, **kwargs: Any) -> Any:
        values = (*args, *kwargs.values())
        numbers = [value.data if is_active(value) else value for value in values]
        if is_recording() and not is_plain(numbers):
            held = active_in(tuple(numbers))
            name = f"scipy.sparse.linalg.{function.__name__}()"
            label = held[0].label()  # type: ignore[attr-defined]
            raise history_ends(f"{name}, which has no derivative ({reason}),", label, "", held)
        return function(*args, **kwargs)

    return call


def on_plain_matrix(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make what calls a function with a plain matrix."""
    return lambda A: function(plain_matrix(A))


def rows(library: ModuleType, resolve: Resolve) -> Iterator[tuple[Any, Alias]]:
    """Yield what stands in for functions of `scipy.sparse.linalg`."""
    take_over_linear_operators(resolve)
    for name in library.__all__:
        function = getattr(library, name)
        if name in FORMULAS:
            own: Callable[..., Any] = with_matrices(function, FORMULAS[name], resolve)
        elif name in FACTORS:
            own = factorized(function, name)
        elif name in PLAIN:
            own = on_plain_matrix(function)
        elif name in REFUSED:
            own = refusing(function, REFUSED[name])
        else:
            continue
        yield function, Alias(f"sparse.linalg.{name}", own)
