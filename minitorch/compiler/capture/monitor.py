"""Monitors a run for the recorder: all operations in order, dead ones too, and whatever no trace could repeat.

    with monitored(Stopwatch()) as monitor:
        run()
    monitor.outputs       [(0, x * y), (1, sin of that), …]    each with how many decisions had been taken before it
    monitor.obstacle      "Sqrt raised an error that was caught at pump.py:12", or None

An operation that raises leaves no history, and where the exception is caught the run goes on: control flow of a value
that no decision shows. Complex numbers, arrays of numpy, `no_grad` and `detach` hide values in the same way. Python's
own profiler sees all of them.
"""

from __future__ import annotations

import bisect
import os
import sys
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any, Final

from minitorch import arrays
from minitorch.autodiff import grad_mode
from minitorch.autodiff.decisions import Decision, observed
from minitorch.autodiff.function import FunctionBase
from minitorch.autodiff.place import OWN_FILES, Place, is_own, place_in
from minitorch.autodiff.run_notes import end_plain_run
from minitorch.autodiff.variable import Variable
from minitorch.compiler.capture.instruction_events import works_for_us
from minitorch.compiler.capture.stopwatch import Stopwatch
from minitorch.compiler.guards.followed_modules import is_users
from minitorch.compiler.turns import collector_waiting
from minitorch.scalars import complex_primitives, complex_scalar, detach
from minitorch.scalars.askers import asked_by_code_for_floats
from minitorch.scalars.float_protocol import Number
from minitorch.scalars.primitives import RuleFunction
from minitorch.scalars.scalar import Indicator, Scalar, made_as
from minitorch.tracing import libraries
from minitorch.tracing.libraries.unknown import module_of as library_module_of
from minitorch.tracing.tracer import converter
from minitorch.transformer import bracket

__all__ = ["TraceMonitor", "monitored"]

TENSORS: Final = os.path.join(os.path.dirname(arrays.__file__), "tensor.py")
MAKING_TENSORS: Final = frozenset({"__init__", "output_of"})
"""The functions there that make Tensors with histories; those without are constants."""

LIBRARIES: Final = os.path.join(os.path.dirname(libraries.__file__), "")
LOOKING: Final = frozenset(
    """without_rule with_variables called_blank guarded is_numerical compiled_from traced_wrapper gated gate
    twin_by_need called_by_need is_python_class is_scipys""".split()
)
"""Functions there that ask whether a library has a part in a call, which is no part of it."""

MAKING_ROWS: Final = frozenset(
    id(code) for code in libraries.rows_of.__code__.co_consts if isinstance(code, CodeType) and code.co_name == "rows"
)

RECORDS: Final = frozenset({id(vars(RuleFunction)["record"].__func__.__code__), id(made_as.__code__)})
"""Code that makes Variables, by its identity: to hash code takes longer than most of it runs."""

VALUED: Final = RECORDS | {
    id(method.__code__)
    for cls in (Number, Scalar, Indicator)
    for method in vars(cls).values()
    if type(method) is FunctionType and method.__name__ not in ("__init__", "__init_subclass__")
}
"""Code that returns a value, never None: it ends without one where it raises."""

HIDING: Final = {
    id(detach.detach.__code__): "a value was detached",
    id(Scalar.__reduce_ex__.__code__): "a number with a history was pickled",
    id(FunctionBase.record.__func__.__code__): "a Function that is not in the table of rules was applied",  # type: ignore[attr-defined]
}
SHOWING: Final = id(Scalar.__repr__.__code__)
ASKING_WHETHER_RECORDING: Final = id(grad_mode.is_recording.__code__)

HIDING_FILES: Final = {
    complex_primitives.__file__: "complex numbers took part",
    complex_scalar.__file__: "complex numbers took part",
}


OUTSIDE: Final = frozenset(
    """time random _random secrets uuid _uuid os posix nt _io io _thread gc _socket select contextvars _contextvars
    _posixsubprocess subprocess locale _locale pathlib tempfile shutil glob""".split()
)
"""Modules in C, and those of types of objects, that ask the world outside or change it."""

WARNING: Final = warnings.catch_warnings.__enter__.__globals__["__name__"]
"""The module with Python's code that warns: `warnings`, from Python 3.14 on another one."""

ANOTHER_VALUE: Final = "{} gives another value every time, or acts on the world outside"


def draw_in(frame: FrameType) -> str | None:
    """Return the call of what draws random numbers that a function stands in for; `None` for any other."""
    known = frame.f_locals.get("known") if "known" in frame.f_code.co_freevars else None
    return f"{known.__name__}()" if known is not None and library_module_of(known).startswith("numpy.random") else None


LOCKS: Final = (type(threading.Lock()), type(threading.RLock()))
HOLDING: Final = frozenset({"acquire", "release", "__enter__", "__exit__"})

ASKING: Final = frozenset({"input", "open", "fromfile", "getcontext", "geterr"})
CLOCKS: Final = frozenset({"now", "today", "utcnow"})


