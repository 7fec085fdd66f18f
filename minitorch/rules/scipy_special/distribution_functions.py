"""Derivatives of the distribution functions of `scipy.special` and of their inverses, by the implicit function theorem.

Those of whole numbers are constant between them; where an inverse takes them as real numbers, it has derivatives.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from typing import Any

import numpy
from scipy import special

from minitorch.rules.real import zero
from minitorch.rules.scipy_special.incomplete_functions import (
    beta_by_shape,
    beta_density,
    gamma_by_shape,
    gamma_density,
    gamma_shift,
)
from minitorch.rules.scipy_special.questions import plain

__all__ = ["PARTIALS", "PARTIALS_OF_SEVERAL", "bdtr_by_p", "boost", "chi_square_density"]

ufuncs: Any = special._ufuncs


def boost(name: str) -> Any:
    """Return one of Boost's ufuncs, which were those of scipy.stats before they were those of scipy.special."""
    return getattr(ufuncs, name, None) or getattr(sys.modules["scipy.stats._boost"], name)


def minus(partial: Callable[..., Any]) -> Callable[..., Any]:
    """Make the derivative of what is 1 minus a function."""
    return lambda a, b, x, y: -partial(a, b, x, y)


# -- binomial distributions: p is that of one trial --------------------------------------------------------------------


def binomial_slopes(k: Any, n: Any, p: Any) -> tuple[Any, Any, Any]:
    """Return the derivatives of I(n - k, k + 1; 1 - p) by k, n and p."""
    a, b, rest = n - k, k + 1.0, 1.0 - p
    by_first, by_second = beta_by_shape(a, b, rest, p), -beta_by_shape(b, a, p, rest)
    return by_second - by_first, by_first, -beta_density(a, b, rest, p)


def bdtr_by_p(k: Any, n: Any, p: Any, y: Any) -> Any:
    """Return the derivative of the distribution function of the binomial distribution by p."""
    whole = numpy.floor(plain(k))
    inside = numpy.greater_equal(whole, 0) & numpy.less(whole, plain(n))
    own = numpy.where(inside, whole, 0.0)
    size = numpy.where(inside, n, 1.0)
    return numpy.where(inside, -beta_density(size - own, own + 1.0, 1.0 - p, p), 0.0)


def negative_binomial_slopes(k: Any, n: Any, p: Any) -> tuple[Any, Any, Any]:
    """Return the derivatives of I(n, k + 1; p) by k, n and p."""
    b, rest = k + 1.0, 1.0 - p
    return -beta_by_shape(b, n, rest, p), beta_by_shape(n, b, p, rest), beta_density(n, b, p, rest)


def implicit(slopes: Callable[..., Any], found: int, given: int | None) -> Callable[..., Any]:
    """Make a derivative of what solves F(k, n, p) = y.

    Args:
        slopes: gives the derivatives of F by k, n and p.
        found: the position of what is solved for, where y stands.
        given: the position of what the derivative is by; None for y.
    """

    def partial(first: Any, second: Any, third: Any, solution: Any) -> Any:
        point = [first, second, third]
        point[found] = solution
        known = slopes(*point)
        return (1.0 if given is None else -known[given]) / known[found]

    return partial


# -- Fisher's and Student's distributions ------------------------------------------------------------------------------


def fdtr_parts(a: Any, b: Any, x: Any) -> tuple[Any, Any, Any, Any, Any]:
    """Return both shapes of the incomplete beta function, its argument, one minus that, and its derivative by x."""
    whole = b + a * x
    return 0.5 * a, 0.5 * b, a * x / whole, b / whole, a * b / (whole * whole)


def fdtr_by_x(a: Any, b: Any, x: Any, y: Any) -> Any:
    """Return the density of Fisher's distribution."""
    p, q, u, rest, slope = fdtr_parts(a, b, x)
    return beta_density(p, q, u, rest) * slope


