"""What Python would raise: it leads to the handler that catches it, in whatever function that is, or leaves.

    try:
        y = math.log(x)         br i1 %failed, label %failure, …      failure: which error is it, as Python says
    except ValueError:          …                                     br i1 %is.ValueError, label %handler, …
        y = 0.0

Python itself is asked which error an operation raises, only where one has failed. An operation that has raised leaves
nothing on the tape.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn

from minitorch.compiler.structural.basis.frames import COUNT, Env, Frame, Way, carried
from minitorch.compiler.structural.basis.kinds import Value
from minitorch.compiler.structural.basis.loops import Loops
from minitorch.compiler.structural.basis.memory import Memory
from minitorch.compiler.structural.basis.reads import Reads
from minitorch.compiler.structural.basis.refusals import Unreached
from minitorch.machine_code.lowering.python_calls import call_python
from minitorch.machine_code.lowering.rows import lower_operation
from minitorch.rules.real import RULES

__all__ = ["Catcher", "Clause", "Errors", "Raised"]

ARITHMETIC_ERRORS: Final = (ZeroDivisionError, ValueError, OverflowError)
"""What operations on floats raise."""

CERTAIN_ERRORS: Final = {"TrueDiv": ZeroDivisionError, "FloorDiv": ZeroDivisionError, "Mod": ZeroDivisionError}
"""Of rows that fail only where they raise this."""


@dataclass(eq=False)
class Raised:
    """An exception.

    Args:
        error: its class.
        arguments: what it was made with, where that is known.
    """

    error: type[BaseException]
    arguments: tuple[Any, ...] | None = None


@dataclass
class Clause:
    """An `except`, or a `finally`, and the ways that lead there.

    Args:
        errors: the classes that it catches.
    """

    errors: tuple[type[BaseException], ...]
    ways: list[tuple[Raised, Way]] = field(default_factory=list)

    def by_error(self) -> list[tuple[Raised, list[Way]]]:
        """Return the ways for each class of errors, or each exception whose arguments are known."""
        groups: dict[Any, tuple[Raised, list[Way]]] = {}
        for raised, way in self.ways:
            key: Any = raised if raised.arguments is not None else raised.error
            groups.setdefault(key, (raised, []))[1].append(way)
        return list(groups.values())


@dataclass
class Catcher:
    """A `try` while its body runs.

    Args:
        frame: the function that it is in.
        clauses: what it does about errors.
        is_final: whether errors go on behind it.
    """

    frame: Frame
    clauses: Sequence[Clause]
    is_final: bool = False


class Errors(Loops):
    """The part of a walk that knows where errors lead.

    Attributes:
        catchers: the `try` statements that run, the innermost last.
    """

    def __init__(self, memory: Memory, reads: Reads) -> None:
        super().__init__(memory, reads)
        self.catchers: list[Catcher] = []

    def checkpoint(self) -> Callable[[], None] | None:
        """Return what has the walk forget what it writes; `None` within a `try`, out of which errors may lead."""
        return None if self.catchers else super().checkpoint()

    def caught(self, error: type[BaseException]) -> tuple[Frame, Clause] | None:
        """Return the clause that such an error leads to first, and its function; `None` if no `except` catches it."""
        first: tuple[Frame, Clause] | None = None
        for catcher in reversed(self.catchers):
            for clause in catcher.clauses:
                if issubclass(error, clause.errors):
                    first = first or (catcher.frame, clause)
                    if not catcher.is_final:
                        return first
                    break
        return None

    def raises(self, error: type[BaseException], condition: str) -> None:
        """Write that Python raises an error where a condition is true."""
        found, writer = self.caught(error), self.writer
        if found is None:
            writer.fails(condition)
            return
        writer.check()
        raising, on = writer.new_label(), writer.new_label()
        writer.branch(condition, raising, on)
        self.note_way(found, Raised(error), raising)
        writer.start(on)

    def raise_always(self, raised: Raised) -> NoReturn:
        """Write that Python raises an exception here."""
        found, writer = self.caught(raised.error), self.writer
        if found is None:
            self.leave()
        else:
            raising = writer.new_label()
            writer.jump(raising)
            self.note_way(found, raised, raising)
            self.frame.env = None
        raise Unreached

    def under_key(self, values: Mapping[Any, Value], key: Any) -> Value:
        """Return what is under a key that is known, or write that Python raises."""
        if key not in values:
            self.raise_always(Raised(KeyError))
        return values[key]

    def note_way(self, found: tuple[Frame, Clause], raised: Raised, label: str) -> None:
        """Note a way to a handler, with the variables of its function."""
        frame, clause = found
        env: Env = dict(frame.env or {})
        for names, outer in reversed(frame.hidden):
            for name in names:
                env.pop(name, None)
            env.update(outer)
        env[COUNT] = self.count()
        env.update(carried(self.env))
        clause.ways.append((raised, Way(label, env)))

    def lowered(self, name: str, doubles: Sequence[str]) -> str:
        """Write a row's operation on floats, whose errors lead where they are caught."""
        writer = self.writer
        if not any(self.caught(error) for error in ARITHMETIC_ERRORS):
            return lower_operation(writer, name, *doubles)
        writer.check()
        result = lower_operation(writer, name, *doubles)
        failure, writer.failure = writer.failure, None
        if failure is None:
            return result
        if name in CERTAIN_ERRORS:
            self.raises(CERTAIN_ERRORS[name], failure)
            return result
        failed, on = writer.new_label(), writer.new_label()
        writer.branch(failure, failed, on)
        mark = writer.mark()
        writer.start(failed)
        number = call_python(writer, f"error of {name}", error_number(name), doubles)
        for index, error in enumerate(ARITHMETIC_ERRORS, 1):
            self.raises(error, writer.compare("oeq", number, writer.constant(float(index))))
        writer.failure = None
        writer.line("br label %leave")
        writer.forget(mark)
        writer.start(on)
        return result


@functools.cache
def error_number(name: str) -> Callable[..., float]:
    """Return a function that says which error a row raises for its operands: a number from 1 on, 0 for none."""
    plain = RULES[name].function

    def number(*operands: float) -> float:
        try:
            plain(*operands)
        except ARITHMETIC_ERRORS as error:
            return 1.0 + ARITHMETIC_ERRORS.index(type(error)) if type(error) in ARITHMETIC_ERRORS else 0.0
        except TypeError:
            return 0.0
        return 0.0

    return number
