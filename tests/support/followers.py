"""Ways to follow a program line by line, as debuggers and coverage do: those that this Python has.

Each runs a call and gives what it saw of one file: an event, the name of the code and the line.
"""

from __future__ import annotations

import bdb
import functools
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import Any

__all__ = ["FOLLOWERS", "MONITORING", "Follower", "each_instruction", "tool"]

Seen = list[tuple[str, str, int]]
Follower = Callable[[str, Callable[[], Any]], tuple[Any, Seen]]
"""Takes the file and the call; gives the result of the call and what was seen."""

MONITORING: Any = getattr(sys, "monitoring", None)
"""What Python has from 3.12 on."""


def by_tracer(file: str, call: Callable[[], Any]) -> tuple[Any, Seen]:
    """Follow by `sys.settrace`."""
    seen: Seen = []

    def trace(frame: FrameType, event: str, argument: object) -> Callable[..., Any] | None:
        if frame.f_code.co_filename != file:
            return None
        seen.append((event, frame.f_code.co_name, frame.f_lineno))
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        return call(), seen
    finally:
        assert sys.gettrace() is trace
        sys.settrace(before)


@contextmanager
def each_instruction(see: Callable[[int], None]) -> Iterator[None]:
    """Have each instruction of the Python code that runs told by its offset, as it was before `sys.monitoring`."""

    def trace(frame: FrameType, event: str, argument: object) -> Callable[..., Any]:
        frame.f_trace_opcodes = True
        if event == "opcode":
            see(frame.f_lasti)
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(before)


def by_profiler(file: str, call: Callable[[], Any]) -> tuple[Any, Seen]:
    """Follow by `sys.setprofile`; calls of what is in C are left out, which traced code asks before its own."""
    seen: Seen = []

    def profile(frame: FrameType, event: str, argument: object) -> None:
        if frame.f_code.co_filename == file and not event.startswith("c_"):
            seen.append((event, frame.f_code.co_name, frame.f_lineno))

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        return call(), seen
    finally:
        assert sys.getprofile() is profile
        sys.setprofile(before)


@contextmanager
def tool(events: dict[int, Callable[..., Any]], number: int = 0) -> Iterator[None]:
    """Have a tool of `sys.monitoring` called at some events, and see that it is the same in the end."""
    MONITORING.use_tool_id(number, "follower")
    for event, call in events.items():
        MONITORING.register_callback(number, event, call)
    MONITORING.set_events(number, sum(events))
    try:
        yield
        assert MONITORING.get_tool(number) == "follower"
        assert MONITORING.get_events(number) == sum(events)
    finally:
        MONITORING.set_events(number, 0)
        for event in events:
            MONITORING.register_callback(number, event, None)
        MONITORING.free_tool_id(number)


def by_monitoring(once: bool, file: str, call: Callable[[], Any]) -> tuple[Any, Seen]:
    """Follow by `sys.monitoring`; `once` as coverage does, which has each line told once."""
    seen: Seen = []
    events = MONITORING.events
    answer = MONITORING.DISABLE if once else None

    def line(code: CodeType, number: int) -> Any:
        if code.co_filename == file:
            seen.append(("line", code.co_name, number))
        return answer

    def event_of(name: str, code: CodeType, *_: Any) -> None:
        if code.co_filename == file:
            seen.append((name, code.co_name, code.co_firstlineno))

    names = ("PY_START", "PY_RESUME", "PY_RETURN", "PY_YIELD", "PY_UNWIND", "RAISE", "EXCEPTION_HANDLED")
    calls = {getattr(events, name): functools.partial(event_of, name) for name in names}
    if once:
        MONITORING.restart_events()
    with tool({events.LINE: line, **calls}):
        return call(), seen


class Debugger(bdb.Bdb):
    """A debugger that steps from line to line.

    Args:
        file: the file in which it looks.
        options: those of `bdb.Bdb`.
    """

    def __init__(self, file: str, **options: Any) -> None:
        super().__init__(**options)
        self.file, self.seen = file, list[tuple[str, str, int]]()

    def told(self, event: str, frame: FrameType, *_: Any) -> None:
        """Note where the program stands."""
        if frame.f_code.co_filename == self.file:
            self.seen.append((event, frame.f_code.co_name, frame.f_lineno))
        self.set_step()

    def user_line(self, frame: FrameType) -> None:
        self.told("line", frame)

    def user_call(self, frame: FrameType, argument_list: None) -> None:
        self.told("call", frame)

    def user_return(self, frame: FrameType, return_value: Any) -> None:
        self.told("return", frame)

    def user_exception(self, frame: FrameType, exc_info: Any) -> None:
        self.told("exception", frame)


def by_debugger(options: dict[str, Any], file: str, call: Callable[[], Any]) -> tuple[Any, Seen]:
    """Follow by `bdb`."""
    debugger = Debugger(file, **options)
    return debugger.runcall(call), debugger.seen


BY_VERSION: dict[tuple[int, int], dict[str, Follower]] = {
    (3, 10): {
        "settrace": by_tracer, "setprofile": by_profiler, "bdb": functools.partial(by_debugger, {}),
    },
    (3, 12): {
        "monitoring": functools.partial(by_monitoring, False), "coverage": functools.partial(by_monitoring, True),
    },
    (3, 14): {"bdb by monitoring": functools.partial(by_debugger, {"backend": "monitoring"})},
}  # fmt: skip
"""The ways to follow a program, by the version of Python that brought them."""

FOLLOWERS = {
    name: follower
    for version, followers in BY_VERSION.items()
    if sys.version_info >= version
    for name, follower in followers.items()
}
