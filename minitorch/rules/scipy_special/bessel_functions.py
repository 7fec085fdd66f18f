"""Derivatives of Bessel's functions by their argument, and of what is related to them.

The formulas are those of the Digital Library of Mathematical Functions, chapters 9 to 12 and 28 to 30.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

import numpy
from scipy import special

from minitorch.rules.scipy_special.quadrature import segment
from minitorch.rules.scipy_special.questions import is_complex, plain, unless_zero

__all__ = ["PARTIALS", "PARTIALS_OF_SEVERAL"]

spherical: Final = {letter: getattr(special._ufuncs, f"_spherical_{letter}n") for letter in "jyik"}
spherical_slopes: Final = {letter: getattr(special._ufuncs, f"_spherical_{letter}n_d") for letter in "jyik"}


def halves(function: Any, below: float, above: float) -> Callable[..., Any]:
    """Make the derivative of a function of an order that those of the orders next to it add up to, by halves."""

    def partial(v: Any, z: Any, y: Any) -> Any:
        return 0.5 * (below * function(v - 1, z) + above * function(v + 1, z))

    return partial


def scaled(function: Any, below: float, above: float, own: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    """Make such a derivative of a function that is scaled by an exponential."""

    def partial(v: Any, z: Any, y: Any) -> Any:
        return 0.5 * (below * function(v - 1, z) + above * function(v + 1, z)) + own(z, y)

    return partial


def no_growth(z: Any, y: Any) -> Any:
    """Return 0 for real arguments; scaled by exp(-abs(z.imag)) a function has no complex derivative."""
    return of_reals(z, 0.0)


def less_growth(z: Any, y: Any) -> Any:
    """Return what the scaling by exp(-abs(z)) of real arguments takes away."""
    return of_reals(z, -numpy.sign(z) * y)


def of_reals(z: Any, value: Any) -> Any:
    """Return a value of real arguments, nan of complex ones."""
    return math.nan if is_complex(z) else value


def of_spherical(functions: Any, letter: str, below: float, above: float) -> Callable[..., Any]:
    """Make the derivative of a spherical function, or of its derivative: DLMF 10.51."""
    function = functions[letter]

    def partial(n: Any, z: Any, y: Any) -> Any:
        lower = numpy.where(numpy.equal(n, 0), 0, n - 1)
        return (below * n * function(lower, z) + above * (n + 1) * function(n + 1, z)) / (2 * n + 1)

    return partial


SPHERICAL: Final = {"j": (1.0, -1.0), "y": (1.0, -1.0), "i": (1.0, 1.0), "k": (-1.0, -1.0)}


def struve_term(v: Any, x: Any) -> Any:
    """Return what two of Struve's functions differ by: DLMF 11.4.23."""
    return (0.5 * x) ** v * special.rgamma(v + 1.5) / math.sqrt(math.pi)


def by_angle(ufunc: Callable[..., Any], output: int) -> Callable[..., Any]:
    """Make the derivative that another output of a function of one argument is."""
    return lambda x, y: ufunc(x)[output]


def root_of_positive(x: Any) -> Any:
    """Return the square root of positive numbers, 0 of negative ones."""
    return numpy.sqrt(numpy.where(numpy.less(plain(x), 0), 0.0, x))


def airye_slope(output: int) -> tuple[Any, ...]:
    """Return the partial of one of Airy's functions as they are scaled."""
    if output == 0:
        return (lambda x, y: special.airye(x)[1] + numpy.sqrt(x) * y,)
    if output == 1:
        return (lambda x, y: x * special.airye(x)[0] + numpy.sqrt(x) * y,)
    if output == 2:
        return (lambda x, y: of_reals(x, special.airye(x)[3] - root_of_positive(x) * y),)
    return (lambda x, y: of_reals(x, x * special.airye(x)[2] - root_of_positive(x) * y),)


def kelvin_second(slope: str, other: str, sign: float, at_origin: float) -> tuple[Any, ...]:
    """Return the second derivative of one of Kelvin's functions, from their differential equation.

    Args:
        slope: the name of its first derivative.
        other: the name of the function that it goes with.
        sign: that of the other function in the equation.
        at_origin: what the first derivative over x is at 0.
    """
    first, second = getattr(special, slope), getattr(special, other)
    return (lambda x, y: sign * second(x) - unless_zero(x, first(x) / x, at_origin),)


