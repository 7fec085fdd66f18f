"""The order in which a pass visits Variables whose numbers don't say it, since somebody has set how one was made."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence

__all__ = ["in_order_of_use"]


def in_order_of_use(parents: Mapping[int, Sequence[int]]) -> list[int] | None:
    """Return numbers so that each comes after all those that were made from it, the greatest first where that is free.

    Args:
        parents: the numbers of what each was made from; those that are no keys themselves are left out.

    Returns:
        The keys in that order; None where one of them was made from itself.

    >>> in_order_of_use({1: [], 2: [3], 3: [1], 4: [2, 3]})
    [4, 2, 3, 1]
    >>> in_order_of_use({1: [2], 2: [1]})
    """
    uses = dict.fromkeys(parents, 0)
    for used in parents.values():
        for key in used:
            if key in uses:
                uses[key] += 1
    ready = [-key for key, count in uses.items() if not count]
    heapq.heapify(ready)
    order: list[int] = []
    while ready:
        key = -heapq.heappop(ready)
        order.append(key)
        for parent in parents[key]:
            if parent in uses:
                uses[parent] -= 1
                if not uses[parent]:
                    heapq.heappush(ready, -parent)
    return order if len(order) == len(uses) else None
