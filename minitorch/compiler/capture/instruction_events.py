"""Has the instructions of the user's code looked at before they run: by `sys.monitoring`, or by `sys.settrace` before.

    with watching_instructions(watch):
        run()                               watch.step(frame, step) at every instruction that reads something

A profiler of the user's own goes on running: where there is only one place for it, nothing is recorded meanwhile.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import CodeType, FrameType
from typing import Any, Final, Protocol

from minitorch.autodiff.monitoring_tools import HAS_MONITORING, free_tool, monitoring_tool
from minitorch.autodiff.place import OWN_FILES
from minitorch.compiler.capture.instructions import Step, steps_of
from minitorch.machine_code.llvm.layout_check import unknown_layout
from minitorch.transformer import bracket

__all__ = ["InstructionWatch", "can_watch", "watching_instructions", "works_for_us"]

IMPORTING: Final = "<frozen importlib"

LIBRARIES: Final = sys.stdlib_module_names | {"optree"}

TAKES_KEYWORDS: Final = 0x8
"""Flag of code that has a dict of further keyword arguments."""


class InstructionWatch(Protocol):
    """What is told of instructions."""

    def step(self, frame: FrameType, step: Step) -> None:
        """Look at the instruction at which a frame stands."""

    def begin(self, frame: FrameType) -> None:
        """Look at a frame that has a dict of further keyword arguments, and begins."""


def can_watch() -> bool:
    """Return whether instructions can be looked at now: no profiler has the only place, and no debugger."""
    if unknown_layout() is not None or sys.getprofile() is not None:
        return False
    return free_tool() is not None if HAS_MONITORING else sys.gettrace() is None


def is_looked_at(code: CodeType) -> bool:
    """Return whether code is the user's, or that of a library: not this project's, and not what imports modules."""
    return not OWN_FILES[code.co_filename] and not is_importing(code)


def is_importing(code: CodeType) -> bool:
    """Return whether code is that of Python which imports modules."""
    return code.co_filename.startswith(IMPORTING)


class Import:
    """The import that goes on, if any: what a module does when it is first imported, no other run repeats."""

    def __init__(self) -> None:
        self.outermost: FrameType | None = None

    def begin(self, frame: FrameType) -> None:
        """Note a frame of Python that imports a module, and begins."""
        if self.outermost is None or not self.has(frame):
            self.outermost = frame

    def has(self, frame: FrameType) -> bool:
        """Return whether a frame runs within the import."""
        if self.outermost is None:
            return False
        caller: FrameType | None = frame
        while caller is not None and caller is not self.outermost:
            caller = caller.f_back
        if caller is None:
            self.outermost = None
        return caller is not None


def is_of_library(frame: FrameType) -> bool:
    """Return whether a frame runs code of Python's own library, or of one that this project uses."""
    return str(frame.f_globals.get("__name__")).partition(".")[0] in LIBRARIES


def works_for_us(frame: FrameType) -> bool:
    """Return whether a frame of such a library was called by this project, as those of context managers are."""
    caller: FrameType | None = frame
    while caller is not None and is_of_library(caller):
        caller = caller.f_back
    return caller is not None and OWN_FILES[caller.f_code.co_filename]


@contextmanager
def watching_instructions(watch: InstructionWatch) -> Iterator[None]:
    """Have the instructions looked at that run within, in this thread.

    Args:
        watch: is told of them.
    """
    with monitoring_events(watch) if HAS_MONITORING else trace_events(watch):
        yield


@contextmanager
def trace_events(watch: InstructionWatch) -> Iterator[None]:
    """Have instructions looked at by `sys.settrace`."""
    tracers: dict[int, tuple[CodeType, Callable[..., Any]]] = {}
    passed_over: dict[int, CodeType] = {}
    importing = Import()

    def entered(frame: FrameType, event: str, argument: Any) -> Callable[..., Any] | None:
        code = frame.f_code
        if id(code) in passed_over:
            return None
        known = tracers.get(id(code))
        if known is None:
            if not is_looked_at(code):
                if is_importing(code):
                    importing.begin(frame)
                else:
                    passed_over[id(code)] = code
                return None
            known = tracers[id(code)] = code, tracer_of(code, watch.step)
        if importing.has(frame) or (is_of_library(frame) and works_for_us(frame)):
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        if code.co_flags & TAKES_KEYWORDS:
            watch.begin(frame)
        return known[1]

    with bracket(partial(sys.settrace, entered), partial(sys.settrace, None)):
        yield


def tracer_of(code: CodeType, look: Callable[[FrameType, Step], None]) -> Callable[..., Any]:
    """Return what `sys.settrace` calls while code runs."""
    find = steps_of(code).get

    def trace(frame: FrameType, event: str, argument: Any) -> Callable[..., Any]:
        if event == "opcode":
            step = find(frame.f_lasti)
            if step is not None:
                look(frame, step)
        return trace

    return trace


@contextmanager
def monitoring_events(watch: InstructionWatch) -> Iterator[None]:
    """Have instructions looked at by `sys.monitoring`."""
    monitoring: Any = getattr(sys, "monitoring")  # noqa: B009
    events, tool, thread = monitoring.events, free_tool(), threading.get_ident()
    watched: dict[int, CodeType] = {}
    known: dict[int, tuple[dict[int, Step], bool]] = {}
    importing = Import()

    def enter(code: CodeType, offset: int) -> Any:
        if is_importing(code):
            if threading.get_ident() == thread:
                importing.begin(sys._getframe(1))
            return None
        if not is_looked_at(code):
            return monitoring.DISABLE
        if threading.get_ident() == thread and not importing.has(sys._getframe(1)):
            if id(code) not in known:
                watched[id(code)] = code
                known[id(code)] = steps_of(code), is_of_library(sys._getframe(1))
                monitoring.set_local_events(tool, code, events.INSTRUCTION)
            if code.co_flags & TAKES_KEYWORDS:
                watch.begin(sys._getframe(1))
        return None

    def look(code: CodeType, offset: int) -> Any:
        steps, is_library = known[id(code)]
        step = steps.get(offset)
        if step is None:
            return monitoring.DISABLE
        frame = sys._getframe(1)
        is_ours = is_library and works_for_us(frame)
        if threading.get_ident() == thread and not (is_ours or importing.has(frame)):
            watch.step(frame, step)
        return None

    callbacks = {events.PY_START: enter, events.INSTRUCTION: look}
    with monitoring_tool(tool, callbacks, events.PY_START, watched):
        yield
