"""The square factor of a tall matrix, by the reflections of Householder that LAPACK takes."""

from __future__ import annotations

from typing import Any

import numpy

from minitorch.arrays.products import conj, matmul

__all__ = ["full_factor"]


def full_factor(a: Any) -> Any:
    """Return the square unitary factor of a matrix with more rows than columns, as LAPACK's `geqrf` makes it."""
    rows, columns = a.shape
    rest, factor = a, numpy.eye(rows)
    for j in range(columns):
        tail = rest[j:, j]
        head, length = tail[0], numpy.sqrt(numpy.sum(numpy.square(numpy.abs(tail))))
        beta = -length if numpy.real(head.data) >= 0 else length
        scale = (beta - head) / beta
        vector = numpy.concatenate([numpy.zeros(j), numpy.ones(1), tail[1:] / (head - beta)])[:, None]
        across = conj(vector).T
        rest = rest - conj(scale) * matmul(vector, matmul(across, rest))
        factor = factor - scale * matmul(matmul(factor, vector), across)
    return factor
