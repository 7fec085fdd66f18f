"""Derivatives of the gamma function and its relatives, and of the zeta functions."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy
from scipy import special

from minitorch.rules.real import zero
from minitorch.rules.scipy_special.questions import is_complex, plain

__all__ = ["PARTIALS", "PARTIALS_OF_SEVERAL", "digamma_difference", "trigamma"]

zeta: Final = special._ufuncs._zeta
"""The ufunc inside `special.zeta`, which is a function."""

BERNOULLI: Final = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798)
"""Bernoulli's numbers of even order, from the second on."""

TERMS: Final = 18
"""How many terms of a series are added one by one before the formula of Euler and Maclaurin has its 15 digits."""


def trigamma(x: Any) -> Any:
    """Return the second derivative of log(gamma(x)); of negative numbers by reflection."""
    if is_complex(x):
        return trigamma_of_complex(x)
    low = numpy.less(plain(x), 0.5)
    right = zeta(2.0, numpy.where(low, 1.0 - x, x))
    return numpy.where(low, (math.pi / numpy.sin(math.pi * numpy.where(low, x, 0.5))) ** 2 - right, right)


def trigamma_of_complex(z: Any) -> Any:
    """Return the second derivative of log(gamma(z)) by recurrence and the asymptotic series."""
    low = numpy.less(numpy.real(plain(z)), 0.5)
    right = numpy.where(low, 1.0 - z, z)
    found: Any = 0.0
    for step in range(TERMS):
        found = found + 1.0 / (right + step) ** 2
    inverse = 1.0 / (right + TERMS)
    found = found + inverse + 0.5 * inverse**2
    for order, number in enumerate(BERNOULLI, 1):
        found = found + number * inverse ** (2 * order + 1)
    return numpy.where(low, (math.pi / numpy.sin(math.pi * numpy.where(low, z, 0.5))) ** 2 - found, found)


def slope_of_inverse_gamma(x: Any, y: Any) -> Any:
    """Return the derivative of 1 / gamma(x), by reflection where that has zeros."""
    low = numpy.less(numpy.real(plain(x)), 0.5)
    return numpy.where(low, reflected_slope(numpy.where(low, x, 0.0)), -y * special.digamma(numpy.where(low, 1.0, x)))


def reflected_slope(x: Any) -> Any:
    """Return the derivative of sin(pi * x) * gamma(1 - x) / pi, which is 1 / gamma(x)."""
    angle = math.pi * x
    waves = numpy.cos(angle) - numpy.sin(angle) / math.pi * special.digamma(1.0 - x)
    return special.gamma(1.0 - x) * waves


def reflected(x: Any) -> Any:
    """Return 1 / gamma(x) by reflection, so that it is followed through its zeros."""
    return special.gamma(1.0 - x) * numpy.sin(math.pi * x) / math.pi


def is_whole_below_one(x: Any) -> Any:
    """Return whether a number is a pole of the gamma function."""
    value = plain(x)
    return numpy.less_equal(value, 0) & numpy.equal(value, numpy.floor(value))


def digamma_difference(x: Any, y: Any) -> Any:
    """Return digamma(x) - digamma(y); of poles a whole number apart, where their reflections meet."""
    both = is_whole_below_one(x) & is_whole_below_one(y)
    a, b = numpy.where(both, 1.0 - x, x), numpy.where(both, 1.0 - y, y)
    return special.digamma(a) - special.digamma(b)


def binom_by_n(n: Any, k: Any, y: Any) -> Any:
    """Return the derivative of a binomial coefficient by n, also where 1 / gamma(n - k + 1) has a zero."""
    rest = n - k + 1.0
    at_zero = is_whole_below_one(rest) & ~is_whole_below_one(n + 1.0)
    usual = y * digamma_difference(n + 1.0, numpy.where(at_zero, 1.0, rest))
    own, pole = numpy.where(at_zero, n + 1.0, 1.0), numpy.where(at_zero, rest, 0.0)
    slope = special.digamma(own) * reflected(pole) + reflected_slope(pole)
    return numpy.where(at_zero, special.gamma(own) * special.rgamma(k + 1.0) * slope, usual)


