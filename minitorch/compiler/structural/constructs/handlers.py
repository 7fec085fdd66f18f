"""`try`, `raise` and `with`.

An `except` is written once for all ways that lead there, a `finally` once for each kind of way that leads through it.
"""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import FunctionType
from typing import Any

from minitorch.compiler.structural.basis.errors import Catcher, Clause, Raised
from minitorch.compiler.structural.basis.frames import RESULT, Way
from minitorch.compiler.structural.basis.kinds import Static, Value, described, static
from minitorch.compiler.structural.basis.memory import Memory
from minitorch.compiler.structural.basis.reads import Reads
from minitorch.compiler.structural.basis.refusals import Refused, Unreached
from minitorch.compiler.structural.constructs.messages import Messages, SomeText

__all__ = ["Exits", "Handlers"]


@dataclass
class Exits:
    """The ways on which code ends otherwise than behind its last statement.

    Args:
        returns: from the function, with the result.
        loops: for each loop around the code the ways that go on with it, and those that leave it.
        clause: with an error.
    """

    returns: list[tuple[Way, Value]]
    loops: list[tuple[list[Way], list[Way]]]
    clause: Clause


class Handlers(Messages):
    """The part of a walk that knows handlers.

    Attributes:
        handled: the exceptions that are being handled, the innermost last; `None` for one of several.
    """

    def __init__(self, memory: Memory, reads: Reads) -> None:
        super().__init__(memory, reads)
        self.handled: list[Raised | None] = []

    def statement_Try(self, node: ast.Try) -> None:
        """Write `Try`."""
        if node.finalbody:
            self.finally_after(lambda: self.guarded(node), lambda: self.block(node.finalbody))
        else:
            self.guarded(node)

    def guarded(self, node: ast.Try) -> None:
        """Write a `try` up to its `finally`."""
        if not node.handlers:
            self.block([*node.body, *node.orelse])
            return
        self.caught_by(
            [self.caught_classes(handler.type) for handler in node.handlers],
            lambda: self.block(node.body),
            lambda: self.block(node.orelse),
            [self.handler(handler) for handler in node.handlers],
            [asks_which(handler) for handler in node.handlers],
        )

    def caught_by(
        self,
        classes: Sequence[tuple[type[BaseException], ...]],
        body: Callable[[], None],
        orelse: Callable[[], None],
        handlers: Sequence[Callable[[Raised | None], None]],
        asking: Sequence[bool],
    ) -> None:
        """Write code whose errors are caught.

        Args:
            classes: for each handler what it catches.
            body: writes the code.
            orelse: writes what follows where it has raised nothing.
            handlers: write what follows where it has, given the exception; `None` for one of several.
            asking: whether they need to know which.
        """
        writer = self.writer
        writer.check()
        mark = writer.mark()
        clauses = [Clause(each) for each in classes]
        self.catchers.append(Catcher(self.frame, clauses))
        try:
            body()
        except Unreached:
            self.leave()
        finally:
            self.catchers.pop()
        ways: list[Way] = []
        if self.frame.env is not None:
            orelse()
        if self.frame.env is not None:
            ways.append(self.way())
        for clause, handler, asks in zip(clauses, handlers, asking, strict=True):
            groups: list[tuple[Raised | None, list[Way]]] = [(None, [way for _, way in clause.ways])]
            for raised, leading in clause.by_error() if asks else groups:
                if not leading:
                    continue
                self.merge(mark, leading)
                self.handled.append(raised)
                try:
                    handler(raised)
                finally:
                    self.handled.pop()
                if self.frame.env is not None:
                    ways.append(self.way())
        self.merge(mark, ways)

    def handler(self, node: ast.ExceptHandler) -> Callable[[Raised | None], None]:
        """Return what writes an `except`."""

        def written(raised: Raised | None) -> None:
            if node.name is not None:
                self.set_variable(node.name, static(raised))
            self.block(node.body)
            if node.name is not None and self.frame.env is not None:
                env, key = self.key_of(node.name)
                env.pop(key, None)

        return written

    def caught_classes(self, node: ast.expr | None) -> tuple[type[BaseException], ...]:
        """Return what an `except` catches."""
        if node is None:
            return (BaseException,)
        if any(isinstance(each, ast.Name) and each.id in self.frame.names for each in ast.walk(node)):
            raise Refused("an `except` of a class that is computed", node)
        value = self.expression(node)
        found = [self.items_of(value)] if not isinstance(value.kind, Static) else [[value]]
        items = [item.constant for item in found[0]]
        if len(items) == 1 and type(items[0]) is tuple:
            items = list(items[0])
        if not all(isinstance(each, type) and issubclass(each, BaseException) for each in items):
            raise Refused("an `except` of what is no class of exceptions", node)
        return tuple(items)

    # -- finally -------------------------------------------------------------------------------------------------------

    def finally_after(self, body: Callable[[], None], final: Callable[[], None]) -> None:
        """Write code with what is to be done behind it whichever way it ends.

        Args:
            body: writes the code.
            final: writes what is behind it.
        """
        mark, ends = self.writer.mark(), list[Way]()
        exits = self.diverted(body)
        if self.frame.env is not None:
            self.merge(mark, [self.way()])
            final()
            self.go_on(lambda: ends.append(self.way()))
        self.lead_on(exits, mark, final)
        self.merge(mark, ends)

    def diverted(self, body: Callable[[], None], catches: bool = True) -> Exits:
        """Write code, and return the ways on which it does not end behind its last statement.

        Args:
            body: writes the code.
            catches: whether errors are among these ways.
        """
        frame = self.frame
        exits = Exits([], [([], []) for _ in frame.loops], Clause((BaseException,)))
        returns, frame.returns = frame.returns, exits.returns
        loops, frame.loops = frame.loops, list(exits.loops)
        if catches:
            self.catchers.append(Catcher(frame, [exits.clause], is_final=True))
        try:
            body()
        except Unreached:
            self.leave()
        finally:
            if catches:
                self.catchers.pop()
            frame.returns, frame.loops = returns, loops
        return exits

    def lead_on(self, exits: Exits, mark: int, final: Callable[[], None]) -> None:
        """Write what is to be done on each way that code ends, and lead it where it was to go.

        Args:
            exits: the ways.
            mark: of the writer, before the code.
            final: writes what is to be done.
        """
        for ways, follow in self.followed(exits):
            self.merge(mark, ways)
            final()
            self.go_on(follow)
        for raised, ways in exits.clause.by_error():
            self.merge(mark, ways)
            catchers = self.catchers
            if raised.error is GeneratorExit:
                # Python only reports what is raised while it closes a generator.
                self.catchers = []
            final()
            self.catchers = catchers
            self.go_on(lambda raised=raised: self.raise_always(raised))  # type: ignore[misc]
        if exits.returns:
            self.merge(mark, [way for way, _ in exits.returns])
            kept = f"result before line {id(exits)}"
            self.env[kept] = self.env[RESULT]
            final()
            if self.frame.env is not None:
                self.env[RESULT] = value = self.env.pop(kept)
                self.frame.returns.append((self.way(), value))
                self.frame.env = None

    def followed(self, exits: Exits) -> list[tuple[list[Way], Callable[[], None]]]:
        """Return the ways that go on with the loops around code or leave these, and what leads each on."""
        found: list[tuple[list[Way], Callable[[], None]]] = []
        for own, outer in zip(exits.loops, self.frame.loops, strict=True):
            for ways, onward in zip(own, outer, strict=True):
                if ways:
                    found.append((ways, lambda onward=onward: onward.append(self.way())))  # type: ignore[misc]
        return found

    def go_on(self, follow: Callable[[], None]) -> None:
        """Write where a way leads behind `finally`."""
        if self.frame.env is None:
            return
        with contextlib.suppress(Unreached):
            follow()
        self.frame.env = None

    # -- raise ---------------------------------------------------------------------------------------------------------

    def statement_Raise(self, node: ast.Raise) -> None:
        """Write `Raise`."""
        if not self.catchers:
            self.leave()
            return
        if node.exc is None:
            if not self.handled or self.handled[-1] is None:
                raise Refused("the `raise` of an exception that is not known")
            self.raise_always(self.handled[-1])
        self.raise_always(self.exception(node.exc))

    def exception(self, node: ast.expr) -> Raised:
        """Return what `raise` is given."""
        arguments: Sequence[Value] = ()
        called = isinstance(node, ast.Call)
        thing = self.expression(node.func if isinstance(node, ast.Call) else node)
        if isinstance(thing.constant, Raised) and not called:
            return thing.constant
        error = thing.constant
        if not (isinstance(error, type) and issubclass(error, BaseException)):
            raise Refused(f"the `raise` of {described(thing.kind)}")
        if any(isinstance(getattr(error, name), FunctionType) for name in ("__init__", "__new__")):
            raise Refused(f"an exception that is made by code of its own, {error.__name__}")
        if isinstance(node, ast.Call):
            if self.caught(error) is None:
                return Raised(error)
            if node.keywords:
                raise Refused("an exception with keywords")
            arguments = [value for each in node.args for value in self.message(each)]
        known = all(each.is_constant and not isinstance(each.constant, SomeText) for each in arguments)
        return Raised(error, tuple(each.constant for each in arguments) if known and called else None)

    # -- with ----------------------------------------------------------------------------------------------------------

    def statement_With(self, node: ast.With) -> None:
        """Write `With`: of `contextlib.suppress` and `contextlib.nullcontext`."""
        self.managed(node.items, node.body)

    def managed(self, items: Sequence[ast.withitem], body: Sequence[ast.stmt]) -> None:
        """Write a body in contexts."""
        if not items:
            self.block(body)
            return
        first, *rest = items
        call = first.context_expr
        if not isinstance(call, ast.Call) or call.keywords:
            raise Refused("the context of a `with`", call)
        manager: Any = self.expression(call.func).constant
        if manager is contextlib.suppress and first.optional_vars is None:
            classes = [each for node in call.args for each in self.caught_classes(node)]
            nothing = lambda *_: None  # noqa: E731 - it is given twice
            self.caught_by([tuple(classes)], lambda: self.managed(rest, body), nothing, [nothing], [False])
        elif manager is contextlib.nullcontext and len(call.args) < 2:
            value = self.expression(call.args[0]) if call.args else static(None)
            if first.optional_vars is not None:
                self.assign(first.optional_vars, value)
            self.managed(rest, body)
        else:
            raise Refused("the context of a `with`", call)


def asks_which(handler: ast.ExceptHandler) -> bool:
    """Return whether a handler needs to know which error it handles."""
    return handler.name is not None or any(
        isinstance(each, ast.Raise) and each.exc is None for each in ast.walk(handler)
    )
