"""Functions that call themselves or are called in several places, in structural machine code."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from typing import Any

import pytest
from structural_checks import assert_served

import minitorch
from minitorch.compiler.structural import compile_structurally
from minitorch.compiler.structural.compilation import Program


def power(x: float, n: int) -> float:
    if n == 0:
        return 1.0
    return x * power(x, n - 1)


def powers(x: float, n: int) -> float:
    return power(x, n) + power(2.0, n) * x


def fibonacci(n: int) -> int:
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


def by_int(x: float, n: int) -> float:
    return x * fibonacci(n)


def local_recursion(x: float, n: int) -> float:
    scale = 1.5 * x

    def deeper(i: int) -> float:
        return x if i <= 0 else math.sin(deeper(i - 1)) * scale

    return deeper(n)


def local_pair(x: float, n: int) -> float:
    def even(y: float, i: int) -> float:
        return y if i == 0 else odd(y * x, i - 1)

    def odd(y: float, i: int) -> float:
        return 0.5 * y if i == 0 else even(y + x, i - 1)

    return even(x, n)


def even(x: float, n: int) -> float:
    return x if n == 0 else odd(x * 1.5, n - 1)


def odd(x: float, n: int) -> float:
    return 0.5 * x if n == 0 else even(x + 1.0, n - 1)


def mutual(x: float, n: int) -> float:
    return even(x, n) * odd(1.0, n)


def simpson(a: float, b: float, fa: float, fm: float, fb: float, whole: float, depth: int) -> float:
    m = 0.5 * (a + b)
    fl, fr = math.exp(-((0.5 * (a + m)) ** 2)), math.exp(-((0.5 * (m + b)) ** 2))
    left, right = (m - a) / 6 * (fa + 4 * fl + fm), (b - m) / 6 * (fm + 4 * fr + fb)
    miss = left + right - whole
    if depth <= 0 or abs(miss) < 1e-7:
        return left + right + miss / 15
    return simpson(a, m, fa, fl, fm, left, depth - 1) + simpson(m, b, fm, fr, fb, right, depth - 1)


def adaptive(x: float, n: int) -> float:
    fa, fm, fb = [math.exp(-v * v) for v in (0.0, 0.5 * x, x)]
    return simpson(0.0, x, fa, fm, fb, x / 6 * (fa + 4 * fm + fb), n)


def merged(values: list[float]) -> list[float]:
    if len(values) < 2:
        return values
    half = len(values) // 2
    a, b = merged(values[:half]), merged(values[half:])
    result = []
    i = j = 0
    while i < len(a) and j < len(b):
        if a[i] < b[j]:
            result.append(a[i])
            i += 1
        else:
            result.append(b[j])
            j += 1
    for rest in (a[i:], b[j:]):
        for value in rest:
            result.append(value)
    return result


def sorting(x: float, n: int) -> float:
    ordered = merged([math.sin(7.0 * i * x + 0.1) for i in range(n)])
    return x + sum([i * v for i, v in enumerate(ordered)])


def pair(x: float, n: int) -> tuple[float, int]:
    if n == 0:
        return x, 0
    a, c = pair(x * 0.5, n - 1)
    return a * x, c + 1


def pairs(x: float, n: int) -> float:
    a, c = pair(x, n)
    return a * c + x


def smooth(values: list[float], weight: float, times: int = 1) -> list[float]:
    for _ in range(times):
        values = [weight * v + (1.0 - weight) * values[i - 1] for i, v in enumerate(values)]
    return values


def three_calls(x: float, n: int) -> float:
    values = [x * i for i in range(4)]
    once, twice = smooth(values, 0.25), smooth(values, x, times=2)
    return sum(smooth(once, 0.5)) + max(twice) * n


def never_returns(x: float) -> float:
    return never_returns(x + 1.0)


def guarded(x: float, n: int) -> float:
    return never_returns(x) if x > 1e6 else x * n


def in_try(x: float, n: int) -> float:
    try:
        return power(x, n) / (x - 1.5)
    except ZeroDivisionError:
        return power(x, n + 1) * power(x, 2)


FUNCTIONS: list[Callable[[float, int], Any]] = [
    powers, by_int, local_recursion, local_pair, mutual, adaptive, sorting, pairs, three_calls, guarded, in_try,
]  # fmt: skip
POINTS = [(0.7, 3), (1.5, 6), (1.1, 0), (0.2, 1), (2.0, 11)]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_values_and_derivatives_are_those_of_eager_runs(function: Callable[[float, int], Any]) -> None:
    assert_served(function, POINTS, 0)


def test_a_function_that_is_called_in_several_places_is_written_once() -> None:
    program = next(iter(assert_served(three_calls, POINTS[:1], 0).programs.values()))
    assert isinstance(program, Program)
    assert program.text.count("define internal") - 1 < 3


@pytest.mark.parametrize("depth", [10 * sys.getrecursionlimit(), sys.getrecursionlimit() - 20])
def test_calls_that_are_too_deep_are_left_to_python(depth: int) -> None:
    compiled = compile_structurally(powers)
    assert compiled.value_and_grad(1.25, 3) == minitorch.value_and_grad(powers)(1.25, 3)
    for ours, theirs in ((compiled, powers), (compiled.value_and_grad, minitorch.value_and_grad(powers))):
        try:
            expected: Any = theirs(1.0001, depth)
        except RecursionError:
            with pytest.raises(RecursionError):
                ours(1.0001, depth)
        else:
            assert ours(1.0001, depth) == expected
    assert compiled.left.total() == 2
