"""Arrays put together of many parts: one pass over all of them, however often the same number stands there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import minitorch
from minitorch.arrays.function import ArrayFunction
from minitorch.arrays.makers import Joined
from minitorch.arrays.movers import Moved
from minitorch.arrays.structure import Concatenate, Stack


def test_a_number_that_stands_in_many_places() -> None:
    weights = np.arange(12.0).reshape(3, 4)

    def f(x: float, y: float) -> Any:
        return (np.array(3 * [[x, 1.0, y, x]]) * weights).sum()

    assert minitorch.grad(f, argnums=(0, 1))(2.0, 3.0) == (weights[:, [0, 3]].sum(), weights[:, 2].sum())


def test_an_array_that_stands_in_many_places() -> None:
    weights = np.arange(24.0).reshape(4, 2, 3)

    def f(x: Any) -> Any:
        return (np.array([x, x, 2.0 * x, x]) ** 2 * weights).sum()

    x = np.array([[0.5, 1.0, 2.0], [3.0, -1.0, 0.2]])
    expected = 2.0 * x * (weights[[0, 1, 3]].sum(0) + 4.0 * weights[2])
    assert minitorch.grad(f)(x) == pytest.approx(expected, rel=1e-14)
    assert minitorch.jacobian(minitorch.grad(f))(x).shape == (2, 3, 2, 3)


@pytest.mark.parametrize("function", [Joined, Moved, Concatenate, Stack], ids=lambda function: function.__name__)
def test_the_vjp_is_called_once_for_all_parts(function: type[ArrayFunction], monkeypatch: pytest.MonkeyPatch) -> None:
    make = {
        Joined: lambda parts: np.array([*parts, parts[0][0] * np.ones(2)]),
        Moved: np.vstack,
        Concatenate: np.concatenate,
        Stack: np.stack,
    }[function]
    counted: list[int] = []
    original: Any = function.vjps[0]
    monkeypatch.setattr(function, "vjps", (lambda *args, **kwargs: counted.append(1) or original(*args, **kwargs),))
    x = np.arange(10.0).reshape(5, 2)
    derivative = minitorch.grad(lambda x: (make([2.0 * part for part in x]) ** 2).sum())(x)
    assert len(counted) == 1
    assert derivative[1:] == pytest.approx(8.0 * x[1:], rel=1e-14)
