"""Generators that are used at once: the consumer's code is written where they give a value.

    def falling(x):                     for y in falling(x):        what is written:
        while x > 1.0:                      total += y                  while x > 1.0:
            yield x                                                         y = x; total += y
            x *= 0.5                                                        x *= 0.5

The two take turns, and each has variables that the other's code does not see. Those that the consumer's loop assigns
are cells as long as the generator runs, which go along with its variables; those of the generator can't change while
the consumer runs. Where the consumer ends before the generator does, GeneratorExit is raised at the `yield`, if there
is a `finally` to be met.
"""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from minitorch.compiler.structural.basis.errors import Catcher, Clause, Raised
from minitorch.compiler.structural.basis.frames import COUNT, RESULT, Cell, Env, Frame, Generator, Way, carried
from minitorch.compiler.structural.basis.kinds import Value, static
from minitorch.compiler.structural.basis.refusals import Refused, Unreached
from minitorch.compiler.structural.basis.syntax import has, own_nodes
from minitorch.compiler.structural.constructs.handlers import Exits, Handlers
from minitorch.compiler.structural.values.iteration import iterated, refuse_to_keep

__all__ = ["Generators"]

KEPT_RESULT: Final = Cell("result while a generator is closed")


MAX_NESTED: Final = 6
"""One generator in another of the same function, and so on."""


@dataclass
class Consumer:
    """What the values of a generator are for.

    Attributes:
        generator: it.
        body: writes what is done with one.
        env: the variables of the consumer's function that its code does not change.
        catchers: the `try` statements around it.
        handled: the exceptions that are being handled around it.
        depth: how many `try` statements there are around the generator's own.
        breaks: the ways that leave the consumer's loop.
        closing: of the exceptions that have closed the generator what follows.
    """

    generator: Generator
    body: Callable[[Value], None]
    env: Env = field(default_factory=dict)
    catchers: list[Catcher] = field(default_factory=list)
    handled: list[Raised | None] = field(default_factory=list)
    depth: int = 0
    breaks: list[Way] = field(default_factory=list)
    closing: dict[Raised, Callable[[], None]] = field(default_factory=dict)


