"""Piecewise polynomials, in powers and in Bernstein's basis: values, integrals and roots, by all that they are of."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy

from minitorch.arrays.makers import asarray, detached

__all__ = ["evaluate", "evaluate_bernstein", "falling", "fix_continuity", "integrate", "piece_of", "real_roots"]


def piece_of(x: Any, points: Any, extrapolate: bool) -> tuple[Any, Any]:
    """Return for each point its piece, and which points have none.

    Args:
        x: where the pieces meet, ascending or descending.
        points: the points.
        extrapolate: whether the first and last piece take what is outside.
    """
    breaks, at = detached(x), detached(points)
    sign = 1.0 if breaks[-1] >= breaks[0] else -1.0
    piece = numpy.clip(numpy.searchsorted(sign * breaks, sign * at, side="right") - 1, 0, len(breaks) - 2)
    low, high = min(breaks[0], breaks[-1]), max(breaks[0], breaks[-1])
    none = at != at if extrapolate else ~((at >= low) & (at <= high))
    return piece, none


def falling(n: int, k: int) -> float:
    """Return n (n - 1) … of k factors.

    >>> falling(4, 2)
    12.0
    """
    return float(math.perm(n, k)) if k <= n else 0.0


def evaluate(c: Any, x: Any, xp: Any, nu: int, extrapolate: Any) -> Any:
    """Return the derivative of order `nu` at each point, a column for each polynomial."""
    c, x, xp = asarray(c), asarray(x), asarray(xp)
    piece, none = piece_of(x, xp, bool(extrapolate))
    return without(none, polynomial(c[:, piece], (xp - x[piece])[:, None], nu))


def without(none: Any, values: Any) -> Any:
    """Return values that are not a number where there is none."""
    return numpy.where(none[:, None], numpy.nan, values) if none.any() else values


def polynomial(c: Any, s: Any, nu: int) -> Any:
    """Return the derivative of order `nu` of polynomials with the highest power first."""
    degree = c.shape[0] - 1
    if nu > degree:
        return c[0] * s * 0.0
    result = c[0] * falling(degree, nu)
    for j in range(1, degree + 1 - nu):
        result = result * s + c[j] * falling(degree - j, nu)
    return result + 0.0 * s if nu == degree else result


def integrate(c: Any, x: Any, a: Any, b: Any, extrapolate: Any) -> Any:
    """Return the integral from `a` to `b` of each polynomial."""
    c, x = asarray(c), asarray(x)
    ends = numpy.stack([asarray(a), asarray(b)])
    piece, none = piece_of(x, ends, bool(extrapolate))
    degrees = numpy.arange(c.shape[0], 0, -1.0)[:, None, None]
    powers = numpy.concatenate([c / degrees, numpy.zeros_like(detached(c[:1]))])
    whole = polynomial(powers, (x[1:] - x[:-1])[:, None], 0)
    before = numpy.concatenate([numpy.zeros((1, c.shape[2])), numpy.cumsum(whole, 0)])
    at_ends = before[piece] + polynomial(powers[:, piece], (ends - x[piece])[:, None], 0)
    result = at_ends[1] - at_ends[0]
    return result * numpy.nan if none.any() else result


def evaluate_bernstein(c: Any, x: Any, xp: Any, nu: int, extrapolate: Any) -> Any:
    """Return the derivative of order `nu` at each point of polynomials in Bernstein's basis."""
    c, x, xp = asarray(c), asarray(x), asarray(xp)
    piece, none = piece_of(x, xp, bool(extrapolate))
    width = (x[piece + 1] - x[piece])[:, None]
    s = (xp - x[piece])[:, None] / width
    values = [c[j][piece] for j in range(c.shape[0])]
    for _ in range(nu):
        degree = len(values) - 1
        if degree == 0:
            return without(none, values[0] * s * 0.0)
        values = [(b - a) * (degree / width) for a, b in pairwise(values)]
    while len(values) > 1:
        values = [a * (1.0 - s) + b * s for a, b in pairwise(values)]
    return without(none, values[0] + 0.0 * s)


def fix_continuity(c: Any, x: Any, order: int) -> Any:
    """Return coefficients of which those of low powers make derivatives up to an order continuous."""
    c, x = asarray(c), asarray(x)
    degree = c.shape[0] - 1
    widths = (x[1:-1] - x[:-2])[:, None]
    rows = list(c)
    for nu in range(order, -1, -1):
        index = degree - nu
        # What stands before this power in the derivative: the power itself is handed on from piece to piece.
        rest = [numpy.zeros_like(detached(rows[index]))] * (nu + 1)
        above = numpy.stack([*rows[:index], *rest])[:, :-1]
        steps = polynomial(above, widths, nu) / falling(nu, nu)
        first = rows[index][:1]
        rows[index] = numpy.concatenate([first, first + numpy.cumsum(steps, 0)])
    return numpy.stack(rows)


def real_roots(found: Any, c: Any, x: Any, y: Any, *_: Any) -> list[Any]:
    """Return the roots of each polynomial: where its value is `y`, or where it jumps across `y`."""
    c, x, y = asarray(c), asarray(x), asarray(y)
    breaks = detached(x)
    made = []
    for column, roots in enumerate(found):
        piece, _ = piece_of(breaks, roots, True)
        near = numpy.clip(numpy.searchsorted(breaks, roots), 0, len(breaks) - 1)
        points: Any = roots
        for _step in range(2):
            s = points - x[piece]
            value = polynomial(c[:, piece, column], s, 0) - y
            points = points - value / polynomial(c[:, piece, column], s, 1)
        jumps = numpy.equal(breaks[near], roots) & ~numpy.isclose(detached(points), roots, rtol=1e-8, atol=1e-8)
        made.append(numpy.where(jumps, x[near], points) if jumps.any() else points)
    return made
