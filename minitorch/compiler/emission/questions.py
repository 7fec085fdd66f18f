"""Questions and choices: comparisons, `and`, `or`, `if` in expressions; what is asked late gets lines of its own."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from minitorch.compiler.emission.items import Item, is_simple
from minitorch.compiler.emission.operators import Operators
from minitorch.compiler.emission.writing import Unreachable
from minitorch.compiler.structural.basis.kinds import Bool, Float, Int, List, Tuple
from minitorch.compiler.structural.values.arithmetic import COMPARISONS
from minitorch.machine_code.export.terms import Call, Name

__all__ = ["Questions"]


class Questions(Operators):
    """The part of a writer that knows questions."""

    # -- questions -----------------------------------------------------------------------------------------------------

    def truth(self, item: Item) -> str:
        """Return whether a value is true."""
        if item.is_constant and not isinstance(item.kind, Tuple):
            return self.language.true if item.constant else self.language.false
        if isinstance(item.kind, Bool):
            return self.language.condition(self.value(item))
        if isinstance(item.kind, Int):
            return f"{self.language.text(self.value(item), True)} != 0"
        if isinstance(item.kind, Float):
            return f"{self.language.text(self.value(item), True)} != 0.0"
        if isinstance(item.kind, List):
            return f"{self.language.length(item.text)} != 0"
        raise self.refusal(self.statement or self.node, "the truth of such a value")

    def expression_Compare(self, node: ast.Compare) -> Item:
        """Return `Compare`."""
        x = self.expression(node.left)
        conditions: list[str] = []
        for index, (operator, right) in enumerate(zip(node.ops, node.comparators, strict=True)):
            is_last = index + 1 == len(node.ops)
            if self.interferes(right):
                x = self.flushed(x)
            lines, y = self.captured(lambda right=right: self.compared_with(right))  # type: ignore[misc]
            if lines and conditions:
                if not is_last:
                    raise self.refusal(node, "such a chain of comparisons")
                name = self.temporary(Bool(), self.together_true(conditions))
                last = self.language.assigned(name, self.compared(node, type(operator), x, y))
                with self.block(self.language.start("if", name)):
                    self.moved_in(lines, last)
                return self.truth_item(name)
            self.lines += lines
            y = y if is_last else self.flushed(y)
            conditions.append(self.compared(node, type(operator), x, y))
            x = y
        return self.truth_item(self.together_true(conditions))

    def compared_with(self, node: ast.expr) -> Item:
        """Return what something is compared with, in such a form that no more lines are needed for it."""
        item = self.expression(node)
        return item if item.term is not None or is_simple(item.text) else self.flushed(item)

    def together_true(self, conditions: Sequence[str]) -> str:
        """Return whether all conditions are true."""
        return self.language.joined(True, conditions) if len(conditions) > 1 else conditions[0]

    def compared(self, node: ast.AST, operator: type[ast.cmpop], x: Item, y: Item) -> str:
        """Return a comparison of two values."""
        if operator not in COMPARISONS or not all(isinstance(each.kind, (Float, Int, Bool)) for each in (x, y)):
            raise self.refusal(node, f"the comparison {operator.__name__} of such values")
        if isinstance(x.kind, Float) or isinstance(y.kind, Float):
            operands = tuple(self.value(self.exact(each)) for each in (x, y))
        else:
            operands = tuple(Name(self.whole(each)) for each in (x, y))
            if operands[0] == operands[1]:
                # Compilers wonder about it.
                return self.language.true if operator in (ast.Eq, ast.LtE, ast.GtE) else self.language.false
        return self.language.condition(Call(COMPARISONS[operator][0], operands))

    def expression_BoolOp(self, node: ast.BoolOp) -> Item:
        """Return `BoolOp`."""
        is_and = isinstance(node.op, ast.And)
        conditions: list[str] = []
        for index, each in enumerate(node.values):
            value = self.known(each)
            if not isinstance(value.kind, Bool) and not value.is_constant:
                raise self.refusal(each, "`and` or `or` of other things than questions")
            if value.is_constant and not isinstance(value.kind, Tuple):
                if bool(value.constant) is is_and:
                    continue
                conditions.append(self.language.false if is_and else self.language.true)
                break
            lines, condition = self.captured(lambda each=each: self.truth(self.expression(each)))  # type: ignore[misc]
            if lines and conditions:
                return self.decided_late(conditions, is_and, node.values[index:])
            self.lines += lines
            conditions.append(condition)
        if not conditions:
            return self.of(is_and)
        return self.truth_item(conditions[0] if len(conditions) == 1 else self.language.joined(is_and, conditions))

    def decided_late(self, conditions: Sequence[str], is_and: bool, rest: Sequence[ast.expr]) -> Item:
        """Return a question of which the rest is asked by lines of its own."""
        first = conditions[0] if len(conditions) == 1 else self.language.joined(is_and, conditions)
        name = self.temporary(Bool(), first)
        going_on = name if is_and else self.language.negated(name)
        values = list(rest)
        following = values[0] if len(values) == 1 else ast.BoolOp(ast.And() if is_and else ast.Or(), values)

        def ask() -> None:
            item = self.expression_BoolOp(following) if len(values) > 1 else self.expression(following)  # type: ignore[arg-type]
            self.line(self.language.assigned(name, self.truth(item)))

        self.branch(going_on, ask)
        return self.truth_item(name)

    def expression_IfExp(self, node: ast.IfExp) -> Item:
        """Return `IfExp`."""
        asked = self.known(node.test)
        if asked.is_constant:
            return self.expression(node.body if asked.constant else node.orelse)
        condition = self.truth(self.expression(node.test))
        kind = self.known(node).kind
        branches = []
        for each in (node.body, node.orelse):
            try:
                branches.append(self.captured(lambda each=each: self.converted(self.inner(each), kind)))  # type: ignore[misc]
            except Unreachable:
                branches.append(([], None))
        (yes_lines, yes), (no_lines, no) = branches
        if yes is None or no is None:
            self.leave_if(condition if yes is None else self.language.negated(condition))
            self.lines += yes_lines or no_lines
            return self.stored(yes or no or "", kind)
        if not yes_lines and not no_lines:
            return self.stored(self.language.choice(condition, yes, no), kind)
        name = self.identifiers.new(None)
        if self.language.end:
            self.line(self.language.declared(kind, name))
        with self.block(self.language.start("if", condition)):
            self.moved_in(yes_lines, self.language.assigned(name, yes))
        with self.block(self.language.otherwise, is_else=True):
            self.moved_in(no_lines, self.language.assigned(name, no))
        return self.stored(name, kind)

    def inner(self, node: ast.expr) -> Item:
        """Return the value of an expression whose lines will stand in a block."""
        return self.expression(node, direct=True)

    def moved_in(self, lines: Sequence[str], last: str) -> None:
        """Write lines in a block that were captured outside, and one more."""
        self.lines += ["    " + line for line in lines]
        self.line(last)
