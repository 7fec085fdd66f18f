"""Structural machine code gives what plain and eager runs give, to the last bit, or leaves the call to them.

The suite takes always the same random programs; the environment variable `STRUCTURAL_PROGRAMS` asks for that many.
"""

from __future__ import annotations

import bisect
import math
import os
import random
import statistics
import struct
import warnings
from collections.abc import Callable
from typing import Any

import pytest
from structural_programs import loaded, program

import minitorch
from minitorch.compiler.structural import compile_structurally
from minitorch.compiler.structural.basis.refusals import Refused
from minitorch.compiler.structural.compilation import Program

PROGRAMS = int(os.environ.get("STRUCTURAL_PROGRAMS", "25"))
POINTS = [(0.7, -1.3, 3), (1.5, 2.0, 2), (-0.4, 0.9, 0), (3.1, 0.2, 5), (0.0, 1.0, 1), (1e3, -2e-3, 4)]

GRID = [0.0, 0.5, 1.5, 4.0, 9.0]
ROWS = ((), (0.5,), (0.25, 0.75), (0.1, 0.2, 0.7))
RATE = 0.05


def falling(height: float, drag: float) -> float:
    t = v = fallen = 0.0
    while fallen < height:
        v += (9.81 - drag * v * v) * 0.01
        fallen += v * 0.01
        t += 0.01
    return t - (fallen - height) / v


def newton(x: float, y: float) -> float:
    guess = x
    for _ in range(50):
        miss = guess * guess * guess - x * y
        if abs(miss) < 1e-9:
            break
        guess -= miss / (3 * guess * guess)
    else:
        guess = 0.0
    return guess


def lists(x: float, y: float) -> float:
    values = [x * i for i in range(1, 6)]
    total = [0.0] * len(values)
    for i, (value, weight) in enumerate(zip(values, reversed(values))):  # noqa: B905 - the lists are of one length
        if i % 2:
            continue
        total[i] = value * weight + y
        total[-i - 1] -= value
    total.append(max(values) - min(total))
    return sum(v * v for v in total) + sum(total[1:3])


def stages(x: float, y: float) -> float:
    k: list[float] = []
    for i in range(4):
        k.append(math.sin(x + y * sum(a * k[m] for m, a in enumerate(ROWS[i]))))
    return sum(k) * RATE


def spline(x: float, y: float) -> float:
    i = min(bisect.bisect_right(GRID, 2.5) - 1, len(GRID) - 2)
    return x * GRID[i] + y * GRID[i + 1]


def helper(x: float, power: int = 2) -> tuple[float, float]:
    if power < 1:
        return x, 1.0
    return x**power, power * x


def calls(x: float, y: float) -> float:
    def scaled(z: float) -> float:
        return z * x

    a, b = helper(x)
    c, _ = helper(y, power=0)
    square = lambda z: z * z  # noqa: E731 - a lambda is what is tested
    return scaled(a) + square(b) + c


def library_called(x: float, y: float) -> float:
    return statistics.fmean([x, 2.0 * y]) * statistics.median([x, y, x * y])


FUNCTIONS: list[Callable[[float, float], float]] = [falling, newton, lists, stages, spline, calls, library_called]


def bits(value: Any) -> Any:
    """A structure with floats as their bits, of which all nans count as one."""
    if isinstance(value, (tuple, list)):
        return type(value)(map(bits, value))
    return repr(value) if value != value else struct.pack("<d", value) if isinstance(value, float) else value


@pytest.mark.parametrize("function", FUNCTIONS)
def test_value_and_derivatives_are_those_of_eager_runs(function: Callable[[float, float], float]) -> None:
    compiled = compile_structurally(function, (0, 1))
    eager = minitorch.value_and_grad(function, (0, 1))
    source = random.Random(5)
    for _ in range(20):
        point = source.uniform(0.5, 3.0), source.uniform(0.1, 0.9)
        assert bits(compiled.value_and_grad(*point)) == bits(eager(*point))
        assert bits(compiled(*point)) == bits(function(*point))
    assert all(isinstance(each, Program) for each in compiled.programs.values())
    assert not compiled.left


