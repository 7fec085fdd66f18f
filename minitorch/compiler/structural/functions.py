"""Functions made inside, and calls of Python functions."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from types import FunctionType
from typing import Any, Final

from minitorch.compiler.guards.followed_modules import is_users
from minitorch.compiler.structural.builtin_calls import ROWS
from minitorch.compiler.structural.expressions import Expressions
from minitorch.compiler.structural.frames import COUNT, RESULT, Frame, carried
from minitorch.compiler.structural.iteration import Columns, refuse_to_keep
from minitorch.compiler.structural.kinds import List, Static, Value, described, static
from minitorch.compiler.structural.refusals import Refused, Unreached
from minitorch.compiler.structural.syntax import assigned_names, has, statements_of
from minitorch.tracing.tracer import dispatcher
from minitorch.transformer import RewriteError, syntax_of

__all__ = ["Functions", "LocalFunction", "definition_node"]

CONSUMERS: Final = (sum, max, min, list, tuple)
"""What takes all elements of a generator at once."""

MAX_DEPTH: Final = 40
"""Calls inside each other."""


@dataclass(eq=False)
class LocalFunction:
    """A function or lambda that was made inside.

    Args:
        node: its definition.
        frame: the function around it.
        defaults: of its last parameters.
    """

    node: ast.FunctionDef | ast.Lambda
    frame: Frame
    defaults: Sequence[Value]


def definition_node(function: FunctionType) -> ast.FunctionDef | ast.Lambda:
    """Return the syntax tree of a function.

    Raises:
        Refused: there is none, or it is not one of a plain function.
    """
    try:
        node = syntax_of(function.__code__, function.__globals__)
    except RewriteError as error:
        raise Refused(str(error)) from None
    if not isinstance(node, (ast.FunctionDef, ast.Lambda)):
        raise Refused("an asynchronous function")
    if has(node, ast.Yield, ast.YieldFrom, ast.Await):
        raise Refused("a generator")
    return node


class Functions(Expressions):
    """The part of a walk that calls functions."""

    local_functions: dict[Any, LocalFunction]

    def expression_Lambda(self, node: ast.Lambda) -> Value:
        """Write `Lambda`."""
        return self.local_function(node)

    def local_function(self, node: ast.FunctionDef | ast.Lambda) -> Value:
        """Return a function that is made here."""
        defaults = [self.expression(each) for each in node.args.defaults]
        if any(not isinstance(each.kind, Static) and not each.is_constant for each in defaults):
            raise Refused("a default that is computed")
        key = self.key(node)
        known = self.local_functions.setdefault(key, LocalFunction(node, self.frame, defaults))
        return static(known)

    def expression_Call(self, node: ast.Call) -> Value:
        """Write `Call`."""
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("append",):
            owner = self.expression(node.func.value)
            if isinstance(owner.kind, List) and len(node.args) == 1:
                item = self.expression(node.args[0])
                self.memory.note_change(owner.kind.site)
                self.append(owner, item)
                return static(None)
        function = self.expression(node.func)
        if function.constant is zip and len(node.args) == 1 and isinstance(node.args[0], ast.Starred):
            rows = self.expression(node.args[0].value)
            if isinstance(rows.kind, List):
                return static(Columns(self, rows, self.key(node)))
        if (
            any(function.constant is each for each in CONSUMERS)
            and len(node.args) == 1
            and isinstance(node.args[0], ast.GeneratorExp)
        ):
            arguments = [self.note(node.args[0], self.comprehension(node.args[0]))]
        else:
            arguments = self.several(node.args)
        if any(each.arg is None for each in node.keywords):
            raise Refused("`**` in a call")
        named = {str(each.arg): self.expression(each.value) for each in node.keywords}
        self.place_key = id(node)
        return self.call_value(function, arguments, named)

    def call_value(self, function: Value, arguments: Sequence[Value], named: dict[str, Value]) -> Value:
        """Write a call of a value."""
        if not isinstance(function.kind, Static):
            raise Refused(f"a call of {described(function.kind)}")
        return self.call(function.kind.object, arguments, named)

    def call(self, function: Any, arguments: Sequence[Value], named: dict[str, Value]) -> Value:
        """Write a call of a function that is known."""
        if isinstance(function, LocalFunction):
            if function.frame not in self.frames:
                raise Refused("a function that outlives the one that it was made in")
            defaults = function.defaults
            frame = Frame({}, frozenset(), None, function.frame)
            return self.inlined(function.node, arguments, named, defaults, {}, frame)
        if type(function) is FunctionType and function not in ROWS:
            if not is_users(function.__globals__.get("__name__")) or dispatcher.replacement(function) is not None:
                # Derivatives pass through such functions in ways of their own.
                raise Refused(f"a call of {function.__name__!r}, which is not the user's")
            self.reads.note_function(function)
            values = [self.of(each) for each in function.__defaults__ or ()]
            only = {key: self.of(each) for key, each in (function.__kwdefaults__ or {}).items()}
            node = definition_node(function)
            return self.inlined(node, arguments, named, values, only, Frame({}, frozenset(), function))
        result = None
        if not named:
            try:
                result = self.call_builtin(function, arguments)
            except TypeError as error:
                raise Refused(f"a call that {error}") from None
        if result is None:
            raise Refused(f"a call of {getattr(function, '__name__', function)!r}")
        return result

    def inlined(
        self,
        node: ast.FunctionDef | ast.Lambda,
        arguments: Sequence[Value],
        named: dict[str, Value],
        defaults: Sequence[Value],
        only: dict[str, Value],
        frame: Frame,
    ) -> Value:
        """Write a call of a Python function."""
        frame.path = (*self.frame.path, self.place_key, id(node))
        frame.env = bound(node.args, arguments, named, defaults, only)
        frame.names = frozenset({*frame.env, *assigned_names(statements_of(node))})
        if has(node, ast.Global, ast.Nonlocal):
            raise Refused("a global or nonlocal name")
        frame.env |= {COUNT: self.count()} | carried(self.env)
        return self.run(node, frame)

    def run(self, node: ast.FunctionDef | ast.Lambda, frame: Frame) -> Value:
        """Write the code of a function, whose variables have their first values, and return the result."""
        if len(self.frames) > MAX_DEPTH:
            raise Refused("calls inside each other that are too deep")
        mark = self.writer.mark()
        self.frames.append(frame)
        try:
            self.block(statements_of(node))
            if self.frame.env is not None:
                self.env[RESULT] = static(None)
                frame.returns.append((self.way(), static(None)))
            self.merge(mark, [way for way, _ in frame.returns])
            if self.frame.env is None:
                raise Unreached
            result, after = self.variable(self.env, RESULT), carried(self.env)
        finally:
            self.frames.pop()
        self.env.update(after)
        return result

    def block(self, nodes: Sequence[ast.stmt]) -> None:
        """Write statements."""
        raise NotImplementedError


def bound(
    parameters: ast.arguments,
    arguments: Sequence[Value],
    named: dict[str, Value],
    defaults: Sequence[Value],
    only: dict[str, Value],
) -> dict[str, Value]:
    """Return the variables that a function begins with."""
    for value in (*arguments, *named.values()):
        refuse_to_keep(value)
    if parameters.vararg is not None or parameters.kwarg is not None:
        raise Refused("a function of any number of arguments")
    positional = [each.arg for each in (*parameters.posonlyargs, *parameters.args)]
    names = {*positional[len(parameters.posonlyargs) :], *(each.arg for each in parameters.kwonlyargs)}
    env = dict(zip(positional[len(positional) - len(defaults) :], defaults, strict=True)) | only
    env |= dict(zip(positional, arguments, strict=False))
    twice = set(named) & set(positional[: len(arguments)])
    if len(arguments) > len(positional) or not names.issuperset(named) or twice:
        raise Refused("a call that does not fit the function")
    env |= named
    if len(env) != len(positional) + len(parameters.kwonlyargs):
        raise Refused("a call without an argument")
    return env
