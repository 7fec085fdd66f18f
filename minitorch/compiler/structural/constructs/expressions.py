"""Expressions: each writes its code and gives a value."""

from __future__ import annotations

import ast
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from minitorch.compiler.structural.basis.frames import RESULT, Generator, Way
from minitorch.compiler.structural.basis.kinds import Static, Tuple, Value, described, static
from minitorch.compiler.structural.basis.refusals import Refused, Unreached
from minitorch.compiler.structural.basis.syntax import names_of_expressions, names_stored
from minitorch.compiler.structural.constructs.comprehension_functions import Comprehension
from minitorch.compiler.structural.constructs.names import Names
from minitorch.compiler.structural.values.arithmetic import COMPARISONS
from minitorch.compiler.structural.values.iteration import Iterated, iterated, refuse_to_keep

__all__ = ["Expressions"]


@dataclass(frozen=True)
class Starred:
    """The elements of something of any length, among others."""

    over: Iterated


def starred(over: Iterated) -> Value:
    """Return the elements of something of any length as one value."""
    return static(Starred(over))


def is_starred(value: Value) -> bool:
    """Return whether a value stands for elements of which there may be any number."""
    return isinstance(value.constant, Starred)


class Expressions(Names):
    """The part of a walk that evaluates expressions."""

    def expression(self, node: ast.expr) -> Value:
        """Write an expression."""
        method: Callable[[Any], Value] | None = getattr(self, f"expression_{type(node).__name__}", None)
        if method is None:
            raise Refused(f"{type(node).__name__} is not compiled", node)
        try:
            self.place_key = id(node)
            return self.note(node, method(node))
        except Refused as refused:
            raise refused.at(node, self.frame.file) from None

    def expression_Constant(self, node: ast.Constant) -> Value:
        """Write `Constant`."""
        return self.of(node.value)

    def expression_NamedExpr(self, node: ast.NamedExpr) -> Value:
        """Write `NamedExpr`."""
        value = self.expression(node.value)
        refuse_to_keep(value)
        self.set_variable(node.target.id, value)
        return value

    def expression_Tuple(self, node: ast.Tuple) -> Value:
        """Write `Tuple`."""
        values = self.kept(node.elts)
        return self.joined_elements(node, values, tuple) if any(map(is_starred, values)) else self.tuple_of(values)

    def expression_List(self, node: ast.List) -> Value:
        """Write `List`."""
        items = self.kept(node.elts)
        if any(map(is_starred, items)):
            return self.joined_elements(node, items, list)
        return self.list_of(self.memory.site(self.key(node)), items)

    def joined_elements(self, node: ast.expr, values: Sequence[Value], own_type: type) -> Value:
        """Write a list, or a tuple, in which all elements of others stand beside single ones."""
        made = self.list_of(self.memory.site(self.key(node)), [], own_type)
        for place, value in enumerate(values):
            if is_starred(value):
                self.append_all((self.key(node), place), made, value.constant.over)
            else:
                self.append(made, value)
        return made

    def append_all(self, key: Hashable, made: Value, over: Iterated) -> None:
        """Write a loop that puts elements at the end of a list."""
        self.loop(key, [], lambda turn: over.more(self, turn), lambda turn: self.append(made, over.item(self, turn)))

    def kept(self, nodes: Sequence[ast.expr]) -> list[Value]:
        """Write the elements of a tuple or list."""
        values = self.several(nodes)
        for value in values:
            refuse_to_keep(value)
        return values

    def several(self, nodes: Sequence[ast.expr]) -> list[Value]:
        """Write expressions; a `*` gives the elements of a tuple."""
        values: list[Value] = []
        for node in nodes:
            if isinstance(node, ast.Starred):
                value = self.expression(node.value)
                if isinstance(value.constant, Generator):
                    value = self.all_of(value)
                has_length = isinstance(value.kind, (Static, Tuple)) and not isinstance(value.constant, Iterated)
                values += self.unpacked(value) if has_length else [starred(iterated(self, value))]
            else:
                values.append(self.expression(node))
        return values

    def unpacked(self, value: Value) -> list[Value]:
        """Return the elements of what stands behind `*`."""
        if isinstance(value.kind, Tuple):
            return self.items_of(value)
        if isinstance(value.kind, Static) and type(value.kind.object) in (list, tuple):
            self.reads.note_container(value.kind.object)
            return [self.of(each) for each in value.kind.object]
        raise Refused(f"`*` before {described(value.kind)}")

    # -- operators -----------------------------------------------------------------------------------------------------

    def expression_BinOp(self, node: ast.BinOp) -> Value:
        """Write `BinOp`."""
        x = self.expression(node.left)
        y = self.expression(node.right)
        self.place_key = id(node)
        return self.binary(type(node.op), x, y)

    def expression_UnaryOp(self, node: ast.UnaryOp) -> Value:
        """Write `UnaryOp`."""
        return self.unary(node.op, self.expression(node.operand))

    def expression_Compare(self, node: ast.Compare) -> Value:
        """Write `Compare`."""
        x = self.expression(node.left)
        result: Value | None = None
        ways: list[Way] = []
        mark = self.writer.mark()
        for index, (operator, right) in enumerate(zip(node.ops, node.comparators, strict=True)):
            y = self.expression(right)
            result = self.compared(operator, x, y)
            x = y
            if index + 1 < len(node.ops):
                ways += self.parted(result, stays=True, value=result)
                if self.frame.env is None:
                    break
        assert result is not None
        return self.gathered(mark, ways, result) if ways else result

    def compared(self, operator: ast.cmpop, x: Value, y: Value) -> Value:
        """Write one comparison."""
        if isinstance(operator, (ast.Is, ast.IsNot)):
            if not (isinstance(x.kind, Static) or isinstance(y.kind, Static)):
                raise Refused("`is` of numbers")
            return self.of((x.kind == y.kind) is isinstance(operator, ast.Is))
        if type(operator) not in COMPARISONS:
            raise Refused(f"the comparison {type(operator).__name__}")
        if isinstance(x.kind, Static) and isinstance(y.kind, Static) and isinstance(operator, (ast.Eq, ast.NotEq)):
            if not all(type(each.kind.object) in (str, type(None)) for each in (x, y)):  # type: ignore[union-attr]
                raise Refused("a comparison of such objects")
            return self.of((x.constant == y.constant) is isinstance(operator, ast.Eq))
        return self.compare(type(operator), x, y)

    # -- choices -------------------------------------------------------------------------------------------------------

    def parted(self, asked: Value, stays: bool, value: Value) -> list[Way]:
        """Go on where a value is as true as said, and return the other way, on which it is the result."""
        truth = self.truth_of(asked)
        if truth in ("true", "false"):
            if (truth == "true") is stays:
                return []
            self.env[RESULT] = value
            way = self.way()
            self.frame.env = None
            return [way]
        on, other = self.writer.new_label(), self.writer.new_label()
        self.writer.branch(truth, *((on, other) if stays else (other, on)))
        env = dict(self.env)
        env[RESULT] = value
        self.writer.start(on)
        return [Way(other, env)]

    def gathered(self, mark: int, ways: list[Way], value: Value | None) -> Value:
        """Go on where ways meet, with the value of a choice."""
        if self.frame.env is not None and value is not None:
            self.env[RESULT] = value
            ways.append(self.way())
        self.merge(mark, ways)
        return self.variable(self.env, RESULT) if self.env.get(RESULT) else self.env.pop(RESULT)

    def expression_BoolOp(self, node: ast.BoolOp) -> Value:
        """Write `BoolOp`."""
        ways: list[Way] = []
        mark = self.writer.mark()
        value: Value | None = None
        for index, each in enumerate(node.values):
            try:
                value = self.expression(each)
            except Unreached:
                if not ways:
                    raise
                self.leave()
                break
            if index + 1 < len(node.values):
                ways += self.parted(value, isinstance(node.op, ast.And), value)
                if self.frame.env is None:
                    break
        return self.gathered(mark, ways, value)

    def expression_IfExp(self, node: ast.IfExp) -> Value:
        """Write `IfExp`."""
        truth = self.truth_of(self.expression(node.test))
        return self.choice(truth, lambda: self.expression(node.body), lambda: self.expression(node.orelse))

    def choice(self, truth: str, yes_value: Callable[[], Value], no_value: Callable[[], Value]) -> Value:
        """Write one of two expressions."""
        if truth in ("true", "false"):
            return yes_value() if truth == "true" else no_value()
        mark = self.writer.mark()
        yes, no = self.writer.new_label(), self.writer.new_label()
        self.writer.branch(truth, yes, no)
        before = dict(self.env)
        ways: list[Way] = []
        for label, branch in ((yes, yes_value), (no, no_value)):
            inner = self.writer.mark()
            self.writer.start(label)
            self.frame.env = dict(before)
            try:
                self.env[RESULT] = branch()
                ways.append(self.way())
            except Unreached:
                self.leave()
            self.writer.forget(inner)
        self.merge(mark, ways)
        return self.variable(self.env, RESULT)

    # -- elements ------------------------------------------------------------------------------------------------------

    def expression_Subscript(self, node: ast.Subscript) -> Value:
        """Write `Subscript`."""
        value = self.expression(node.value)
        if isinstance(node.slice, ast.Slice):
            return self.sliced(value, node.slice, node)
        return self.subscript(value, self.expression(node.slice))

    # -- comprehensions ------------------------------------------------------------------------------------------------

    def expression_ListComp(self, node: ast.ListComp) -> Value:
        """Write `ListComp`."""
        return self.comprehension(node)

    def comprehension(self, node: ast.ListComp | ast.GeneratorExp) -> Value:
        """Write a comprehension, or a generator that is used up at once, as a list."""
        first = self.expression(node.generators[0].iter)
        if self.is_function(node, first):
            return self.run_comprehension(node, first)
        made = self.list_of(self.memory.site(self.key(node)), [])

        def put() -> None:
            item = self.expression(node.elt)
            refuse_to_keep(item)
            self.append(made, item)

        self.comprehended(node, lambda: self.generate(node, 0, put, first))
        return made

    def comprehended(self, node: Comprehension, body: Callable[[], None]) -> None:
        """Write the body of a comprehension, whose variables are its own."""
        # What `:=` names is the function's own.
        names = set(names_stored(node)) - names_of_expressions(node)
        hidden = {name: self.env.pop(name) for name in names if name in self.env}
        self.frame.hidden.append((names, hidden))
        try:
            body()
        finally:
            self.frame.hidden.pop()
        env = self.env
        for name in names:
            env.pop(name, None)
        env.update(hidden)

    def generate(
        self,
        node: Comprehension,
        level: int,
        put: Callable[[], None],
        first: Value | None = None,
    ) -> None:
        """Write one `for` of a comprehension, or what it does with its element."""
        if level == len(node.generators):
            put()
            return
        generator = node.generators[level]
        value = self.expression(generator.iter) if first is None else first
        if isinstance(value.constant, Generator):
            # The next walk knows that.
            self.memory.comprehensions.add(node)
            self.memory.is_changed = True
            raise Unreached
        over = iterated(self, value)
        key = (*self.frame.path, "for", id(generator))

        def body(turn: str) -> None:
            self.assign(generator.target, over.item(self, turn))
            for question in generator.ifs:
                asked = self.expression(question)
                inner = self.parted(asked, True, asked)
                self.frame.loops[-1][0].extend(inner)
                if self.frame.env is None:
                    return
            self.generate(node, level + 1, put)

        def more(turn: str) -> str:
            return over.more(self, turn)

        self.loop(key, names_stored(node), more, body)

    def is_function(self, node: Comprehension, first: Value) -> bool:
        """Return whether a comprehension is a function of its own, since it goes over a generator."""
        return isinstance(first.constant, Generator) or node in self.memory.comprehensions

    def run_comprehension(self, node: Comprehension, first: Value) -> Value:
        """Write a comprehension as a function of its own."""
        raise NotImplementedError

    def all_of(self, value: Value) -> Value:
        """Write a list of all values of a generator."""
        raise NotImplementedError

    # -- given by others -----------------------------------------------------------------------------------------------

    def assign(self, target: ast.expr, value: Value) -> None:
        """Write an assignment."""
        raise NotImplementedError

    def sliced(self, value: Value, bounds: ast.Slice, node: ast.expr) -> Value:
        """Write the reading of a slice."""
        raise NotImplementedError
