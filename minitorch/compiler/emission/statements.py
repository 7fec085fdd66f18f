"""Statements: each is written with the user's line above it where it does not look the same."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Sequence
from typing import Any, Final

from minitorch.compiler.emission.calls import Calls
from minitorch.compiler.emission.items import Item, is_active, is_simple, words_in
from minitorch.compiler.emission.writing import Unreachable
from minitorch.compiler.structural.basis.kinds import Bool, Kind, Static, Tuple
from minitorch.machine_code.export.terms import Call, Name

__all__ = ["Statements"]

CHANGES: Final = {"Add": "+=", "Sub": "-=", "Mul": "*=", "TrueDiv": "/="}

BLOCKS = (ast.If, ast.For, ast.While)


class Statements(Calls):
    """The whole writer of a function.

    Attributes:
        result: the kind of what it returns.
        flags: for each loop around a statement the variable that tells whether `break` left it, if it has an `else`.
    """

    result: Kind

    def write(self, result: Kind) -> None:
        """Write the statements of the function."""
        self.result = result
        self.flags: list[str | None] = []
        self.statements(self.body)

    def statements(self, nodes: Sequence[ast.stmt]) -> None:
        """Write statements, up to one that nothing comes behind."""
        for node in nodes:
            before, self.statement = self.statement, node
            first = len(self.lines)
            method: Any = getattr(self, f"statement_{type(node).__name__}", None)
            if method is None:
                raise self.refusal(node, type(node).__name__)
            try:
                method(node)
            except Unreachable:
                self.does(self.language.failure())
                return
            finally:
                self.statement = before
            self.explain(node, first)
            if isinstance(node, (ast.Return, ast.Break, ast.Continue, ast.Raise)):
                return

    def explain(self, node: ast.stmt, first: int) -> None:
        """Put the user's line above the lines of a statement, unless they say the same."""
        source = self.source(node)
        written = [line.strip().rstrip(";") for line in self.lines[first:]]
        if isinstance(node, (ast.FunctionDef, ast.Pass)) or not written:
            return
        if isinstance(node, BLOCKS) and not (isinstance(node, ast.For) and self.language.end):
            return
        if len(written) == 1 and re.sub(r"\W", "", written[0]) == re.sub(r"\W", "", source):
            return
        number = getattr(node, "lineno", 0)
        self.lines.insert(first, "    " * self.depth + self.language.comment(f"{number}: {source}"))

    def statement_Pass(self, node: ast.Pass) -> None:
        """Write `Pass`."""

    def statement_FunctionDef(self, node: ast.FunctionDef) -> None:
        """Write `FunctionDef`: it is written where it is called first."""

    def statement_Expr(self, node: ast.Expr) -> None:
        """Write `Expr`."""
        if isinstance(node.value, ast.Constant):
            return
        self.drop(self.expression(node.value, direct=True))

    def drop(self, item: Item) -> None:
        """Write what is done, but used by nobody."""
        for each in item.items or ():
            self.drop(each)
        text = item.text if item.term is None else self.language.text(item.term)
        if text and not is_simple(text) and not isinstance(item.kind, Static):
            self.does(self.language.dropped(text))

    def statement_Return(self, node: ast.Return) -> None:
        """Write `Return`."""
        if node.value is None or isinstance(self.result, Static):
            if node.value is not None:
                self.drop(self.expression(node.value, direct=True))
            self.does("return")
            return
        item = self.expression(node.value, direct=True)
        self.does(f"return {self.converted(item, self.result)}")

    # -- assignments ---------------------------------------------------------------------------------------------------

    def statement_Assign(self, node: ast.Assign) -> None:
        """Write `Assign`."""
        item = self.expression(node.value, direct=True)
        if len(node.targets) > 1:
            item = self.flushed(item)
        for target in node.targets:
            self.assign(target, item)

    def statement_AnnAssign(self, node: ast.AnnAssign) -> None:
        """Write `AnnAssign`."""
        if node.value is not None:
            self.assign(node.target, self.expression(node.value, direct=True))

    def statement_AugAssign(self, node: ast.AugAssign) -> None:
        """Write `AugAssign`."""
        target, operator = node.target, type(node.op)
        if isinstance(target, ast.Name):
            value = self.known(target)
            variable = self.variable(target.id, value.kind)
            if variable is None:
                raise self.refusal(node, f"the name {target.id!r}")
            if variable.flag is not None:
                self.leave_if(self.language.negated(variable.flag))
            before = self.stored(variable.name, variable.kind, value.kind).but(constant=value.constant, varies=True)
            if self.interferes(node.value) and variable.kind != value.kind:
                before = self.flushed(before)
            self.store(target.id, self.binary(node, operator, before, self.expression(node.value)))
            return
        if not isinstance(target, ast.Subscript):
            raise self.refusal(node, "a change of an attribute")
        values, index = self.several([target.value, target.slice])
        place = self.of(index.constant) if index.is_constant else self.flushed(index)
        before = self.element(values, place)
        if self.interferes(node.value):
            before = self.flushed(before)
        after = self.binary(node, operator, before, self.expression(node.value))
        self.put(values, place, after)

    def put(self, values: Item, index: Item, item: Item) -> None:
        """Write a change of an element of a list."""
        text = self.converted(item, self.element_kind(values.kind))
        self.does(self.language.put(values.kind, values.text, self.whole(index), text))

    def assign(self, target: ast.expr, item: Item, in_loop: bool = False) -> None:
        """Write an assignment."""
        if isinstance(target, ast.Name):
            self.store(target.id, item)
        elif isinstance(target, (ast.Tuple, ast.List)):
            self.unpack(target, item)
        elif isinstance(target, ast.Subscript):
            if self.interferes(target):
                item = self.flushed(item)
            # The value is computed before the place.
            values = self.expression(target.value)
            text = self.converted(item, self.element_kind(values.kind))
            index = self.expression(target.slice)
            self.does(self.language.put(values.kind, values.text, self.whole(index), text))
        else:
            raise self.refusal(target, "a change of an attribute")

    def store(self, name: str, item: Item) -> None:
        """Write that a variable gets a value."""
        variable = self.variable(name, item.kind)
        if variable is None:
            self.drop(item)
            return
        term = item.term if isinstance(item.term, Call) and item.term.function in CHANGES else None
        is_same = variable.kind == item.kind and not is_active(variable.kind)
        if term is not None and is_same and term.operands[0] == Name(variable.name):
            self.does(f"{variable.name} {CHANGES[term.function]} {self.language.text(term.operands[1])}")
            return
        text = self.converted(item, variable.kind)
        if text != variable.name:
            is_home = variable.home is not None and (variable.home == -1 or variable.home == id(self.statement))
            write = self.language.defined if is_home else lambda kind, name, text: self.language.assigned(name, text)
            self.line(write(variable.kind, variable.name, text))
        if variable.flag is not None:
            self.line(self.language.assigned(variable.flag, self.language.true))

    def unpack(self, target: ast.Tuple | ast.List, item: Item) -> None:
        """Write an assignment to several targets."""
        targets = target.elts
        if any(isinstance(each, ast.Starred) for each in targets):
            raise self.refusal(target, "`*` among targets")
        if isinstance(item.kind, Static):
            items = [self.of(each, self.part(item.text, index)) for index, each in enumerate(item.constant)]
        elif isinstance(item.kind, Tuple):
            items = self.items_of(item)
        else:
            items = self.elements_for(targets, item)
            if not items:
                return
        if len(items) != len(targets):
            raise self.refusal(target, "more or fewer elements than targets")
        if self.together(targets, items):
            return
        names: set[str] = set()
        mentioned = [words_in([self.written_as(each)]) for each in items]
        for index, each in enumerate(targets):
            later = set().union(*mentioned[index + 1 :])
            names |= {name for name in self.names_of(each) if name in later}
        if names or any(self.changes(each) for each in targets):
            items = [self.flushed_copy(each) for each in items]
        for each, one in zip(targets, items, strict=True):
            self.assign(each, one)

    def changes(self, target: ast.expr) -> bool:
        """Return whether a target is an element of a list."""
        return isinstance(target, ast.Subscript)

    def names_of(self, target: ast.expr) -> set[str]:
        """Return what the variables of a target are called in the text."""
        names = {each.id for each in ast.walk(target) if isinstance(each, ast.Name)}
        return {variable.name for (name, _), variable in self.variables.items() if name in names}

    def written_as(self, item: Item) -> str:
        """Return the text of a value, for what it mentions."""
        texts = [item.text, *(self.written_as(each) for each in item.items or ())]
        if item.operation is not None:
            texts += [self.written_as(each) for each in item.operation.operands]
        return " ".join([*texts, self.language.text(item.term) if item.term is not None else ""])

    def flushed_copy(self, item: Item) -> Item:
        """Return a value under a name of its own, also where it is that of a variable."""
        made = self.flushed(item)
        if made.items is not None:
            return made.but(items=[self.flushed_copy(each) for each in made.items])
        if made.is_constant or isinstance(made.kind, Static) or made.text.startswith("t"):
            return made
        return self.stored(self.temporary(made.kind, self.converted(made, made.kind)), made.kind)

    def together(self, targets: Sequence[ast.expr], items: Sequence[Item]) -> bool:
        """Write an assignment of several variables at once, in a language that has that; return whether it was."""
        if not self.language.is_checked or not all(isinstance(each, ast.Name) for each in targets):
            return False
        variables = [self.variable(each.id, item.kind) for each, item in zip(targets, items, strict=True)]  # type: ignore[attr-defined]
        if any(variable is None for variable in variables):
            return False
        lines, texts = self.captured(
            lambda: [self.converted(item, variable.kind) for item, variable in zip(items, variables, strict=True)]  # type: ignore[union-attr]
        )
        self.lines += lines
        self.line(f"{', '.join(variable.name for variable in variables)} = {', '.join(texts)}")  # type: ignore[union-attr]
        return True

    def elements_for(self, targets: Sequence[ast.expr], item: Item) -> list[Item]:
        """Return the elements of a list for as many targets; none where the language unpacks lists itself."""
        values = self.flushed(self.as_list(item))
        kind = self.element_kind(values.kind)
        count = len(targets)
        if not self.language.is_checked:
            self.leave_if(f"{self.language.length(values.text)} != {count}")
            return [self.stored(self.language.surely(values.text, str(index)), kind) for index in range(count)]
        later: list[tuple[ast.Name, str, Kind]] = []
        pattern = [self.pattern(each, kind, later) for each in targets]
        self.line(f"{', '.join(pattern)}{',' if count == 1 else ''} = {item.text or values.text}")
        for name, given, one in later:
            self.store(name.id, self.stored(given, one))
        return []

    # -- branches and loops --------------------------------------------------------------------------------------------

    def statement_If(self, node: ast.If) -> None:
        """Write `If`."""
        asked = self.known(node.test)
        if asked.is_constant and not isinstance(asked.kind, Tuple):
            self.statements(node.body if asked.constant else node.orelse)
            return
        condition = self.truth(self.expression(node.test))
        orelse = node.orelse
        self.branch(
            condition, lambda: self.statements(node.body), (lambda: self.statements(orelse)) if orelse else None
        )

    def statement_Assert(self, node: ast.Assert) -> None:
        """Write `Assert`."""
        self.leave_if(self.language.negated(self.truth(self.expression(node.test))))

    def statement_Raise(self, node: ast.Raise) -> None:
        """Write `Raise`."""
        names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
        text = ast.unparse(node) if names <= set(dir(builtins)) else ""
        self.does(self.language.failure(text))

    def loop_begins(self, node: ast.While | ast.For) -> None:
        """Write what a loop with an `else` needs before it."""
        flag = self.identifiers.new("left") if node.orelse else None
        if flag is not None:
            self.line(self.language.defined(Bool(), flag, self.language.false))
        self.flags.append(flag)

    def loop_ends(self, node: ast.While | ast.For) -> None:
        """Write the `else` of a loop."""
        flag = self.flags.pop()
        if flag is not None:
            self.branch(self.language.negated(flag), lambda: self.statements(node.orelse))

    def statement_While(self, node: ast.While) -> None:
        """Write `While`."""
        asked = self.known(node.test)
        if asked.is_constant and not asked.constant:
            self.statements(node.orelse)
            return
        self.loop_begins(node)
        self.depth += 1
        lines, condition = self.captured(lambda: self.truth(self.expression(node.test)))
        self.depth -= 1
        with self.block(self.language.start("while", self.language.true if lines else condition)):
            if lines:
                self.lines += lines
                self.branch(self.language.negated(condition), lambda: self.does("break"))
            self.statements(node.body)
        self.loop_ends(node)

    def statement_For(self, node: ast.For) -> None:
        """Write `For`."""
        turns = self.turns(node.iter)
        self.loop_begins(node)
        with self.looping(turns, node.target, node):
            self.statements(node.body)
        self.loop_ends(node)

    def statement_Break(self, node: ast.Break) -> None:
        """Write `Break`."""
        if self.flags[-1] is not None:
            self.line(self.language.assigned(self.flags[-1], self.language.true))
        self.does("break")

    def statement_Continue(self, node: ast.Continue) -> None:
        """Write `Continue`."""
        self.does("continue")