def kelvin_slope(output: int, of: int) -> tuple[Any, ...]:
    """Return the partial of the slopes of `kelvin`, by the differential equation w'' + w' / x = i w."""
    return (lambda x, y: 1j * special.kelvin(x)[of] - y / x,)


# -- functions that come in pairs with their slopes --------------------------------------------------------------------


def paired(ufunc: Any, by_x: Callable[..., Any], arguments: int) -> list[tuple[Any, ...]]:
    """Return the partials of a function of which the second output is the slope by its last argument.

    Args:
        ufunc: the function.
        by_x: gives the slope of that slope, called with the arguments, the function and the slope.
        arguments: how many there are.
    """
    unknown = (None,) * (arguments - 1)
    if arguments == 2:
        return [
            (*unknown, lambda a, x, y: ufunc(a, x)[1]),
            (*unknown, lambda a, x, y: by_x(a, x, ufunc(a, x)[0], y)),
        ]
    if arguments == 3:
        return [
            (*unknown, lambda a, b, x, y: ufunc(a, b, x)[1]),
            (*unknown, lambda a, b, x, y: by_x(a, b, x, ufunc(a, b, x)[0], y)),
        ]
    if arguments == 4:
        return [
            (*unknown, lambda a, b, c, x, y: ufunc(a, b, c, x)[1]),
            (*unknown, lambda a, b, c, x, y: by_x(a, b, c, x, ufunc(a, b, c, x)[0], y)),
        ]
    return [
        (*unknown, lambda a, b, c, d, x, y: ufunc(a, b, c, d, x)[1]),
        (*unknown, lambda a, b, c, d, x, y: by_x(a, b, c, d, x, ufunc(a, b, c, d, x)[0], y)),
    ]


def mathieu(ufunc: Any, value: Any) -> list[tuple[Any, ...]]:
    """Return the partials of one of Mathieu's functions by its angle, which is in degrees."""
    degree = math.pi / 180.0
    return [
        (None, None, lambda m, q, x, y: degree * ufunc(m, q, x)[1]),
        (None, None, lambda m, q, x, y: degree * mathieu_second(value, m, q, degree * x, ufunc(m, q, x)[0])),
    ]


def mathieu_second(value: Any, m: Any, q: Any, angle: Any, y: Any) -> Any:
    """Return the second derivative of one of Mathieu's functions, from its differential equation."""
    return -(value(m, q) - 2.0 * q * numpy.cos(2.0 * angle)) * y


def modified_mathieu(value: Any) -> Callable[..., Any]:
    """Make the second derivative of one of Mathieu's modified functions, from its differential equation."""
    return lambda m, q, x, y, slope: (value(m, q) - 2.0 * q * numpy.cosh(2.0 * x)) * y


def mean_wave(ufunc: Any) -> Callable[..., Any]:
    """Make the derivative of one of Mathieu's characteristic values by q: the mean of 2 cos(2 x), weighted by its wave.

    It is taken over points that are as good as the integral, for what is periodic.
    """
    angles = numpy.arange(256) * (360.0 / 256)
    waves = 2.0 * numpy.cos(numpy.radians(2.0 * angles)) / 128

    def partial(m: Any, q: Any, y: Any) -> Any:
        return numpy.sum(waves * ufunc(numpy.expand_dims(m, -1), numpy.expand_dims(q, -1), angles)[0] ** 2, -1)

    return partial


def spheroidal(value: Any, sign: float, radial: bool) -> Callable[..., Any]:
    """Make the second derivative of a spheroidal wave function, DLMF 30.2; sign is that of the square of x beside 1.

    Args:
        value: gives the characteristic value; None where that is an argument itself.
        sign: 1 for prolate functions, -1 for oblate ones.
        radial: whether it is one of the radial functions.
    """
    inner = 1.0 if not radial or sign > 0 else -1.0
    of_square = 1.0 if radial else sign

    def second(m: Any, n: Any, c: Any, *rest: Any) -> Any:
        x, y, slope = rest[-3:]
        characteristic = value(m, n, c) if value is not None else rest[0]
        gap = inner - x * x
        own = characteristic - of_square * c * c * x * x - inner * m * m / gap
        return (2.0 * x * slope - own * y) / gap

    return second


