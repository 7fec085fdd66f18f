"""What a function was compiled to, for people: traces with decisions and their places, and code with its own loops."""

from __future__ import annotations

import linecache
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from minitorch.autodiff.place import Place
from minitorch.compiler.task import Mode
from minitorch.machine_code.program import MARGIN, Branching, Node, Operation, Outcome

if TYPE_CHECKING:
    from minitorch.compiler.specialization import Specialization

__all__ = ["ProgramView", "TraceView", "Traces", "views_of"]


class GuardView(NamedTuple):
    """A decision of a trace.

    Args:
        kind: what was asked.
        outcome: the answer.
        place: where the source asks.
    """

    kind: str
    outcome: Outcome
    place: Place | None

    def __str__(self) -> str:
        """Return the place, the line of source and the outcome."""
        if self.place is None:
            return f"{self.kind} is {self.outcome}"
        text = linecache.getline(self.place.file, self.place.line).strip()
        return f"{self.place}: `{text}` {self.kind} is {self.outcome}"


class TraceView(NamedTuple):
    """One trace of a function: the operations between its decisions, as a call has taken them.

    Args:
        guards: its decisions, in order.
        operations: how many operations it has.
        calls: how many calls took it, the one that was recorded apart.
        mode: what it computes.
    """

    guards: tuple[GuardView, ...]
    operations: int
    calls: int
    mode: Mode

    @property
    def kind(self) -> Mode:
        """The mode, under its former name."""
        return self.mode

    def __str__(self) -> str:
        """Return a summary, and the decisions on lines of their own."""
        head = f"{self.mode.value}: {self.operations} operations, {self.calls} calls"
        return "\n  ".join([head, *map(str, self.guards)])


class ProgramView(NamedTuple):
    """Machine code of a function with its own loops and branches.

    Args:
        arguments: what it is called with, as text.
        operations: how many instructions of LLVM's it has, without those that all programs share.
        calls: how many calls it has answered.
        left: how many calls it has left to the traces: what Python would raise or warn of, or numbers that do not fit.
        milliseconds: what making it took, of the thread's time.
        bytes: how large the machine code is.
        mode: what it computes.
        guards: nothing; decisions are made at each call.
    """

    arguments: str
    operations: int
    calls: int
    left: int
    milliseconds: float
    bytes: int
    mode: Mode
    guards: tuple[GuardView, ...] = ()

    @property
    def kind(self) -> Mode:
        """The mode, under its former name."""
        return self.mode

    def __str__(self) -> str:
        """Return a summary."""
        left = f", {self.left} left to its traces or Python" if self.left else ""
        return (
            f"{self.mode.value}: with its loops, for ({self.arguments}): {self.operations} instructions, {self.bytes} "
            f"bytes, made in {self.milliseconds:.3g} ms; {self.calls} calls{left}"
        )


class Traces(list["TraceView | ProgramView"]):
    """What a function was compiled to: its traces, and machine code with its own loops.

    Args:
        views: these.
        reasons: why calls are left to Python, or to traces, a sentence for each kind of them that is.
    """

    def __init__(self, views: Iterable[TraceView | ProgramView], reasons: Sequence[str]) -> None:
        super().__init__(views)
        self.reasons = list(reasons)

    def __str__(self) -> str:
        """Return the reasons and the traces, each from a new line on."""
        return "\n".join([*self.reasons, *map(str, self)])


def is_shown(guard: GuardView) -> bool:
    """Return whether people want to see a decision: that numbers are not equal goes without saying."""
    return guard.kind != MARGIN or not guard.outcome


def views_of(specialization: Specialization) -> list[TraceView]:
    """Return views of all traces."""
    mode = specialization.task.mode
    views: list[TraceView] = []
    root = specialization.tree.root
    if root is None:
        return views
    calls = specialization.executable.collect_calls()
    pending: list[tuple[Node, tuple[GuardView, ...], int]] = [(root, (), 0)]
    while pending:
        node, guards, operations = pending.pop()
        operations += sum(isinstance(step, Operation) for step in node.steps)
        after = node.after
        if isinstance(after, Branching):
            for outcome, branch in reversed(after.branches.items()):
                own = GuardView(after.kind, outcome, after.place)
                pending.append((branch, (*guards, own) if is_shown(own) else guards, operations))
        else:
            views.append(TraceView(guards, operations, calls[id(node)], mode))
    return views
