"""Matrices as scipy's solvers read them: of a triangle, of bands, of the first column; each written of arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy

from minitorch.arrays.decompositions import on_diagonal
from minitorch.arrays.function import apply
from minitorch.arrays.makers import asarray
from minitorch.arrays.movers import Moved
from minitorch.arrays.products import conj, transposed

__all__ = [
    "bands_of",
    "dense_of_bands",
    "full_bands",
    "hermitian_of",
    "moved",
    "of_bands",
    "strict_triangle_of",
    "symmetric_of",
    "toeplitz_of",
    "triangle_of",
]


def moved(x: Any, positions: Any) -> Any:
    """Return elements of an array at positions that count from 1; zeros at position 0."""
    return apply(Moved, (asarray(x),), {"positions": positions})


def triangle_of(a: Any, lower: Any, unit_diagonal: bool = False) -> Any:
    """Return one triangle of matrices, zeros elsewhere."""
    return strict_triangle_of(a, lower) + numpy.eye(a.shape[-1]) if unit_diagonal else within(a, lower, 0)


def strict_triangle_of(a: Any, lower: Any) -> Any:
    """Return one triangle of matrices without the diagonal, zeros elsewhere."""
    return within(a, lower, 1)


def within(a: Any, lower: Any, distance: int) -> Any:
    """Return what is at least so far below the diagonal of matrices, or above it, whatever stands elsewhere."""
    rows, columns = a.shape[-2:]
    below = numpy.tri(rows, columns, -distance if lower else distance - 1, dtype=bool)
    return numpy.where(below if lower else ~below, a, 0.0)


def symmetric_of(a: Any, lower: Any) -> Any:
    """Return the symmetric matrices of which one triangle is read."""
    strict = strict_triangle_of(a, lower)
    return triangle_of(a, lower) + numpy.swapaxes(strict, -1, -2)


def hermitian_of(a: Any, lower: Any) -> Any:
    """Return the Hermitian matrices of which one triangle is read; of the diagonal the real part."""
    strict = strict_triangle_of(a, lower)
    if a.dtype.kind != "c":
        return triangle_of(a, lower) + transposed(strict)
    diagonal = numpy.real(numpy.diagonal(a, axis1=-2, axis2=-1))
    return strict + transposed(strict) + on_diagonal(diagonal)


def positions_of_bands(n: int, below: int, above: int, inside: Callable[[Any], Any]) -> Any:
    """Return where each element of a square matrix stands among its bands, counting from 1.

    Args:
        n: the size of the matrix.
        below: how many bands there are below the diagonal.
        above: how many bands there are above it.
        inside: says of i - j whether that band is read.
    """
    i, j = numpy.indices((n, n))
    offset = i - j
    read = (offset <= below) & (offset >= -above) & inside(offset)
    return numpy.where(read, (above + offset) * n + j + 1, 0)


def dense_of_bands(ab: Any, below: int, above: int) -> Any:
    """Return the square matrix of bands: `ab[above + i - j, j]` is the element i, j."""
    return moved(ab, positions_of_bands(ab.shape[-1], below, above, lambda offset: offset == offset))


def of_bands(ab: Any, lower: Any) -> Any:
    """Return the triangular matrix that the bands of a triangle make."""
    count = ab.shape[0] - 1
    return dense_of_bands(ab, count, 0) if lower else dense_of_bands(ab, 0, count)


def bands_of(matrix: Any, count: int, lower: Any) -> Any:
    """Return the bands of a triangle of a square matrix, zeros where there is none."""
    n = matrix.shape[-1]
    k, j = numpy.indices((count + 1, n))
    i = j + k if lower else j + k - count
    read = (i >= 0) & (i < n)
    return moved(matrix, numpy.where(read, i * n + j + 1, 0))


def flipped_bands(ab: Any, below: int) -> Any:
    """Return the bands of the transpose; `below` is the number of bands that it has above its diagonal."""
    bands, n = ab.shape
    k, j = numpy.indices((bands, n))
    # In the transpose the bands below have become those above.
    i = j + k - below
    read = (i >= 0) & (i < n)
    return moved(ab, numpy.where(read, (bands - 1 - k) * n + i + 1, 0))


def adjoint_bands(ab: Any, below: int) -> Any:
    """Return the bands of the conjugate transpose of a matrix with so many bands below its diagonal."""
    return conj(flipped_bands(ab, below))


def full_bands(ab: Any, lower: Any) -> Any:
    """Return all bands of a Hermitian matrix of which those of one triangle are given."""
    count, n = ab.shape[0] - 1, ab.shape[1]
    k, j = numpy.indices((2 * count + 1, n))
    i = j + k - count
    valid = (i >= 0) & (i < n)
    own, other = (k >= count, k < count) if lower else (k <= count, k > count)
    # The element i, j of a triangle; its mirror image is the element j, i of the other.
    first = 0 if lower else count
    here = numpy.where(own & valid, (first + i - j) * n + j + 1, 0)
    there = numpy.where(other & valid, (first + j - i) * n + i + 1, 0)
    return moved(ab, here) + conj(moved(ab, there))


def toeplitz_of(column: Any, first_row: Any = None) -> Any:
    """Return the matrix with constant diagonals; without a first row that of the conjugate column."""
    c = numpy.reshape(asarray(column), -1)
    r = conj(c) if first_row is None else numpy.reshape(asarray(first_row), -1)
    i, j = numpy.indices((c.shape[0], r.shape[0]))
    down = numpy.where(i >= j, i - j + 1, 0)
    right = numpy.where(i < j, j - i + 1, 0)
    return moved(c, down) + moved(r, right)
