"""Derivatives of the ufuncs that `scipy.stats` calls for its distributions, which are Boost's.

Those of whole numbers are constant between them, and quantiles among whole numbers are so everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

import numpy
from scipy import special

from minitorch.rules.real import zero
from minitorch.rules.scipy_special.distribution_functions import bdtr_by_p, boost, chi_square_density
from minitorch.rules.scipy_special.gamma_functions import digamma_difference
from minitorch.rules.scipy_special.incomplete_functions import (
    beta_by_shape,
    beta_density,
    inverse_by_first,
    inverse_by_second,
)
from minitorch.rules.scipy_special.questions import plain

__all__ = ["PARTIALS", "PARTIALS_OF_SEVERAL"]

Partials = tuple[Callable[..., Any] | None, ...]


def negated(partials: Partials) -> Partials:
    """Return the partials of what is 1 minus a function."""
    return tuple(minus(partial) for partial in partials)


def minus(partial: Callable[..., Any] | None) -> Callable[..., Any] | None:
    """Return a partial with the other sign, which also takes four arguments; `None` for `None`."""
    if partial is None or partial is zero:
        return partial
    found = partial
    return lambda *inputs: -found(*inputs)


def inverted(partials: Partials, survival: bool = False) -> Partials:
    """Return the partials of a quantile, whose distribution function has the others; the first argument is solved for.

    Args:
        partials: those of the distribution function, called with the quantile, the parameters and nothing.
        survival: whether the probability is that of larger numbers.
    """
    density = partials[0]
    assert density is not None
    sign = -1.0 if survival else 1.0

    def by_probability(q: Any, *rest: Any) -> Any:
        *parameters, x = rest
        return sign / density(x, *parameters, None)

    def by_parameter(partial: Callable[..., Any]) -> Callable[..., Any]:
        def slope(q: Any, *rest: Any) -> Any:
            *parameters, x = rest
            return -partial(x, *parameters, None) / density(x, *parameters, None)

        return slope

    others = tuple(None if partial is None else by_parameter(partial) for partial in partials[1:])
    return (by_probability, *others)


# -- distributions with a place and a scale ----------------------------------------------------------------------------


def skew_normal_density(x: Any, loc: Any, scale: Any, shape: Any, _: Any = None) -> Any:
    """Return the density of the skew normal distribution."""
    z = (x - loc) / scale
    return math.sqrt(2.0 / math.pi) * numpy.exp(-0.5 * z * z) * special.ndtr(shape * z) / scale


SKEW_NORMAL: Final[Partials] = (
    skew_normal_density,
    lambda x, loc, scale, shape, _: -skew_normal_density(x, loc, scale, shape),
    lambda x, loc, scale, shape, _: -(x - loc) / scale * skew_normal_density(x, loc, scale, shape),
    lambda x, loc, scale, shape, _: (
        -numpy.exp(-0.5 * ((x - loc) / scale) ** 2 * (1.0 + shape * shape)) / (math.pi * (1.0 + shape * shape))
    ),
)


def cauchy_density(x: Any, loc: Any, scale: Any) -> Any:
    """Return the density of Cauchy's distribution."""
    z = (x - loc) / scale
    return 1.0 / (math.pi * scale * (1.0 + z * z))


CAUCHY: Final[Partials] = (
    lambda x, loc, scale, _: cauchy_density(x, loc, scale),
    lambda x, loc, scale, _: -cauchy_density(x, loc, scale),
    lambda x, loc, scale, _: -(x - loc) / scale * cauchy_density(x, loc, scale),
)

LANDAU: Final[Partials] = (
    lambda x, loc, scale, _: boost("_landau_pdf")(x, loc, scale),
    lambda x, loc, scale, _: -boost("_landau_pdf")(x, loc, scale),
    lambda x, loc, scale, _: -(x - loc) / scale * boost("_landau_pdf")(x, loc, scale),
)


def wald_density(x: Any, mean: Any, shape: Any) -> Any:
    """Return the density of the inverse normal distribution."""
    z = (x - mean) / mean
    return numpy.sqrt(shape / (2.0 * math.pi * x * x * x)) * numpy.exp(-0.5 * shape * z * z / x)


