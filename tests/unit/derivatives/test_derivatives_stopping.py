"""Where derivatives end on purpose: detach, stop_gradient, no_grad."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass

import numpy as np
import pytest

from minitorch.autodiff.grad_mode import is_recording, no_grad
from minitorch.autodiff.variable import is_constant
from minitorch.derivatives.forward_mode import jvp
from minitorch.derivatives.reverse_mode import grad
from minitorch.scalars.detach import detach, stop_gradient
from minitorch.scalars.scalar import Scalar
from minitorch.tracing.tracer import trace


@dataclass
class Pair:
    a: float
    b: list[float]


def test_detach_takes_plain_values_out_of_everything() -> None:
    x = Scalar(2.0)
    assert detach(x) == 2.0
    assert type(detach(x)) is float
    assert detach([x, (x * x, "text"), {"k": x}]) == [2.0, (4.0, "text"), {"k": 2.0}]
    assert detach(Pair(x, [x + 1])) == Pair(2.0, [3.0])
    array = detach(np.array([x, x * 3]))
    assert (array.dtype, array.tolist()) == (float, [2.0, 6.0])
    assert detach(x > 1) is True


@pytest.mark.parametrize("value", [1.5, "text", None, [1, 2], {"a": (1,)}, np.ones(3), np.array([None, "a"]), print])
def test_detach_leaves_everything_else(value: object) -> None:
    assert detach(value) is value


def test_detach_stops_both_modes() -> None:
    assert stop_gradient is detach
    assert grad(lambda x: x * detach(x))(3.0) == 3.0
    assert grad(lambda x: x * sum(stop_gradient([x, x * x])))(3.0) == 12.0
    assert jvp(lambda x: x * detach(x), (3.0,), (1.0,)) == (9.0, 3.0)


def test_a_straight_through_estimate() -> None:
    assert grad(lambda x: x + detach(math.floor(x) - x))(2.7) == 1.0


def test_no_grad_records_nothing() -> None:
    def f(x: float) -> float:
        with no_grad():
            factor = math.exp(x) * x
            assert is_constant(factor)
        return x * factor

    assert grad(f)(1.5) == math.exp(1.5) * 1.5
    assert grad(grad(f))(1.5) == 0.0


def test_no_grad_outside_of_traces() -> None:
    x = Scalar(2.0)
    with no_grad():
        y = x * x
    y.backward()
    assert (y.data, y.history, x.derivative) == (4.0, None, None)
    assert (x * x).history is not None


def test_no_grad_as_a_decorator_and_nested() -> None:
    @no_grad()
    def frozen(x: float) -> float:
        with no_grad():
            pass
        assert not is_recording()
        return x * x

    assert grad(lambda x: x * frozen(x))(3.0) == 9.0
    assert is_recording()


def test_no_grad_ends_with_an_exception() -> None:
    with pytest.raises(KeyError), no_grad():
        raise KeyError
    assert is_recording()


def test_no_grad_is_of_its_own_thread() -> None:
    found: list[float] = []
    square = trace(lambda x: x * x)
    with no_grad():
        thread = threading.Thread(target=lambda: found.append(grad(square)(3.0)))
        thread.start()
        thread.join()
        assert grad(square)(3.0) == 0.0
    assert found == [6.0]
