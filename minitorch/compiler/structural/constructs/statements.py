"""Statements: each writes its code."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Final

from minitorch.compiler.structural.basis.alternatives import present
from minitorch.compiler.structural.basis.errors import Raised
from minitorch.compiler.structural.basis.frames import RESULT, Generator, Way
from minitorch.compiler.structural.basis.kinds import INT, Entry, List, Static, Tuple, Value, described, static
from minitorch.compiler.structural.basis.refusals import Refused, Unreached
from minitorch.compiler.structural.basis.syntax import assigned_names
from minitorch.compiler.structural.constructs.folding import Begun
from minitorch.compiler.structural.constructs.known_elements import KnownElements
from minitorch.compiler.structural.values.iteration import iterated, refuse_to_keep

__all__ = ["Statements"]

MAX_STATEMENTS: Final = 4_000
"""Statements that one walk writes, with those of all calls."""

MAX_DEPTH: Final = 40
MAX_UNROLLED: Final = 64


class Statements(KnownElements):
    """The part of a walk that runs statements."""

    def block(self, nodes: Sequence[ast.stmt]) -> None:
        """Write statements, up to one that nothing comes behind."""
        begun = Begun()
        for node in nodes:
            if self.frame.env is None:
                return
            self.size += 1
            if self.size > MAX_STATEMENTS:
                raise Refused("more statements than are compiled", node)
            try:
                self.statement(node, begun)
            except Unreached:
                self.leave()
            except Refused as refused:
                raise refused.at(node, self.frame.file) from None

    def statement_Pass(self, node: ast.Pass) -> None:
        """Write `Pass`: nothing."""

    def statement_Expr(self, node: ast.Expr) -> None:
        """Write `Expr`."""
        self.expression(node.value)

    def statement_Return(self, node: ast.Return) -> None:
        """Write `Return`."""
        value = static(None) if node.value is None else self.expression(node.value)
        refuse_to_keep(value)
        self.env[RESULT] = value
        self.frame.returns.append((self.way(), value))
        self.frame.env = None

    def statement_Assign(self, node: ast.Assign) -> None:
        """Write `Assign`."""
        value = self.expression(node.value)
        for target in node.targets:
            self.assign(target, value)

    def statement_AnnAssign(self, node: ast.AnnAssign) -> None:
        """Write `AnnAssign`."""
        if node.value is not None:
            self.assign(node.target, self.expression(node.value))

    def statement_AugAssign(self, node: ast.AugAssign) -> None:
        """Write `AugAssign`."""
        target = node.target
        if isinstance(target, ast.Name):
            before = self.expression(ast.copy_location(ast.Name(target.id, ast.Load()), target))
            self.note(target, before)
            self.set_variable(target.id, self.changed(node, before))
        elif isinstance(target, ast.Subscript):
            owner, index = self.owner_and_index(target)
            self.set_item(owner, index, self.changed(node, self.subscript(owner, index)))
        else:
            assert isinstance(target, ast.Attribute)
            owner, name = present(self, self.expression(target.value)), self.mangled(target.attr)
            before = self.attribute(owner, name)
            self.set_attribute(owner, name, self.changed(node, before))

    def changed(self, node: ast.AugAssign, before: Value) -> Value:
        """Write what an operator such as `+=` makes of a value."""
        given = self.expression(node.value)
        self.place_key = id(node)
        return self.note(node, self.in_place(type(node.op), before, given))

    def owner_and_index(self, target: ast.Subscript) -> tuple[Value, Value]:
        """Write which element of what is to be changed."""
        if isinstance(target.slice, ast.Slice):
            raise Refused("a change of a slice")
        owner = present(self, self.expression(target.value))
        index = self.expression(target.slice)
        if isinstance(owner.kind, List):
            # An int is counted from the front, once for reading and writing.
            index = Value(INT, (self.index_of(owner, present(self, index)),))
        return owner, index

    def assign(self, target: ast.expr, value: Value) -> None:
        """Write an assignment."""
        if isinstance(value.constant, Generator) and isinstance(target, (ast.Tuple, ast.List)):
            value = self.all_of(value)
        refuse_to_keep(value)
        if isinstance(target, ast.Name):
            self.set_variable(target.id, value)
        elif isinstance(target, (ast.Tuple, ast.List)):
            self.unpack(target.elts, value)
        elif isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Slice):
            self.assign_slice(target, value)
        elif isinstance(target, ast.Subscript):
            self.set_item(*self.owner_and_index(target), value)
        elif isinstance(target, ast.Attribute):
            owner = self.expression(target.value)
            self.place_key = id(target)
            self.set_attribute(owner, self.mangled(target.attr), value)
        else:
            raise Refused("a target of such a kind")

    def unpack(self, targets: Sequence[ast.expr], value: Value) -> None:
        """Write an assignment to several targets."""
        if isinstance(value.kind, Entry):
            for target, item in zip(targets, self.unpacked(self.taken_apart(value, targets)), strict=True):
                self.assign(target.value if isinstance(target, ast.Starred) else target, item)
            return
        starred = [index for index, target in enumerate(targets) if isinstance(target, ast.Starred)]
        least = len(targets) - len(starred)
        if isinstance(value.kind, List):
            length = self.length(value)
            self.raises(ValueError, self.writer.effect(f"icmp {'slt' if starred else 'ne'} i64 {length}, {least}"))
            self.writer.check()
        elif isinstance(value.kind, (Static, Tuple)):
            count = len(self.unpacked(value))
            if count < least or (count > least and not starred):
                self.raise_always(Raised(ValueError))
        else:
            raise Refused(f"the elements of {described(value.kind)}")
        items = self.spread(value, len(targets), starred[0] if starred else None, self.key(targets[0]))
        for target, item in zip(targets, items, strict=True):
            self.assign(target.value if isinstance(target, ast.Starred) else target, item)

    # -- branches ------------------------------------------------------------------------------------------------------

    def statement_If(self, node: ast.If) -> None:
        """Write `If`."""
        truth = self.truth_of(self.expression(node.test))
        if truth in ("true", "false"):
            self.block(node.body if truth == "true" else node.orelse)
            return
        writer, mark = self.writer, self.writer.mark()
        yes, no = writer.new_label(), writer.new_label()
        writer.branch(truth, yes, no)
        mark = writer.mark()
        before, ways = dict(self.env), []
        for label, branch in ((yes, node.body), (no, node.orelse)):
            writer.start(label)
            self.frame.env = dict(before)
            self.block(branch)
            if self.frame.env is not None:
                ways.append(self.way())
            writer.forget(mark)
        self.merge(mark, ways)

    def statement_Assert(self, node: ast.Assert) -> None:
        """Write `Assert`."""
        self.raises(AssertionError, self.writer.negation(self.truth_of(self.expression(node.test))))
        self.writer.check()

    # -- loops ---------------------------------------------------------------------------------------------------------

    def statement_While(self, node: ast.While) -> None:
        """Write `While`."""
        names = assigned_names([node])
        self.loop(
            self.key(node),
            names,
            lambda turn: self.truth_of(self.expression(node.test)),
            lambda turn: self.block(node.body),
            lambda: self.block(node.orelse),
        )

    def statement_For(self, node: ast.For) -> None:
        """Write `For`."""
        value = self.opened(self.expression(node.iter))
        if isinstance(value.kind, Tuple) and len(set(value.kind.items)) > 1:
            self.unrolled(node, self.items_of(value))
            return
        if isinstance(value.constant, Generator):
            self.consume(
                value.constant,
                assigned_names([node]),
                lambda item: self.turn_of(node, item),
                lambda: self.block(node.orelse),
            )
            return
        self.place_key = id(node)
        over = iterated(self, value)

        def body(turn: str) -> None:
            self.turn_of(node, over.item(self, turn))

        self.loop(
            self.key(node),
            assigned_names([node]),
            lambda turn: over.more(self, turn),
            body,
            lambda: self.block(node.orelse),
        )

    def turn_of(self, node: ast.For, item: Value) -> None:
        """Write one turn of a loop."""
        self.assign(node.target, item)
        self.block(node.body)

    def unrolled(self, node: ast.For, items: Sequence[Value]) -> None:
        """Write the body of a loop once for each element of a tuple."""
        if len(items) > MAX_UNROLLED:
            raise Refused("a loop over a long tuple of different things")
        mark = self.writer.mark()
        breaks: list[Way] = []
        for item in items:
            if self.frame.env is None:
                break
            again: list[Way] = []
            self.frame.loops.append((again, breaks))
            self.turn_of(node, item)
            self.frame.loops.pop()
            if self.frame.env is not None:
                again.append(self.way())
            self.merge(mark, again)
        if self.frame.env is not None:
            self.block(node.orelse)
        if self.frame.env is not None:
            breaks.append(self.way())
        self.merge(mark, breaks)

    def statement_Break(self, node: ast.Break) -> None:
        """Write `Break`."""
        self.frame.loops[-1][1].append(self.way())
        self.frame.env = None

    def statement_Continue(self, node: ast.Continue) -> None:
        """Write `Continue`."""
        self.frame.loops[-1][0].append(self.way())
        self.frame.env = None

    def statement_FunctionDef(self, node: ast.FunctionDef) -> None:
        """Write `FunctionDef`."""
        decorators = [self.expression(each) for each in node.decorator_list]
        function = self.local_function(node)
        for decorator in reversed(decorators):
            function = self.call_value(decorator, [function], {})
        self.set_variable(node.name, function)

    def statement_Nonlocal(self, node: ast.Nonlocal) -> None:
        """Write `Nonlocal`: nothing."""

    def statement_Global(self, node: ast.Global) -> None:
        """Write `Global`: nothing."""

    def statement_Delete(self, node: ast.Delete) -> None:
        """Write `Delete`, of variables and of elements."""
        for target in node.targets:
            if isinstance(target, ast.Name):
                self.delete_variable(target.id)
            elif isinstance(target, ast.Subscript):
                self.delete_items(target)
            else:
                raise Refused("the deletion of an attribute")
