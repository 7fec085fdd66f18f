"""Items of an iterable, taken at once as far as nobody can tell: up to the first that does more than count.

`sum` adds each item before it asks for the next. With numbers that makes no difference, so they may be taken first and
added as one operation; what has operators of its own may log, stop or raise, and that alone may be what ends it.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator
from types import FunctionType
from typing import Any, Final

from minitorch.autodiff.topological_order import is_variable
from minitorch.autodiff.variable import Variable
from minitorch.scalars.float_protocol import is_operand

__all__ = ["MISSING", "fold", "fold_pairs", "is_convertible", "is_number", "numbers_for_fsum", "take_numbers"]

_PLAIN: Final = frozenset({float, int, bool})

_OPERATORS: Final = ("__add__", "__radd__", "__mul__", "__rmul__")

MISSING: Final = object()
"""Stands for the item of an iterator that is shorter than another."""

LARGE: Final = 1e308
"""Sums of numbers up to here have no intermediate overflow."""


def is_number(value: object) -> bool:
    """Return whether arithmetic with a value has no effects: a Variable, or what floats compute with by themselves.

    >>> is_number(2.0), is_number("2")
    (True, False)
    """
    kind = type(value)
    if kind in _PLAIN or is_variable(value):
        return True
    return is_operand(value) and FunctionType not in (type(getattr(kind, name, None)) for name in _OPERATORS)


def is_convertible(kind: type) -> bool:
    """Return whether functions of `math` make a number of objects of a type."""
    return hasattr(kind, "__float__") or hasattr(kind, "__index__")


def take_numbers(
    values: Iterable[Any], is_usual: Callable[[Any], bool] = is_number
) -> tuple[list[Any], Iterator[Any] | None]:
    """Take items as long as they are numbers.

    Args:
        values: the items.
        is_usual: tells which are.

    Returns:
        The numbers, and an iterator of the rest, which begins with what is none; None where all are numbers.

    >>> numbers, rest = take_numbers([1.5, 2, "three", 4])
    >>> numbers, [*rest]
    ([1.5, 2], ['three', 4])
    """
    if type(values) in (list, tuple):
        kinds = set(map(type, values))
        if all(kind in _PLAIN or issubclass(kind, Variable) for kind in kinds):
            return [*values], None
    taken: list[Any] = []
    items = iter(values)
    for item in items:
        if not is_usual(item):
            return taken, itertools.chain((item,), items)
        taken.append(item)
    return taken, None


def take_pairs(first: Iterable[Any], second: Iterable[Any]) -> tuple[list[Any], list[Any], Iterator[Any] | None]:
    """Take items of two iterables in turns, as long as they are numbers.

    Returns:
        The numbers of both, and an iterator of the rest in turns, which begins with a pair that are none, or where one
        of the two is shorter with a pair that has `MISSING`; None where there is no rest.
    """
    pairs = in_turns(iter(first), iter(second))
    taken: tuple[list[Any], list[Any]] = [], []
    for pair in pairs:
        if not (is_number(pair[0]) and is_number(pair[1])):
            return *taken, itertools.chain((pair,), pairs)
        taken[0].append(pair[0])
        taken[1].append(pair[1])
    return *taken, None


def in_turns(first: Iterator[Any], second: Iterator[Any]) -> Iterator[tuple[Any, Any]]:
    """Yield pairs of items; the last has `MISSING` in place of one where the other iterator is longer."""
    while True:
        pair = next(first, MISSING), next(second, MISSING)
        if pair[0] is not MISSING or pair[1] is not MISSING:
            yield pair
        if pair[0] is MISSING or pair[1] is MISSING:
            return


def fold(call: Callable[..., Any], plain: Callable[..., Any], values: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """Do what `sum` or `math.prod` does.

    Args:
        call: does it for a list of numbers, as one operation.
        plain: the function of Python's.
        values: its iterable.
        args: its other arguments.
        kwargs: its arguments by name.
    """
    if len(args) + len(kwargs) > 1 or kwargs.keys() - {"start"} or not all(map(is_number, (*args, *kwargs.values()))):
        return plain(values, *args, **kwargs)
    numbers, rest = take_numbers(values)
    if rest is None:
        return call(numbers, *args, **kwargs)
    return plain(rest, start=call(numbers, *args, **kwargs)) if numbers else plain(rest, *args, **kwargs)


def fold_pairs(call: Callable[..., Any], plain: Callable[..., Any], first: Any, second: Any) -> Any:
    """Do what `math.sumprod` does.

    Args:
        call: does it for two lists of numbers, as one operation.
        plain: the function of Python's.
        first: an iterable.
        second: another.
    """
    *numbers, rest = take_pairs(first, second)
    total = call(*numbers)
    for x, y in rest or ():
        total = plain((0,), ()) if x is MISSING or y is MISSING else total + x * y
    return total


def numbers_for_fsum(values: Iterable[Any], convert: Callable[[Any], Any], add: Callable[[Any], Any]) -> list[Any]:
    """Take the items that `math.fsum` adds, and have it refuse what it refuses at the moment when it would.

    Args:
        values: the items.
        convert: makes a number of an object with a `__float__` of its own.
        add: does what `math.fsum` does.
    """
    taken: list[Any] = []
    size = 0.0
    for item in values:
        number = convert(item)
        kind = type(number)
        if not is_convertible(kind):
            add((number,))
        taken.append(number)
        if kind is float and math.isfinite(number):
            size += abs(number)
            if size > LARGE:
                add(taken)
    return taken
