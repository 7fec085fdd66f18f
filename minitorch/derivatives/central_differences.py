"""Derivatives checked against differences of values.

>>> derivative_check(lambda x, y: x * y + x, Scalar(2.0), Scalar(3.0))
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from minitorch.autodiff.errors import place_of_function
from minitorch.autodiff.variable import Variable, backpropagate
from minitorch.scalars.float_protocol import plain_value
from minitorch.scalars.scalar import Scalar

__all__ = ["central_difference", "derivative_check"]

RELATIVE_TOLERANCE = 1e-5
ABSOLUTE_TOLERANCE = 1e-7


def central_difference(f: Callable[..., Any], *vals: Any, arg: int = 0, epsilon: float = 1e-6) -> float:
    """Approximate a derivative by (f(x + epsilon) - f(x - epsilon)) / (2 epsilon).

    Args:
        f: any function of numbers to a number.
        vals: its arguments; where one is a Scalar, f gets constant Scalars there, else plain floats.
        arg: the position of the argument to differentiate by.
        epsilon: the step.

    >>> round(central_difference(lambda x, y: x * y, 2.0, 5.0, arg=1), 6)
    2.0
    """

    def value_at(step: float) -> float:
        moved = [plain_value(value) + (step if position == arg else 0.0) for position, value in enumerate(vals)]
        given = [Scalar(x, back=None) if isinstance(value, Scalar) else x for x, value in zip(moved, vals, strict=True)]
        return float(plain_value(f(*given)))

    return (value_at(epsilon) - value_at(-epsilon)) / (2.0 * epsilon)


def derivative_check(f: Callable[..., Any], *scalars: Scalar) -> None:
    """Compare the derivatives that `backward` gives with central differences.

    The tolerance is as tight as differences can tell: it grows with their own rounding and with how much they change
    when the step is halved. Afterwards each leaf holds its derivative.

    Args:
        f: a function of Scalars.
        scalars: where to compare; constants are passed on but not compared.

    Raises:
        AssertionError: if one differs, with a table of all.
    """
    for scalar in scalars:
        scalar.derivative = None
    out = f(*scalars)
    if isinstance(out, Variable):
        backpropagate(out)
    rows = [_compare(f, scalars, position, abs(float(plain_value(out)))) for position in range(len(scalars))]
    if not all(agrees for *_, agrees in rows):
        lines = [f"derivatives of {getattr(f, '__name__', f)} ({place_of_function(f)}) differ from central differences"]
        lines.append(f"{'argument':<16} {'value':>14} {'backward':>22} {'central difference':>22}")
        for label, value, derivative, difference, agrees in rows:
            verdict = "" if agrees else "  <- differs"
            lines.append(f"{label:<16} {value:>14.8g} {derivative:>22.14g} {difference:>22.14g}{verdict}")
        raise AssertionError("\n".join(lines))


def _compare(
    f: Callable[..., Any], scalars: tuple[Scalar, ...], position: int, size: float
) -> tuple[str, float, float, float, bool]:
    scalar = scalars[position]
    label = f"{position}" if scalar.name is None else f"{position} ({scalar.name})"
    if not scalar.is_leaf():
        return label, scalar.data, 0.0, 0.0, True
    epsilon = 1e-6 * max(1.0, abs(scalar.data))
    coarse = central_difference(f, *scalars, arg=position, epsilon=2.0 * epsilon)
    difference = central_difference(f, *scalars, arg=position, epsilon=epsilon)
    derivative = 0.0 if scalar.derivative is None else scalar.derivative
    rounding = 4.0 * size * 2.0**-52 / epsilon
    tolerance = ABSOLUTE_TOLERANCE + RELATIVE_TOLERANCE * abs(difference) + 4.0 * abs(coarse - difference) + rounding
    agrees = math.isclose(derivative, difference, rel_tol=0.0, abs_tol=tolerance)
    return label, scalar.data, derivative, difference, agrees
