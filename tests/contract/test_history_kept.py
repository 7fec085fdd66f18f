"""Where a value would lose its history: each way of the table, by decorator and hook, keeps it or says it can not."""

from __future__ import annotations

import array
import copy
import decimal
import fractions
import functools
import json
import math
import pickle
import struct
from collections.abc import Callable
from types import ModuleType
from typing import Any

import history_subjects
import pytest
from differences import richardson
from module_roads import ROADS, close, module_by, traced

import minitorch
from minitorch import HistoryLostError, Scalar
from minitorch.autodiff.intermediate_derivatives import adjoints_of


@ROADS
@pytest.mark.parametrize("way", history_subjects.KEPT)
def test_kept(road: str, way: str) -> None:
    plain = history_subjects.KEPT[way]
    function = traced(road, module_by(road, "history_subjects").KEPT[way])
    x = Scalar(0.7, name="x")
    result = function(x)
    assert type(result) is Scalar
    assert result.data.hex() == plain(0.7).hex()
    assert close(adjoints_of(result, [x])[0], richardson(plain, (0.7,), 0))


@ROADS
@pytest.mark.parametrize("way", history_subjects.ANSWERED)
def test_answered_as_the_float_answers(road: str, way: str) -> None:
    answer = traced(road, module_by(road, "history_subjects").ANSWERED[way])(Scalar(0.7))
    expected = history_subjects.ANSWERED[way](0.7)
    assert answer == expected
    if not isinstance(expected, list):
        assert type(answer) is type(expected)


@ROADS
@pytest.mark.parametrize("way", history_subjects.LOST)
def test_lost_raises(road: str, way: str) -> None:
    function = traced(road, module_by(road, "history_subjects").LOST[way])
    if way in history_subjects.REFUSED_BY_PYTHON:
        with pytest.raises(struct.error):
            function(Scalar(0.7, name="speed"))
        return
    with pytest.raises(HistoryLostError, match=r"history_subjects\.py:\d+: .*'speed'.*detach") as raised:
        function(Scalar(0.7, name="speed"))
    assert isinstance(raised.value, TypeError)
    with pytest.raises(HistoryLostError):
        function(Scalar(0.7) * 2)


@ROADS
@pytest.mark.parametrize("way", history_subjects.LOST)
def test_plain_values_and_constants_lose_nothing(road: str, way: str) -> None:
    function = traced(road, module_by(road, "history_subjects").LOST[way])
    alive = Scalar(1.0)
    assert function(0.7) == history_subjects.LOST[way](0.7)
    if way not in history_subjects.REFUSED_BY_PYTHON:
        assert function(Scalar(0.7, back=None)) == history_subjects.LOST[way](0.7)
    assert alive.derivative is None


OUTSIDE: list[tuple[Callable[[Any], Any], type[Exception]]] = [
    (float, HistoryLostError),
    (complex, HistoryLostError),
    (fractions.Fraction, HistoryLostError),
    (lambda x: array.array("d", [x]), HistoryLostError),
    (lambda x: pickle.dumps(x * 2), HistoryLostError),
    # Python refuses here what is not exactly a float, and asks no further.
    (decimal.Decimal, TypeError),
    (json.dumps, TypeError),
    (lambda x: struct.pack("d", x), struct.error),
]


@pytest.mark.parametrize(("call", "error"), OUTSIDE)
def test_outside_rewritten_code(call: Callable[[Any], Any], error: type[Exception]) -> None:
    with pytest.raises(error) as raised:
        call(Scalar(0.7, name="speed"))
    if error is HistoryLostError:
        assert "detach" in str(raised.value)


def test_leaves_and_constants_can_be_pickled() -> None:
    leaf: Any = pickle.loads(pickle.dumps(Scalar(0.7, name="speed")))
    assert (leaf.data, leaf.name, leaf.is_leaf()) == (0.7, "speed", True)
    assert pickle.loads(pickle.dumps(Scalar(0.7, back=None))).history is None


def test_copies_are_the_scalar_itself() -> None:
    x = Scalar(0.7)
    assert copy.copy(x) is x and copy.deepcopy([x])[0] is x


def test_the_explicit_ways_out() -> None:
    x = Scalar(0.7) * 2
    assert type(x.data) is type(minitorch.detach(x)) is float
    assert json.dumps(minitorch.detach(x)) == json.dumps(x.data) == "1.4"


@ROADS
def test_caches_are_passed_by(road: str) -> None:
    module: ModuleType = module_by(road, "history_subjects")
    function = traced(road, module.through_cache)
    module.cached.cache_clear()
    module.calls.clear()
    for _ in range(2):
        x = Scalar(3.0)
        result = function(x)
        assert (result.data, adjoints_of(result, [x])) == (30.0, [16.0])
    assert len(module.calls) == 6 and module.cached.cache_info().currsize == 0
    assert function(3.0) == function(3.0) == 30.0
    assert len(module.calls) == 8 and module.cached.cache_info().hits == 4


@pytest.mark.filterwarnings("ignore::minitorch.SpecialPointWarning")
@ROADS
@pytest.mark.parametrize("name", ["remembering", "collecting"])
def test_a_scalar_of_an_ended_trace_is_a_constant(road: str, name: str) -> None:
    gradient = minitorch.grad(getattr(module_by(road, "history_subjects"), name))
    assert gradient(2.0) == 4.0
    assert gradient(2.0) == {"remembering": 0.0, "collecting": 2.0}[name]


def test_values_of_an_enclosing_trace_may_be_remembered() -> None:
    known: dict[float, Any] = {}

    def square(x: float) -> float:
        return known.setdefault(float(x), x * x)

    def both(x: float) -> float:
        return minitorch.grad(lambda y: square(x) * y)(x) + square(x)

    assert minitorch.grad(both)(3.0) == 12.0


def test_partial_and_wrapped_functions_are_recognised() -> None:
    def scaled(x: float) -> float:
        return functools.partial(pow, exp=3)(x) + functools.partial(functools.partial(max, 0.5), x)()

    assert minitorch.grad(scaled)(2.0) == 13.0


class FloatLike:
    """An object that turns into a number, as `math` takes it."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __float__(self) -> Any:
        return self.value


def test_sums_and_distances_take_objects_that_turn_into_numbers() -> None:
    def f(x: float) -> float:
        return math.fsum([FloatLike(x), 2.0, FloatLike(3.0)]) + math.dist([FloatLike(x), 1.0], (0.0, FloatLike(x * 2)))

    value, slope = minitorch.value_and_grad(f)(2.0)
    assert value == f(2.0) and close(slope, richardson(f, (2.0,), 0))
    with pytest.raises(TypeError, match="must be real number, not str"):
        minitorch.grad(lambda x: math.fsum(["1", x]))(2.0)
