"""The traces of one specialization that are to be compiled: a tree, which they share as far as they are alike.

    first call        2 = Mul(0, 1)   truth of 2 is True    3 = Sin(2)    outputs 3
    second call       the same, but   truth of 2 is False   3 = Cos(2)    outputs 3
    tree              2 = Mul(0, 1)   truth of 2            True: 3 = Sin(2) …        False: 3 = Cos(2) …

The first output of each trace is the number of the form of its result.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from minitorch.compiler.result import Result
from minitorch.machine_code.program import MARGIN, Branching, Constant, Guard, Node, Trace, nodes_of
from minitorch.machine_code.recording import grow

if TYPE_CHECKING:
    from minitorch.compiler.capture.recorder import Recording

__all__ = ["HiddenDecision", "TraceTree"]


class HiddenDecision(Exception):
    """Two traces part where no decision was seen."""

    def __init__(self) -> None:
        super().__init__("it does other things after the same decisions, so something that can't be seen decides")


class TraceTree:
    """Traces that grow into one tree, and the forms of their results.

    Attributes:
        root: where all traces begin; `None` as long as there is none.
        results: the forms of results met so far.
        traces: how many traces there are.
        operations: how many constants and operations they have together.
    """

    def __init__(self) -> None:
        self.root: Node | None = None
        self.results: list[Result] = []
        self.traces = 0
        self.operations = 0

    def add(self, recording: Recording) -> bool:
        """Add the trace of a recording, and return whether it is a new one.

        Raises:
            HiddenDecision: it does other things than a known trace after the same decisions.
        """
        known = self.traces
        root = grow(self.root, self.with_form(recording))
        if root is None:
            raise HiddenDecision
        self.root = root
        self.traces = len(self.leaves)
        self.operations = sum(len(node.steps) for node in nodes_of(root))
        return self.traces > known

    def with_form(self, recording: Recording) -> Trace:
        """Return a trace whose first output is the number of the form of its result."""
        if recording.result not in self.results:
            self.results = [*self.results, recording.result]
        trace = recording.trace
        form = Constant(float(self.results.index(recording.result)))
        number = trace.inputs + sum(not isinstance(step, Guard) for step in trace.steps)
        return Trace(trace.inputs, (*trace.steps, form), (number, *trace.outputs))

    @property
    def leaves(self) -> list[Node]:
        """The ends of the traces, in the order in which machine code numbers them."""
        return [node for node in self.nodes if not isinstance(node.after, Branching)]

    @property
    def nodes(self) -> list[Node]:
        """All pieces of the tree, each before those that follow it."""
        return [] if self.root is None else nodes_of(self.root)

    @property
    def widths(self) -> set[int]:
        """How many outputs the traces have, with the number of the form."""
        return {len(node.after) for node in self.nodes if isinstance(node.after, tuple)}

    def padded(self, width: int) -> Node:
        """Return a copy in which all traces have as many outputs; nobody looks at those that are added.

        Args:
            width: how many outputs they get.
        """

        def pad(leaf: Node, outputs: tuple[int, ...]) -> Node:
            return Node(leaf.first, leaf.steps, outputs + outputs[:1] * (width - len(outputs)))

        return self.copied(pad)

    def without_forms(self) -> Node:
        """Return a copy without the first output, the number of the form of the result, and without margins."""
        return self.copied(lambda leaf, outputs: Node(leaf.first, leaf.steps[:-1], outputs[1:]), keeps_margins=False)

    def copied(self, end: Callable[[Node, tuple[int, ...]], Node], keeps_margins: bool = True) -> Node:
        """Return a copy with other leaves.

        Args:
            end: makes a leaf of the copy from one of the tree and its outputs.
            keeps_margins: whether it asks for the margins of order comparisons also where it has no trace without one.
        """
        assert self.root is not None
        copies: dict[int, Node] = {}
        for node in reversed(self.nodes):
            after = node.after
            if isinstance(after, Branching):
                branches = {outcome: copies[id(branch)] for outcome, branch in after.branches.items()}
                if after.kind == MARGIN and not keeps_margins and [*branches] == [True]:
                    # Nothing defines a value in between, and what the margin asks of is a dead operation now.
                    following = branches[True]
                    copy = Node(node.first, (*node.steps, *following.steps), following.after)
                else:
                    kind = "truth" if after.kind == MARGIN and not keeps_margins else after.kind
                    copy = Node(node.first, node.steps, Branching(kind, after.value, after.place, branches))
            else:
                copy = end(node, after)
            copies[id(node)] = copy
        return copies[id(self.root)]

    def most_frequent_split(self) -> tuple[str, int] | None:
        """Return the line whose decisions split most traces, and how many; `None` if all are alike."""
        places: Counter[str] = Counter()
        for node in self.nodes:
            if isinstance(node.after, Branching) and len(node.after.branches) > 1:
                places[str(node.after.place)] += len(node.after.branches) - 1
        return places.most_common(1)[0] if places else None
