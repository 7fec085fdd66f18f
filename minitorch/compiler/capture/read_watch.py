"""Looks at instructions before they run, and notes what they read: attributes, elements, globals, cells, whole objects.

watch = ReadWatch(reads, stopwatch)
watch.step(frame, step)       notes in `reads` what the instruction at which the frame stands is about to read
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import resolve_name
from types import BuiltinFunctionType, FrameType, FunctionType, ModuleType
from typing import Any, Final

from minitorch.autodiff.place import is_own, place_in
from minitorch.compiler.capture.instruction_events import watching_instructions
from minitorch.compiler.capture.instructions import Access, Step
from minitorch.compiler.capture.read_calls import CallReads
from minitorch.compiler.capture.stopwatch import EVENTS_PER_LOOK, Stopwatch
from minitorch.compiler.guards.deferred_imports import load_deferred
from minitorch.compiler.guards.followed_modules import is_users
from minitorch.compiler.guards.kinds import CONTAINERS, is_immutable
from minitorch.compiler.guards.reads import Reads
from minitorch.compiler.guards.snapshots import MISSING
from minitorch.machine_code.llvm.frame_layout import EMPTY, cell_at, cell_names, local_at, stack_values
from minitorch.recorder import make_receiver, received_owner
from minitorch.scalars.float_protocol import is_tracked
from minitorch.tracing.tracer import dispatcher
from minitorch.transformer import thread_nanoseconds

__all__ = ["ReadWatch", "watched"]

DECIDING: Final = (
    () if make_receiver is None else (type(dispatcher.resolve), type(make_receiver(dispatcher.resolve, "append")))
)
"""Types of what rewritten code asks by subscript what it calls; they look at nothing that is not noted anyway."""

TAKES_POSITIONAL: Final = 0x4
"""Flag of code that has a tuple of further positional arguments."""

NEW_LOCALS: Final = 0x2
"""Flag of code whose locals are not a dict that somebody else has."""

OVERHEAD_NANOSECONDS: Final = 2_000
"""About how long it takes to look at an instruction."""

FREE_REFERENCES: Final = 3
"""How many references there are to an object that only the evaluation stack has: that, a list and an argument."""


class ReadWatch:
    """Notes what instructions read.

    Args:
        reads: where it is noted.
        stopwatch: ends a run that takes too long.
    """

    def __init__(self, reads: Reads, stopwatch: Stopwatch) -> None:
        self.reads = reads
        self.stopwatch = stopwatch
        self.calls = CallReads(reads)
        self.frame: FrameType | None = None
        self.since = 0
        reads.place = self.place
        self.accesses: dict[Access, Callable[[FrameType, Any, list[Any]], None]] = {
            Access.GLOBAL: self.read_global,
            Access.IMPORT: self.read_import,
            Access.CELL: self.read_cell,
            Access.ATTRIBUTE: self.read_attribute,
            Access.ATTRIBUTE_OF_SUPER: self.read_attribute_of_super,
            Access.ELEMENT: self.read_element,
            Access.STORED_ELEMENT: self.store_element,
            Access.SLICE: self.read_slice,
            Access.MEMBERSHIP: self.read_membership,
            Access.ITERATION: self.read_items,
            Access.NEXT: self.read_next,
            Access.TRUTH: self.read_truth,
            Access.LENGTH: self.read_length,
            Access.PATTERN: self.read_pattern,
            Access.OPERANDS: self.read_operands,
            Access.CALL: self.read_call,
        }

    def place(self) -> str:
        """Return where the user's code reads."""
        frame = self.frame
        while frame is not None and (is_own(frame.f_code) or not is_users(frame.f_globals.get("__name__"))):
            frame = frame.f_back
        return "" if frame is None else place_in(frame)

    def step(self, frame: FrameType, step: Step) -> None:
        """Note what the instruction is about to read at which a frame stands."""
        if self.reads.obstacle is not None:
            return
        count = max(step.taken, step.after)
        values = stack_values(frame, step.depth, count) if count else []
        if step.after:
            self.made(values, -step.after)
        if step.access is Access.NOTHING:
            return
        self.frame = frame
        self.reads.events += 1
        try:
            self.accesses[step.access](frame, step.argument, values)
        except Exception as error:
            # Objects may answer questions about themselves in ways of their own.
            self.reads.refuse(f"what it reads at {self.place()} can't be looked at ({type(error).__name__}: {error})")
        self.frame = None
        if not self.reads.events % EVENTS_PER_LOOK and is_users(frame.f_globals.get("__name__")):
            self.stopwatch.look()

    def begin(self, frame: FrameType) -> None:
        """Note the dict of further keyword arguments, which is the call's own."""
        code = frame.f_code
        index = code.co_argcount + code.co_kwonlyargcount + bool(code.co_flags & TAKES_POSITIONAL)
        self.reads.made_now(local_at(frame, index))

    def made(self, values: list[Any], index: int) -> None:
        """Note a new value if nothing but the stack refers to it; also how long a function of C took for it."""
        if self.since:
            self.reads.nanoseconds += max(thread_nanoseconds() - self.since - OVERHEAD_NANOSECONDS, 0)
            self.since = 0
        if self.calls.is_cached:
            self.calls.is_cached = False
            self.reads.everything(values[index])
        elif (
            values[index] is not EMPTY
            and not is_immutable(values[index])
            and sys.getrefcount(values[index]) <= FREE_REFERENCES
        ):
            self.reads.made_now(values[index])

    # -- names -------------------------------------------------------------------------------------------------------

    def read_global(self, frame: FrameType, name: str, values: list[Any]) -> None:
        """Note a global, or a builtin and that no global hides it."""
        scope = frame.f_globals
        if frame.f_code.co_flags & NEW_LOCALS == 0 and name in frame.f_locals and frame.f_locals is not scope:
            return
        load_deferred(scope, name)
        value = scope.get(name, MISSING)
        if value is MISSING:
            builtins = frame.f_builtins
            value = builtins.get(name, MISSING)
            if is_users(scope.get("__name__")):
                self.reads.named(scope, name, "the global")
                self.reads.named(builtins, name, "the builtin")
            return
        self.reads.call_it(value, f"the global {name!r}")
        if is_users(scope.get("__name__")) or not is_machinery(value):
            self.reads.named(scope, name, "the global")

    def read_cell(self, frame: FrameType, index: int, values: list[Any]) -> None:
        """Note a variable of a closure."""
        code = frame.f_code
        names = cell_names(code)
        self.reads.cell(cell_at(frame, index), names[index], getattr(code, "co_qualname", code.co_name))

    def read_import(self, frame: FrameType, name: str, values: list[Any]) -> None:
        """Note which modules an import inside the code will find."""
        self.reads.named(frame.f_builtins, "__import__", "the builtin")
        level, names = values[-2], frame.f_globals
        if level:
            package = names.get("__package__") or names.get("__name__", "").rpartition(".")[0]
            try:
                name = resolve_name("." * level + name, package)
            except ImportError:
                return  # as Python itself will find in a moment
        self.reads.call_it(sys.modules, "sys.modules")
        parts = name.split(".")
        for count in range(1, len(parts) + 1):
            self.reads.element(sys.modules, ".".join(parts[:count]))

    # -- attributes --------------------------------------------------------------------------------------------------

    def read_attribute(self, frame: FrameType, name: str, values: list[Any]) -> None:
        """Note an attribute."""
        self.calls.attribute(received_owner(values[-1]), name)

    def read_attribute_of_super(self, frame: FrameType, name: str, values: list[Any]) -> None:
        """Note an attribute that is looked up in the bases of a class."""
        self.calls.attribute_of_super(values[-1], name)

    # -- containers --------------------------------------------------------------------------------------------------

    def read_element(self, frame: FrameType, argument: Any, values: list[Any]) -> None:
        """Note an element."""
        if type(values[-2]) not in DECIDING:
            self.calls.element(values[-2], values[-1])

    def store_element(self, frame: FrameType, argument: Any, values: list[Any]) -> None:
        """Note an element that is about to be replaced, added or taken out."""
        self.calls.element(values[-2], values[-1])
        if argument == "DELETE_SUBSCR" and isinstance(values[-2], CONTAINERS):
            self.reads.items(values[-2])

    def read_slice(self, frame: FrameType, argument: Any, values: list[Any]) -> None:
        """Note all of what a slice is taken of."""
        self.calls.operand(values[-3])

    def read_membership(self, frame: FrameType, argument: Any, values: list[Any]) -> None:
        """Note what tells whether something is in a container."""
        self.calls.membership(values[-1], values[-2])

    def read_items(self, frame: FrameType, argument: Any, values: list[Any]) -> None:
        """Note what an iteration will give."""
        self.calls.iteration(values[-1])

    def read_next(self, frame: FrameType, argument: Any, values: list[Any]) -> None:
        """Note an iterator that is used up; what is gone through by an index was noted when that began."""
        if hasattr(type(values[0]), "__next__"):
            self.calls.next_of(values[0])

    def read_truth(self, frame: FrameType, argument: Any, values: list[Any]) -> None:
        """Note whether something is empty."""
        self.calls.truth(values[-1])

    def read_length(self, frame: FrameType, argument: Any, values: list[Any]) -> None:
        """Note how many items something has."""
        self.calls.truth(values[-1])

    def read_pattern(self, frame: FrameType, argument: Any, values: list[Any]) -> None:
        """Note the class of what is matched, and the attributes that a pattern takes from it."""
        subject, cls, names = values
        self.calls.classes_of(subject)
        self.calls.attribute(cls, "__match_args__")
        for name in (*getattr(cls, "__match_args__", ()), *names):
            self.calls.attribute(subject, name)

    def read_operands(self, frame: FrameType, argument: Any, values: list[Any]) -> None:
        """Note what an operator reads."""
        for value in values:
            self.calls.operand(value)

    def read_call(self, frame: FrameType, name: str, values: list[Any]) -> None:
        """Note what a call reads."""
        if name == "CALL_FUNCTION_EX":
            self.read_call_with_lists(values)
            return
        if name in ("CALL_FUNCTION_KW", "CALL_KW"):
            values = values[:-1]
        callee, *arguments = [value for value in values if value is not EMPTY]
        self.calls.call(callee, arguments)
        if type(callee) is BuiltinFunctionType and not any(map(is_tracked, arguments)):
            self.since = thread_nanoseconds()

    def read_call_with_lists(self, values: list[Any]) -> None:
        """Note what a call reads whose arguments are in a tuple, and in a dict."""
        callee, positional, *keywords = [value for value in values if value is not EMPTY]
        self.calls.iteration(positional)
        arguments = list(positional) if type(positional) in (tuple, list) else [positional]
        for mapping in keywords:
            self.calls.iteration(mapping)
            arguments += mapping.values() if type(mapping) is dict else [mapping]
        self.calls.call(callee, arguments)


def is_machinery(value: Any) -> bool:
    """Return whether a global of Python's own library is a function, a class or a module, which nobody replaces."""
    return isinstance(value, (FunctionType, type, ModuleType)) or callable(value)


@contextmanager
def watched(reads: Reads, stopwatch: Stopwatch) -> Iterator[None]:
    """Note what is read within, in this thread, where the garbage collector waits."""
    gc.collect(0)
    try:
        with watching_instructions(ReadWatch(reads, stopwatch)):
            yield
    finally:
        reads.finish()
