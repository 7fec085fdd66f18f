"""Derivatives of the incomplete gamma and beta functions by all their arguments, and of their inverses.

By a shape parameter the derivative is that of the defining integral, which is taken once more with the logarithm that
the derivative brings: from the bound to that end of the interval where less is left.
"""

from __future__ import annotations

from typing import Any

import numpy
from scipy import special

from minitorch.rules.scipy_special.gamma_functions import digamma_difference
from minitorch.rules.scipy_special.quadrature import half_line
from minitorch.rules.scipy_special.questions import plain

__all__ = [
    "PARTIALS", "PARTIALS_OF_SEVERAL", "beta_by_shape", "beta_density", "beta_shift", "gamma_by_shape",
    "gamma_density", "gamma_shift",
]  # fmt: skip


def gamma_density(a: Any, x: Any) -> Any:
    """Return x ** (a - 1) * exp(-x) / gamma(a)."""
    at_zero = numpy.equal(plain(x), 0)
    own = numpy.where(at_zero, 1.0, x)
    there = numpy.exp(special.xlogy(a - 1.0, numpy.where(at_zero, x, 1.0)) - special.gammaln(a))
    return numpy.where(at_zero, there, special._ufuncs._igam_fac(a, own) / own)


def gamma_shift(a: Any, x: Any) -> Any:
    """Return the derivative of the lower incomplete gamma function by a over that by x: how a quantile moves, negative.

    With t = x * exp(-s) below x, and t = x * exp(s) above it, the integrand decays in s.
    """
    above = numpy.greater(plain(x), plain(a))
    sign = numpy.where(above, -1.0, 1.0)
    start, mass = plain(x), plain(a)  # the integral is the same whatever the scale
    fall = numpy.abs(mass - start) + 0.7 * numpy.minimum(numpy.sqrt(start), 3.0 * mass)
    scale = 1.0 / numpy.where(above, numpy.maximum(fall, 1.0), fall)
    mean = special.digamma(a) - numpy.log(x)
    a_, x_, sign_, mean_ = (numpy.expand_dims(v, -1) for v in (a, x, sign, mean))

    def integrand(s: Any) -> Any:
        step = -sign_ * s
        return numpy.exp(a_ * step - x_ * numpy.expm1(step)) * (step - mean_)

    return sign * x * half_line(integrand, scale)


def gamma_by_shape(a: Any, x: Any) -> Any:
    """Return the derivative of the lower incomplete gamma function by a; 0 at both ends of the interval."""
    inside = numpy.greater(plain(x), 0) & numpy.isfinite(plain(x))
    own = numpy.where(inside, x, 1.0)
    return numpy.where(inside, gamma_density(a, own) * gamma_shift(a, own), 0.0)


def beta_density(a: Any, b: Any, x: Any, rest: Any) -> Any:
    """Return x ** (a - 1) * (1 - x) ** (b - 1) / beta(a, b), with 1 - x as one more argument."""
    return numpy.exp(special.xlogy(a - 1.0, x) + special.xlogy(b - 1.0, rest) - special.betaln(a, b))


def beta_shift(a: Any, b: Any, x: Any, rest: Any) -> Any:
    """Return the derivative of the incomplete beta function by a over that by x: how a quantile moves, negative.

    With t = x * exp(-s) below x, and 1 - t = (1 - x) * exp(-s) above it, the integrand decays in s.
    """
    low = numpy.less_equal(plain(b * x), plain(a * rest))
    p, q = numpy.where(low, a, b), numpy.where(low, b, a)
    u, v = numpy.where(low, x, rest), numpy.where(low, rest, x)
    power, ratio = plain(p), plain(u / v)  # the integral is the same whatever the scale
    rise = plain(q) - 1.0
    fall = numpy.abs(power - rise * ratio) + 0.7 * numpy.sqrt(numpy.abs(rise) * ratio / plain(v))
    fall = numpy.minimum(fall, 4.0 * power)
    mean = digamma_difference(a, a + b) - numpy.log(x)
    p_, q_, ratio, mean_, low_ = (numpy.expand_dims(w, -1) for w in (p, q, u / v, mean, low))

    def integrand(s: Any) -> Any:
        growth = numpy.log1p(-ratio * numpy.expm1(-s))
        return numpy.exp((q_ - 1.0) * growth - p_ * s) * (numpy.where(low_, -s, growth) - mean_)

    return numpy.where(low, u, -u) * half_line(integrand, 1.0 / fall)


