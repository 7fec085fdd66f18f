"""Minima: where the gradient is zero, or that of the Lagrangian where constraints hold the minimum.

    minimise f(x, a)                      df/dx(x, a) = 0
    with c(x, a) >= 0 that is active      df/dx - m * dc/dx = 0,  c(x, a) = 0

The constraints that are active at the minimum are taken to stay so, as they do unless a multiplier is zero
(J. Nocedal, S. J. Wright, Numerical Optimization, 2006, section 12.3).
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

import numpy

from minitorch.arrays.makers import asarray
from minitorch.arrays.tensor import Tensor, current
from minitorch.autodiff.topological_order import is_variable
from minitorch.implicit.recorded import Recorded, gradient, leaf, one_variable, plain_value
from minitorch.implicit.roots import implicit_root

__all__ = ["Constraint", "bound_constraints", "implicit_minimum"]

MAX_SLACK: Final = 1e-3
"""How far from a constraint, relative to its size, a solver may end that it holds."""

MIN_MULTIPLIER: Final = 1e-7
"""How large, relative to the gradient, the multiplier of a constraint is that holds a minimum."""


class Constraint(NamedTuple):
    """A condition that a minimum fulfils.

    Attributes:
        function: gives numbers of the point.
        is_equality: whether they are zero, and not just at least zero.
    """

    function: Callable[[Any], Any]
    is_equality: bool


def bound_constraints(size: int, lower: Any, upper: Any) -> list[Constraint]:
    """Return the constraints that bounds of a point's elements are.

    Args:
        size: how many elements there are.
        lower: the least that they may be, one for all or one by one; plain infinities stand for none.
        upper: likewise the most.
    """
    constraints = []
    for bound, sign in ((lower, 1.0), (upper, -1.0)):
        if bound is None:
            continue
        values = asarray(bound)
        places = numpy.flatnonzero(numpy.isfinite(numpy.broadcast_to(plain_value(values), (size,))))
        if places.size:
            own = values[places] if numpy.size(plain_value(values)) > 1 else values.reshape(-1)[0]
            constraints.append(Constraint(slack(places, own, sign), False))
    return constraints


def slack(places: Any, bound: Any, sign: float) -> Callable[[Any], Any]:
    """Return what gives how far elements are from their bounds."""
    return lambda x: (numpy.reshape(x, -1)[places] - bound) * sign


def implicit_minimum(
    objective: Callable[[Any], Any], value: Any, constraints: Sequence[Constraint] = (), to_gradient: Any = None
) -> Any:
    """Return a minimum as a Variable that depends on all that its objective and constraints read from outside.

    Args:
        objective: takes the point, as a Variable, and gives one number.
        value: the minimum that a solver found.
        constraints: what it had to fulfil.
        to_gradient: gives the gradient of the objective; by default that follows from it.

    Returns:
        The minimum; the plain value where it depends on nothing that has a history.
    """
    slope = to_gradient or (lambda x: gradient(objective, x))
    if not constraints:
        return implicit_root(slope, value)
    point = numpy.asarray(value, float)
    size = point.size
    active, multipliers = active_constraints(slope, point, constraints)
    if not len(multipliers):
        return implicit_root(slope, value)

    def conditions(z: Any) -> Any:
        x, m = current(z[:size].reshape(point.shape)), z[size:]
        held = active(x)
        pull = gradient(lambda x: numpy.sum(active(x) * m), x)
        return numpy.concatenate([numpy.reshape(asarray(slope(x) - pull), -1), held])

    found = implicit_root(conditions, numpy.concatenate([point.reshape(-1), multipliers]))
    return found[:size].reshape(point.shape) if is_variable(found) else value


def active_constraints(
    slope: Callable[[Any], Any], point: Any, constraints: Sequence[Constraint]
) -> tuple[Callable[[Any], Any], Any]:
    """Return what gives the active constraints of a point as one array, and their multipliers."""
    with leaf(point) as x:
        values_at = [flat(constraint.function(x)) for constraint in constraints]
        slope_at = one_variable(slope(x))
    pull = numpy.reshape(numpy.broadcast_to(plain_value(slope_at), point.shape), -1)
    rows, slacks, equal = [], [], []
    for constraint, values in zip(constraints, values_at, strict=True):
        slacks.append(plain_value(values))
        rows.append(normals(values, x, point.size))
        equal.append(numpy.full(len(slacks[-1]), constraint.is_equality))
    matrix, distances, equalities = numpy.concatenate(rows), numpy.concatenate(slacks), numpy.concatenate(equal)
    sizes = numpy.cumsum([0, *map(len, slacks)])
    scale = MAX_SLACK * (1.0 + numpy.abs(point).max(initial=0.0))
    near = numpy.flatnonzero(equalities | (distances <= scale))
    if not len(near):
        return no_constraints, numpy.zeros(0)
    normal = matrix[near].T
    # The multipliers of equalities have either sign: each is the difference of two that have not.
    both = numpy.concatenate([normal, -normal[:, equalities[near]]], axis=1)
    found = importlib.import_module("scipy.optimize").nnls(both, pull)[0][: len(near)]
    least = MIN_MULTIPLIER * (1.0 + numpy.abs(pull).max(initial=0.0))
    held = near[equalities[near] | ((found > distances[near]) & (found > least))]
    multipliers = numpy.linalg.lstsq(matrix[held].T, pull, rcond=None)[0] if len(held) else numpy.zeros(0)

    def active(x: Any) -> Any:
        parts = []
        for constraint, first, last in zip(constraints, sizes, sizes[1:], strict=False):
            chosen = held[(held >= first) & (held < last)] - first
            if len(chosen):
                parts.append(flat(constraint.function(x))[chosen])
        return numpy.concatenate(parts)

    return active, multipliers


def no_constraints(x: Any) -> Any:
    """Return the values of no constraints."""
    return numpy.zeros(0)


def flat(values: Any) -> Any:
    """Return numbers, or an array of them, as an array of one axis."""
    made = numpy.reshape(asarray(values), -1)
    return current(made) if type(made) is Tensor else made


def normals(values: Any, x: Any, size: int) -> Any:
    """Return the derivative of each of some values by a point, plain."""
    if not is_variable(values) or values.creator is None:
        return numpy.zeros((len(values), size))
    recorded = Recorded(values, [x])
    rows = [recorded.vjp(row)[0] for row in numpy.eye(len(plain_value(values)))]
    return numpy.stack([numpy.broadcast_to(row, x.array.shape).reshape(-1) for row in rows])
