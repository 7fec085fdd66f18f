"""What stands in a history for a large array that no vjp looks at: its shape and kind without memory."""

from __future__ import annotations

import functools
from typing import Any, Final

import numpy

__all__ = ["SMALL", "shape_alone"]

SMALL: Final = 1024
"""Up to how many bytes an array is not worth the time that sparing it takes."""


def shape_alone(array: Any) -> Any:
    """Return what looks like a large array; one whose elements do not lie in order is returned itself.

    >>> shape_alone(numpy.ones((2, 512))).shape
    (2, 512)
    """
    if array.nbytes <= SMALL or not array.flags.c_contiguous or not isinstance(array, numpy.ndarray):
        return array
    return not_numbers(array.shape, array.dtype)


@functools.lru_cache(maxsize=1000)
def not_numbers(shape: tuple[int, ...], dtype: Any) -> Any:
    """Return an array in which each element is the same one, which is not a number."""
    element = numpy.array(numpy.nan, dtype) if dtype.kind in "fc" else numpy.zeros((), dtype)
    return numpy.broadcast_to(element, shape)
