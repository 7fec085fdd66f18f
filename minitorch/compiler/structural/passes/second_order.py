"""A walk that writes what second derivatives need: each partial derivative that moves is a node, too.

Behind an operation's edges the rows' partial derivatives are written once more, as expressions of numbers with a
history, as `RuleFunction.recorded_chain_rule` evaluates them; a link says which edge has which (`forward_passes`).
"""

from __future__ import annotations

from collections.abc import Sequence
from types import FunctionType
from typing import Any

from minitorch.compiler.structural.basis.frames import COUNT, Frame
from minitorch.compiler.structural.basis.kinds import Float, Value
from minitorch.compiler.structural.basis.reads import Reads
from minitorch.compiler.structural.basis.refusals import Refused
from minitorch.compiler.structural.constructs.functions import definition_node
from minitorch.compiler.structural.constructs.statements import Statements
from minitorch.compiler.structural.passes.tape import push_link
from minitorch.compiler.structural.values.builtin_calls import ROWS
from minitorch.machine_code.partials import partials_tree
from minitorch.machine_code.program import Branching, Constant, Node
from minitorch.rules import special
from minitorch.rules.real import RULES

__all__ = ["SecondOrder"]


class SecondOrder(Statements):
    """A walk for second derivatives.

    Attributes:
        operation: the row whose edges are written; empty between operations.
        is_partial: whether what is written is a partial derivative, of which first derivatives are enough.
    """

    operation = ""
    is_partial = False

    def apply(self, name: str, *operands: Value) -> Value:
        """Write a row's operation, and behind it how its partial derivatives move."""
        if self.is_partial:
            return super().apply(name, *operands)
        self.operation = name
        try:
            result = super().apply(name, *operands)
        finally:
            self.operation = ""
        active = [index for index, operand in enumerate(operands) if is_active(operand)]
        if active and is_active(result):
            self.is_partial, reads, self.reads, equates = True, self.reads, Reads(), self.equates
            try:
                partials = self.partial_values(name, active, [*operands, result])
                for offset, partial in enumerate(partials):
                    if is_active(partial):
                        nodes = result.parts[1], partial.parts[1]
                        self.env[COUNT] = push_link(self.writer, self.count(), *nodes, offset)
            finally:
                self.is_partial, self.reads, self.equates = False, reads, equates
        return result

    def note_tie(self, equal: str, left: str, right: str) -> None:
        """Note that numbers are equal, unless a partial derivative asks that: its branches are not the user's."""
        if not self.is_partial:
            super().note_tie(equal, left, right)

    def made(self, result: str, edges: list[tuple[str, str]]) -> Value:
        """Return a float with a history: of a row's operation, as the partial derivatives of others are not known."""
        if not self.operation and not self.is_partial:
            raise Refused("second derivatives of an operation that is no row's")
        return super().made(result, edges)

    def note_list_row(self, name: str) -> None:
        """Refuse a row of lists, of whose partial derivatives none is a node."""
        raise Refused(f"second derivatives of `math.{name.lower()}` of a list")

    def partial_values(self, name: str, wanted: Sequence[int], operands: Sequence[Value]) -> list[Value]:
        """Write partial derivatives of a row.

        Args:
            name: the row.
            wanted: the positions of the operands that they are by.
            operands: the operands, and behind them the result.
        """
        rule, arity = RULES[name], len(operands) - 1
        trees = [partials_tree(name, arity, (index,)) for index in wanted]
        if all(tree is not None and not isinstance(tree.after, Branching) for tree in trees):
            return [self.replayed(tree, operands) for tree in trees if tree is not None]
        if rule.gradient is None:
            return [self.call(rule.partials[index], operands, {}) for index in wanted]
        every = self.call(rule.gradient, [self.tuple_of(operands[:-1]), operands[-1]], {})
        return [self.subscript(every, self.of(index)) for index in wanted]

    def replayed(self, tree: Node, operands: Sequence[Value]) -> Value:
        """Write the operations of a program without decisions."""
        assert not isinstance(tree.after, Branching)
        values = list(operands)
        for step in tree.steps:
            if isinstance(step, Constant):
                values.append(self.of(step.value))
            else:
                values.append(self.apply(step.function, *(values[operand] for operand in step.operands)))
        return values[tree.after[0]]

    def call(self, function: Any, arguments: Sequence[Value], named: dict[str, Value]) -> Value:
        """Write a call; in partial derivatives also of what they are written with."""
        if not self.is_partial or type(function) is not FunctionType or named:
            return super().call(function, arguments, named)
        if function is special.power:
            # Where Python raises the call leaves.
            return self.apply("Pow", *arguments)
        if function in ROWS:
            return self.apply(ROWS[function], *arguments)
        return self.inlined(definition_node(function), arguments, {}, (), {}, Frame({}, frozenset(), function))


def is_active(value: Value) -> bool:
    """Return whether a value is a float that may have a history."""
    return isinstance(value.kind, Float) and value.kind.active
