"""mpmath's functions on Scalars at the precision of floats: its own values, and exact derivatives; else refused."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import mpmath
import pytest

import minitorch
from minitorch import HistoryLostError
from minitorch.tracing.libraries.mpmath_functions import ROWS

Function = Callable[[Any], Any]

BEYOND_ONE = {"acosh"}
TWO_INPUTS = {"atan2", "hypot", "power"}


@pytest.fixture(autouse=True)
def usual_precision() -> Iterator[None]:
    """The precision that mpmath begins with, which other tests have changed."""
    with mpmath.workprec(53):
        yield


def subject(name: str) -> Function:
    """Return a function of one number that calls one of mpmath's."""
    function = getattr(mpmath, name)
    if name in TWO_INPUTS:
        return lambda x: float(function(x, 1.7) * function(0.8, x))
    return lambda x: float(function(x)) * 1.5


@pytest.mark.filterwarnings("ignore::minitorch.CompilationWarning")
@pytest.mark.parametrize("name", ROWS)
def test_value_and_derivative(name: str) -> None:
    f, x = subject(name), 1.25 if name in BEYOND_ONE else 0.4
    with mpmath.workdps(30):
        slope = float(mpmath.diff(lambda t: subject_at(name, t), x))
    value, derivative = minitorch.value_and_grad(f)(x)
    assert value == f(x)
    assert derivative == pytest.approx(slope, rel=1e-13)
    tangent = minitorch.jvp(f, (x,), (1.0,))
    assert tangent == (value, pytest.approx(slope, rel=1e-13))
    compiled = minitorch.compile(f)
    for _ in range(3):
        assert compiled(x) == value
        assert compiled.value_and_grad(x) == (value, derivative)


def subject_at(name: str, t: Any) -> Any:
    """Return what the subject computes, with all digits."""
    function = getattr(mpmath, name)
    if name in TWO_INPUTS:
        return function(t, mpmath.mpf(1.7)) * function(mpmath.mpf(0.8), t)
    return function(t) * mpmath.mpf(1.5)


def test_numbers_and_bases() -> None:
    assert minitorch.value_and_grad(lambda x: float(mpmath.mpf(x) ** 2))(1.5) == (2.25, 3.0)
    value, slope = minitorch.value_and_grad(lambda x: float(mpmath.log(x, 3)))(2.0)
    assert value == float(mpmath.log(2.0, 3)) and slope == pytest.approx(0.5 / math.log(3.0), rel=1e-15)
    assert minitorch.grad(lambda x: float(mpmath.power(mpmath.mpf(2), x)))(3.0) == pytest.approx(8.0 * math.log(2.0))


def more_digits(x: float) -> float:
    with mpmath.workdps(50):
        return float(mpmath.cos(x) - 1)


REFUSED: dict[str, tuple[Function, float]] = {
    "more digits": (more_digits, 1e-9),
    "a complex result": (lambda x: float(mpmath.sqrt(x).imag), -2.0),
    "a result larger than floats": (lambda x: float(mpmath.exp(x) / mpmath.exp(999)), 1000.0),
    "a result smaller than floats": (lambda x: float(mpmath.exp(x) / mpmath.exp(-999)), -1000.0),
    "arithmetic with its numbers": (lambda x: float(mpmath.sin(x) * mpmath.pi), 2.0),
    "a function without a row": (lambda x: float(mpmath.besselj(0, x)), 1.0),
    "a context of ones own": (lambda x: float(mpmath.mp.clone().log(x)), 2.0),
}


@pytest.mark.filterwarnings("ignore::minitorch.CompilationWarning")
@pytest.mark.parametrize("name", REFUSED)
def test_what_floats_cannot_do_is_refused(name: str) -> None:
    f, x = REFUSED[name]
    with pytest.raises(HistoryLostError):
        minitorch.value_and_grad(f)(x)
    compiled = minitorch.compile(f)
    for _ in range(3):
        assert compiled(x) == f(x)


@pytest.mark.filterwarnings("ignore::minitorch.CompilationWarning")
def test_plain_calls_give_its_own_numbers() -> None:
    compiled = minitorch.compile(lambda x: mpmath.sin(x))
    assert [repr(compiled(1.0)) for _ in range(3)] == [repr(mpmath.sin(1.0))] * 3
