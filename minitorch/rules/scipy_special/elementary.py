"""Derivatives of functions of `scipy.special` that are made of powers, logarithms and exponentials."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy
from scipy import special

from minitorch.rules.real import zero
from minitorch.rules.scipy_special.questions import plain, unless_zero

__all__ = ["PARTIALS", "PARTIALS_OF_SEVERAL"]

DEGREE: Final = math.pi / 180.0


def slope_of_relative_exponential(u: Any) -> Any:
    """Return the derivative of (exp(u) - 1) / u, which is half of Kummer's function M(2, 3, u)."""
    return 0.5 * special.hyp1f1(2.0, 3.0, u)


def slope_of_relative_logarithm(u: Any) -> Any:
    """Return the derivative of log(1 + u) / u, which is -F(2, 2; 3; -u) / 2."""
    return -0.5 * special.hyp2f1(2.0, 2.0, 3.0, -u)


def boxcox_by_power(logarithm: Any, power: Any) -> Any:
    """Return the derivative of (exp(power * logarithm) - 1) / power by the power."""
    return logarithm * logarithm * slope_of_relative_exponential(power * logarithm)


def huber_by_delta(delta: Any, r: Any, y: Any) -> Any:
    """Return the derivative by the size from which on the loss grows linearly."""
    return numpy.where(numpy.abs(plain(r)) <= plain(delta), 0.0, numpy.abs(r) - delta)


def pseudo_huber_by_delta(delta: Any, r: Any, y: Any) -> Any:
    """Return the derivative of delta ** 2 * (sqrt(1 + (r / delta) ** 2) - 1) by delta."""
    length = numpy.hypot(delta, r)
    return unless_zero(delta, (length - numpy.abs(delta)) ** 2 / numpy.where(plain(length) == 0, 1.0, length))


def slope_of_spence(z: Any, y: Any) -> Any:
    """Return log(z) / (1 - z), which is -F(1, 1; 2; 1 - z): the one is exact far from 1, the other near it."""
    near = numpy.abs(plain(z) - 1.0) < 0.5
    close, far = numpy.where(near, z, 1.0), numpy.where(near, 3.0, z)
    return numpy.where(near, -special.hyp2f1(1.0, 1.0, 2.0, 1.0 - close), numpy.log(far) / (1.0 - far))


def agm_by_first(a: Any, b: Any, y: Any) -> Any:
    """Return the derivative of the arithmetic-geometric mean, which is pi / (2 R_F(0, a ** 2, b ** 2))."""
    return 2.0 / (3.0 * math.pi) * y * y * numpy.abs(a) * special.elliprd(0.0, b * b, a * a)


def agm_by_second(a: Any, b: Any, y: Any) -> Any:
    """Return the derivative of the arithmetic-geometric mean by its second argument."""
    return agm_by_first(b, a, y)


def tukey_density(p: Any, power: Any) -> Any:
    """Return the density of Tukey's lambda distribution where its distribution function is p."""
    return 1.0 / (p ** (power - 1.0) + (1.0 - p) ** (power - 1.0))


def inside_tukey(x: Any, power: Any) -> Any:
    """Return whether a number is in the support of Tukey's lambda distribution."""
    return numpy.less(numpy.abs(plain(x)) * plain(power), 1.0)


def tklmbda_by_x(x: Any, power: Any, p: Any) -> Any:
    """Return the density of Tukey's lambda distribution: that of its quantile (p ** m - (1 - p) ** m) / m, inverted."""
    return numpy.where(inside_tukey(x, power), tukey_density(p, power), 0.0)


def tklmbda_by_power(x: Any, power: Any, p: Any) -> Any:
    """Return the derivative by the shape, from that of the quantile by it."""
    by_power = boxcox_by_power(numpy.log(p), power) - boxcox_by_power(numpy.log1p(-p), power)
    return numpy.where(inside_tukey(x, power), -by_power * tukey_density(p, power), 0.0)


