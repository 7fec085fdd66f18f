"""Matrices that scipy makes of a few numbers: most of them move the numbers to their places."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy
import scipy.linalg

from minitorch.arrays.linalg import norm as norm_of_tensor
from minitorch.arrays.makers import asarray
from minitorch.arrays.movers import mover
from minitorch.scipy_functions.structured import toeplitz_of
from minitorch.scipy_functions.valued import Formula

__all__ = ["MADE_MATRICES", "MOVERS"]


def toeplitz(found: Any, c: Any, r: Any = None) -> Any:
    """`scipy.linalg.toeplitz`."""
    return toeplitz_of(c, r)


def companion(found: Any, a: Any) -> Any:
    """`scipy.linalg.companion`."""
    a = asarray(a)
    n = a.shape[0] - 1
    row = (-a[1:] / a[0])[None]
    return numpy.concatenate([row, numpy.eye(n - 1, n)])


def fiedler(found: Any, a: Any) -> Any:
    """`scipy.linalg.fiedler`."""
    a = asarray(a)
    return numpy.abs(a[:, None] - a[None, :])


def fiedler_companion(found: Any, a: Any) -> Any:
    """`scipy.linalg.fiedler_companion`, of quotients by the first coefficient."""
    a = asarray(a)
    return move_fiedler(a / a[0], a.data / a.data[0])


def move_fiedler(a: Any, plain: Any) -> Any:
    """Return the matrix of a polynomial whose first coefficient is 1: each element is one coefficient, a 1 or a 0."""
    numbers = numpy.arange(2.0, 2.0 + len(plain))
    numbers[0] = 1.0
    places = scipy.linalg.fiedler_companion(numbers)
    # Coefficients stand in it with the opposite sign, from the second on.
    positions = numpy.where(places < 0, -places - 2, -1).astype(int)
    constants = numpy.where(places == 1, 1.0, 0.0)
    return constants - a[numpy.maximum(positions, 0)] * (positions >= 0)


def khatri_rao(found: Any, a: Any, b: Any) -> Any:
    """`scipy.linalg.khatri_rao`."""
    a, b = asarray(a), asarray(b)
    return numpy.reshape(a[..., :, None, :] * b[..., None, :, :], found.shape)


def kron(found: Any, a: Any, b: Any) -> Any:
    """`scipy.linalg.kron`, which older versions have."""
    return numpy.kron(asarray(a), asarray(b))


def matrix_balance(
    found: Any, A: Any, permute: bool = True, scale: bool = True, separate: bool = False, **_: Any
) -> Any:
    """`scipy.linalg.matrix_balance`: scaled by powers of two, which have no derivative."""
    a = asarray(A)
    change = scipy.linalg.matrix_balance(a.data, permute=permute, scale=scale)[1]
    inverse = numpy.linalg.inv(change)
    return numpy.matmul(numpy.matmul(inverse, a), change), (None, None) if separate else None


def norm(found: Any, a: Any, ord: Any = None, axis: Any = None, keepdims: bool = False, **_: Any) -> Any:
    """`scipy.linalg.norm`."""
    return norm_of_tensor(asarray(a), ord, axis, keepdims)


def orthogonal_procrustes(found: Any, A: Any, B: Any, check_finite: bool = True) -> Any:
    """`scipy.linalg.orthogonal_procrustes`."""
    a, b = asarray(A), asarray(B)
    product = numpy.matmul(numpy.swapaxes(b, 0, 1), numpy.conjugate(a))
    u, s, vt = numpy.linalg.svd(numpy.swapaxes(product, 0, 1), full_matrices=False)
    return numpy.matmul(u, vt), numpy.sum(s)


MADE_MATRICES: Final[dict[str, Formula]] = {
    formula.__name__: formula
    for formula in (
        toeplitz, companion, fiedler, fiedler_companion, khatri_rao, kron, matrix_balance, norm, orthogonal_procrustes,
    )
}  # fmt: skip
"""By name in `scipy.linalg`: what gives the history."""


MOVERS: Final[dict[str, Callable[..., Any]]] = {
    name: mover(getattr(scipy.linalg, name), *moving)
    for name, moving in {
        "block_diag": tuple(range(99)), "hankel": (0, 1, "c", "r"), "circulant": (0, "c"),
        "convolution_matrix": (0, "a"), "diagsvd": (0, "s"), "leslie": (0, 1, "f", "s"), "tril": (0, "m"),
        "triu": (0, "m"),
    }.items()
    if hasattr(scipy.linalg, name)
}  # fmt: skip
"""By name in `scipy.linalg`: what moves the elements of these arguments."""