class TraceMonitor:
    """Sees what happens in a run.

    Args:
        decisions: those taken so far; others are added as they are taken.
        stopwatch: ends a run that takes too long.

    Attributes:
        outputs: the Variables that operations returned, in order, each with the number of decisions before it.
        obstacle: why the run can't be repeated by machine code; `None` if it can.
        side_effects: what was done besides computing, such as printing, and where.
        final: whether no other run could be repeated, either.
        differs: whether the result may be another one than Python's.
        is_outside: whether the world outside was asked or changed.
        is_plain: whether all Variables of the run have become constants.
        has_arrays: whether whole arrays took part.
        passed_over: a frame of which nothing is looked at, such as one that makes what replaces a library's callables.
    """

    def __init__(self, decisions: list[Decision], stopwatch: Stopwatch) -> None:
        self.decisions = decisions
        self.stopwatch = stopwatch
        self.outputs: list[tuple[int, Variable]] = []
        self.marks: list[tuple[int, int, Variable]] = []
        self.obstacle: str | None = None
        self.seen_code: dict[int, CodeType] = {}
        self.side_effects: set[str] = set()
        self.final = self.differs = self.is_outside = self.is_plain = self.has_arrays = False
        self.passed_over: FrameType | None = None

    def differentiating(self, order: Sequence[Variable]) -> Iterator[Variable]:
        """Yield Variables to a reverse pass one by one, and note which operations and decisions it does for each."""
        for node in order:
            self.marks.append((len(self.outputs), len(self.decisions), node))
            yield node

    def place_of_derivative(self, index: int) -> Place | None:
        """Return where the user's source has the operation that an output of the reverse pass belongs to.

        Args:
            index: the position of the output in `outputs`.

        Returns:
            `None` for an output from before the reverse pass.
        """
        mark = bisect.bisect_right(self.marks, index, key=lambda mark: mark[0])
        return self.marks[mark - 1][2].place if mark else None

    def place_of_decision(self, index: int) -> Place | None:
        """Return where the user's source has the operation that a decision of the reverse pass belongs to.

        Args:
            index: the position of the decision in `decisions`.

        Returns:
            `None` for a decision from before the reverse pass.
        """
        mark = bisect.bisect_right(self.marks, index, key=lambda mark: mark[1])
        return self.marks[mark - 1][2].place if mark else None

    def refuse(self, reason: str, frame: FrameType | None) -> None:
        """Keep the reason why no trace can repeat the run, if it is the first, with the place in the user's code."""
        while frame is not None and is_own(frame.f_code):
            frame = frame.f_back
        if self.obstacle is None:
            place = "" if frame is None else f" at {place_in(frame)}"
            self.obstacle = reason + place

    def profiled(self, frame: FrameType, event: str, argument: Any) -> None:
        """Look at the beginning or end of a call of Python's or C's; what `sys.setprofile` calls."""
        # The commonest come first: there are some seventy for each operation.
        if event == "c_return":
            return
        code = frame.f_code
        if self.passed_over is not None:
            # What replaces the callables of a library is made before any of them is called.
            if event == "return" and frame is self.passed_over:
                self.passed_over = None
        elif event == "c_call":
            if not OWN_FILES[code.co_filename]:
                self.called(frame, argument)
        elif event == "call":
            if id(code) not in self.seen_code:
                self.entered(frame, code)
        elif event == "return":
            if id(code) in VALUED:
                self.left(frame, argument)
            elif argument is False and id(code) == ASKING_WHETHER_RECORDING:
                self.refuse("part of it ran under no_grad", frame)

    def entered(self, frame: FrameType, code: CodeType) -> None:
        """Look at a call of a Python function that begins, and whose code is not known to be harmless."""
        if not is_own(code):
            self.begin(code, frame)
        elif id(code) in MAKING_ROWS or (code.co_name == "<module>" and code.co_filename.startswith(LIBRARIES)):
            self.passed_over = frame
        elif id(code) in HIDING:
            self.refuse(HIDING[id(code)], frame)
        elif id(code) == SHOWING and not asked_by_code_for_floats():
            self.refuse("repr() shows a number with its history, and another text for a float", frame)
            self.differs = True
        elif code.co_filename in HIDING_FILES:
            self.refuse(HIDING_FILES[code.co_filename], frame)
        elif code.co_filename == TENSORS:
            self.has_arrays = self.has_arrays or code.co_name in MAKING_TENSORS
            self.seen_code[id(code)] = code
        elif code.co_filename.startswith(LIBRARIES) and code.co_name not in LOOKING:
            drawn = draw_in(frame)
            if drawn is not None:
                self.refuse(ANOTHER_VALUE.format(drawn), frame)
                self.final = self.is_outside = True
                self.passed_over = frame
                return
            self.refuse("numpy or another library in C took part", frame)
            # From here on it is a plain run, unless a derivative is wanted of it.
            self.differs = self.differs or not end_plain_run()
        else:
            self.seen_code[id(code)] = code

    def begin(self, code: CodeType, frame: FrameType) -> None:
        """Note code that runs for the first time in this run."""
        self.seen_code[id(code)] = code
        module = str(module_of(frame))
        importing = importer(frame)
        if importing is not None:
            # What an import runs does not belong to the function; the next recording will not see it.
            if code.co_name == "<module>" and not is_own(importing.f_code) and not works_for_us(importing):
                self.refuse(f"it imports {module}", importing)
            return
        if module == WARNING and code.co_name == "_showwarnmsg":
            # What is said of a derivative is said once for its trace, as everything about compilation.
            if not getattr(frame.f_locals.get("msg"), "category", Warning).__module__.startswith("minitorch."):
                self.side_effects.add("a warning")
        elif code.co_name == "<module>":
            self.refuse("text is run as code, which may read anything", frame)
            self.final = True
        elif module.partition(".")[0] in OUTSIDE:
            self.outside(f"{module}.{code.co_name}()", frame)

    def left(self, frame: FrameType, argument: Any) -> None:
        """Keep the output of an operation, unless it is a constant; refuse errors, which leave no output.

        An error that is caught is control flow of a value that no decision shows, wherever it is caught.
        """
        if argument is None:
            function = frame.f_locals.get("cls")
            what = frame.f_code.co_name if function is None else function.__name__
            self.refuse(f"{what} raised an error that was caught", frame)
            return
        is_new = id(frame.f_code) in RECORDS and issubclass(type(argument), Variable)
        if is_new and (argument.creator is not None or self.is_plain):
            self.outputs.append((len(self.decisions), argument))
            self.stopwatch.tick()

    def called(self, frame: FrameType, argument: Any) -> None:
        """Look at a call of a C function: some print, and some ask the world outside, whose answers differ."""
        owner = argument.__self__
        module = owner.__name__ if type(owner) is ModuleType else type(owner).__module__
        name = argument.__name__
        if argument is print:
            self.side_effects.add(f"print() at {place_in(frame)}")
        elif type(owner) in LOCKS and name in HOLDING:
            # A lock that is taken and released says nothing about numbers.
            return
        elif module.partition(".")[0] in OUTSIDE or module.startswith("numpy.random") or name in ASKING:
            self.outside(f"{name}()", frame)
        elif name in CLOCKS and isinstance(owner, type) and owner.__module__ == "datetime":
            self.outside(f"{owner.__name__}.{name}()", frame)

    def outside(self, what: str, frame: FrameType) -> None:
        """Refuse a call that asks the world outside, unless Python warns or imports there, or this project does it."""
        if importer(frame) is not None:
            return
        asking: FrameType | None = frame
        while asking is not None:
            module = str(module_of(asking))
            if module in ("warnings", WARNING) or is_own(asking.f_code):
                return
            if module.partition(".")[0] not in sys.stdlib_module_names and is_users(module_of(asking)):
                break
            asking = asking.f_back
        self.refuse(ANOTHER_VALUE.format(what), frame)
        self.final = self.is_outside = True


