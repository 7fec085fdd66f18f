"""Equations of a matrix that is given by its bands, which the equations of splines are."""

from __future__ import annotations

from typing import Any

import numpy
import scipy.linalg

from minitorch.arrays.function import apply, row
from minitorch.arrays.makers import asarray
from minitorch.arrays.movers import Moved

__all__ = ["solve_bands"]


def solved(ab: Any, b: Any, below: int, above: int, value: Any = None) -> Any:
    """Return the solution, which may be known."""
    return scipy.linalg.solve_banded((below, above), ab, b) if value is None else value


def transposed_bands(ab: Any, below: int, above: int) -> Any:
    """Return the bands of the transpose: `ab[above + i - j, j]` is the element i, j."""
    bands, n = ab.shape
    k, j = numpy.indices((bands, n))
    i = j + k - below
    inside = (i >= 0) & (i < n)
    positions = numpy.where(inside, (bands - 1 - k) * n + i + 1, 0)
    return apply(Moved, (asarray(ab),), {"positions": positions})


def solved_vjp(index: int, g: Any, y: Any, ab: Any, b: Any, below: int, above: int, value: Any = None) -> Any:
    """Return the cotangent of the bands or of the right side."""
    share = solve_bands(numpy.conjugate(transposed_bands(ab, below, above)), g, above, below)
    if index == 1:
        return share if b.dtype.kind == "c" else numpy.real(share)
    n = ab.shape[1]
    k, j = numpy.indices((below + above + 1, n))
    i = j + k - above
    inside = (i >= 0) & (i < n)
    products = -share[numpy.where(inside, i, 0)] * numpy.conjugate(asarray(y))[None]
    if b.ndim > 1:
        products = products.sum(axis=-1)
    products = products * inside
    return products if ab.dtype.kind == "c" else numpy.real(products)


Bands = row("ScipyBands", solved, solved_vjp, for_all=True)


def solve_bands(ab: Any, b: Any, below: int, above: int, value: Any = None) -> Any:
    """Return the solution.

    Args:
        ab: the bands: `ab[above + i - j, j]` is the element i, j of the matrix.
        b: the right side, a vector or a matrix.
        below: the number of bands below the diagonal.
        above: the number of bands above it.
        value: the solution, if it is known.
    """
    return apply(Bands, (asarray(ab), asarray(b)), {"below": below, "above": above, "value": value})
