"""Loops: what `for` and comprehensions go over, and how the turns are written."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from minitorch.compiler.emission.expressions import Expressions
from minitorch.compiler.emission.items import Item, covering, is_simple, shape
from minitorch.compiler.emission.variables import Variable
from minitorch.compiler.structural.basis.kinds import Float, Int, Kind, List, Static, Tuple
from minitorch.compiler.structural.basis.syntax import assigned_names
from minitorch.machine_code.export.terms import Name

__all__ = ["Loops", "Turns"]

INDEX_BITS = 40
"""No list, and no loop that ends, has more elements than an int of so many bits counts."""


@dataclass
class Turns:
    """What is gone over.

    Args:
        kind: of what a turn gets.
        text: how a language that goes over things itself writes it.
        more: whether there is something for a turn, given its number.
        item: what that is.
        length: how much there is in all, if that is known before.
        start: of a range, where it begins, and by how much it moves on.
    """

    kind: Kind
    text: str
    more: Callable[[str], str]
    item: Callable[[str], Item]
    length: str = ""
    start: tuple[str, str, int] | None = None


class Loops(Expressions):
    """The part of a writer that knows loops."""

    # -- what is gone over ---------------------------------------------------------------------------------------------

    def turns(self, node: ast.expr) -> Turns:
        """Return what an expression is gone over as."""
        if isinstance(node, ast.Call):
            found = self.known(node.func).constant
            if not node.keywords and not any(isinstance(each, ast.Starred) for each in node.args):
                if found is builtins.range:
                    return self.range(node.args)
                if found is builtins.enumerate:
                    return self.enumerated(node.args)
                if found is builtins.zip:
                    return self.zipped([self.turns(each) for each in node.args])
                if found is builtins.reversed:
                    return self.backwards(self.turns(node.args[0]))
            if found is builtins.zip and len(node.args) == 1 and isinstance(node.args[0], ast.Starred):
                return self.columns(self.known(node).constant, node.args[0].value)
        return self.elements(self.as_list(self.expression(node)))

    def elements(self, values: Item) -> Turns:
        """Return the elements of a list."""
        kind = self.element_kind(values.kind)
        values = self.flushed(values)
        length = self.language.length(values.text)

        def item(turn: str) -> Item:
            if isinstance(kind, Static):
                return self.of(kind.object)
            return self.stored(self.language.surely(values.text, turn), kind)

        return Turns(kind, values.text, lambda turn: f"{turn} < {length}", item, length)

    def range(self, arguments: Sequence[ast.expr]) -> Turns:
        """Return a range."""
        items = [self.expression(each) for each in arguments]
        given = [self.whole(each) for each in items]
        start, stop, step = {1: ["0", *given, "1"], 2: [*given, "1"], 3: given}[len(given)]
        sign = "<" if int(step) > 0 else ">"
        head = f"range({', '.join(given)})"
        bits = max([INDEX_BITS, *(each.bits for each in items[:2] if each.is_constant)])
        if not (len(items) == 1 or items[0].is_constant or items[0].bits <= INDEX_BITS):
            bits = 64

        def item(turn: str) -> Item:
            return Item(Int(), term=Name(turn), bits=bits)

        return Turns(Int(), head, lambda turn: f"{turn} {sign} {stop}", item, start=(start, stop, int(step)))

    def counted(self, turns: Turns) -> Turns:
        """Return a range by the number of its turns, for where others go along."""
        if turns.start is None:
            return turns
        start, stop, step = turns.start
        length = stop if (start, step) == ("0", 1) else f"range_length({start}, {stop}, {step})"
        length = length if is_simple(length) else self.temporary(Int(), length)

        def item(turn: str) -> Item:
            scaled = turn if step == 1 else f"{turn} * {step}"
            return Item(
                Int(), term=Name(turn if (start, step) == ("0", 1) else f"({start} + {scaled})"), bits=INDEX_BITS
            )

        return Turns(Int(), turns.text, lambda turn: f"{turn} < {length}", item, length)

    def enumerated(self, arguments: Sequence[ast.expr]) -> Turns:
        """Return `enumerate`."""
        inner = self.counted(self.turns(arguments[0])) if not self.language.is_checked else self.turns(arguments[0])
        start = self.whole(self.expression(arguments[1])) if len(arguments) > 1 else "0"
        text = f"enumerate({inner.text}{'' if start == '0' else f', {start}'})"
        kind = Tuple((Int(), inner.kind))

        def item(turn: str) -> Item:
            number = Item(Int(), term=Name(turn if start == "0" else f"({start} + {turn})"), bits=INDEX_BITS)
            return Item(kind, items=[number, inner.item(turn)])

        return Turns(kind, text, inner.more, item, inner.length)

    def zipped(self, inner: Sequence[Turns]) -> Turns:
        """Return `zip`."""
        if not self.language.is_checked:
            inner = [self.counted(each) for each in inner]
        kind = Tuple(tuple(each.kind for each in inner))
        return Turns(
            kind,
            f"zip({', '.join(each.text for each in inner)})",
            lambda turn: self.language.joined(True, [each.more(turn) for each in inner]),
            lambda turn: Item(kind, items=[each.item(turn) for each in inner]),
        )

    def backwards(self, inner: Turns) -> Turns:
        """Return `reversed`."""
        text = f"reversed({inner.text})"
        if self.language.is_checked:
            return Turns(inner.kind, text, inner.more, inner.item)
        inner = self.counted(inner)
        length = inner.length if is_simple(inner.length) else self.temporary(Int(), inner.length)
        return Turns(
            inner.kind,
            text,
            lambda turn: f"{turn} < {length}",
            lambda turn: inner.item(f"{length} - 1 - {turn}"),
            length,
        )

    def columns(self, found: Any, node: ast.expr) -> Turns:
        """Return `zip(*rows)`."""
        rows = self.flushed(self.as_list(self.expression(node)))
        site = self.module.walk.memory.site((found.key, "column"))
        kind, row_kind = List(site), self.element_kind(rows.kind)
        text = f"zip(*{rows.text})"
        if self.language.is_checked:
            return Turns(kind, text, lambda turn: "", lambda turn: Item(kind, ""))
        width = self.temporary(Int(), self.language.of_list("width", rows.kind, rows.text))

        def item(turn: str) -> Item:
            made = self.language.of_list("column", rows.kind, rows.text, turn)
            return Item(row_kind, self.temporary(row_kind, made))

        return Turns(row_kind, text, lambda turn: f"{turn} < {width}", item, width)

    # -- loops ---------------------------------------------------------------------------------------------------------

    @contextmanager
    def looping(self, turns: Turns, target: ast.expr, home: ast.stmt | None) -> Iterator[None]:
        """Write a loop over something, and give its target a value in each turn.

        Args:
            turns: what is gone over.
            target: the variables that get it.
            home: the statement, `None` for a comprehension, whose variables are its own.
        """
        if self.language.is_checked:
            with self.looping_itself(turns, target):
                yield
            return
        single = isinstance(target, ast.Name) and turns.start is not None
        variable = self.variable(target.id, Int()) if isinstance(target, ast.Name) else None
        changed = {*assigned_names(home.body)} if isinstance(home, ast.For) else set()
        own = home is None or (variable is not None and variable.home == id(home))
        if single and variable is not None and own and isinstance(variable.kind, Int) and target.id not in changed:  # type: ignore[attr-defined]
            turn = variable.name
        else:
            turn, single = self.identifiers.new("turn"), False
        head, following = self.head(turns, turn, changed)
        with self.block(f"for (int64_t {turn} = {head}; {following}) {{"):
            if not single:
                self.bind(target, turns.item(turn), home)
            yield

    def head(self, turns: Turns, turn: str, changed: set[str]) -> tuple[str, str]:
        """Return where a loop begins, and what ends it and moves it on."""
        if turns.start is None:
            return "0", f"{turns.more(turn)}; {turn}++"
        start, stop, step = turns.start
        names = {self.variables[key].name for key in self.variables if key[0] in changed}
        if not is_simple(stop) or stop in names:
            stop = self.temporary(Int(), stop, "stop")
        sign = "<" if step > 0 else ">"
        moved = {1: f"{turn}++", -1: f"{turn}--"}.get(step, f"{turn} += {step}")
        return start, f"{turn} {sign} {stop}; {moved}"

    @contextmanager
    def looping_itself(self, turns: Turns, target: ast.expr) -> Iterator[None]:
        """Write a loop in a language that goes over things itself."""
        later: list[tuple[ast.Name, str, Kind]] = []
        text = self.pattern(target, turns.kind, later)
        with self.block(f"for {text} in {turns.text}:"):
            for name, given, kind in later:
                self.store(name.id, self.stored(given, kind))
            yield

    def pattern(self, target: ast.expr, kind: Kind, later: list[tuple[ast.Name, str, Kind]]) -> str:
        """Return a target; where what comes is not what a variable holds, that gets it later."""
        if isinstance(target, ast.Name):
            variable = self.variable(target.id, kind)
            if variable is None:
                return "_" if isinstance(kind, Static) or target.id == "_" else self.identifiers.new(target.id)
            if (
                isinstance(variable.kind, Float)
                and variable.kind.active
                and not (isinstance(kind, Float) and kind.active)
            ):
                name = self.identifiers.new(target.id)
                later.append((target, name, kind))
                return name
            return variable.name
        if not isinstance(target, (ast.Tuple, ast.List)):
            raise self.refusal(target, "such a target of a loop")
        if isinstance(kind, Tuple):
            kinds: Sequence[Kind] = kind.items
        else:
            kinds = [self.element_kind(kind)] * len(target.elts)
        inner = [self.pattern(each, one, later) for each, one in zip(target.elts, kinds, strict=True)]
        return f"({', '.join(inner)})" if len(inner) > 1 else f"[{inner[0]}]"

    def bind(self, target: ast.expr, item: Item, home: ast.stmt | None) -> None:
        """Write that the target of a loop gets something."""
        before = self.statement
        if home is not None:
            self.statement = home
        self.assign(target, item, in_loop=True)
        self.statement = before

    # -- comprehensions ------------------------------------------------------------------------------------------------

    def expression_ListComp(self, node: ast.ListComp | ast.GeneratorExp) -> Item:
        """Return `ListComp`."""
        kind = self.list_kind(node)
        made = self.temporary(kind, self.language.of_list("new", kind, "0"))
        self.generate(node, 0, made, kind)
        return Item(kind, made)

    expression_GeneratorExp = expression_ListComp

    def generate(self, node: ast.ListComp | ast.GeneratorExp, level: int, made: str, kind: List) -> None:
        """Write one `for` of a comprehension, or its element."""
        if level == len(node.generators):
            item = self.expression(node.elt, direct=True)
            self.does(self.language.appended(kind, made, self.converted(item, self.element_kind(kind))))
            return
        generator = node.generators[level]
        if kind.site.element is None:
            return
        turns = self.turns(generator.iter)
        self.hidden.append(self.own_variables(node, generator.target, turns.kind))
        with self.looping(turns, generator.target, None):
            depth = 0
            for question in generator.ifs:
                asked = self.known(question)
                if asked.is_constant and asked.constant:
                    continue
                self.line(self.language.start("if", self.truth(self.expression(question))))
                self.depth += 1
                depth += 1
            self.generate(node, level + 1, made, kind)
            for _ in range(depth):
                self.depth -= 1
                if self.language.end:
                    self.line(self.language.end)
        self.hidden.pop()

    def own_variables(self, node: ast.AST, target: ast.expr, kind: Kind) -> dict[tuple[str, str], Variable]:
        """Return the variables of one `for` of a comprehension."""
        found: dict[tuple[str, str], Variable] = {}
        for each in ast.walk(target):
            if isinstance(each, ast.Name):
                found[each.id, "hidden"] = Variable("", kind)
                kinds: dict[str, list[Kind]] = {}
                for name in ast.walk(node):
                    if isinstance(name, ast.Name) and name.id == each.id and isinstance(name.ctx, ast.Load):
                        for value in self.module.values(self.path, name):
                            kinds.setdefault(shape(value.kind), []).append(value.kind)
                for form, several in kinds.items():
                    whole = covering(several)
                    if whole is not None and form not in ("static", "mixed"):
                        found[each.id, form] = Variable(self.identifiers.new(each.id), whole, -1)
        return found

    # -- given by others -----------------------------------------------------------------------------------------------

    def assign(self, target: ast.expr, item: Item, in_loop: bool = False) -> None:
        """Write an assignment."""
        raise NotImplementedError
