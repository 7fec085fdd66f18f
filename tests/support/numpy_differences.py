"""Derivatives of functions of a number by differences, extrapolated to a vanishing step."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["slope"]


def slope(function: Callable[[float], Any]) -> float:
    """The derivative at 0 of a function of a number; of all extrapolations the one that changed the least.

    >>> round(slope(lambda h: (1.0 + h) ** 3), 9)
    3.0
    """
    steps = [2.0**-n for n in range(6, 11)]
    rows = [(function(h) - function(-h)) / (2.0 * h) for h in steps]
    best, smallest, order = rows[0], np.inf, 1
    while len(rows) > 1:
        finer = [fine + (fine - coarse) / (4.0**order - 1.0) for coarse, fine in itertools.pairwise(rows)]
        for row, other in zip(finer, rows[1:], strict=True):
            if abs(row - other) < smallest:
                best, smallest = row, abs(row - other)
        rows, order = finer, order + 1
    return float(best)
