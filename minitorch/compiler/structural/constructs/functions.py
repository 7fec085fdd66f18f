"""Functions made inside, and calls of Python functions."""

from __future__ import annotations

import ast
import functools
import math
from collections.abc import Sequence
from types import FunctionType, MethodType
from typing import Any, Final

from minitorch.compiler.guards.followed_modules import is_users
from minitorch.compiler.structural.basis.errors import Raised
from minitorch.compiler.structural.basis.frames import COUNT, RESULT, Cell, Env, Frame, Generator, carried
from minitorch.compiler.structural.basis.kinds import Closure, List, Static, Tuple, Value, described, static
from minitorch.compiler.structural.basis.refusals import Refused, Unreached
from minitorch.compiler.structural.basis.syntax import has, scope_of, statements_of
from minitorch.compiler.structural.constructs.closures import Closures, LocalFunction, Partial
from minitorch.compiler.structural.constructs.expressions import is_starred
from minitorch.compiler.structural.constructs.parameters import Keywords, bound
from minitorch.compiler.structural.shape import uncompiled
from minitorch.compiler.structural.values.builtin_calls import ROWS
from minitorch.compiler.structural.values.iteration import Columns, iterated
from minitorch.tracing.tracer import dispatcher
from minitorch.transformer import RewriteError, syntax_of

__all__ = ["Functions", "definition_node", "is_generator"]

CONSUMERS: Final = (sum, max, min, list, tuple, sorted, math.fsum, math.prod)
"""What takes all elements of a generator at once, and does nothing else meanwhile."""

MAX_DEPTH: Final = 40
"""Calls inside each other."""


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
    if has(node, ast.Await):
        raise Refused("an asynchronous function")
    return node


def is_generator(node: ast.AST) -> bool:
    """Return whether a function gives its values one after the other."""
    return has(node, ast.Yield, ast.YieldFrom)


