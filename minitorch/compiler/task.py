"""What is to be compiled, and what its users are told of that."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from minitorch.autodiff.place import is_own
from minitorch.compiler.result import Result

if TYPE_CHECKING:
    from minitorch.machine_code.lowering.machine import Fallback, Shape

__all__ = ["CompilationWarning", "Limits", "Mode", "Task"]


class Mode(Enum):
    """What is computed."""

    VALUE = "value"
    GRADIENT = "value and derivatives"
    TANGENT = "value and tangents"
    HESSIAN = "second derivatives"


class Limits(NamedTuple):
    """Bounds of what is compiled for calls of one kind.

    Args:
        paths: how many ways through the function.
        operations: how many operations on all of them; a longer way is interpreted.
    """

    paths: int
    operations: int


class CompilationWarning(UserWarning):
    """A compiled function goes on in Python, or does less than the plain one does."""


class Task(NamedTuple):
    """What is to be compiled.

    Args:
        title: what warnings call the function.
        kind: what is computed.
        recorded: what is recorded; for value and derivatives the traced function alone.
        eager: answers a call in Python.
        fastmath: whether arithmetic may be rounded differently.
        limits: how much is compiled.
        roots: what surroundings begin from.
        reported: what has been warned of.
        name: what its builtin is called.
        derivatives: where the outputs of derivatives go behind the value, for value and derivatives.
        fallback: answers calls that the builtin can't.
    """

    title: str
    kind: Mode
    recorded: Callable[..., Any]
    eager: Callable[..., Any]
    fastmath: bool
    limits: Limits
    roots: tuple[Any, ...]
    reported: set[str]
    name: str
    derivatives: Shape
    fallback: Fallback

    def shape(self, results: Sequence[Result]) -> Shape | None:
        """Which outputs, behind the number of the form, make what a call returns; None if a builtin can't make it."""
        count = results[0].floats if len(results) == 1 else None
        if count is None or self.kind not in (Mode.VALUE, Mode.GRADIENT):
            return None
        if self.kind is Mode.GRADIENT:
            return 1, self.derivatives
        return 1 if count < 0 else tuple(range(1, count + 1))

    def report(self, message: str) -> None:
        """Warn once, at the line that called the compiled function."""
        if message not in self.reported:
            self.reported.add(message)
            levels, frame = 2, sys._getframe(1)
            while is_own(frame.f_code) and frame.f_back is not None:
                levels, frame = levels + 1, frame.f_back
            warnings.warn(f"{self.title}: {message}", CompilationWarning, stacklevel=levels)
