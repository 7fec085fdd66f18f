"""Caches: an active value passes them by, none keeps a Variable, and those made by hand are found."""

from __future__ import annotations

import dataclasses
import functools
import math
import warnings
from collections.abc import Callable
from typing import Any

import pytest

import minitorch
from minitorch import SpecialPointWarning

Function = Callable[[float], Any]


@functools.lru_cache
def square(x: float) -> float:
    return x * x


@dataclasses.dataclass(frozen=True)
class Point:
    x: float

    @functools.cache  # noqa: B019  what is tested
    def norm(self) -> float:
        return self.x * self.x


class Pump:
    def __init__(self, factor: float) -> None:
        self.factor = factor

    @functools.lru_cache  # noqa: B019  what is tested
    def power(self, flow: float) -> float:
        return self.factor * flow * flow

    @functools.cache  # noqa: B019  what is tested
    def own(self) -> float:
        return self.factor * self.factor


@functools.cache
def norm_of(point: Point) -> float:
    return point.x * point.x


@functools.cache
def bernstein(i: int, n: int, x: float) -> float:
    if n == 0:
        return 1.0 if i == 0 else 0.0
    return (1.0 - x) * bernstein(i, n - 1, x) + (x * bernstein(i - 1, n - 1, x) if i else 0.0)


PUMP = Pump(1.0)

CACHED: dict[str, tuple[Function, Any]] = {
    "a call": (lambda x: square(x), square),
    "outermost": (square, square),
    "a partial": (functools.partial(square), square),
    "map": (lambda x: sum(map(square, [x])), square),
    "a method": (lambda x: PUMP.power(x), Pump.power),
    "an outermost method": (PUMP.power, Pump.power),
    "an object with the number": (lambda x: Pump(x).own(), Pump.own),
    "a frozen dataclass": (lambda x: norm_of(Point(x)), norm_of),
    "a method of one": (lambda x: Point(x).norm(), Point.norm),
}


@pytest.mark.filterwarnings("ignore::minitorch.CompilationWarning")
@pytest.mark.parametrize("name", CACHED)
def test_caches_are_passed_by_and_keep_no_variable(name: str) -> None:
    f, cache = CACHED[name]
    cache.cache_clear()
    f(3.0)
    kept = cache.cache_info().currsize
    compiled = minitorch.compile(f)
    with warnings.catch_warnings():
        warnings.simplefilter("error", SpecialPointWarning)
        for _ in range(3):
            assert minitorch.value_and_grad(f)(3.0) == (9.0, 6.0)
            assert minitorch.jvp(f, (3.0,), (1.0,)) == (9.0, 6.0)
            assert compiled(3.0) == 9.0
            assert compiled.value_and_grad(3.0) == (9.0, 6.0)
    assert type(f(3.0)) is float
    assert cache.cache_info().currsize <= kept + 1


def test_a_recursion_with_a_cache_stays_fast() -> None:
    bernstein.cache_clear()
    value, derivative = minitorch.value_and_grad(lambda x: bernstein(20, 60, x))(0.3)
    choose = math.comb(60, 20)
    assert math.isclose(value, choose * 0.3**20 * 0.7**40)
    assert math.isclose(derivative, choose * (20 * 0.3**19 * 0.7**40 - 40 * 0.3**20 * 0.7**39))
    assert bernstein.cache_info().currsize == 0


MEMO: dict[float, float] = {}


def by_hand(x: float) -> float:
    if x not in MEMO:
        MEMO[x] = x * x
    return MEMO[x]


class Remembering:
    last = (2.0, 4.0)

    def __call__(self, x: float) -> float:
        if x != self.last[0]:
            self.last = (x, x * x)
        return self.last[1]


@pytest.mark.parametrize("f", [by_hand, Remembering()])
def test_caches_made_by_hand_are_found(f: Function) -> None:
    MEMO.clear()
    assert f(2.0) == 4.0
    with pytest.warns(SpecialPointWarning, match=r"2\.0 and 2\.0 are equal"):
        assert minitorch.grad(f)(2.0) == 0.0