def fdtr_by_first(a: Any, b: Any, x: Any, y: Any) -> Any:
    """Return the derivative by the degrees of freedom of the numerator."""
    p, q, u, rest, slope = fdtr_parts(a, b, x)
    return 0.5 * beta_by_shape(p, q, u, rest) + beta_density(p, q, u, rest) * slope * x / a


def fdtr_by_second(a: Any, b: Any, x: Any, y: Any) -> Any:
    """Return the derivative by the degrees of freedom of the denominator."""
    p, q, u, rest, slope = fdtr_parts(a, b, x)
    return -0.5 * beta_by_shape(q, p, rest, u) - beta_density(p, q, u, rest) * slope * x / b


def student_density(df: Any, t: Any) -> Any:
    """Return the density of Student's distribution, which is the normal one where there is no end of freedom."""
    normal = numpy.isinf(plain(df))
    own = numpy.where(normal, 1.0, df)
    power = -0.5 * (own + 1.0) * numpy.log1p(t * t / own)
    density = numpy.exp(power - special.betaln(0.5, 0.5 * own)) / numpy.sqrt(own)
    return numpy.where(normal, numpy.exp(-0.5 * t * t) / math.sqrt(2.0 * math.pi), density)


def student_by_df(df: Any, t: Any) -> Any:
    """Return the derivative of Student's distribution function by its degrees of freedom."""
    square = t * t
    inside = numpy.not_equal(plain(square), 0) & numpy.isfinite(plain(square)) & numpy.isfinite(plain(df))
    square, df = numpy.where(inside, square, 1.0), numpy.where(inside, df, 1.0)
    whole = df + square
    u, rest = square / whole, df / whole
    moved = -0.5 * beta_by_shape(0.5 * df, 0.5, rest, u)
    shifted = beta_density(0.5, 0.5 * df, u, rest) * square / (whole * whole)
    return numpy.where(inside, 0.5 * numpy.sign(t) * (moved - shifted), 0.0)


# -- distributions that are shifted ------------------------------------------------------------------------------------


def chi_square_density(x: Any, df: Any, shift: Any) -> Any:
    """Return the density of the noncentral chi-square distribution.

    Of a small product x * shift it is the central one, exp(-shift / 2) and a series; of a large one Bessel's function.
    """
    product = x * shift
    small = numpy.less(plain(product), 1e4)
    series = special.hyp0f1(0.5 * df, 0.25 * numpy.where(small, product, 1.0))
    near = 0.5 * gamma_density(0.5 * df, 0.5 * x) * numpy.exp(-0.5 * shift) * series
    a, b = numpy.where(small, 1.0, x), numpy.where(small, 1.0, shift)
    far = 0.5 * numpy.exp(-0.5 * (numpy.sqrt(a) - numpy.sqrt(b)) ** 2) * (a / b) ** (0.25 * df - 0.5)
    return numpy.where(small, near, far * special.ive(0.5 * df - 1.0, numpy.sqrt(a * b)))


# -- Kolmogorov's and Smirnov's distributions --------------------------------------------------------------------------


def kolmogorov_slope(x: Any) -> Any:
    """Return the derivative of the survival function of Kolmogorov's distribution, of whichever series is short."""
    low = numpy.less(plain(x), 0.8)
    positive = numpy.greater(plain(x), 0)
    a, b = numpy.where(low & positive, x, 0.5), numpy.where(low, 1.0, x)
    left: Any = 0.0
    right: Any = 0.0
    for k in range(1, 8):
        exponent = (2 * k - 1) ** 2 * math.pi**2 / 8.0
        left = left + numpy.exp(-exponent / (a * a)) * (2.0 * exponent / (a * a) - 1.0)
        right = right + (-1) ** k * 8.0 * k * k * b * numpy.exp(-2.0 * k * k * b * b)
    there = numpy.where(positive, -math.sqrt(2.0 * math.pi) / (a * a) * left, 0.0)
    return numpy.where(low, there, right)