def importer(frame: FrameType | None) -> FrameType | None:
    """Return the frame whose import statement a frame runs for, looking back to the last call by this project.

    Returns:
        `None` if it runs for no import statement.
    """
    within = False
    while frame is not None:
        is_machinery = str(module_of(frame)).startswith("importlib")
        if within and not is_machinery:
            return frame
        # Imports may wait until what they bring is needed: then modules of this project are run by one, too.
        if is_own(frame.f_code) and frame.f_code.co_name != "<module>":
            return None
        within = within or is_machinery
        frame = frame.f_back
    return None


def module_of(frame: FrameType) -> Any:
    """Return the name of the module whose code a frame runs."""
    return frame.f_globals.get("__name__")


@contextmanager
def looking_away() -> Iterator[None]:
    """Look at nothing that runs within, be it by the profiler or by the trace function: code is rewritten there."""
    profiler, tracer = sys.getprofile(), sys.gettrace()
    if type(getattr(profiler, "__self__", None)) is not TraceMonitor:
        # Another thread than the one that records.
        yield
        return

    def begin() -> None:
        sys.settrace(None)
        sys.setprofile(None)

    def end() -> None:
        sys.setprofile(profiler)
        sys.settrace(tracer)

    with bracket(begin, end):
        yield


@contextmanager
def monitored(stopwatch: Stopwatch) -> Iterator[TraceMonitor]:
    """Monitor what runs within, in this thread, unless it takes too long.

    The garbage collector waits: what it calls in the middle of anything is not the function's doing. Operations go
    the usual way, by functions that the profiler sees: that is where they go while anybody may not record.
    """
    before = sys.getprofile()
    with collector_waiting(), observed() as decisions:
        monitor = TraceMonitor(decisions, stopwatch)

        def begin() -> None:
            grad_mode.pausing.append(monitor)
            sys.setprofile(monitor.profiled)

        def end() -> None:
            sys.setprofile(before)
            if monitor in grad_mode.pausing:
                grad_mode.pausing.remove(monitor)

        with bracket(begin, end):
            yield monitor


converter.aside = looking_away
