"""Ints of numbers with a history, and what `math` has for ints and floats: to the last bit what eager runs give."""

from __future__ import annotations

import math
from typing import Any

import pytest
from structural_checks import assert_served

from minitorch.compiler.structural import compile_structurally
from minitorch.compiler.structural.compilation import Program
from minitorch.compiler.structural.values.builtin_calls import ROWS
from minitorch.compiler.structural.values.whole_numbers import INDICATORS
from minitorch.rules.real import RULES

POINTS = [(0.7, 1.3), (3.25, 1.5), (-2.6, 3.0), (0.25, -1.7), (1e5 + 0.3, 5.0), (-4.5, 0.6), (2.5, 0.3)]


def table_lookup(x: float, y: float) -> float:
    table = [1.0, 2.5, 4.0, 7.0, 11.0]
    i = min(max(int(x), 0), 3)
    return table[i] + (table[i + 1] - table[i]) * (x - i) * y


def all_ways_to_round(x: float, y: float) -> float:
    return (int(x) + 10 * round(x) + 100 * math.floor(x) + 1000 * math.ceil(x) + 10000 * math.trunc(x)) * y + x


def decimals(x: float, y: float) -> float:
    return round(x, 2) * y + round(y, 0) * x + 3 + x + y + round(x, ndigits=1) + round(7.5)


def quotients(x: float, y: float) -> float:
    whole, rest = divmod(x, y)
    return x // y + x % y * x + whole * y + rest * 2.0 + (x // 0.3) * x + divmod(7, 2)[0]


def parts(x: float, y: float) -> float:
    fraction, whole = math.modf(x)
    mantissa, exponent = math.frexp(x)
    return fraction * y + whole * x + mantissa * y + exponent * x + math.ldexp(y, exponent % 5)


def asked(x: float, y: float) -> float:
    total = x * y
    if math.isnan(x) or math.isinf(y) or not math.isfinite(total):
        total += 1.0
    if math.isclose(x, y) or math.isclose(x, 3.25, rel_tol=0.5) or math.isclose(x, y, abs_tol=0.1):
        total *= x
    if (x + 0.125).is_integer() or bool(y - 7.0):
        total += y
    return total * (x if x != y else 1.0)


def signs(x: float, y: float) -> float:
    return (
        math.copysign(x, y) + math.fmod(x, y) * x + math.remainder(x, y) + math.nextafter(x, y) * y + math.ulp(x)
        + abs(x) + max(x, 2) * min(1, y) + max(3, 2) + min(x, y, 0.5)
    )  # fmt: skip


def constants(x: float, y: float) -> float:
    best = float("inf")
    worst = -math.inf
    for v in (x, y, x * y):
        best = min(best, v)
        worst = max(worst, v)
    return best * math.pi + worst * math.e + math.tau


FUNCTIONS = [table_lookup, all_ways_to_round, decimals, quotients, parts, asked, signs, constants]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
def test_numbers_are_those_of_eager_runs(function: Any) -> None:
    assert_served(function, POINTS)


def test_what_is_only_rounded_is_said_by_the_tier_below() -> None:
    def staircase(x: float, y: float) -> float:
        return round(12.5 * x, 1) + y

    def floor_alone(x: float, y: float) -> float:
        return int(x) * y

    def both(x: float, y: float) -> float:
        return int(x) * y + x

    for function, leaves in ((staircase, 1), (floor_alone, 1), (both, 0)):
        compiled = assert_served(function, [(1.25, 3.0)])
        assert compiled.left.total() == leaves
        assert all(isinstance(each, Program) for each in compiled.programs.values())


INTS = [
    lambda n, m: n**5 - m**2 + n ** (m % 4),
    lambda n, m: n**-2 if n else 0.5,
    lambda n, m: 2 ** (n % 9) + (n % 7) ** (m % 3),
    lambda n, m: (n << m % 5) + (n >> 1) + (n >> m % 70) + (n & m) + (n | m) + (n ^ m) + ~n,
    lambda n, m: (
        math.gcd(n, m) + math.lcm(n, m) + math.comb(9, m % 5) + math.perm(8, m % 3) + math.isqrt(n * n + m * m)
    ),
    lambda n, m: math.factorial(m % 10) + n.bit_length() + pow(n, 2) + pow(n % 5, 3, 7),
    lambda n, m: n / (m * m + 1) + (n > m) + (True & (n > m)) + (-n) // 3 + (-n) % 3,
    lambda n, m: n // (m * m + 1) * 1.5 + divmod(n, 7)[1] + (n == float(m)) + (n < m + 0.5),
    lambda n, m: abs(n) + max(n, m) * 1.0 + min(n, m, 3) + max(n, 2.5) + round(n) + int(m) + round(n / 3),
    lambda n, m: 1 << (m % 5 + 57),
    lambda n, m: (2**52 + n) / 3 + (n * 10**3) // 7,
    lambda n, m: 3 if n == m else 2.0,
]


@pytest.mark.parametrize("index", range(len(INTS)))
def test_ints_are_those_of_python(index: int) -> None:
    function = INTS[index]
    compiled = compile_structurally(function)
    for n in (-(2**40), -7, -1, 0, 1, 2, 5, 12, 2**31, 2**62):
        for m in (-3, 0, 1, 4, 11):
            expected = function(n, m)
            found = compiled(n, m)
            assert (type(found), found) == (type(expected), expected), (n, m)
    program = compiled.program((3, 4), False)
    assert isinstance(program, Program), program


def test_errors_of_ints_are_those_of_python() -> None:
    def shifted(n: int, m: int) -> int:
        try:
            return n << m
        except ValueError:
            return -1

    def converted(x: float, y: float) -> float:
        try:
            return int(x) * y + x
        except ValueError:
            return y
        except OverflowError:
            return -y

    compiled = compile_structurally(shifted)
    assert [compiled(3, m) for m in (-2, 2, 0)] == [-1, 12, 3] and not compiled.left
    compiled = compile_structurally(converted)
    assert [compiled(x, 2.0) for x in (math.nan, math.inf, -math.inf, 1.5)] == [2.0, -2.0, -2.0, 3.5]
    assert not compiled.left


NOT_CALLED = {
    "LT": "an operator", "LE": "an operator", "GT": "an operator", "GE": "an operator", "EQ": "an operator",
    "NE": "an operator", "Round": "called as `round`", "ModfFraction": "part of `modf`", "ModfWhole": "part of `modf`",
    "FrexpMantissa": "part of `frexp`", "Sum": "written as a loop", "Prod": "of any number of values",
    "Fsum": "of any number of values", "Hypot": "of any number of values", "Dist": "of any number of values",
    "Sumprod": "of any number of values",
}  # fmt: skip
"""Rows that no callable stands for in structural code, and why."""


def test_every_row_is_called_or_has_a_reason() -> None:
    called = {*ROWS.values(), *INDICATORS.values()}
    left_out = set(RULES) - called
    assert left_out <= set(NOT_CALLED), left_out - set(NOT_CALLED)
