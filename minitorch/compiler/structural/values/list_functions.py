"""What methods of lists and builtins do, in Python: structural code calls these functions as it calls the user's.

They rely on no more than indexing, `len`, `append`, `pop()` and comparisons; each does what the method in its docstring
does, errors included.
"""

# A loop stops where its answer is known; a generator would be compiled to go to its end.
# ruff: noqa: SIM110

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = [
    "all_true", "any_true", "assign_slice", "bisect_left", "bisect_right", "contains", "count", "delete_slice",
    "equal", "equal_rows", "extend", "extreme_by", "first_difference", "index", "insert", "itself", "maximum_or",
    "minimum_or", "ordered", "pop_at", "product", "rearrange", "rearranged", "remove", "repeat", "reverse",
    "same_or_equal", "sorted_indices", "stepped",
]  # fmt: skip


def same_or_equal(x: Any, y: Any) -> Any:
    """Return whether two elements count as equal in a container."""
    return x is y or x == y


def insert(values: list[Any], place: int, item: Any) -> None:
    """`values.insert(place, item)`."""
    last = len(values)
    if place < 0:
        place = max(place + last, 0)
    values.append(item)
    while last > place:
        values[last] = values[last - 1]
        last -= 1
    if place < len(values):
        values[place] = item


def pop_at(values: list[Any], place: int) -> Any:
    """`values.pop(place)`."""
    last = len(values) - 1
    if last < 0:
        raise IndexError("pop from empty list")
    if place < 0:
        place += last + 1
    if place < 0 or place > last:
        raise IndexError("pop index out of range")
    item = values[place]
    while place < last:
        values[place] = values[place + 1]
        place += 1
    values.pop()
    return item


def remove(values: list[Any], item: Any) -> None:
    """`values.remove(item)`."""
    for place in range(len(values)):
        if same_or_equal(values[place], item):
            pop_at(values, place)
            return
    raise ValueError("list.remove(x): x not in list")


def index(values: list[Any], item: Any, start: int, stop: int) -> int:
    """`values.index(item, start, stop)`."""
    if start < 0:
        start = max(start + len(values), 0)
    if stop < 0:
        stop += len(values)
    for place in range(start, min(stop, len(values))):
        if same_or_equal(values[place], item):
            return place
    raise ValueError("x is not in list")


def count(values: list[Any], item: Any) -> int:
    """`values.count(item)`."""
    found = 0
    for place in range(len(values)):
        if same_or_equal(values[place], item):
            found += 1
    return found


def contains(values: list[Any], item: Any) -> bool:
    """`item in values`."""
    for place in range(len(values)):
        if same_or_equal(values[place], item):
            return True
    return False


def extend(values: list[Any], more: list[Any]) -> None:
    """`values.extend(more)`."""
    for place in range(len(more)):
        values.append(more[place])