def outcome(call: Callable[[], Any]) -> str:
    """What a call returns or raises, as text."""
    try:
        return repr(call())
    except (ArithmeticError, ValueError, TypeError, IndexError, NameError) as error:
        return type(error).__name__


@pytest.mark.parametrize("seed", range(PROGRAMS))
def test_random_programs_have_the_digits_of_eager_runs(seed: int) -> None:
    text = program(seed)
    function = loaded(text, f"eager program {seed}")
    eager = minitorch.value_and_grad(function, (0, 1))
    compiled = compile_structurally(loaded(text, f"structural program {seed}"), (0, 1))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for point in POINTS:
            assert outcome(lambda: compiled.value_and_grad(*point)) == outcome(lambda: eager(*point))  # noqa: B023
            assert outcome(lambda: compiled(*point)) == outcome(lambda: function(*point))  # noqa: B023


def test_what_is_read_may_change() -> None:
    global RATE
    compiled = compile_structurally(stages, (0, 1))
    before = compiled.value_and_grad(0.5, 0.25)
    RATE = 0.1
    try:
        assert compiled.value_and_grad(0.5, 0.25) == minitorch.value_and_grad(stages, (0, 1))(0.5, 0.25)
    finally:
        RATE = 0.05
    assert compiled.value_and_grad(0.5, 0.25) == before
    GRID[2] = 2.0
    try:
        compiled = compile_structurally(spline, (0, 1))
        assert compiled(1.0, 1.0) == spline(1.0, 1.0) == 6.0
        GRID[2] = 1.0
        assert compiled(1.0, 1.0) == spline(1.0, 1.0) == 5.0
    finally:
        GRID[2] = 1.5


def test_special_points_are_said_by_the_tier_below() -> None:
    def kink(x: float) -> float:
        return 2.0 * x if x > 1.0 else x

    compiled = compile_structurally(kink)
    assert compiled.value_and_grad(3.0) == (6.0, 2.0)
    with pytest.warns(minitorch.SpecialPointWarning):
        assert compiled.value_and_grad(1.0) == (1.0, 1.0)
    assert compiled.left.total() == 1


def test_errors_are_those_of_python() -> None:
    def quotients(x: float, n: int) -> float:
        return sum(x / (n - i) for i in range(3))

    compiled = compile_structurally(quotients)
    assert compiled.value_and_grad(6.0, 3) == minitorch.value_and_grad(quotients)(6.0, 3)
    with pytest.raises(ZeroDivisionError):
        compiled.value_and_grad(6.0, 1)


def generator_kept(x: float) -> float:
    values = (x * i for i in range(3))
    return sum(values) + sum(values)


def zip_kept(x: float) -> float:
    pairs = zip([x, 2.0 * x], [1.0, x], strict=False)
    total = x
    for a, b in pairs:
        total += a * b
    for a, b in pairs:
        total += a * b
    return total


@pytest.mark.parametrize("function", [generator_kept, zip_kept])
def test_what_would_be_another_thing_is_left_to_python(function: Any) -> None:
    compiled = compile_structurally(function)
    assert isinstance(compiled.program((1.5,), True), Refused)
    assert compiled.value_and_grad(1.5) == minitorch.value_and_grad(function)(1.5)


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (lambda x: x.real, "the attribute 'real' of a float"),
        (lambda x: complex(x, 1.0), "a call of 'complex'"),
        (lambda x: [x, x], "its result is a list that does not depend on what it is differentiated by"),
        (lambda x: x @ x, "the operator MatMult of a float and a float"),
    ],
)
def test_reasons_are_given(function: Any, reason: str) -> None:
    compiled = compile_structurally(function)
    program = compiled.program((1.5,), True)
    assert isinstance(program, Refused) and program.reason == reason


def test_a_list_of_the_caller_is_not_changed() -> None:
    def changing(x: list[float]) -> float:
        x[0] = 2.0
        return x[0] * x[1]

    compiled = compile_structurally(changing)
    assert str(compiled.program(([1.0, 2.0],), False)).endswith("it changes a list that is not its own")
    given = [1.0, 3.0]
    assert (compiled(given), given) == (6.0, [2.0, 3.0])
