"""Functions of mpmath at the precision that it begins with, which is that of floats, with mpmath's own values.

    mpmath.sin(x)     MpmathSin: forward is `float(mpmath.sin(x))`, the derivative that of `math.sin`

With more digits, with results that are complex or out of the range of floats, and in arithmetic with mpmath's own
numbers a Scalar, which is a float, could not be what the plain code has: there mpmath is called, and refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from types import MethodType, ModuleType
from typing import Any, Final

import mpmath

from minitorch.rules.real import RULES
from minitorch.scalars.primitives import RuleFunction
from minitorch.scalars.scalar import Scalar
from minitorch.tracing.libraries import Resolve
from minitorch.transformer import Alias

__all__ = ["rows"]

NAMES: Final = """sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh
exp expm1 log log10 log1p sqrt cbrt gamma erf erfc atan2 hypot fabs""".split()

ROWS: Final = {
    **{name: name.capitalize() for name in NAMES if name.capitalize() in RULES},  # `math.cbrt` is new in Python 3.11
    "ln": "Log",
    "power": "MathPow",
}
"""By the names of mpmath's functions, the rows with their derivatives."""

FLOAT_BITS: Final = 53

SMALLEST: Final = 2.0**-1022
"""Below it floats have fewer digits, and mpmath's numbers have not."""


class NotAsFloat(Exception):
    """A number is none that a float is equal to."""


def rows(library: ModuleType, resolve: Resolve) -> Iterator[tuple[Any, Alias]]:
    """Make what replaces functions of mpmath, and the making of one of its numbers."""
    for name, row in ROWS.items():
        function = getattr(mpmath, name)
        if function.__module__ == library.__name__:
            replacement = on_scalars(function, row)
            if isinstance(function, MethodType):
                yield function.__func__, Alias(f"mpmath.{name}", of_context(function, replacement))
            else:
                yield function, Alias(f"mpmath.{name}", replacement)
    if mpmath.mpf.__module__ == library.__name__:
        yield mpmath.mpf, Alias("mpmath.mpf", made_of_scalar)


def on_scalars(function: Callable[..., Any], row: str) -> Callable[..., Any]:
    """Make what calls a function of mpmath, and gives a Scalar where it is given one."""
    rule = replace(
        RULES[row], name=f"Mpmath{row}", function=lambda *values: as_float(function(*values)), callables=(),
        flatten_arguments=None, in_place=None, dispatches=False,
    )  # fmt: skip
    details = {"rule": rule, "__module__": __name__, "__doc__": f"The Function of mpmath's {row}."}
    recorded: type[RuleFunction] = type(rule.name, (RuleFunction,), details)

    def call(*args: Any, **kwargs: Any) -> Any:
        if not kwargs and is_like_floats(args):
            try:
                return recorded.record(*[x if type(x) in (Scalar, float, int) else as_float(x) for x in args])
            except NotAsFloat:
                pass
        return function(*args, **kwargs)

    return call


def of_context(method: MethodType, replacement: Callable[..., Any]) -> Callable[..., Any]:
    """Make what replaces a method of each context; the numbers of others than `mpmath.mp` are not those of the rule."""

    def call(context: Any, *args: Any, **kwargs: Any) -> Any:
        if context is method.__self__:
            return replacement(*args, **kwargs)
        return method.__func__(context, *args, **kwargs)

    return call


def made_of_scalar(*args: Any, **kwargs: Any) -> Any:
    """Return a Scalar itself in place of a number of mpmath's that would be equal to it."""
    if len(args) == 1 and not kwargs and is_like_floats(args):
        return args[0]
    return mpmath.mpf(*args, **kwargs)


def is_like_floats(values: tuple[Any, ...]) -> bool:
    """Return whether there is a Scalar among values, and mpmath computes as floats are computed with."""
    return any(type(x) is Scalar for x in values) and bool(mpmath.mp.prec == FLOAT_BITS)


def as_float(number: Any) -> float:
    """Return the float that is equal to one of mpmath's numbers.

    Raises:
        NotAsFloat: there is none.

    >>> as_float(mpmath.mpf(0.5))
    0.5
    """
    value = float(number) if isinstance(number, mpmath.mpf) else mpmath.nan
    if value != number or 0.0 < abs(value) < SMALLEST:
        raise NotAsFloat
    return value
