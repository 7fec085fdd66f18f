"""A text with a function, those that it calls, and the reverse pass: what its parts share."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from types import FunctionType
from typing import TYPE_CHECKING, Any

from minitorch.autodiff.place import file_and_line
from minitorch.compiler.emission.items import Unwritten, covering, words_in
from minitorch.compiler.emission.language import Language
from minitorch.compiler.structural.basis.kinds import Kind, List, Site, Tuple, Value
from minitorch.compiler.structural.compilation import Settled
from minitorch.machine_code.export.c_operations import row_of
from minitorch.machine_code.export.expansion import expanded, functions_needed
from minitorch.machine_code.export.identifiers import Identifiers
from minitorch.machine_code.export.terms import Call, Term
from minitorch.machine_code.partials import function_tree
from minitorch.machine_code.program import Branching, Constant, Node, Operation
from minitorch.rules.real import RULES

if TYPE_CHECKING:
    from minitorch.compiler.emission.writing import Writing

__all__ = ["Case", "Made", "Module", "summary"]

Case = tuple["Writing", str, str, list[tuple[str, bool]], list[str]]
"""The adjoints of an expression: who wrote it, its label, the user's line, what is kept, and the lines."""


@dataclass
class Made:
    """A function of the text.

    Args:
        title: what it is called.
        parameters: the names and kinds of what it gets.
        extras: those of variables of functions around it.
        takes_work: whether it gets the memory of the call first.
    """

    title: str
    parameters: list[tuple[str, Kind]]
    extras: list[tuple[str, Kind]]
    takes_work: bool


