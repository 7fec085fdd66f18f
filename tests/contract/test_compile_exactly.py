"""Compiled functions tell apart what is equal to Python and yet another: results, arguments, what has come since.

Each case was once answered by a recording of something else.
"""

from __future__ import annotations

import builtins
import collections
import dataclasses
import enum
import math
import operator
import types
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy
import pytest

import minitorch
from minitorch.compiler.function import CompilationWarning


@pytest.fixture(autouse=True)
def no_warnings() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CompilationWarning)
        yield


# -- results -----------------------------------------------------------------------------------------------------------


def halvings(x: float) -> int:
    count = 0
    while x > 1:
        x, count = x / 2, count + 1
    return count


RESULTS: dict[str, Callable[[float], Any]] = {
    "text": lambda x: "positive" if x > 0 else "negative",
    "text beside": lambda x: (x, "up") if x > 0 else (x, "down"),
    "text or nothing": lambda x: (x, None) if x > 0 else (x, "none"),
    "truth or number": lambda x: True if x > 0 else 1,
    "zero or false": lambda x: (x, 0) if x > 0 else (x, False),
    "keys": lambda x: {1: x} if x > 0 else {True: x},
    "order": lambda x: {"a": x, "b": 1.0} if x > 0 else {"b": 1.0, "a": x},
    "digits": lambda x: x.hex(),
    "counts": halvings,
    "sum of ints and floats": lambda x: sum([x, 1e16, 1, True, -1e16]),
    "text of repr": lambda x: float(len(repr(x))),
    "text in a list": lambda x: float(len(str([x]))),
}


@pytest.mark.parametrize("max_traces", [64, 1])
@pytest.mark.parametrize("name", RESULTS)
def test_forms_of_results_are_kept_apart(name: str, max_traces: int) -> None:
    function = RESULTS[name]
    compiled = minitorch.compile(function, max_traces=max_traces)
    for x in (1.0, -1.0, 8.0, 1.0, -123.25, -1.0, 8.0):
        assert repr(compiled(x)) == repr(function(x))


TABLE = [1.0]


def test_what_somebody_else_holds_is_returned_itself() -> None:
    compiled = minitorch.compile(lambda x: [x, TABLE])
    for _ in range(3):
        assert compiled(1.0)[1] is TABLE
    same = minitorch.compile(lambda x, items: items)
    items = [2.0]
    assert [same(1.0, items) is items for _ in range(3)] == [True] * 3

    def twice(x: float) -> Any:
        row = [x]
        return [row, row]

    pairs = minitorch.compile(twice)
    for _ in range(3):
        first, second = pairs(1.0)
        assert first is second


def test_derivatives_that_are_nan_are_the_same_way() -> None:
    compiled = minitorch.compile(lambda x, y: x**y, argnums=(0, 1))
    eager = minitorch.value_and_grad(lambda x, y: x**y, argnums=(0, 1))
    with warnings.catch_warnings():
        warnings.simplefilter("error", CompilationWarning)
        for x, y in [(-0.0, -0.0), (-0.0, 1e300), (1.0, -0.0), (1.0, 5e-324), (-1.0, 0.0), (-1.0, -0.0), (-1.0, 0.0)]:
            assert repr(compiled.value_and_grad(x, y)) == repr(eager(x, y))


# -- arguments ---------------------------------------------------------------------------------------------------------


class Mode(enum.Enum):
    """Members that all look the same."""

    FAST = 1
    SLOW = 2

    def __repr__(self) -> str:
        return "Mode"


def first_key(x: float, table: dict[Any, float]) -> float:
    key = next(iter(table))
    return x if key == "a" else x * (2 if type(key) is bool else 3)


def test_arguments_are_told_apart() -> None:
    by_mode = minitorch.compile(lambda x, mode: x * mode.value)
    assert [by_mode(1.5, mode) for mode in (Mode.FAST, Mode.SLOW, Mode.FAST)] == [1.5, 3.0, 1.5]
    by_key = minitorch.compile(first_key)
    for table in ({"a": 1.0, "b": 2.0}, {"b": 2.0, "a": 1.0}, {1: 1.0}, {True: 1.0}, {"a": 1.0, "b": 2.0}):
        assert by_key(1.5, table) == first_key(1.5, table)
    by_array = minitorch.compile(lambda x, a: x * float(a.sum()))
    array = numpy.array([1.1, 2.0])
    for a in (array, array.astype(numpy.float32), array):
        assert by_array(1.5, a) == 1.5 * float(a.sum())


def test_attributes_of_members_are_compared() -> None:
    Mode.FAST.rate = 2.0  # type: ignore[attr-defined]
    by_rate = minitorch.compile(lambda x, mode: x * mode.rate)
    assert by_rate(1.5, Mode.FAST) == 3.0
    Mode.FAST.rate = 4.0  # type: ignore[attr-defined]
    assert by_rate(1.5, Mode.FAST) == 6.0


# -- what was not there, or has come since -----------------------------------------------------------------------------


class Base:
    """What others are derived from."""

    rate = 2.0

    def cost(self, x: float) -> float:
        return x * self.rate