class Functions(Closures):
    """The part of a walk that calls functions."""

    def expression_Call(self, node: ast.Call) -> Value:
        """Write `Call`."""
        owner = self.expression(node.func.value) if isinstance(node.func, ast.Attribute) else None
        if owner is not None and self.has_known_methods(owner):
            assert isinstance(node.func, ast.Attribute)
            arguments, named = self.arguments_of(node, node.func.attr in ("extend", "join"))
            self.place_key = id(node)
            return self.method(owner, node.func.attr, arguments, named)
        if owner is None:
            function = self.expression(node.func)
        else:
            assert isinstance(node.func, ast.Attribute)
            self.place_key = id(node.func)
            function = self.note(node.func, self.attribute(owner, self.mangled(node.func.attr)))
        if function.constant is zip and len(node.args) == 1 and isinstance(node.args[0], ast.Starred):
            rows = self.expression(node.args[0].value)
            if isinstance(rows.kind, List):
                return static(Columns(self, rows, self.key(node)))
        if function.constant is math.hypot and any(isinstance(each, ast.Starred) for each in node.args):
            components = self.several(node.args)
            if any(map(is_starred, components)):
                return self.of_operands("Hypot", [], [self.joined_elements(node, components, list)])
        arguments, named = self.arguments_of(node, any(function.constant is each for each in CONSUMERS))
        self.place_key = id(node)
        return self.call_value(function, arguments, named)

    def arguments_of(self, node: ast.Call, is_consumer: bool) -> tuple[list[Value], dict[str, Value]]:
        """Write the arguments of a call.

        Args:
            node: the call.
            is_consumer: whether a generator that is the first of them is used up at once.
        """
        first: list[Value] = []
        if is_consumer and len(node.args) == 1 and isinstance(node.args[0], ast.GeneratorExp) and not node.keywords:
            first = [self.note(node.args[0], self.comprehension(node.args[0]))]
        arguments = first + self.several(node.args[len(first) :])
        if any(map(is_starred, arguments)):
            raise Refused("`*` before something else than a tuple", node)
        named: dict[str, Value] = {}
        for each in node.keywords:
            value = self.expression(each.value)
            if each.arg is None and not isinstance(value.constant, Keywords):
                raise Refused(f"`**` before {described(value.kind)}")
            more = value.constant.values if each.arg is None else {each.arg: value}
            if named.keys() & more.keys():
                raise Refused("an argument that is given twice")
            named |= more
        return arguments, named

    def of_operands(self, name: str, first: Sequence[Value], lists: Sequence[Value]) -> Value:
        """Write a row of single operands, and of the elements of lists behind them."""
        raise NotImplementedError

    def has_known_methods(self, owner: Value) -> bool:
        """Return whether a value is a list or a text, whose methods are known."""
        raise NotImplementedError

    def method(self, owner: Value, name: str, arguments: Sequence[Value], named: dict[str, Value]) -> Value:
        """Write a call of a method of a list or a text."""
        raise NotImplementedError

    def attribute(self, owner: Value, name: str) -> Value:
        """Write the reading of an attribute."""
        raise NotImplementedError

    def mangled(self, name: str) -> str:
        """Return the name that an attribute has in a class."""
        raise NotImplementedError

    def call_value(self, function: Value, arguments: Sequence[Value], named: dict[str, Value]) -> Value:
        """Write a call."""
        kind = function.kind
        if isinstance(kind, Static):
            return self.call(kind.object, arguments, named)
        if not isinstance(kind, Closure):
            raise Refused(f"a call of {described(kind)}")
        items = self.items_of(function)
        if isinstance(kind.function, Partial):
            target, *given = items
            by_name = dict(zip(kind.function.names, given[kind.function.positional :], strict=True))
            return self.call_value(target, [*given[: kind.function.positional], *arguments], by_name | named)
        return self.call_local(kind.function, arguments, named, dict(zip(kind.names, items, strict=True)))

    def call_local(
        self, function: LocalFunction, arguments: Sequence[Value], named: dict[str, Value], captured: Env | None
    ) -> Value:
        """Write a call of a function that was made inside."""
        frame = Frame({}, frozenset(), None, self.around(function, captured), function.depth)
        defaults, only = self.defaults_of(function, self.env if captured is None else captured)
        return self.inlined(function.node, arguments, named, defaults, only, frame)

    def call(self, function: Any, arguments: Sequence[Value], named: dict[str, Value]) -> Value:
        """Write a call of a function that is known."""
        function = uncompiled(function)
        if isinstance(function, LocalFunction):
            return self.call_local(function, arguments, named, None)
        if type(function) is functools.partial:
            self.reads.note_partial(function)
            first = [self.of(each) for each in function.args]
            named = {name: self.of(each) for name, each in function.keywords.items()} | named
            return self.call(function.func, [*first, *arguments], named)
        if type(function) is MethodType:
            return self.call(function.__func__, [self.of(function.__self__), *arguments], named)
        result = self.call_functools(function, arguments, named)
        if result is not None:
            return result
        if type(function) is FunctionType and function not in ROWS:
            if not is_users(function.__globals__.get("__name__")) or dispatcher.replacement(function) is not None:
                # Derivatives pass through such functions in ways of their own.
                raise Refused(f"a call of {function.__name__!r}, which is not the user's")
            self.reads.note_function(function)
            values = [self.of(each) for each in function.__defaults__ or ()]
            only = {key: self.of(each) for key, each in (function.__kwdefaults__ or {}).items()}
            node = definition_node(function)
            return self.inlined(node, arguments, named, values, only, Frame({}, frozenset(), function))
        by_position = self.by_position(function, arguments, named)
        if by_position is not None:
            try:
                result = self.call_builtin(function, by_position)
            except TypeError as error:
                raise Refused(f"a call that {error}") from None
        if result is None:
            raise Refused(f"a call of {getattr(function, '__name__', function)!r}")
        return result

    def call_functools(self, function: Any, arguments: Sequence[Value], named: dict[str, Value]) -> Value | None:
        """Write a call of what `functools` has; `None` if this is nothing of that."""
        if function is functools.partial and arguments:
            made_of = Partial(len(arguments) - 1, tuple(named))
            return self.closure(made_of, (), [*arguments, *named.values()])
        if function is functools.wraps:
            return static(as_it_is)
        if function is as_it_is:
            return arguments[0]
        if function is functools.reduce and not named and len(arguments) in (2, 3):
            return self.reduced(*arguments)
        return None

    def reduced(self, function: Value, values: Value, start: Value | None = None) -> Value:
        """Write `functools.reduce`."""
        if isinstance(values.kind, Tuple):
            items = self.items_of(values)
            result = items.pop(0) if start is None and items else start
            if result is None:
                self.raise_always(Raised(TypeError))
            for item in items:
                result = self.call_value(function, [result, item], {})
            return result
        over, name, place = iterated(self, values), "reduced so far", self.place_key
        first = "0" if start is not None else "1"
        if start is None:
            self.raises(TypeError, self.writer.negation(over.more(self, "0")))
            self.writer.check()
        self.env[name] = over.item(self, "0") if start is None else start

        def at(turn: str) -> str:
            return turn if first == "0" else self.writer.effect(f"add i64 {turn}, 1")

        def body(turn: str) -> None:
            self.place_key = place
            self.env[name] = self.call_value(function, [self.env[name], over.item(self, at(turn))], {})

        self.loop(("reduce", self.frame.path, place), [name], lambda turn: over.more(self, at(turn)), body)
        return self.env.pop(name)

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
        scope = scope_of(node)
        frame.names, frame.nonlocals, frame.outside = scope.names, scope.nonlocals, scope.outside
        frame.kept = scope.kept
        frame.cells = {name: Cell(f"{name} of {frame.path}") for name in scope.cells}
        env = bound(node.args, arguments, named, defaults, only, self.tuple_of)
        frame.env = {frame.cells.get(name, name): value for name, value in env.items()}
        if is_generator(node):
            return self.generator_of(node, frame)
        frame.env |= {COUNT: self.count()} | carried(self.env)
        return self.run(node, frame)

    def generator_of(self, node: ast.FunctionDef | ast.Lambda, frame: Frame) -> Value:
        """Return a generator that begins with the variables of a frame."""
        if isinstance(node, ast.Lambda):
            raise Refused("a `yield` in a lambda")
        return static(Generator(node, frame, self.loops_around()))

    def loops_around(self) -> int:
        """Return how many loops are around the code."""
        return sum(len(each.loops) for each in self.frames)

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
            result = self.outliving(result, frame, self.env)
        finally:
            self.frames.pop()
        for name in carried(self.env):
            del self.env[name]
        self.env.update({name: value for name, value in after.items() if name not in frame.cells.values()})
        return result

    def block(self, nodes: Sequence[ast.stmt]) -> None:
        """Write statements."""
        raise NotImplementedError


def as_it_is(function: Any) -> Any:
    """Return a function, as what `functools.wraps` makes does."""
    return function
