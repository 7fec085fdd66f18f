"""Plain functions at places where calculus leaves a choice. Nothing here knows of derivatives."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

INF, NAN = math.inf, math.nan


class Kink(NamedTuple):
    """A function, where it is looked at, and the derivative by each argument there."""

    name: str
    function: Callable[..., Any]
    point: tuple[float, ...]
    derivatives: tuple[float, ...]


def relu(x: float) -> float:
    """The usual way to write it."""
    return x if x > 0 else 0.0


def largest(*values: float) -> float:
    """The first of the largest, by a loop."""
    best = values[0]
    for value in values:
        if value > best:
            best = value
    return best


def in_place(x: float, y: float) -> float:
    """A list sorted in place."""
    values = [x, y, 3.0]
    values.sort()
    return values[0]


KINKS: list[Kink] = [
    Kink("abs", lambda x: abs(x), (0.0,), (0.0,)),
    Kink("abs", lambda x: abs(x), (-0.0,), (0.0,)),
    Kink("fabs", lambda x: math.fabs(x), (0.0,), (0.0,)),
    Kink("max, tie", lambda x, y: max(x, y), (2.0, 2.0), (1.0, 0.0)),
    Kink("min, tie", lambda x, y: min(x, y), (2.0, 2.0), (1.0, 0.0)),
    Kink("max of a list, tie", lambda x, y: max([x, y, 1.0]), (2.0, 2.0), (1.0, 0.0)),
    Kink("min of a list, tie", lambda x, y: min([y, x], key=float), (2.0, 2.0), (0.0, 1.0)),
    Kink("max by a loop, tie", largest, (2.0, 2.0), (1.0, 0.0)),
    Kink("max(0, x)", lambda x: max(0.0, x), (0.0,), (0.0,)),
    Kink("max(x, 0)", lambda x: max(x, 0.0), (0.0,), (1.0,)),
    Kink("relu", relu, (0.0,), (0.0,)),
    Kink("sqrt", lambda x: math.sqrt(x), (0.0,), (INF,)),
    Kink("** 0.5", lambda x: x**0.5, (0.0,), (INF,)),
    Kink("sqrt(x * x)", lambda x: math.sqrt(x * x), (0.0,), (NAN,)),
    Kink("hypot", lambda x, y: math.hypot(x, y), (0.0, 0.0), (0.0, 0.0)),
    Kink("dist", lambda x, y: math.dist((x, y), (1.0, 2.0)), (1.0, 2.0), (0.0, 0.0)),
    Kink("dist from itself", lambda x, y: math.dist((x, y), (x, y)), (1.0, 2.0), (0.0, 0.0)),
    Kink("atan2", lambda y, x: math.atan2(y, x), (0.0, 0.0), (NAN, NAN)),
    Kink("asin", lambda x: math.asin(x), (1.0,), (INF,)),
    Kink("asin", lambda x: math.asin(x), (-1.0,), (INF,)),
    Kink("acos", lambda x: math.acos(x), (1.0,), (-INF,)),
    Kink("acos", lambda x: math.acos(x), (-1.0,), (-INF,)),
    Kink("acosh", lambda x: math.acosh(x), (1.0,), (INF,)),
    Kink("x ** 0", lambda x: x**0, (0.0,), (0.0,)),
    Kink("x ** 0", lambda x: x**0, (-2.5,), (0.0,)),
    Kink("x ** 0.0", lambda x: x**0.0, (0.0,), (0.0,)),
    Kink("math.pow(x, 0)", lambda x: math.pow(x, 0), (0.0,), (0.0,)),
    Kink("x ** y", lambda x, y: x**y, (0.0, 2.0), (0.0, 0.0)),
    Kink("x ** y", lambda x, y: x**y, (0.0, 0.0), (0.0, NAN)),
    Kink("x ** y", lambda x, y: x**y, (-2.0, 3.0), (12.0, NAN)),
    Kink("x ** 3", lambda x: x**3.0, (-2.0,), (12.0,)),
    Kink("pow(x, y)", lambda x, y: pow(x, y), (-2.0, 3.0), (12.0, NAN)),
    Kink("an arm not taken", lambda x: math.sqrt(x) if x > 0 else 0.0 * x, (0.0,), (0.0,)),
    Kink("an arm without x", lambda x: math.sqrt(x) if x > 0 else 0.0, (0.0,), (0.0,)),
    Kink("floor", lambda x: math.floor(x) * x, (2.5,), (2.0,)),
    Kink("ceil", lambda x: math.ceil(x) * x, (2.5,), (3.0,)),
    Kink("trunc", lambda x: math.trunc(x) * x, (-2.5,), (-2.0,)),
    Kink("round", lambda x: round(x) * x, (2.5,), (2.0,)),
    Kink("int", lambda x: int(x) * x, (3.0,), (3.0,)),
    Kink("//", lambda x, y: x // y, (6.0, 2.0), (0.0, 0.0)),
    Kink("round to digits", lambda x: round(x, 1), (2.25,), (0.0,)),
    Kink("%", lambda x, y: x % y, (7.5, 2.0), (1.0, -3.0)),
    Kink("%", lambda x, y: x % y, (-7.5, 2.0), (1.0, 4.0)),
    Kink("% at a jump", lambda x, y: x % y, (6.0, 2.0), (1.0, -3.0)),
    Kink("fmod", lambda x, y: math.fmod(x, y), (-7.5, 2.0), (1.0, 3.0)),
    Kink("remainder", lambda x, y: math.remainder(x, y), (7.5, 2.0), (1.0, -4.0)),
    Kink("remainder, half way", lambda x, y: math.remainder(x, y), (5.0, 2.0), (1.0, -2.0)),
    Kink("divmod quotient", lambda x, y: divmod(x, y)[0], (-7.5, 2.0), (0.0, 0.0)),
    Kink("divmod remainder", lambda x, y: divmod(x, y)[1], (-7.5, 2.0), (1.0, 4.0)),
    Kink("copysign", lambda x, y: math.copysign(x, y), (3.0, -2.0), (-1.0, 0.0)),
    Kink("copysign", lambda x, y: math.copysign(x, y), (-3.0, -2.0), (1.0, 0.0)),
    Kink("copysign", lambda x, y: math.copysign(x, y), (3.0, -0.0), (-1.0, 0.0)),
    Kink("modf fraction", lambda x: math.modf(x)[0], (-2.75,), (1.0,)),
    Kink("modf whole", lambda x: math.modf(x)[1], (-2.75,), (0.0,)),
    Kink("frexp mantissa", lambda x: math.frexp(x)[0], (12.0,), (2.0**-4,)),
    Kink("frexp exponent", lambda x: math.frexp(x)[1] * x, (12.0,), (4.0,)),
    Kink("ldexp", lambda x: math.ldexp(x, 5), (0.3,), (32.0,)),
    Kink("nextafter", lambda x, y: math.nextafter(x, y), (1.0, 2.0), (1.0, 0.0)),
    Kink("ulp", lambda x: math.ulp(x), (1.0,), (0.0,)),
    Kink("comparison", lambda x, y: (x > y) * 2.0, (3.0, 2.0), (0.0, 0.0)),
    Kink("comparison as a number", lambda x, y: float(x == y) + x, (2.0, 2.0), (1.0, 0.0)),
    Kink("sorted, tie", lambda x, y: sorted([x, y])[0], (2.0, 2.0), (1.0, 0.0)),
    Kink("sorted, reverse", lambda x, y: sorted([x, y], reverse=True)[0], (2.0, 2.0), (1.0, 0.0)),
    Kink("sort, tie", in_place, (2.0, 2.0), (1.0, 0.0)),
    Kink("an output without the input", lambda x, y: y * 2.0, (1.0, 2.0), (0.0, 2.0)),
    Kink("a constant", lambda x: 3.0, (1.0,), (0.0,)),
]

if sys.version_info >= (3, 11):
    KINKS.append(Kink("cbrt", lambda x: math.cbrt(x), (0.0,), (INF,)))
if hasattr(math, "fmax"):
    KINKS += [
        Kink("fmax, tie", lambda x, y: math.fmax(x, y), (2.0, 2.0), (1.0, 0.0)),
        Kink("fmax of zeros", lambda x, y: math.fmax(x, y) * 3.0, (-0.0, 0.0), (3.0, 0.0)),
        Kink("fmax, nan first", lambda x, y: math.fmax(x, y) * 3.0, (NAN, 2.0), (0.0, 3.0)),
        Kink("fmax, nan last", lambda x, y: math.fmax(x, y) * 3.0, (2.0, NAN), (3.0, 0.0)),
        Kink("fmin, tie", lambda x, y: math.fmin(x, y), (2.0, 2.0), (1.0, 0.0)),
        Kink("fmin, nan first", lambda x, y: math.fmin(x, y) * 3.0, (NAN, 2.0), (0.0, 3.0)),
        Kink("fmin, nan last", lambda x, y: math.fmin(x, y) * 3.0, (2.0, NAN), (3.0, 0.0)),
        Kink("signbit", lambda x: math.signbit(x) + x, (-0.0,), (1.0,)),
    ]


def plain_integers(x: float) -> list[int]:
    """What is a whole number has no derivative to lose."""
    return [math.floor(x), math.ceil(x), math.trunc(x), round(x), int(x), math.frexp(x)[1]]


def fractional_power(x: float) -> float:
    """A complex number for a negative base."""
    return x**0.5


def beyond_the_end(x: float) -> float:
    """What Python has no value for."""
    return math.atanh(x)
