"""Derivatives of elliptic integrals and functions, in terms of Carlson's symmetric integrals.

B. C. Carlson, Numerical computation of real or complex elliptic integrals (Numerical Algorithms 10, 1995), and chapter
19 of the Digital Library of Mathematical Functions.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy
from scipy import special

from minitorch.rules.scipy_special.quadrature import segment
from minitorch.rules.scipy_special.questions import plain, unless_zero

__all__ = ["PARTIALS", "PARTIALS_OF_SEVERAL"]

NEAR: Final = 0.2
"""How near to each other two arguments are, as a part of their sum, where differences of integrals lose digits."""


def raised(x: Any, y: Any, z: Any, p: Any, powers: tuple[float, float, float, float]) -> Any:
    """Return the integral over all t > 0 of the product of (t + x), (t + y), (t + z) and (t + p) to powers below 0."""
    size = sum(numpy.abs(plain(v)) for v in (x, y, z, p))  # the integral is the same whatever the scale
    size, *sides = (numpy.expand_dims(v, -1) for v in (size, x, y, z, p))

    def integrand(u: Any, rest: Any) -> Any:
        # t = size * (u / (1 - u)) ** 2 goes over all of them, and takes the root of t away where x is 0.
        ratio = u / rest
        t = size * ratio * ratio
        found: Any = 2.0 * size * ratio / (rest * rest)
        for side, power in zip(sides, powers, strict=True):
            found = found * (t + side) ** power
        return found

    return segment(integrand)


def are_near(x: Any, y: Any) -> Any:
    """Return whether the difference of two arguments is a small part of them."""
    a, b = plain(x), plain(y)
    return numpy.abs(a - b) < NEAR * (numpy.abs(a) + numpy.abs(b))


def elliprd_by_side(x: Any, y: Any, z: Any, value: Any) -> Any:
    """Return the derivative of R_D(x, y, z) by x."""
    near = are_near(x, z)
    gap = numpy.where(near, 1.0, z - x)
    apart = (value - special.elliprd(y, z, x)) / (2.0 * gap)
    a, b, c = numpy.where(near, x, 1.0), numpy.where(near, y, 1.0), numpy.where(near, z, 1.0)
    return numpy.where(near, -0.75 * raised(a, b, c, 1.0, (-1.5, -0.5, -1.5, 0.0)), apart)


def elliprd_by_last(x: Any, y: Any, z: Any, value: Any) -> Any:
    """Return the derivative of R_D(x, y, z) by z: it is homogeneous, so that the others tell it."""
    by_x = unless_zero(x, x * elliprd_by_side(x, y, z, value))
    by_y = unless_zero(y, y * elliprd_by_side(y, x, z, value))
    return (-1.5 * value - by_x - by_y) / z


def elliprj_by_side(x: Any, y: Any, z: Any, p: Any, value: Any) -> Any:
    """Return the derivative of R_J(x, y, z, p) by x."""
    near = are_near(x, p)
    gap = numpy.where(near, 1.0, p - x)
    apart = (value - special.elliprd(y, z, x)) / (2.0 * gap)
    a, b = numpy.where(near, x, 1.0), numpy.where(near, y, 1.0)
    c, d = numpy.where(near, z, 1.0), numpy.where(near, p, 1.0)
    return numpy.where(near, -0.75 * raised(a, b, c, d, (-1.5, -0.5, -0.5, -1.0)), apart)


def elliprj_by_last(x: Any, y: Any, z: Any, p: Any, value: Any) -> Any:
    """Return the derivative of R_J(x, y, z, p) by p: it is homogeneous, so that the others tell it."""
    by_x = unless_zero(x, x * elliprj_by_side(x, y, z, p, value))
    by_y = unless_zero(y, y * elliprj_by_side(y, x, z, p, value))
    by_z = unless_zero(z, z * elliprj_by_side(z, x, y, p, value))
    return (-1.5 * value - by_x - by_y - by_z) / p


def elliprc_parts(x: Any, y: Any) -> tuple[Any, Any]:
    """Return the derivatives of R_C(x, y) = R_F(x, y, y) for y above 0."""
    return -special.elliprd(y, y, x) / 6.0, -special.elliprd(x, y, y) / 3.0


def elliprc_by_first(x: Any, y: Any, value: Any) -> Any:
    """Return the derivative of R_C(x, y) by x; of a principal value, DLMF 19.2.20, where y is below 0."""
    below = numpy.less(plain(y), 0)
    a, b = numpy.where(below, x - y, x), numpy.abs(y)
    by_first = elliprc_parts(a, b)[0]
    root = numpy.sqrt(numpy.where(below, x / a, 1.0))
    return numpy.where(below, 0.5 * value * (1.0 / x - 1.0 / a) + root * by_first, by_first)


def elliprc_by_second(x: Any, y: Any, value: Any) -> Any:
    """Return the derivative of R_C(x, y) by y."""
    below = numpy.less(plain(y), 0)
    a, b = numpy.where(below, x - y, x), numpy.abs(y)
    by_first, by_second = elliprc_parts(a, b)
    root = numpy.sqrt(numpy.where(below, x / a, 1.0))
    return numpy.where(below, 0.5 * value / a - root * (by_first + by_second), by_second)


def elliprg_by_side(x: Any, y: Any, z: Any) -> Any:
    """Return the derivative of R_G(x, y, z) by x."""
    return 0.25 * special.elliprf(x, y, z) - unless_zero(x, x * special.elliprd(y, z, x)) / 12.0


# -- Legendre's integrals ----------------------------------------------------------------------------------------------


def reduced(phi: Any) -> tuple[Any, Any, Any]:
    """Return how many half turns an angle has, and sine and squared cosine of what is left of it."""
    turns = numpy.rint(plain(phi) / math.pi)
    rest = phi - math.pi * turns
    cosine = numpy.cos(rest)
    return turns, numpy.sin(rest), cosine * cosine


def first_kind_by_m(phi: Any, m: Any) -> Any:
    """Return the derivative of F(phi, m) by m, half the integral of sin ** 2 / (1 - m sin ** 2) ** 1.5."""
    turns, sine, square = reduced(phi)
    part = sine**3 * special.elliprd(square, 1.0, 1.0 - m * sine * sine) / 6.0
    whole = special.elliprd(0.0, 1.0, numpy.where(numpy.equal(turns, 0), 0.5, 1.0 - m)) / 3.0
    return part + turns * whole


def second_kind_by_m(phi: Any, m: Any) -> Any:
    """Return the derivative of E(phi, m) by m, half the integral of sin ** 2 / sqrt(1 - m sin ** 2), negative."""
    turns, sine, square = reduced(phi)
    part = sine**3 * special.elliprd(square, 1.0 - m * sine * sine, 1.0) / 6.0
    whole = special.elliprd(0.0, numpy.where(numpy.equal(turns, 0), 0.5, 1.0 - m), 1.0) / 3.0
    return -(part + turns * whole)


def root_of_rest(phi: Any, m: Any) -> Any:
    """Return sqrt(1 - m sin(phi) ** 2)."""
    sine = numpy.sin(phi)
    return numpy.sqrt(1.0 - m * sine * sine)


def amplitude_by_m(u: Any, m: Any) -> tuple[Any, ...]:
    """Return Jacobi's functions, and the derivative of the amplitude by m: F(amplitude, m) stays u."""
    sn, cn, dn, amplitude = special.ellipj(u, m)
    return sn, cn, dn, -dn * first_kind_by_m(amplitude, m)