def every_spheroidal() -> dict[str, list[tuple[Any, ...]]]:
    """Return the partials of the spheroidal wave functions."""
    found = {}
    for shape, sign in (("pro", 1.0), ("obl", -1.0)):
        for kind in ("ang1", "rad1", "rad2"):
            value = getattr(special, f"{shape}_cv")
            name = f"{shape}_{kind}"
            found[name] = paired(getattr(special, name), spheroidal(value, sign, kind != "ang1"), 4)
            with_value = getattr(special, f"{name}_cv")
            found[f"{name}_cv"] = paired(with_value, spheroidal(None, sign, kind != "ang1"), 5)
            if kind == "rad2":
                # What scipy computes of the second kind has too few digits to fulfil the equation.
                found[name][1], found[f"{name}_cv"][1] = (None,) * 4, (None,) * 5
    return found


def growth_by_order(v: Any, z: Any) -> Any:
    """Return the derivative of log(K_v(z)) by v: the mean of t * tanh(v t) under cosh(v t) * exp(-z cosh(t)).

    That has its peak near asinh(v / z), where the integral is cut in two; beyond 45 powers of e nothing is left.
    """
    order, place = numpy.abs(plain(v)), plain(z)
    peak = numpy.arcsinh(order / place)
    width = numpy.arccosh(1.0 + 45.0 / numpy.hypot(order, place))
    height = order * peak - place * (numpy.cosh(peak) - 1.0)
    start, length, top, v_, z_ = (numpy.expand_dims(w, -1) for w in (peak, width, height, v, z))

    def integral(part: Callable[[Any, Any, Any], Any]) -> Any:
        def at(t: Any) -> Any:
            rest = -z_ * (numpy.cosh(t) - 1.0) - top
            return part(t, numpy.exp(v_ * t + rest), numpy.exp(rest - v_ * t))

        def both(u: Any, _: Any) -> Any:
            return start * at(start * u) + length * at(start + length * u)

        return segment(both)

    return integral(lambda t, up, down: t * (up - down)) / integral(lambda t, up, down: up + down)


