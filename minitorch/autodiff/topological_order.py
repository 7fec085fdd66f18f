"""The topological order of the Variables that values were made from: mostly by age, and by use where that was set.

A Variable is younger than all that it was made from, unless somebody has set how it was made.
"""

from __future__ import annotations

import heapq
import operator
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from minitorch.autodiff.errors import BackwardError
from minitorch.autodiff.history import History
from minitorch.autodiff.place import place_of_caller
from minitorch.recorder import VariableBase

if TYPE_CHECKING:
    from minitorch.autodiff.variable import Variable

__all__ = ["is_variable", "order_between", "parents_of", "topological_sort"]


def is_variable(value: object) -> bool:
    """Return whether a value is a Variable, asked of its type: no code of the value's runs."""
    return issubclass(type(value), VariableBase)


def parents_of(variable: Variable) -> Sequence[Any]:
    """Return what a Variable was made from, Variables and plain values: nothing for leaves and constants."""
    left = variable.first_parent
    if left is None:
        creator = variable.creator
        return (creator.inputs or ()) if isinstance(creator, History) else ()
    if type(left) is tuple:
        return left
    return (left,) if variable.second_parent is None else (left, variable.second_parent)


_by_creation = operator.attrgetter("unique_id")


def topological_sort(*variables: Variable, since: int = 0) -> list[Variable]:
    """Return the Variables that values were made from, each before those it was made from itself.

    Args:
        variables: where to start.
        since: the smallest `unique_id` to go back to; older Variables were made from none that is younger.

    Returns:
        The Variables that are not constants, the youngest first, from the outputs to the leaves.
    """
    nodes = {x.unique_id: x for x in variables if x.creator is not None and x.unique_id >= since}
    pending = list(nodes.values())
    are_by_age = True
    while pending:
        node = pending.pop()
        age = node.unique_id
        for x in parents_of(node):
            if is_variable(x) and x.creator is not None and x.unique_id >= since:
                key = x.unique_id
                are_by_age = are_by_age and key < age
                if key not in nodes:
                    nodes[key] = x
                    pending.append(x)
    return sorted(nodes.values(), key=_by_creation, reverse=True) if are_by_age else by_use(nodes)


def by_use(nodes: dict[int, Variable]) -> list[Variable]:
    """Return Variables, by `unique_id`, in topological order where one has been set to be made from something younger.

    Raises:
        BackwardError: one is made from itself.
    """
    parents = {key: [x.unique_id for x in parents_of(node) if is_variable(x)] for key, node in nodes.items()}
    order = in_order_of_use(parents)
    if order is None:
        raise BackwardError(
            f"{place_of_caller()}: a Variable is made from itself by a history or parent that was set: set histories "
            "whose inputs were made without it"
        )
    return [nodes[key] for key in order]


def order_between(inputs: Iterable[Variable], outputs: Iterable[Variable], since: int) -> list[Variable] | None:
    """Return the topological order from outputs to inputs where nothing else is behind the outputs, else `None`.

    Args:
        inputs: leaves, or Variables that were made at the start.
        outputs: Variables that are not constants.
        since: the smallest `unique_id` that is not from before the start.
    """
    leaves = {x.unique_id for x in inputs}
    are_by_age = True
    nodes = {y.unique_id: y for y in outputs}
    pending = list(nodes.values())
    while pending:
        node = pending.pop()
        parents = node.first_parent
        if type(parents) is not tuple:
            parents = parents_of(node)
        age = node.unique_id
        if age < since or (not parents and age not in leaves):
            return None
        for x in parents:
            if is_variable(x) and x.creator is not None:
                key = x.unique_id
                are_by_age = are_by_age and key < age
                if key not in nodes:
                    nodes[key] = x
                    pending.append(x)
    return sorted(nodes.values(), key=_by_creation, reverse=True) if are_by_age else by_use(nodes)


def in_order_of_use(parents: Mapping[int, Sequence[int]]) -> list[int] | None:
    """Return numbers so that each comes after all those that were made from it, the greatest first where that is free.

    Args:
        parents: the numbers of what each was made from; those that are no keys themselves are left out.

    Returns:
        The keys in that order; None where one of them was made from itself.

    >>> in_order_of_use({1: [], 2: [3], 3: [1], 4: [2, 3]})
    [4, 2, 3, 1]
    >>> in_order_of_use({1: [2], 2: [1]})
    """
    uses = dict.fromkeys(parents, 0)
    for used in parents.values():
        for key in used:
            if key in uses:
                uses[key] += 1
    ready = [-key for key, count in uses.items() if not count]
    heapq.heapify(ready)
    order: list[int] = []
    while ready:
        key = -heapq.heappop(ready)
        order.append(key)
        for parent in parents[key]:
            if parent in uses:
                uses[parent] -= 1
                if not uses[parent]:
                    heapq.heappush(ready, -parent)
    return order if len(order) == len(uses) else None
