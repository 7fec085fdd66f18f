"""Derivatives that are zero only because something was rounded: they are never given without a word."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import minitorch
from minitorch import RoundingWarning

Function = Callable[[float], Any]


def derivatives_of(f: Function, x: float, **options: Any) -> list[float]:
    return [
        minitorch.grad(f, **options)(x),
        minitorch.jvp(f, (x,), (1.0,), **options)[1],
        minitorch.vjp(f, x, **options)[1](1.0)[0],
        minitorch.linearize(f, x, **options)[1](1.0),
        minitorch.jacobian(f, **options)(x),
    ]


ROUNDED: dict[str, tuple[Function, float]] = {
    "round(x, n)": (lambda x: round(12.5 * x, 6), 12.5),
    "//": (lambda x: (12.5 * x) // 2.0, 6.25),
    "np.floor": (lambda x: np.floor(12.5 * x), 12.5),
    "rounded, and then used": (lambda x: math.sin(round(x, 2)) * 2.0, 2.0 * math.cos(1.23)),
}

WHOLE: dict[str, Function] = {
    "int": lambda x: int(12.5 * x) * 2.0,
    "math.floor": lambda x: math.floor(12.5 * x) * 2.0,
    "round": lambda x: 2.0 * round(x),
    "math.trunc": lambda x: 2.0 * math.trunc(x),
}


@pytest.mark.parametrize("name", [*ROUNDED, *WHOLE])
def test_zero_because_of_rounding_is_said(name: str) -> None:
    f = WHOLE[name] if name in WHOLE else ROUNDED[name][0]
    calls: list[Callable[[], Any]] = [
        lambda: minitorch.grad(f)(1.23),
        lambda: minitorch.jvp(f, (1.23,), (1.0,))[1],
        lambda: minitorch.jacobian(f)(1.23),
        lambda: minitorch.vjp(f, 1.23)[1](1.0)[0],
    ]
    for call in calls:
        with pytest.warns(RoundingWarning, match=rf"{__file__}:\d+: the derivative by 'x' is 0 only because") as said:
            assert call() == 0.0
        # Others may be given as well, by what the garbage collector finds.
        assert [each.filename for each in said if each.category is RoundingWarning] == [__file__]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert minitorch.grad(f, rounding="ignore")(1.23) == 0.0


@pytest.mark.parametrize("name", ROUNDED)
def test_straight_through(name: str) -> None:
    f, expected = ROUNDED[name]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for derivative in derivatives_of(f, 1.23, rounding="straight_through"):
            assert math.isclose(derivative, expected, rel_tol=1e-12)
        assert minitorch.value_and_grad(f, rounding="straight_through")(1.23)[0] == f(1.23)


def test_straight_through_twice() -> None:
    second = minitorch.hessian(lambda x: round(x**3, 9), rounding="straight_through")(2.0)
    assert second == 12.0


def test_rounded_keys_are_said() -> None:
    table = {2.0: 4.0}

    def looked_up(x: float) -> float:
        key = round(x, 6)
        if key not in table:
            table[key] = x * x
        return table[key]

    for derivative in (minitorch.grad(looked_up), lambda x: minitorch.jvp(looked_up, (x,), (1.0,))[1]):
        with pytest.warns(
            RoundingWarning, match=r"the derivative by 'x' is 0 only because `.*round\(x, 6\)` is rounded"
        ):
            assert derivative(2.0) == 0.0


@pytest.mark.filterwarnings("ignore::minitorch.CompilationWarning")
@pytest.mark.parametrize("name", ["round(x, n)", "//", "int", "round"])
def test_compiled_rounding_is_said(name: str) -> None:
    compiled = minitorch.compile(WHOLE[name] if name in WHOLE else ROUNDED[name][0])
    with pytest.warns(RoundingWarning):
        assert compiled.value_and_grad(1.23)[1] == 0.0


def test_another_way_is_enough() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert minitorch.grad(lambda x: x * int(x))(2.5) == 2.0
        assert minitorch.grad(lambda x: x - round(x, 1))(2.53) == 1.0
        assert minitorch.grad(lambda x, n: x**2 if n > 1 else x, argnums=(0, 1))(2.5, 3.0) == (5.0, 0.0)
