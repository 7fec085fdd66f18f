"""Derivatives of functions of `scipy.special` that are integrals: of bells, of waves, of what grows and decays."""

from __future__ import annotations

import cmath
import math
from typing import Any, Final

import numpy
from scipy import special

from minitorch.rules.scipy_special.questions import plain, unless_zero

__all__ = ["PARTIALS", "PARTIALS_OF_SEVERAL"]

OF_BELL: Final = 2.0 / math.sqrt(math.pi)
OF_NORMAL: Final = 1.0 / math.sqrt(2.0 * math.pi)
ROOT: Final = math.sqrt(2.0)


def inverse_mills_ratio(x: Any) -> Any:
    """Return the normal density over the normal distribution function."""
    return math.sqrt(2.0 / math.pi) / special.erfcx(-x / ROOT)


def voigt(x: Any, sigma: Any, gamma: Any) -> tuple[Any, Any]:
    """Return the argument of Faddeeva's function of which the Voigt profile is the real part, and its slope there."""
    z = (x + 1j * gamma) / (sigma * ROOT)
    return z, 1j * OF_BELL - 2.0 * z * special.wofz(z)


def voigt_by_x(x: Any, sigma: Any, gamma: Any, y: Any) -> Any:
    """Return the derivative of the Voigt profile; without a normal part it is that of Cauchy's density."""
    none = numpy.equal(plain(sigma), 0)
    own = numpy.where(none, 1.0, sigma)
    slope = numpy.real(voigt(x, own, gamma)[1]) / (2.0 * math.sqrt(math.pi) * own * own)
    return numpy.where(none, -2.0 * x * y / (x * x + gamma * gamma), slope)


def voigt_by_sigma(x: Any, sigma: Any, gamma: Any, y: Any) -> Any:
    """Return the derivative of the Voigt profile by the width of the normal part: 0 without one."""
    none = numpy.equal(plain(sigma), 0)
    own = numpy.where(none, 1.0, sigma)
    z, slope = voigt(x, own, gamma)
    along = numpy.real(z * slope) * OF_NORMAL / own
    return numpy.where(none, 0.0, -(y + along) / own)


def voigt_by_gamma(x: Any, sigma: Any, gamma: Any, y: Any) -> Any:
    """Return the derivative of the Voigt profile by the width of Cauchy's part."""
    none = numpy.equal(plain(sigma), 0)
    own = numpy.where(none, 1.0, sigma)
    slope = -numpy.imag(voigt(x, own, gamma)[1]) / (2.0 * math.sqrt(math.pi) * own * own)
    squares = x * x + gamma * gamma
    alone = (x * x - gamma * gamma) / (math.pi * squares * squares)
    return numpy.where(none, alone, slope)


def owens_t_by_slope(h: Any, a: Any, y: Any) -> Any:
    """Return the integrand of Owen's function at its bound."""
    square = 1.0 + a * a
    return numpy.exp(-0.5 * h * h * square) / (2.0 * math.pi * square)


def expn_by_x(n: Any, x: Any, y: Any) -> Any:
    """Return the derivative of the exponential integral of an order: minus that of the order below."""
    first = numpy.less(plain(n), 1)
    return -numpy.where(first, numpy.exp(-x) * (1.0 + 1.0 / x) / x, special.expn(numpy.where(first, 1, n) - 1, x))


def modified_fresnel(sign: float) -> list[tuple[Any, ...]]:
    """Return the partials of the integral of exp(sign * i * t ** 2) from x on, and of the same as it is scaled."""
    turned = cmath.exp(-0.25j * sign * math.pi) / math.sqrt(math.pi)
    return [
        (lambda x, f: -numpy.exp(1j * sign * x * x),),
        (lambda x, k: -2j * sign * x * k - turned,),
    ]


