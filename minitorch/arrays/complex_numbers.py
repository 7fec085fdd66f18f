"""Complex numbers with a history among arrays: numpy's functions take them as arrays without axes, and give them back.

np.exp(1j * x)    x is a Scalar: `1j * x` is a ComplexScalar, its exponential is computed by numpy
"""

from __future__ import annotations

from typing import Any

import numpy

from minitorch.arrays.function import apply, row
from minitorch.arrays.tensor import Tensor, current
from minitorch.scalars.complex_scalar import ComplexScalar

__all__ = ["Imag", "Real", "as_number", "as_numbers", "as_tensor", "holds_complex", "in_arrays"]

Complex = row(
    "ArrayComplex", lambda real, imag: numpy.asarray(complex(real, imag)),
    lambda g, y, real, imag: g.real, lambda g, y, real, imag: g.imag, linear=True,
)  # fmt: skip
Real = row("ArrayReal", lambda x: numpy.array(numpy.real(x))[()], lambda g, y, x: g, linear=True)
Imag = row(
    "ArrayImag", lambda x: numpy.array(numpy.imag(x))[()],
    lambda g, y, x: 1j * g if x.dtype.kind == "c" else 0.0 * g, linear=True,
)  # fmt: skip


def as_tensor(z: ComplexScalar) -> Any:
    """Return a complex number as an array without axes."""
    return apply(Complex, (z.real, z.imag))


def as_number(z: Any) -> Any:
    """Return an array without axes as a complex number."""
    node = current(z)
    if node.creator is None:
        return node.array.item()
    return ComplexScalar(apply(Real, (node,)).item(), apply(Imag, (node,)).item())


def holds_complex(value: Any) -> bool:
    """Return whether a value is a complex number with a history, or a list or tuple with one in it."""
    kind = type(value)
    if kind is list or kind is tuple:
        return any(map(holds_complex, value))
    return kind is ComplexScalar


def in_arrays(value: Any) -> Any:
    """Return a value, or what is in nested lists, with arrays for complex numbers."""
    kind = type(value)
    if kind is list or kind is tuple:
        return kind(map(in_arrays, value))
    return as_tensor(value) if kind is ComplexScalar else value


def as_numbers(result: Any, values: Any) -> Any:
    """Return complex numbers for arrays without axes, where what they are made of has no arrays."""
    if any(isinstance(value, numpy.ndarray) for value in values):
        return result
    if type(result) in (list, tuple):
        return type(result)(as_numbers(part, values) for part in result)
    if type(result) is not Tensor or result.ndim:
        return result
    return as_number(result) if result.dtype.kind == "c" else result.item()
