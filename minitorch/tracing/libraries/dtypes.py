"""The dtype of an array of Variables: that of the floats they stand for, as far as code asks.

numpy keeps Variables in arrays of objects, so an array made with the dtype of another one has to be one of objects,
too: numpy takes the dtype of whatever has an attribute `dtype`, which here is that of objects.

>>> from minitorch.scalars.scalar import Scalar
>>> dtype = answering(numpy.array([Scalar(1.0)])).dtype
>>> dtype == numpy.float64, dtype.kind, numpy.zeros(2, dtype).dtype
(True, 'f', dtype('O'))
"""

from __future__ import annotations

from typing import Any

import numpy

from minitorch.scalars.complex_scalar import ComplexScalar
from minitorch.scalars.float_protocol import Tracked
from minitorch.scalars.scalar import Indicator

__all__ = ["answered", "answering", "plain_dtype"]


class AnsweringDtype:
    """A dtype that answers as another, and makes arrays of objects.

    Args:
        plain: the one it answers as.
    """

    __slots__ = ("plain",)

    dtype = numpy.dtype(object)

    def __init__(self, plain: Any) -> None:
        self.plain = plain

    @property  # type: ignore[misc]
    def __class__(self) -> type[Any]:
        return type(self.plain)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.plain, name)

    def __eq__(self, other: object) -> bool:
        return bool(self.plain == plain_dtype(other))

    def __hash__(self) -> int:
        return hash(self.plain)

    def __repr__(self) -> str:
        return repr(self.plain)

    def __str__(self) -> str:
        return str(self.plain)


class Answering:
    """What has such a dtype."""

    __slots__ = ("dtype",)

    def __init__(self, plain: type) -> None:
        self.dtype = AnsweringDtype(numpy.dtype(plain))


_real, _complex = Answering(float), Answering(complex)


def answering(array: Any) -> Any:
    """Return an object with the dtype of the numbers in an array of objects; the array itself if it has others."""
    kinds = set(map(type, array.flat))
    if not any(issubclass(kind, Tracked) for kind in kinds) or Indicator in kinds:
        return array
    if not all(issubclass(kind, (Tracked, float, int, complex, numpy.number)) for kind in kinds):
        return array
    is_complex = any(issubclass(kind, (ComplexScalar, complex, numpy.complexfloating)) for kind in kinds)
    return _complex if is_complex else _real


def plain_dtype(value: Any) -> Any:
    """Return the dtype that one of Variables answers as, anything else as it is."""
    return value.plain if type(value) is AnsweringDtype else value


def answered(function: Any) -> Any:
    """Make the replacement of a function that asks about dtypes."""

    def call(*args: Any, **kwargs: Any) -> Any:
        return function(*map(plain_dtype, args), **{name: plain_dtype(value) for name, value in kwargs.items()})

    return call
