"""Functions that are given any arguments, change variables around them, outlive others or are made of others."""

from __future__ import annotations

import functools
import math
from typing import Any

import pytest
from structural_checks import assert_served

POINTS = [(0.7, 1.3), (3.0, 1.5), (1.0, 3.0), (0.25, -1.0), (0.2, 5.0), (4.0, 0.5)]


def x_or(otherwise: float) -> float:
    return otherwise


def any_arguments(*values: float, scale: float = 1.0, **others: float) -> float:
    total = 0.0
    for value in values:
        total += value * scale
    return total + others["shift"] * len(values) + (others["extra"] if "extra" in others else x_or(0.0))


def handed_on(*args: Any, **kwargs: Any) -> float:
    return any_arguments(*args, **kwargs) * 2.0


def arguments(x: float, y: float) -> float:
    return (
        any_arguments(x, y, x, shift=y) + handed_on(x, scale=y, shift=2.0) + any_arguments(shift=x, extra=y)
        + handed_on(*(x, y), *WEIGHTS, shift=1.0)
    )  # fmt: skip


WEIGHTS = (0.5, 0.25)


def timed(function: Any) -> Any:
    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs) * 1.5

    return wrapper


@timed
def decorated(x: float, y: float) -> float:
    return x * y


def with_decorators(x: float, y: float) -> float:
    @timed
    def inner(v: float) -> float:
        return v * y

    return decorated(x, y=y) + inner(x)


def counting(x: float, y: float) -> float:
    count, total = 0, x

    def add(v: float) -> int:
        nonlocal count, total
        if v > 1.0:
            total += v
        count += 1
        return count

    for v in (x, y, x * y):
        if add(v) == 2:
            total *= y
    while add(y) < 7:
        total -= 0.5 * x
    add(x) if x > y else add(y)
    return total * count


def counting_in_errors(x: float, y: float) -> float:
    tried = 0

    def attempt(v: float) -> float:
        nonlocal tried
        tried += 1
        return math.log(v - 1.0)

    total = 0.0
    for v in (x, y, 2.0 * x):
        try:
            total += attempt(v)
        except ValueError:
            total += x * tried
    return total + y * tried


def late_binding(x: float, y: float) -> float:
    def now() -> float:
        return v * v

    v = x
    total = now()
    v = y * total
    total += now()
    functions = (lambda a, k=2.0: a * k, lambda a: a + v, math.sin, abs)
    for function in functions:
        total += function(v)
    return total


def made_by_others(x: float, y: float) -> float:
    def power(n: int, scale: float = 1.0) -> Any:
        def of(v: float, *, shift: float = scale) -> float:
            return scale * v**n + shift

        return of

    square, cube = power(2), power(3, x)
    chosen = square if x > y else power(2, y)
    total = 0.0
    for i in range(3):
        step = power(1, y * i)
        total += step(x) + chosen(y)
    return square(x) + cube(y, shift=0.5) * cube(x) + total


def kept_functions(x: float, y: float) -> float:
    def times(factor: float) -> Any:
        return lambda v: v * factor

    return sum([each(x) for each in [times(y * i) for i in range(3)]]) + x


def partials(x: float, y: float) -> float:
    def line(a: float, b: float, v: float = 1.0) -> float:
        return a * v + b

    first = functools.partial(line, x)
    second = functools.partial(first, y, v=x)
    third = functools.partial(math.pow, 2.0)
    total = first(2.0) + second() + second(v=3.0) + third(y) + HALF(x)
    return functools.reduce(lambda a, b: a * b + y, [x, y, total], 0.5) + functools.reduce(max, (x, y, 0.5))


HALF = functools.partial(math.ldexp, i=-1) if False else functools.partial(any_arguments, 0.5, shift=2.0)


def shadowed(x: float, y: float) -> float:
    def scaled(v: float) -> float:
        return v * x

    return sum([scaled(x) for x in (1.0, y, 3.0)]) + sum([(lambda: x * y)() for x in (1.0, 2.0)]) + x


def rebound(x: float, y: float) -> float:
    total = 0.0
    for k in (1, 2.0):
        factor = lambda v, k=k: v * k  # noqa: E731 - a lambda is what is tested
        total += factor(x)
    a, *rest = x, y, total
    first, *middle, last = [x, y, total, 2.0]
    if (n := len(rest)) > 1:
        total += n * rest[0] + sum(middle) * last * first
    del a
    best = low = total
    return best + low * max([x, y, best])


def several_comparisons(x: float, y: float) -> float:
    inside = 0.0 < x < y != 2.5 <= 10.0
    return (x if inside else y) * (y if not inside and x > 1 else x)


FUNCTIONS = [
    arguments, with_decorators, counting, counting_in_errors, late_binding, made_by_others, kept_functions, partials,
    shadowed, rebound, several_comparisons,
]  # fmt: skip


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
def test_functions_see_their_variables_and_arguments(function: Any) -> None:
    assert_served(function, POINTS)
