"""Builtins and `itertools` with generators, in structural machine code."""

# ruff: noqa: B905

from __future__ import annotations

import itertools
import operator
from collections.abc import Iterator
from functools import reduce
from typing import Any

import pytest
from generator_subjects import LISTS, NAN, POSITIVE, endless, falling, scaled
from structural_checks import assert_served

# -- consumers -------------------------------------------------------------------------------------------------------


def consumers(xs: list[float], k: float) -> Any:
    return (
        sum(scaled(xs, k)), sum(scaled(xs, k), k * 2.7), list(scaled(xs, k)), tuple(scaled(xs, k)),
        max(scaled(xs, k), default=k), min(scaled([k, *xs], k)), sum((x * k for x in xs), k * 2.7),
        any(x > 1.0 for x in scaled(xs, k)), all(x > -9.0 for x in scaled(xs, k)),
        [*scaled(xs, k), *falling(k, 0.5)],
    )  # fmt: skip


def contained(xs: list[float], k: float) -> Any:
    return (
        k in scaled([1.0, *xs], k),
        k not in (x * k for x in xs),
        any(scaled(xs, k)),
        list(filter(None, scaled(xs, k))),
    )


def ordered(xs: list[float], k: float) -> Any:
    return sorted(falling(k * k, 0.3)), sorted((x * k for x in xs), reverse=True), sorted(falling(3.0, 0.3), key=abs)


def extremes(xs: list[float], k: float) -> Any:
    return max(scaled([1.0, *xs], k), key=lambda y: y * (2.0 - y)), min((x for x in [k, *xs]), key=abs)


def firsts(xs: list[float], k: float) -> Any:
    return next((x * k for x in xs if x > 1.0), k), next(falling(k, -1.0), None), next(iter([k, 2.0]))


def chosen_early(xs: list[float], k: float) -> float:
    try:
        if any(1.0 / x > 2.0 for x in xs):
            return k
        if all(k / x > 0.3 for x in xs):
            return 4.0 * k
    except ZeroDivisionError:
        return 2.0 * k
    return 3.0 * k


def reduced(xs: list[float], k: float) -> Any:
    return reduce(lambda a, b: a * k + b, scaled(xs, k), k), reduce(operator.add, (x * k for x in [k, *xs]))


def extended(xs: list[float], k: float) -> Any:
    values = [k]
    values.extend(v * k for v in values[:1])
    values.extend(scaled(xs, k))
    values += falling(k, 0.4)
    return values


# -- generators of generators ----------------------------------------------------------------------------------------


def paired(xs: list[float], k: float) -> Any:
    total = 0.0
    for a, y in zip(xs, scaled(xs, k)):
        total += a * y
    for y, a in zip(scaled(xs, k), xs):
        total += a * y * k
    for i, y, a in zip(itertools.count(1), endless(k), xs):
        total += i * y / (a * a + 1.0)
    for a, b in zip((x * k for x in xs), map(lambda x: x / k, xs)):
        total += a * b * k
    return total, list(zip(range(3), falling(k, 0.2)))


def mapped(xs: list[float], k: float) -> Any:
    total = 0.0
    for y in map(lambda x: x * k, xs):
        total += y * k * 1.1
    for y in map(operator.mul, xs, scaled(xs, k)):
        total += y * k
    for y in filter(lambda x: x * k > 0.1, scaled(xs, k)):
        total += y * k
    for y in map(lambda a, b: a * b * k, xs, xs):
        total += y
    return total, list(filter(lambda y: y < 2.0, scaled(xs, k)))


def cut(xs: list[float], k: float) -> Any:
    total = 0.0
    for y in itertools.islice(endless(k), 4):
        total += y * k
    for y in itertools.takewhile(lambda y: y > 0.5, endless(k)):
        total += y * k if y < 1e6 else 1e6
        if total > 5.0:
            break
    for y in itertools.dropwhile(lambda y: y < 0.5, scaled(xs, k)):
        total -= y
    for i in itertools.count(3, 2):
        if i > 9:
            break
        total += i * k
    for w, x in zip(itertools.cycle([1.0, k]), xs):
        total += w * x
    return total, list(itertools.islice(falling(k, 0.1), 1, 6, 2)), list(itertools.islice(falling(k, 0.1), 3, 2))


