"""What is to be compiled for one mode of a function, and the warnings that its users get."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from minitorch.autodiff.place import warn_caller
from minitorch.compiler.result import Result
from minitorch.derivatives.special_points import DEFAULT_OPTIONS
from minitorch.derivatives.special_points import Options as DerivativeOptions

if TYPE_CHECKING:
    from minitorch.machine_code.llvm.builtins import Fallback, Shape

__all__ = ["Builtin", "CompilationWarning", "Functions", "Mode", "Options", "Reporter", "Task"]


class Mode(Enum):
    """What is computed of a function."""

    VALUE = "value"
    GRADIENT = "value and derivatives"
    TANGENT = "value and tangents"
    HESSIAN = "second derivatives"


class CompilationWarning(UserWarning):
    """A compiled function goes on in Python, or does less than the plain one does."""


class Options(NamedTuple):
    """What users choose when they compile a function.

    Args:
        fastmath: whether arithmetic may be reordered and rounded differently.
        max_traces: how many traces are compiled for calls with one key.
        max_operations: how many operations these may have together; what has more runs in Python.
        derivatives: what to do about derivatives that may be others than meant.
    """

    fastmath: bool
    max_traces: int
    max_operations: int
    derivatives: DerivativeOptions = DEFAULT_OPTIONS


class Functions(NamedTuple):
    """The Python functions behind a task.

    Args:
        plain: the user's function.
        recorded: what is run to record a trace; for value and derivatives it is the traced function alone.
        eager: what answers a call in Python.
    """

    plain: Callable[..., Any]
    recorded: Callable[..., Any]
    eager: Callable[..., Any]

    def in_python(self, mode: Mode) -> Callable[..., Any]:
        """Return what answers all calls of a mode in Python, also those for a value with Variables or arrays."""
        return self.recorded if mode is Mode.VALUE else self.eager


class Builtin(NamedTuple):
    """What the builtin function of a task looks like to its callers.

    Args:
        name: its `__name__`.
        derivatives: which outputs of the program are derivatives, in the form in which a call returns them.
        fallback: answers the calls that machine code can't.
    """

    name: str
    derivatives: Shape
    fallback: Fallback


class Reporter:
    """Warns the users of a compiled function, of each thing once.

    Args:
        title: what warnings call the function.
    """

    def __init__(self, title: str) -> None:
        self.title = title
        self.reported: set[str] = set()

    def report(self, message: str) -> None:
        """Warn at the line that called the compiled function, unless the same warning was given before."""
        if message not in self.reported:
            self.reported.add(message)
            warn_caller(CompilationWarning(f"{self.title}: {message}"))


class Task(NamedTuple):
    """One mode of a function, to be compiled.

    Args:
        mode: what is computed.
        functions: the Python functions behind it.
        builtin: what its builtin function looks like.
        options: what the user has chosen.
        reporter: warns the user.
    """

    mode: Mode
    functions: Functions
    builtin: Builtin
    options: Options
    reporter: Reporter

    def shape(self, results: Sequence[Result]) -> Shape | None:
        """Return which outputs of the program make what a call returns.

        Args:
            results: the forms of result met so far; the program's first output is the number of one of them.

        Returns:
            `None` if a builtin function can't make what is returned.
        """
        count = results[0].floats if len(results) == 1 else None
        if count is None or self.mode not in (Mode.VALUE, Mode.GRADIENT):
            return None
        if self.mode is Mode.GRADIENT:
            return 1, self.builtin.derivatives
        return 1 if count < 0 else tuple(range(1, count + 1))
