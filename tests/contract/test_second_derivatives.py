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


@pytest.mark.parametrize(("name", "x"), [case for case in CASES if case[0] != "sigmoid"])
def test_the_same_of_arrays(name: str, x: float) -> None:
    ufunc = getattr(numpy, {"tanh": "tanh"}.get(name, name.replace("a", "arc", 1)))
    with mp.workdps(60):
        exact = float(CLOSED[name][1](mpf(x)))
    second = minitorch.grad(lambda xs: numpy.sum(minitorch.grad(lambda ys: numpy.sum(ufunc(ys)))(xs)))
    assert numpy.allclose(second(numpy.array([x, x])), exact, rtol=3e-15, atol=0.0)


VECTORS: list[tuple[float, ...]] = [
    (0.6, 0.8), (1e-200, 1e-300), (1e-300, 1e-200), (-1e-100, 1e-300), (1e150, 1.0), (1e300, -1e200), (3.0, 4.0),
    (5e-324, 5e-324), (1e-310, 2e-310), (-3e-320, 1e-323), (2.5e-289, 1e-289), (1.0, 0.0), (0.0, -2.0), (1e-310, 0.0),
    (1.0, 2.0, 2.0), (1e-200, 1e-300, 1e-250), (1e-8, -1.0, 1e-9, 1e-12), (3e-308, 1e-308, 2e-308), (7.0,), (1e-320,),
]  # fmt: skip
"""Where lengths are differentiated: near an axis, where digits cancel, and where floats have few."""


def closed_derivatives(xs: tuple[float, ...]) -> tuple[list[float], list[list[float]]]:
    """Return the gradient of the length of a vector, and the Hessian, in closed form."""
    with mp.workdps(800):
        v = [mpf(x) for x in xs]
        r = mpmath.sqrt(sum(x * x for x in v))
        gradient = [float(x / r) for x in v]
        rows = [
            [sum(z * z for k, z in enumerate(v) if k != i) / r**3 if i == j else -x * y / r**3 for j, y in enumerate(v)]
            for i, x in enumerate(v)
        ]
        largest = mpf(2) ** 1024
        hessian = [[float(x) if abs(x) < largest else math.copysign(math.inf, x) for x in row] for row in rows]
    return gradient, hessian


def is_close(x: float, y: float) -> bool:
    """Return whether two numbers agree to 1e-9, denormal ones to their last digits."""
    return math.isclose(x, y, rel_tol=1e-9, abs_tol=1e-322)


@pytest.mark.parametrize("xs", VECTORS)
def test_lengths_have_all_digits(xs: tuple[float, ...]) -> None:
    gradient, hessian = closed_derivatives(xs)
    count = len(xs)
    for f, point, sign in (
        (lambda *v: math.hypot(*v), xs, 1.0),
        (lambda *v: math.dist(v, (0.0,) * count), xs, 1.0),
        (lambda *v: math.dist((0.0,) * count, v), xs, 1.0),
        (lambda *v: math.dist((0.0,) * count, v), tuple(-x for x in xs), -1.0),
    ):
        numbers = tuple(range(count))
        first = minitorch.grad(f, numbers)(*point)
        assert all(is_close(sign * x, y) for x, y in zip(first, gradient, strict=True))
        for second in (
            minitorch.hessian(f, numbers)(*point),
            minitorch.jacobian(minitorch.grad(f, numbers), numbers)(*point),
        ):
            assert all(
                is_close(x, y)
                for row, exact in zip(second, hessian, strict=True)
                for x, y in zip(row, exact, strict=True)
            )


@pytest.mark.parametrize("xs", [xs for xs in VECTORS if len(xs) == 2])
def test_lengths_of_arrays_have_all_digits(xs: tuple[float, ...]) -> None:
    gradient, hessian = closed_derivatives(xs)

    def f(x: Any, y: Any) -> Any:
        return numpy.sum(numpy.hypot(x, y))

    points = [numpy.array([x, 3.0 + x]) for x in xs]
    first = minitorch.grad(f, (0, 1))
    assert all(is_close(x[0], y) for x, y in zip(first(*points), gradient, strict=True))
    for i, row in enumerate(hessian):
        second = minitorch.grad(lambda x, y, i=i: numpy.sum(first(x, y)[i][0]), (0, 1))(*points)
        assert all(is_close(x[0], y) for x, y in zip(second, row, strict=True))


def test_directions_of_the_shortest_vectors() -> None:
    xs = (5e-324, 1e-323, 0.0)
    assert all(map(is_close, minitorch.grad(math.hypot, (0, 1, 2))(*xs), closed_derivatives(xs)[0]))


def test_lengths_of_nothing_have_derivatives_of_zero() -> None:
    assert minitorch.hessian(math.hypot, (0, 1))(0.0, 0.0) == ((0.0, 0.0), (0.0, 0.0))
    assert minitorch.hessian(lambda x, y: math.dist((x, 1.0), (y, 1.0)), (0, 1))(2.0, 2.0) == ((0.0, 0.0), (0.0, 0.0))
    zeros = numpy.zeros(2)
    first = minitorch.grad(lambda x, y: numpy.sum(numpy.hypot(x, y)))
    assert first(zeros, zeros).tolist() == [0.0, 0.0]
    assert minitorch.grad(lambda x, y: numpy.sum(first(x, y)))(zeros, zeros).tolist() == [0.0, 0.0]


def test_third_derivatives_of_lengths() -> None:
    with mp.workdps(60):
        for x, y in ((0.6, 0.8), (1e-3, 1.0), (1.0, 1e-5)):
            exact = float(mpmath.diff(lambda a, b: mpmath.sqrt(a * a + b * b), (mpf(x), mpf(y)), (2, 1)))
            third = minitorch.grad(minitorch.grad(minitorch.grad(math.hypot)), 1)(x, y)
            assert math.isclose(third, exact, rel_tol=1e-9)
