"""`statistics` and `random` on Scalars: values and random numbers of the plain library, and their derivatives."""

from __future__ import annotations

import importlib
import random
import statistics
import sys
from fractions import Fraction
from typing import Any

import pytest
import statistics_subjects
from differences import richardson
from module_roads import ROADS, close, module_by, traced

import minitorch
from minitorch import Scalar
from minitorch.autodiff.intermediate_derivatives import adjoints_of

POINT = (1.2, 3.3, 0.4)


def seeded(function: Any, *point: Any) -> Any:
    """A call that finds the random numbers at the same place each time."""
    random.seed(7)
    return function(*point)


@ROADS
@pytest.mark.parametrize("name", statistics_subjects.SUBJECTS)
def test_values_and_derivatives(road: str, name: str) -> None:
    plain = statistics_subjects.SUBJECTS[name]
    function = traced(road, module_by(road, "statistics_subjects").SUBJECTS[name])
    leaves = [Scalar(value) for value in POINT]
    expected, state = seeded(plain, *POINT), random.getstate()
    result = seeded(function, *leaves)
    assert type(result) is Scalar
    assert result.data.hex() == expected.hex()
    assert random.getstate() == state
    for argument, derivative in enumerate(adjoints_of(result, leaves)):
        if "far from 0" in name:
            assert derivative == pytest.approx(POINT[argument] - statistics.mean(POINT), abs=1e-6)
            continue
        difference = richardson(lambda *moved: seeded(plain, *moved), POINT, argument)
        assert close(derivative, difference), (argument, derivative, difference)


def several(x: float) -> float:
    """A function whose second derivative goes through every row."""
    data = [x, x * x, 2.0]
    spread = statistics.stdev(data) * statistics.pvariance(data, x) + statistics.variance(data, xbar=1.0)
    mean = statistics.harmonic_mean(data, [x, 1, 2]) * statistics.mean(data) * statistics.harmonic_mean(data)
    return spread * mean + statistics.NormalDist(x, x).inv_cdf(x / 4) * statistics.pstdev(data, 0.5)


def test_second_derivatives() -> None:
    first = minitorch.grad(several)
    assert first(0.7) == pytest.approx(richardson(several, (0.7,), 0), rel=1e-8)
    assert minitorch.grad(first)(0.7) == pytest.approx(richardson(first, (0.7,), 0), rel=1e-7)


def edges(x: float) -> list[Any]:
    """Where a choice was made."""
    return [
        statistics.stdev([x, x]), statistics.pstdev([x, x], x), statistics.harmonic_mean([x, 0.0]),
        statistics.harmonic_mean([x, 0.0], [1, 0]), statistics.mean([x, Fraction(1, 3)]),
    ]  # fmt: skip


def test_derivatives_where_a_choice_was_made() -> None:
    x = Scalar(2.0)
    results = minitorch.trace(edges)(x)
    assert [minitorch.detach(result) for result in results] == edges(2.0)
    assert [adjoints_of(result, [x])[0] for result in results] == [0.0, 0.0, 0.0, 1.0, 0.5]


BAD = [
    (statistics.mean, ([],)),
    (statistics.mean, (5,)),
    (statistics.stdev, ([1.0],)),
    (statistics.stdev, ([1.0, 2.0], 1.0, 2.0)),
    (statistics.harmonic_mean, ([-1.0],)),
    (statistics.harmonic_mean, ([1.0], [1.0, 2.0])),
    (statistics.mean, (["a"],)),
]


@pytest.mark.parametrize(("function", "arguments"), BAD)
@pytest.mark.parametrize("on_scalars", [False, True])
def test_errors_are_those_of_the_library(function: Any, arguments: tuple[Any, ...], on_scalars: bool) -> None:
    def call(*given: Any) -> Any:
        return function(*given)

    def scalar(value: Any) -> Any:
        if isinstance(value, list):
            return [scalar(item) for item in value]
        return Scalar(value) if isinstance(value, float) and on_scalars else value

    alive = Scalar(1.0)
    with pytest.raises(Exception) as expected:
        function(*arguments)
    with pytest.raises(expected.type) as actual:
        minitorch.trace(call)(*map(scalar, arguments))
    assert type(actual.value) is type(expected.value)
    if expected.type is statistics.StatisticsError:
        assert str(actual.value) == str(expected.value)
    assert alive.derivative is None


def test_a_library_imported_anew_is_known() -> None:
    old = statistics.mean
    kept = sys.modules.pop("statistics")
    try:
        new = importlib.import_module("statistics").mean
        x = Scalar(3.0)

        def means(value: float) -> list[float]:
            return [new([value, 1.0]), old([value, 2.0])]

        results = minitorch.trace(means)(x)
        assert old is not new
        assert [adjoints_of(result, [x]) for result in results] == [[0.5], [0.5]]
    finally:
        sys.modules["statistics"] = kept


def test_outside_rewritten_code_the_plain_value_is_refused() -> None:
    with pytest.raises(minitorch.HistoryLostError):
        statistics.mean([Scalar(1.0), Scalar(2.0)])
