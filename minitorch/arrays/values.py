"""What may be the value of a Tensor: plain arrays of real or complex numbers."""

from __future__ import annotations

from typing import Any

import numpy

from minitorch.autodiff.variable import Variable
from minitorch.scalars.plain_arrays import other_kind

__all__ = ["as_floats"]


def as_floats(value: Any) -> Any:
    """Return an array of numbers as it is, one of integers as floats.

    Raises:
        TypeError: if its elements are no numbers.
    """
    if issubclass(type(value), Variable):
        value = numpy.asarray(value)
    array = value if isinstance(value, (numpy.ndarray, numpy.generic)) else numpy.array(value)
    refusal = other_kind(array)
    if refusal is not None:
        raise TypeError(f"a Tensor's value must be {refusal}")
    if array.dtype.kind in "biu":
        array = array.astype(float)
    if array.dtype.kind not in "fc":
        raise TypeError(f"a Tensor's value must be an array of numbers, not one of {array.dtype}")
    return array