PARTIALS: dict[str, tuple[Any, ...]] = {
    # -- the chi-square, gamma and Poisson distributions
    "chdtr": (
        lambda v, x, y: 0.5 * gamma_by_shape(0.5 * v, 0.5 * x), lambda v, x, y: 0.5 * gamma_density(0.5 * v, 0.5 * x),
    ),
    "chdtrc": (
        lambda v, x, y: -0.5 * gamma_by_shape(0.5 * v, 0.5 * x), lambda v, x, y: -0.5 * gamma_density(0.5 * v, 0.5 * x),
    ),
    "chdtri": (
        lambda v, p, x: -gamma_shift(0.5 * v, 0.5 * x), lambda v, p, x: -2.0 / gamma_density(0.5 * v, 0.5 * x),
    ),
    "chdtriv": (
        lambda p, x, v: 2.0 / gamma_by_shape(0.5 * v, 0.5 * x), lambda p, x, v: -1.0 / gamma_shift(0.5 * v, 0.5 * x),
    ),
    "gdtr": (
        lambda a, b, x, y: x * gamma_density(b, a * x),
        lambda a, b, x, y: gamma_by_shape(b, a * x),
        lambda a, b, x, y: a * gamma_density(b, a * x),
    ),
    "gdtrc": (
        lambda a, b, x, y: -x * gamma_density(b, a * x),
        lambda a, b, x, y: -gamma_by_shape(b, a * x),
        lambda a, b, x, y: -a * gamma_density(b, a * x),
    ),
    "gdtria": (
        lambda p, b, x, a: 1.0 / (x * gamma_density(b, a * x)),
        lambda p, b, x, a: -gamma_shift(b, a * x) / x,
        lambda p, b, x, a: -a / x,
    ),
    "gdtrib": (
        lambda a, p, x, b: -x / gamma_shift(b, a * x),
        lambda a, p, x, b: 1.0 / gamma_by_shape(b, a * x),
        lambda a, p, x, b: -a / gamma_shift(b, a * x),
    ),
    "gdtrix": (
        lambda a, b, p, x: -x / a,
        lambda a, b, p, x: -gamma_shift(b, a * x) / a,
        lambda a, b, p, x: 1.0 / (a * gamma_density(b, a * x)),
    ),
    "pdtr": (zero, lambda k, m, y: -gamma_density(numpy.floor(plain(k)) + 1.0, m)),
    "pdtrc": (zero, lambda k, m, y: gamma_density(numpy.floor(plain(k)) + 1.0, m)),
    "pdtri": (zero, lambda k, y, m: -1.0 / gamma_density(numpy.floor(plain(k)) + 1.0, m)),
    "pdtrik": (
        lambda p, m, k: -1.0 / gamma_by_shape(k + 1.0, m), lambda p, m, k: -1.0 / gamma_shift(k + 1.0, m),
    ),
    # -- the binomial distributions
    "bdtr": (zero, None, bdtr_by_p),
    "bdtrc": (zero, None, minus(bdtr_by_p)),
    "bdtri": (zero, None, lambda k, n, y, p: 1.0 / bdtr_by_p(k, n, p, y)),
    "bdtrik": tuple(implicit(binomial_slopes, 0, given) for given in (None, 1, 2)),
    "bdtrin": tuple(implicit(binomial_slopes, 1, given) for given in (0, None, 2)),
    "nbdtr": (None, None, lambda k, n, p, y: beta_density(n, k + 1.0, p, 1.0 - p)),
    "nbdtrc": (None, None, lambda k, n, p, y: -beta_density(n, k + 1.0, p, 1.0 - p)),
    "nbdtri": (None, None, lambda k, n, y, p: 1.0 / beta_density(n, k + 1.0, p, 1.0 - p)),
    "nbdtrik": tuple(implicit(negative_binomial_slopes, 0, given) for given in (None, 1, 2)),
    "nbdtrin": tuple(implicit(negative_binomial_slopes, 1, given) for given in (0, None, 2)),
    # -- Fisher's and Student's distributions
    "fdtr": (fdtr_by_first, fdtr_by_second, fdtr_by_x),
    "fdtrc": (minus(fdtr_by_first), minus(fdtr_by_second), minus(fdtr_by_x)),
    "fdtri": (
        lambda a, b, p, x: -fdtr_by_first(a, b, x, p) / fdtr_by_x(a, b, x, p),
        lambda a, b, p, x: -fdtr_by_second(a, b, x, p) / fdtr_by_x(a, b, x, p),
        lambda a, b, p, x: 1.0 / fdtr_by_x(a, b, x, p),
    ),
    "fdtridfd": (
        lambda a, p, x, b: -fdtr_by_first(a, b, x, p) / fdtr_by_second(a, b, x, p),
        lambda a, p, x, b: 1.0 / fdtr_by_second(a, b, x, p),
        lambda a, p, x, b: -fdtr_by_x(a, b, x, p) / fdtr_by_second(a, b, x, p),
    ),
    "stdtr": (lambda df, t, y: student_by_df(df, t), lambda df, t, y: student_density(df, t)),
    "stdtrit": (
        lambda df, p, t: -student_by_df(df, t) / student_density(df, t),
        lambda df, p, t: 1.0 / student_density(df, t),
    ),
    "stdtridf": (
        lambda p, t, df: 1.0 / student_by_df(df, t),
        lambda p, t, df: -student_density(df, t) / student_by_df(df, t),
    ),
    # -- distributions that are shifted
    "chndtr": (
        lambda x, df, shift, y: chi_square_density(x, df, shift),
        None,
        lambda x, df, shift, y: -chi_square_density(x, df + 2.0, shift),
    ),
    "chndtrix": (
        lambda p, df, shift, x: 1.0 / chi_square_density(x, df, shift),
        None,
        lambda p, df, shift, x: chi_square_density(x, df + 2.0, shift) / chi_square_density(x, df, shift),
    ),
    "chndtrinc": (
        lambda x, df, p, shift: chi_square_density(x, df, shift) / chi_square_density(x, df + 2.0, shift),
        None,
        lambda x, df, p, shift: -1.0 / chi_square_density(x, df + 2.0, shift),
    ),
    "chndtridf": (None, None, None),
    "ncfdtr": (None, None, None, lambda a, b, shift, x, y: boost("_ncf_pdf")(x, a, b, shift)),
    "ncfdtri": (None, None, None, lambda a, b, shift, p, x: 1.0 / boost("_ncf_pdf")(x, a, b, shift)),
    **dict.fromkeys(("ncfdtridfd", "ncfdtridfn", "ncfdtrinc"), (None, None, None, None)),
    "nctdtr": (None, None, lambda df, shift, t, y: boost("_nct_pdf")(t, df, shift)),
    "nctdtrit": (None, None, lambda df, shift, p, t: 1.0 / boost("_nct_pdf")(t, df, shift)),
    **dict.fromkeys(("nctdtridf", "nctdtrinc"), (None, None, None)),
    # -- Kolmogorov's and Smirnov's distributions
    "kolmogorov": (lambda x, y: kolmogorov_slope(x),),
    "_kolmogc": (lambda x, y: -kolmogorov_slope(x),),
    "kolmogi": (lambda p, x: 1.0 / kolmogorov_slope(x),),
    "_kolmogci": (lambda p, x: -1.0 / kolmogorov_slope(x),),
    "_smirnovp": (None, None),
    "_kolmogp": (None,),
    "_ncf_pdf": (None, None, None, None),
    "_nct_pdf": (None, None, None),
    "smirnov": (None, lambda n, d, y: ufuncs._smirnovp(n, d)),
    "_smirnovc": (None, lambda n, d, y: -ufuncs._smirnovp(n, d)),
    "smirnovi": (None, lambda n, p, d: 1.0 / ufuncs._smirnovp(n, d)),
    "_smirnovci": (None, lambda n, p, d: -1.0 / ufuncs._smirnovp(n, d)),
}  # fmt: skip
"""By name, the partial derivatives."""

PARTIALS_OF_SEVERAL: dict[str, list[tuple[Any, ...]]] = {}
"""Likewise of each output."""
