"""What a run notes of Tensors: equality by accident, rounding, refusals that somebody swallows."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import minitorch
from minitorch import HistoryLostError, RoundingWarning, SpecialPointWarning

POINT = np.array([3.0, 1.0, 2.0])
OUTSIDE = np.zeros(3)

SPECIAL: dict[str, Callable[[Any], Any]] = {
    "an element": lambda x: 0.5 if x[0] == 3.0 else x[0] * x[1],
    "where": lambda x: np.sum(np.where(x == 2.0, 1.0, x * x)),
    "np.equal": lambda x: np.sum(np.where(np.equal(x, 2.0), 1.0, x * x)),
    "any": lambda x: np.sum(x) if (x == 2.0).any() else np.sum(x * x),
    "array_equal": lambda x: np.sum(x) * 2.0 if np.array_equal(x, POINT) else np.sum(x * x),
    "zero": lambda x: np.sum(x) if x[1] - 1.0 else np.sum(x * x),
    "an order": lambda x: np.sum(np.where(x > 2.0, x, 0.0)),
    "a Scalar in the end": lambda x: 1.0 if float(np.sum(x)) == 6.0 else x[0],
}

NOT_SPECIAL: dict[str, Callable[[Any], Any]] = {
    "a constant": lambda x: np.sum(np.where(np.zeros(3) == 0.0, x, 0.0)),
    "equal everywhere": lambda x: np.sum(np.where(x == x * 1.0, x, 0.0)),
    "what does not move": lambda x: np.sum(np.where(np.sign(x) == 1.0, x, 0.0)),
    "unequal": lambda x: np.sum(np.where(x > 1.5, x, 0.0)),
    "maximum": lambda x: np.sum(np.maximum(x, 2.0) + np.clip(x, 1.0, 3.0)) + np.max(x),
    "numpy's own code": lambda x: np.median(x) + np.percentile(x, 50),
}


@pytest.mark.parametrize("name", SPECIAL)
def test_equal_by_accident(name: str) -> None:
    f = SPECIAL[name]
    with pytest.warns(SpecialPointWarning, match=r"test_points\.py:\d+: .* depends on this very point"):
        minitorch.grad(f)(POINT)
    with pytest.raises(SpecialPointWarning):
        minitorch.grad(f, special_points="raise")(POINT)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        minitorch.grad(f, special_points="ignore")(POINT)
        minitorch.grad(f)(POINT + 0.1)


@pytest.mark.parametrize("name", NOT_SPECIAL)
def test_no_accident(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        minitorch.grad(NOT_SPECIAL[name])(POINT)


def test_the_limit_beside_a_point() -> None:
    slope = minitorch.grad(SPECIAL["where"], special_points="limit")(POINT)
    assert slope == pytest.approx(2.0 * POINT, rel=1e-12)
    with pytest.warns(SpecialPointWarning, match="disagree"):
        slope = minitorch.grad(lambda x: np.sum(np.where(x < 2.0, x, 3.0 * x)), special_points="limit")(POINT)
    assert slope.tolist() == [3.0, 1.0, 3.0]


ROUNDED: dict[str, tuple[Callable[[Any], Any], Any]] = {
    "np.round": (lambda x: np.sum(np.round(x * 2.5)), 2.5),
    "round": (lambda x: x.round(1).sum(), 1.0),
    "floor": (lambda x: np.sum(np.floor(x * 2.5)), 2.5),
    "rint": (lambda x: np.rint(x * 2.5).sum(), 2.5),
    "floor division": (lambda x: np.sum(x // 0.5), 2.0),
    "divmod": (lambda x: np.sum(divmod(x, 0.5)[0]), None),
    "np.divmod": (lambda x: np.sum(np.divmod(x, 0.5)[0]), None),
    "whole numbers": (lambda x: np.sum(x.astype(int)) * 2.0, None),
    "int": (lambda x: int(x[0]) * 1.0 + int(x[1]) + int(x[2]), None),
}


@pytest.mark.parametrize("name", ROUNDED)
def test_rounding(name: str) -> None:
    f, expected = ROUNDED[name]
    point = POINT + 0.3
    with pytest.warns(RoundingWarning, match=r"test_points\.py:\d+: the derivative by 'x' is 0 only because"):
        assert not minitorch.grad(f)(point).any()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not minitorch.grad(f, rounding="ignore")(point).any()
        assert minitorch.grad(lambda x: f(x) + np.sum(x))(point).tolist() == [1.0] * 3
        if expected is not None:
            assert minitorch.grad(f, rounding="straight_through")(point).tolist() == [expected] * 3


def swallowed_buffer(x: Any) -> Any:
    with contextlib.suppress(TypeError):
        return float(np.asarray(memoryview(x))[0])  # type: ignore[arg-type]
    with contextlib.suppress(TypeError):
        OUTSIDE[:] = x
    return np.sum(x)


def swallowed_out(x: Any) -> Any:
    try:
        np.multiply(x, 2.0, out=OUTSIDE)
    except TypeError:
        return np.sum(x)
    return np.sum(OUTSIDE)


def swallowed_float(x: Any) -> Any:
    try:
        return np.random.default_rng(0).poisson(x[0]) * 1.0
    except TypeError:
        return np.sum(x)


@pytest.mark.parametrize("f", [swallowed_buffer, swallowed_out, swallowed_float])
def test_a_swallowed_refusal(f: Callable[[Any], Any]) -> None:
    with pytest.raises(HistoryLostError, match="This error was caught"):
        minitorch.grad(f)(POINT)


def test_what_is_written_before_rounding_is_followed() -> None:
    def f(x: Any) -> Any:
        values = np.array([x, 1.0, 2.0 * x])
        values[1] = x / 4.0
        values[2] += x
        return round(values.sum(), 0)

    with pytest.warns(minitorch.RoundingWarning):
        assert minitorch.value_and_grad(f)(1.9) == (8.0, 0.0)
