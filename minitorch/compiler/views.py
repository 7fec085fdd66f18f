"""The recorded ways through a function, for people: decisions with their places, operations, calls."""

from __future__ import annotations

import linecache
from typing import TYPE_CHECKING, NamedTuple

from minitorch.autodiff.place import Place
from minitorch.compiler.task import Mode
from minitorch.machine_code.program import Branching, Node, Operation, Outcome

if TYPE_CHECKING:
    from minitorch.compiler.trace_tree import TraceTree

__all__ = ["TraceView", "views_of"]


class GuardView(NamedTuple):
    """A decision on a path.

    Args:
        kind: what was asked.
        outcome: the answer.
        place: where the source asks.
    """

    kind: str
    outcome: Outcome
    place: Place | None

    def __str__(self) -> str:
        if self.place is None:
            return f"{self.kind} is {self.outcome}"
        text = linecache.getline(self.place.file, self.place.line).strip()
        return f"{self.place}: `{text}` {self.kind} is {self.outcome}"


class TraceView(NamedTuple):
    """A way through a function.

    Args:
        guards: its decisions, in order.
        operations: how many operations it takes.
        calls: how many calls took it in machine code.
        kind: what it computes.
    """

    guards: tuple[GuardView, ...]
    operations: int
    calls: int
    kind: Mode

    def __str__(self) -> str:
        head = f"{self.kind.value}: {self.operations} operations, {self.calls} calls"
        return "\n  ".join([head, *map(str, self.guards)])


def views_of(paths: TraceTree) -> list[TraceView]:
    """Return the paths of a tree, in their order."""
    found = [
        TraceView(
            tuple(GuardView(guard.kind, guard.outcome, guard.place) for guard in path.guards),
            path.operations,
            path.calls,
            paths.task.kind,
        )
        for path in paths.long.paths
    ]
    if paths.tree is None:
        return found
    paths.keep_counts()
    pending: list[tuple[Node, tuple[GuardView, ...], int]] = [(paths.tree, (), 0)]
    while pending:
        node, guards, operations = pending.pop()
        operations += sum(isinstance(step, Operation) for step in node.steps)
        after = node.after
        if isinstance(after, Branching):
            for outcome, branch in reversed(after.branches.items()):
                pending.append((branch, (*guards, GuardView(after.kind, outcome, after.place)), operations))
        else:
            found.append(TraceView(guards, operations, paths.counted[id(node)], paths.task.kind))
    return found
