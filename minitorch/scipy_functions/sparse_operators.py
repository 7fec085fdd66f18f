"""The operators and methods of sparse matrices where something with a history takes part.

A @ x, x @ A, A * x, A + B, A / x      with a Variable, or a matrix that has a history, on either side

Python asks the classes of scipy's first; `take_over_operators` puts what looks at the operands in front of theirs.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Final

import numpy
import scipy.sparse as sparse

from minitorch.arrays.makers import asarray, detached, holds_variable
from minitorch.autodiff.variable import Variable
from minitorch.scipy_functions.sparse_entries import (
    Active,
    Entries,
    entries_of,
    plain_matrix,
    product_of_both,
    product_with,
    unique,
    with_data,
    with_entries,
)

__all__ = ["OPERATORS", "is_matrix", "is_number", "looking", "matmul", "scaled", "take_over_operators"]


def is_number(value: Any) -> bool:
    """Return whether a value is a number, or an array without axes."""
    return not sparse.issparse(value) and numpy.ndim(detached(value)) == 0


def is_matrix(value: Any) -> bool:
    """Return whether a value is of the older kind, whose `*` is the product of matrices."""
    return isinstance(value, sparse.spmatrix)


# -- operators, as functions of both operands --------------------------------------------------------------------------


def matmul(a: Any, b: Any) -> Any:
    """Return `a @ b` of a sparse matrix."""
    if sparse.issparse(b):
        return product_of_both(a, b)
    if is_number(b):
        raise ValueError("Scalar operands are not allowed, use '*' instead")
    return product_with(a, b)


def rmatmul(a: Any, b: Any) -> Any:
    """Return `b @ a` of a sparse matrix and an array, or another one."""
    if sparse.issparse(b):
        return product_of_both(b, a)
    b = asarray(b)
    value = numpy.asarray(b.data @ plain_matrix(a))
    if b.ndim == 1:
        return product_with(transposed(a), b, value)
    return product_with(transposed(a), numpy.swapaxes(b, -1, -2), value.T).T


def transposed(a: Any) -> Any:
    """Return the transpose of a sparse matrix."""
    return a.transpose()


def scaled(a: Any, number: Any) -> Any:
    """Return a sparse matrix times a number."""
    a = with_one_array(a)
    return with_data(plain_matrix(a) * plain_number(number), asarray(a.data) * asarray(number))


def divided(a: Any, other: Any) -> Any:
    """Return a sparse matrix divided by a number, or by an array, element by element."""
    if not is_number(other):
        return multiply(a, 1.0 / asarray(other)) if not sparse.issparse(other) else NotImplemented
    a = with_one_array(a)
    return with_data(plain_matrix(a) / plain_number(other), asarray(a.data) / asarray(other))


def plain_number(value: Any) -> Any:
    """Return the plain number of a Variable or of an array without axes."""
    return numpy.asarray(detached(value))[()]


def with_one_array(a: Any) -> Any:
    """Return a sparse matrix that keeps its numbers in one array."""
    return a.tocoo() if a.format in ("dok", "lil") else a


def multiply(a: Any, other: Any) -> Any:
    """Return the products element by element."""
    if is_number(other):
        return scaled(a, other)
    own = unique(entries_of(a))
    if sparse.issparse(other):
        if a.shape != other.shape:
            raise NotImplementedError("sparse matrices that are multiplied element by element have one shape here")
        others = unique(entries_of(other))
        _, first, second = numpy.intersect1d(own.keys, others.keys, assume_unique=True, return_indices=True)
        made = Entries(own.row[first], own.col[first], own.data[first] * others.data[second], own.shape)
        return with_entries(plain_matrix(a).multiply(plain_matrix(other)), made)
    x = asarray(other)
    value = plain_matrix(a).multiply(x.data)
    x = numpy.broadcast_to(x, a.shape)
    return with_entries(sparse_of(value), own._replace(data=own.data * x[own.row, own.col]))


def sparse_of(value: Any) -> Any:
    """Return a result as a sparse matrix, which for some formats scipy gives as a dense one."""
    return value if sparse.issparse(value) else sparse.coo_matrix(value)


def mul(a: Any, b: Any) -> Any:
    """Return `a * b`."""
    return matmul(a, b) if is_matrix(a) and not is_number(b) else multiply(a, b)


def rmul(a: Any, b: Any) -> Any:
    """Return `b * a`."""
    return rmatmul(a, b) if is_matrix(a) and not is_number(b) else multiply(a, b)


def add(a: Any, b: Any, sign: float = 1.0) -> Any:
    """Return `a + b`; for another sign `a - b`."""
    if not sparse.issparse(b):
        if is_number(b):
            raise NotImplementedError("adding a nonzero scalar to a sparse array is not supported")
        return dense(a) + sign * asarray(b)
    first, second = entries_of(a), entries_of(b)
    if first.shape != second.shape:
        raise ValueError("inconsistent shapes")
    plain = plain_matrix(a) + plain_matrix(b) if sign > 0 else plain_matrix(a) - plain_matrix(b)
    joined = [numpy.concatenate(pair) for pair in zip(first[:2], second[:2], strict=True)]
    data = numpy.concatenate([first.data, second.data if sign > 0 else -second.data])
    return with_entries(plain, Entries(joined[0], joined[1], data, first.shape))


def subtract(a: Any, b: Any) -> Any:
    """Return `a - b`."""
    return add(a, b, -1.0)


def rsubtract(a: Any, b: Any) -> Any:
    """Return `b - a` of an array, or of another sparse matrix."""
    if sparse.issparse(b):
        return subtract(b, a)
    return asarray(b) - dense(a)


def dense(a: Any) -> Any:
    """Return a sparse matrix as an array."""
    return a.toarray()


OPERATORS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "__matmul__": matmul, "__rmatmul__": rmatmul, "__mul__": mul, "__rmul__": rmul, "__truediv__": divided,
    "__add__": add, "__radd__": add, "__sub__": subtract, "__rsub__": rsubtract, "multiply": multiply, "dot": matmul,
}  # fmt: skip
"""By the name of the method."""


def takes_part(value: Any) -> bool:
    """Return whether an operand is a Variable, holds one or is a sparse matrix with a history."""
    kind = type(value)
    return issubclass(kind, (Variable, Active)) or (kind in (list, tuple) and holds_variable(value))


def looking(method: Callable[..., Any], own: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    """Make a method that calls another one where a Variable takes part."""

    @functools.wraps(method)
    def call(self: Any, other: Any, *args: Any, **kwargs: Any) -> Any:
        return own(self, other) if takes_part(other) else method(self, other, *args, **kwargs)

    call.__dict__["looks"] = True
    return call


def take_over_operators() -> None:
    """Have the operators of scipy's sparse matrices see Variables among their operands; once is enough."""
    formats = ("bsr", "coo", "csc", "csr", "dia", "dok", "lil")
    classes = [getattr(sparse, f"{name}_{kind}", None) for name in formats for kind in ("array", "matrix")]
    owners = {base for cls in classes if cls for base in cls.__mro__ if base.__module__.startswith("scipy.sparse")}
    for owner in owners:
        for name, own in OPERATORS.items():
            method = vars(owner).get(name)
            if method is not None and not hasattr(method, "looks"):
                setattr(owner, name, looking(method, own))
