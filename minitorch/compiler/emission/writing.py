"""What every part of the writer of a function needs: lines, variables, and values in the form that a place wants."""

from __future__ import annotations

import ast
import linecache
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from minitorch.compiler.emission.adjoints import Adjoints
from minitorch.compiler.emission.items import (
    ActiveOperation,
    Item,
    Unwritten,
    covering,
    is_active,
    is_simple,
    shape,
)
from minitorch.compiler.emission.variables import Variable, homes, literals, loads
from minitorch.compiler.structural.basis.kinds import UNKNOWN, Bool, Float, Int, Kind, Static, Tuple, Value
from minitorch.compiler.structural.basis.syntax import assigned_names
from minitorch.machine_code.export.identifiers import Identifiers
from minitorch.machine_code.export.terms import Call, Name, Term
from minitorch.machine_code.program import Constant
from minitorch.rules.real import RULES
from minitorch.transformer import file_name

if TYPE_CHECKING:
    from minitorch.compiler.emission.module import Module

__all__ = ["Unreachable", "Writing"]

Path = tuple[Any, ...]


class Unreachable(Exception):
    """As far as is known no call comes here."""


class Writing:
    """Writes a function.

    Args:
        module: what it is a part of.
        node: its definition.
        path: the calls that lead to it.
        title: what it is called.
        frame: the path of the function that it was made in; `None` if that is none.

    Attributes:
        lines: the text so far.
        variables: by name and shape.
        extras: the variables of functions around it that it reads, which it gets as arguments.
        label: what the present statement is called on the tape.
    """

    def __init__(
        self, module: Module, node: ast.FunctionDef | ast.Lambda, path: Path, title: str, frame: Path | None
    ) -> None:
        self.module = module
        self.language = module.language
        self.node = node
        self.path = path
        self.title = title
        self.frame = frame
        self.lines: list[str] = []
        self.depth = 1
        self.identifiers = Identifiers(self.language.reserved | module.titles, ascii_only=self.language.name == "c")
        self.variables: dict[tuple[str, str], Variable] = {}
        self.extras: dict[tuple[str, str], Variable] = {}
        self.labels = Identifiers((), ascii_only=True)
        self.hidden: list[dict[tuple[str, str], Variable]] = []
        self.statement: ast.stmt | None = None
        self.may_fail = False
        self.file = module.file_of(node)
        self.literals = literals(self.body)
        self.find_variables()

    def label(self) -> str:
        """Return what an expression of the present statement is called on the tape."""
        line = getattr(self.statement, "lineno", 0)
        return self.language.label(self.labels.new(f"{self.title}_{line}"))

    # -- variables -----------------------------------------------------------------------------------------------------

    @property
    def body(self) -> list[ast.stmt]:
        """The statements of the function."""
        if isinstance(self.node, ast.Lambda):
            return [ast.copy_location(ast.Return(self.node.body), self.node)]
        return self.node.body

    def find_variables(self) -> None:
        """Find the variables that are read, and what they hold: what covers all that they are read as."""
        parameters = self.node.args
        given = {each.arg for each in (*parameters.posonlyargs, *parameters.args, *parameters.kwonlyargs)}
        own = {*given, *assigned_names(self.body)}
        self.own = own
        self.free: dict[tuple[str, str], list[Kind]] = {}
        kinds: dict[tuple[str, str], list[Kind]] = {}
        for statement in self.body:
            for each in loads(statement):
                group = kinds if each.id in own else self.free
                for value in self.module.values(self.path, each):
                    group.setdefault((each.id, shape(value.kind)), []).append(value.kind)
        at_home = homes(self.body)
        for (name, form), found in kinds.items():
            kind = covering(found)
            if form in ("static", "mixed"):
                continue
            if kind is None:
                raise self.refusal(self.node, f"the variable {name!r}, which holds different things")
            is_alone = sum(other == name for other, _ in kinds) == 1
            home = at_home.get(name) if is_alone and name not in given else None
            variable = Variable(self.identifiers.new(name), kind, home)
            if (self.path, name) in self.module.unbound and not self.language.is_checked:
                variable.home, variable.flag = None, self.identifiers.new(f"has_{name}")
            self.variables[name, form] = variable

    def parameters(self) -> list[tuple[str, Variable]]:
        """Return the parameters that are ever read."""
        given = self.node.args
        found = []
        for each in (*given.posonlyargs, *given.args, *given.kwonlyargs):
            several = [variable for (name, _), variable in self.variables.items() if name == each.arg]
            if len(several) > 1:
                raise self.refusal(self.node, f"the argument {each.arg!r}, which later holds something else")
            found += [(each.arg, variable) for variable in several]
        return found

    def variable(self, name: str, kind: Kind) -> Variable | None:
        """Return the variable that holds such a thing, if it is ever read."""
        key = name, shape(kind)
        for scope in reversed(self.hidden):
            if any(other == name for other, _ in scope):
                return scope.get(key)
        return self.variables.get(key)

    def extra(self, name: str, kind: Kind) -> Variable:
        """Return a variable of a function around this one, which it gets as an argument."""
        key = name, shape(kind)
        if key not in self.extras:
            whole = covering(self.free.get(key, [kind])) or kind
            self.extras[key] = Variable(self.identifiers.new(name), whole)
        return self.extras[key]

    def temporary(self, kind: Kind, text: str, wanted: str | None = None) -> str:
        """Give a new variable a value, and return its name."""
        name = self.identifiers.new(wanted)
        self.line(self.language.fixed(kind, name, text))
        return name

    # -- lines ---------------------------------------------------------------------------------------------------------

    def line(self, text: str) -> None:
        """Write a line."""
        self.lines.append("    " * self.depth + text)

    def does(self, text: str) -> None:
        """Write a statement."""
        self.line(self.language.statement(text))

    @contextmanager
    def block(self, head: str, is_else: bool = False) -> Iterator[None]:
        """Write a block."""
        if is_else and self.language.end:
            self.lines.pop()
        self.line(head)
        before = len(self.lines)
        self.depth += 1
        yield
        if len(self.lines) == before and not self.language.end:
            self.line("pass")
        self.depth -= 1
        if self.language.end:
            self.line(self.language.end)

    def branch(self, condition: str, yes: Callable[[], None], no: Callable[[], None] | None = None) -> None:
        """Write a decision."""
        with self.block(self.language.start("if", condition)):
            yes()
        if no is not None:
            with self.block(self.language.otherwise, is_else=True):
                no()

    def captured(self, write: Callable[[], Any]) -> tuple[list[str], Any]:
        """Return the lines that something writes, and what it returns."""
        outer, self.lines = self.lines, []
        try:
            made = write()
            return self.lines, made
        finally:
            self.lines = outer

    def place(self, node: ast.AST) -> str:
        """Return file and line of a node."""
        return f"{file_name(self.file)}:{getattr(node, 'lineno', '?')}"

    def source(self, node: ast.AST) -> str:
        """Return the user's line."""
        number = getattr(node, "lineno", 0)
        text = linecache.getline(self.module.files.get(id(self.node), ""), number).strip()
        return text or ast.unparse(node).partition("\n")[0]

    def refusal(self, node: ast.AST, what: str) -> Unwritten:
        """Return the error that something can't be written."""
        return Unwritten(
            f"{self.place(node)}: {what} can't be written down in {self.language.title} with the function's own loops; "
            "call the compiled function instead, or move that out of it"
        )

    # -- values --------------------------------------------------------------------------------------------------------

    def known(self, node: ast.AST) -> Value:
        """Return what the walk found of an expression."""
        values = self.module.values(self.path, node)
        if not values:
            raise Unreachable
        first = values[0]
        if len(values) == 1:
            return first
        kind = covering(value.kind for value in values)
        if kind is None:
            raise self.refusal(node, "what is of different kinds at different times")
        is_same = all(value.is_constant and repr(value.constant) == repr(first.constant) for value in values)
        return Value(kind, first.parts, first.constant if is_same else UNKNOWN)

    def of(self, thing: Any, text: str = "") -> Item:
        """Return a constant."""
        if type(thing) is float:
            return Item(Float(False), term=Constant(thing), constant=thing)
        if type(thing) is bool:
            text = self.language.true if thing else self.language.false
            return Item(Bool(), text, Name(text, truth=True), constant=thing)
        if type(thing) is int and -(2**63) < thing < 2**63:
            return Item(Int(), term=Constant(thing), constant=thing, bits=thing.bit_length())
        return Item(Static(thing), text, constant=thing)

    def stored(self, text: str, kind: Kind, wanted: Kind | None = None) -> Item:
        """Return what is stored under a text, where it is known to be of a narrower kind."""
        wanted = wanted or kind
        if is_active(kind) and not is_active(wanted):
            text = self.language.value(text)
            kind = wanted
            if isinstance(wanted, Int):
                return Item(wanted, term=Name(self.language.as_int(text)))
        if isinstance(kind, (Int, Float)) and not is_active(kind):
            if isinstance(wanted, Int) and isinstance(kind, Float):
                text, kind = self.language.as_int(text), wanted
            return Item(kind, term=Name(text))
        if isinstance(kind, Bool):
            return Item(kind, text, Name(text, truth=True))
        return Item(kind, text)

    def items_of(self, item: Item) -> list[Item]:
        """Return the elements of a tuple."""
        if item.items is not None:
            return item.items
        assert isinstance(item.kind, Tuple)
        whole = item.text if is_simple(item.text) else self.temporary(item.kind, item.text)
        return [
            self.of(kind.object) if isinstance(kind, Static) else self.stored(self.language.item(whole, index), kind)
            for index, kind in enumerate(item.kind.items)
        ]

    def value(self, item: Item) -> Term:
        """Return a number as a term."""
        if item.term is not None:
            return item.term
        if is_active(item.kind):
            return Name(self.language.value(self.held(item)))
        raise self.refusal(self.statement or self.node, "what is no number in the place of one")

    def held(self, item: Item) -> str:
        """Return the text of a float, which is a name where it would be computed more than once."""
        if not is_simple(item.text) and not self.language.is_checked:
            item.text = self.temporary(item.kind, item.text)
        return item.text

    def whole(self, item: Item) -> str:
        """Return an int."""
        if item.is_constant and isinstance(item.term, Constant):
            return str(int(item.constant))
        term = self.value(item)
        if isinstance(item.kind, Bool):
            return self.language.as_int(self.language.condition(term))
        return self.language.text(term)

    def cell(self, item: Item) -> str:
        """Return a float that derivatives pass through: what gives it is put on the tape now."""
        if not is_active(item.kind):
            return self.language.plain(self.language.text(self.value(item)))
        if item.operation is None:
            return item.text
        lines, made = Adjoints(self, item).written()
        for line in lines:
            self.line(line)
        return made

    def converted(self, item: Item, kind: Kind) -> str:
        """Return the text of a value where one of a kind that covers its own is wanted."""
        if isinstance(kind, Float) and kind.active:
            return self.cell(item)
        if isinstance(kind, Bool):
            return self.language.condition(self.value(item))
        if isinstance(kind, Int):
            return self.whole(item)
        if isinstance(kind, Float):
            return self.language.text(self.value(item))
        if isinstance(kind, Tuple):
            if item.items is None and item.kind == kind:
                return item.text
            return self.language.tuple_of(kind, self.all_converted(self.items_of(item), kind.items))
        if isinstance(kind, Static):
            return self.language.none
        if isinstance(item.kind, Static):
            return self.module.constant(item.constant, item.text, self.node)[1]
        return item.text

    def all_converted(self, items: Sequence[Item], kinds: Sequence[Kind]) -> list[str]:
        """Return the texts of several values, as `converted`; C promises no order among the arguments of a call."""
        if len(items) > 1 and not self.language.is_checked:
            items = [self.flushed(each) if self.is_noted(each) else each for each in items]
        return [self.converted(each, kind) for each, kind in zip(items, kinds, strict=True)]

    def is_noted(self, item: Item) -> bool:
        """Return whether something is put on the tape where a value is used."""
        return item.operation is not None or any(map(self.is_noted, item.items or ()))

    def flushed(self, item: Item) -> Item:
        """Return a value as it is now, whatever is done before it is used."""
        if item.items is not None:
            return item.but(items=[self.flushed(each) for each in item.items])
        if item.operation is not None:
            return Item(item.kind, self.temporary(item.kind, self.cell(item)))
        if item.term is not None:
            text = self.language.text(item.term)
            if isinstance(item.term, Constant) or is_simple(text):
                return item
            if isinstance(item.kind, Bool):
                name = self.temporary(item.kind, self.language.condition(item.term))
                return item.but(text=name, term=Name(name, truth=True))
            return item.but(term=Name(self.temporary(item.kind, self.converted(item, item.kind))))
        if item.text and not is_simple(item.text) and not isinstance(item.kind, Static):
            return item.but(text=self.temporary(item.kind, item.text))
        return item

    # -- operations ----------------------------------------------------------------------------------------------------

    def operation(self, name: str, operands: Sequence[Item]) -> Item:
        """Write a row's operation on numbers."""
        if not self.language.can_write(name, len(operands)):
            raise self.refusal(self.statement or self.node, self.module.called(name))
        terms = [self.value(each) for each in operands]
        is_arithmetic = name in ("Add", "Sub", "Mul", "TrueDiv", "Neg")
        for index, each in enumerate(operands):
            needs = each.is_constant and RULES[name].int_input == index
            if needs or (each.is_literal and not (is_arithmetic and isinstance(terms[index], Name))):
                terms[index] = Constant(each.constant)
        if name == "TrueDiv" and all(isinstance(each.kind, (Int, Bool)) for each in operands):
            terms[0] = Name(self.language.as_float(self.language.text(terms[0], True)))
        active = any(is_active(each.kind) for each in operands)
        term = self.module.expanded(name, terms, self.checked)
        made = ActiveOperation(name, list(operands)) if active else None
        return Item(Float(active), term=term, operation=made)

    def checked(self, call: Call) -> Term:
        """Return an operation, behind a check that it has a result where the language has none itself."""
        return self.language.guarded(self, call)
