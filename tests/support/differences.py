"""Derivatives of plain functions by differences of their values: what exact ones are compared with."""

from __future__ import annotations

import math
from collections.abc import Callable


def richardson(function: Callable[..., float], point: tuple[float, ...], argument: int, halvings: int = 9) -> float:
    """The partial derivative of plain floats by central differences, extrapolated to a vanishing step (Ridders).

    >>> round(richardson(math.sin, (0.0,), 0), 9)
    1.0
    """

    def difference(step: float) -> float:
        ahead, behind = list(point), list(point)
        ahead[argument] += step
        behind[argument] -= step
        return (function(*ahead) - function(*behind)) / (ahead[argument] - behind[argument])

    step = 0.02 * max(abs(point[argument]), 0.01)
    rows = [[difference(step)]]
    best, smallest_error = rows[0][0], math.inf
    for _ in range(halvings):
        step /= 2
        row = [difference(step)]
        for order, coarser in enumerate(rows[-1], start=1):
            row.append(row[-1] + (row[-1] - coarser) / (4**order - 1))
            error = max(abs(row[-1] - row[-2]), abs(row[-1] - coarser))
            if error < smallest_error:
                best, smallest_error = row[-1], error
        rows.append(row)
    return best
