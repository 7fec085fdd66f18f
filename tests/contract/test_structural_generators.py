"""Generators in structural machine code: the consumer's code runs at each `yield`, as Python has it."""

# ruff: noqa: B905, B007

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from generator_subjects import LISTS, POSITIVE, Track, both, counting, falling, guarded, raising, scaled
from structural_checks import assert_served

# -- `for` -----------------------------------------------------------------------------------------------------------


def looped(xs: list[float], k: float) -> Any:
    total, count = 0.0, 0
    for count, y in enumerate(scaled(xs, k), 1):
        total += y * k
        k += 0.01 * y
    return total, count, k


def interleaved(xs: list[float], k: float) -> float:
    scale = k

    def inner() -> Iterator[float]:
        for x in xs:
            yield x * scale

    total = 0.0
    for y in inner():
        scale = scale + y * 0.1
        total += y * scale
    return total * scale


def left_early(xs: list[float], k: float) -> Any:
    found = None
    for y in scaled(xs, k):
        if y < 0.0:
            continue
        if y > 1.5:
            found = y * k
            break
        k = k * 0.5
    else:
        k = k * 3.0
    return found, k


def returned_early(xs: list[float], k: float) -> float:
    for y in falling(k, 0.01):
        for x in scaled(xs, y):
            if x > 0.2:
                return x * k
    return k


def nested(xs: list[float], k: float) -> float:
    total = 0.0
    for y in scaled(xs, k):
        for z in scaled(xs, y):
            if z > 2.0:
                break
            total += z * y
        else:
            total -= y
        if total > 50.0:
            continue
        total += k
    return total


def closed(xs: list[float], k: float) -> Any:
    log: list[float] = []
    total = 0.0
    for y in guarded(xs, log):
        if y > 1.2:
            break
        total += y * k
        log.append(-1.0)
    return total, log


def closed_by_return(xs: list[float], k: float) -> Any:
    log: list[float] = []

    def first() -> float:
        for y in guarded(xs, log):
            if y > 1.2:
                return y * k
        return k

    return first(), log


def closed_by_error(xs: list[float], k: float) -> Any:
    log: list[float] = []
    total = k
    try:
        for y in guarded(xs, log):
            total = total * 2.0
            total += 1.0 / (y - y)
    except ZeroDivisionError:
        log.append(7.0)
    except ValueError:
        log.append(8.0)
    return total, log


def outer_left(xs: list[float], k: float) -> Any:
    log: list[float] = []
    turns = 0
    for turns in range(5):
        for y in guarded(xs, log):
            if y > 1.2:
                break
            if turns > 2:
                continue
        else:
            continue
        log.append(5.0)
        if turns == 3:
            break
    return turns, log, k


def caught_inside(xs: list[float], k: float) -> Any:
    total = 0.0
    try:
        for y in raising(xs, k):
            total += y
    except (ZeroDivisionError, KeyError):
        total = -total
    return total


def delegated(xs: list[float], k: float) -> float:
    total = 0.0
    for y in both(xs, k):
        total = total * 0.9 + y * k
    return total


def summed_up(xs: list[float], k: float) -> Any:
    def inner() -> Iterator[float]:
        total = yield from counting(xs)
        yield total * k

    return list(inner())


def of_methods(xs: list[float], k: float) -> float:
    track = Track(xs)
    return sum(track.steps(k)) + max([k, *track.steps(2.0)])


def swapped(xs: list[float], k: float) -> Any:
    def pairs() -> Iterator[tuple[float, float]]:
        a, b = k, 1.0
        for x in xs:
            yield a, b
            a, b = b, a + x

    return [p * q for p, q in pairs()], [i * p for i, (p, _) in zip(range(2), pairs())]


def closed_over(xs: list[float], k: float) -> Any:
    count = 0

    def inner() -> Iterator[float]:
        nonlocal count
        for x in xs:
            count += 1
            yield x * k

    total = 0.0
    for y in inner():
        total += y * count
    return total, count


def unpacked(xs: list[float], k: float) -> float:
    a, b, c = (x * k for x in (k, 2.0, k))
    return a * b + c


def sums_of_parts(xs: list[float], k: float) -> float:
    total, count, scale = looped(xs, k)
    found, rest = left_early(xs, k)
    total += (0.0 if found is None else found * count) + scale * rest
    for part in (closed(xs, k), closed_by_return(xs, k), outer_left(xs, k)):
        total = total * k + part[0] + sum(part[1])
    return total


ROWS = [
    (looped, LISTS), (interleaved, LISTS), (left_early, LISTS), (returned_early, [*LISTS, ([9.0], 3.0)]),
    (nested, LISTS), (closed, POSITIVE), (closed_by_return, POSITIVE),
    (closed_by_error, [([0.25, 1.0], 1.3), ([-1.0], 1.0), ([], 2.0)]), (outer_left, POSITIVE),
    (caught_inside, [*LISTS, ([1.0, 0.0, 2.0], 1.3), ([1.0, 101.0, 0.0], 1.3)]),
    (delegated, LISTS), (summed_up, LISTS), (of_methods, LISTS), (swapped, LISTS), (closed_over, LISTS),
    (unpacked, LISTS), (sums_of_parts, POSITIVE),
]  # fmt: skip


@pytest.mark.parametrize(("function", "points"), ROWS, ids=[function.__name__ for function, _ in ROWS])
def test_generators(function: Any, points: Any) -> None:
    gradient = type(function(*points[0])) is float
    assert_served(function, points, (0, 1), gradient)
