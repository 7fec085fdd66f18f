"""Questions that rules ask of a point: they have answers, and no derivatives."""

from __future__ import annotations

from typing import Any

import numpy

__all__ = ["is_complex", "plain", "unless_zero"]


def plain(x: Any) -> Any:
    """Return the plain value of what knows how it was made; anything else as it is."""
    return x.data if hasattr(type(x), "holds_array") else x


def is_complex(value: Any) -> bool:
    """Return whether a number or an array is complex.

    >>> is_complex(numpy.zeros(2)), is_complex(1j)
    (False, True)
    """
    return numpy.asarray(plain(value)).dtype.kind == "c"


def unless_zero(x: Any, value: Any, there: float = 0.0) -> Any:
    """Return a value, and another one where x is 0."""
    return numpy.where(numpy.equal(plain(x), 0), there, value)
