"""First-order uncertainty, as the package `uncertainties` computes it, and condition numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import uncertainties
from uncertainties import correlated_values, ufloat, umath

from minitorch.derivatives.uncertainty import condition, propagate

X = (0.20, 0.01)
"""The number 0.20+/-0.01 of that package's documentation."""


@pytest.mark.parametrize(
    "f",
    [
        lambda x, m: x**2,
        lambda x, m: 2 * x + 1000,
        lambda x, m: m.sin(2 * x),
        lambda x, m: m.sin(x) ** 2 + m.cos(x) ** 2,
        lambda x, m: m.sqrt(1 - x**2) / m.exp(x),
        lambda x, m: x - x,
        lambda x, m: m.atan2(x, 1 + x) * m.log(x),
    ],
)
def test_examples_of_the_documentation(f: Any) -> None:
    expected = f(ufloat(*X), umath)
    value, deviation = propagate(lambda x: f(x, math), [X[0]], [X[1]])
    assert value == pytest.approx(expected.nominal_value, rel=1e-15)
    assert deviation == pytest.approx(expected.std_dev, rel=1e-12, abs=1e-17)


def test_several_arguments() -> None:
    u, v = ufloat(1.0, 0.1), ufloat(10.0, 0.2)
    expected = u * v + umath.exp(u / v)
    value, deviation = propagate(lambda u, v: u * v + math.exp(u / v), (1.0, 10.0), (0.1, 0.2))
    assert (value, deviation) == pytest.approx((expected.nominal_value, expected.std_dev))


def test_covariances() -> None:
    """Of the documentation: `sum` of u, v and u + 2 v has the covariance matrix of all three."""
    u, v = ufloat(1.0, 0.1), ufloat(10.0, 0.1)
    total = u + 2 * v
    covariance = uncertainties.covariance_matrix([u, v, total])
    again = correlated_values([1.0, 10.0, 21.0], covariance)
    expected = again[0] * again[2] - again[1]
    for matrix in (covariance, np.array(covariance)):
        value, deviation = propagate(lambda a, b, c: a * c - b, [1.0, 10.0, 21.0], matrix)
        assert (value, deviation) == pytest.approx((expected.nominal_value, expected.std_dev))
    assert propagate(lambda a, b, c: c - (a + 2 * b), [1.0, 10.0, 21.0], covariance)[1] == pytest.approx(0.0, abs=1e-8)


def test_independent_arguments_either_way() -> None:
    def f(x: float, y: float) -> float:
        return x * y

    assert propagate(f, (2.0, 3.0), (0.1, 0.2)) == pytest.approx(propagate(f, (2.0, 3.0), [[0.01, 0.0], [0.0, 0.04]]))
    assert propagate(lambda x: 3 * x, [2.0], [[0.01]]) == pytest.approx((6.0, 0.3))


def test_structures() -> None:
    def f(p: dict[str, float], x: Any) -> dict[str, Any]:
        return {"y": p["slope"] * x + p["offset"], "unit": "m"}

    value, deviation = propagate(f, ({"slope": 2.0, "offset": 1.0}, np.array([1.0, 3.0])), (0.1, 0.5, 0.0, 0.0))
    assert (value["unit"], deviation["unit"]) == ("m", "m")
    assert value["y"] == pytest.approx([3.0, 7.0])
    # In the order of the numbers: offset 0.1, slope 0.5, since keys are sorted.
    assert deviation["y"] == pytest.approx([math.hypot(0.1, 0.5), math.hypot(0.1, 1.5)])


def test_a_certain_argument_does_not_matter() -> None:
    assert propagate(lambda x, y: math.sqrt(x) + y, (0.0, 1.0), (0.0, 0.5)) == (1.0, 0.5)


@pytest.mark.parametrize(
    ("uncertainty", "error", "words"),
    [
        ([0.1], TypeError, r"the 2 numbers in values need as many standard deviations.* not \[float\]"),
        ([0.1] * 4, TypeError, "a covariance matrix of 2 by 2"),
        ([-0.1, 0.1], ValueError, "a standard deviation can't be negative: -0.1"),
        ([[1.0, 0.5], [0.4, 1.0]], ValueError, "a covariance matrix is symmetric"),
        ([[-1.0, 0.0], [0.0, 1.0]], ValueError, r"a variance can't be negative: -1.0, at \[0\]\[0\]"),
        ([[1.0, -3.0], [-3.0, 1.0]], ValueError, "a negative variance, -4.0"),
    ],
)
def test_refusals(uncertainty: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        propagate(lambda x, y: x + y, (1.0, 2.0), uncertainty)
    with pytest.raises(TypeError, match=r"propagate\(f, \(x, y\), \(dx, dy\)\)"):
        propagate(math.sin, 1.0, 0.1)  # type: ignore[arg-type]


def test_condition_numbers() -> None:
    assert condition(lambda x, y: x * y**-3, 2.0, 5.0) == pytest.approx((1.0, 3.0))
    assert condition(math.exp, 20.0) == pytest.approx((20.0,))
    (by_p,) = condition(lambda p: p["a"] ** 2 * p["b"][1], {"a": 3.0, "b": np.array([1.0, 2.0]), "name": "n"})
    assert by_p["a"] == pytest.approx(2.0)
    assert by_p["b"].tolist() == [0.0, 1.0]
    assert by_p["name"] == "n"


def test_condition_numbers_at_zero() -> None:
    assert condition(lambda x, y: x - y, 1.0, 1.0) == (math.inf, math.inf)
    assert math.isnan(condition(lambda x: x * x, 0.0)[0])
