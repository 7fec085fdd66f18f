"""Derivatives from function values alone, by Ridders' extrapolation: the independent check on the exact ones."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["ridders_difference"]

_FIRST_STEP = 0.1
_SHRINK = 2.0
_MAX_ROWS = 26
_MAX_COLUMNS = 8
_MAX_RELATIVE_ERROR = 1e-11


def ridders_difference(f: Callable[[float], float], x: float) -> tuple[float, float] | None:
    """Estimate a derivative and its error from central differences, extrapolated to step zero.

    Steps that leave the domain of `f` are passed over. The result is `None` if no two steps were inside.

    >>> import math
    >>> slope, error = ridders_difference(math.exp, 1.0)
    >>> abs(slope - math.e) < 1e-10
    True
    >>> ridders_difference(lambda x: math.sqrt(x), 0.0) is None
    True
    """
    step = _FIRST_STEP * (abs(x) or 1.0)
    best: tuple[float, float] | None = None
    previous: list[float] = []
    for _ in range(_MAX_ROWS):
        try:
            row = [(f(x + step) - f(x - step)) / (2.0 * step)]
        except (ArithmeticError, ValueError, TypeError, LookupError):
            previous, step = [], step / _SHRINK
            continue
        factor = _SHRINK**2
        for column, coarser in enumerate(previous[:_MAX_COLUMNS]):
            row.append((factor * row[column] - coarser) / (factor - 1.0))
            error = max(abs(row[-1] - row[column]), abs(row[-1] - coarser))
            if best is None or error < best[1]:
                best = row[-1], error
            factor *= _SHRINK**2
        if best is not None and len(row) > 3 and best[1] <= _MAX_RELATIVE_ERROR * abs(best[0]):
            break
        previous, step = row, step / _SHRINK
    return best
