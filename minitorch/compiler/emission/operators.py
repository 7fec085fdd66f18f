"""Operators of numbers, and what `+` and `*` do with lists and tuples."""

from __future__ import annotations

import ast

from minitorch.compiler.emission.items import MAX_BITS, Item
from minitorch.compiler.emission.writing import Writing
from minitorch.compiler.structural.basis.kinds import Bool, Float, Int, List, Tuple
from minitorch.compiler.structural.values.arithmetic import BINARY
from minitorch.machine_code.export.terms import Call, Name
from minitorch.machine_code.program import Constant

__all__ = ["Operators"]

EXACT_BITS = 53
"""An int of so many bits is a float."""


class Operators(Writing):
    """The part of a writer that knows operators."""

    def expression(self, node: ast.expr, direct: bool = False) -> Item:
        """Return the value of an expression."""
        raise NotImplementedError

    def interferes(self, node: ast.AST) -> bool:
        """Return whether an expression may put something on the tape or change something when it is evaluated."""
        raise NotImplementedError

    def truth(self, item: Item) -> str:
        """Return whether a value is true."""
        raise NotImplementedError

    def truth_item(self, text: str) -> Item:
        """Return a condition as a value."""
        return Item(Bool(), text, Name(text, truth=True))

    def leave_if(self, condition: str) -> None:
        """Write that the function leaves where Python would raise."""
        if self.language.is_checked:
            self.branch(condition, lambda: self.does(self.language.failure()))
        else:
            self.line(f"if ({condition}) {self.language.failure()};")

    # -- operators -----------------------------------------------------------------------------------------------------

    def expression_BinOp(self, node: ast.BinOp) -> Item:
        """Return `BinOp`."""
        x = self.expression(node.left)
        if self.interferes(node.right):
            x = self.flushed(x)
        return self.binary(node, type(node.op), x, self.expression(node.right))

    def binary(self, node: ast.AST, operator: type[ast.operator], x: Item, y: Item) -> Item:
        """Return an operator of two values."""
        numbers = (Float, Int, Bool)
        if not (isinstance(x.kind, numbers) and isinstance(y.kind, numbers)):
            return self.of_containers(node, operator, x, y)
        if operator not in BINARY:
            words = {ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^"}
            return Item(Int(), term=Name(f"({self.whole(x)} {words[operator]} {self.whole(y)})"))
        name = BINARY[operator]
        if not (isinstance(x.kind, Float) or isinstance(y.kind, Float)) and name != "TrueDiv":
            return self.of_ints(name, x, y)
        return self.operation(name, [self.exact(x), self.exact(y)])

    def exact(self, x: Item) -> Item:
        """Return an operand of an operation of floats; the function leaves where an int is none exactly."""
        if isinstance(x.kind, Int) and not x.is_constant and x.bits > EXACT_BITS and not self.language.is_checked:
            return Item(Float(False), term=Name(f"exact(w, {self.whole(x)})"))
        return x

    def of_ints(self, name: str, x: Item, y: Item) -> Item:
        """Return an operation on ints."""
        bits = max(x.bits, y.bits) + 1 if name in ("Add", "Sub") else x.bits + y.bits
        bits = bits if name in ("Add", "Sub", "Mul") else x.bits if name == "FloorDiv" else min(y.bits, 64)
        if self.language.is_checked or (name in ("Add", "Sub", "Mul") and bits <= MAX_BITS):
            terms = [Name(self.whole(each)) if isinstance(each.term, Constant) else self.value(each) for each in (x, y)]
            return Item(Int(), term=Call(name, tuple(terms)), bits=bits)
        if name == "Pow":
            if not (y.is_constant and 0 <= y.constant <= 4):
                raise self.refusal(self.statement or self.node, "a power of ints")
            made = self.of(1)
            for _ in range(y.constant):
                made = self.of_ints("Mul", made, x)
            return made
        return Item(Int(), term=Name(f"{self.language.of_ints(name)}(w, {self.whole(x)}, {self.whole(y)})"), bits=bits)

    def of_containers(self, node: ast.AST, operator: type[ast.operator], x: Item, y: Item) -> Item:
        """Return an operator of lists or tuples."""
        if isinstance(x.kind, Tuple) and isinstance(y.kind, Tuple) and operator is ast.Add:
            items = [*self.items_of(x), *self.items_of(y)]
            return Item(Tuple(tuple(each.kind for each in items)), items=items)
        if operator is ast.Mult and isinstance(y.kind, List):
            x, y = y, x
        if operator is ast.Mult and isinstance(x.kind, List):
            return Item(x.kind, self.language.of_list("repeated", x.kind, x.text, self.whole(y)))
        raise self.refusal(node, f"the operator {operator.__name__} of such values")

    def expression_UnaryOp(self, node: ast.UnaryOp) -> Item:
        """Return `UnaryOp`."""
        x = self.expression(node.operand)
        if isinstance(node.op, ast.Not):
            return self.truth_item(self.language.negated(self.truth(x)))
        if isinstance(x.kind, Float):
            return self.operation("Neg" if isinstance(node.op, ast.USub) else "Pos", [x])
        return self.of_ints("Sub", self.of(0), x) if isinstance(node.op, ast.USub) else x