def sn_by_m(u: Any, m: Any, y: Any) -> Any:
    """Return the derivative of Jacobi's sn by m."""
    _, cn, _, slope = amplitude_by_m(u, m)
    return cn * slope


def cn_by_m(u: Any, m: Any, y: Any) -> Any:
    """Return the derivative of Jacobi's cn by m."""
    sn, _, _, slope = amplitude_by_m(u, m)
    return -sn * slope


def dn_by_m(u: Any, m: Any, y: Any) -> Any:
    """Return the derivative of Jacobi's dn by m."""
    sn, cn, dn, slope = amplitude_by_m(u, m)
    return -sn * (0.5 * sn + m * cn * slope) / dn


def product_of(u: Any, m: Any, first: int, second: int) -> Any:
    """Return the product of two of Jacobi's functions."""
    found = special.ellipj(u, m)
    return found[first] * found[second]


PARTIALS: dict[str, tuple[Any, ...]] = {
    "ellipk": (lambda m, y: special.elliprd(0.0, 1.0, 1.0 - m) / 6.0,),
    "ellipkm1": (lambda p, y: -special.elliprd(0.0, 1.0, p) / 6.0,),
    "ellipe": (lambda m, y: -special.elliprd(0.0, 1.0 - m, 1.0) / 6.0,),
    "ellipkinc": (lambda phi, m, y: 1.0 / root_of_rest(phi, m), lambda phi, m, y: first_kind_by_m(phi, m)),
    "ellipeinc": (lambda phi, m, y: root_of_rest(phi, m), lambda phi, m, y: second_kind_by_m(phi, m)),
    "elliprc": (elliprc_by_first, elliprc_by_second),
    "elliprf": (
        lambda x, y, z, value: -special.elliprd(y, z, x) / 6.0,
        lambda x, y, z, value: -special.elliprd(z, x, y) / 6.0,
        lambda x, y, z, value: -special.elliprd(x, y, z) / 6.0,
    ),
    "elliprg": (
        lambda x, y, z, value: elliprg_by_side(x, y, z),
        lambda x, y, z, value: elliprg_by_side(y, z, x),
        lambda x, y, z, value: elliprg_by_side(z, x, y),
    ),
    "elliprd": (
        elliprd_by_side,
        lambda x, y, z, value: elliprd_by_side(y, x, z, value),
        elliprd_by_last,
    ),
    "elliprj": (
        elliprj_by_side,
        lambda x, y, z, p, value: elliprj_by_side(y, z, x, p, value),
        lambda x, y, z, p, value: elliprj_by_side(z, x, y, p, value),
        elliprj_by_last,
    ),
    "_ellip_harm": (None,) * 7,
}  # fmt: skip
"""By name, the partial derivatives."""

PARTIALS_OF_SEVERAL: dict[str, list[tuple[Any, ...]]] = {
    "ellipj": [
        (lambda u, m, y: product_of(u, m, 1, 2), sn_by_m),
        (lambda u, m, y: -product_of(u, m, 0, 2), cn_by_m),
        (lambda u, m, y: -m * product_of(u, m, 0, 1), dn_by_m),
        (lambda u, m, y: special.ellipj(u, m)[2], lambda u, m, y: amplitude_by_m(u, m)[3]),
    ],
}  # fmt: skip
"""Likewise of each output."""
