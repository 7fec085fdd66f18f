"""B-splines: the values of their basis, by point and by knots, and what is evaluated and fitted with these.

The recursions are those of C. de Boor, A Practical Guide to Splines (Springer, 1978), chapters IX and X.
"""

from __future__ import annotations

from typing import Any

import numpy

from minitorch.arrays.makers import asarray, detached
from minitorch.arrays.tensor import constant
from minitorch.scipy_functions.twins import contiguous, is_active, twin, writing_twin

__all__ = [
    "all_at",
    "basis",
    "data_matrix",
    "design_matrix",
    "evaluate_spline",
    "evaluating",
    "interval_of",
    "writing_collocation",
]


def interval_of(t: Any, x: Any, k: int) -> Any:
    """Return for each point the number of the knot that it comes after: the first and last take what is outside."""
    knots, points = detached(t), detached(x)
    return numpy.clip(numpy.searchsorted(knots, points, side="right") - 1, k, len(knots) - k - 2)


def basis(t: Any, x: Any, k: int, nu: int, interval: Any) -> list[Any]:
    """Return the values at each point of the `k + 1` B-splines that are not zero there.

    Args:
        t: the knots.
        x: the points.
        k: the degree.
        nu: the order of the derivative.
        interval: for each point the number of the knot that it comes after.
    """
    degree = k - nu
    if degree < 0:
        return [numpy.zeros(numpy.shape(x))] * (k + 1)
    values: list[Any] = [numpy.ones(numpy.shape(detached(x)))]
    for j in range(1, degree + 1):
        raised: list[Any] = []
        saved: Any = 0.0
        for r in range(j):
            above, below = t[interval + r + 1], t[interval + 1 - j + r]
            term = values[r] / (above - below)
            raised.append(saved + (above - x) * term)
            saved = (x - below) * term
        values = [*raised, saved]
    for p in range(degree + 1, k + 1):
        # The derivative of a B-spline of degree p is the difference of two of degree p - 1.
        terms = [v / (t[interval + i + 1] - t[interval + i + 1 - p]) for i, v in enumerate(values)]
        padded = [0.0, *terms, 0.0]
        values = [p * (padded[i] - padded[i + 1]) for i in range(p + 1)]
    return values


def outside(t: Any, x: Any, k: int, extrapolate: Any) -> Any:
    """Return which points have no value."""
    knots, points = detached(t), detached(x)
    if extrapolate:
        return points != points
    return ~((points >= knots[k]) & (points <= knots[len(knots) - k - 1]))


def evaluate_spline(t: Any, c: Any, k: int, x: Any, nu: int = 0, extrapolate: Any = True) -> Any:
    """Return the values of splines: `c` has a column for each."""
    t, c, x = asarray(t), asarray(c), asarray(x)
    interval = interval_of(t, x, k)
    values = numpy.stack(basis(t, x, k, nu, interval), -1)
    rows = interval[:, None] + numpy.arange(-k, 1)
    result = numpy.einsum("rj,rjn->rn", values, c[rows])
    none = outside(t, x, k, extrapolate)
    return numpy.where(none[:, None], numpy.nan, result) if none.any() else result


def design_matrix(t: Any, x: Any, k: int, nu: int = 0) -> Any:
    """Return the values of all B-splines at some points, a row for each point."""
    interval = interval_of(t, x, k)
    made = constant(numpy.zeros((len(interval), len(detached(t)) - k - 1)))
    values = numpy.stack(basis(asarray(t), asarray(x), k, nu, interval), -1)
    made[numpy.arange(len(interval))[:, None], interval[:, None] + numpy.arange(-k, 1)] = values
    return made


def evaluating(function: Any) -> Any:
    """Make what replaces the C function that evaluates splines; early versions of it write into their last argument."""
    giving, writing = twin(function, evaluate_spline), writing_twin(function, evaluate_spline, 6)

    def call(*args: Any, **kwargs: Any) -> Any:
        return (writing if len(args) > 6 or "out" in kwargs else giving)(*args, **kwargs)

    return call


def data_matrix(found: Any, x: Any, t: Any, k: int, w: Any, extrapolate: Any = False) -> Any:
    """Return weighed values of the basis at each point, and where they belong."""
    values = numpy.stack(basis(asarray(t), asarray(x), k, 0, interval_of(t, x, k)), -1)
    return values * asarray(w)[:, None], *found[1:]


def all_at(t: Any, k: int, x: Any, interval: int, nu: int = 0) -> Any:
    """Return the values at one point of the B-splines that are not zero there."""
    at = numpy.atleast_1d(asarray(x))
    return numpy.concatenate(basis(asarray(t), at, k, nu, numpy.asarray([interval])))


def writing_collocation(function: Any) -> Any:
    """Make what writes the bands of the equations of an interpolating spline, columns first, into an array."""

    def call(x: Any, t: Any, k: int, ab: Any, offset: int = 0, *rest: Any) -> None:
        plain = numpy.array(detached(ab), order="C")
        function(contiguous(x), contiguous(t), k, plain, offset, *rest)
        if not is_active(x, t):
            ab[...] = plain
            return
        interval = interval_of(t, x, k)
        values = numpy.stack(basis(asarray(t), asarray(x), k, 0, interval), -1)
        columns = interval[:, None] + numpy.arange(-k, 1)
        rows = 2 * k + numpy.arange(len(interval))[:, None] + offset - columns
        ab[columns, rows] = values

    return call