def binom_by_k(n: Any, k: Any, y: Any) -> Any:
    """Return the derivative of a binomial coefficient by k, also at zeros of 1 / gamma."""
    rest = n - k + 1.0
    first, second = is_whole_below_one(rest), is_whole_below_one(k + 1.0)
    usual = y * (special.digamma(numpy.where(first, 1.0, rest)) - special.digamma(numpy.where(second, 1.0, k + 1.0)))
    size = special.gamma(n + 1.0)
    a, b = numpy.where(first, rest, 0.0), numpy.where(second, k + 1.0, 0.0)
    c, d = numpy.where(first, k + 1.0, 1.0), numpy.where(second, rest, 1.0)
    of_first = -size * special.rgamma(c) * (reflected_slope(a) + special.digamma(c) * reflected(a))
    of_second = size * special.rgamma(d) * (reflected_slope(b) + special.digamma(d) * reflected(b))
    return numpy.where(first, of_first, numpy.where(second, of_second, usual))


def poch_by_start(a: Any, m: Any, y: Any) -> Any:
    """Return the derivative of gamma(a + m) / gamma(a) by a, also where 1 / gamma(a) has a zero."""
    at_zero = is_whole_below_one(a) & ~is_whole_below_one(a + m)
    usual = y * digamma_difference(a + m, numpy.where(at_zero, 1.0, a))
    own, pole = numpy.where(at_zero, a + m, 1.0), numpy.where(at_zero, a, 0.0)
    slope = special.digamma(own) * reflected(pole) + reflected_slope(pole)
    return numpy.where(at_zero, special.gamma(own) * slope, usual)


# -- zeta functions ----------------------------------------------------------------------------------------------------


def hurwitz_by_order(s: Any, q: Any) -> Any:
    """Return the derivative by s of the sum of (q + k) ** -s over all k, by the formula of Euler and Maclaurin."""
    found: Any = 0.0
    for step in range(TERMS):
        found = found - numpy.log(q + step) * (q + step) ** -s
    end = q + TERMS
    logarithm = numpy.log(end)
    rest = end ** (1.0 - s) / (s - 1.0)
    found = found - rest * (logarithm + 1.0 / (s - 1.0)) - 0.5 * logarithm * end**-s
    rising, slope = s, 1.0  # s (s + 1) … and its derivative
    for order, number in enumerate(BERNOULLI, 1):
        power = number / math.factorial(2 * order) * end ** (1.0 - s - 2 * order)
        found = found + power * (slope - rising * logarithm)
        for step in (2 * order - 1, 2 * order):
            slope, rising = slope * (s + step) + rising, rising * (s + step)
    return found


def riemann_slope(s: Any, y: Any) -> Any:
    """Return the derivative of Riemann's zeta function: left of -1 from its functional equation."""
    low = numpy.less(numpy.real(plain(s)), -1.0)
    left, right = numpy.where(low, s, -2.0), numpy.where(low, 2.0, s)
    angle = 0.5 * math.pi * left
    factor = 2.0 * (2.0 * math.pi) ** (left - 1.0) * special.gamma(1.0 - left)
    mirrored = special._ufuncs._riemann_zeta(1.0 - left)
    slope = (math.log(2.0 * math.pi) - special.digamma(1.0 - left)) * mirrored - hurwitz_by_order(1.0 - left, 1.0)
    there = factor * (numpy.sin(angle) * slope + 0.5 * math.pi * numpy.cos(angle) * mirrored)
    return numpy.where(low, there, hurwitz_by_order(right, 1.0))


PARTIALS: dict[str, tuple[Any, ...]] = {
    "gamma": (lambda x, y: y * special.digamma(x),),
    "gammaln": (lambda x, y: special.digamma(x),),
    "loggamma": (lambda x, y: special.digamma(x),),
    "_lgam1p": (lambda x, y: special.digamma(x + 1.0),),
    "rgamma": (slope_of_inverse_gamma,),
    "gammasgn": (zero,),
    "psi": (lambda x, y: trigamma(x),),
    "beta": (
        lambda a, b, y: y * digamma_difference(a, a + b),
        lambda a, b, y: y * digamma_difference(b, a + b),
    ),
    "betaln": (lambda a, b, y: digamma_difference(a, a + b), lambda a, b, y: digamma_difference(b, a + b)),
    "binom": (binom_by_n, binom_by_k),
    "poch": (poch_by_start, lambda a, m, y: y * special.digamma(a + m)),
    "_factorial": (lambda x, y: numpy.where(numpy.less(plain(x), 0), 0.0, y * special.digamma(x + 1.0)),),
    "_zeta": (lambda s, q, y: hurwitz_by_order(s, q), lambda s, q, y: -s * zeta(s + 1.0, q)),
    "_riemann_zeta": (riemann_slope,),
    "zetac": (riemann_slope,),
}  # fmt: skip
"""By name, the partial derivatives."""

PARTIALS_OF_SEVERAL: dict[str, list[tuple[Any, ...]]] = {}
"""Likewise of each output."""