def reverse(values: list[Any]) -> None:
    """`values.reverse()`."""
    last = len(values) - 1
    for place in range(len(values) // 2):
        item = values[place]
        values[place] = values[last - place]
        values[last - place] = item


def repeat(values: list[Any], times: int) -> None:
    """`values *= times`."""
    own = len(values)
    if times <= 0:
        while len(values) > 0:
            values.pop()
    for _ in range(times - 1):
        for place in range(own):
            values.append(values[place])


def product(values: list[Any]) -> Any:
    """Return the product of a list that is not empty."""
    total = values[0]
    for place in range(1, len(values)):
        total = total * values[place]
    return total


# -- slices ------------------------------------------------------------------------------------------------------------


def stepped(values: list[Any], start: int, stop: int, step: int, has_start: bool, has_stop: bool) -> list[Any]:
    """`values[start:stop:step]`, where a bound may be left out."""
    if step == 0:
        raise ValueError("slice step cannot be zero")
    length = len(values)
    lowest, highest = (0, length) if step > 0 else (-1, length - 1)
    if not has_start:
        start = lowest if step > 0 else highest
    elif start < 0:
        start = max(start + length, lowest)
    else:
        start = min(start, highest)
    if not has_stop:
        stop = highest if step > 0 else lowest
    elif stop < 0:
        stop = max(stop + length, lowest)
    else:
        stop = min(stop, highest)
    chosen = []
    place = start
    while (place < stop) if step > 0 else (place > stop):
        chosen.append(values[place])
        place += step
    return chosen


def assign_slice(values: list[Any], first: int, last: int, more: list[Any]) -> None:
    """`values[first:last] = more`, with bounds that are in the list."""
    last = max(first, last)
    kept = values[last:]
    given = more[:]
    while len(values) > first:
        values.pop()
    for place in range(len(given)):
        values.append(given[place])
    for place in range(len(kept)):
        values.append(kept[place])


def delete_slice(values: list[Any], first: int, last: int) -> None:
    """`del values[first:last]`, with bounds that are in the list."""
    removed = max(last - first, 0)
    for place in range(first, len(values) - removed):
        values[place] = values[place + removed]
    for _ in range(removed):
        values.pop()


# -- comparisons -------------------------------------------------------------------------------------------------------


def equal(ours: list[Any], theirs: list[Any]) -> bool:
    """`ours == theirs`."""
    if len(ours) != len(theirs):
        return False
    for place in range(len(ours)):
        if not same_or_equal(ours[place], theirs[place]):
            return False
    return True


def equal_rows(ours: list[Any], theirs: list[Any]) -> bool:
    """`ours == theirs` of lists of lists."""
    if len(ours) != len(theirs):
        return False
    for place in range(len(ours)):
        if not same_or_equal(ours[place], theirs[place]):
            return False
    return True


def first_difference(ours: list[Any], theirs: list[Any]) -> int:
    """Return the first place where elements differ, or the length of the shorter list."""
    length = min(len(ours), len(theirs))
    for place in range(length):
        if not same_or_equal(ours[place], theirs[place]):
            return place
    return length


def ordered(ours: list[Any], theirs: list[Any], compare: Callable[[Any, Any], Any]) -> Any:
    """Return an order of lists: that of the first elements that differ, or else of the lengths."""
    place = first_difference(ours, theirs)
    if place < min(len(ours), len(theirs)):
        return compare(ours[place], theirs[place])
    return compare(len(ours), len(theirs))


# -- searches ----------------------------------------------------------------------------------------------------------


def bisect_right(values: list[Any], x: Any, low: int, high: int, key: Callable[[Any], Any]) -> int:
    """`bisect_right(values, x, low, high, key=key)`."""
    if low < 0:
        raise ValueError("lo must be non-negative")
    while low < high:
        middle = (low + high) >> 1
        if x < key(values[middle]):
            high = middle
        else:
            low = middle + 1
    return low


def bisect_left(values: list[Any], x: Any, low: int, high: int, key: Callable[[Any], Any]) -> int:
    """`bisect_left(values, x, low, high, key=key)`."""
    if low < 0:
        raise ValueError("lo must be non-negative")
    while low < high:
        middle = (low + high) >> 1
        if key(values[middle]) < x:
            low = middle + 1
        else:
            high = middle
    return low


# -- orders and extremes -----------------------------------------------------------------------------------------------


def sorted_indices(keys: list[Any], descending: bool) -> list[int]:
    """Return the places of keys in their order; those of equal ones stay as they are."""
    length = len(keys)
    order = list(range(length))
    other = list(range(length))
    width = 1
    while width < length:
        first = 0
        while first < length:
            middle = min(first + width, length)
            last = min(middle + width, length)
            left, right = first, middle
            for place in range(first, last):
                if right >= last:
                    is_left = True
                elif left >= middle:
                    is_left = False
                elif descending:
                    is_left = not keys[order[left]] < keys[order[right]]
                else:
                    is_left = not keys[order[right]] < keys[order[left]]
                if is_left:
                    other[place] = order[left]
                    left += 1
                else:
                    other[place] = order[right]
                    right += 1
            first = last
        order, other = other, order
        width *= 2
    return order


def rearranged(values: list[Any], order: list[int]) -> list[Any]:
    """Return a new list in another order."""
    return [values[place] for place in order]


def rearrange(values: list[Any], order: list[int]) -> None:
    """Put a list in another order."""
    copy = [values[place] for place in order]
    for place in range(len(order)):
        values[place] = copy[place]


def itself(x: Any) -> Any:
    """Return what is given."""
    return x


def extreme_by(values: list[Any], key: Callable[[Any], Any], is_better: Callable[[Any, Any], bool], empty: str) -> Any:
    """`max(values, key=key)`, or `min` where less is better; `empty` is what an error says of an empty list."""
    if len(values) == 0:
        raise ValueError(empty)
    best = values[0]
    best_key = key(best)
    for place in range(1, len(values)):
        item = values[place]
        item_key = key(item)
        if is_better(item_key, best_key):
            best, best_key = item, item_key
    return best


def maximum_or(values: list[Any], default: Any) -> Any:
    """`max(values, default=default)`."""
    return max(values) if len(values) > 0 else default


def minimum_or(values: list[Any], default: Any) -> Any:
    """`min(values, default=default)`."""
    return min(values) if len(values) > 0 else default


def any_true(values: list[Any]) -> bool:
    """`any(values)`."""
    for place in range(len(values)):
        if values[place]:
            return True
    return False


def all_true(values: list[Any]) -> bool:
    """`all(values)`."""
    for place in range(len(values)):
        if not values[place]:
            return False
    return True
