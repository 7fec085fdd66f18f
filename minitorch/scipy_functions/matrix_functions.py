"""Functions of matrices: the derivative is read off the function of a matrix twice as large.

f([[A, E], [0, A]]) = [[f(A), L(A, E)], [0, f(A)]]     where L is the derivative at A in the direction E

N. J. Higham, Functions of Matrices (SIAM, 2008), equation 3.16. The vjp of f is E -> L(A, E*)*, which again is made of
f, so that every order is exact.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy
import scipy.linalg

from minitorch.arrays.decompositions import real_as
from minitorch.arrays.function import apply, row
from minitorch.arrays.makers import asarray
from minitorch.arrays.products import matmul, transposed
from minitorch.arrays.tensor import Tensor
from minitorch.scipy_functions.equations import sylvester
from minitorch.scipy_functions.valued import Formula, given

__all__ = ["MATRIX_FUNCTIONS", "square_root"]

linalg: Any = numpy.linalg


def function_of(a: Any, function: Callable[[Any], Any], value: Any = None) -> Any:
    """Return a function of a matrix."""
    return function(a) if value is None else value


def derivative_along(function: Callable[[Any], Any], a: Any, direction: Any) -> Any:
    """Return the derivative of a function of a matrix in a direction."""
    if function is scipy.linalg.expm and a.ndim == 2 and type(a) is type(direction) is numpy.ndarray and a.size:
        return scipy.linalg.expm_frechet(a, direction, compute_expm=False)
    n = a.shape[-1]
    zero = numpy.zeros(a.shape)
    whole = numpy.concatenate(
        [numpy.concatenate([a, direction], axis=-1), numpy.concatenate([zero, a], axis=-1)], axis=-2
    )
    if type(whole) is Tensor:
        return apply(MatrixFunction, (whole,), {"function": function})[..., :n, n:]
    return numpy.asarray(function(whole))[..., :n, n:]


def function_vjp(g: Any, y: Any, a: Any, function: Callable[[Any], Any], value: Any = None) -> Any:
    """Return the cotangent of the matrix."""
    return real_as(transposed(derivative_along(function, a, transposed(g))), a)


MatrixFunction = row("ScipyMatrixFunction", function_of, function_vjp, keeps_output=False)


def of_matrix(function: Callable[[Any], Any]) -> Formula:
    """Make what gives the history of a function of one matrix, or of a stack of them."""

    def formula(found: Any, A: Any, disp: Any = None, **_: Any) -> Any:
        value = found[0] if isinstance(found, tuple) else found
        made = apply(MatrixFunction, (asarray(A),), {"function": function, "value": value})
        return (made, None) if isinstance(found, tuple) else made

    return formula


def square_root(a: Any) -> Any:
    """Return the principal square root of a matrix."""
    return apply(MatrixFunction, (a,), {"function": scipy.linalg.sqrtm})


def expm_frechet(found: Any, A: Any, E: Any, method: Any = None, compute_expm: bool = True, **_: Any) -> Any:
    """`scipy.linalg.expm_frechet`."""
    a, direction = asarray(A), asarray(E)
    derivative = derivative_along(scipy.linalg.expm, a, direction)
    return (apply(MatrixFunction, (a,), {"function": scipy.linalg.expm}), derivative) if compute_expm else derivative


def power(a: Any, t: Any, value: Any = None) -> Any:
    """Return a power of a matrix."""
    return scipy.linalg.fractional_matrix_power(a, t) if value is None else value


def power_vjp(index: int, g: Any, y: Any, a: Any, t: Any, value: Any = None) -> Any:
    """Return the cotangent of the matrix or of the exponent."""
    if index == 1:
        log = apply(MatrixFunction, (asarray(a),), {"function": scipy.linalg.logm})
        return numpy.real(numpy.sum(g * numpy.conjugate(matmul(log, y))))
    n = a.shape[-1]
    zero = numpy.zeros(a.shape)
    whole = numpy.concatenate([numpy.concatenate([a, transposed(g)], 1), numpy.concatenate([zero, a], 1)])
    return real_as(transposed(apply(Power, (whole, t))[:n, n:]), a)


Power = row("ScipyMatrixPower", power, power_vjp, for_all=True)


def fractional_matrix_power(found: Any, A: Any, t: Any) -> Any:
    """`scipy.linalg.fractional_matrix_power`, by the matrix and by the exponent."""
    return apply(Power, (asarray(A), t), {"value": found})


def signm(found: Any, A: Any, disp: Any = None) -> Any:
    """`scipy.linalg.signm`."""
    value = found[0] if isinstance(found, tuple) else found
    made = apply(Sign, (asarray(A),), {"value": value})
    return (made, None) if isinstance(found, tuple) else made


def sign_vjp(g: Any, y: Any, a: Any, value: Any) -> Any:
    """Return the cotangent of a matrix, from that of its sign (Higham, theorem 5.3)."""
    size = transposed(matmul(a, y))
    share = sylvester(size, size, g)
    return real_as(share - matmul(matmul(transposed(y), share), transposed(y)), a)


Sign = row("ScipySign", given, sign_vjp)


def funm(found: Any, A: Any, func: Any, disp: Any = None) -> Any:
    """`scipy.linalg.funm`, of a matrix that has as many eigenvectors as rows."""
    w, v = linalg.eig(asarray(A))
    made = matmul(v * asarray(func(w)), linalg.inv(v))
    return (made, None) if isinstance(found, tuple) else made


MATRIX_FUNCTIONS: Final[dict[str, Formula]] = {
    **{
        name: of_matrix(getattr(scipy.linalg, name))
        for name in "expm logm sqrtm sinm cosm tanm sinhm coshm tanhm".split()
    },
    "expm_frechet": expm_frechet,
    "fractional_matrix_power": fractional_matrix_power,
    "signm": signm,
    "funm": funm,
}
"""By name in `scipy.linalg`: what gives the history."""
