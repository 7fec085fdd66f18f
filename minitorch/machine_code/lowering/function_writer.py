"""From a tree of traces to a function in LLVM's assembly language.

Straight pieces become blocks, decisions the branches between them:

    inputs 0, 1      2 = TrueDiv(0, 1)      truth of 2: {True: outputs 2}

    define i64 @program(ptr %inputs, ptr %outputs) {
    node0:   %v3 = fcmp oeq double %v2, 0.0    %v4 = fdiv double %v1, %v2    br i1 %v3, label %raises, label %after0
    after0:  %v5 = fcmp une double %v4, 0.0    switch i1 %v5, label %misses [ i1 -1, label %node1 ]
    node1:   store double %v4, ptr %outputs   ret i64 0
    misses:  %v6 = phi i64 [ 1, %after0 ]     ret i64 %v6
    raises:  ret i64 2

It returns `number << 2 | status`: of a hit the number of the leaf, of a miss that of the decision, both counted in the
order in which `nodes_of` gives them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from minitorch.machine_code.llvm.emitter import Declarations, Emitter
from minitorch.machine_code.lowering.guards import write_switch
from minitorch.machine_code.lowering.rows import lower_operation
from minitorch.machine_code.program import Branching, Constant, Node, nodes_of
from minitorch.machine_code.status import MISS, RAISE

__all__ = ["write_tree"]

MAX_BLOCK_LINES: Final = 3000
"""Lines in a block: LLVM's time for one block grows faster than its length."""


class FunctionWriter:
    """Writes one function.

    Args:
        emitter: writes its instructions.
        tree: what it computes.
        inputs: how many inputs it has.
    """

    def __init__(self, emitter: Emitter, tree: Node, inputs: int) -> None:
        self.emitter = emitter
        self.nodes = nodes_of(tree)
        self.labels = {id(node): f"node{index}" for index, node in enumerate(self.nodes)}
        self.marks: dict[int, int] = {}
        self.hits = self.decisions = 0
        self.misses: list[str] = []
        self.block_start = 0
        emitter.label("entry")
        # Never true, but LLVM does not know it.
        self.never = emitter.pure("icmp eq ptr %inputs, null")
        self.values = [self.loaded(index) for index in range(inputs)]
        emitter.line(f"br label %{self.labels[id(tree)]}")
        self.marks[id(tree)] = emitter.mark()

    def loaded(self, index: int) -> str:
        """Return an input."""
        number = self.emitter.number
        return self.emitter.pure(f"load {number}, ptr {self.place('%inputs', index)}")

    def place(self, array: str, index: int) -> str:
        """Where an input or an output is."""
        return self.emitter.pure(f"getelementptr {self.emitter.number}, ptr {array}, i64 {index}")

    def write(self) -> None:
        """Write every node."""
        for node in self.nodes:
            self.write_node(node)
        if self.misses:
            self.emitter.label("misses")
            code = self.emitter.effect(f"phi i64 {', '.join(self.misses)}")
            self.emitter.line(f"ret i64 {code}")
        self.emitter.label("raises")
        self.emitter.line(f"ret i64 {RAISE}")

    def write_node(self, node: Node) -> None:
        """Write a straight piece, and how it ends."""
        emitter = self.emitter
        emitter.forget(self.marks[id(node)])
        del self.values[node.first :]
        emitter.label(self.labels[id(node)])
        self.block_start = len(emitter.lines)
        # Stored as soon as they are known, results need not be kept in registers.
        places: dict[int, list[int]] = {}
        if not isinstance(node.after, Branching):
            for index, number in enumerate(node.after):
                places.setdefault(number, []).append(index)
        self.store([number for number in places if number < node.first], places)
        for number, step in enumerate(node.steps, node.first):
            if isinstance(step, Constant):
                self.values.append(emitter.constant(step.value))
            else:
                operands = [self.values[operand] for operand in step.operands]
                self.values.append(lower_operation(emitter, step.function, *operands))
            if number in places:
                self.store([number], places)
            if len(emitter.lines) - self.block_start > MAX_BLOCK_LINES:
                self.leave_if_failed(self.never)
        self.leave_if_failed()
        if isinstance(node.after, Branching):
            self.write_branching(node.after)
        else:
            emitter.line(f"ret i64 {self.hits << 2}")
            self.hits += 1

    def store(self, numbers: Iterable[int], places: Mapping[int, Sequence[int]]) -> None:
        """Store those of some values that are results.

        Args:
            numbers: the values.
            places: where each result goes.
        """
        emitter = self.emitter
        for number in numbers:
            for index in places.get(number, ()):
                emitter.line(f"store {emitter.number} {self.values[number]}, ptr {self.place('%outputs', index)}")

    def leave_if_failed(self, otherwise: str | None = None) -> None:
        """End the block by returning where an operation has failed; without such a one, on another condition."""
        emitter = self.emitter
        condition = otherwise if emitter.failure is None else emitter.any_lane(emitter.failure)
        if condition is not None:
            following = emitter.new_label()
            emitter.line(f"br i1 {condition}, label %raises, label %{following}")
            emitter.label(following)
            emitter.failure = None
            self.block_start = len(emitter.lines)

    def write_branching(self, branching: Branching) -> None:
        """Go on as a decision comes out."""
        labels = {outcome: self.labels[id(node)] for outcome, node in branching.branches.items()}
        if write_switch(self.emitter, branching.kind, self.values[branching.value], labels, "misses"):
            self.misses.append(f"[ {self.decisions << 2 | MISS}, %{self.emitter.block} ]")
        self.decisions += 1
        for node in branching.branches.values():
            self.marks[id(node)] = self.emitter.mark()


def write_tree(
    tree: Node, inputs: int, declarations: Declarations, *, name: str, lanes: int = 1, fastmath: bool = False
) -> str:
    """Return a function that computes a tree, as text.

    Args:
        tree: what it computes.
        inputs: how many inputs it has.
        declarations: gets what it calls.
        name: what the function is called.
        lanes: how many rows it computes at once.
        fastmath: whether arithmetic may be reordered and rounded differently.
    """
    emitter = Emitter(declarations, lanes, fastmath)
    FunctionWriter(emitter, tree, inputs).write()
    return f"define i64 @{name}(ptr %inputs, ptr %outputs) {{\n{emitter.text()}\n}}\n"
