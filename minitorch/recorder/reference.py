"""The recorder in Python: what the one in C does, to the last bit, where there is none."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterable
from types import CodeType, FrameType
from typing import Any, Final

from minitorch.recorder.own_files import OWN_FILES
from minitorch.transformer import make_resolve

__all__ = [
    "ScalarBase",
    "VariableBase",
    "add_row",
    "call_of",
    "connect",
    "jvp",
    "leaves",
    "make_resolve",
    "next_unique_id",
    "origin_of_caller",
    "replacement",
    "sweep",
    "track",
]

next_unique_id: Final[Callable[[], int]] = itertools.count(1).__next__
"""Return the number of a new Variable: later ones have larger numbers."""

sweep: Final[Callable[..., list[float] | None] | None] = None
"""The reverse pass: that of `autodiff` is in Python already."""

jvp: Final[Callable[..., list[float] | None] | None] = None
"""Forward mode, likewise."""

leaves: Final[Callable[..., list[Any]] | None] = None
"""A Scalar of each of some numbers: the class itself makes them."""


class VariableBase:
    """What a Variable keeps; `Variable` says what each attribute is."""

    __slots__ = (
        "code",
        "creator",
        "derivative",
        "first_parent",
        "first_partial",
        "instruction",
        "name",
        "second_parent",
        "second_partial",
        "unique_id",
    )  # fmt: skip

    creator: Any
    name: str | None
    derivative: Any
    unique_id: int
    first_parent: Any
    second_parent: Any
    first_partial: Any
    second_partial: Any
    code: CodeType | None
    instruction: int

    def __init__(self, history: Any, name: str | None = None) -> None:
        self.creator = history
        self.name = name
        self.unique_id = next_unique_id()
        self.derivative = None
        self.first_parent = None
        self.second_parent = None
        self.first_partial = None
        self.second_partial = None
        self.code, self.instruction = None, 0
        if history is not None and history.last_fn is not None:
            self.code, self.instruction = origin_of_caller()


class ScalarBase(VariableBase):
    """What a Scalar keeps besides: its plain number in `data`."""

    __slots__ = ("data",)

    data: float


def origin_of_caller() -> tuple[CodeType, int]:
    """Return the origin of what the nearest code outside this project is doing: code, and an instruction in it."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        code = frame.f_code
        if not OWN_FILES[code.co_filename]:
            return code, frame.f_lasti
        frame = frame.f_back
    outermost = sys._getframe(1)
    return outermost.f_code, outermost.f_lasti


def connect(
    *,
    scalar: type[ScalarBase],
    indicator: type[ScalarBase],
    histories: tuple[type, type],
    pausing: list[Any],
    observing: list[Any],
    active: list[Any],
    own_folders: tuple[str, ...],
    usual: dict[str, Callable[..., Any]],
) -> None:
    """Learn what other rooms have made, once they have.

    Args:
        scalar: the class of Scalars.
        indicator: that of the outcomes of comparisons.
        histories: the class of histories, and that of the inputs of a run.
        pausing: holds something while anybody does not record.
        observing: holds something while anybody observes decisions.
        active: the notes of the runs that go on.
        own_folders: the folders of this project's own code.
        usual: the methods of numbers, by name, which do whatever is not usual.
    """


def add_row(name: str, function: Any) -> Any:
    """Learn which Function is that of a row of the table.

    Args:
        name: the name of the row.
        function: the Function, whose `rule` is the row.

    Returns:
        What is to stand in the class for a faster `apply`; `None` if there is nothing faster.
    """
    return None


def track(nodes: Iterable[VariableBase]) -> None:
    """Have the garbage collector keep track of Variables that refer to themselves: of these it does."""


def call_of(name: str, plain: Callable[..., Any], usual: Callable[..., Any]) -> Callable[..., Any]:
    """Return what to call for a plain callable of a row.

    Args:
        name: the name of the row, or that of the callable where it has none.
        plain: the callable.
        usual: does it with numbers of any kind.
    """
    return usual


def replacement(kind: str, usual: Callable[..., Any], *parts: Any) -> Callable[..., Any]:
    """Return what does the same as a function that stands in for a plain callable: here that function."""
    return usual
