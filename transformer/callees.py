"""How rewritten code refers to the runtime: by constants for running, by names for reading.

Nothing is added to a module's globals, to `builtins` or to anybody's locals: running code reaches the runtime through
constants of the code object.  A constant must be plain data to be compiled and cached, so the tree holds placeholder
strings and `link` puts the live objects in their place.

    x * y   ->   LOAD_CONST <built-in function mul>; LOAD_FAST x; LOAD_FAST y; CALL 2
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Mapping
from types import CodeType
from typing import Any, Protocol, TypeVar

from transformer.constants import constants_last
from transformer.switch import MARK, Switch

__all__ = [
    "RESOLVE",
    "Callees",
    "Constants",
    "Names",
    "at",
    "is_linked",
    "link",
    "placeholder",
    "placeholders_last",
]

RESOLVE = "resolve"
SWITCH = "switch"
MARKED = "mark"
PREFIX = "\0transformer:"
_BEHIND_PLACEHOLDERS = "\1"
"""Comparing with it is cheaper than hashing a long docstring."""

Node = TypeVar("Node", bound=ast.AST)


def at(place: ast.AST, node: Node) -> Node:
    """`node`, standing where `place` stands."""
    node.lineno = place.lineno  # type: ignore[attr-defined]
    node.col_offset = place.col_offset  # type: ignore[attr-defined]
    node.end_lineno = place.end_lineno  # type: ignore[attr-defined]
    node.end_col_offset = place.end_col_offset  # type: ignore[attr-defined]
    return node


def placeholder(name: str) -> str:
    """The constant that stands for a runtime object until it is linked; one string each, which caches keep once."""
    return sys.intern(PREFIX + name)


class Callees(Protocol):
    """Builds the expression by which rewritten code reaches a runtime object."""

    def callee(self, name: str, place: ast.AST) -> ast.expr:
        """The runtime function called `name`."""

    def resolved(self, function: ast.expr, place: ast.AST) -> ast.expr:
        """What is to be called where the user's code calls `function`; the looking-up stands at `place`."""

    def switch(self, place: ast.AST) -> ast.expr:
        """The test that chooses the plain body."""


class Constants:
    """Callees of code that runs: placeholder constants, to be linked."""

    def callee(self, name: str, place: ast.AST) -> ast.expr:
        # The compiler warns when a bare constant is called; it folds this conditional into one.
        return at(
            place,
            ast.IfExp(
                test=at(place, ast.Constant(True)),
                body=at(place, ast.Constant(placeholder(name))),
                orelse=at(place, ast.Constant(None)),
            ),
        )

    def resolved(self, function: ast.expr, place: ast.AST) -> ast.expr:
        resolve = self.callee(RESOLVE, function)
        return at(place, ast.Call(func=resolve, args=[function], keywords=[]))

    def switch(self, place: ast.AST) -> ast.expr:
        mark, marks = (at(place, ast.Constant(placeholder(name))) for name in (MARKED, SWITCH))
        return at(place, ast.Compare(left=mark, ops=[ast.NotIn()], comparators=[marks]))


class Names:
    """Callees of printed source: `Mul.apply`, `Sin.apply`; what only the run decides stays `resolve(f)(…)`.

    Args:
        known: what the function that is printed calls, by the text of the callee: the name of what runs
            instead, or the text itself where nothing stands in for it.
    """

    def __init__(self, known: Mapping[str, str]) -> None:
        self.known = known

    def callee(self, name: str, place: ast.AST) -> ast.expr:
        return at(place, ast.parse(name, mode="eval").body)

    def resolved(self, function: ast.expr, place: ast.AST) -> ast.expr:
        name = self.known.get(ast.unparse(function))
        if name is None:
            return at(place, ast.Call(func=self.callee(RESOLVE, place), args=[function], keywords=[]))
        return function if name == ast.unparse(function) else self.callee(name, function)

    def switch(self, place: ast.AST) -> ast.expr:
        return at(place, ast.UnaryOp(op=ast.Not(), operand=self.callee("tracing", place)))


def placeholders_last(code: CodeType) -> CodeType:
    """`code` with its placeholders behind its other constants, which so keep their places of plain code."""
    return constants_last(code, lambda constant: type(constant) is str and constant.startswith(PREFIX))


def link(code: CodeType, runtime: Mapping[str, Any], switch: Switch) -> CodeType:
    """`code` and the code nested in it, with live objects for the placeholders.

    Args:
        code: rewritten code.
        runtime: the runtime's objects by their placeholders.
        switch: chooses between the bodies.
    """
    objects = {**runtime, placeholder(SWITCH): switch.marks, placeholder(MARKED): MARK}

    # Cached modules are linked at every import, so this visits each constant just once.
    def linked(code: CodeType) -> CodeType:
        constants: list[Any] = list(code.co_consts)
        rewritten = False
        for index, constant in enumerate(constants):
            kind = type(constant)
            if kind is str:
                if constant < _BEHIND_PLACEHOLDERS and constant in objects:
                    constants[index] = objects[constant]
                    rewritten = True
            elif kind is CodeType:
                constants[index] = linked(constant)
        if rewritten:
            constants.append(MARK)
        return code.replace(co_consts=tuple(constants))

    return linked(code)


def is_linked(code: CodeType) -> bool:
    """Whether `code` has been rewritten.

    >>> is_linked((lambda x: x).__code__)
    False
    """
    constants = code.co_consts
    return bool(constants) and constants[-1] is MARK
