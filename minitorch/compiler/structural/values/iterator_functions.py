"""What `itertools` gives, as lists, in Python: structural code calls them as it calls the user's functions.

They rely on no more than indexing, `len` and `append`; each gives what the call in its docstring goes over.
"""

from __future__ import annotations

from typing import Any

__all__ = ["chained", "flattened", "paired", "pairs_apart", "pairs_ordered", "product", "repeated", "sliced",
           "triples_apart", "zipped_to_the_longest"]  # fmt: skip


def chained(ours: list[Any], theirs: list[Any]) -> list[Any]:
    """`chain(ours, theirs)`."""
    found: list[Any] = []
    for place in range(len(ours)):
        found.append(ours[place])
    for place in range(len(theirs)):
        found.append(theirs[place])
    return found


def flattened(rows: list[Any]) -> list[Any]:
    """`chain.from_iterable(rows)`."""
    found: list[Any] = []
    for place in range(len(rows)):
        for item in rows[place]:
            found.append(item)
    return found


def paired(values: list[Any]) -> list[Any]:
    """`pairwise(values)`."""
    found: list[Any] = []
    for place in range(1, len(values)):
        found.append((values[place - 1], values[place]))
    return found


def product(ours: list[Any], theirs: list[Any]) -> list[Any]:
    """`product(ours, theirs)`."""
    found: list[Any] = []
    for place in range(len(ours)):
        for other in range(len(theirs)):
            found.append((ours[place], theirs[other]))
    return found


def pairs_apart(values: list[Any]) -> list[Any]:
    """`combinations(values, 2)`."""
    found: list[Any] = []
    for place in range(len(values)):
        for other in range(place + 1, len(values)):
            found.append((values[place], values[other]))
    return found


def triples_apart(values: list[Any]) -> list[Any]:
    """`combinations(values, 3)`."""
    found: list[Any] = []
    for place in range(len(values)):
        for other in range(place + 1, len(values)):
            for third in range(other + 1, len(values)):
                found.append((values[place], values[other], values[third]))
    return found


def pairs_ordered(values: list[Any]) -> list[Any]:
    """`permutations(values, 2)`."""
    found: list[Any] = []
    for place in range(len(values)):
        for other in range(len(values)):
            if other != place:
                found.append((values[place], values[other]))
    return found


def repeated(item: Any, times: int) -> list[Any]:
    """`repeat(item, times)`."""
    found: list[Any] = []
    for _ in range(times):
        found.append(item)
    return found


def sliced(values: list[Any], start: int, stop: int, step: int) -> list[Any]:
    """`islice(values, start, stop, step)`."""
    if start < 0 or stop < 0 or step < 1:
        raise ValueError("indices for islice() must be None or positive")
    found: list[Any] = []
    place = start
    while place < min(stop, len(values)):
        found.append(values[place])
        place += step
    return found


def zipped_to_the_longest(ours: list[Any], theirs: list[Any], fill: Any) -> list[Any]:
    """`zip_longest(ours, theirs, fillvalue=fill)`."""
    found: list[Any] = []
    for place in range(max(len(ours), len(theirs))):
        one = ours[place] if place < len(ours) else fill
        other = theirs[place] if place < len(theirs) else fill
        found.append((one, other))
    return found
