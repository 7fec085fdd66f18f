"""What replaces functions of `scipy.linalg`: its own values, with the histories of the formulas in the room of scipy's.

What is not named here is Python that is traced, or code in C or Fortran that takes plain values alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any, Final

from minitorch.arrays import methods
from minitorch.arrays.makers import is_plain
from minitorch.autodiff.grad_mode import is_recording
from minitorch.scalars.lost_history import history_ends
from minitorch.scipy_functions.decompositions import DECOMPOSITIONS
from minitorch.scipy_functions.equations import EQUATIONS
from minitorch.scipy_functions.made_matrices import MADE_MATRICES, MOVERS
from minitorch.scipy_functions.matrix_functions import MATRIX_FUNCTIONS
from minitorch.scipy_functions.solvers import SOLVERS
from minitorch.scipy_functions.valued import plain_answer, with_formula
from minitorch.tracing.libraries import Resolve
from minitorch.tracing.libraries.unknown import active_in
from minitorch.transformer import Alias

__all__ = ["FORMULAS", "PLAIN", "REFUSED", "rows"]

READY: Final = methods.__name__
"""The module that gives Tensor its methods, which has to be loaded."""

FORMULAS: Final = {**SOLVERS, **DECOMPOSITIONS, **EQUATIONS, **MATRIX_FUNCTIONS, **MADE_MATRICES}
"""By name: what gives the history."""

PLAIN: Final = "bandwidth issymmetric ishermitian get_blas_funcs get_lapack_funcs find_best_blas_type".split()
"""Functions whose answers are no numbers with a derivative."""

REFUSED: Final[dict[str, str]] = {
    "schur": "its form is not unique; eig, or functions of matrices such as expm, have derivatives",
    "hessenberg": "its form is not unique",
    "qz": "its form is not unique; eig of both matrices has a derivative",
    "ordqz": "its form is not unique; eig of both matrices has a derivative",
    "rsf2csf": "its form is not unique",
    "cdf2rdf": "eig has a derivative",
    "cossin": "its factors are not unique; svd of the blocks has a derivative",
    "ldl": "lu, cholesky and solve have derivatives",
    "qr_update": "qr of the changed matrix has a derivative",
    "qr_insert": "qr of the changed matrix has a derivative",
    "qr_delete": "qr of the changed matrix has a derivative",
    "qr_multiply": "qr and a product have derivatives",
    "expm_cond": "it is an estimate",
    "clarkson_woodruff_transform": "it is random; multiply with a matrix of the sketch",
}
"""By name of a function that has no derivative: why, or what has one."""


def refusing(function: Callable[..., Any], reason: str) -> Callable[..., Any]:
    """Make what calls a function with plain values alone."""
    plain = plain_answer(function)

    def call(*args: Any, **kwargs: Any) -> Any:
        if is_recording() and not is_plain((*args, *kwargs.values())):
            held = active_in((*args, *kwargs.values()))
            label = held[0].label()  # type: ignore[attr-defined]
            name = f"scipy.linalg.{function.__name__}()"
            raise history_ends(f"{name}, which has no derivative ({reason}),", label, "", held)
        return plain(*args, **kwargs)

    return call


def resolving(function: Callable[..., Any], resolve: Resolve) -> Callable[..., Any]:
    """Make `funm`, which calls a function that is given to it."""

    def call(A: Any, func: Any, *args: Any, **kwargs: Any) -> Any:
        return function(A, resolve(func), *args, **kwargs)

    return call


def rows(library: ModuleType, resolve: Resolve) -> Iterator[tuple[Any, Alias]]:
    """Yield what stands in for functions of `scipy.linalg`."""
    for name in library.__all__:
        function = getattr(library, name)
        if name in FORMULAS:
            own = with_formula(function, FORMULAS[name])
            yield function, Alias(f"linalg.{name}", resolving(own, resolve) if name == "funm" else own)
        elif name in MOVERS:
            yield function, Alias(f"linalg.{name}", MOVERS[name])
        elif name in PLAIN:
            yield function, Alias(f"linalg.{name}", plain_answer(function))
        elif name in REFUSED:
            yield function, Alias(f"linalg.{name}", refusing(function, REFUSED[name]))
