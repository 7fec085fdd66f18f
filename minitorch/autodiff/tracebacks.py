"""Tracebacks of the user's code alone: what this project's own files do in between is left out.

    File "pump.py", line 9, in <module>         File "pump.py", line 9, in <module>
      slope(0.0)                                  slope(0.0)
    File ".../reverse_mode.py", line 95         File "pump.py", line 4, in head
      run, derivatives = …                        return math.sqrt(flow - 1.0)
    File ".../differentiable.py", line 129
      returned = run_traced(…)
    File "pump.py", line 4, in head
      return math.sqrt(flow - 1.0)
    …four more

Functions that users call leave their frames out of what they raise; with the environment variable
`MINITORCH_FULL_TRACEBACKS` set to anything they keep them.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Iterable
from types import FrameType, FunctionType, TracebackType
from typing import Any, Final, TypeVar, cast

from minitorch.autodiff.place import is_own

__all__ = ["KEEP", "errors_within", "leave_out_own_frames", "linked", "short_tracebacks", "users_entries"]

KEEP: Final = "MINITORCH_FULL_TRACEBACKS"
"""The environment variable that has all frames kept."""

C = TypeVar("C", bound=Callable[..., Any])


def short_tracebacks(function: C) -> C:
    """Leave this project's frames out of the tracebacks of what a function raises; a decorator.

    What is called by another such function leaves that to the outermost one: until then the frames tell who raised.

    >>> @short_tracebacks
    ... def fail():
    ...     raise ValueError("no")
    >>> try:
    ...     fail()
    ... except ValueError as error:
    ...     [part.tb_frame.f_code.co_name for part in users_entries(error.__traceback__)][:2]
    ['<module>', 'fail']
    """
    shorten = shorten_when_outermost

    def shortened(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except MemoryError:
            # Where memory is short nothing more is begun, which CPython up to 3.10 does not always survive.
            raise
        except BaseException as error:
            shorten(error)
            raise

    # With globals of its own module it is one of that module's functions to whoever looks for these, as doctest does.
    own = FunctionType(shortened.__code__, function.__globals__, function.__name__, None, shortened.__closure__)
    inner = getattr(function, "__wrapped__", function)
    functools.update_wrapper(own, function)
    # Who unwraps it comes to the user's function, if there is one, and not to one of ours.
    own.__wrapped__ = inner  # type: ignore[attr-defined]
    return cast(C, own)


def shorten_when_outermost(error: BaseException) -> None:
    """Leave frames out of what a function raises that is called by no other of its kind."""
    code = sys._getframe(1).f_code
    frame: FrameType | None = sys._getframe(2)
    while frame is not None and frame.f_code is not code:
        frame = frame.f_back
    if frame is None and KEEP not in os.environ:
        leave_out_own_frames(error)


def leave_out_own_frames(error: BaseException) -> None:
    """Leave this project's frames out of the tracebacks of an error, its causes and what it is a group of."""
    for each in errors_within(error):
        trace = each.__traceback__
        kept = linked(users_entries(trace))
        if trace is not None and is_own(trace.tb_frame.f_code):
            # Up to Python 3.10 the handler raises what it caught, from its own frame on.
            trace.tb_next = kept
        each.__traceback__ = kept


def errors_within(error: BaseException) -> list[BaseException]:
    """Return an error, what it was raised from, and the members of groups among them, each once."""
    found: dict[int, BaseException] = {}
    pending: list[BaseException | None] = [error]
    while pending:
        current = pending.pop()
        if current is not None and id(current) not in found:
            found[id(current)] = current
            pending += [current.__cause__, current.__context__, *getattr(current, "exceptions", ())]
    return [*found.values()]


def users_entries(trace: TracebackType | None) -> list[TracebackType]:
    """Return the entries of a traceback that are not of this project's files, the outermost first."""
    entries = []
    while trace is not None:
        if not is_own(trace.tb_frame.f_code):
            entries.append(trace)
        trace = trace.tb_next
    return entries


def linked(entries: Iterable[TracebackType]) -> TracebackType | None:
    """Return a traceback of copies of some entries, the outermost first."""
    trace: TracebackType | None = None
    for entry in reversed([*entries]):
        # An interrupt may come where code has no line.
        line: int | None = entry.tb_lineno
        trace = TracebackType(trace, entry.tb_frame, entry.tb_lasti, -1 if line is None else line)
    return trace