def beta_by_shape(a: Any, b: Any, x: Any, rest: Any) -> Any:
    """Return the derivative of the incomplete beta function by a; 0 at both ends of the interval."""
    inside = numpy.greater(plain(x), 0) & numpy.greater(plain(rest), 0)
    own, others = numpy.where(inside, x, 0.5), numpy.where(inside, rest, 0.5)
    return numpy.where(inside, beta_density(a, b, own, others) * beta_shift(a, b, own, others), 0.0)


def inverse_by_first(a: Any, b: Any, p: Any, x: Any) -> Any:
    """Return the derivative of the inverse of the incomplete beta function by a; 0 at both ends of the interval."""
    inside = numpy.greater(plain(x), 0) & numpy.less(plain(x), 1)
    own = numpy.where(inside, x, 0.5)
    return numpy.where(inside, -beta_shift(a, b, own, 1.0 - own), 0.0)


def inverse_by_second(a: Any, b: Any, p: Any, x: Any) -> Any:
    """Return the derivative of the inverse of the incomplete beta function by b; 0 at both ends of the interval."""
    inside = numpy.greater(plain(x), 0) & numpy.less(plain(x), 1)
    own = numpy.where(inside, x, 0.5)
    return numpy.where(inside, beta_shift(b, a, 1.0 - own, own), 0.0)


def gamma_inverse_by_shape(a: Any, p: Any, x: Any) -> Any:
    """Return the derivative of the inverses of the incomplete gamma functions by a; 0 at both ends of the interval."""
    inside = numpy.greater(plain(x), 0) & numpy.isfinite(plain(x))
    return numpy.where(inside, -gamma_shift(a, numpy.where(inside, x, 1.0)), 0.0)


PARTIALS: dict[str, tuple[Any, ...]] = {
    "_igam_fac": (
        lambda a, x, y: y * (numpy.log(x) - special.digamma(a)),
        lambda a, x, y: y * (a / x - 1.0),
    ),
    "gammainc": (lambda a, x, y: gamma_by_shape(a, x), lambda a, x, y: gamma_density(a, x)),
    "gammaincc": (lambda a, x, y: -gamma_by_shape(a, x), lambda a, x, y: -gamma_density(a, x)),
    "gammaincinv": (gamma_inverse_by_shape, lambda a, p, x: 1.0 / gamma_density(a, x)),
    "gammainccinv": (gamma_inverse_by_shape, lambda a, p, x: -1.0 / gamma_density(a, x)),
    "betainc": (
        lambda a, b, x, y: beta_by_shape(a, b, x, 1.0 - x),
        lambda a, b, x, y: -beta_by_shape(b, a, 1.0 - x, x),
        lambda a, b, x, y: beta_density(a, b, x, 1.0 - x),
    ),
    "betaincc": (
        lambda a, b, x, y: -beta_by_shape(a, b, x, 1.0 - x),
        lambda a, b, x, y: beta_by_shape(b, a, 1.0 - x, x),
        lambda a, b, x, y: -beta_density(a, b, x, 1.0 - x),
    ),
    "betaincinv": (
        inverse_by_first, inverse_by_second, lambda a, b, p, x: 1.0 / beta_density(a, b, x, 1.0 - x),
    ),
    "betainccinv": (
        inverse_by_first, inverse_by_second, lambda a, b, p, x: -1.0 / beta_density(a, b, x, 1.0 - x),
    ),
    "btdtria": (
        lambda p, b, x, a: 1.0 / beta_by_shape(a, b, x, 1.0 - x),
        lambda p, b, x, a: beta_shift(b, a, 1.0 - x, x) / beta_shift(a, b, x, 1.0 - x),
        lambda p, b, x, a: -1.0 / beta_shift(a, b, x, 1.0 - x),
    ),
    "btdtrib": (
        lambda a, p, x, b: beta_shift(a, b, x, 1.0 - x) / beta_shift(b, a, 1.0 - x, x),
        lambda a, p, x, b: -1.0 / beta_by_shape(b, a, 1.0 - x, x),
        lambda a, p, x, b: 1.0 / beta_shift(b, a, 1.0 - x, x),
    ),
    "btdtr": (
        lambda a, b, x, y: beta_by_shape(a, b, x, 1.0 - x),
        lambda a, b, x, y: -beta_by_shape(b, a, 1.0 - x, x),
        lambda a, b, x, y: beta_density(a, b, x, 1.0 - x),
    ),
    "btdtri": (inverse_by_first, inverse_by_second, lambda a, b, p, x: 1.0 / beta_density(a, b, x, 1.0 - x)),
}  # fmt: skip
"""By name, the partial derivatives; `btdtr` and `btdtri` are other names of older versions."""

PARTIALS_OF_SEVERAL: dict[str, list[tuple[Any, ...]]] = {}
"""Likewise of each output."""
