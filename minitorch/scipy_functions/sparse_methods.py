"""Sparse matrices with a history: the methods that they have in place of scipy's, and what makes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy
import scipy.sparse as sparse

from minitorch.arrays.function import apply
from minitorch.arrays.makers import asarray, detached, holds_variable, is_plain
from minitorch.arrays.movers import Placed
from minitorch.arrays.products import conj
from minitorch.scipy_functions.sparse_entries import (
    Active,
    Entries,
    entries_of,
    is_active,
    plain_matrix,
    restructured,
    unique,
    with_data,
    with_entries,
)
from minitorch.scipy_functions.sparse_operators import OPERATORS, is_matrix, is_number, matmul, scaled
from minitorch.scipy_functions.valued import valued

__all__ = ["SparseMethods", "construct"]


def operator(name: str, own: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    """Make the method of a matrix with a history for an operator."""

    def method(self: Any, other: Any, *_: Any, **__: Any) -> Any:
        if name in ("__add__", "__radd__", "__sub__") and type(other) in (int, float) and other == 0:
            return self.copy()
        if name == "dot" and is_number(other):
            return scaled(self, other)
        return own(self, other)

    return method


def moving(name: str) -> Callable[..., Any]:
    """Make the method of a matrix with a history that moves its numbers."""

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        args = tuple(map(detached, args))
        return restructured(self, lambda plain: getattr(plain, name)(*args, **kwargs))

    return method


def elementwise(name: str) -> Callable[..., Any]:
    """Make the method of a matrix with a history that computes a function of each number, which is 0 at 0."""
    function: Callable[..., Any] = getattr(numpy, name)

    def method(self: Any) -> Any:
        entries = unique(entries_of(self))
        return with_entries(getattr(plain_matrix(self), name)(), entries._replace(data=function(entries.data)))

    return method


class SparseMethods(Active):
    """The methods of sparse matrices with a history; what is not here is scipy's, which says that it loses it."""

    kind: type
    format: str
    shape: tuple[int, int]
    diagonal: Callable[..., Any]
    tocsr: Callable[..., Any]

    # scipy asks for the class to make another matrix of it.
    @property  # type: ignore[misc]
    def __class__(self) -> type[Any]:
        return self.kind

    def copy(self) -> Any:
        """Return a copy."""
        return with_data(plain_matrix(self).copy(), self.data.copy())

    def transpose(self, axes: Any = None, copy: bool = False) -> Any:
        """Return the transpose."""
        return restructured(self, lambda plain: plain.transpose())

    @property
    def T(self) -> Any:
        """The transpose."""
        return self.transpose()

    def asformat(self, format: Any, copy: bool = False) -> Any:
        """Return the matrix in another format."""
        if format in ("lil", "dok"):
            raise NotImplementedError(f"numbers with a history are not kept in the format {format!r}; take 'csr'")
        return self if format in (None, self.format) else restructured(self, lambda plain: plain.asformat(format))

    def tolil(self, copy: bool = False) -> Any:
        """Raise an error: the format keeps Python's numbers."""
        return self.asformat("lil")

    def todok(self, copy: bool = False) -> Any:
        """Raise an error: the format keeps Python's numbers."""
        return self.asformat("dok")

    def toarray(self, order: Any = None, out: Any = None) -> Any:
        """Return an array."""
        return restructured(self, lambda plain: plain.toarray())

    def todense(self, order: Any = None, out: Any = None) -> Any:
        """Return an array, where that is what scipy gives."""
        if is_matrix(self):
            raise NotImplementedError("todense() gives a numpy.matrix, which keeps no history; use toarray()")
        return self.toarray()

    def sum(self, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
        """Return the sum; of a sparse matrix along an axis as an array with two axes."""
        entries = entries_of(self)
        value = plain_matrix(self).sum(axis=axis)
        if axis is None:
            return valued(numpy.sum(entries.data), value)
        along = (entries.col, entries.row)[axis % 2]
        place = {"positions": along + 1, "low": 1, "shape": (self.shape[1 - axis % 2],)}
        return valued(numpy.reshape(apply(Placed, (entries.data,), place), value.shape), numpy.asarray(value))

    def mean(self, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
        """Return the mean."""
        count = self.shape[0] * self.shape[1] if axis is None else self.shape[axis % 2]
        return valued(self.sum(axis) / count, numpy.asarray(plain_matrix(self).mean(axis=axis))[()])

    def trace(self, offset: int = 0) -> Any:
        """Return the sum along a diagonal."""
        return valued(numpy.sum(self.diagonal(offset)), plain_matrix(self).trace(offset))

    def power(self, n: Any, dtype: Any = None) -> Any:
        """Return a power of each number."""
        entries = unique(entries_of(self))
        return with_entries(plain_matrix(self).power(detached(n)), entries._replace(data=entries.data**n))

    def conj(self, copy: bool = True) -> Any:
        """Return the complex conjugate."""
        return with_data(plain_matrix(self).conj(), conj(self.data))

    conjugate = conj

    def getH(self) -> Any:
        """Return the conjugate transpose."""
        return self.conj().transpose()

    def __neg__(self) -> Any:
        return with_data(-plain_matrix(self), -self.data)

    def __abs__(self) -> Any:
        entries = unique(entries_of(self))
        return with_entries(abs(plain_matrix(self)), entries._replace(data=numpy.abs(entries.data)))

    def __pow__(self, power: Any) -> Any:
        if not is_matrix(self):
            return self.power(power)
        if type(power) is not int or power < 1:
            raise NotImplementedError("sparse matrices with a history have powers by whole numbers from 1 on")
        result = self
        for _ in range(power - 1):
            result = matmul(result, self)
        return result

    def sum_duplicates(self) -> None:
        """Sum what stands in one place, in place."""
        self.replace_by(with_entries(unique_plain(self), unique(entries_of(self))))

    def eliminate_zeros(self) -> None:
        """Keep zeros: their histories are not zero."""

    def sort_indices(self) -> None:
        """Sort the numbers, in place."""
        self.replace_by(self.sorted_indices())

    def sorted_indices(self) -> Any:
        """Return a copy with sorted numbers."""
        return restructured(self, lambda plain: plain.sorted_indices())

    def replace_by(self, other: Any) -> None:
        """Become another matrix of the format."""
        self.__dict__.update(other.__dict__)


def unique_plain(matrix: Any) -> Any:
    """Return a plain copy without two numbers in one place."""
    plain = plain_matrix(matrix).copy()
    plain.sum_duplicates()
    return plain


for _name, _own in OPERATORS.items():
    setattr(SparseMethods, _name, operator(_name, _own))
for _name in "tocsr tocsc tocoo tobsr todia __getitem__ getrow getcol reshape diagonal".split():
    setattr(SparseMethods, _name, moving(_name))
for _name in "sin tan arcsin arctan sinh tanh arcsinh arctanh expm1 log1p deg2rad rad2deg sqrt sign".split():
    setattr(SparseMethods, _name, elementwise(_name))


# -- making them -------------------------------------------------------------------------------------------------------


def construct(cls: Any) -> Callable[..., Any]:
    """Make what stands in for a class of sparse matrices: it takes numbers with a history.

    Args:
        cls: the class.
    """

    def make(arg1: Any, *args: Any, **kwargs: Any) -> Any:
        if is_active(arg1):
            return restructured(arg1, lambda plain: cls(plain, *args, **kwargs))
        if sparse.issparse(arg1) or is_plain(arg1) or not holds_variable(arg1):
            return cls(detached(arg1), *args, **kwargs)
        plain = cls(detached(arg1), *args, **kwargs)
        if plain.format in ("dok", "lil"):
            raise NotImplementedError(f"numbers with a history are not kept in the format {plain.format!r}; take 'csr'")
        if type(arg1) is tuple and len(arg1) > 1:
            return of_parts(plain, arg1)
        x = numpy.atleast_2d(asarray(arg1))
        rows, columns = (places.reshape(-1) for places in numpy.indices(x.shape))
        # Zeros are stored as well: they may have a derivative.
        return with_entries(plain, Entries(rows, columns, numpy.reshape(x, -1), x.shape))

    return make


def of_parts(plain: Any, parts: tuple[Any, ...]) -> Any:
    """Return the matrix that was made of numbers and what says where they stand."""
    data = asarray(parts[0])
    if len(parts) == 3 or plain.format in ("dia", "coo"):
        return with_data(plain, numpy.reshape(data, plain.data.shape))
    rows, columns = (numpy.reshape(detached(part), -1).astype(numpy.int64) for part in parts[1])
    return with_entries(plain, Entries(rows, columns, data, plain.shape))
