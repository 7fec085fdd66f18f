"""Sparse matrices whose stored numbers have histories: what the entries are, where they stand, what is made of them.

A sparse matrix is told by its entries: rows, columns and a Tensor of numbers. Whatever scipy gives of a matrix is
computed by scipy on plain numbers; which entry went where is found by doing the same with the numbers 1, 2, 3, …
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy
import scipy.sparse as sparse

from minitorch.arrays.decompositions import real_as
from minitorch.arrays.function import apply, row
from minitorch.arrays.makers import asarray, is_plain, wrapped
from minitorch.arrays.movers import Placed
from minitorch.arrays.products import conj
from minitorch.arrays.tensor import current
from minitorch.scipy_functions.structured import moved
from minitorch.scipy_functions.valued import valued

__all__ = [
    "Active",
    "Entries",
    "active",
    "entries_of",
    "is_active",
    "numbered",
    "plain_matrix",
    "product_of_both",
    "product_with",
    "restructured",
    "unique",
    "with_data",
    "with_entries",
]


class Entries(NamedTuple):
    """The entries of a sparse matrix; those in one place are summed.

    Attributes:
        row: the row of each.
        col: the column of each.
        data: a Tensor of the numbers.
        shape: the shape of the matrix.
    """

    row: Any
    col: Any
    data: Any
    shape: tuple[int, int]

    @property
    def keys(self) -> Any:
        """One number for the place of each entry."""
        return self.row.astype(numpy.int64) * self.shape[1] + self.col

    @property
    def transposed(self) -> Entries:
        """The entries of the transpose."""
        return Entries(self.col, self.row, self.data, self.shape[::-1])

    def matrix(self, data: Any = None) -> Any:
        """Return the plain matrix with these numbers, or with its own."""
        values = current(self.data).array if data is None else data
        return sparse.coo_matrix((values, (self.row, self.col)), shape=self.shape).tocsc()


class Active:
    """What marks sparse matrices whose `data` is a Tensor with a history; its only subclass has their methods."""

    data: Any


def is_active(value: Any) -> bool:
    """Return whether a value is a sparse matrix with a history."""
    return issubclass(type(value), Active)


_classes: dict[type, type] = {}


def active(plain: Any, data: Any) -> Any:
    """Return a sparse matrix that is like a plain one, but has a Tensor of numbers.

    Args:
        plain: the matrix.
        data: the Tensor, in the shape of its `data`.
    """
    kind = type(plain)
    if kind not in _classes:
        (methods,) = Active.__subclasses__()
        _classes[kind] = type(kind.__name__, (methods, kind), {"__module__": kind.__module__, "kind": kind})
    made: Any = object.__new__(_classes[kind])
    made.__dict__.update(plain.__dict__)
    made.data = data
    return made


def plain_matrix(matrix: Any) -> Any:
    """Return a sparse matrix with plain numbers; one that has them is itself."""
    if not is_active(matrix):
        return matrix
    made = object.__new__(matrix.kind)
    made.__dict__.update(matrix.__dict__)
    made.data = current(matrix.data).array
    return made


def numbered(plain: Any) -> tuple[Any, Any, Any]:
    """Return the row, the column and the position in `data`, counted from 1, of each entry."""
    if plain.format == "coo":
        return plain.row, plain.col, numpy.arange(1, plain.data.size + 1)
    copy = object.__new__(type(plain))
    copy.__dict__.update(plain.__dict__)
    copy.data = numpy.arange(1.0, plain.data.size + 1).reshape(plain.data.shape)
    found = copy.tocoo()
    return found.row, found.col, found.data.astype(numpy.int64)


def regular(matrix: Any) -> Any:
    """Return a matrix that keeps its numbers in one array."""
    if matrix.format in ("dok", "lil"):
        return matrix.tocoo()
    if matrix.ndim != 2:
        raise NotImplementedError("sparse arrays that take part in derivatives have two axes")
    return matrix


def entries_of(matrix: Any) -> Entries:
    """Return the entries of a sparse matrix."""
    matrix = regular(matrix)
    rows, columns, positions = numbered(plain_matrix(matrix))
    data = matrix.data if is_active(matrix) else wrapped(numpy.asarray(matrix.data, dtype=float_of(matrix.data)))
    if data.ndim != 1 or len(positions) != data.shape[0] or not in_order(positions):
        data = moved(data, positions)
    return Entries(rows, columns, data, matrix.shape)


def float_of(data: Any) -> Any:
    """Return the type of floats that the numbers of a matrix fit into."""
    return data.dtype if data.dtype.kind in "fc" else numpy.dtype(float)


def in_order(positions: Any) -> bool:
    """Return whether positions are those of all numbers, one after the other."""
    return bool(numpy.array_equal(positions, numpy.arange(1, len(positions) + 1)))


def unique(entries: Entries) -> Entries:
    """Return the same entries with those in one place summed."""
    keys, inverse = numpy.unique(entries.keys, return_inverse=True)
    if len(keys) == len(entries.row):
        return entries
    data = apply(Placed, (entries.data,), {"positions": inverse.reshape(-1) + 1, "low": 1, "shape": keys.shape})
    return Entries(keys // entries.shape[1], keys % entries.shape[1], data, entries.shape)


def with_data(plain: Any, data: Any) -> Any:
    """Return a sparse matrix with the numbers of a plain one, which have the history of a Tensor."""
    return plain if is_plain(data) else active(plain, valued(data, plain.data))


def with_entries(plain: Any, entries: Entries) -> Any:
    """Return a sparse matrix with the numbers of a plain one, which have the histories of entries that sum up to them.

    What cancels out exactly, so that scipy stores nothing, is stored as a zero.
    """
    if is_plain(entries.data):
        return plain
    plain = regular(plain)
    if plain.format == "coo":
        plain = plain.copy()
        plain.sum_duplicates()
    stored = Entries(*numbered(plain), plain.shape)
    order = numpy.argsort(stored.keys, kind="stable")
    places = numpy.searchsorted(stored.keys, entries.keys, sorter=order)
    places = order[numpy.minimum(places, len(order) - 1)] if len(order) else numpy.zeros(len(places), int)
    known = stored.keys[places] == entries.keys if len(order) else numpy.zeros(len(places), bool)
    if not numpy.all(known):
        return with_entries(widened(plain, entries.row[~known], entries.col[~known]), entries)
    positions = stored.data[places]
    data = apply(Placed, (entries.data,), {"positions": positions, "low": 1, "shape": plain.data.shape})
    return active(plain, valued(data, plain.data))


def widened(plain: Any, rows: Any, columns: Any) -> Any:
    """Return a sparse matrix that stores zeros in more places."""
    found = plain.tocoo()
    row, col = numpy.concatenate([found.row, rows]), numpy.concatenate([found.col, columns])
    data = numpy.concatenate([found.data, numpy.zeros(len(rows), found.data.dtype)])
    made = type(found)((data, (row, col)), shape=plain.shape)
    made.sum_duplicates()
    return made if plain.format not in ("csr", "csc") else made.asformat(plain.format)


def restructured(matrix: Any, operation: Callable[[Any], Any]) -> Any:
    """Return what an operation makes of a matrix that moves its numbers and computes nothing.

    Args:
        matrix: a matrix with a history.
        operation: what is done to a plain matrix; it gives another, an array or a number.
    """
    plain = plain_matrix(matrix)
    entries = unique(entries_of(matrix))
    container = sparse.coo_matrix if isinstance(plain, sparse.spmatrix) else sparse.coo_array
    numbers = numpy.arange(1.0, len(entries.row) + 1)
    places = container((numbers, (entries.row, entries.col)), shape=plain.shape).asformat(plain.format)
    value, found = operation(plain), operation(places)
    if not sparse.issparse(value):
        return valued(moved(entries.data, numpy.asarray(found).astype(numpy.int64)), numpy.asarray(value)[()])
    rows, columns, positions = numbered(found)
    positions = numpy.reshape(found.data, -1)[positions - 1].astype(numpy.int64)
    return with_entries(value, Entries(rows, columns, moved(entries.data, positions), value.shape))


# -- products ----------------------------------------------------------------------------------------------------------


def plain_product(x: Any, matrix: Any, value: Any = None) -> Any:
    """Return the product of a plain sparse matrix and an array."""
    return numpy.asarray(matrix @ x) if value is None else value


def plain_product_vjp(g: Any, y: Any, x: Any, matrix: Any, value: Any = None) -> Any:
    """Return the cotangent of the array."""
    adjoint = matrix.conj().T if matrix.dtype.kind == "c" else matrix.T
    if type(g) is numpy.ndarray:
        return real_as(numpy.asarray(adjoint @ g), x)
    return real_as(apply(PlainProduct, (asarray(g),), {"matrix": adjoint}), x)


PlainProduct = row("ScipySparseMap", plain_product, plain_product_vjp, keeps_inputs=False, keeps_output=False)
"""A sparse matrix without history times an array."""


def product(data: Any, x: Any, places: Entries, value: Any = None) -> Any:
    """Return the product of the matrix with these numbers and an array."""
    return places.matrix(data) @ x if value is None else value


def product_vjp(index: int, g: Any, y: Any, data: Any, x: Any, places: Entries, value: Any = None) -> Any:
    """Return the cotangent of the numbers or of the array."""
    if index == 1:
        return real_as(apply(Product, (conj(data), asarray(g)), {"places": places.transposed}), x)
    share = g[places.row] * conj(x[places.col])
    return real_as(numpy.sum(share, -1) if share.ndim == 2 else share, data)


Product = row("ScipySparseProduct", product, product_vjp, for_all=True, keeps_output=False)


def product_with(matrix: Any, x: Any, value: Any = None) -> Any:
    """Return the product of a sparse matrix and an array, of which one at least has a history.

    Args:
        matrix: the matrix.
        x: the array, a vector or a matrix.
        value: the product, if it is known.
    """
    x = asarray(x)
    plain = plain_matrix(matrix)
    value = numpy.asarray(plain @ x.data) if value is None else value
    if not is_active(matrix):
        return apply(PlainProduct, (x,), {"matrix": plain, "value": value})
    entries = entries_of(matrix)
    places = entries._replace(data=None)
    return apply(Product, (entries.data, x), {"places": places, "value": value})


def product_of_both(a: Any, b: Any) -> Any:
    """Return the product of two sparse matrices."""
    left, right = entries_of(a), entries_of(b)
    order = numpy.argsort(right.row, kind="stable")
    starts = numpy.searchsorted(right.row[order], numpy.arange(right.shape[0] + 1))
    counts = (starts[1:] - starts[:-1])[left.col]
    first = numpy.repeat(numpy.arange(len(left.row)), counts)
    within = numpy.arange(len(first)) - numpy.repeat(numpy.cumsum(counts) - counts, counts)
    second = order[numpy.repeat(starts[:-1][left.col], counts) + within]
    data = left.data[first] * right.data[second]
    shape = (left.shape[0], right.shape[1])
    return with_entries(plain_matrix(a) @ plain_matrix(b), Entries(left.row[first], right.col[second], data, shape))
