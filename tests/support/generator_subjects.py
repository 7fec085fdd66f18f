"""Generators that structural machine code goes over, and what they are called with."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

__all__ = [
    "LISTS",
    "NAN",
    "POSITIVE",
    "Track",
    "both",
    "counting",
    "endless",
    "falling",
    "guarded",
    "raising",
    "scaled",
]

NAN, INF = math.nan, math.inf
LISTS = [([0.3, 1.7, -2.9], 1.3), ([], 0.7), ([NAN, -0.0, 2.1], 0.9), ([INF, 1e308, 0.1], -1.1)]

POSITIVE = [([0.25, 1.1, 4.2, 9.0], 1.3), ([], 0.7), ([0.25], -1.0)]


def scaled(xs: list[float], k: float) -> Iterator[float]:
    for x in xs:
        if x < -2.0:
            continue
        yield x * k
        k *= 1.1


def falling(x: float, least: float) -> Iterator[float]:
    while x > least:
        yield x
        yield -x
        x *= 0.4
    return


def endless(x: float) -> Iterator[float]:
    while True:
        yield x
        x = x * 0.7 + 0.1


def guarded(xs: list[float], log: list[float]) -> Iterator[float]:
    try:
        for x in xs:
            try:
                yield math.sqrt(x)
            except ZeroDivisionError:
                yield 1000.0
            finally:
                log.append(x)
    finally:
        log.append(100.0)


def raising(xs: list[float], k: float) -> Iterator[float]:
    for x in xs:
        if x > 100.0:
            raise KeyError(x)
        yield k / x


def both(xs: list[float], k: float) -> Iterator[float]:
    yield k
    last = yield from scaled(xs, k)
    if last is None:
        yield k * 2.0
    yield from xs
    yield from (x * k for x in xs)


def counting(xs: list[float]) -> Any:
    total = 0.0
    for x in xs:
        total += x
        yield total
    return total


class Track:
    def __init__(self, xs: list[float]) -> None:
        self.xs = xs

    def steps(self, k: float) -> Iterator[float]:
        for before, x in zip(self.xs, self.xs[1:], strict=False):
            yield (x - before) * k
