"""Calls with more than floats have code that takes them as they are, whether or not the function has loops."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

import minitorch
from minitorch.compiler.function import CompiledFunction


def three(x: list[float]) -> float:
    first, second, third = x
    return first * second + math.exp(third) * first


def model(p: dict[str, float], at: float = 2.0) -> float:
    return p["a"] * math.exp(-p["b"] * at) + p["c"]


def power(x: float, n: float) -> float:
    return x**n / (n + 1) if n else x


def kinds(compiled: CompiledFunction) -> list[str]:
    return [type(view).__name__ for view in compiled.traces]


@pytest.mark.parametrize(
    ("function", "args", "kwargs", "others"),
    [
        (three, ([1.0, 2.0, 0.5],), {}, ([2.0, -1.0, 0.25],)),
        (model, ({"a": 1.0, "b": 0.5, "c": 2.0},), {}, ({"a": 3.0, "b": 0.25, "c": 1.0},)),
        (model, ({"a": 1.0, "b": 0.5, "c": 2.0},), {"at": 1.5}, ({"a": 3.0, "b": 0.25, "c": 1.0},)),
    ],
)
def test_they_are_answered_by_one_code(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], others: tuple[Any, ...]
) -> None:
    compiled, eager = minitorch.compile(function), minitorch.value_and_grad(function)
    compiled.precompile(*args, **kwargs)
    assert compiled.value_and_grad(*args, **kwargs) == eager(*args, **kwargs)
    assert compiled.value_and_grad(*others, **kwargs) == eager(*others, **kwargs)
    assert kinds(compiled) == ["ProgramView"] and compiled.traces[0].calls == 3


def test_floats_alone_are_for_traces() -> None:
    compiled = minitorch.compile(lambda x, y: x * y)
    compiled.precompile(2.0, 3.0)
    compiled.precompile(2, 3.0)
    assert kinds(compiled) == ["TraceView"]


def test_both_kinds_of_calls_may_alternate() -> None:
    compiled, eager = minitorch.compile(power), minitorch.value_and_grad(power)
    for args in [(2.0, 3.0), (2.0, 3), (1.5, 0), (1.5, 2.0)]:
        compiled.precompile(*args)
        assert compiled.value_and_grad(*args) == eager(*args)
    assert {"ProgramView", "TraceView"} == set(kinds(compiled))


def test_what_has_no_branch_is_written_as_its_traces() -> None:
    compiled = minitorch.compile(three)
    compiled.precompile([1.0, 2.0, 0.5])
    names: dict[str, Any] = {}
    exec(compiled.emit("python"), names)
    value, derivatives = names["three"](1.0, 2.0, 0.5)
    assert (value, list(derivatives)) == minitorch.value_and_grad(three)([1.0, 2.0, 0.5])
