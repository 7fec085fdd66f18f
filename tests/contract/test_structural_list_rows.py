"""Rows of lists of any length in structural machine code: `math.prod`, `fsum`, `hypot` and `dist`."""

from __future__ import annotations

import math
from typing import Any

import pytest
from structural_checks import assert_served
from structural_rows import exact

import minitorch
from minitorch.compiler.structural import compile_structurally


def products(xs: list[float], k: float) -> float:
    total = 0.0
    for x in xs:
        total += math.prod([v * k for v in xs]) * x
    return total + math.prod([k, *xs], start=k) * k


def exact_sums(xs: list[float], k: float) -> float:
    values = [x * k * 1e10 ** (i % 3) for i, x in enumerate(xs)]
    return math.fsum(values) * k + math.fsum(x * k for x in xs) + math.fsum(range(len(xs)))


def lengths(xs: list[float], k: float) -> float:
    total = 0.0
    for x in xs:
        total += math.hypot(*[v * k for v in xs], x) * x + math.hypot(k, *xs)
    return total


def distances(xs: list[float], k: float) -> float:
    total = 0.0
    for x in xs:
        total += math.dist([v * k for v in xs], xs) * x
    return total + math.dist(xs, [0.0] * len(xs))


def caught(xs: list[float], k: float) -> float:
    try:
        return math.dist(xs, [k, k])
    except ValueError:
        return k * 3.0


def of_ints(n: int, k: float) -> Any:
    return math.prod(range(1, n)), math.prod([n, 2]), math.fsum(range(n)), math.prod([n, n], start=3)


LISTS = [
    ([0.3, 1.7, -2.9], 1.3),
    ([0.0, 2.0, 0.0], 0.7),
    ([0.0, -0.0], 2.1),
    ([1e-200, 3e200, -1.1], 0.9),
    ([2.5], -1.1),
]

ROWS: list[Any] = [
    (products, [*LISTS, ([math.nan, 1.0], 2.0), ([math.inf, 0.0], 1.0)]), (exact_sums, [*LISTS, ([], 0.5)]),
    (lengths, [*LISTS, ([], 0.5)]), (distances, [*LISTS, ([], 0.5)]), (caught, LISTS), (of_ints, [(1, 0.5), (5, 0.5)]),
]  # fmt: skip


@pytest.mark.parametrize(("function", "points"), ROWS, ids=[function.__name__ for function, _ in ROWS])
def test_rows_of_lists(function: Any, points: Any) -> None:
    assert_served(function, points, (0, 1), function is not of_ints)


LEFT = [([], 0.5), ([math.nan, 1.0], 0.5), ([math.inf, -math.inf], 0.5), ([math.inf, 1.0], 2.0)]


@pytest.mark.parametrize("function", [products, exact_sums, lengths, distances])
@pytest.mark.parametrize("point", LEFT)
def test_what_leaves_is_right_too(function: Any, point: Any) -> None:
    """Where the tier can't tell, the one below gives the same."""
    compiled = compile_structurally(function, (0, 1))

    def outcome(call: Any) -> Any:
        try:
            return exact(call(*point))
        except (ValueError, OverflowError) as error:
            return type(error).__name__, str(error)

    assert outcome(compiled) == outcome(function)
    assert outcome(compiled.value_and_grad) == outcome(minitorch.value_and_grad(function, (0, 1)))
