"""Arrays of objects: what pandas, which keeps any objects in its columns, is given of a Tensor with a history."""

from __future__ import annotations

from typing import Any

import numpy

from minitorch.autodiff.place import caller, package_of
from minitorch.autodiff.variable import Variable
from minitorch.scalars.primitives import FUNCTIONS

__all__ = ["as_objects", "asked_for_objects"]


def asked_for_objects(dtype: Any) -> bool:
    """Return whether pandas asks for an array, and takes one of objects."""
    if dtype is not None and numpy.dtype(dtype).kind != "O":
        return False
    frame = caller()
    return frame is not None and package_of(frame) == "pandas"


def as_objects(values: Any) -> Any:
    """Return an array of the elements of a Tensor, or another sequence, as Scalars.

    To numpy each element of a Tensor is an array of its own, which it would ask for its number.
    """
    shape = values.shape if hasattr(values, "shape") else (len(values),)
    made = numpy.empty(shape, dtype=object)
    flat = made.reshape(-1)
    for at, item in enumerate(values.reshape(-1) if len(shape) != 1 else values):
        flat[at] = FUNCTIONS["Pos"].record(item) if issubclass(type(item), Variable) and hasattr(item, "ndim") else item
    return made
