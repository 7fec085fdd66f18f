"""Exceptions, closures and other control flow in structural machine code: to the last bit what eager runs give."""

from __future__ import annotations

import contextlib
import math
from typing import Any

import pytest
from structural_checks import assert_served

from minitorch.compiler.structural import compile_structurally
from minitorch.compiler.structural.basis.refusals import Refused

POINTS = [(0.7, 1.3), (3.0, 1.5), (1.0, 3.0), (0.25, -1.0), (0.2, 5.0), (4.0, 0.5), (300.0, 400.0), (2.0, 0.25)]


class TooSmall(ValueError):
    """An error of a user."""


class MuchTooSmall(TooSmall):
    """Another."""


class Counted(Exception):
    """An error that runs code when it is made."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


# -- exceptions --------------------------------------------------------------------------------------------------------


def division(x: float, y: float) -> float:
    try:
        r = x / (y - 3.0)
    except ZeroDivisionError:
        r = x * 2.0
    return r + y


def every_clause(x: float, y: float) -> float:
    total = x
    for i in range(5):
        try:
            total += math.log(x - i) * y
        except ValueError:
            total -= x * i
            continue
        else:
            total *= 1.5
        finally:
            total += 0.25 * y
    return total


def overflow(x: float, y: float) -> float:
    try:
        return math.exp(x * 300.0) * y
    except OverflowError:
        return x * y


def powers(x: float, y: float) -> float:
    total = x * y
    for base, exponent in ((0.0, -1.0), (10.0, 400.0), (x, y)):
        try:
            total += base**exponent
        except ZeroDivisionError:
            total += x + 1.0
        except (OverflowError, IndexError):
            total += y * 3.0
    return total * 2.0


def math_powers(x: float, y: float) -> float:
    total = x
    for base, exponent in ((0.0, -1.0), (-8.0, 0.5), (x * 1e200, 2.0), (x, 2.0)):
        try:
            total += math.pow(base, exponent)
        except ArithmeticError:
            total *= y
        except ValueError:
            total -= y
    return total


def checked(v: float) -> float:
    if v < 0.5:
        raise MuchTooSmall("too small")
    return v * v


def raised_in_a_call(x: float, y: float) -> float:
    total = 0.0 * x
    for v in (x, y, x * y, x - 2 * y):
        try:
            total += checked(v)
        except TooSmall as error:
            assert isinstance(error, TooSmall)
            total -= v
        except ValueError:
            total += 100.0
    return total


def raised_again(x: float, y: float) -> float:
    try:
        try:
            z = checked(x)
        except ValueError:
            if y > 1.0:
                raise
            z = y
        finally:
            y = y * 2.0
    except MuchTooSmall:
        z = x * 7.0
    return z * y


def raised_by_name(x: float, y: float) -> float:
    try:
        try:
            z = checked(x)
        except ValueError as error:
            raise KeyError("other") from error
    except LookupError:
        z = y * 7.0
    return z * y


def ways_through_finally(x: float, y: float) -> float:
    def inner(v: float) -> float:
        total = 0.0
        for i in range(4):
            try:
                if i == 3:
                    return total * v
                if i == 1:
                    continue
                total += v / (i + 1)
                if v > 2.5:
                    break
            finally:
                total += 1.0
        return total + v

    return inner(x) * inner(y)


def finally_returns(x: float, y: float) -> float:
    try:
        return math.log(x - 2.0)
    except ValueError:
        return x
    finally:
        if y > 1.0:
            return x * y  # noqa: B012 - what `finally` returns is what counts


def asserted(x: float, y: float) -> float:
    try:
        assert x > y, "no"
        return x * x
    except AssertionError:
        return y * x


def indices(x: float, y: float) -> float:
    values = [x, y, x * y]
    total = 0.0
    i = 0
    while True:
        try:
            total += values[i]
        except LookupError:
            break
        i += 1
    with contextlib.suppress(IndexError):
        total += (x, y)[3 - len(values)] + (1.0, 2.0)[i]
    return total


def suppressed(x: float, y: float) -> float:
    z = x
    with contextlib.suppress(ValueError, ZeroDivisionError):
        z = math.sqrt(x - y)
        z = z / (y - 0.5)
    with contextlib.nullcontext(3.0) as q:
        z += q * y
    return z * x


def hidden_by_a_comprehension(x: float, y: float) -> float:
    v = x
    try:
        return sum([math.sqrt(v) for v in (x, y, x - y)]) + v
    except ValueError:
        return v * y


def whole_numbers(x: float, y: float) -> float:
    total = x * y
    for i in range(-3, 3):
        try:
            total += 7 // i + 7 % i - 1 / i
        except ZeroDivisionError:
            total *= x
    return total


def empty(x: float, y: float) -> float:
    values = [v for v in (x, y) if v > 1.0]
    try:
        return max(values) * y
    except ValueError:
        return x * y * 2.0


def nothing_of_it(x: float, y: float) -> float:
    try:
        z = x * y
    except:  # noqa: E722 - that is what is tested
        z = 1.0
    return z


EXCEPTIONS = [
    division, every_clause, overflow, powers, math_powers, raised_in_a_call, raised_again, raised_by_name,
    ways_through_finally, finally_returns, asserted, indices, suppressed, hidden_by_a_comprehension,
    whole_numbers, empty, nothing_of_it,
]  # fmt: skip


@pytest.mark.parametrize("function", EXCEPTIONS, ids=lambda function: function.__name__)
def test_errors_lead_where_python_leads_them(function: Any) -> None:
    assert_served(function, POINTS)


DOMAINS = ["log", "log2", "log10", "log1p", "sqrt", "exp", "expm1", "sinh", "cosh", "sin", "tan", "acos", "asin",
           "acosh", "atanh", "gamma", "lgamma"]  # fmt: skip


@pytest.mark.parametrize("name", DOMAINS)
def test_each_function_raises_its_own_error(name: str) -> None:
    called = getattr(math, name)

    def function(x: float, y: float) -> float:
        try:
            return called(x) * y
        except ValueError:
            return x * y * 2.0
        except OverflowError:
            return x * y * 3.0

    infinite = [(math.inf, 1.0), (-math.inf, 1.0), (math.nan, 1.0)]
    edges = [(x, 2.0) for x in (1.5, -1.5, 0.5, 800.0, -800.0, 1.0, 0.0, -1.0, -2.0, 1e308, -0.0)]
    compiled = assert_served(function, edges, gradient=False)
    for point in infinite:
        assert repr(compiled(*point)) == repr(function(*point))
    assert_served(function, [(1.5, 2.0), (-1.5, 2.0), (800.0, 2.0), (-0.25, 2.0)])


# -- match -------------------------------------------------------------------------------------------------------------


def by_value(x: float, y: float) -> float:
    total = 0.0 * x
    for i in range(7):
        match i:
            case 0:
                total += x
            case 1 | 2 if x > 1.0:
                total *= y
            case 3 | 4:
                total -= x * y
                continue
            case n if n > 5:
                total += n * x
            case _:
                total += 0.5
    match total:
        case 4.0:
            return y
        case z if z < 0:
            total = -z
    return total


def by_shape(x: float, y: float) -> float:
    total = 0.0
    for thing in ((x, y), (1, x, y), "text", None, x, [x, y, 2.0], True):
        match thing:
            case (a, b):
                total += a * b
            case (1, *rest):
                total += sum(rest)
            case "text":
                total += 1.0
            case None:
                total *= 2.0
            case True:
                total += y
            case _:
                total -= x
    return total * x


@pytest.mark.parametrize("function", [by_value, by_shape], ids=lambda function: function.__name__)
def test_patterns_are_matched(function: Any) -> None:
    assert_served(function, POINTS)


def test_exceptions_that_run_code_are_refused() -> None:
    def function(x: float) -> float:
        try:
            if x < 0.5:
                raise Counted("small")
        except Counted:
            return -x
        return x

    program = compile_structurally(function).program((1.5,), True)
    assert isinstance(program, Refused) and program.reason == "an exception that is made by code of its own, Counted"