class Generators(Handlers):
    """The part of a walk that goes over generators."""

    def consume(
        self,
        generator: Generator,
        names: Sequence[str],
        body: Callable[[Value], None],
        orelse: Callable[[], None] = lambda: None,
    ) -> Value:
        """Write a generator, with what is done with each of its values, and return its result.

        Args:
            generator: it.
            names: the variables that its consumer assigns.
            body: writes what is done with a value.
            orelse: writes what follows where the generator has ended by itself.
        """
        self.note_use(generator)
        open_calls = [each for each in self.frames if each.path[-1:] == generator.frame.path[-1:]]
        if len(open_calls) > MAX_NESTED:
            raise Refused("a generator that goes over itself")
        frame, mark = self.frame, self.writer.mark()
        cells = {
            name: Cell(f"{name} beside {generator.frame.path}")
            for name in names
            if name in frame.names and name not in frame.cells
        }
        for name, cell in cells.items():
            if name in self.env:
                self.env[cell] = self.env.pop(name)
        frame.cells = frame.cells | cells
        results: list[Value] = []

        def back() -> None:
            env = self.env
            for cell in generator.frame.cells.values():
                env.pop(cell, None)
            for name, cell in cells.items():
                if cell in env:
                    env[name] = env.pop(cell)

        exits = self.diverted(
            lambda: results.append(self.run_generator(Consumer(generator, body), orelse)),
            bool(self.catchers),
        )
        ends: list[Way] = []
        if frame.env is not None:
            back()
            ends.append(self.way())
        self.lead_on(exits, mark, back)
        self.merge(mark, ends)
        frame.cells = {name: cell for name, cell in frame.cells.items() if name not in cells}
        if frame.env is None:
            raise Unreached
        return results[0]

    def note_use(self, generator: Generator) -> None:
        """Note that a generator is gone over, which it may be only once."""
        if generator.is_used or generator.loops != self.loops_around():
            raise Refused("a generator that may be gone over twice")
        generator.is_used = True

    def run_generator(self, consumer: Consumer, orelse: Callable[[], None]) -> Value:
        """Write the code of a generator up to its end."""
        generator = consumer.generator
        outer, own, mark = self.frame, generator.frame, self.writer.mark()
        along = carried(self.env)
        consumer.env = {name: value for name, value in self.env.items() if name not in along}
        consumer.catchers, consumer.handled = list(self.catchers), list(self.handled)
        own.env = (own.env or {}) | {COUNT: self.count()} | along
        own.consumer = consumer
        closed, stopped = Clause((GeneratorExit,)), Clause((StopIteration,))
        if has(generator.node, ast.Try, ast.With):
            self.catchers.append(Catcher(outer, [closed]))
        if self.catchers:
            self.catchers.append(Catcher(outer, [stopped]))
        consumer.depth = len(self.catchers)
        outer.env = dict(consumer.env)
        self.frames.append(own)
        result: Value | None = None
        try:
            self.block(generator.node.body)
            if own.env is not None:
                self.env[RESULT] = static(None)
                own.returns.append((self.way(), static(None)))
            self.merge(mark, [way for way, _ in own.returns])
            if own.env is not None:
                result = self.outliving(self.variable(self.env, RESULT), own, self.env)
                along = carried(self.env)
        finally:
            self.frames.pop()
            self.catchers = list(consumer.catchers)
        outer.env = None if result is None else consumer.env | along
        if outer.env is not None:
            orelse()
        if outer.env is not None:
            consumer.breaks.append(self.way())
        for raised, ways in closed.by_error():
            if raised not in consumer.closing:
                raise Refused("a generator that raises GeneratorExit")
            self.merge(mark, [without(way, own) for way in ways])
            self.go_on(consumer.closing[raised])
        if stopped.ways:
            self.merge(mark, [way for _, way in stopped.ways])
            self.go_on(lambda: self.raise_always(Raised(RuntimeError)))
        self.merge(mark, consumer.breaks)
        return static(None) if result is None else result

    # -- values --------------------------------------------------------------------------------------------------------

    def expression_Yield(self, node: ast.Yield) -> Value:
        """Write `Yield`."""
        value = static(None) if node.value is None else self.expression(node.value)
        refuse_to_keep(value)
        self.give(value)
        return static(None)

    def expression_YieldFrom(self, node: ast.YieldFrom) -> Value:
        """Write `YieldFrom`."""
        value = self.opened(self.expression(node.value))
        if isinstance(value.constant, Generator):
            return self.consume(value.constant, [], self.give)
        over = iterated(self, value)
        self.loop(self.key(node), [], lambda turn: over.more(self, turn), lambda turn: self.give(over.item(self, turn)))
        return static(None)

    def give(self, value: Value) -> None:
        """Write what the consumer does with a value of the generator that runs."""
        own = self.frame
        consumer: Consumer | None = own.consumer
        if consumer is None:
            raise Refused("a generator that is not gone over where it is called")
        mark, env, catchers, handled = self.writer.mark(), self.env, self.catchers, self.handled
        finals = [each for each in catchers[consumer.depth :] if catches(each, GeneratorExit)]
        if not all(each.is_final for each in finals):
            raise Refused("a generator that catches GeneratorExit")
        if finals:
            check_finals(consumer.generator)
        along = carried(env)
        kept = {name: each for name, each in env.items() if name not in along}
        self.frames.pop()
        outer = self.frame
        outer.env = consumer.env | along
        self.catchers, self.handled = list(consumer.catchers), list(consumer.handled)
        again: list[Way] = []
        breaks: list[Way] = [] if finals else consumer.breaks

        def turn() -> None:
            outer.loops.append((again, breaks))
            try:
                consumer.body(value)
            finally:
                outer.loops.pop()

        try:
            if finals:
                exits = self.diverted(turn, bool(self.catchers))
            else:
                self.reaching(turn)
            if outer.env is not None:
                again.append(self.way())
            if finals:
                self.close(own, kept, catchers, exits, breaks, mark)
            self.merge(mark, again)
            own.env = None if outer.env is None else kept | carried(outer.env)
            outer.env = dict(consumer.env)
        finally:
            self.frames.append(own)
            self.catchers, self.handled = catchers, handled
        if own.env is None:
            raise Unreached

    def close(self, own: Frame, kept: Env, catchers: list[Catcher], exits: Exits, breaks: list[Way], mark: int) -> None:
        """Write how a generator is closed on each way on which its consumer ends before it does.

        Args:
            own: the generator.
            kept: its variables.
            catchers: the `try` statements around its code.
            exits: the ways that leave the code around the consumer.
            breaks: those that leave its loop.
            mark: of the writer, before the consumer's code.
        """
        consumer: Consumer = own.consumer
        outer = self.frame
        groups = [(breaks, lambda: consumer.breaks.append(self.way())), *self.followed(exits)]
        for raised, ways in exits.clause.by_error():
            groups.append((ways, lambda raised=raised: self.raise_always(raised)))  # type: ignore[misc]
        groups.append(([way for way, _ in exits.returns], self.return_kept))
        for ways, follow in groups:
            if not ways:
                continue
            self.merge(mark, ways)
            if ways and follow == self.return_kept:
                self.env[KEPT_RESULT] = self.variable(self.env, RESULT)
            closing = Raised(GeneratorExit, ())
            consumer.closing[closing] = follow
            own.env = kept | carried(self.env)
            outer.env = dict(consumer.env)
            self.frames.append(own)
            before, self.catchers = self.catchers, catchers
            with contextlib.suppress(Unreached):
                self.raise_always(closing)
            self.frames.pop()
            self.catchers = before
        outer.env = None

    def reaching(self, body: Callable[[], None]) -> None:
        """Write code of which it may not be known that any call comes to its end."""
        try:
            body()
        except Unreached:
            self.leave()

    def return_kept(self) -> None:
        """Write the return from the consumer's function behind the end of a generator."""
        self.env[RESULT] = value = self.env.pop(KEPT_RESULT)
        self.frame.returns.append((self.way(), value))


def catches(catcher: Catcher, error: type[BaseException]) -> bool:
    """Return whether a `try` catches an error."""
    return any(issubclass(error, clause.errors) for clause in catcher.clauses)


def check_finals(generator: Generator) -> None:
    """Refuse a generator that may go on where it is to end."""
    for node in own_nodes(generator.node):
        for final in node.finalbody if isinstance(node, ast.Try) else ():
            for each in (final, *own_nodes(final)):
                if isinstance(each, (ast.Yield, ast.YieldFrom, ast.Return, ast.Break, ast.Continue)):
                    raise Refused("a `finally` in which a generator goes on or ends", each)


def without(way: Way, own: Frame) -> Way:
    """Return a way without the variables of a function that has ended."""
    cells = own.cells.values()
    return Way(way.label, {name: value for name, value in way.env.items() if name not in cells})
