"""A derivative and its error from values of a function alone, for any function and point.

The method is that of Ridders, Accurate computation of F'(x) and F'(x) F''(x), Advances in Engineering Software 4
(1982): central differences with smaller and smaller steps, extrapolated to step zero. Where a function turns many times
within a step, differences may seem to settle on a wrong number. So what they settle on is confirmed by differences with
steps that are smaller by far; if these say something else, the search goes on.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Final, NamedTuple

from minitorch.derivatives.central_differences import extrapolated

__all__ = ["ridders_difference"]

FIRST_STEP: Final = 0.1
"""As a part of the argument."""

LEAST_FIRST_STEP: Final = 1e-3
"""Of an argument close to 0: there a function may change on a scale of its own, and have lost its digits."""

MAX_STEPS: Final = 80
MAX_EXTRAPOLATIONS: Final = 8

RELATIVE_ERROR: Final = 1e-11
"""An estimate with no more error than this is good enough, once it is confirmed."""

NEIGHBOURHOOD: Final = 2.0**-36
"""A step so small that values of a smooth function differ by their noise alone, as a part of the first step."""

JUMP: Final = 1e-4
"""Neighbours that differ by more than this part of what values come to farther away are no noise."""

SMALLEST_STEP: Final = 2.0**-44
"""As a part of the argument: with smaller ones x + step has no digits of the step."""

CONFIRMING: Final = (2.0**-5, 2.0**-11, 2.0**-17)
"""The steps that confirm an estimate, as parts of the one that it was found with."""


class Difference(NamedTuple):
    """A central difference quotient, and how far the rounding of the values may move it."""

    slope: float
    rounding: float


def ridders_difference(f: Callable[[float], float], x: float) -> tuple[float, float] | None:
    """Estimate a derivative and its error from central differences, extrapolated to step zero.

    Steps that leave the domain of `f` are passed over.

    Args:
        f: a function of floats.
        x: where.

    Returns:
        The estimate and its error; `None` if no steps stayed inside the domain, or differences settle on nothing.

    >>> import math
    >>> slope, error = ridders_difference(math.exp, 1.0)
    >>> abs(slope - math.e) < 1e-10
    True
    >>> slope, error = ridders_difference(lambda x: math.sin(1e4 * x), 1000.0)
    >>> abs(slope - 1e4 * math.cos(1e7)) < 1e-3
    True
    >>> ridders_difference(lambda x: math.sqrt(x), 0.0) is None
    True
    """
    size = abs(x) or 1.0
    step, previous = max(FIRST_STEP * size, LEAST_FIRST_STEP), list[float]()
    noise = noise_of(f, x, step)
    settled: list[tuple[float, float, float, float]] = []
    for _ in range(MAX_STEPS):
        if step < SMALLEST_STEP * size:
            break
        found = difference(f, x, step, noise)
        if found is None or found.rounding == math.inf:
            previous, settled, step = [], [], step / 2.0
            continue
        row, best = extend(found, previous)
        if best is not None:
            settled.append((best[1], best[0], step, found.slope))
            good_enough = len(row) > 3 and best[1] <= RELATIVE_ERROR * abs(best[0])
            if good_enough:
                if confirmed(f, x, noise, *settled[-1]):
                    return best
                row, settled = [], []
        previous, step = row, step / 2.0
    for error, slope, step, raw in sorted(settled):
        if confirmed(f, x, noise, error, slope, step, raw):
            return slope, error
    return None


def noise_of(f: Callable[[float], float], x: float, first: float) -> float:
    """Return about how far values of a function may be off: what neighbours differ by; infinite where it jumps.

    The differences are those of Moré and Wild, Estimating computational noise (SIAM Journal on Scientific Computing 33,
    2011), section 3. A function need not be right to the last bit: sin(1e6 * x) has lost six digits of its argument.

    Args:
        f: the function.
        x: where.
        first: the first step of the search.
    """
    bends, sizes = [0.0], [0.0]
    for step in (8.0 * math.ulp(x or 1.0), NEIGHBOURHOOD * first):
        with suppress(ArithmeticError, ValueError, TypeError, LookupError):
            values = [f(x + place * step) for place in range(-2, 3)]
            bends += [abs(values[i] - 2.0 * values[i + 1] + values[i + 2]) for i in range(3)]
            sizes += map(abs, values)
    for step in (-first, first):
        with suppress(ArithmeticError, ValueError, TypeError, LookupError):
            sizes.append(abs(f(x + step)))
    return max(bends) if max(bends) <= JUMP * max(sizes) else math.inf


def difference(f: Callable[[float], float], x: float, step: float, noise: float) -> Difference | None:
    """Return the central difference, by the step that the arguments really have; `None` outside the domain."""
    ahead_of, behind_of = x + step, x - step
    try:
        ahead, behind = f(ahead_of), f(behind_of)
    except (ArithmeticError, ValueError, TypeError, LookupError):
        return None
    width = ahead_of - behind_of
    rounding = max(4.0 * sys.float_info.epsilon * max(abs(ahead), abs(behind)), noise) / width
    return Difference((ahead - behind) / width, rounding)


def extend(found: Difference, previous: list[float]) -> tuple[list[float], tuple[float, float] | None]:
    """Extrapolate a difference with those of larger steps; return all orders, and the best with its error."""
    row, best = [found.slope], None
    for order, coarser in enumerate(previous[:MAX_EXTRAPOLATIONS], start=1):
        row.append(extrapolated(row[-1], coarser, order))
        error = max(abs(row[-1] - row[-2]), abs(row[-1] - coarser)) + found.rounding
        if best is None or error < best[1]:
            best = row[-1], error
    return row, best


def confirmed(
    f: Callable[[float], float], x: float, noise: float, error: float, slope: float, step: float, raw: float
) -> bool:
    """Return whether differences with steps that are smaller by far are where an estimate says that they are.

    Args:
        f: the function.
        x: where.
        noise: of the values.
        error: of the estimate.
        slope: the estimate.
        step: the one that it was found with.
        raw: the difference with that step; smaller ones differ by less from the derivative.
    """
    said = 0
    for part in CONFIRMING:
        if part * step < SMALLEST_STEP * (abs(x) or 1.0):
            break
        found = difference(f, x, part * step, noise)
        if found is None or abs(found.slope - slope) > error + abs(raw - slope) + 16.0 * found.rounding:
            return False
        said += 1
    return said > 0 or error <= 1e-4 * abs(slope)
