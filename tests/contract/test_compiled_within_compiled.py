"""Compiled functions called by functions that are compiled, or differentiated: they are what they are made of."""

from __future__ import annotations

import math

import pytest

import minitorch
from minitorch.compiler.function import CompiledFunction


@minitorch.compile
def settled(x: float, rounds: int) -> float:
    result = x
    for _ in range(rounds):
        result = math.sin(result) + 0.5 * x
    return result


class Spring:
    def __init__(self, stiffness: float) -> None:
        self.stiffness = stiffness

    @minitorch.compile
    def energy(self, length: float) -> float:
        return self.stiffness * length * length

    def total(self, x: float) -> float:
        return sum(self.energy(x + index) for index in range(3))


def outer(x: float) -> float:
    total = 0.0
    for index in range(3):
        total += settled(x + index, 4)
    return total


def is_structural(compiled: CompiledFunction) -> bool:
    return [type(view).__name__ for view in compiled.traces] == ["ProgramView"] and not compiled.traces.reasons


@pytest.mark.parametrize("function", [outer, Spring(2.0).total, settled, Spring(3.0).energy])
def test_it_is_compiled_with_what_calls_it(function: object) -> None:
    args = (0.75, 4) if function is settled else (0.75,)
    compiled = minitorch.compile(function)  # type: ignore[call-overload]
    compiled.precompile(*args)
    assert compiled.value_and_grad(*args) == minitorch.value_and_grad(function)(*args)  # type: ignore[arg-type]
    assert is_structural(compiled) or len(compiled.traces) == 1


def test_it_stands_in_what_is_written() -> None:
    compiled = minitorch.compile(outer)
    compiled.precompile(0.75)
    assert is_structural(compiled)
    names: dict[str, object] = {}
    exec(compiled.emit("python"), names)
    assert names["outer"](0.75) == compiled.value_and_grad(0.75)  # type: ignore[operator]


def test_another_one_under_its_name_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = minitorch.compile(outer)
    compiled.precompile(0.75)
    monkeypatch.setitem(globals(), "settled", minitorch.compile(lambda x, rounds: x * x * rounds))
    assert compiled.value_and_grad(0.75) == minitorch.value_and_grad(outer)(0.75)


def test_a_derivative_in_python_sees_through_it() -> None:
    settled.precompile(0.75, 4, derivative=False)
    assert minitorch.value_and_grad(settled)(0.75, 4) == minitorch.value_and_grad(settled.plain)(0.75, 4)
    inner = settled.plain
    plain = minitorch.hessian(lambda x: sum(inner(x + index, 4) for index in range(3)))
    assert minitorch.hessian(outer)(0.75) == plain(0.75)
