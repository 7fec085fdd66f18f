"""Ints in structures stay whole: they count, index and print, and have derivatives where one computes with them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy
import pytest

import minitorch
from minitorch.scalars.whole import Whole

QUIET: Any = {"rounding": "ignore"}


class Run(NamedTuple):
    step: float
    steps: int


@dataclasses.dataclass
class Setting:
    step: float
    steps: int


def count(p: Any) -> Any:
    return sum(p["a"] * i for i in range(p["n"]))


def loop(p: Any) -> Any:
    total = 0.0
    for _ in range(p["n"]):
        total += p["a"]
    return total


def index(p: Any) -> Any:
    return [1.0, 2.0, 3.0, 7.0][p["n"]] * p["a"]


def kind(p: Any) -> Any:
    return p["a"] * (2.0 if isinstance(p["n"], int) and type(p["n"]) is int else 5.0)


def text(p: Any) -> Any:
    return p["a"] * len(f"{p['n']}{p['n']!s}")


def bits(p: Any) -> Any:
    return p["a"] * (p["n"] & 1) + p["a"] * (p["n"] << 1)


def halves(p: Any) -> Any:
    return p["a"] * (p["n"] // 2) + p["a"] * "xyz".count("x" * (p["n"] - 2))


def factor(p: Any) -> Any:
    return p["a"] * p["n"]


def power(p: Any) -> Any:
    return p["a"] ** p["n"]


POINT: Any = {"a": 1.5, "n": 3}

FUNCTIONS: list[tuple[Callable[[Any], Any], Any]] = [
    (count, {"a": 3.0, "n": 0.0}),
    (loop, {"a": 3.0, "n": 0.0}),
    (index, {"a": 7.0, "n": 0.0}),
    (kind, {"a": 2.0, "n": 0.0}),
    (text, {"a": 2.0, "n": 0.0}),
    (bits, {"a": 7.0, "n": 3.0}),
    (halves, {"a": 2.0, "n": 0.0}),
    (factor, {"a": 3.0, "n": 1.5}),
    (power, {"a": 3 * 1.5**2, "n": pytest.approx(1.36842, abs=1e-4)}),
]


@pytest.mark.parametrize(("f", "expected"), FUNCTIONS)
def test_every_derivative_function_says_the_same(f: Callable[[Any], Any], expected: Any) -> None:
    value = f(POINT)
    assert minitorch.grad(f, **QUIET)(POINT) == expected
    assert minitorch.value_and_grad(f, **QUIET)(POINT) == (value, expected)
    for jacobian in (minitorch.jacobian, minitorch.jacfwd, minitorch.jacrev):
        assert jacobian(f, **QUIET)(POINT) == expected
    assert minitorch.vjp(f, POINT, **QUIET)[1](1.0) == (expected,)
    assert minitorch.jvp(f, (POINT,), ({"a": 1.0, "n": 0.0},), **QUIET) == (value, expected["a"])
    assert minitorch.jvp(f, (POINT,), ({"a": 1.0, "n": None},), **QUIET) == (value, expected["a"])
    assert minitorch.linearize(f, POINT, **QUIET)[1]({"a": 0.0, "n": 1.0}) == expected["n"]
    second = minitorch.hessian(f, **QUIET)(POINT)
    assert {*second} == {"a", "n"} and {*second["n"]} == {"a", "n"}
    product = minitorch.hvp(f, (POINT,), ({"a": 1.0, "n": 0.0},), **QUIET)
    assert product == {"a": second["a"]["a"], "n": pytest.approx(second["n"]["a"])}
    minitorch.check_derivatives(f, POINT, **QUIET)


@pytest.mark.parametrize(("f", "expected"), FUNCTIONS)
def test_compiled_functions_say_the_same(f: Callable[[Any], Any], expected: Any) -> None:
    compiled = minitorch.compile(f, **QUIET)
    for point in (POINT, {"a": 2.5, "n": 2}, POINT, {"a": 2.5, "n": 3}) * 2:
        assert compiled(point) == f(point)
        assert compiled.value_and_grad(point) == minitorch.value_and_grad(f, **QUIET)(point)
        assert compiled.hessian(point) == minitorch.hessian(f, **QUIET)(point)
        tangents = ({"a": 1.0, "n": 0.5},)
        assert compiled.jvp((point,), tangents) == minitorch.jvp(f, (point,), tangents, **QUIET)
    assert compiled.grad(POINT) == expected


@pytest.mark.parametrize(("f", "floats"), [(kind, 5.0), (factor, 3.0)])
def test_a_float_and_an_int_are_told_apart_in_compiled_calls(f: Callable[[Any], Any], floats: float) -> None:
    compiled = minitorch.compile(f)
    for point in ({"a": 1.5, "n": 3}, {"a": 1.5, "n": 3.0}, {"a": 1.5, "n": 3}):
        assert compiled.value_and_grad(point) == minitorch.value_and_grad(f)(point)
    assert compiled.grad({"a": 1.5, "n": 3.0})["a"] == floats


@pytest.mark.parametrize(
    ("point", "is_whole"),
    [
        ({"a": 1.5, "n": 3}, True),
        ({"a": 2, "n": 3}, True),
        ({"a": 1.5, "n": True}, True),
        ({"a": 1.5, "n": 3.0}, False),
        ({"a": 1.5, "n": numpy.float64(3.0)}, False),
    ],
)
def test_what_stays_whole(point: Any, is_whole: bool) -> None:
    seen: list[Any] = []
    minitorch.grad(lambda p: (seen.append(p["n"]), p["a"] * 2.0)[1])(point)
    assert (type(seen[0]) is Whole) == is_whole
    assert str(seen[0]) == str(point["n"])


@pytest.mark.parametrize(
    "make", [Run, Setting, lambda step, steps: ([step], steps), lambda step, steps: {"x": [step, steps]}]
)
def test_structures(make: Callable[[float, int], Any]) -> None:
    def f(p: Any) -> Any:
        step, steps = (p.step, p.steps) if isinstance(p, (Run, Setting)) else p["x"] if isinstance(p, dict) else p
        return (step[0] if isinstance(step, list) else step) * len("x" * steps)

    assert minitorch.value_and_grad(f)(make(1.5, 3)) == (4.5, make(3.0, 0.0))  # type: ignore[arg-type]


@pytest.mark.parametrize("point", [[2, 3.5], (2, 3.5), [2, 3], 2, True])
def test_numbers_alone_are_floats(point: Any) -> None:
    seen: list[Any] = []

    def f(p: Any) -> Any:
        first = p[0] if isinstance(p, (list, tuple)) else p
        seen.append(type(first))
        return first * first

    gradient = minitorch.grad(f)(point)
    assert Whole not in seen and all(type(x) is float for x in numpy.ravel(gradient).tolist())
    assert minitorch.compile(f).grad(point) == gradient


def test_texts_and_objects_stand_as_they_do_in_the_argument() -> None:
    point = {"a": 1.5, "n": 3, "name": "pump", "none": None}
    expected = {"a": 2.0, "n": 0.0, "name": "pump", "none": None}

    def f(p: Any) -> Any:
        return p["a"] * 2.0

    assert minitorch.grad(f)(point) == minitorch.jacobian(f)(point) == minitorch.compile(f).grad(point) == expected
    assert minitorch.vjp(f, point)[1](1.0) == (expected,)


@pytest.mark.parametrize("n", [2**53, 2**53 + 1, 10**30])
def test_large_ints_are_exact(n: int) -> None:
    def f(p: Any) -> Any:
        return p["a"] * (p["n"] % 10)

    point = {"a": 1.5, "n": n}
    assert minitorch.grad(f, **QUIET)(point)["a"] == n % 10
    assert minitorch.compile(f, **QUIET).grad(point)["a"] == n % 10


def test_a_derivative_that_is_rounded_away_is_said() -> None:
    with pytest.warns(minitorch.RoundingWarning, match=r"derivative by \"p\['n'\]\" is 0 only because `"):
        minitorch.grad(lambda p: p["a"] * (p["n"] // 2))(POINT)


def test_reports_and_pictures() -> None:
    report = minitorch.report(count, POINT)
    assert [(x.name, x.value, x.derivative) for x in report.analysis.inputs] == [
        ("p['a']", 1.5, 3.0),
        ("p['n']", 3, 0.0),
    ]
    assert "p[&#39;n&#39;]" in report.html() and "p['n']" in report.text()


def test_mapped_functions() -> None:
    points = {"a": numpy.ones(2), "n": numpy.array([2, 3])}
    found = minitorch.vmap(minitorch.grad(factor))(points)
    assert (found["a"].tolist(), found["n"].tolist()) == ([2.0, 3.0], [1.0, 1.0])
