"""Straight through rounding: the value is that of plain Python, the derivative as if nothing had been rounded."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import minitorch
from minitorch import HistoryLostError, RoundingWarning

Function = Callable[[float], Any]


def kinds(x: float) -> float:
    n = int(x)
    is_int = isinstance(n, int) and not isinstance(n, float) and type(n) is int and (type(n) is float) is False
    return n * 2.0 if is_int else -1.0


def degrees_and_minutes(x: float) -> float:
    degrees = int(x)
    minutes = int((x - degrees) * 60)
    return degrees + minutes / 60.0


def hours_and_minutes(t: float) -> float:
    hours, rest = divmod(t, 3600.0)
    return hours * 3600.0 + rest


def text_of(x: float) -> float:
    n = int(x)
    return len(str(n)) * x + len(f"{n:05d}") + len("%d" % n) + len("%s" % n) + len("{}".format(n))  # noqa: UP031, UP032


WHOLE: dict[str, tuple[Function, float, float]] = {
    "int": (lambda x: int(12.5 * x) * 0.01, 1.23, 0.125),
    "math.floor": (lambda x: math.floor(12.5 * x) * 2, 1.23, 25.0),
    "math.ceil": (lambda x: math.ceil(12.5 * x) * 2, 1.23, 25.0),
    "math.trunc": (lambda x: math.trunc(12.5 * x) - 1, 1.23, 12.5),
    "round": (lambda x: round(12.5 * x) / 2, 1.23, 6.25),
    "the number alone": (lambda x: int(12.5 * x), 1.23, 12.5),
    "//": (lambda x: (int(12.5 * x) // 2) * 1.0, 1.23, 6.25),
    "%": (lambda x: int(12.5 * x) % 7, 1.23, 12.5),
    "float": (lambda x: float(int(12.5 * x)), 1.23, 12.5),
    "its type": (kinds, 5.5, 2.0),
    "sum": (lambda x: sum([int(x), int(2 * x)]), 5.5, 3.0),
    "**": (lambda x: int(x) ** 2, 5.5, 10.0),
    "an exponent": (lambda x: 2 ** int(x), 5.5, 32 * math.log(2)),
    "an exact int": (lambda x: (int(x) ** 4 + 1) % 1000003 + x, 55555.5, 1.0 + 4 * 55555.0**3),
    "an index": (lambda x: [1.0, 2.0, 3.0, 4.0][int(x)] * x, 2.5, 3.0),
    "a slice": (lambda x: sum([1.0, 2.0, 3.0][: int(x)]) * x, 2.7, 3.0),
    "a key": (lambda x: {2: 1.5, 3: 4.0}[int(x)] * x, 2.7, 1.5),
    "a range": (lambda x: sum(i * 0.5 for i in range(int(x))) + int(x), 3.5, 1.0),
    "a list": (lambda x: len([0] * int(x)) * x, 4.7, 4.0),
    "bits": (lambda x: (int(x) & 3) * x + (3 & int(x)) + ~int(x) + (1 << int(x)), 7.5, 3.0),
    "shifts": (lambda x: (int(x) >> 1) + (int(x) << 2), 7.5, 4.5),
    "text": (text_of, 12.5, 2.0),
    "divmod": (lambda x: (lambda q, r: q * 60 + r)(*divmod(int(x), 60)), 130.5, 1.0),
    "divmod of floats": (hours_and_minutes, 5000.5, 1.0),
    "degrees and minutes": (degrees_and_minutes, 12.51, 1.0),
    "no special point": (lambda x: int(x) * 2.0 if int(x) == 2 and x // 1.0 == 2.0 else 5.0, 2.7, 2.0),
    "map": (lambda x: sum(map(int, [x, 2 * x])), 2.7, 3.0),
    "min": (lambda x: min(int(x), 3) * 1.0, 2.7, 1.0),
    "signs": (lambda x: abs(int(x)) - int(x), -2.7, -2.0),
    "math.sqrt": (lambda x: math.sqrt(int(x)), 4.7, 0.25),
    "math.ldexp": (lambda x: math.ldexp(x, int(x)), 4.7, 16.0),
    "math.gcd": (lambda x: math.gcd(int(x), 6) * x, 4.7, 2.0),
    "pow with a modulus": (lambda x: pow(int(x), 3, 5) * x, 4.7, 4.0),
    "math.modf": (lambda x: math.modf(x)[1] * 3.0, 2.7, 3.0),
    "again": (lambda x: int(round(int(x) + 0.5)), 2.7, 1.0),  # noqa: RUF046
    "truth": (lambda x: x if int(x) else 2.0, 2.7, 1.0),
    "other ints": (lambda x: int("3") * x + int() + int("11", 2) + int(True), 2.7, 3.0),  # noqa: UP018
    "a colour": (lambda x: int(round(x * 255)) / 255.0, 0.4, 1.0),  # noqa: RUF046
    "a constant over x": (lambda x: 100.0 // x, 2.7, -100.0 / 2.7**2),
    "np.floor": (lambda x: np.floor(np.array([3 * x, x])).sum(), 2.718, 4.0),
    "np.round": (lambda x: np.round(3 * x, 1) * 1.0, 2.718, 3.0),
    "np.floor_divide": (lambda x: (np.array([3 * x]) // 2.0)[0], 2.718, 1.5),
}


@pytest.mark.filterwarnings("ignore::minitorch.CompilationWarning")
@pytest.mark.parametrize("name", WHOLE)
def test_straight_through(name: str) -> None:
    f, x, expected = WHOLE[name]
    plain = f(x)
    compiled = minitorch.compile(f, rounding="straight_through")
    with warnings.catch_warnings():
        warnings.simplefilter("error", RoundingWarning)
        warnings.simplefilter("error", minitorch.SpecialPointWarning)
        answers = [
            minitorch.value_and_grad(f, rounding="straight_through")(x),
            minitorch.jvp(f, (x,), (1.0,), rounding="straight_through"),
            *(compiled.value_and_grad(x) for _ in range(3)),
            *(compiled.jvp((x,), (1.0,)) for _ in range(3)),
        ]
    for value, derivative in answers:
        assert value == plain and isinstance(value, (float, int) if type(plain) is int else float)
        assert math.isclose(derivative, expected, rel_tol=1e-12)
    assert type(answers[0][0]) is type(plain) or isinstance(plain, np.floating)
    assert compiled(x) == plain


def test_arithmetic_of_floats_is_compiled() -> None:
    compiled = minitorch.compile(lambda x: round(x, 2) * (x // 0.5), rounding="straight_through")
    for x in (1.234, 1.235, 2.5):
        assert compiled.value_and_grad(x) == (round(x, 2) * (x // 0.5), (x // 0.5) + round(x, 2) * 2.0)
    assert compiled.traces


def test_what_is_not_covered_is_said() -> None:
    def by_numpy(x: float) -> float:
        return float(np.floor(np.array([3 * x])).astype(int)[0])

    with pytest.warns(RoundingWarning, match="astype.*also straight through, since that covers"):
        assert minitorch.grad(by_numpy, rounding="straight_through")(2.5) == 0.0


def test_ints_larger_than_any_float_are_refused() -> None:
    with pytest.raises(HistoryLostError, match="ints larger than any float"):
        minitorch.grad(lambda x: int(x) ** 400 % 7 * x, rounding="straight_through")(55555.5)


def test_without_it_ints_are_plain() -> None:
    found: list[Any] = []

    def f(x: float) -> float:
        found.append(int(x))
        return x * found[-1]

    minitorch.grad(f)(2.5)
    minitorch.grad(f, rounding="ignore")(2.5)
    minitorch.grad(lambda y: minitorch.grad(f, rounding="ignore")(y) + y)(2.5)
    assert [repr(each) for each in found] == ["2"] * 3


def test_it_concerns_its_own_run() -> None:
    def rounded(x: float) -> float:
        return round(x, 2)

    def both(x: float) -> Any:
        return minitorch.grad(rounded, rounding="straight_through")(x) + minitorch.grad(rounded, rounding="ignore")(x)

    assert both(1.234) == 1.0
