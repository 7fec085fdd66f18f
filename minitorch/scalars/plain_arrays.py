"""Which arrays of numpy's take derivatives: plain ones, and those in files; others compute by rules of their own."""

from __future__ import annotations

import sys
from typing import Any

__all__ = ["as_plain_floats", "is_array", "is_array_type", "other_kind"]


def other_kind(array: Any) -> str | None:
    """Say what kind of array one is and what to do, if it is not a plain one; else return `None`.

    >>> import numpy
    >>> other_kind(numpy.zeros(2)), other_kind(numpy.matrix([[1.0]]))
    (None, 'a plain array, not one of type matrix, which computes by rules of its own: take numpy.asarray(x)')
    """
    kind = type(array)
    if kind.__module__ == "numpy" and kind.__name__ in ("ndarray", "memmap"):
        return None
    numpy = sys.modules["numpy"]
    if not issubclass(kind, numpy.ndarray):
        return None
    if issubclass(kind, numpy.ma.MaskedArray):
        cure = "compute with its .data, and choose by numpy.where(x.mask, ...)"
    else:
        cure = "take numpy.asarray(x)"
    return f"a plain array, not one of type {kind.__name__}, which computes by rules of its own: {cure}"


def as_plain_floats(array: Any) -> Any:
    """Return an array of numbers as a plain one of floats.

    Raises:
        TypeError: it is one of another kind; the message goes on where "the structure" ends.
    """
    refusal = other_kind(array)
    if refusal is not None:
        raise TypeError(f"must be {refusal}")
    plain = array if type(array).__name__ == "ndarray" else array.view(sys.modules["numpy"].ndarray)
    return plain if plain.dtype.kind == "f" else plain.astype(float)


def is_array(value: Any) -> bool:
    """Return whether a value is a numpy array or a numpy scalar, asked without loading numpy."""
    return is_array_type(type(value))


def is_array_type(kind: type) -> bool:
    """Return whether objects of a type are numpy arrays or numpy scalars."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and issubclass(kind, (numpy.ndarray, numpy.generic))
