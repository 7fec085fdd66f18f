"""Iterators in structural machine code: `itertools` and `filter`, as Python has them."""

from __future__ import annotations

import itertools
import operator
from itertools import accumulate, combinations, product
from typing import Any

import pytest
from structural_rows import Row, checked


def sums_so_far(x: float, n: int) -> Any:
    values = [x * i for i in range(n)]
    return (
        list(accumulate(values)),
        list(accumulate([n, 2, 3])),
        [y * x for y in accumulate(values, lambda a, b: a * x + b)],
        list(accumulate(values, operator.mul)),
        list(accumulate((x * v for v in values), initial=x)),
        list(accumulate(values, max)),
    )


def discounted(rates: list[float], x: float) -> float:
    total = 0.0
    for i, level in enumerate(accumulate(rates)):
        total += x**i / (1.0 + level)
    return total


def joined(x: float, n: int) -> Any:
    rows = [[x * i] * i for i in range(n)]
    return list(itertools.chain(rows, [[x]])), list(itertools.chain.from_iterable(rows)), [
        v for v in itertools.chain([1], (n, x), [x, x])
    ], list(itertools.repeat(x, n))  # fmt: skip


def sides(x: float, n: int) -> Any:
    values = [x * i for i in range(n)]
    return (
        [b - a for a, b in itertools.pairwise(values)],
        list(combinations(range(n), 2)),
        [a * b * c for a, b, c in combinations(values, 3)],
        list(itertools.permutations(values, 2)),
        [(i, v) for i, v in product(range(2), values)],
        list(product([1, n], repeat=2)),
        list(filter(lambda v: v > x, values)),
        list(filter(None, [n, 0, 2])),
        sum(filter(lambda v: v > x, values)),
    )


def energy(positions: list[float], x: float) -> float:
    total = 0.0
    for a, b in combinations(positions, 2):
        total += x / (1.0 + (a - b) ** 2)
    for a, b in itertools.pairwise(positions):
        total += (b - a) ** 2 * x
    return total


def parts(x: float, n: int) -> Any:
    values = [x * i for i in range(5)]
    rows, others = [[x, 1.0], [x]], [[x, 1.0], [x * n]]
    return (
        list(itertools.islice(values, n)),
        list(itertools.islice(values, 1, None)),
        list(itertools.islice(values, 0, n, 2)),
        list(itertools.zip_longest(values, range(n), fillvalue=0)),
        list(itertools.zip_longest(values[:1], values[:n], fillvalue=x)),
        rows == others,
        rows != others,
    )


def padded(values: list[float], x: float) -> float:
    total = 0.0
    for a, b in itertools.zip_longest(values, itertools.islice(values, 1, None), fillvalue=1.0):
        total += a * b * x
    return total


ITERATORS: list[Row] = [
    (parts, None, [(1.5, 0), (1.5, 1), (-0.5, 9)]),
    (padded, (0, 1), [([0.1, 0.2, 0.3], 0.5), ([], 0.5)]),
    (sums_so_far, None, [(1.5, 0), (1.5, 4), (-0.5, 1)]),
    (discounted, (0, 1), [([0.1, 0.2, 0.3], 0.5), ([], 0.5)]),
    (joined, None, [(1.5, 0), (1.5, 4)]),
    (sides, None, [(1.5, 0), (1.5, 4), (-0.5, 1)]),
    (energy, (0, 1), [([0.1, 0.5, 2.5, -1.0], 0.5), ([1.0], 2.0)]),
]


@pytest.mark.parametrize(("function", "argnums", "calls"), ITERATORS)
def test_iterators(function: Any, argnums: Any, calls: Any) -> None:
    checked(function, argnums, calls)
