"""Derivatives where calculus leaves a choice: those of the branch that Python took, by decorator and hook."""

from __future__ import annotations

import math

import kink_subjects
import pytest
from kink_subjects import KINKS
from module_roads import ROADS, module_by, traced

import minitorch
from minitorch import Scalar


@ROADS
@pytest.mark.parametrize("index", range(len(KINKS)), ids=[f"{kink.name}-{kink.point}" for kink in KINKS])
def test_kinks(road: str, index: int) -> None:
    kink = KINKS[index]
    function = traced(road, module_by(road, "kink_subjects").KINKS[index].function)
    value, derivatives = minitorch.value_and_grad(function, argnums=tuple(range(len(kink.point))))(*kink.point)
    assert float(value).hex() == float(kink.function(*kink.point)).hex()
    assert len(derivatives) == len(kink.derivatives)
    for actual, expected in zip(derivatives, kink.derivatives, strict=True):
        assert actual == expected or (math.isnan(actual) and math.isnan(expected)), derivatives


@ROADS
def test_whole_numbers_are_plain_integers(road: str) -> None:
    numbers = traced(road, module_by(road, "kink_subjects").plain_integers)(Scalar(2.5))
    assert [type(number) for number in numbers] == [int] * 6
    assert numbers == kink_subjects.plain_integers(2.5)


@ROADS
def test_a_tie_returns_the_object_that_python_returns(road: str) -> None:
    x, y = Scalar(2.0), Scalar(2.0)
    largest = traced(road, module_by(road, "kink_subjects").largest)
    assert largest(x, y) is x and max(x, y) is x and min(y, x) is y and sorted([y, x])[0] is y


@ROADS
def test_a_complex_result_is_no_real_derivative(road: str) -> None:
    function = traced(road, module_by(road, "kink_subjects").fractional_power)
    assert minitorch.grad(function)(4.0) == 0.25
    with pytest.raises((TypeError, ValueError), match="complex"):
        minitorch.grad(function)(-4.0)


@ROADS
@pytest.mark.parametrize("end", [1.0, -1.0])
def test_where_python_has_no_value_its_error_is_raised(road: str, end: float) -> None:
    with pytest.raises(ValueError) as expected:
        kink_subjects.beyond_the_end(end)
    with pytest.raises(ValueError) as actual:
        minitorch.grad(traced(road, module_by(road, "kink_subjects").beyond_the_end))(end)
    assert str(actual.value) == str(expected.value)
