"""central_difference and derivative_check."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import minitorch
from minitorch import Context, Scalar, ScalarFunction, central_difference, derivative_check

COURSE: list[Callable[..., Any]] = [
    lambda x: x + 5,
    lambda x: x * 5,
    lambda x: x - 5,
    lambda x: -x,
    lambda x: (x + 100000).log() + (x - 200).exp(),
    lambda x: x.sigmoid(),
    lambda x: 1.0 / (x * x + 1),
    lambda x: x.sin() * x.tanh(),
    lambda x, y: x + y,
    lambda x, y: x * y,
    lambda x, y: x / (y * y + 5.5),
    lambda x, y: (x < y) + 0.0 * x,
    lambda x, y: x.relu() + (y + 1e-3).relu(),
]

reals = st.floats(min_value=-100, max_value=100, allow_nan=False)


def test_central_difference() -> None:
    assert central_difference(math.sin, 1.0) == pytest.approx(math.cos(1.0), abs=1e-9)
    assert central_difference(lambda x, y: x * y, 2.0, 5.0, arg=1) == pytest.approx(2.0)
    assert central_difference(lambda x: x * x, 3.0, epsilon=0.5) == 6.0
    assert central_difference(lambda x: x * x, 3) == pytest.approx(6.0)


def test_central_difference_on_scalars_gives_scalars_to_the_function() -> None:
    x = Scalar(0.5)
    assert central_difference(lambda v: v.exp(), x) == pytest.approx(math.exp(0.5))
    assert x.derivative is None


@pytest.mark.parametrize("function", COURSE)
@given(a=reals, b=reals)
def test_functions_of_the_course_pass(function: Callable[..., Any], a: float, b: float) -> None:
    count = function.__code__.co_argcount
    if function is COURSE[-1] and (abs(a) < 1e-3 or abs(b) < 1e-2):
        return
    if function is COURSE[-2] and abs(a - b) < 1e-3:
        return
    derivative_check(function, *(Scalar(v) for v in (a, b)[:count]))


def test_it_leaves_the_derivatives() -> None:
    x, y = Scalar(2.0), Scalar(3.0)
    x.accumulate_derivative(100.0)
    derivative_check(lambda a, b: a * b, x, y)
    assert (x.derivative, y.derivative) == (3.0, 2.0)


def test_near_a_pole() -> None:
    derivative_check(lambda x: 1 / x, Scalar(1e-4))


def test_constants_and_results_without_history() -> None:
    derivative_check(lambda x, y: x * y, Scalar(2.0), Scalar(3.0, back=None))
    derivative_check(lambda x: 5.0, Scalar(2.0))
    derivative_check(lambda x: x > 1, Scalar(2.0))


class Wrong(ScalarFunction):
    """Its derivative is off by a thousandth."""

    @staticmethod
    def forward(ctx: Context, x: float, y: float) -> float:
        return x * y

    @staticmethod
    def backward(ctx: Context, d_output: float) -> tuple[float, float]:
        return 3.0, 2.002


def test_a_wrong_derivative_is_found_and_named() -> None:
    with pytest.raises(AssertionError) as failure:
        derivative_check(Wrong.apply, Scalar(2.0, name="left"), Scalar(3.0, name="right"))
    lines = str(failure.value).splitlines()
    assert "differ from central differences" in lines[0]
    assert "0 (left)" in lines[2] and "differs" not in lines[2]
    assert "1 (right)" in lines[3] and "2.002" in lines[3] and "differs" in lines[3]


def test_a_lost_path_is_found() -> None:
    with pytest.raises(AssertionError, match="differs"):
        derivative_check(lambda x: x + minitorch.detach(x), Scalar(2.0))


def test_a_kink_is_reported() -> None:
    with pytest.raises(AssertionError, match="differs"):
        derivative_check(lambda x: x.relu(), Scalar(0.0))
