"""Functions that round, recorded as if they did not: the value is rounded, the derivative is that of what was rounded.

round(x, 2)     1.23, with the derivative 1
x // 2.0        the derivative is that of x / 2.0
int(x)          a whole number that keeps its history
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from minitorch.autodiff.straight import is_straight
from minitorch.rules.rule import Partial, Rule
from minitorch.scalars.float_protocol import WHOLE
from minitorch.scalars.primitives import FUNCTIONS, STRAIGHT, RoundingFunction, RuleFunction
from minitorch.scalars.scalar import Scalar
from minitorch.scalars.whole import Whole

__all__ = ["add_straight", "to_int"]


def one(x: Any, *others: Any) -> Any:
    """Return the derivative of what is not rounded."""
    return 1.0


def zero(x: Any, *others: Any) -> Any:
    """Return the derivative by the number of decimals."""
    return 0.0


QUOTIENT: Final[tuple[Partial, Partial]] = (lambda x, y, z: 1.0 / y, lambda x, y, z: -x / (y * y))


def add_straight(function: type[RoundingFunction]) -> None:
    """Make the Function that is recorded in place of one that rounds.

    Args:
        function: what rounds: a quotient if it is made of two numbers, else its first input.
    """
    base = next(each for each in function.__mro__[1:] if not issubclass(each, RoundingFunction))
    partials = QUOTIENT if function.__name__.endswith("FloorDiv") else (one, zero)[: len(function.rule.partials)]
    details = {
        "rule": replace(function.rule, partials=partials),
        "plain": function,
        "__module__": __name__,
        "__doc__": function.__doc__,
    }
    STRAIGHT[function] = type(function.__name__, (base,), details)


for _name in ("Round", "FloorDiv", "ModfWhole"):
    add_straight(FUNCTIONS[_name])  # type: ignore[arg-type]


def numerator(x: Any) -> int:
    """Return the first of two integers whose quotient is a number; the second one stays where that moves a little."""
    return x.as_integer_ratio()[0]  # type: ignore[no-any-return]


def whole_function(title: str, function: Callable[[Any], int], partial: Partial = one) -> type[RuleFunction]:
    """Return the Function of what makes a whole number."""
    details = {"rule": Rule(title, function, (partial,)), "plain": None, "__module__": __name__}
    return type(title, (RuleFunction,), {**details, "__doc__": f"The Function of {function.__name__}."})


def making_whole(function: type[RuleFunction]) -> Callable[[Scalar], Any]:
    """Return what makes a whole number of a Scalar, and keeps its history."""

    def make(x: Scalar) -> Any:
        return function.record(x)

    return make


for _kind, _title, _plain in (
    ("int", "Int", int), ("floor", "Floor", math.floor), ("ceil", "Ceil", math.ceil), ("round", "RoundToInt", round)
):  # fmt: skip
    WHOLE.define(_kind, making_whole(whole_function(_title, _plain)))
WHOLE.define(
    "numerator", making_whole(whole_function("Numerator", numerator, lambda x, y: float(x.as_integer_ratio()[1])))
)


def to_int(*arguments: Any, **keywords: Any) -> Any:
    """Return what `int` does; where rounding is differentiated straight through it keeps the history."""
    if len(arguments) == 1 and not keywords and is_straight():
        value = arguments[0]
        if type(value) is Whole:
            return value
        if type(value) is Scalar and value.creator is not None:
            return WHOLE["int"](value)
    return int(*arguments, **keywords)
