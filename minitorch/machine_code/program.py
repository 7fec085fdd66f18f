"""Straight-line programs of float operations, and the tree in which a function's programs share what they begin with.

A trace is one run of a function: constants and operations, numbered in their order after the inputs, and between them
the guards, the decisions that the run took and that must come out the same for the trace to be taken again.

    inputs 0, 1      2 = Mul(0, 1)      guard: truth of 3 = GT(2, 4) is True      5 = Sin(2)      outputs 5
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, TypeAlias

from minitorch.autodiff.place import Place

__all__ = [
    "MARGIN",
    "TWO_ANSWERS",
    "Branching",
    "Constant",
    "Guard",
    "Node",
    "Operation",
    "Outcome",
    "Step",
    "Trace",
    "nodes_of",
]

Outcome: TypeAlias = "bool | int | float"
"""What a decision came to; a float stands for its bits."""

MARGIN: Final = "margin"
"""A decision that no code takes: whether the operands of an order comparison differ, where a derivative is recorded."""

TWO_ANSWERS: Final = frozenset({"truth", "is_integer", MARGIN})
"""Decisions that are true or false."""


@dataclass(frozen=True, slots=True, eq=False)
class Constant:
    """A plain number that the run met; it defines the next value.

    Two are equal that take the same part in all operations: 0.0 and -0.0 are not, nor are 1 and 1.0; all nans are.

    >>> Constant(float("nan")) == Constant(float("nan")), Constant(0.0) == Constant(-0.0)
    (True, False)
    """

    value: float

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Constant):
            return NotImplemented
        return type(self.value) is type(other.value) and repr(self.value) == repr(other.value)

    def __hash__(self) -> int:
        return hash(repr(self.value))


@dataclass(frozen=True, slots=True)
class Operation:
    """One primitive; it defines the next value.

    Args:
        function: the row of the table of rules.
        operands: the numbers of the values it takes.
        place: where the user's source does it.
    """

    function: str
    operands: tuple[int, ...]
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Guard:
    """A decision that made plain control flow of a value; it defines no value.

    Args:
        kind: what was asked, one of `minitorch.autodiff.decisions.KINDS`, or `MARGIN`.
        value: the number of the value that was asked.
        outcome: the answer.
        place: where the user's source asked.
    """

    kind: str
    value: int
    outcome: Outcome
    place: Place | None = field(default=None, compare=False)


Step: TypeAlias = "Constant | Operation | Guard"


@dataclass(frozen=True, slots=True)
class Trace:
    """One run.

    Args:
        inputs: how many inputs there are; they are the values 0, 1, …
        steps: constants and operations, which define the values from `inputs` on, and guards.
        outputs: the numbers of the values that are returned.
    """

    inputs: int
    steps: tuple[Step, ...]
    outputs: tuple[int, ...]


@dataclass(slots=True)
class Branching:
    """A decision at the end of a piece of a program, and where each answer leads.

    Args:
        kind: what is asked.
        value: the number of the value that is asked.
        place: where the user's source asks.
        branches: what follows each answer met so far.
    """

    kind: str
    value: int
    place: Place | None
    branches: dict[Outcome, Node]


@dataclass(slots=True)
class Node:
    """A piece of a program without decisions, and what follows it.

    Args:
        first: the number of the first value that it defines.
        steps: its constants and operations.
        after: a decision, or the numbers of the values that are returned.
    """

    first: int
    steps: tuple[Constant | Operation, ...]
    after: Branching | tuple[int, ...]


def nodes_of(tree: Node) -> list[Node]:
    """Return the nodes of a tree: each before what follows it, its branches in their order.

    >>> leaf = Node(1, (), (0,))
    >>> nodes_of(leaf) == [leaf]
    True
    """
    nodes, pending = [], [tree]
    while pending:
        node = pending.pop()
        nodes.append(node)
        if isinstance(node.after, Branching):
            pending += reversed(node.after.branches.values())
    return nodes