def unless_complex(by_order: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    """Make a derivative by the order, which is known of real arguments."""
    return lambda v, z, y: of_reals(z, y * by_order(v, z))


PARTIALS: dict[str, tuple[Any, ...]] = {
    # -- of any order
    "jv": (None, halves(special.jv, 1.0, -1.0)),
    "yv": (None, halves(special.yv, 1.0, -1.0)),
    "yn": (None, halves(special.yv, 1.0, -1.0)),
    "iv": (None, halves(special.iv, 1.0, 1.0)),
    "kv": (unless_complex(growth_by_order), halves(special.kv, -1.0, -1.0)),
    "kn": (None, halves(special.kv, -1.0, -1.0)),
    "hankel1": (None, halves(special.hankel1, 1.0, -1.0)),
    "hankel2": (None, halves(special.hankel2, 1.0, -1.0)),
    "jve": (None, scaled(special.jve, 1.0, -1.0, no_growth)),
    "yve": (None, scaled(special.yve, 1.0, -1.0, no_growth)),
    "ive": (None, scaled(special.ive, 1.0, 1.0, less_growth)),
    "kve": (unless_complex(growth_by_order), scaled(special.kve, -1.0, -1.0, lambda z, y: y)),
    "hankel1e": (None, scaled(special.hankel1e, 1.0, -1.0, lambda z, y: -1j * y)),
    "hankel2e": (None, scaled(special.hankel2e, 1.0, -1.0, lambda z, y: 1j * y)),
    "struve": (
        None, lambda v, x, y: 0.5 * (special.struve(v - 1, x) - special.struve(v + 1, x) + struve_term(v, x)),
    ),
    "modstruve": (
        None, lambda v, x, y: 0.5 * (special.modstruve(v - 1, x) + special.modstruve(v + 1, x) + struve_term(v, x)),
    ),
    **{f"_spherical_{letter}n": (None, of_spherical(spherical, letter, *signs)) for letter, signs in SPHERICAL.items()},
    **{
        f"_spherical_{letter}n_d": (None, of_spherical(spherical_slopes, letter, *signs))
        for letter, signs in SPHERICAL.items()
    },
    "besselpoly": (
        lambda a, power, v, y: v / a * y - 2.0 * special.besselpoly(a, power + 1.0, v + 1.0), None, None,
    ),
    "wright_bessel": (None, None, lambda a, b, x, y: special.wright_bessel(a, a + b, x)),
    "log_wright_bessel": (None, None, lambda a, b, x, y: numpy.exp(special.log_wright_bessel(a, a + b, x) - y)),
    # -- of the orders 0 and 1
    "j0": (lambda x, y: -special.j1(x),),
    "j1": (lambda x, y: 0.5 * (special.j0(x) - special.jv(2, x)),),
    "y0": (lambda x, y: -special.y1(x),),
    "y1": (lambda x, y: special.y0(x) - y / x,),
    "i0": (lambda x, y: special.i1(x),),
    "i1": (lambda x, y: 0.5 * (special.i0(x) + special.iv(2, x)),),
    "i0e": (lambda x, y: special.i1e(x) - numpy.sign(x) * y,),
    "i1e": (lambda x, y: 0.5 * (special.i0e(x) + special.ive(2, x)) - numpy.sign(x) * y,),
    "k0": (lambda x, y: -special.k1(x),),
    "k1": (lambda x, y: -special.k0(x) - y / x,),
    "k0e": (lambda x, y: y - special.k1e(x),),
    "k1e": (lambda x, y: y - special.k0e(x) - y / x,),
    # -- Kelvin's
    "ber": (lambda x, y: special.berp(x),),
    "bei": (lambda x, y: special.beip(x),),
    "ker": (lambda x, y: special.kerp(x),),
    "kei": (lambda x, y: special.keip(x),),
    "berp": kelvin_second("berp", "bei", -1.0, 0.0),
    "beip": kelvin_second("beip", "ber", 1.0, 0.5),
    "kerp": kelvin_second("kerp", "kei", -1.0, math.nan),
    "keip": kelvin_second("keip", "ker", 1.0, math.nan),
    # -- Mathieu's, and spheroidal ones
    "mathieu_a": (None, mean_wave(special.mathieu_cem)),
    "mathieu_b": (None, mean_wave(special.mathieu_sem)),
    "pro_cv": (None, None, None),
    "obl_cv": (None, None, None),
}  # fmt: skip
"""By name, the partial derivatives."""

PARTIALS_OF_SEVERAL: dict[str, list[tuple[Any, ...]]] = {
    "airy": [
        (by_angle(special.airy, 1),), (lambda x, y: x * special.airy(x)[0],),
        (by_angle(special.airy, 3),), (lambda x, y: x * special.airy(x)[2],),
    ],
    "airye": [airye_slope(output) for output in range(4)],
    "kelvin": [
        (by_angle(special.kelvin, 2),), (by_angle(special.kelvin, 3),), kelvin_slope(2, 0), kelvin_slope(3, 1),
    ],
    "pbdv": paired(special.pbdv, lambda v, x, y, slope: (0.25 * x * x - v - 0.5) * y, 2),
    "pbvv": paired(special.pbvv, lambda v, x, y, slope: (0.25 * x * x - v - 0.5) * y, 2),
    "pbwa": paired(special.pbwa, lambda a, x, y, slope: (a - 0.25 * x * x) * y, 2),
    "mathieu_cem": mathieu(special.mathieu_cem, special.mathieu_a),
    "mathieu_sem": mathieu(special.mathieu_sem, special.mathieu_b),
    "mathieu_modcem1": paired(special.mathieu_modcem1, modified_mathieu(special.mathieu_a), 3),
    "mathieu_modcem2": paired(special.mathieu_modcem2, modified_mathieu(special.mathieu_a), 3),
    "mathieu_modsem1": paired(special.mathieu_modsem1, modified_mathieu(special.mathieu_b), 3),
    "mathieu_modsem2": paired(special.mathieu_modsem2, modified_mathieu(special.mathieu_b), 3),
    **every_spheroidal(),
}  # fmt: skip
"""Likewise of each output."""
