"""Whole numbers of any size beside Variables are what they are to Python, with both recorders."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import pytest
from both_recorders import BOTH
from random_trees import bits

COMPARISONS = [operator.lt, operator.le, operator.eq, operator.ne, operator.gt, operator.ge]

EDGE = 2**53
"""Beyond it not every whole number is a float."""


@pytest.mark.parametrize("function", COMPARISONS)
@pytest.mark.parametrize("whole", [EDGE - 1, EDGE, EDGE + 1, -EDGE - 1, 2**61 + 1, 2**62 - 1, -(2**62) - 1])
@pytest.mark.parametrize("shift", [-1.0, 0.0, 1.0, 2.0])
def test_whole_numbers_are_compared_exactly(function: Callable[[Any, Any], Any], whole: int, shift: float) -> None:
    x = float(whole) + shift
    for package in BOTH.values():
        for variable in (package.Scalar(x), package.Scalar(x, None)):
            assert bool(function(variable, whole)) is function(x, whole)
            assert bool(function(whole, variable)) is function(whole, x)


@pytest.mark.parametrize(
    "values", [[EDGE - 1, 1, 1, 1], [2**62, 1, 2**62], [1, EDGE, 1], [True, EDGE - 1, 2, 1], [0.5, EDGE - 1, 1, 1]]
)
def test_whole_numbers_in_sums_are_added_exactly(values: list[Any]) -> None:
    for package in BOTH.values():
        add = package.trace(lambda xs: sum(xs))
        for x in (0.25, -0.0, -float(EDGE)):
            for items in ([*values, x], [values[0], x, *values[1:]], [x, *values]):
                given = [package.Scalar(item) if item is x else item for item in items]
                assert bits(add(given).data) == bits(float(sum(items)))
