"""Uses of pandas in a differentiated function: pandas' value to the last bit, its derivative forward and in reverse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import minitorch
from tests.support.pandas_uses import AT, USES, B, S, frame

WAY = np.array([0.31, -0.72, 0.55, 0.24, -0.43, 0.67])


@pytest.mark.parametrize("use", USES)
def test_values_and_derivatives(use: str) -> None:
    f = USES[use]
    value, slope = minitorch.value_and_grad(f)(AT.copy())
    assert value == f(AT.copy())
    along = minitorch.jvp(f, (AT.copy(),), (WAY,))[1]
    assert along == pytest.approx(slope @ WAY, rel=1e-11, abs=1e-11)
    far, near = ((f(AT + h * WAY) - f(AT - h * WAY)) / (2 * h) for h in (2e-3, 1e-3))
    assert along == pytest.approx(float((4 * near - far) / 3), rel=1e-6, abs=1e-7)


@pytest.mark.parametrize(
    "use",
    ["Series.var", "Series.skew", "rolling std", "groups' var", "cov", "ewm span", "bollinger", "describe", "np.exp f"],
)
def test_second_derivatives(use: str) -> None:
    f = USES[use]
    gradient = minitorch.grad(f)
    curve = minitorch.hessian(f)(AT.copy()) @ WAY
    far, near = ((gradient(AT + h * WAY) - gradient(AT - h * WAY)) / (2 * h) for h in (2e-3, 1e-3))
    np.testing.assert_allclose(curve, (4 * near - far) / 3, rtol=1e-5, atol=1e-6)


REFUSED: dict[str, tuple[Callable[[Any], Any], str]] = {
    "rank of windows": (lambda x: pd.Series(x).rolling(3).rank().dropna().sum(), r"Rolling\.rank"),
    "ohlc": (lambda x: S(x).resample("3D").ohlc()["close"].sum(), r"Resampler\.ohlc"),
    "describe of groups": (lambda x: frame(x).groupby("g")["a"].describe()["mean"].sum(), r"SeriesGroupBy\.describe"),
    "counts of values": (lambda x: pd.Series(x).value_counts().index[0] * 1.0, r"Series\.value_counts"),
    "single precision": (lambda x: pd.Series(x).astype("float32").sum(), r"Series\.astype"),
    "edges": (lambda x: pd.qcut(pd.Series(x), 2, retbins=True)[1][1], r"qcut"),
}
"""By name: a use, and what its error names."""


@pytest.mark.parametrize("use", REFUSED)
def test_what_is_refused_names_pandas_method_the_place_and_a_way_out(use: str) -> None:
    f, named = REFUSED[use]
    with pytest.raises(minitorch.HistoryLostError, match=named) as caught:
        minitorch.grad(f)(AT.copy())
    assert str(caught.value).startswith(f"{__file__}:{f.__code__.co_firstlineno}: ")
    assert "register_function" not in str(caught.value)


def test_the_way_out_works() -> None:
    slope = minitorch.grad(lambda x: np.median(pd.Series(x).to_numpy()) + pd.Series(x).values[0])(AT.copy())
    assert slope.tolist() == [1.0, 0.5, 0.5, 0.0, 0.0, 0.0]


def test_errors_of_pandas_stay_its_own() -> None:
    with pytest.raises(KeyError, match="nothing"):
        minitorch.grad(lambda x: frame(x)["nothing"].sum())(AT.copy())
    with pytest.raises(ValueError, match="window"):
        minitorch.grad(lambda x: pd.Series(x).rolling(-1).mean().sum())(AT.copy())


def test_a_column_says_that_it_is_one_of_floats() -> None:
    kinds = []

    def f(x: Any) -> Any:
        s = pd.Series(x)
        kinds.extend([str(s.dtype), s.dtype == float, s.dtype == "float64", pd.api.types.is_numeric_dtype(s)])
        return s.sum()

    minitorch.grad(f)(AT.copy())
    assert kinds == ["float64", True, True, True]


def test_without_histories_pandas_is_itself() -> None:
    made = []

    def f(x: Any) -> Any:
        s = pd.Series(B)
        made.extend([s.rolling(2).mean().dtype, pd.DataFrame({"b": B}).mean().dtype, type(s.array)])
        return x.sum()

    minitorch.grad(f)(AT.copy())
    assert made == [np.dtype(float), np.dtype(float), type(pd.Series(B).array)]
