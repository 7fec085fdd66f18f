"""What values were made from that stood before: the Variables from outside that a piece of a run has read."""

from __future__ import annotations

from collections.abc import Sequence

from minitorch.autodiff.topological_order import is_variable, parents_of, topological_sort
from minitorch.autodiff.variable import Variable, is_constant

__all__ = ["outer_variables", "recorded_since"]


def outer_variables(nodes: Sequence[Variable], since: int) -> list[Variable]:
    """Return the Variables from before a moment that values were made from, closures included.

    Args:
        nodes: the values.
        since: the smallest `unique_id` that is not from before.
    """
    return recorded_since(nodes, since)[1]


def recorded_since(nodes: Sequence[Variable], since: int) -> tuple[list[Variable], list[Variable]]:
    """Return what was recorded for values since a moment, the youngest first, and the Variables from before it."""
    order = topological_sort(*nodes, since=since)
    found = {y.unique_id: y for y in nodes if y.unique_id < since and not is_constant(y)}
    for node in order:
        for x in parents_of(node):
            if is_variable(x) and not is_constant(x) and x.unique_id < since:
                found[x.unique_id] = x
    return order, list(found.values())
