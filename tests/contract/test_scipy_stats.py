"""Derivatives of distributions and summaries of `scipy.stats`, which are Python and followed, against differences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pytest
from scipy import stats
from stats_subjects import CONTINUOUS, DISCRETE, FUNCTIONS, NUMBERS

import minitorch

COEFFICIENTS: Final = (4 / 5, -1 / 5, 4 / 105, -1 / 280)
"""Of central differences of eighth order."""


def by_differences(function: Callable[[Any], Any], x: Any, step: float = 1e-2) -> Any:
    """Return the Jacobian by differences."""
    columns = []
    for e in np.eye(x.size) * step:
        ends = [(np.asarray(function(x + n * e)), np.asarray(function(x - n * e))) for n in range(1, 5)]
        columns.append(sum(c * (a - b) for c, (a, b) in zip(COEFFICIENTS, ends, strict=True)) / step)
    return np.stack(columns, -1)


def agrees(function: Callable[[Any], Any], x: Any, rtol: float = 1e-7) -> None:
    """Check value, Jacobian and forward mode of a function of one array."""
    value, expected = np.asarray(function(x)), by_differences(function, x)
    assert np.array_equal(np.asarray(minitorch.vjp(function, x)[0]), value)
    jacobian = minitorch.jacobian(function, special_points="ignore", rounding="ignore")(x)
    np.testing.assert_allclose(np.reshape(jacobian, expected.shape), expected, rtol=rtol, atol=1e-8)
    direction = np.linspace(1.0, 2.0, x.size)
    forward = minitorch.jvp(function, (x,), (direction,))[1]
    np.testing.assert_allclose(np.reshape(forward, value.shape), expected @ direction, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("method", ["logpdf", "cdf", "ppf"])
@pytest.mark.parametrize("name", CONTINUOUS)
def test_continuous_distributions_by_number_and_parameters(name: str, method: str) -> None:
    shapes, numbers = CONTINUOUS[name]
    function = getattr(getattr(stats, name), method)
    x = [0.23, 0.55, 0.71] if method == "ppf" else numbers
    point = np.array([*x, *shapes, 0.01, 1.02])
    agrees(lambda v: function(v[:3], *v[3:]), point)


@pytest.mark.parametrize("method", ["pdf", "logcdf", "sf", "logsf", "isf"])
@pytest.mark.parametrize("name", ["norm", "gamma", "beta", "t", "lognorm"])
def test_other_methods(name: str, method: str) -> None:
    shapes, numbers = CONTINUOUS[name]
    x = [0.23, 0.55, 0.71] if method == "isf" else numbers
    point = np.array([*x, *shapes, 0.01, 1.02])
    agrees(lambda v: getattr(getattr(stats, name)(*v[3:]), method)(v[:3]), point)


@pytest.mark.parametrize("method", ["logpmf", "cdf"])
@pytest.mark.parametrize("name", DISCRETE)
def test_discrete_distributions_by_parameters(name: str, method: str) -> None:
    shapes, numbers = DISCRETE[name]
    function = getattr(getattr(stats, name), method)
    real = [index for index, shape in enumerate(shapes) if isinstance(shape, float)]

    def of_real(v: Any) -> Any:
        parameters: list[Any] = list(shapes)
        for position, index in enumerate(real):
            parameters[index] = v[position]
        return function(numbers, *parameters)

    agrees(of_real, np.array([shapes[index] for index in real]))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_of_data_and_of_many_numbers(name: str) -> None:
    agrees(FUNCTIONS[name], NUMBERS)


@pytest.mark.parametrize("name", ["norm", "gamma", "beta", "t"])
def test_second_derivatives(name: str) -> None:
    shapes, numbers = CONTINUOUS[name]
    point = np.array([*numbers[1:2], *shapes, 0.01, 1.02])
    for method in ("logpdf", "logcdf"):
        function = getattr(getattr(stats, name), method)

        def value(v: Any, function: Callable[..., Any] = function) -> Any:
            return function(v[0], *v[1:])

        hessian = minitorch.hessian(value, special_points="ignore")(point)
        gradient = minitorch.grad(value, special_points="ignore")
        np.testing.assert_allclose(hessian, by_differences(gradient, point), rtol=1e-6, atol=1e-7)


OUTSIDE: Final[dict[str, tuple[Callable[[Any], Any], list[float], list[float]]]] = {
    "expon": (lambda v: stats.expon.logpdf(v), [-1.0, 2.0], [0.0, -1.0]),
    "uniform": (lambda v: stats.uniform.pdf(v, 0.0, 2.0), [-0.1, 0.4, 2.2], [0.0, 0.0, 0.0]),
    "beta": (lambda v: stats.beta.logpdf(v, 2.0, 3.0), [-0.1, 0.5, 1.2], [0.0, -2.0, 0.0]),
    "pareto": (lambda v: stats.pareto.logpdf(v, 2.0), [0.5, 2.0], [0.0, -1.5]),
    "gamma": (lambda v: stats.gamma.cdf(v, 1.0), [-0.1, 0.0], [0.0, 0.0]),
    "quantiles": (lambda v: stats.norm.ppf(v), [1.5, 0.5], [0.0, np.sqrt(2 * np.pi)]),
    "whole numbers": (lambda v: stats.poisson.logpmf([-1, 2, 0.5], v), [1.5], [1 / 3]),
    "Student, normal": (lambda v: stats.t.cdf(v, np.inf), [0.0], [1 / np.sqrt(2 * np.pi)]),
    "far tails": (lambda v: stats.norm.logcdf(v), [-50.0, 50.0], [50.019984031905636, 0.0]),
}


@pytest.mark.parametrize("name", OUTSIDE)
@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_outside_of_the_support_nothing_arrives(name: str) -> None:
    function, x, expected = OUTSIDE[name]
    found = minitorch.grad(lambda v: np.sum(function(v)), special_points="ignore", rounding="ignore")(np.array(x))
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-15)


def test_numbers_are_taken_as_well_as_arrays() -> None:
    derivative = minitorch.grad(lambda a, s: stats.gamma.logpdf(1.3, a, 0.0, s), argnums=(0, 1))(1.5, 0.8)
    by_array = minitorch.grad(lambda v: stats.gamma.logpdf(1.3, v[0], 0.0, v[1]))(np.array([1.5, 0.8]))
    np.testing.assert_allclose(derivative, by_array, rtol=1e-13)


def test_plain_calls_stay_plain_afterwards() -> None:
    covariance = np.array([[2.0, 0.3], [0.3, 1.0]])
    minitorch.grad(lambda c: stats.multivariate_normal.logpdf([0.3, 0.4], None, c))(covariance)
    assert type(stats.multivariate_normal.logpdf([0.3, 0.4], None, covariance)) is np.float64
    assert 0.0 < stats.multivariate_normal.cdf([0.3, 0.4], None, covariance) < 1.0


UNKNOWN: Final[dict[str, Callable[[Any], Any]]] = {
    "weightedtau": lambda x: stats.weightedtau(x, [1.0, 2.0, 4.0, 3.0, 3.5])[0],
    "ncx2 by its degrees of freedom": lambda x: np.sum(stats.ncx2.cdf(1.3, x, 1.2)),
    "the normal distribution function of many": lambda x: stats.multivariate_normal.cdf(x[:2], None, np.eye(2) + 0.1),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_has_no_rule_says_so(name: str) -> None:
    with pytest.raises(minitorch.HistoryLostError, match="would lose the derivative"):
        minitorch.grad(UNKNOWN[name])(NUMBERS)
