"""What takes a generator or gives one, in Python: structural code calls these functions as it calls the user's.

Each does what the call in its docstring does, and asks for a value no earlier than that does.
"""

# A generator is closed where the answer is known.
# ruff: noqa: SIM110, SIM113, UP028

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

__all__ = [
    "accumulated", "all_true", "any_true", "chained", "contains", "counted", "cycled", "dropped", "enumerated",
    "extend", "extreme_by", "filtered", "filtered_truths", "first_of", "first_or", "flattened", "has_item",
    "item_at", "iterated", "listed", "mapped", "paired", "reduced", "reduced_from", "sliced", "starmapped", "taken",
    "total_after", "zipped",
]  # fmt: skip


def has_item(values: Any, place: int) -> bool:
    """Return whether `values` have an element at a place, whatever they are; structural code asks them itself."""
    return place < len(values)


def item_at(values: Any, place: int) -> Any:
    """Return the element at a place."""
    return values[place]


# -- what takes all ----------------------------------------------------------------------------------------------------


def listed(items: Iterable[Any]) -> list[Any]:
    """`list(items)`."""
    found: list[Any] = []
    for item in items:
        found.append(item)
    return found


def extend(values: list[Any], items: Iterable[Any]) -> None:
    """`values.extend(items)`."""
    for item in items:
        values.append(item)


def extreme_by(
    items: Iterable[Any], key: Callable[[Any], Any], is_better: Callable[[Any, Any], bool], empty: str
) -> Any:
    """`max(items, key=key)`, or `min` where less is better; `empty` is what an error says where there are none."""
    is_first = True
    for item in items:
        item_key = key(item)
        if is_first:
            best, best_key = item, item_key
            is_first = False
        elif is_better(item_key, best_key):
            best, best_key = item, item_key
    if is_first:
        raise ValueError(empty)
    return best


def reduced(function: Callable[[Any, Any], Any], items: Iterable[Any]) -> Any:
    """`reduce(function, items)`."""
    is_first = True
    for item in items:
        if is_first:
            result = item
            is_first = False
        else:
            result = function(result, item)
    if is_first:
        raise TypeError("reduce() of empty iterable with no initial value")
    return result


def reduced_from(function: Callable[[Any, Any], Any], items: Iterable[Any], start: Any) -> Any:
    """`reduce(function, items, start)`."""
    result = start
    for item in items:
        result = function(result, item)
    return result


# -- what may end before -----------------------------------------------------------------------------------------------


def any_true(items: Iterable[Any]) -> bool:
    """`any(items)`."""
    for item in items:
        if item:
            return True
    return False


def all_true(items: Iterable[Any]) -> bool:
    """`all(items)`."""
    for item in items:
        if not item:
            return False
    return True


def contains(items: Iterable[Any], wanted: Any) -> bool:
    """`wanted in items`."""
    for item in items:
        if item == wanted:
            return True
    return False


def first_of(items: Iterable[Any]) -> Any:
    """`next(items)`."""
    for item in items:
        return item
    raise StopIteration


def first_or(items: Iterable[Any], default: Any) -> Any:
    """`next(items, default)`."""
    for item in items:
        return item
    return default


# -- what gives one ----------------------------------------------------------------------------------------------------


def iterated(items: Iterable[Any]) -> Iterator[Any]:
    """`iter(items)`."""
    for item in items:
        yield item


def enumerated(items: Iterable[Any], number: int) -> Iterator[Any]:
    """`enumerate(items, number)`."""
    for item in items:
        yield number, item
        number += 1


def zipped(before: Any, items: Iterable[Any], after: Any) -> Iterator[Any]:
    """`zip(*before, items, *after)`."""
    place = 0
    if not has_item(before, 0):
        return
    for item in items:
        if not has_item(after, place):
            return
        yield (*item_at(before, place), item, *item_at(after, place))
        place += 1
        if not has_item(before, place):
            return


def mapped(function: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
    """`map(function, items)`."""
    for item in items:
        yield function(item)


def starmapped(function: Callable[..., Any], items: Iterable[Any]) -> Iterator[Any]:
    """`starmap(function, items)`."""
    for item in items:
        yield function(*item)


def filtered(function: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
    """`filter(function, items)`."""
    for item in items:
        if function(item):
            yield item


def filtered_truths(items: Iterable[Any]) -> Iterator[Any]:
    """`filter(None, items)`."""
    for item in items:
        if item:
            yield item


def total_after(total: Any, item: Any) -> Any:
    """Do what `accumulate` does if it is given no function."""
    return total + item


def accumulated(items: Iterable[Any], function: Callable[[Any, Any], Any]) -> Iterator[Any]:
    """`accumulate(items, function)`."""
    is_first = True
    for item in items:
        if is_first:
            total = item
            is_first = False
        else:
            total = function(total, item)
        yield total


def accumulated_from(items: Iterable[Any], function: Callable[[Any, Any], Any], total: Any) -> Iterator[Any]:
    """`accumulate(items, function, initial=total)`."""
    yield total
    for item in items:
        total = function(total, item)
        yield total


def chained(ours: Iterable[Any], theirs: Iterable[Any]) -> Iterator[Any]:
    """`chain(ours, theirs)`."""
    for item in ours:
        yield item
    for item in theirs:
        yield item


def flattened(rows: Iterable[Iterable[Any]]) -> Iterator[Any]:
    """`chain.from_iterable(rows)`."""
    for row in rows:
        for item in row:
            yield item


def paired(items: Iterable[Any]) -> Iterator[Any]:
    """`pairwise(items)`."""
    is_first = True
    for item in items:
        if is_first:
            previous = item
            is_first = False
        else:
            yield previous, item
            previous = item


def sliced(items: Iterable[Any], start: int, stop: int, step: int) -> Iterator[Any]:
    """`islice(items, start, stop, step)`, of which no more is taken than needed."""
    if start < 0 or stop < 0 or step < 1:
        raise ValueError("indices for islice() must be None or positive")
    place = 0
    following = start
    if place >= following and place >= stop:
        return
    for item in items:
        if place == following and place < stop:
            yield item
            following = min(following + step, stop)
        place += 1
        if place >= following and place >= stop:
            return


def taken(function: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
    """`takewhile(function, items)`."""
    for item in items:
        if not function(item):
            return
        yield item


def dropped(function: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
    """`dropwhile(function, items)`."""
    is_dropping = True
    for item in items:
        if is_dropping and function(item):
            continue
        is_dropping = False
        yield item


def counted(number: Any, step: Any) -> Iterator[Any]:
    """`count(number, step)`."""
    while True:
        yield number
        number += step


def cycled(values: list[Any]) -> Iterator[Any]:
    """`cycle(values)`."""
    while len(values) > 0:
        for value in values:
            yield value
