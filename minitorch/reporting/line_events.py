"""Has a `Watch` told of the lines that run within a `with` block, in this thread.

From Python 3.12 on `sys.monitoring` does it, beside any debugger, profiler or coverage; before there is one place for a
tracer: where somebody has it already, only calls are watched, in the place of a profiler.
"""

from __future__ import annotations

import dis
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import Any, Final

from minitorch.autodiff.monitoring_tools import HAS_MONITORING, free_tool, monitoring_tool
from minitorch.autodiff.place import OWN_FILES
from minitorch.reporting.watch import GENERATORS, Watch

__all__ = ["watching"]

YIELDS: Final = {dis.opmap.get(name) for name in ("YIELD_VALUE", "YIELD_FROM")}


@contextmanager
def watching(entry: CodeType | None) -> Iterator[Watch]:
    """Watch what runs within.

    Args:
        entry: the code of the function that is run.
    """
    watch = Watch(entry)
    tool = free_tool() if HAS_MONITORING else None
    if tool is not None:
        with by_monitoring(watch, tool):
            yield watch
    elif not HAS_MONITORING and sys.gettrace() is None:
        with by_tracing(watch):
            yield watch
    else:
        watch.is_active = False
        with calls_alone(watch):
            yield watch


@contextmanager
def by_monitoring(watch: Watch, tool: int) -> Iterator[None]:
    """Have lines watched by `sys.monitoring`."""
    monitoring: Any = getattr(sys, "monitoring")  # noqa: B009 (Python 3.10 has none)
    events, thread, ident = monitoring.events, threading.get_ident(), threading.get_ident
    watched: dict[int, CodeType] = {}

    def start(code: CodeType, offset: int) -> Any:
        if OWN_FILES[code.co_filename]:
            return monitoring.DISABLE
        if ident() == thread and watch.call(sys._getframe(1)) and id(code) not in watched:
            watched[id(code)] = code
            monitoring.set_local_events(tool, code, events.LINE | events.PY_RETURN)
        return None

    def line(code: CodeType, number: int) -> None:
        if ident() == thread:
            watch.line(sys._getframe(1), number)

    def returned(code: CodeType, offset: int, value: Any) -> None:
        if ident() == thread:
            watch.returned(sys._getframe(1), value)

    def raised(code: CodeType, offset: int, error: BaseException) -> None:
        if ident() == thread:
            watch.raised(sys._getframe(1))

    callbacks = {events.PY_START: start, events.LINE: line, events.PY_RETURN: returned, events.RAISE: raised}
    with monitoring_tool(tool, callbacks, events.PY_START | events.RAISE, watched):
        yield


@contextmanager
def by_tracing(watch: Watch) -> Iterator[None]:
    """Have lines watched by `sys.settrace`."""

    def within(frame: FrameType, event: str, argument: Any) -> Any:
        if event == "line":
            watch.line(frame, frame.f_lineno)
        elif event == "exception":
            watch.raised(frame)
        elif event == "return":
            code = frame.f_code
            # What a generator yields is called a return, too.
            if not code.co_flags & GENERATORS or code.co_code[frame.f_lasti] not in YIELDS:
                watch.returned(frame, argument)
        return within

    def call(frame: FrameType, event: str, argument: Any) -> Any:
        return within if watch.call(frame, may_go_on=True) else None

    sys.settrace(call)
    try:
        yield
    finally:
        sys.settrace(None)


@contextmanager
def calls_alone(watch: Watch) -> Iterator[None]:
    """Have calls watched by `sys.setprofile`, where there is no place for more."""

    def note(frame: FrameType, event: str, _: Any) -> None:
        if event == "call":
            watch.call(frame)

    previous = sys.getprofile()
    sys.setprofile(note)
    try:
        yield
    finally:
        sys.setprofile(previous)