class Derived(Base):
    """Overrides nothing, at first."""


class Functor:
    """Has methods that Python finds without their being named."""

    def __init__(self, rate: float) -> None:
        self.rate = rate

    def __call__(self, x: float) -> float:
        return self.rate * x

    def __add__(self, x: float) -> float:
        return self.rate + x


@dataclasses.dataclass
class Point:
    """Taken apart by position."""

    first: float
    second: float


def matched(x: float) -> float:
    match POINT:
        case Point(first):
            return x * first
    return x


ag, SPACE, EMPTY, POINT = operator.attrgetter, types.SimpleNamespace(rate=2.0), types.SimpleNamespace(), Point(1.5, 2.5)
HOLDER = types.SimpleNamespace(inner=types.SimpleNamespace(rate=2.0))
FORM = "{.rate}"
CELLS = {"a": 1.5}
SAME = {"a": 1.0, "b": 1.0}
MISSING: collections.defaultdict[str, float] = collections.defaultdict(lambda: 2.0)


def refilled() -> None:
    value = CELLS["a"]
    CELLS.clear()
    CELLS["b"] = value


def reordered() -> None:
    SAME.clear()
    SAME["b"] = SAME["a"] = 1.0


def by_default(x: float) -> float:
    value = MISSING["k"]
    del MISSING["k"]
    return x * value


CHANGES: dict[str, tuple[Callable[[float], float], Callable[[], Any]]] = {
    "override": (lambda x: Derived().cost(x), lambda: setattr(Derived, "cost", lambda self, x: x * 9.0)),
    "overridden number": (lambda x: Derived.rate * x, lambda: setattr(Derived, "rate", 7.0)),
    "call": (lambda x: Functor(2.0)(x), lambda: setattr(Functor, "__call__", lambda self, x: -x)),
    "operator": (lambda x: Functor(2.0) + x, lambda: setattr(Functor, "__add__", lambda self, x: 0.0)),
    "truth": (lambda x: x if Functor(2.0) else -x, lambda: setattr(Functor, "__bool__", lambda self: False)),
    "default of getattr": (lambda x: x * getattr(EMPTY, "scale", 1.0), lambda: setattr(EMPTY, "scale", 3.0)),
    "how many": (lambda x: x * len(vars(EMPTY)), lambda: setattr(EMPTY, "unnamed", 3.0)),
    "dotted name": (lambda x: x * ag("inner.rate")(HOLDER), lambda: setattr(HOLDER.inner, "rate", 7.0)),
    "formatted": (lambda x: x * float(FORM.format(SPACE)), lambda: setattr(SPACE, "rate", 7.0)),
    "namespaces": (lambda x: x if types.SimpleNamespace(rate=1.0) == SPACE else -x,
                   lambda: setattr(SPACE, "rate", 1.0)),
    "pattern": (matched, lambda: setattr(POINT, "first", 4.5)),
    "key": (lambda x: x if "a" in CELLS else -x, refilled),
    "order": (lambda x: x if next(iter(SAME)) == "a" else -x, reordered),
    "default of a dict": (by_default, lambda: setattr(MISSING, "default_factory", lambda: 5.0)),
    "builtin": (lambda x: round(x) * x, lambda: setattr(builtins, "round", lambda x: 7.0)),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_nothing_new_is_missed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builtins, "round", round)
    function, change = CHANGES[name]
    compiled = minitorch.compile(function)
    for step in (lambda: None, change):
        step()
        for x in (1.5, 2.5, 1.5):
            assert repr(compiled(x)) == repr(function(x))


# -- batches and methods -----------------------------------------------------------------------------------------------


def failing(x: float, y: float) -> float:
    if x < 0:
        raise ValueError("negative x")
    return 1 / y if x < 5 else math.log(y)


def test_the_first_row_that_raises_counts() -> None:
    with pytest.raises(ZeroDivisionError):
        minitorch.compile(failing).batch([[1.0, 2.0], [1.0, 0.0], [-1.0, 1.0]])


@pytest.mark.parametrize("rows", [slice(0, 20), slice(1, 21), slice(20, 0, -1)])
def test_results_may_overlap_the_arguments(rows: slice) -> None:
    compiled = minitorch.compile(lambda x: x * 2.0 + 1.0)
    values = numpy.arange(21.0)
    expected = values[:20] * 2.0 + 1.0
    compiled.batch(values[:20, None], out=values[rows])
    assert numpy.array_equal(values[rows], expected)


class Spring:
    """A method that is compiled where it stands."""

    def __init__(self, stiffness: float) -> None:
        self.stiffness = stiffness

    @minitorch.compile(argnums=1)
    def energy(self, x: float) -> float:
        return 0.5 * self.stiffness * x * x


def test_methods_are_bound() -> None:
    soft, hard = Spring(2.0), Spring(8.0)
    assert [soft.energy(3.0), hard.energy(3.0), soft.energy(2.0)] == [9.0, 36.0, 4.0]
    soft.stiffness = 4.0
    assert soft.energy(3.0) == 18.0
    assert Spring.energy.value_and_grad(hard, 3.0) == (36.0, 24.0)