def wald_tail(x: Any, mean: Any, shape: Any) -> Any:
    """Return exp(2 shape / mean) times the normal distribution function of minus sqrt(shape / x) * (x / mean + 1)."""
    bound = -numpy.sqrt(shape / x) * (x / mean + 1.0)
    return numpy.exp(2.0 * shape / mean + special.log_ndtr(bound))


WALD: Final[Partials] = (
    lambda x, mean, shape, _: wald_density(x, mean, shape),
    lambda x, mean, shape, _: -2.0 * shape / (mean * mean) * wald_tail(x, mean, shape),
    lambda x, mean, shape, _: 2.0 / mean * wald_tail(x, mean, shape) - x / shape * wald_density(x, mean, shape),
)


# -- whole numbers -----------------------------------------------------------------------------------------------------


def binomial_mass_by_p(k: Any, n: Any, p: Any, y: Any) -> Any:
    """Return the derivative of n over k times p ** k * (1 - p) ** (n - k) by p, in each of its ends, too."""
    first = numpy.where(numpy.equal(plain(k), 0), 0.0, k * p ** (k - 1.0) * (1.0 - p) ** (n - k))
    rest = n - k
    second = numpy.where(numpy.equal(plain(rest), 0), 0.0, rest * p**k * (1.0 - p) ** (rest - 1.0))
    return special.binom(n, k) * (first - second)


NEGATIVE_BINOMIAL: Final[Partials] = (
    zero,
    lambda k, n, p, y: beta_by_shape(n, numpy.floor(plain(k)) + 1.0, p, 1.0 - p),
    lambda k, n, p, y: beta_density(n, numpy.floor(plain(k)) + 1.0, p, 1.0 - p),
)

STEPS: Final[Partials] = (zero, zero, zero)

BINOMIAL: Final[Partials] = (zero, None, bdtr_by_p)


# -- distributions that are shifted ------------------------------------------------------------------------------------


def shifted_mass_by_x(x: Any, df: Any, shift: Any, y: Any) -> Any:
    """Return the slope of the density of the noncentral chi-square distribution."""
    return y * ((0.5 * df - 1.0) / x - 0.5) + 0.5 * shift / x * chi_square_density(x, df + 2.0, shift)


SHIFTED: Final[Partials] = (
    lambda x, df, shift, _: chi_square_density(x, df, shift),
    None,
    lambda x, df, shift, _: -chi_square_density(x, df + 2.0, shift),
)

STUDENT: Final[Partials] = (lambda x, df, shift, _: boost("_nct_pdf")(x, df, shift), None, None)
FISHER: Final[Partials] = (lambda x, a, b, shift, _: boost("_ncf_pdf")(x, a, b, shift), None, None, None)

BETA: Final[Partials] = (
    lambda q, a, b, x: 1.0 / beta_density(a, b, x, 1.0 - x),
    lambda q, a, b, x: inverse_by_first(a, b, q, x),
    lambda q, a, b, x: inverse_by_second(a, b, q, x),
)


BETA_FUNCTION: Final[Partials] = (
    lambda x, a, b, _: beta_density(a, b, x, 1.0 - x),
    lambda x, a, b, _: beta_by_shape(a, b, x, 1.0 - x),
    lambda x, a, b, _: -beta_by_shape(b, a, 1.0 - x, x),
)


def cosine_density(x: Any) -> Any:
    """Return the density of the cosine distribution."""
    return numpy.where(numpy.less_equal(numpy.abs(plain(x)), math.pi), (1.0 + numpy.cos(x)) / (2.0 * math.pi), 0.0)


