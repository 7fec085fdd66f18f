"""The recorder in Python: what the one in C does, to the last bit, where there is none."""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable, Iterable
from types import CodeType
from typing import Any, Final, NoReturn

from minitorch.recorder.countdown import Countdown, count_operation, counting
from minitorch.recorder.freeing import free_one_by_one
from minitorch.recorder.operations import (
    OPERATORS,
    Parts,
    Record,
    methods_of,
    next_unique_id,
    origin_of_caller,
    records_of,
    truth_of,
)
from minitorch.transformer import make_resolve

__all__ = [
    "Countdown",
    "ScalarBase",
    "VariableBase",
    "add_derivatives",
    "add_row",
    "call_of",
    "connect",
    "count_operation",
    "jvp",
    "leaves",
    "make_receiver",
    "make_resolve",
    "next_unique_id",
    "origin_of_caller",
    "received_owner",
    "replacement",
    "sweep",
    "track",
    "usual_of",
]

sweep: Final[Callable[..., list[float] | None] | None] = None
"""The reverse pass: that of `autodiff` is in Python already."""

jvp: Final[Callable[..., list[float] | None] | None] = None
"""Forward mode, likewise."""

leaves: Final[Callable[..., list[Any]] | None] = None
"""A Scalar of each of some numbers: the class itself makes them."""


_parts: list[Parts] = []
"""What other rooms have made, once they have told."""

_records: dict[str, dict[int, Record]] = {}
"""What records each row, by the name of the row and the number of inputs."""


def refuse_number(variable: Any, number: object = None) -> NoReturn:
    """Refuse to give a Variable another number."""
    raise AttributeError(
        "unique_id is the order in which Variables were made, which derivatives go by: set history to say how this "
        "one was made"
    )


class VariableBase:
    """What a Variable keeps; `Variable` says what each attribute is."""

    __slots__ = (
        "_unique_id",
        "code",
        "creator",
        "derivative",
        "first_parent",
        "first_partial",
        "instruction",
        "name",
        "second_parent",
        "second_partial",
    )  # fmt: skip

    creator: Any
    name: str | None
    derivative: Any
    _unique_id: int
    first_parent: Any
    second_parent: Any
    first_partial: Any
    second_partial: Any
    code: CodeType | None
    instruction: int

    def __init__(self, history: Any, name: str | None = None) -> None:
        if counting and history is not None and history.last_fn is not None:
            count_operation()
        self.creator = history
        self.name = name
        self._unique_id = next_unique_id()
        self.derivative = None
        self.first_parent = None
        self.second_parent = None
        self.first_partial = None
        self.second_partial = None
        self.code, self.instruction = None, 0
        if history is not None and history.last_fn is not None:
            self.code, self.instruction = origin_of_caller()

    unique_id = property(operator.attrgetter("_unique_id"), refuse_number, refuse_number)

    if sys.platform == "emscripten":
        __del__ = free_one_by_one


class ScalarBase(VariableBase):
    """What a Scalar keeps besides: its plain number in `data`."""

    __slots__ = ("data",)

    data: float


def add_derivatives(leaves: Iterable[Any], derivatives: Iterable[Any]) -> None:
    """Add to the derivative of each leaf.

    Args:
        leaves: Variables.
        derivatives: what is added to each.
    """
    for leaf, derivative in zip(leaves, derivatives, strict=True):
        leaf.accumulate_derivative(derivative)


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
    _parts.append(Parts(scalar, indicator, pausing, observing, active, usual))
    setattr(ScalarBase, "__bool__", truth_of(_parts[0]))  # noqa: B010  mypy takes no method for what is assigned


def add_row(name: str, function: Any) -> Any:
    """Learn which Function is that of a row of the table.

    Args:
        name: the name of the row.
        function: the Function, whose `rule` is the row.

    Returns:
        What is to stand in the class for a faster `apply`; `None` if there is nothing faster.
    """
    records = _records[name] = records_of(function, _parts[0])
    if name in OPERATORS:
        for method, made in methods_of(name, records, _parts[0].usual).items():
            setattr(ScalarBase, method, made)
    return own_apply(function, records) if records else None


def own_apply(function: type, records: dict[int, Record]) -> Any:
    """Make the `apply` of one Function; classes derived from it have the usual one.

    Args:
        function: the Function.
        records: what records it, by the number of inputs.
    """
    usual = function.apply.__func__  # type: ignore[attr-defined]

    def apply(cls: type, *inputs: Any) -> Any:
        record = records.get(len(inputs))
        result = None if record is None or cls is not function else record(*inputs)
        return usual(cls, *inputs) if result is None else result

    apply.__doc__ = usual.__doc__
    return classmethod(apply)


make_receiver: Final[Callable[[Any, str], Any] | None] = None
"""The decision whose method is called: without C it takes longer than to make the method."""


def received_owner(value: Any) -> Any:
    """Return the object in whose place a value is: itself."""
    return value


def track(nodes: Iterable[VariableBase]) -> None:
    """Have the garbage collector keep track of Variables that refer to themselves: of these it does."""


def call_of(name: str, plain: Callable[..., Any], usual: Callable[..., Any]) -> Callable[..., Any]:
    """Return what to call for a plain callable of a row.

    Args:
        name: the name of the row, or that of the callable where it has none.
        plain: the callable.
        usual: does it with numbers of any kind.
    """
    records = _records.get(name)
    if not records:
        return usual

    def call(*arguments: Any, **keywords: Any) -> Any:
        record = records.get(len(arguments))
        result = None if record is None or keywords else record(*arguments)
        return usual(*arguments, **keywords) if result is None else result

    return call


def replacement(kind: str, usual: Callable[..., Any], *parts: Any) -> Callable[..., Any]:
    """Return what does the same as a function that stands in for a plain callable: here that function."""
    return usual


def usual_of(function: Any) -> Any:
    """Return the Python function of which `replacement` has made one; any other object itself."""
    return function