def totals(xs: list[float], k: float) -> Any:
    total = 0.0
    for y in itertools.accumulate(xs, lambda a, b: a * k + b, initial=k):
        total += y * k
    for y in itertools.chain([k], scaled(xs, k), (x + k for x in xs)):
        total = total * 0.8 + y
    for a, b in itertools.pairwise(scaled(xs, k)):
        total += a * b
    return total, list(itertools.chain.from_iterable([x, k] for x in xs)), list(itertools.accumulate(scaled(xs, k)))


def comprehended(xs: list[float], k: float) -> Any:
    rows = [y * k for y in scaled(xs, k) if y > -0.25]
    table = [[y for y in scaled(xs[:i], k)] for i in range(3)]
    return rows, table, [y * x for x in xs for y in falling(min(x, 9.0), 0.5)], sum(y for y in scaled(xs, k))


def passed_on(xs: list[float], k: float) -> Any:
    def mean(items: Any) -> float:
        total, count = 0.0, 0
        for item in items:
            total, count = total + item, count + 1
        return total / (count or 1)

    return mean(scaled(xs, k)) * mean(x * k for x in xs)


def whole(n: int, k: float) -> Any:
    def numbers(n: int) -> Iterator[int]:
        for i in range(n):
            yield i * i

    return sum(numbers(n)), max(numbers(n), default=-1), [i * k for i in numbers(n)], any(i > 5 for i in numbers(n))


def sums_of_lists(xs: list[float], k: float) -> float:
    total = k
    for i, y in enumerate(extended(xs, k)):
        total = total * k + y * i
    for value in ordered(xs, k)[0]:
        total -= value * k
    largest, smallest = extremes(xs, k)
    first, second, third = firsts(xs, k)
    one, other = reduced(xs, k)
    return total + largest * smallest + first * third - (second or k) + one * other


def sums_of_iterators(xs: list[float], k: float) -> float:
    rows, table, products, total = comprehended(xs, k)
    for row in [rows, *table, products, mapped(xs, k)[1], cut(xs, k)[1], totals(xs, k)[2]]:
        for x in row:
            total = total * 0.9 + x * k
    return total + mapped(xs, k)[0] + cut(xs, k)[0] * k + totals(xs, k)[0] + paired(xs, k)[0]


def sums_of_consumers(xs: list[float], k: float) -> float:
    total = 0.0
    for part in consumers(xs, k)[:2]:
        total = total * k + part
    for i, x in enumerate(consumers(xs, k)[9]):
        total += x * i
    return total + consumers(xs, k)[5] * consumers(xs, k)[6]


ROWS = [
    (contained, LISTS), (consumers, LISTS), (ordered, [LISTS[0], LISTS[1], ([-0.0, 0.0], 2.5)]), (extremes, LISTS),
    (firsts, LISTS), (chosen_early, [*LISTS, ([0.1, 0.0], 2.0), ([9.0, 0.0], 1.0), ([9.0], 1.0)]), (reduced, LISTS),
    (extended, LISTS), (paired, LISTS), (mapped, LISTS), (cut, LISTS), (totals, LISTS), (comprehended, LISTS),
    (passed_on, LISTS), (whole, [(0, 1.5), (4, -0.0), (3, NAN)]), (sums_of_lists, POSITIVE),
    (sums_of_iterators, LISTS), (sums_of_consumers, LISTS),
]  # fmt: skip


@pytest.mark.parametrize(("function", "points"), ROWS, ids=[function.__name__ for function, _ in ROWS])
def test_generator_calls(function: Any, points: Any) -> None:
    gradient = type(function(*points[0])) is float
    assert_served(function, points, (0, 1), gradient)
