"""What one operation rounds away: known exactly where arithmetic can tell, else at most some units in the last place.

    0.1 + 0.2     is 0.30000000000000004, which is 2.8e-17 more than the two floats add up to
    1e8 - 3.0     is exact
    math.exp(x)   is within a unit in the last place, as the C library promises

Floats are ratios of whole numbers, and Python's whole numbers have any length: sums, products, quotients, remainders
and whole powers are done again without rounding. For roots the residual `y * y - x` gives the error to first order.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, Final

from minitorch.rules.real import RULES, Rule

__all__ = ["LocalError", "as_decimal_error", "local_error"]

LocalError = tuple[float, float | None]
"""At most how far a value is from what its operation would give without rounding, and how far (signed) if known."""

Ratio = tuple[int, int]
"""Numerator and positive denominator, which may have a common divisor."""

SMALLEST: Final = math.ulp(0.0)

MAX_EXACT_POWER: Final = 64
"""Up to this exponent whole powers are done again exactly."""

MAX_SHIFT_BITS: Final = 2200
"""Shifts by more take any float beyond the range of floats."""

STANDS_FOR: Final = {
    math.pi: -1.2246467991473532e-16,
    math.tau: -2.4492935982947064e-16,
    math.e: -1.4456468917292502e-16,
}
"""Floats nearest to irrational constants, and the float minus the constant."""


def local_error(name: str | None, operands: Sequence[Any], value: float) -> LocalError:
    """Return what an operation rounded away.

    Args:
        name: the name of its row in the table of rules, None for any other Function.
        operands: the plain numbers that it was done with.
        value: what it gave.

    >>> local_error("Sub", (1e8, 3.0), 99999997.0)
    (0.0, 0.0)
    >>> local_error("Add", (0.1, 0.2), 0.30000000000000004)
    (2.7755575615628914e-17, 2.7755575615628914e-17)
    >>> local_error("Exp", (1.0,), 2.718281828459045)
    (4.440892098500626e-16, None)
    """
    if name in RULES and RULES[name].ulps == 0:
        return 0.0, 0.0
    if not math.isfinite(value):
        return math.inf, None
    if not all(math.isfinite(x) for x in operands if isinstance(x, float)):
        return (0.0, 0.0) if name in DIFFERENCES else (units(name, value), None)
    difference = DIFFERENCES[name](operands, value) if name in DIFFERENCES else None
    if difference is None:
        return units(name, value), None
    error = quotient(difference)
    return (max(units(name, value), abs(error)), error) if error else (0.0, 0.0)


def as_decimal_error(x: Any) -> LocalError:
    """Return how far a float is from the decimal that it is written as, `0.1` from a tenth; pi from pi.

    >>> as_decimal_error(0.1)
    (6.938893903907228e-18, 5.551115123125783e-18)
    >>> as_decimal_error(0.5), as_decimal_error(3)
    ((0.0, 0.0), (0.0, 0.0))
    """
    if not isinstance(x, float) or not math.isfinite(x):
        return 0.0, 0.0
    if abs(x) in STANDS_FOR:
        return math.ulp(x) / 2, math.copysign(STANDS_FOR[abs(x)], -x)
    error = quotient((Fraction(x) - Fraction(float.__repr__(x))).as_integer_ratio())
    return (max(math.ulp(x) / 2, abs(error)), error) if error else (0.0, 0.0)


def units(name: str | None, value: float) -> float:
    """Return the largest local error that a Function may have at a value."""
    # Near its zeros Python's lgamma is as near as elsewhere, but not relative to its value.
    size = max(abs(value), 1.0) if name == "Lgamma" else value
    return (RULES[name].ulps if name in RULES else Rule.ulps) * math.ulp(size) or SMALLEST


def quotient(ratio: Ratio) -> float:
    """Return the float that is nearest to a ratio; not zero unless that is."""
    numerator, denominator = ratio
    if not numerator:
        return 0.0
    return numerator / denominator or (SMALLEST if numerator > 0 else -SMALLEST)


def beyond(value: float, exact: Ratio) -> Ratio:
    """How much a value is more than a ratio."""
    a, b = value.as_integer_ratio()
    c, d = exact
    return a * d - c * b, b * d


def plus(x: Any, y: Any) -> Ratio:
    """Return the sum of two numbers, whole or not."""
    (a, b), (c, d) = x.as_integer_ratio(), y.as_integer_ratio()
    return a * d + c * b, b * d


def minus(x: Any, y: Any) -> Ratio:
    """Their difference."""
    (a, b), (c, d) = x.as_integer_ratio(), y.as_integer_ratio()
    return a * d - c * b, b * d


def times(x: Any, y: Any) -> Ratio:
    """Their product."""
    (a, b), (c, d) = x.as_integer_ratio(), y.as_integer_ratio()
    return a * c, b * d


def over(x: Any, y: Any) -> Ratio:
    """Their quotient."""
    (a, b), (c, d) = x.as_integer_ratio(), y.as_integer_ratio()
    return (a * d, b * c) if c > 0 else (-a * d, -b * c)


def scaled(x: Any, exponent: int) -> Ratio:
    """Return a number times a power of two."""
    shift = max(-MAX_SHIFT_BITS, min(exponent, MAX_SHIFT_BITS))
    a, b = x.as_integer_ratio()
    return (a << shift, b) if shift >= 0 else (a, b << -shift)


def exactly(operation: Callable[..., Ratio]) -> Callable[[Sequence[Any], float], Ratio | None]:
    """Return the difference of a value from what an operation on ratios gives."""
    return lambda operands, value: beyond(value, operation(*operands))


def with_fractions(operation: Callable[..., Any]) -> Callable[[Sequence[Any], float], Ratio | None]:
    """Return the difference of a value from what an operation on fractions gives."""
    return lambda operands, value: beyond(value, operation(*map(Fraction, operands)).as_integer_ratio())


def halves_multiplied(*values: Fraction) -> Fraction:
    """Return the inner product of two vectors, one after the other."""
    half = len(values) // 2
    return sum(map(operator.mul, values[:half], values[half:]), Fraction(0))


def beyond_power(operands: Sequence[Any], value: float) -> Ratio | None:
    """Return the error of a power: a whole one is a product; of others nothing is known."""
    base, exponent = operands
    if exponent != int(exponent) or abs(exponent) > MAX_EXACT_POWER or (not base and exponent < 0):
        return None
    return beyond(value, (Fraction(base) ** int(exponent)).as_integer_ratio())


def beyond_root(degree: int, radicand: Fraction, value: float) -> Ratio | None:
    """How much a value is more than a root, by one step of Newton's method; nothing is lost where it is zero."""
    root = Fraction(value)
    return ((root**degree - radicand) / (degree * root ** (degree - 1))).as_integer_ratio() if root else (0, 1)


