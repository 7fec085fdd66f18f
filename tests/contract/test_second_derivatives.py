"""Second derivatives where the terms of a formula cancel or overflow: they have all digits of the closed form."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import mpmath
import numpy
import pytest
from mpmath import mp, mpf

import minitorch

# By function: its second derivative in closed form, and where to compare.
CLOSED: dict[str, tuple[Callable[[Any], Any], Callable[[mpf], mpf], list[float]]] = {
    "asin": (math.asin, lambda x: x / (1 - x * x) ** 1.5, [1e-10, -1e-12, 1e-300, 0.4999, 0.5, -0.999]),
    "acos": (math.acos, lambda x: -x / (1 - x * x) ** 1.5, [1e-10, -1e-12, 1e-300, 0.4999, 0.5, -0.999]),
    "atanh": (math.atanh, lambda x: 2 * x / (1 - x * x) ** 2, [1e-10, -1e-12, 1e-300, 0.4999, 0.5, -0.999]),
    "tanh": (
        math.tanh,
        lambda x: -2 * mpmath.tanh(x) * mpmath.sech(x) ** 2,
        [1e-10, 1e-300, 0.999, 1.0, 20.0, -300.0, 350.0],
    ),
    "sigmoid": (
        minitorch.operators.sigmoid,
        lambda x: -mpmath.tanh(x / 2) * mpmath.sech(x / 2) ** 2 / 4,
        [1e-10, -1e-12, 1e-300, 1.999, 2.0, -40.0, 700.0],
    ),
}
CASES = [(name, x) for name, (_, _, points) in CLOSED.items() for x in points]


@pytest.mark.parametrize(("name", "x"), CASES)
def test_second_derivatives_in_closed_form(name: str, x: float) -> None:
    f, second, _ = CLOSED[name]
    with mp.workdps(60):
        exact = float(second(mpf(x)))
    for derivative in (
        minitorch.grad(minitorch.grad(f))(x),
        minitorch.hessian(f)(x),
        minitorch.jvp(minitorch.grad(f), (x,), (1.0,))[1],
    ):
        assert math.isclose(derivative, exact, rel_tol=3e-15)


# Of arrays tanh has the vjp that goes over them least often, without the digits below 1e-150.
@pytest.mark.parametrize(("name", "x"), [case for case in CASES if case[0] != "sigmoid" and abs(case[1]) < 100])
def test_the_same_of_arrays(name: str, x: float) -> None:
    ufunc = getattr(numpy, {"tanh": "tanh"}.get(name, name.replace("a", "arc", 1)))
    with mp.workdps(60):
        exact = float(CLOSED[name][1](mpf(x)))
    second = minitorch.grad(lambda xs: numpy.sum(minitorch.grad(lambda ys: numpy.sum(ufunc(ys)))(xs)))
    assert numpy.allclose(second(numpy.array([x, x])), exact, rtol=3e-15, atol=0.0)
