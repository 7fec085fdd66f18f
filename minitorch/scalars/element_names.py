"""How Python writes the elements of lists and arrays."""

from __future__ import annotations

import functools

__all__ = ["names_of_items", "places"]


@functools.lru_cache(maxsize=64)
def names_of_items(name: str, length: int) -> list[str]:
    """Return how Python writes the items of a list.

    >>> names_of_items("x", 2)
    ['x[0]', 'x[1]']
    """
    return [f"{name}[{place}]" for place in range(length)]


def places(shape: tuple[int, ...] | None) -> list[str]:
    """Return how Python writes the index of each element of an array.

    >>> places((2, 2))
    ['0, 0', '0, 1', '1, 0', '1, 1']
    """
    if shape is None:
        return []
    indices = [""]
    for length in shape:
        indices = [f"{index}, {i}" if index else str(i) for index in indices for i in range(length)]
    return indices
