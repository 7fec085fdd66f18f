"""A computation as steps: what ran at each line of the source, or in each function, and the values between them.

for price in prices:
    total += price      becomes   Step(…, ("shop.py", "bill", 3), variables=[total[0], total[1]]); total[0] comes back
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from minitorch.autodiff.topological_order import parents_of
from minitorch.autodiff.variable import Variable, is_constant
from minitorch.drawing.elements import Collapse
from minitorch.drawing.value_labels import by_site

__all__ = ["Flow", "Step", "flow_of"]

MAX_SEPARATE_LEAVES = 6

Key: TypeAlias = tuple[str, str, int]
"""File, function, and the line, which is 0 where a whole function is one step."""

NOWHERE: Key = ("", "", 0)
"""The key of operations without a place."""


@dataclass
class Step:
    """The operations that ran at one line, or in one function.

    Args:
        id: its id in the picture.
        key: where it is.
        variables: the Variables that were computed there, the oldest first.
    """

    id: str
    key: Key
    variables: list[Variable] = field(default_factory=list)

    def runs(self) -> list[list[Variable]]:
        """Return the values of each of its expressions, run by run; the expression that ran last comes last.

        On a line, that expression is what the line assigns or returns.
        """
        youngest = self.variables[-1]
        return sorted(by_site(self.variables).values(), key=lambda run: run[-1] is youngest)


@dataclass
class Flow:
    """The steps of a computation in the order in which they ran first, and what flows between them.

    Args:
        steps: by id.
        leaves: the leaves by the id of their node; many leaves that go to the same steps share one node.
        values: the values that go from one node to another, by `unique_id`.
    """

    steps: dict[str, Step] = field(default_factory=dict)
    leaves: dict[str, list[Variable]] = field(default_factory=dict)
    values: dict[tuple[str, str], dict[int, Variable]] = field(default_factory=lambda: defaultdict(dict))

    def nearest(self, start: str, limit: int) -> set[str]:
        """Return the ids of at most `limit` nodes: `start` and the nearest ones of those that lead to it."""
        before: dict[str, list[str]] = defaultdict(list)
        for tail, head in self.values:
            before[head].append(tail)
        reached = {start}
        queue = deque([start])
        while queue and len(reached) < limit:
            for id in before[queue.popleft()]:
                if id not in reached and len(reached) < limit:
                    reached.add(id)
                    queue.append(id)
        return reached


def flow_of(order: Sequence[Variable], collapse: Collapse) -> Flow:
    """Split a computation into steps.

    Args:
        order: the Variables of the computation, the oldest first.
        collapse: whether a step is a line or a function.
    """
    flow = Flow()
    steps: dict[Key, Step] = {}
    where: dict[int, Step] = {}
    users: dict[int, dict[str, None]] = {}
    for variable in order:
        if is_constant(variable) or variable.is_leaf:
            users[variable.unique_id] = {}
            continue
        key = _key(variable, collapse)
        step = steps.setdefault(key, Step(f"{collapse}-{len(steps) + 1}", key))
        step.variables.append(variable)
        where[variable.unique_id] = step
        for operand in parents_of(variable):
            if is_constant(operand):
                continue
            source = where.get(operand.unique_id)
            if source is None:
                users[operand.unique_id][step.id] = None
            elif source is not step or (collapse == "line" and _comes_back(operand, variable)):
                flow.values[source.id, step.id][operand.unique_id] = operand
    flow.steps = {step.id: step for step in steps.values()}
    _join_leaves(flow, users, {variable.unique_id: variable for variable in order if variable.unique_id in users})
    return flow


def _key(variable: Variable, collapse: Collapse) -> Key:
    place = variable.place
    if place is None:
        return NOWHERE
    return place.file, place.function, place.line if collapse == "line" else 0


def _comes_back(operand: Variable, variable: Variable) -> bool:
    """Return whether a value goes from one run of a line to the next: it is computed after the place of its use."""
    if operand.code is not variable.code:
        return False
    # Python may run the same expression at two neighbouring instructions.
    same = operand.place is not None and operand.place.column is not None and operand.place == variable.place
    return same or operand.instruction >= variable.instruction


def _join_leaves(flow: Flow, users: dict[int, dict[str, None]], leaves: dict[int, Variable]) -> None:
    """Give each leaf a node, but one node to many leaves that the same steps use."""
    alike: dict[tuple[str, ...], list[Variable]] = defaultdict(list)
    for key, steps in users.items():
        alike[tuple(steps)].append(leaves[key])
    for steps_alike, same in alike.items():
        joined = len(same) > MAX_SEPARATE_LEAVES
        nodes = {f"inputs-{len(flow.leaves) + 1}": same} if joined else {f"value-{x.unique_id}": [x] for x in same}
        flow.leaves |= nodes
        for id in nodes:
            for step in steps_alike:
                flow.values[id, step] = {leaf.unique_id: leaf for leaf in nodes[id]}
