"""Arrays in pictures and reports: a shape, the smallest, mean and largest element, the norm of a derivative.

Nothing here needs numpy: an array that is given brings it along.
"""

from __future__ import annotations

from typing import Any

from minitorch.drawing.numerals import numeral

__all__ = ["derivative_text", "has_axes", "norm_of", "norm_text", "range_text", "shape_text", "value_text"]


def has_axes(value: object) -> bool:
    """Return whether a value is an array that has axes.

    >>> has_axes(1.0)
    False
    """
    return bool(getattr(value, "ndim", 0))


def shape_text(value: Any) -> str:
    """Return the shape of an array, as 3 by 4; that with one axis by its length."""
    return " by ".join(map(str, value.shape)) + ("" if value.ndim > 1 else " numbers")


def value_text(value: Any) -> str:
    """Return a summary of an array: its shape, the smallest, the mean and the largest element.

    >>> import numpy
    >>> value_text(numpy.array([[1.0, 2.0], [3.0, 4.5]]))
    '2 by 2 from 1 to 4.5, mean 2.625'
    """
    if not value.size:
        return f"{shape_text(value)}, empty"
    if value.dtype.kind == "c":
        return f"{shape_text(value)}, complex, sizes from {numeral(abs(value).min())} to {numeral(abs(value).max())}"
    if value.dtype.kind not in "fiu":
        return f"{shape_text(value)} of {value.dtype}"
    low, high, mean = map(numeral, (value.min(), value.max(), value.mean()))
    return f"{shape_text(value)} from {low} to {high}, mean {mean}"


def norm_of(derivative: Any) -> float:
    """Return the length of an array as a vector."""
    return float((abs(derivative) ** 2).sum() ** 0.5)


def derivative_text(derivative: Any) -> str:
    """Return a summary of a derivative by an array: its norm, and the smallest and largest element.

    >>> import numpy
    >>> derivative_text(numpy.array([3.0, -4.0]))
    'norm 5, from -4 to 3'
    """
    if not derivative.size or derivative.dtype.kind == "c":
        return f"norm {numeral(norm_of(derivative))}"
    low, high = numeral(derivative.min()), numeral(derivative.max())
    return f"norm {numeral(norm_of(derivative))}, from {low} to {high}"


def range_text(value: Any) -> str:
    """Write the smallest, the mean and the largest element with few digits; of complex numbers their sizes.

    >>> import numpy
    >>> range_text(numpy.array([1.0, 2.0]))
    '1 … 1.5 … 2'
    """
    numbers = abs(value) if value.dtype.kind == "c" else value
    if not value.size:
        return "empty"
    if numbers.dtype.kind not in "fiu":
        return str(value.dtype)
    return " … ".join(numeral(number, 3) for number in (numbers.min(), numbers.mean(), numbers.max()))


def norm_text(derivative: Any) -> str:
    """Write the norm of a derivative with few digits.

    >>> import numpy
    >>> norm_text(numpy.array([3.0, 4.0]))
    'norm 5'
    """
    return f"norm {numeral(norm_of(derivative), 4)}"