PARTIALS: dict[str, tuple[Any, ...]] = {
    # -- bells
    "erf": (lambda x, y: OF_BELL * numpy.exp(-x * x),),
    "erfc": (lambda x, y: -OF_BELL * numpy.exp(-x * x),),
    "erfcx": (lambda x, y: 2.0 * x * y - OF_BELL,),
    "erfi": (lambda x, y: OF_BELL * numpy.exp(x * x),),
    "dawsn": (lambda x, y: 1.0 - 2.0 * x * y,),
    "wofz": (lambda z, y: 1j * OF_BELL - 2.0 * z * y,),
    "erfinv": (lambda x, y: numpy.exp(y * y) / OF_BELL,),
    "erfcinv": (lambda x, y: -numpy.exp(y * y) / OF_BELL,),
    "ndtr": (lambda x, y: OF_NORMAL * numpy.exp(-0.5 * x * x),),
    "log_ndtr": (lambda x, y: inverse_mills_ratio(x),),
    "ndtri": (lambda p, x: numpy.exp(0.5 * x * x) / OF_NORMAL,),
    "ndtri_exp": (lambda p, x: 1.0 / inverse_mills_ratio(x),),
    "nrdtrimn": (
        lambda p, std, x, y: std * -numpy.exp(0.5 * special.ndtri(p) ** 2) / OF_NORMAL,
        lambda p, std, x, y: -special.ndtri(p),
        lambda p, std, x, y: 1.0,
    ),
    "nrdtrisd": (
        lambda mean, p, x, y: -1.0 / special.ndtri(p),
        lambda mean, p, x, y: -y * numpy.exp(0.5 * special.ndtri(p) ** 2) / OF_NORMAL / special.ndtri(p),
        lambda mean, p, x, y: 1.0 / special.ndtri(p),
    ),
    "voigt_profile": (voigt_by_x, voigt_by_sigma, voigt_by_gamma),
    "owens_t": (
        lambda h, a, y: -0.5 * OF_NORMAL * numpy.exp(-0.5 * h * h) * special.erf(a * h / ROOT),
        owens_t_by_slope,
    ),
    # -- exponentials over powers
    "expi": (lambda x, y: numpy.exp(x) / x,),
    "exp1": (lambda x, y: -numpy.exp(-x) / x,),
    "_scaled_exp1": (lambda x, y: (1.0 + 1.0 / x) * y - 1.0,),
    "expn": (None, expn_by_x),
    # -- others
    "itstruve0": (lambda x, y: special.struve(0, x),),
    "itmodstruve0": (lambda x, y: special.modstruve(0, x),),
    "it2struve0": (lambda x, y: -special.struve(0, x) / x,),
}  # fmt: skip
"""By name, the partial derivatives."""

PARTIALS_OF_SEVERAL: dict[str, list[tuple[Any, ...]]] = {
    "fresnel": [
        (lambda z, y: numpy.sin(0.5 * math.pi * z * z),),
        (lambda z, y: numpy.cos(0.5 * math.pi * z * z),),
    ],
    "modfresnelp": modified_fresnel(1.0),
    "modfresnelm": modified_fresnel(-1.0),
    "sici": [(lambda x, y: unless_zero(x, numpy.sin(x) / x, 1.0),), (lambda x, y: numpy.cos(x) / x,)],
    "shichi": [(lambda x, y: unless_zero(x, numpy.sinh(x) / x, 1.0),), (lambda x, y: numpy.cosh(x) / x,)],
    "iti0k0": [(lambda x, y: special.i0(x),), (lambda x, y: special.k0(x),)],
    "itj0y0": [(lambda x, y: special.j0(x),), (lambda x, y: special.y0(x),)],
    "it2i0k0": [
        (lambda x, y: unless_zero(x, (special.i0(x) - 1.0) / x, 0.0),), (lambda x, y: -special.k0(x) / x,),
    ],
    "it2j0y0": [
        (lambda x, y: unless_zero(x, (1.0 - special.j0(x)) / x, 0.0),), (lambda x, y: -special.y0(x) / x,),
    ],
    "itairy": [
        (lambda x, y: special.airy(x)[0],), (lambda x, y: special.airy(x)[2],),
        (lambda x, y: special.airy(-x)[0],), (lambda x, y: special.airy(-x)[2],),
    ],
}  # fmt: skip
"""Likewise of each output."""
