"""What Python records in the usual case of each row, floats and Scalars, without what the general one asks for.

    record = records_of("Mul", Mul, parts)[2]
    record(x, 3.0)       the new Scalar
    record(2.0, 3.0)     None: whoever called it goes the usual way, by the methods of numbers

Values and partial derivatives are those of the row.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import CodeType, FrameType
from typing import Any, Final, TypeAlias

from minitorch.recorder.countdown import count_operation, counting
from minitorch.recorder.own_files import OWN_FILES

__all__ = ["OPERATORS", "Parts", "Record", "methods_of", "next_unique_id", "origin_of_caller", "records_of", "truth_of"]

Record: TypeAlias = Callable[..., Any]
"""Records an operation on some number of inputs, or returns `None` where it is not a usual one."""

PLAIN: Final = frozenset({float, int})
"""The usual types of a constant beside a Scalar."""

OPERATORS: Final = {
    "Add": ("__add__", "__radd__"), "Sub": ("__sub__", "__rsub__"), "Mul": ("__mul__", "__rmul__"),
    "TrueDiv": ("__truediv__", "__rtruediv__"), "Mod": ("__mod__", "__rmod__"), "Pow": ("__pow__", "__rpow__"),
    "Neg": ("__neg__",), "Pos": ("__pos__",), "Abs": ("__abs__",),
    "LT": ("__lt__",), "LE": ("__le__",), "EQ": ("__eq__",), "NE": ("__ne__",), "GT": ("__gt__",), "GE": ("__ge__",),
}  # fmt: skip
"""The methods of Scalars that do the operation of a row: forward, then reflected."""


class UniqueIds(itertools.count):  # type: ignore[type-arg]
    """Counts the Variables of a process; what is pickled with it counts on in the process that it comes to."""

    def __reduce__(self) -> str:
        return "unique_ids"


unique_ids: Final = UniqueIds(1)

next_unique_id: Final[Callable[[], int]] = unique_ids.__next__
"""Return the number of a new Variable: later ones have larger numbers."""


@dataclass(frozen=True)
class Parts:
    """What other rooms have made.

    Attributes:
        scalar: the class of Scalars.
        indicator: that of the outcomes of comparisons.
        pausing: holds something while anybody does not record.
        observing: holds something while anybody observes decisions.
        active: the notes of the runs that go on.
        usual: the methods of numbers, by name, which do whatever is not usual.
    """

    scalar: type[Any]
    indicator: type[Any]
    pausing: list[Any]
    observing: list[Any]
    active: list[Any]
    usual: dict[str, Callable[..., Any]]


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


# -- records: they read local names alone, for here every operation passes ---------------------------------------------


def maker(function: type, kind: Any) -> Callable[[float, Any, Any, Any, Any], Any]:
    """Make what makes the results of a Function, to be called by a record that a method has called.

    Args:
        function: the Function.
        kind: the class of the results.
    """
    new: Callable[[type], Any] = kind.__new__
    get_frame, is_own, next_id = sys._getframe, OWN_FILES, next_unique_id

    def made(value: float, first: Any, by_first: Any, second: Any, by_second: Any) -> Any:
        if counting:
            count_operation()
        output = new(kind)
        output.data = value
        output.creator = function
        output.first_parent, output.first_partial = first, by_first
        output.second_parent, output.second_partial = second, by_second
        output.name = output.derivative = None
        output._unique_id = next_id()
        try:
            # Most often the method's caller is the nearest code outside this project.
            frame = get_frame(3)
            code = frame.f_code
            output.code, output.instruction = code, frame.f_lasti
            if not is_own[code.co_filename]:
                return output
        except ValueError:
            # No Python code calls it: C has begun with it, as a thread may.
            pass
        output.code, output.instruction = origin_of_caller()
        return output

    return made


def fails(partial: Callable[..., Any], *values: Any) -> bool:
    """Return whether it is a partial derivative that raises, and not the handler of a signal that came just then."""
    try:
        partial(*values)
    except Exception:
        return True
    return False


def record_of_one(function: Any, parts: Parts) -> Record:
    """Make what records a row with one input."""
    compute, partial = function.rule.function, function.rule.partials[0]
    scalar, pausing, made = parts.scalar, parts.pausing, maker(function, parts.scalar)

    def record(x: Any) -> Any:
        if type(x) is not scalar or x.creator is None or pausing:
            return None
        value = x.data
        output = compute(value)
        if type(output) is not float:
            return None
        try:
            by_x = partial(value, output)
        except Exception:
            if not fails(partial, value, output):
                raise
            # The usual way knows whether anybody wants to hear of it.
            return None
        return made(output, x, by_x, None, None)

    return record


def record_of_two(function: Any, parts: Parts) -> Record:
    """Make what records a row with two inputs."""
    compute, (partial_x, partial_y), is_truth = function.rule.function, function.rule.partials, function.rule.indicator
    scalar, pausing, plain = parts.scalar, parts.pausing, PLAIN
    expected, made = (bool, maker(function, parts.indicator)) if is_truth else (float, maker(function, scalar))
    # Numbers that are equal are noted, where a run goes on.
    noting_ties = parts.active if is_truth else ()

    def record(x: Any, y: Any) -> Any:
        left, right = x, y
        by_x = by_y = is_active = None
        if type(x) is scalar:
            left = x.data
            is_active = by_x = x.creator
        elif type(x) not in plain:
            return None
        if type(y) is scalar:
            right = y.data
            by_y = y.creator
            is_active = is_active or by_y
        elif type(y) not in plain:
            return None
        if is_active is None or pausing:
            return None
        output = compute(left, right)
        if type(output) is not expected or (noting_ties and left == right):
            return None
        try:
            if by_x is not None:
                by_x = partial_x(left, right, output)
            if by_y is not None:
                by_y = partial_y(left, right, output)
        except Exception:
            if not (fails(partial_x, left, right, output) or fails(partial_y, left, right, output)):
                raise
            return None
        if is_truth:
            output = 1.0 if output else 0.0
        return made(output, x, by_x, y, by_y)

    return record


def records_of(function: Any, parts: Parts) -> dict[int, Record]:
    """Return what records a Function of the table of rules, by the number of its inputs."""
    rule = function.rule
    if function.notes_rounding or len(rule.partials) not in (1, 2):
        return {}
    if len(rule.partials) == 1:
        return {1: record_of_one(function, parts)}
    records = {2: record_of_two(function, parts)}
    if rule.name == "Log":
        # The base may be left out.
        records[1] = record_of_one(function, parts)
    return records


# -- methods -----------------------------------------------------------------------------------------------------------


def methods_of(name: str, records: dict[int, Record], usual: dict[str, Callable[..., Any]]) -> dict[str, Any]:
    """Return the methods of Scalars that do the operation of a row.

    Args:
        name: the name of the row.
        records: what records it.
        usual: the methods of numbers by name.
    """
    forward, *reflected = OPERATORS[name]
    if name == "Pow":
        made = {forward: power(records[2], usual[forward])}
    elif 1 in records:
        made = {forward: unary(records[1], usual[forward])}
    else:
        made = {forward: binary(records[2], usual[forward])}
    return made | {each: mirrored(records[2], usual[each]) for each in reflected}


def unary(record: Record, usual: Callable[..., Any]) -> Callable[[Any], Any]:
    """Make the method that does an operation of one number."""

    def method(self: Any) -> Any:
        result = record(self)
        return usual(self) if result is None else result

    return method


def binary(record: Record, usual: Callable[..., Any]) -> Callable[[Any, Any], Any]:
    """Make the method for `self op other`."""

    def method(self: Any, other: Any) -> Any:
        result = record(self, other)
        return usual(self, other) if result is None else result

    return method


def mirrored(record: Record, usual: Callable[..., Any]) -> Callable[..., Any]:
    """Make the method for `other op self`, which may be a power with a modulus."""

    def method(self: Any, other: Any, *modulus: Any) -> Any:
        result = None if modulus else record(other, self)
        return usual(self, other, *modulus) if result is None else result

    return method


def power(record: Record, usual: Callable[..., Any]) -> Callable[..., Any]:
    """Make the method for `self ** other` and `pow(self, other, modulus)`."""

    def method(self: Any, other: Any, *modulus: Any) -> Any:
        result = None if modulus else record(self, other)
        return usual(self, other, *modulus) if result is None else result

    return method


def truth_of(parts: Parts) -> Callable[[Any], bool]:
    """Make the method that answers `if`."""
    scalar, indicator, observing, active = parts.scalar, parts.indicator, parts.observing, parts.active
    usual = parts.usual["__bool__"]

    def method(self: Any) -> bool:
        kind = type(self)
        # A number that is just zero is noted, where a run goes on.
        if observing or not (kind is indicator or (kind is scalar and (self.data or not active))):
            answer: bool = usual(self)
            return answer
        return bool(self.data)

    return method