PARTIALS: dict[str, tuple[Any, ...]] = {
    # -- powers and logarithms
    "exp2": (lambda x, y: y * math.log(2.0),),
    "exp10": (lambda x, y: y * math.log(10.0),),
    "expm1": (lambda x, y: numpy.exp(x),),
    "log1p": (lambda x, y: 1.0 / (1.0 + x),),
    "cbrt": (lambda x, y: 1.0 / (3.0 * y * y),),
    "powm1": (lambda x, p, y: p * x ** (p - 1.0), lambda x, p, y: numpy.log(x) * x**p),
    "exprel": (lambda x, y: slope_of_relative_exponential(x),),
    "_log1pmx": (lambda x, y: -x / (1.0 + x),),
    "_log1mexp": (lambda x, y: -numpy.exp(x - y),),
    "round": (zero,),
    "agm": (agm_by_first, agm_by_second),
    "spence": (slope_of_spence,),
    "_lambertw": (lambda z, k, tol, w: numpy.exp(-w) / (1.0 + w), zero, zero),
    "wrightomega": (lambda z, w: w / (1.0 + w),),
    # -- trigonometry
    "cosm1": (lambda x, y: -numpy.sin(x),),
    "sindg": (lambda x, y: DEGREE * special.cosdg(x),),
    "cosdg": (lambda x, y: -DEGREE * special.sindg(x),),
    "tandg": (lambda x, y: DEGREE * (1.0 + y * y),),
    "cotdg": (lambda x, y: -DEGREE * (1.0 + y * y),),
    "_sinpi": (lambda x, y: math.pi * special._ufuncs._cospi(x),),
    "_cospi": (lambda x, y: -math.pi * special._ufuncs._sinpi(x),),
    "radian": (
        lambda d, m, s, y: DEGREE, lambda d, m, s, y: DEGREE / 60.0, lambda d, m, s, y: DEGREE / 3600.0,
    ),
    # -- entropies and losses
    "xlogy": (lambda x, y, z: numpy.log(y), lambda x, y, z: unless_zero(x, x / y)),
    "xlog1py": (lambda x, y, z: numpy.log1p(y), lambda x, y, z: unless_zero(x, x / (1.0 + y))),
    "entr": (lambda x, y: -1.0 - numpy.log(x),),
    "rel_entr": (lambda x, y, z: numpy.log(x / y) + 1.0, lambda x, y, z: -(x / y)),
    "kl_div": (lambda x, y, z: numpy.log(x / y), lambda x, y, z: 1.0 - x / y),
    "huber": (huber_by_delta, lambda delta, r, y: numpy.clip(r, -delta, delta)),
    "pseudo_huber": (
        pseudo_huber_by_delta,
        lambda delta, r, y: unless_zero(delta, numpy.abs(delta) * r / numpy.hypot(delta, r)),
    ),
    # -- the logistic function, and others of statistics
    "expit": (lambda x, y: y * special.expit(-x),),
    "log_expit": (lambda x, y: special.expit(-x),),
    "logit": (lambda x, y: 1.0 / (x * (1.0 - x)),),
    "boxcox": (lambda x, m, y: x ** (m - 1.0), lambda x, m, y: boxcox_by_power(numpy.log(x), m)),
    "boxcox1p": (lambda x, m, y: (1.0 + x) ** (m - 1.0), lambda x, m, y: boxcox_by_power(numpy.log1p(x), m)),
    "inv_boxcox": (
        lambda x, m, y: y / (1.0 + m * x),
        lambda x, m, y: y * x * x * slope_of_relative_logarithm(m * x),
    ),
    "inv_boxcox1p": (
        lambda x, m, y: (1.0 + y) / (1.0 + m * x),
        lambda x, m, y: (1.0 + y) * x * x * slope_of_relative_logarithm(m * x),
    ),
    "tklmbda": (tklmbda_by_x, tklmbda_by_power),
}  # fmt: skip
"""By name, the partial derivatives."""

PARTIALS_OF_SEVERAL: dict[str, list[tuple[Any, ...]]] = {}
"""Likewise of each output."""