class Module:
    """What a text has.

    Args:
        settled: what the walk found.
        language: what it is written in.
        title: what the function is called.

    Attributes:
        cases: the adjoints.
        functions: the texts of functions, by their titles.
        constants: of a name the value, by object or number.
        rows: the rows that need a function of their own, and how many operands each has.
        partials: functions for partial derivatives, by row, arity and position: title, text, whether it has a status.
    """

    def __init__(self, settled: Settled, language: Language, title: str) -> None:
        self.walk = settled.walk
        self.language = language
        self.cases: list[Case] = []
        self.functions: dict[str, str] = {}
        self.constants: dict[Any, tuple[str, Any, Kind | None]] = {}
        self.rows: dict[tuple[str, int], None] = {}
        self.partials: dict[tuple[str, int, int], tuple[str, str, bool]] = {}
        self.names = Identifiers(language.reserved, ascii_only=language.name == "c")
        self.title = self.names.new(title)
        self.files: dict[int, str] = {}
        self.made: dict[tuple[Any, ...], Made] = {}
        self.texts: dict[int, list[tuple[Made, list[str]]]] = {}
        self.paths = {path for path, _ in self.walk.notes}
        self.begun: dict[tuple[Any, ...], Made] = {}
        self.recursive: set[str] = set()
        self.has_sums = False
        self.tuple_lists: dict[Kind, List] = {}
        self.by_node: dict[int, list[Value]] = {}
        for (_, number), values in self.walk.notes.items():
            self.by_node.setdefault(number, []).extend(values)

    # -- what the walk found -------------------------------------------------------------------------------------------

    def values(self, path: tuple[Any, ...], node: ast.AST) -> list[Value]:
        """Return what an expression was found to be, in the function that was called so; in one inside it otherwise."""
        own = self.walk.notes.get((path, id(node)))
        return own if own is not None else self.by_node.get(id(node), []) if isinstance(node, ast.Name) else []

    @property
    def unbound(self) -> set[tuple[tuple[Any, ...], str]]:
        """The variables that may have no value where they are read."""
        return self.walk.unbound

    def file_of(self, node: ast.AST) -> str:
        """Return what the file of a function is called."""
        return PurePath(self.files.get(id(node), "?")).name

    # -- names ---------------------------------------------------------------------------------------------------------

    @property
    def titles(self) -> frozenset[str]:
        """What is taken."""
        return frozenset(name for name, _, _ in self.names.made)

    def constant(self, thing: Any, hint: str, node: ast.AST) -> tuple[Kind, str]:
        """Return the kind and the name of a constant container."""
        site = self.walk.memory.sites.get((("constant", id(thing)), list))
        kind = List(site) if site is not None else None
        if id(thing) not in self.constants:
            self.constants[id(thing)] = self.names.new(hint or "constants"), thing, kind
        name, _, known = self.constants[id(thing)]
        if known is None:
            self.constants[id(thing)] = name, thing, kind
        if kind is None:
            raise Unwritten(f"{self.file_of(node)}: a constant container that is not gone over")
        return kind, name

    def scalar(self, name: str, value: Any) -> str:
        """Return the name of a global number."""
        key = name, repr(value)
        if key not in self.constants:
            wanted = f"{name}_value" if re.fullmatch(r"t\d+", name) else name
            self.constants[key] = self.names.new(wanted), value, None
        return self.constants[key][0]

    # -- operations ----------------------------------------------------------------------------------------------------

    def called(self, row: str) -> str:
        """Return what a row is called by users."""
        function = RULES[row].function
        return f"math.{function.__name__}" if not isinstance(function, FunctionType) else row

    def can_fail(self, step: Operation) -> bool:
        """Return whether Python may raise at an operation of a partial derivative."""
        return bool(row_of(step.function, [None] * len(step.operands)).raises)

    def expanded(self, name: str, operands: Sequence[Term], done: Callable[[Call], Term] = lambda call: call) -> Term:
        """Return an operation, or those that it consists of.

        Args:
            name: the row.
            operands: what it takes.
            done: is given each operation, and returns what stands for it.
        """
        if self.language.is_known(name):
            return done(Call(name, tuple(operands)))
        program = function_tree(name, len(operands))
        assert program is not None
        if isinstance(program.after, Branching):
            whole = expanded(program, self.language.is_known)
            self.rows.update(dict.fromkeys(functions_needed(whole, self.language.is_known)))
            self.rows[name, len(operands)] = None
            return done(Call(name, tuple(operands)))
        values = list(operands)
        for step in program.steps:
            if isinstance(step, Constant):
                values.append(step)
            else:
                values.append(self.expanded(step.function, [values[x] for x in step.operands], done))
        return values[program.after[0]]

    def partial_call(self, name: str, arity: int, index: int, program: Node, operands: Sequence[str]) -> str:
        """Return the call of a function for a partial derivative."""
        key = name, arity, index
        if key not in self.partials:
            wanted = f"{name.lower()}_derivative" if arity == 1 else f"{name.lower()}_derivative_by_{index + 1}"
            title = self.names.new(wanted)
            self.partials[key] = title, *self.language.partial_function(title, name, arity, index, program)
        title, _, has_status = self.partials[key]
        return f"{title}({', '.join([*operands, *['&failed'] * has_status])})"

    # -- functions -----------------------------------------------------------------------------------------------------

    def function(
        self,
        writer: type[Any],
        node: ast.FunctionDef | ast.Lambda,
        path: tuple[Any, ...],
        title: str,
        frame: tuple[Any, ...] | None,
        result: Kind,
    ) -> Made:
        """Return the function for calls on a path, which may be one that is there already.

        Args:
            writer: writes it.
            node: its definition.
            path: the calls.
            title: what it is called if that is free.
            frame: the path of the function that it was made in; `None` for none.
            result: what it returns.
        """
        path = self.walk.paths.get(path, path)
        if path in self.made:
            return self.made[path]
        if path in self.begun:
            self.recursive.add(self.begun[path].title)
            return self.begun[path]
        if path not in self.paths and not isinstance(node, ast.Lambda):
            raise Unwritten(f"{self.file_of(node)}:{node.lineno}: a call of {title!r} that is compiled apart")
        for known, lines in self.texts.get(id(node), []):
            self.begun[path] = known
            writing = writer(self, node, path, known.title, frame)
            writing.write(result)
            self.cases = [case for case in self.cases if case[0] is not writing]
            if self.language.function(writing, known.title) == lines:
                self.made[path] = self.begun.pop(path)
                return known
        name = self.names.new(title)
        self.begin(path, writer(self, node, path, name, frame), name)
        writing = writer(self, node, path, name, frame)
        writing.write(result)
        del self.begun[path]
        if name in self.recursive and writing.extras:
            raise writing.refusal(node, "a function that calls itself, and reads variables of those around it,")
        lines = self.language.function(writing, name)
        parameters = [(each, variable.kind) for each, variable in writing.parameters()]
        extras = [(each, variable.kind) for (each, _), variable in writing.extras.items()]
        made = Made(name, parameters, extras, self.language.takes_work(writing))
        self.functions[name] = "\n".join(lines)
        self.texts.setdefault(id(node), []).append((made, lines))
        self.made[path] = made
        return made

    def begin(self, path: tuple[Any, ...], writing: Writing, name: str) -> None:
        """Have calls of a function that calls itself find it."""
        parameters = [(each, variable.kind) for each, variable in writing.parameters()]
        self.begun[path] = Made(name, parameters, [], True)

    def list_of_tuple(self, kind: Tuple) -> List:
        """Return the kind of a list of the elements of a tuple."""
        whole = covering(kind.items)
        if whole is None:
            raise Unwritten("a tuple of different things in the place of a list")
        if whole not in self.tuple_lists:
            site = Site()
            site.known_element = whole
            self.tuple_lists[whole] = List(site)
        return self.tuple_lists[whole]

    def functions_used(self, title: str) -> list[str]:
        """Return the functions that a function needs, and itself, each behind those that it calls."""
        used, pending = set(), [title]
        while pending:
            name = pending.pop()
            if name in self.functions and name not in used:
                used.add(name)
                pending += words_in([self.language.bare(self.functions[name])])
        return [name for name in self.functions if name in used]

    def cases_used(self, title: str) -> list[Case]:
        """Return the adjoints of the functions that a function needs."""
        used = {*self.functions_used(title)}
        return [case for case in self.cases if case[0].title in used]


def summary(function: FunctionType) -> str:
    """Return where a function is from."""
    code = function.__code__
    return f"{function.__name__}, {file_and_line(code.co_filename, code.co_firstlineno)}"
