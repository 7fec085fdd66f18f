"""How rewritten code refers to the runtime: by constants for running, by names for reading.

Nothing is added to a module's globals, to `builtins` or to anybody's locals: running code reaches the runtime through
constants of the code object.  A constant must be plain data to be compiled and cached, so the tree holds placeholder
strings and `link` puts the live objects in their place.

    x % y   ->   LOAD_CONST <function modulo>; LOAD_FAST x; LOAD_FAST y; CALL 2
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Protocol, TypeVar

from .linking import MARKED, SWITCH, placeholder
from .parsing import parse

__all__ = ["RESOLVE", "Callees", "Constants", "Names", "at"]

RESOLVE = "resolve"

Node = TypeVar("Node", bound=ast.AST)


def at(place: ast.AST, node: Node) -> Node:
    """Return `node`, with the position in the source that `place` has."""
    node.lineno = place.lineno  # type: ignore[attr-defined]
    node.col_offset = place.col_offset  # type: ignore[attr-defined]
    node.end_lineno = place.end_lineno  # type: ignore[attr-defined]
    node.end_col_offset = place.end_col_offset  # type: ignore[attr-defined]
    return node


class Callees(Protocol):
    """Builds the expression by which rewritten code reaches a runtime object.

    Attributes:
        shows_names: whether operators that are left to their operands are shown by the name that the table has.
    """

    shows_names: bool

    def callee(self, name: str, place: ast.AST) -> ast.expr:
        """Return an expression for the runtime function called `name`."""

    def resolved(self, function: ast.expr, place: ast.AST) -> ast.expr:
        """Return an expression for what to call where the user's code calls `function`; it is looked up at `place`."""

    def asked(self, name: str, value: ast.expr, place: ast.AST) -> ast.expr:
        """Return an expression for what the runtime object called `name` has for a value, by subscript."""

    def value(self, name: str, place: ast.AST) -> ast.expr:
        """Return the runtime object called `name` as a pattern has it."""

    def switch(self, place: ast.AST) -> ast.expr:
        """Return the test that chooses the plain body."""


class Constants:
    """Callees of code that runs: placeholder constants, to be linked."""

    shows_names = False

    def callee(self, name: str, place: ast.AST) -> ast.expr:
        """Return a constant that is linked to the function called `name`."""
        # The compiler warns of a bare constant that is called or has a subscript; it folds this conditional into one.
        return at(
            place,
            ast.IfExp(
                test=at(place, ast.Constant(True)),
                body=at(place, ast.Constant(placeholder(name))),
                orelse=at(place, ast.Constant(None)),
            ),
        )

    def resolved(self, function: ast.expr, place: ast.AST) -> ast.expr:
        """Return the call of `resolve` on `function`."""
        resolve = self.callee(RESOLVE, function)
        return at(place, ast.Call(func=resolve, args=[function], keywords=[]))

    def asked(self, name: str, value: ast.expr, place: ast.AST) -> ast.expr:
        """Return the runtime object with the value as its subscript."""
        return at(place, ast.Subscript(value=self.callee(name, value), slice=value, ctx=ast.Load()))

    def value(self, name: str, place: ast.AST) -> ast.expr:
        """Return the placeholder itself: a pattern takes no other expression."""
        return at(place, ast.Constant(placeholder(name)))

    def switch(self, place: ast.AST) -> ast.expr:
        """Return the test of the mark in the list of the switch."""
        mark, marks = (at(place, ast.Constant(placeholder(name))) for name in (MARKED, SWITCH))
        return at(place, ast.Compare(left=mark, ops=[ast.NotIn()], comparators=[marks]))


class Names:
    """Callees of printed source: `Mul.apply`, `Sin.apply`; what only the run decides stays `resolve(f)(…)`.

    Args:
        known: what the function that is printed calls, by the text of the callee: the name of what runs
            instead, or the text itself where nothing replaces it.
    """

    shows_names = True

    def __init__(self, known: Mapping[str, str]) -> None:
        self.known = known

    def callee(self, name: str, place: ast.AST) -> ast.expr:
        """Return the dotted name as an expression."""
        named: ast.expr = parse(name, mode="eval").body
        return at(place, named)

    def resolved(self, function: ast.expr, place: ast.AST) -> ast.expr:
        """Return the name of what runs, or the call of `resolve` where only the run decides."""
        name = self.known.get(ast.unparse(function))
        if name is None:
            return at(place, ast.Call(func=self.callee(RESOLVE, place), args=[function], keywords=[]))
        return function if name == ast.unparse(function) else self.callee(name, function)

    def asked(self, name: str, value: ast.expr, place: ast.AST) -> ast.expr:
        """Return the value itself."""
        return value

    def value(self, name: str, place: ast.AST) -> ast.expr:
        """Return the name."""
        return self.callee(name, place)

    def switch(self, place: ast.AST) -> ast.expr:
        """Return the test `not tracing`."""
        return at(place, ast.UnaryOp(op=ast.Not(), operand=self.callee("tracing", place)))
