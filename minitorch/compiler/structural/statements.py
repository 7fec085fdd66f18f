"""Statements, and calls of Python functions, which are written where they are called."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import FunctionType
from typing import Any, Final

from minitorch.compiler.structural.expressions import RESULT, Expressions
from minitorch.compiler.structural.iteration import iterated
from minitorch.compiler.structural.kinds import List, Static, Tuple, Value, described, static
from minitorch.compiler.structural.refusals import Refused, Unreached
from minitorch.compiler.structural.walk import COUNT, Frame, Way
from transformer.errors import RewriteError
from transformer.linking import is_linked
from transformer.source import definition_of, source_of

__all__ = ["Statements", "definition_node"]

MAX_STATEMENTS: Final = 4_000
"""Statements that one walk writes, with those of all calls."""

MAX_DEPTH: Final = 40
MAX_UNROLLED: Final = 64


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
    code = function.__code__
    try:
        if is_linked(code):
            # It has been rewritten from what the file says there.
            found = source_of(code.co_filename).definitions.get((code.co_firstlineno, code.co_name), [])
            if len(found) != 1:
                raise Refused("a function whose source is not found")
            node = found[0].node
        else:
            node = definition_of(code, function.__globals__)[0].node
    except RewriteError as error:
        raise Refused(str(error)) from None
    if not isinstance(node, (ast.FunctionDef, ast.Lambda)):
        raise Refused("an asynchronous function")
    if any(isinstance(each, (ast.Yield, ast.YieldFrom, ast.Await)) for each in own_nodes(node)):
        raise Refused("a generator")
    return node


class Statements(Expressions):
    """The part of a walk that runs statements."""

    def block(self, nodes: Sequence[ast.stmt]) -> None:
        """Write statements, up to one that nothing comes behind."""
        for node in nodes:
            if self.frame.env is None:
                return
            self.size += 1
            if self.size > MAX_STATEMENTS:
                raise Refused("more statements than are compiled", node)
            method: Any = getattr(self, f"statement_{type(node).__name__}", None)
            if method is None:
                raise Refused(f"{type(node).__name__} is not compiled", node)
            try:
                method(node)
            except Unreached:
                self.leave()
            except Refused as refused:
                raise refused.at(node) from None

    def statement_Pass(self, node: ast.Pass) -> None:
        """Write `Pass`: nothing."""

    def statement_Expr(self, node: ast.Expr) -> None:
        """Write `Expr`."""
        self.expression(node.value)

    def statement_Return(self, node: ast.Return) -> None:
        """Write `Return`."""
        value = static(None) if node.value is None else self.expression(node.value)
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
            if isinstance(before.kind, List):
                raise Refused("a list that is changed by an operator")
            self.env[target.id] = self.binary(type(node.op), before, self.expression(node.value))
        elif isinstance(target, ast.Subscript):
            values, index = self.changed_list(target)
            before = self.get(values, index)
            self.put(values, index, self.binary(type(node.op), before, self.expression(node.value)))
        else:
            raise Refused("a change of an attribute")

    def changed_list(self, target: ast.Subscript) -> tuple[Value, str]:
        """Write which element of which list is to be changed."""
        values = self.expression(target.value)
        if not isinstance(values.kind, List) or isinstance(target.slice, ast.Slice):
            raise Refused(f"a change of {described(values.kind)}")
        self.memory.note_change(values.kind.site)
        return values, self.index_of(values, self.expression(target.slice))

    def assign(self, target: ast.expr, value: Value) -> None:
        """Write an assignment."""
        if isinstance(target, ast.Name):
            self.env[target.id] = value
        elif isinstance(target, (ast.Tuple, ast.List)):
            self.unpack(target.elts, value)
        elif isinstance(target, ast.Subscript):
            values, index = self.changed_list(target)
            self.put(values, index, value)
        else:
            raise Refused("a change of an attribute")

    def unpack(self, targets: Sequence[ast.expr], value: Value) -> None:
        """Write an assignment to several targets."""
        if any(isinstance(target, ast.Starred) for target in targets):
            raise Refused("`*` among targets")
        if isinstance(value.kind, Static) and type(value.kind.object) in (list, tuple):
            self.reads.note_container(value.kind.object)
            items = [self.of(each) for each in value.kind.object]
        elif isinstance(value.kind, Tuple):
            items = self.items_of(value)
        elif isinstance(value.kind, List):
            length = self.length(value)
            self.require(self.writer.effect(f"icmp eq i64 {length}, {len(targets)}"))
            items = [self.get(value, str(index)) for index in range(len(targets))]
        else:
            raise Refused(f"the elements of {described(value.kind)}")
        if len(items) != len(targets):
            raise Refused("more or fewer elements than targets")
        for target, item in zip(targets, items, strict=True):
            self.assign(target, item)

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
        self.require(self.truth_of(self.expression(node.test)))

    def statement_Raise(self, node: ast.Raise) -> None:
        """Write `Raise`."""
        self.writer.failure = None
        self.writer.line("br label %leave")
        self.frame.env = None

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
        value = self.expression(node.iter)
        if isinstance(value.kind, Tuple) and len(set(value.kind.items)) > 1:
            self.unrolled(node, self.items_of(value))
            return
        self.place_key = id(node)
        over = iterated(self, value)

        def body(turn: str) -> None:
            self.assign(node.target, over.item(self, turn))
            self.block(node.body)

        self.loop(
            self.key(node),
            assigned_names([node]),
            lambda turn: over.more(self, turn),
            body,
            lambda: self.block(node.orelse),
        )

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
            self.assign(node.target, item)
            self.block(node.body)
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

    # -- functions -----------------------------------------------------------------------------------------------------

    local_functions: dict[Any, LocalFunction]

    def statement_FunctionDef(self, node: ast.FunctionDef) -> None:
        """Write `FunctionDef`."""
        if node.decorator_list:
            raise Refused("a decorator")
        self.env[node.name] = self.local_function(node)

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
        if not isinstance(function.kind, Static):
            raise Refused(f"a call of {described(function.kind)}")
        arguments = self.several(node.args)
        if any(each.arg is None for each in node.keywords):
            raise Refused("`**` in a call")
        named = {str(each.arg): self.expression(each.value) for each in node.keywords}
        self.place_key = id(node)
        return self.call(function.kind.object, arguments, named)

    def call(self, function: Any, arguments: Sequence[Value], named: dict[str, Value]) -> Value:
        """Write a call of a function that is known."""
        if isinstance(function, LocalFunction):
            defaults = function.defaults
            frame = Frame({}, frozenset(), None, function.frame)
            return self.inlined(function.node, arguments, named, defaults, {}, frame)
        if type(function) is FunctionType:
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
        """Write a function where it is called."""
        if len(self.frames) > MAX_DEPTH or sum(each.path[-1:] == (id(node),) for each in self.frames) > 0:
            raise Refused("a function that calls itself")
        frame.path = (*self.frame.path, self.place_key, id(node))
        frame.env = bound(node.args, arguments, named, defaults, only)
        body = [ast.copy_location(ast.Return(node.body), node)] if isinstance(node, ast.Lambda) else node.body
        frame.names = frozenset({*frame.env, *assigned_names(body)})
        if any(isinstance(each, (ast.Global, ast.Nonlocal)) for each in own_nodes(node)):
            raise Refused("a global or nonlocal name")
        frame.env[COUNT] = self.count()
        mark = self.writer.mark()
        self.frames.append(frame)
        try:
            self.block(body)
            if self.frame.env is not None:
                self.env[RESULT] = static(None)
                frame.returns.append((self.way(), static(None)))
            self.merge(mark, [way for way, _ in frame.returns])
            if self.frame.env is None:
                raise Unreached
            result, count = self.variable(self.env, RESULT), self.count()
        finally:
            self.frames.pop()
        self.env[COUNT] = count
        return result


def bound(
    parameters: ast.arguments,
    arguments: Sequence[Value],
    named: dict[str, Value],
    defaults: Sequence[Value],
    only: dict[str, Value],
) -> dict[str, Value]:
    """Return the variables that a function begins with."""
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


def own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a function, without those of functions inside."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, (ast.FunctionDef, ast.Lambda, ast.ClassDef)):
            yield child
            yield from own_nodes(child)


def assigned_names(nodes: Sequence[ast.stmt]) -> list[str]:
    """Return the variables that statements assign."""
    names: dict[str, None] = {}
    for node in nodes:
        for each in (node, *own_nodes(node)):
            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
                names[each.id] = None
            for child in ast.iter_child_nodes(each):
                if isinstance(child, ast.FunctionDef):
                    names[child.name] = None
        if isinstance(node, ast.FunctionDef):
            names[node.name] = None
    return list(names)
