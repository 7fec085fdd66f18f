"""Reads the source around a place: the function that it belongs to, and the text of an expression.

return math.sin(angle) * length     columns 11 to 26     ->     math.sin(angle)
"""

from __future__ import annotations

import ast
import functools
import linecache
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType

from minitorch.autodiff.place import Place, source_of
from minitorch.drawing.safe_text import readable, shown_file
from minitorch.reporting.model import Spot
from minitorch.transformer import parse_quietly

__all__ = ["Definition", "definition_at", "definition_of", "is_call", "lines_of", "spot_of", "text_at"]

MAX_TEXT_CHARACTERS = 120


@dataclass(frozen=True, slots=True)
class Definition:
    """A function, or a statement outside of all functions.

    Args:
        name: its qualified name.
        file: its file, as Python names it.
        first: its first line, that of a decorator if it has any.
        header: the line of its `def` or `lambda`; the first one of a statement.
        last: its last line.
    """

    name: str
    file: str
    first: int
    header: int
    last: int

    def holds(self, other: Definition) -> bool:
        """Return whether another definition stands within this one."""
        return self.file == other.file and self.first <= other.first and other.last <= self.last


@dataclass(frozen=True, slots=True)
class Stretch:
    """A definition with the columns that it begins and ends at."""

    definition: Definition
    start: tuple[int, int]
    end: tuple[int, int]

    def is_called(self, name: str) -> bool:
        """Return whether the last part of its qualified name is `name`."""
        return self.definition.name.rpartition(".")[2] == name


def definition_at(file: str, line: int, column: int | None, function: str) -> Definition:
    """Return the innermost definition around a place; where there is no source, one of that line alone.

    Args:
        file: the file, as Python names it.
        line: the line.
        column: the column, in bytes; `None` where Python does not know.
        function: what to call it where there is no source.
    """
    inner = None
    for stretch in stretches(file, fingerprint(file)):
        start, end = stretch.start, stretch.end
        inside = start <= (line, column) < end if column is not None else start[0] <= line <= end[0]
        if inside and (inner is None or inner.start <= start):
            inner = stretch
    return Definition(function, file, line, line, line) if inner is None else inner.definition


def definition_of(code: CodeType) -> Definition:
    """Return the definition of code, or the definition around it if it is a comprehension."""
    file, line, name = code.co_filename, code.co_firstlineno, code.co_name
    alike = [x for x in stretches(file, fingerprint(file)) if x.definition.first == line and x.is_called(name)]
    if len(alike) == 1:
        return alike[0].definition
    return definition_at(file, line, first_column(code), getattr(code, "co_qualname", name))


def first_column(code: CodeType) -> int | None:
    """Return the column at which the first line of code begins, to tell the lambdas on one line apart."""
    if sys.version_info < (3, 11):
        return None
    starts = (start for line, _, start, _ in code.co_positions() if line == code.co_firstlineno and start is not None)
    return min((column for column in starts if column), default=None)


def fingerprint(file: str) -> int:
    """Return a hash of a file's text: a notebook's cell may be another one under the same name."""
    return hash(tuple(linecache.getlines(file)))


@functools.lru_cache(maxsize=64)
def stretches(file: str, _fingerprint: int) -> list[Stretch]:
    """Return all definitions of a file, outer ones before inner ones."""
    try:
        tree = parse_quietly("".join(linecache.getlines(file)))
    except (SyntaxError, ValueError):
        return []
    return list(definitions_in(tree, file, ""))


def definitions_in(node: ast.AST, file: str, prefix: str) -> Iterator[Stretch]:
    """Yield the definitions below a node; a statement outside of all functions is one, too."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            yield from definitions_in(child, file, f"{prefix}{child.name}.")
            continue
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            name = prefix + getattr(child, "name", "<lambda>")
            yield stretch_of(child, file, name)
            yield from definitions_in(child, file, f"{name}.<locals>.")
            continue
        if isinstance(child, ast.stmt) and not prefix.endswith("<locals>."):
            yield stretch_of(child, file, f"{prefix}<module>" if not prefix else prefix.rstrip("."))
        yield from definitions_in(child, file, prefix)


def stretch_of(node: ast.AST, file: str, name: str) -> Stretch:
    """Return the definition at a node of the tree."""
    line, end_line = int(node.lineno), int(node.end_lineno)  # type: ignore[attr-defined]
    columns = node.col_offset, node.end_col_offset  # type: ignore[attr-defined]
    first = min([line, *(decorator.lineno for decorator in getattr(node, "decorator_list", ()))])
    start = (line, columns[0]) if first == line else (first, 0)
    return Stretch(Definition(name, file, first, line, end_line), start, (end_line, columns[1]))


def lines_of(definition: Definition) -> list[str]:
    """Return the lines of a definition without their line ends; an empty list where there is no source."""
    lines = linecache.getlines(definition.file)[definition.first - 1 : definition.last]
    return [line.rstrip("\r\n") for line in lines]


def text_at(place: Place) -> str:
    """Return the source of an expression on one line, that of its whole line where its columns are not known.

    >>> text_at(Place("<nowhere>", 1, 0, 1, 5, "f"))
    ''
    """
    return readable(" ".join(source_of(place).split()), MAX_TEXT_CHARACTERS)


def is_call(place: Place) -> bool:
    """Return whether a call stands at a place; where only its line is known, whether the line has no comparison."""
    try:
        tree = parse_quietly(f"({source_of(place)})" if place.column is not None else source_of(place).strip())
    except SyntaxError:
        return False
    if place.column is None:
        return not any(isinstance(node, ast.Compare) for node in ast.walk(tree))
    (statement,) = tree.body
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)


def spot_of(place: Place) -> Spot:
    """Return a place in the form that a reader sees."""
    return Spot(readable(shown_file(place.file), 200), place.line, text_at(place))
