"""Arrays in reports and pictures: by shape, range, norm and a heat map, never element by element."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import minitorch
from minitorch.drawing import picture
from minitorch.reporting.array_summaries import summary_of

W = np.arange(24.0).reshape(4, 6) / 10.0
X = np.linspace(-1.0, 1.0, 40).reshape(10, 4)


def model(w: Any, x: Any, scale: float) -> Any:
    h = np.tanh(x @ w)
    for _ in range(3):
        h = h * 0.9
    if h[0, 0] > -5.0:
        h = h * scale
    return np.sum(h**2)


def test_inputs_and_lines() -> None:
    analysis = minitorch.report(model, W, X, 2.0).analysis
    value, (by_w, by_x, by_scale) = minitorch.value_and_grad(model, argnums=(0, 1, 2))(W, X, 2.0)
    assert analysis.title == "model(w=[4 by 6], x=[10 by 4], scale=2)"
    assert analysis.value == value
    assert [x.name for x in analysis.inputs] == ["w", "x", "scale"]
    summary = analysis.inputs[0].array
    assert summary is not None and summary.shape == (4, 6)
    assert summary.value == "4 by 6 from 0 to 2.3, mean 1.15"
    assert summary.derivative.startswith(f"norm {np.linalg.norm(by_w):.6g}, from {by_w.min():.6g}")
    for given, plain, slope in zip(analysis.inputs, (W, X, 2.0), (by_w, by_x, by_scale), strict=True):
        assert given.elasticity == pytest.approx(float(np.sum(plain * slope)) / value)
    assert math.isnan(analysis.rounding_bound)
    (branch,) = analysis.branches
    # Python 3.10 knows no columns, and shows the line.
    assert "h[0, 0] > -5.0" in branch.spot.text and (branch.outcome, branch.times) == ("True", 1)
    lines = {line.text.strip(): line for line in analysis.functions[0].lines}
    (scaled,) = lines["h = h * 0.9"].results
    assert (scaled.times, len(scaled.arrays)) == (3, 3)
    array = scaled.last_array
    assert array is not None and len(array.values) == 8 and len(array.values[0]) == 6


def test_text_and_page() -> None:
    report = minitorch.report(model, W, X, 2.0)
    text = report.text()
    assert "0 … 1.15 … 2.3" in text and "rounding is not followed through arrays" in text
    page = report.html()
    assert page.count('class="heat"') > 6 and "4 by 6 from 0 to 2.3" in page


def test_a_large_array_is_no_more_work() -> None:
    report = minitorch.report(lambda x: np.sum(np.sin(x) ** 2), np.linspace(0.0, 1.0, 200_000))
    assert len(report.html()) < 200_000


def test_what_is_not_finite() -> None:
    def f(x: Any) -> Any:
        y = np.sqrt(x)
        return np.sum(np.log(x)) + np.sum(y)

    with np.errstate(all="ignore"):
        notices = minitorch.report(f, np.array([0.0, 1.0, 0.0])).analysis.notices
        x = minitorch.Tensor([0.0, 1.0])
        found = minitorch.first_nonfinite(minitorch.trace(f)(x))
    assert any(notice.kind == "infinite" and "2 elements are not finite" in notice.message for notice in notices)
    assert found is not None and found.function == "ArrayLog" and "1 of 2 elements not finite" in str(found)
    with np.errstate(all="ignore"):
        at_zero = minitorch.first_nonfinite(np.sum(np.sqrt(minitorch.Tensor([0.0, 1.0]))))
    assert at_zero is not None and (at_zero.function, at_zero.operand) == ("ArraySqrt", 0)


def test_rounding_error_refuses() -> None:
    s = minitorch.Scalar(2.0)
    y = minitorch.trace(lambda s: float(np.sum(np.array([s, 1.0]) * 2.0)))(s)
    with pytest.raises(TypeError, match=r"test_array_reports\.py:\d+: rounding_error follows numbers one by one"):
        minitorch.rounding_error(y)


@pytest.mark.parametrize("collapse", [None, "line", "function"])
def test_pictures(collapse: Any) -> None:
    x = minitorch.Tensor(X, name="x")
    drawn = picture(minitorch.trace(model)(W, x, 2.0), collapse=collapse)
    texts = [line for node in drawn.nodes for line in node.lines]
    assert "x = 10 by 4: -1 … " in " ".join(texts)
    assert any("derivative norm" in text for text in texts)
    assert len(drawn.nodes) < 40
    assert "<svg" in minitorch.make_graph(minitorch.trace(model)(W, x, 2.0), collapse=collapse)


def test_heat_maps_of_any_array() -> None:
    assert summary_of(np.zeros((2, 2, 2)), 0.0).values == ()
    assert summary_of(np.arange(100.0), 1.0).values[0][0] == 1.5
    assert summary_of(np.array([1j, 2.0]), 0.0).short_value == "1 … 1.5 … 2"
    assert summary_of(np.array([]), 0.0).value == "0 numbers, empty"
