"""Derivatives estimated from values of a function alone, and derivatives checked against them.

>>> derivative_check(lambda x, y: x * y + x, Scalar(2.0), Scalar(3.0))
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from minitorch.autodiff.errors import place_of_function
from minitorch.autodiff.tracebacks import short_tracebacks
from minitorch.autodiff.variable import Variable, backpropagate
from minitorch.scalars.float_protocol import plain_value
from minitorch.scalars.scalar import Scalar

__all__ = ["central_difference", "derivative_check", "estimate_derivatives", "extrapolated"]

RELATIVE_TOLERANCE = 1e-5
ABSOLUTE_TOLERANCE = 1e-7


def quotient(ahead: float, behind: float, step: float) -> float:
    """Return the central difference quotient of the values at x + step and x - step."""
    return (ahead - behind) / (2.0 * step)


def extrapolated(fine: float, coarse: float, order: int = 1) -> float:
    """Return what estimates with steps h and 2 h come to without their error of order h ** (2 * order) (Richardson)."""
    return fine + (fine - coarse) / (4.0**order - 1.0)


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
    value_at = moved(f, vals, arg)
    return quotient(value_at(epsilon), value_at(-epsilon), epsilon)


def moved(f: Callable[..., Any], vals: tuple[Any, ...], arg: int) -> Callable[[float], float]:
    """Make the function of a step that gives the value of `f` with one argument moved by the step."""

    def value_at(step: float) -> float:
        plain = [plain_value(value) + (step if position == arg else 0.0) for position, value in enumerate(vals)]
        given = [Scalar(x, back=None) if isinstance(value, Scalar) else x for x, value in zip(plain, vals, strict=True)]
        return float(plain_value(f(*given)))

    return value_at


def estimate_derivatives(outputs_at: Callable[[float], Sequence[float]], step: float) -> list[tuple[float, float]]:
    """Estimate the derivatives of several outputs by extrapolated central differences.

    Args:
        outputs_at: gives the outputs with the input moved by a step.
        step: the smaller one of the two steps that are tried.

    Returns:
        For each output the estimate, and how far a right derivative may be from it: that grows with the rounding of the
        differences and with how much they change when the step is halved.

    >>> [(slope, tolerance)] = estimate_derivatives(lambda step: [(3.0 + step) ** 2], 1e-5)
    >>> abs(slope - 6.0) < tolerance < 1e-3
    True
    """
    near = zip(outputs_at(step), outputs_at(-step), strict=True)
    far = zip(outputs_at(2 * step), outputs_at(-2 * step), strict=True)
    estimates = []
    for (ahead, behind), (far_ahead, far_behind) in zip(near, far, strict=True):
        fine, coarse = quotient(ahead, behind, step), quotient(far_ahead, far_behind, 2 * step)
        best = extrapolated(fine, coarse)
        rounding = 16 * max(abs(ahead), abs(behind)) * 2.0**-52 / step
        tolerance = ABSOLUTE_TOLERANCE + RELATIVE_TOLERANCE * abs(best) + abs(fine - coarse) + rounding
        estimates.append((best, tolerance))
    return estimates


@short_tracebacks
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
    rows = [_compare(f, scalars, position) for position in range(len(scalars))]
    if not all(agrees for *_, agrees in rows):
        lines = [f"derivatives of {getattr(f, '__name__', f)} ({place_of_function(f)}) differ from central differences"]
        lines.append(f"{'argument':<16} {'value':>14} {'backward':>22} {'central difference':>22}")
        for label, value, derivative, difference, agrees in rows:
            verdict = "" if agrees else "  <- differs"
            lines.append(f"{label:<16} {value:>14.8g} {derivative:>22.14g} {difference:>22.14g}{verdict}")
        raise AssertionError("\n".join(lines))


def _compare(
    f: Callable[..., Any], scalars: tuple[Scalar, ...], position: int
) -> tuple[str, float, float, float, bool]:
    scalar = scalars[position]
    label = f"{position}" if scalar.name is None else f"{position} ({scalar.name})"
    if not scalar.is_leaf:
        return label, scalar.data, 0.0, 0.0, True
    value_at = moved(f, scalars, position)
    step = 1e-6 * max(1.0, abs(scalar.data))
    [(difference, tolerance)] = estimate_derivatives(lambda step: [value_at(step)], step)
    derivative = 0.0 if scalar.derivative is None else scalar.derivative
    agrees = math.isclose(derivative, difference, rel_tol=0.0, abs_tol=tolerance)
    return label, scalar.data, derivative, difference, agrees
