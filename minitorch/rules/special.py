"""What the partial derivatives need and `math` lacks.

Plain Python over `math`, differentiable again by the rewriter: no state, and every branch follows the value. Numbers
are rounded to floats, `round(x, 0)`, and not to ints: an int is a decision, of which a recording would need all.
None of them raises where calculus says infinite; they return `inf`.

    >>> power(0.0, -0.5), sign(-3.0), round(digamma(1.0), 14)
    (inf, -1.0, -0.57721566490153)
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from minitorch.rules.lifting import helpers

__all__ = [
    "LENGTHENED", "SHORT", "cosine", "digamma", "direction_cosine", "direction_cosines", "exp_of_minus_square",
    "first_is_larger", "first_is_smaller", "has_remainder", "inverse_of_one_plus_square", "inverse_root",
    "is_not_infinite", "over_one_minus_square", "over_root_of_one_minus_square", "over_squared_norm", "power",
    "power_by_base", "power_by_exponent", "power_of_two", "products_of_others", "sech_squared", "sign", "sine",
    "unit_vector", "unit_vector_between", "whole_quotient",
]  # fmt: skip

ASYMPTOTIC_FROM = 10.0
"""From here on the asymptotic series of digamma is exact to the last bit."""

BERNOULLI_TERMS = (-1 / 12, 1 / 120, -1 / 252, 1 / 240, -1 / 132, 691 / 32760, -1 / 12, 3617 / 8160)
"""-B(2k) / 2k: the coefficients of 1/x², 1/x⁴, … in that series."""

ROUNDER = 1.5 * 2.0**31
"""Added and taken away again, it leaves a multiple of 2**-21: below 32 that has at most 26 bits, its square 52."""


SHORT = 2.0**-960
"""Shorter vectors are made longer, by `LENGTHENED`, before anything is divided by their length."""

LENGTHENED = 2.0**600


def is_not_infinite(x: float) -> bool:
    """Return whether x is finite or nan: where the circular functions have a value."""
    return abs(x) != math.inf


def cosine(x: float) -> float:
    """Return cos(x), nan where x is infinite: an angle that a length of zero may have."""
    return math.cos(x) if is_not_infinite(x) else math.nan


def sine(x: float) -> float:
    """Return sin(x), nan where x is infinite."""
    return math.sin(x) if is_not_infinite(x) else math.nan


def has_remainder(x: float, y: float) -> bool:
    """Return whether `math.fmod` and `math.remainder` have a value; nan is one."""
    return not ((abs(x) == math.inf and y == y) or (y == 0 and x == x))


def sign(x: float) -> float:
    """Return 1.0, -1.0, or 0.0 at zero; nan stays nan."""
    if x > 0:
        return 1.0
    return -1.0 if x < 0 else x - x


def first_is_larger(x: float, y: float) -> float:
    """Return 1.0 where the larger of x and y is x, else 0.0: the first of equal ones, and nan only beside nan."""
    return 1.0 if x >= y or y != y else 0.0


def first_is_smaller(x: float, y: float) -> float:
    """Return 1.0 where the smaller of x and y is x, else 0.0: the first of equal ones, and nan only beside nan."""
    return 1.0 if x <= y or y != y else 0.0


def whole_quotient(x: float, y: float, remainder: float) -> float:
    """Return how often y was taken out of x to leave the remainder, as a float; infinite where that overflows."""
    if remainder != remainder:
        return math.nan
    # Without the remainder's share, rounding can't reach another integer.
    quotient = x / y - remainder / y
    # Zero has no sign here: that of what was rounded away would show.
    return round(quotient, 0) + 0.0 if quotient - quotient == 0 else quotient


def power(x: float, y: float) -> float:
    """Return x ** y, infinite where Python raises."""
    try:
        result: float = x**y
        return result
    except (ZeroDivisionError, OverflowError):
        odd = y % 2 == 1
        return math.copysign(math.inf, x) if odd else math.inf


def power_by_base(x: float, y: float, output: float) -> float:
    """Return the derivative of x ** y by x: 0 where y is 0, infinite where x is 0 and y below 1."""
    if y == 0:
        # y / x is zero as well, and keeps the mixed second derivative 1 / x.
        return y / x if abs(x) > 0 else 0.0
    return y * power(x, y - 1)


def power_by_exponent(x: float, y: float, output: float) -> float:
    """Return the derivative of x ** y by y: 0 where x is 0 and y positive, nan where x is negative."""
    if x > 0:
        return output * math.log(x)
    return 0.0 if x == 0 and y > 0 else math.nan


def power_of_two(exponent: int) -> float:
    """Return 2.0 ** exponent, infinite beyond the range of floats."""
    return math.ldexp(1.0, exponent) if exponent < 1024 else math.inf


def inverse_root(x: float, y: float) -> float:
    """Return 1 / sqrt(x * y) without overflow, infinite where the product is zero."""
    root = math.sqrt(x) * math.sqrt(y)
    return 1.0 / root if root else math.inf


def over_root_of_one_minus_square(x: float) -> float:
    """Return 1 / sqrt(1 - x * x), infinite where that is zero.

    Near the ends 1 - x * x has lost its digits, and near the middle the derivatives of its factors cancel each other.
    """
    return 1.0 / math.sqrt(1.0 - x * x) if -0.5 < x < 0.5 else inverse_root(1.0 - x, 1.0 + x)


def over_one_minus_square(x: float) -> float:
    """Return 1 / (1 - x * x), with the same digits where it is zero nearly."""
    return 1.0 / (1.0 - x * x) if -0.5 < x < 0.5 else 1.0 / ((1.0 - x) * (1.0 + x))


def inverse_of_one_plus_square(x: float) -> float:
    """Return 1 / (1 + x * x) without overflow."""
    return 1.0 / (1.0 + x * x) if -1e8 < x < 1e8 else 1.0 / x / x


def over_squared_norm(part: float, x: float, y: float) -> float:
    """Return part / (x * x + y * y) without overflow, nan at the origin."""
    norm = math.hypot(x, y)
    return part / norm / norm if norm else math.nan


def direction_cosine(component: float, length: float, rest: float) -> float:
    """Return component / length, for a vector with that component whose others have the length `rest`.

    It is a row of its own: by its component it changes by the square of `rest`, which is lost in differences.
    """
    return component / length


def unit_vector(components: Sequence[float], length: float) -> list[float]:
    """Return a vector over its length: zero where it has none.

    >>> unit_vector([3.0, -4.0], 5.0)
    [0.6, -0.8]
    """
    if 0.0 < length < SHORT:
        # Few digits of such a length are left.
        components = [component * LENGTHENED for component in components]
        length = math.hypot(*components)
    return [component / length if length else 0.0 for component in components]


def direction_cosines(components: Sequence[float], length: float) -> list[float]:
    """Return the same, to be differentiated again: a component that is most of the length as a row of its own.

    >>> direction_cosines([1.0, -2.0, 2.0], 3.0) == unit_vector([1.0, -2.0, 2.0], 3.0)
    True
    """
    if not length:
        return [0.0 for _ in components]
    if len(components) == 2:
        return direction_cosines_in_plane(components[0], components[1], length)
    if length < SHORT:
        components = [component * LENGTHENED for component in components]
        length = math.hypot(*components)
    return [
        direction_cosine(x, length, math.hypot(*components[:index], *components[index + 1 :]))
        if abs(x) > 0.75 * length
        else x / length
        for index, x in enumerate(components)
    ]


def direction_cosines_in_plane(x: float, y: float, length: float) -> list[float]:
    """Return those of a vector of two components, whose length is not zero.

    >>> direction_cosines_in_plane(3.0, -4.0, 5.0)
    [0.6, -0.8]
    """
    if length < SHORT:
        x, y = x * LENGTHENED, y * LENGTHENED
        length = math.hypot(x, y)
    return [direction_cosine(x, length, y), direction_cosine(y, length, x)]


def unit_vector_between(coordinates: Sequence[float], distance: float) -> list[float]:
    """Return how a distance changes by the coordinates of a point, and by those of the other, which stand behind.

    >>> unit_vector_between([3.0, 1.0, 0.0, 5.0], 5.0)
    [0.6, -0.8, -0.6, 0.8]
    """
    half = len(coordinates) // 2
    along = unit_vector([x - y for x, y in zip(coordinates[:half], coordinates[half:], strict=True)], distance)
    return [*along, *(-component for component in along)]


def sech_squared(x: float) -> float:
    """Return 1 / cosh(x) ** 2.

    Away from the middle by an exponential, whose derivatives are there as long as it is: those of cosh overflow.
    """
    if -1.0 < x < 1.0:
        growth = math.cosh(x)
        return 1.0 / growth / growth
    decay = math.exp(-2.0 * abs(x))
    return 4.0 * decay / (1.0 + decay) / (1.0 + decay)


def exp_of_minus_square(x: float) -> float:
    """Return exp(-x * x) to the last bits: what the rounding of x * x loses would be multiplied by the exponential.

    What is lost is found as T. J. Dekker does, A floating-point technique for extending the available precision
    (Numerische Mathematik 18, 1971), section 5: `near` has so few digits that its products are exact.
    """
    square = x * x
    if square > 900.0:
        return 0.0
    near = (x + ROUNDER) - ROUNDER
    rest = x - near
    lost = near * near - square + 2.0 * near * rest + rest * rest
    return math.exp(-square) * (1.0 - lost)


def product(x: float, y: float) -> float:
    """Return x * y, with infinity for a whole number y that no float can hold."""
    try:
        return x * y
    except OverflowError:
        return x * (math.inf if y > 0 else -math.inf)


def products_of_others(values: Sequence[float]) -> list[float]:
    """Return for each value the product of all the others, in linear time and right among zeros.

    >>> products_of_others([2.0, 3.0, 0.0])
    [0.0, 0.0, 6.0]
    """
    others: list[float] = []
    before = 1.0
    for value in values:
        others.append(before)
        before = product(before, value)
    after = 1.0
    for index in range(len(values) - 1, -1, -1):
        others[index] = others[index] * after
        after = product(after, values[index])
    return others


def digamma(x: float) -> float:
    """Return the derivative of log(gamma(x))."""
    if x > 0 or x != x:
        return digamma_of_positive(x)
    if x == -math.inf:
        return math.nan
    # Reflection. tan has period pi, and x - round(x) is exact where pi * x is not.
    return digamma_of_positive(1.0 - x) - math.pi / math.tan(math.pi * (x - round(x, 0)))


def digamma_of_positive(x: float) -> float:
    """Return digamma by recurrence and the asymptotic series."""
    steps = 0.0
    while x < ASYMPTOTIC_FROM:
        steps = steps + 1.0 / x
        x = x + 1.0
    inverse = 1.0 / x
    square = inverse * inverse
    series = 0.0
    for coefficient in reversed(BERNOULLI_TERMS):
        series = (series + coefficient) * square
    return math.log(x) - 0.5 * inverse + series - steps


helpers(
    cosine, digamma, direction_cosines, direction_cosines_in_plane, digamma_of_positive, exp_of_minus_square,
    first_is_larger, first_is_smaller,
    inverse_of_one_plus_square, inverse_root, over_one_minus_square, over_root_of_one_minus_square,
    over_squared_norm, power, power_by_base, power_by_exponent, power_of_two, product, products_of_others,
    sech_squared, sign, sine, whole_quotient,
)  # fmt: skip
