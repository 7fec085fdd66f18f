"""Orders, searches and repeated lists in structural machine code: named tuples, dataclasses, `bisect` and `*`."""

from __future__ import annotations

import bisect
import dataclasses
import math
from typing import Any, NamedTuple

import pytest
from structural_rows import Row, checked

GRID = [0.0, 1.0, 2.5, 4.0]
WEIGHTS = [1.0, 2.0]


class Offer(NamedTuple):
    price: float
    quality: float


class Reversed(NamedTuple):
    price: float
    quality: float

    def __lt__(self, other: Any) -> bool:
        return self.price > other.price

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reversed) and self.price == other.price


@dataclasses.dataclass(order=True)
class Point:
    x: float
    y: float
    note: float = dataclasses.field(default=0.0, compare=False)


@dataclasses.dataclass(eq=False)
class Marked(Point):
    mark: float = 0.0


class Scored:
    def __init__(self, score: float) -> None:
        self.score = score

    def __gt__(self, other: Any) -> bool:
        return self.score > 2.0 * other.score


class Doubled(Scored):
    def __lt__(self, other: Any) -> bool:
        return 3.0 * self.score < other.score


def ordered_offers(x: float, y: float) -> Any:
    offers = [Offer(x, y), Offer(y, x), Offer(x * y, 1.0)]
    offers.sort()
    best = max(Offer(x, y), Offer(y, x))
    return offers[0].quality, offers[2].price, best, offers[0] < (x, y), offers[1] == Offer(y, x), offers[0] + (x,)


def first_offer(x: float, y: float) -> float:
    one, other = Offer(x, y), Offer(y, x)
    return one.price if one < other else other.quality * 2.0


def own_order(x: float, y: float) -> Any:
    one, other = Reversed(x, y), Reversed(y, x)
    return one < other, one > other, one <= other, one == other, one != other, (x, y) >= other, sorted([one, other])


def ordered_points(x: float, y: float) -> Any:
    points = sorted([Point(x, y, 1.0), Point(y, x, 2.0), Point(x * y, 1.0, 3.0)])
    return [p.note for p in points], max(points).x, Point(x, y) == Point(x, y, 9.0), Point(x, y) != Point(y, x)


def nearest_point(x: float, y: float) -> float:
    return min(Point(x, y), Point(y, x)).x * 3.0


def inherited(x: float, y: float) -> Any:
    return Marked(x, y, mark=1.0) == Marked(x, y, mark=2.0), Marked(x, y) == Point(x, y), Marked(x, y) < Marked(y, x)


def subclass_first(x: float, y: float) -> Any:
    return Scored(x) > Doubled(y), Doubled(x) > Scored(y), Scored(x) < Doubled(y)


def between(x: float) -> float:
    i = bisect.bisect_right(GRID, x)
    return GRID[i - 1] * x


def among_inputs(x: float, y: float) -> float:
    knots = [x, 2.0 * x, 3.0 * x]
    return knots[bisect.bisect(knots, y) - 1] * y


def searches(x: float, n: int) -> Any:
    words = ["a", "c", "e"]
    pairs = [(1.0, n), (2.0, 3), (x, 4)]
    kept = [1.0, 2.0]
    bisect.insort(kept, x)
    bisect.insort_left(kept, 2.0)
    return (
        bisect.bisect_left(GRID, x), bisect.bisect(GRID, x, 1), bisect.bisect(GRID, x, 0, 2), bisect.bisect(GRID, n),
        bisect.bisect_left(words, "c"), bisect.bisect(pairs, (2.0, 3)), kept,
        bisect.bisect(GRID, -x, key=lambda v: -v), bisect.bisect_left(GRID, x, lo=n, hi=3),
    )  # fmt: skip


def repeated(x: float, n: int) -> Any:
    zeros = [0.0] * n
    for i in range(n):
        zeros[i] = x * i
    rows = [[x]] * 2
    rows[0].append(1.0)
    return zeros, WEIGHTS * n, n * (1.0, x), (1.0, x) * 2, rows, [x] * (n > 1), [x, 1.0] * -1


def weighted(x: float, n: int) -> float:
    return sum(w * x for w in WEIGHTS * n) + sum((1.0, x) * n)


PAIRS = [(1.5, 2.5), (2.5, 1.5), (2.0, 1.0), (-1.0, 0.5)]

ORDERS: list[Row] = [
    (ordered_offers, None, [*PAIRS, (1.0, 1.0), (0.0, -0.0)]),
    (first_offer, (0, 1), PAIRS),
    (own_order, None, [*PAIRS, (1.0, 1.0)]),
    (ordered_points, None, [*PAIRS, (1.0, 1.0)]),
    (nearest_point, (0, 1), PAIRS),
    (inherited, None, [*PAIRS, (1.0, 1.0)]),
    (subclass_first, None, [*PAIRS, (5.0, 1.0), (1.0, 5.0)]),
    (between, 0, [(0.5,), (2.6,), (9.0,), (-1.0,)]),
    (among_inputs, (0, 1), [(1.0, 2.5), (1.0, 9.0), (1.0, 0.5)]),
    (searches, None, [(2.5, 1), (0.0, 0), (9.0, 2), (math.inf, 3)]),
    (repeated, None, [(1.5, 0), (1.5, 3)]),
    (weighted, 0, [(1.5, 0), (1.5, 3)]),
]


@pytest.mark.parametrize(("function", "argnums", "calls"), ORDERS)
def test_orders(function: Any, argnums: Any, calls: Any) -> None:
    checked(function, argnums, calls)
