"""Checkpoints: values and derivatives of any order as without them, with less kept."""

from __future__ import annotations

import math
import random
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import minitorch
from minitorch import BackwardError, checkpoint

POINT = np.array([0.3, 1.2, -0.7])


def layer(x: Any, w: Any, scale: float = 1.0) -> Any:
    return np.tanh(x * w) * scale + x


def state(x: Any, v: float) -> dict[str, Any]:
    return {"x": x + 0.1 * v * np.sin(x), "v": v - 0.1 * math.sin(v) * x[0], "n": 3, "pair": (x[1] * v, None)}


def of_arrays(wrap: Callable[..., Any], x: Any) -> Any:
    inner = wrap(layer)
    return np.sum(wrap(lambda y: inner(inner(y, y * 0.5, scale=2.0), w=y) ** 2)(x))


def of_several(wrap: Callable[..., Any], x: Any) -> Any:
    step = wrap(state)
    first = step(x, x[2] * x[2])
    second = step(first["x"], first["v"])
    return np.sum(second["x"]) * second["v"] + second["pair"][0] * second["n"]


def of_closures(wrap: Callable[..., Any], x: Any) -> Any:
    factor, table = x[0] * 2.0, np.cos(x)
    return wrap(lambda y: np.sum(y * y * factor + table) * factor)(x * x)


def of_scalars(wrap: Callable[..., Any], x: Any) -> Any:
    pair = wrap(lambda a, b: (math.sin(a) * b, a / b))
    s, t = pair(x[0], x[1])
    return wrap(math.exp)(s) * t + pair(t, b=s)[0]


PROGRAMS = {f.__name__: f for f in (of_arrays, of_several, of_closures, of_scalars)}


def plainly(f: Any) -> Any:
    return f


@pytest.mark.parametrize("name", PROGRAMS)
def test_derivatives_are_those_without_checkpoints(name: str) -> None:
    program = PROGRAMS[name]

    def plain(x: Any) -> Any:
        return program(plainly, x)

    def checked(x: Any) -> Any:
        return program(checkpoint, x)

    assert checked(POINT) == plain(POINT)
    value, slope = minitorch.value_and_grad(checked)(POINT)
    assert value == plain(POINT)
    assert slope == pytest.approx(minitorch.grad(plain)(POINT), rel=1e-12)
    direction = np.array([1.0, -2.0, 0.5])
    moved = minitorch.jvp(checked, (POINT,), (direction,))[1]
    assert moved == pytest.approx(np.sum(slope * direction), rel=1e-12)
    assert minitorch.hessian(checked)(POINT) == pytest.approx(minitorch.hessian(plain)(POINT), rel=1e-10, abs=1e-12)
    assert minitorch.jacobian(lambda x: checked(x) * x)(POINT) == pytest.approx(
        minitorch.jacobian(lambda x: plain(x) * x)(POINT), rel=1e-12
    )


def test_numbers_alone() -> None:
    def f(wrap: Any) -> Any:
        return lambda x, y: wrap(lambda a, b: math.sin(a) * b**3)(x * y, y) + wrap(lambda a: [a, a * a])(x)[1]

    point = (0.7, 1.3)
    for derivative in (minitorch.grad, minitorch.hessian):
        expected = derivative(f(plainly), argnums=(0, 1))(*point)
        assert np.allclose(derivative(f(checkpoint), argnums=(0, 1))(*point), expected, rtol=1e-12)


def test_a_backward_call_without_recording_records_again() -> None:
    x = minitorch.Tensor(POINT)
    y = checkpoint(lambda v: np.sum(v * v))(x)
    with minitorch.no_grad():
        y.backward()
    assert x.derivative.tolist() == (2.0 * POINT).tolist()


def test_less_is_kept() -> None:
    def block(x: Any) -> Any:
        for _ in range(20):
            x = np.sin(x) * 1.01
        return x

    def program(wrap: Any) -> Any:
        part = wrap(block)

        def f(x: Any) -> Any:
            for _ in range(10):
                x = part(x)
            return np.sum(x)

        return f

    point = np.linspace(0.0, 1.0, 20_000)
    peaks, slopes = [], []
    for wrap in (plainly, checkpoint):
        slope = minitorch.grad(program(wrap))
        slope(point[:3])
        tracemalloc.start()
        slopes.append(slope(point))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert (slopes[0] == slopes[1]).all()
    assert peaks[1] < peaks[0] / 4


def test_another_value_is_refused() -> None:
    drawn = random.Random(0)
    with pytest.raises(BackwardError, match=r"test_checkpoint\.py.*came to another value"):
        minitorch.grad(checkpoint(lambda x: x * drawn.random()))(2.0)


def test_arguments_are_not_written() -> None:
    def write(x: Any) -> Any:
        x[0] = 2.0
        return np.sum(x)

    with pytest.raises(ValueError, match="read-only"):
        minitorch.grad(lambda x: checkpoint(write)(x * 1.0))(POINT)


def test_rounding_straight_through() -> None:
    f = minitorch.grad(lambda x: checkpoint(lambda y: np.sum(np.floor(y * 2.0)))(x), rounding="straight_through")
    assert f(POINT).tolist() == [2.0, 2.0, 2.0]