PARTIALS: dict[str, Partials] = {
    "_beta_pdf": (
        lambda x, a, b, y: y * ((a - 1.0) / x - (b - 1.0) / (1.0 - x)),
        lambda x, a, b, y: y * (numpy.log(x) - digamma_difference(a, a + b)),
        lambda x, a, b, y: y * (numpy.log1p(-x) - digamma_difference(b, a + b)),
    ),
    "_beta_cdf": BETA_FUNCTION,
    "_beta_sf": negated(BETA_FUNCTION),
    "_beta_ppf": BETA,
    "_beta_mean": (lambda a, b, y: b / (a + b) ** 2, lambda a, b, y: -a / (a + b) ** 2),
    "_beta_variance": (
        lambda a, b, y: y * (1.0 / a - 2.0 / (a + b) - 1.0 / (a + b + 1.0)),
        lambda a, b, y: y * (1.0 / b - 2.0 / (a + b) - 1.0 / (a + b + 1.0)),
    ),
    "_beta_isf": inverted(BETA_FUNCTION, survival=True),
    "_cauchy_ppf": inverted(CAUCHY),
    "_cauchy_isf": inverted(CAUCHY, survival=True),
    "_cosine_cdf": (lambda x, y: cosine_density(x),),
    "_cosine_invcdf": (lambda p, x: 1.0 / cosine_density(x),),
    "_invgauss_ppf": inverted(WALD),
    "_invgauss_isf": inverted(WALD, survival=True),
    "_landau_pdf": (None, None, None),
    "_landau_cdf": LANDAU,
    "_landau_sf": negated(LANDAU),
    "_landau_ppf": inverted(LANDAU),
    "_landau_isf": inverted(LANDAU, survival=True),
    "_skewnorm_cdf": SKEW_NORMAL,
    "_skewnorm_ppf": inverted(SKEW_NORMAL),
    "_skewnorm_isf": inverted(SKEW_NORMAL, survival=True),
    "_binom_pmf": (zero, None, binomial_mass_by_p),
    "_binom_cdf": BINOMIAL,
    "_binom_sf": negated(BINOMIAL),
    "_binom_ppf": STEPS,
    "_binom_isf": STEPS,
    "_nbinom_pmf": (
        zero,
        lambda k, n, p, y: y * (digamma_difference(n + k, n) + numpy.log(p)),
        lambda k, n, p, y: y * (n / p - k / (1.0 - p)),
    ),
    "_nbinom_cdf": NEGATIVE_BINOMIAL,
    "_nbinom_sf": negated(NEGATIVE_BINOMIAL),
    "_nbinom_ppf": STEPS,
    "_nbinom_isf": STEPS,
    "_nbinom_mean": (lambda n, p, y: (1.0 - p) / p, lambda n, p, y: -n / (p * p)),
    "_nbinom_variance": (lambda n, p, y: (1.0 - p) / (p * p), lambda n, p, y: n * (p - 2.0) / (p * p * p)),
    "_nbinom_skewness": (
        lambda n, p, y: -0.5 * y / n,
        lambda n, p, y: 0.5 * y / (1.0 - p) - 1.0 / numpy.sqrt(n * (1.0 - p)),
    ),
    "_nbinom_kurtosis_excess": (
        lambda n, p, y: -y / n, lambda n, p, y: p * (2.0 - p) / (n * (1.0 - p) ** 2),
    ),
    "_ncx2_pdf": (
        shifted_mass_by_x, None, lambda x, df, shift, y: 0.5 * (chi_square_density(x, df + 2.0, shift) - y),
    ),
    "_ncx2_cdf": SHIFTED,
    "_ncx2_sf": negated(SHIFTED),
    "_ncx2_ppf": inverted(SHIFTED),
    "_ncx2_isf": inverted(SHIFTED, survival=True),
    "_nct_cdf": STUDENT,
    "_nct_sf": negated(STUDENT),
    "_nct_isf": inverted(STUDENT, survival=True),
    "_nct_mean": (
        lambda df, shift, y: 0.5 * y * (1.0 / df + digamma_difference(0.5 * (df - 1.0), 0.5 * df)),
        lambda df, shift, y: y / shift,
    ),
    "_nct_variance": (None, None),
    "_nct_skewness": (None, None),
    "_nct_kurtosis_excess": (None, None),
    "_ncf_cdf": FISHER,
    "_ncf_sf": negated(FISHER),
    "_ncf_isf": inverted(FISHER, survival=True),
    **dict.fromkeys(("_ncf_mean", "_ncf_variance", "_ncf_skewness", "_ncf_kurtosis_excess"), (None, None, None)),
    **dict.fromkeys(("_hypergeom_mean", "_hypergeom_variance", "_hypergeom_skewness"), (None, None, None)),
    "_hypergeom_pmf": (zero, None, None, None),
    "_hypergeom_cdf": (zero, None, None, None),
    "_hypergeom_sf": (zero, None, None, None),
}  # fmt: skip
"""By name, the partial derivatives."""

PARTIALS_OF_SEVERAL: dict[str, list[Partials]] = {}
"""Likewise of each output."""
