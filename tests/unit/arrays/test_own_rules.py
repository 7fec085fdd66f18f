"""Rules of one's own on whole arrays: custom_vjp, register_function, Functions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.special

import minitorch
from minitorch import TensorFunction, custom_vjp, register_function

pytestmark = pytest.mark.usefixtures("registrations_are_forgotten")

POINT = np.array([0.5, 1.5, 2.5])


@custom_vjp
def scaled(x: Any, parts: dict[str, Any]) -> Any:
    return {"y": np.sin(x) * parts["factor"], "sum": float(np.sum(x)), "order": np.argsort(x)}


def scaled_forward(x: Any, parts: dict[str, Any]) -> Any:
    return scaled(x, parts), (x, parts["factor"])


def scaled_backward(kept: Any, d: dict[str, Any]) -> Any:
    x, factor = kept
    return d["y"] * np.cos(x) * factor + d["sum"] * np.ones(3), {"factor": np.sum(d["y"] * np.sin(x))}


scaled.defvjp(scaled_forward, scaled_backward)


def test_custom_vjp() -> None:
    def f(x: Any, factor: Any) -> Any:
        made = scaled(x * x, {"factor": factor})
        assert made["order"].dtype.kind == "i"
        return np.sum(made["y"] * x) + made["sum"] ** 2

    def plain(x: Any, factor: Any) -> Any:
        return np.sum(np.sin(x * x) * factor * x) + np.sum(x * x) ** 2

    found, expected = (minitorch.value_and_grad(each, argnums=(0, 1))(POINT, 2.0) for each in (f, plain))
    assert found[0] == expected[0]
    assert found[1][0] == pytest.approx(expected[1][0]) and found[1][1] == pytest.approx(expected[1][1])
    assert minitorch.hessian(f)(POINT, 2.0) == pytest.approx(minitorch.hessian(plain)(POINT, 2.0))
    assert minitorch.jvp(f, (POINT, 2.0), (POINT, 1.0))[1] == pytest.approx(
        minitorch.jvp(plain, (POINT, 2.0), (POINT, 1.0))[1]
    )


def test_one_call_for_all_elements() -> None:
    calls = []

    @custom_vjp
    def square(x: Any) -> Any:
        return x * x

    def backward(x: Any, d: Any) -> Any:
        calls.append(x)
        return (2.0 * x * d,)

    square.defvjp(lambda x: (square(x), x), backward)
    assert minitorch.grad(lambda x: np.sum(square(x)))(POINT).tolist() == (2.0 * POINT).tolist()
    assert len(calls) == 1


def test_a_ufunc_with_a_rule() -> None:
    register_function(
        scipy.special.modstruve, lambda v, x, y: (np.nan, scipy.special.modstruve(v - 1.0, x) - v / x * y)
    )
    slope = minitorch.grad(lambda x: np.sum(scipy.special.modstruve(1.0, x) * x))(POINT)
    step = 1e-6
    for i in range(3):
        up, down = (scipy.special.modstruve(1.0, POINT[i] + h) * (POINT[i] + h) for h in (step, -step))
        assert slope[i] == pytest.approx((up - down) / (2 * step), rel=1e-6)


def norm_in_c(x: Any) -> float:
    return float(np.asarray(memoryview(np.ascontiguousarray(x))).sum() ** 2)


def test_a_callable_with_a_rule() -> None:
    register_function(norm_in_c, lambda x, y: 2.0 * np.sum(x) * np.ones(x.shape))
    f = minitorch.value_and_grad(lambda x: norm_in_c(x * x))
    value, slope = f(POINT)
    assert value == np.sum(POINT * POINT) ** 2
    assert slope == pytest.approx(4.0 * POINT * np.sum(POINT * POINT))
    second = minitorch.hessian(lambda x: norm_in_c(x * x))(POINT)
    assert second == pytest.approx(8.0 * np.outer(POINT, POINT) + np.diag(np.full(3, 4.0 * np.sum(POINT * POINT))))


def sorted_in_c(x: Any) -> Any:
    return np.frombuffer(np.sort(x).tobytes())


class Sorted(TensorFunction):
    """Sorting, as if numpy could not be followed."""

    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        """Keep the order."""
        ctx.save_for_backward(np.argsort(x))
        return sorted_in_c(x)

    @staticmethod
    def backward(ctx: Any, d_output: Any) -> Any:
        """Undo the order."""
        return d_output[np.argsort(ctx.saved_values)]


def test_a_function_of_arrays_for_a_callable() -> None:
    register_function(sorted_in_c, Sorted)
    slope = minitorch.grad(lambda x: np.sum(sorted_in_c(-x) * np.arange(3.0)))(POINT)
    assert slope.tolist() == [-2.0, -1.0, 0.0]


class Halved(TensorFunction):
    """A rule whose derivative has another shape than the input."""

    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        """Return half of it."""
        return x / 2.0

    @staticmethod
    def backward(ctx: Any, d_output: Any) -> Any:
        """Forget an element."""
        return d_output[1:] / 2.0


class Named(Halved):
    """A rule whose derivative is none."""

    @staticmethod
    def backward(ctx: Any, d_output: Any) -> Any:
        """Say something."""
        return "half"


class OneWay(TensorFunction):
    """A rule without a derivative."""

    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        """Return half of it."""
        return x / 2.0


@pytest.mark.parametrize(
    "function, message",
    [
        (Halved, r"an array of shape \(2,\) as the derivative by input 0, which has the shape \(3,\)"),
        (Named, r"'half' as the derivative by input 0, not an array of numbers"),
        (OneWay, r"has no backward, .*: give the class a static method backward\(ctx, d_output\)"),
    ],
)
def test_a_rule_that_does_not_fit_is_named_with_its_place(function: Any, message: str) -> None:
    with pytest.raises(minitorch.BackwardError, match=rf"{function.__name__} \(.*test_own_rules.py:\d+\).*{message}"):
        minitorch.grad(lambda x: np.sum(function.apply(x)))(POINT)
