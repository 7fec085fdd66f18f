"""Integrals over the half line, for derivatives by parameters that no closed form is known of: Leibniz' rule.

The integral of exp(-x) over all x > 0, with nodes where it has fallen to half:

>>> float(half_line(lambda s: numpy.exp(-s), 1.0)).__round__(12)
1.0
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy

__all__ = ["half_line", "segment"]

STEP: Final = 0.08

_u: Final = numpy.arange(-4.6, 5.3, STEP)

NODES: Final = numpy.exp(_u - numpy.exp(-_u))
"""The nodes of the double exponential formula for integrands that decay exponentially: H. Takahasi and M. Mori, Double
exponential formulas for numerical integration (Publications of RIMS 9, 1974), section 5."""

WEIGHTS: Final = STEP * (1.0 + numpy.exp(-_u)) * NODES

INNER_STEP: Final = 0.05

_v: Final = numpy.arange(-3.3, 3.3 + INNER_STEP / 2, INNER_STEP)

INNER: Final = 1.0 / (1.0 + numpy.exp(-numpy.pi * numpy.sinh(_v)))
"""The nodes between 0 and 1 of the tanh-sinh formula, section 3 of the same paper."""

INNER_WEIGHTS: Final = INNER_STEP * numpy.pi * numpy.cosh(_v) * INNER * INNER[::-1]


def half_line(integrand: Callable[[Any], Any], scale: Any) -> Any:
    """Return the integral of a function over all positive numbers, to about 14 digits.

    Args:
        integrand: the function, which decays as an exponential does, or faster. It takes nodes along one more axis,
            which is the last one.
        scale: where it has fallen to about half.
    """
    scale = numpy.expand_dims(scale, -1)
    return numpy.sum(integrand(scale * NODES) * (scale * WEIGHTS), -1)


def segment(integrand: Callable[[Any, Any], Any]) -> Any:
    """Return the integral of a function from 0 to 1, which may be infinite at both ends, to about 14 digits.

    Args:
        integrand: the function, called with nodes u along one more axis, which is the last one, and with 1 - u, which
            has all its digits.
    """
    return numpy.sum(integrand(INNER, INNER[::-1]) * INNER_WEIGHTS, -1)
