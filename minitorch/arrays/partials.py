"""The partial derivatives of the scalars' table, read as numpy: the same text, whose `math` works on whole arrays.

    lambda x, y: math.cos(x)     read as     lambda x, y: numpy.cos(x)

What the scalars' partials take from `rules.special` has a twin of its name here, without branches.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from types import FunctionType, SimpleNamespace
from typing import Any, Final

import numpy

from minitorch.rules.real import RULES, one, zero

__all__ = ["is_complex", "is_minus_one", "is_one", "is_zero", "read_as_numpy", "sech_squared"]

Partial = Callable[..., Any]

NAMES: Final = "sin cos tan exp log log2 log10 sqrt sinh cosh hypot copysign degrees radians floor".split()

MATH: Final = SimpleNamespace(
    **{name: getattr(numpy, name) for name in NAMES}, pi=math.pi, e=math.e, inf=math.inf, nan=math.nan
)
"""`math`, for partial derivatives of arrays."""


# -- twins of `rules.special` ------------------------------------------------------------------------------------------


def power_by_base(x: Any, y: Any, output: Any) -> Any:
    """Return the derivative of x ** y by x: 0 where y is 0, infinite where x is 0 and y below 1."""
    if isinstance(y, (int, float)) and y:
        return y * x ** (y - 1)
    none = y == 0
    return numpy.where(none, y / numpy.where(x == 0, 1.0, x), y * x ** numpy.where(none, 1.0, y - 1))


def power_by_exponent(x: Any, y: Any, output: Any) -> Any:
    """Return the derivative of x ** y by y: 0 where x is 0 and y positive, nan where x is negative."""
    if is_complex(output):
        return output * numpy.log(x)
    positive = x > 0
    known = output * numpy.log(numpy.where(positive, x, 1.0))
    return numpy.where(positive, known, numpy.where((x == 0) & (y > 0), 0.0, math.nan))


def inverse_root(x: Any, y: Any) -> Any:
    """Return 1 / sqrt(x * y) without overflow, infinite where the product is zero."""
    return 1.0 / (numpy.sqrt(x) * numpy.sqrt(y))


def by_size(x: Any, limit: float, inside: Partial, outside: Partial) -> Any:
    """Return one formula of the elements below a limit, and another one of the others; of complex ones the other one.

    Each is given 0 where the other one counts.
    """
    if is_complex(x):
        return outside(x)
    near = numpy.abs(x) < limit
    return numpy.where(near, inside(numpy.where(near, x, 0.0)), outside(numpy.where(near, 0.0, x)))


def over_root_of_one_minus_square(x: Any) -> Any:
    """Return 1 / sqrt(1 - x * x); away from the middle of its factors, as the scalars' has it."""
    return by_size(x, 0.5, lambda x: 1.0 / numpy.sqrt(1.0 - x * x), lambda x: inverse_root(1.0 - x, 1.0 + x))


def over_one_minus_square(x: Any) -> Any:
    """Return 1 / (1 - x * x), likewise."""
    return by_size(x, 0.5, lambda x: 1.0 / (1.0 - x * x), lambda x: 1.0 / ((1.0 - x) * (1.0 + x)))


def inverse_of_one_plus_square(x: Any) -> Any:
    """Return 1 / (1 + x * x)."""
    return 1.0 / (1.0 + x * x)


def over_squared_norm(part: Any, x: Any, y: Any) -> Any:
    """Return part / (x * x + y * y) without overflow, nan at the origin."""
    norm = numpy.hypot(x, y)
    return part / norm / norm


def sech_squared(x: Any) -> Any:
    """Return 1 / cosh(x) ** 2; away from the middle by an exponential, as the scalars' has it."""
    if is_complex(x):
        growth = numpy.cosh(x)
        return 1.0 / growth / growth
    near = numpy.abs(x) < 1.0
    growth = numpy.cosh(numpy.where(near, x, 0.0))
    decay = numpy.exp(-2.0 * numpy.abs(numpy.where(near, 1.0, x)))
    return numpy.where(near, 1.0 / growth / growth, 4.0 * decay / (1.0 + decay) / (1.0 + decay))


def whole_quotient(x: Any, y: Any, remainder: Any) -> Any:
    """Return how often y was taken out of x to leave the remainder, as a float."""
    return numpy.rint(x / y - remainder / y) + 0.0


def power_of_two(exponent: Any) -> Any:
    """Return 2.0 ** exponent, infinite beyond the range of floats."""
    return numpy.ldexp(1.0, exponent)


SPECIAL: Final = SimpleNamespace(
    sign=numpy.sign,
    power_by_base=power_by_base,
    power_by_exponent=power_by_exponent,
    inverse_root=inverse_root,
    inverse_of_one_plus_square=inverse_of_one_plus_square,
    over_one_minus_square=over_one_minus_square,
    over_root_of_one_minus_square=over_root_of_one_minus_square,
    over_squared_norm=over_squared_norm,
    sech_squared=sech_squared,
    whole_quotient=whole_quotient,
    power_of_two=power_of_two,
)
"""`rules.special`, for partial derivatives of arrays."""

FLOAT: Final = numpy.dtype(float)


def is_complex(value: Any) -> bool:
    """Whether an array or number is complex."""
    return type(value) is complex or getattr(value, "dtype", FLOAT).kind == "c"


BRANCHES: Final[dict[str, tuple[Partial, ...]]] = {
    "Sqrt": (lambda x, y: 0.5 / numpy.abs(y) if not is_complex(y) else 0.5 / y,),
    "FrexpMantissa": (lambda x, y: numpy.where(x == 0, 1.0, y / numpy.where(x == 0, 1.0, x)),),
    "Abs": (lambda x, y: numpy.sign(x),),
    "Asinh": (lambda x, y: 1.0 / (numpy.sqrt(x * x + 1.0) if is_complex(x) else numpy.hypot(1.0, x)),),
}
"""By row: partials that have branches in the scalars' table."""


def read_as_numpy(row: str) -> tuple[Partial, ...]:
    """Return the partial derivatives of a row for arrays.

    >>> read_as_numpy("Mul")[0](numpy.array([1.0]), numpy.array([2.0]), numpy.array([2.0]))
    array([2.])
    """
    if row in BRANCHES:
        return BRANCHES[row]
    return tuple(map(twin, RULES[row].partials))


def twin(partial: Partial) -> Partial:
    """Return a partial derivative with numpy in place of `math`."""
    if partial in (one, zero):
        return partial
    if partial.__module__ == "minitorch.rules.special":
        found: Partial = getattr(SPECIAL, partial.__name__)
        return found
    scope = {**partial.__globals__, "math": MATH, "special": SPECIAL, "operators": None}
    made = FunctionType(partial.__code__, scope, partial.__name__, partial.__defaults__, partial.__closure__)
    made.__kwdefaults__ = partial.__kwdefaults__
    return made


def is_one(partial: Partial) -> bool:
    """Whether a partial derivative is 1 everywhere."""
    return partial is one


def is_zero(partial: Partial) -> bool:
    """Whether a partial derivative is 0 everywhere."""
    return partial is zero


def is_minus_one(partial: Partial) -> bool:
    """Whether a partial derivative is -1 everywhere."""
    constants = getattr(getattr(partial, "__code__", None), "co_consts", ())
    names = getattr(getattr(partial, "__code__", None), "co_names", ("?",))
    return not names and [value for value in constants if value is not None] == [-1.0]