def squared_distance(values: Sequence[Any]) -> Fraction:
    """Return the coordinates of two points, one after the other."""
    half = len(values) // 2
    differences = map(operator.sub, map(Fraction, values[:half]), map(Fraction, values[half:]))
    return sum((difference**2 for difference in differences), Fraction(0))


DIFFERENCES: Final[dict[str | None, Callable[[Sequence[Any], float], Ratio | None]]] = {
    "Add": exactly(plus),
    "Sub": exactly(minus),
    "Mul": exactly(times),
    "TrueDiv": exactly(over),
    "DirectionCosine": exactly(lambda x, length, rest: over(x, length)),
    "Inv": exactly(lambda x: over(1, x)),
    "Ldexp": exactly(scaled),
    "FloorDiv": with_fractions(operator.floordiv),
    "Mod": with_fractions(operator.mod),
    "Sum": with_fractions(lambda *values: sum(values, Fraction(0))),
    "Fsum": with_fractions(lambda *values: sum(values, Fraction(0))),
    "Prod": with_fractions(lambda *values: math.prod(values)),
    "Sumprod": with_fractions(halves_multiplied),
    "Fma": with_fractions(lambda x, y, z: x * y + z),
    "Round": lambda operands, value: beyond(value, round(Fraction(operands[0]), *operands[1:]).as_integer_ratio()),
    "Pow": beyond_power,
    "MathPow": beyond_power,
    "Sqrt": lambda operands, value: beyond_root(2, Fraction(operands[0]), value),
    "Cbrt": lambda operands, value: beyond_root(3, Fraction(operands[0]), value),
    "Hypot": lambda operands, value: beyond_root(2, sum((Fraction(x) ** 2 for x in operands), Fraction(0)), value),
    "Dist": lambda operands, value: beyond_root(2, squared_distance(operands), value),
}
"""The value of an operation minus its exact result; `None` where that is not known."""
