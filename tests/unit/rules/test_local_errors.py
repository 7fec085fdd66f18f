"""What single operations round away: in exact fractions for arithmetic, in high precision for functions."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from minitorch.rules.local_errors import DIFFERENCES, as_decimal_error, local_error
from minitorch.rules.real import RULES

DIGITS = 120

numbers = st.floats(allow_nan=False, allow_infinity=False)
small = st.integers(-5, 5)

OPERATIONS: dict[str, tuple[Callable[..., Any], Any]] = {
    "Add": (operator.add, (numbers, numbers)),
    "Sub": (operator.sub, (numbers, numbers)),
    "Mul": (operator.mul, (numbers, numbers)),
    "TrueDiv": (operator.truediv, (numbers, numbers)),
    "Mod": (operator.mod, (st.floats(-1e9, 1e9), st.floats(1e-3, 1e3))),
    "FloorDiv": (operator.floordiv, (st.floats(-1e9, 1e9), st.floats(1e-3, 1e3))),
    "Pow": (operator.pow, (st.floats(1e-20, 1e20), small)),
    "Ldexp": (Fraction.__mul__, (st.floats(-1e9, 1e9), st.integers(-1100, 900))),
}


@pytest.mark.parametrize("name", OPERATIONS)
@settings(deadline=None)
@given(data=st.data())
def test_local_errors_are_exact(name: str, data: st.DataObject) -> None:
    exactly, strategies = OPERATIONS[name]
    operands = [data.draw(strategy) for strategy in strategies]
    try:
        value = RULES[name].function(*operands)
    except ArithmeticError:
        assume(False)
    assume(math.isfinite(value))
    fractions = [Fraction(x) for x in operands]
    if name == "Ldexp":
        fractions[1] = Fraction(2) ** operands[1]
    error = Fraction(value) - exactly(*fractions)
    bound, signed = local_error(name, operands, value)
    assert signed is not None
    assert (signed == 0) == (error == 0)
    assert signed == pytest.approx(float(error), rel=1e-15, abs=5e-324)
    assert abs(error) <= Fraction(bound)


@pytest.mark.parametrize("name", sorted({"Sqrt", "Cbrt", "Hypot", "Dist"} & RULES.keys()))
@settings(deadline=None)
@given(x=st.floats(1e-100, 1e100), y=st.floats(1e-100, 1e100), z=st.floats(1e-100, 1e100))
def test_local_errors_of_roots(name: str, x: float, y: float, z: float) -> None:
    operands = {"Sqrt": (x,), "Cbrt": (x,), "Hypot": (x, y, z), "Dist": (x, y, z, 0.0)}[name]
    value = RULES[name].function(*operands)
    bound, signed = local_error(name, operands, value)
    with mpmath.workdps(DIGITS):
        exact = {
            "Sqrt": lambda: mpmath.sqrt(x),
            "Cbrt": lambda: mpmath.cbrt(x),
            "Hypot": lambda: mpmath.sqrt(mpmath.mpf(x) ** 2 + mpmath.mpf(y) ** 2 + mpmath.mpf(z) ** 2),
            "Dist": lambda: mpmath.sqrt((mpmath.mpf(x) - z) ** 2 + mpmath.mpf(y) ** 2),
        }[name]()
        error = float(mpmath.mpf(value) - exact)
    assert signed == pytest.approx(error, rel=1e-6, abs=1e-9 * math.ulp(value))
    assert abs(error) <= bound * (1 + 1e-9)


@pytest.mark.parametrize(
    ("name", "values", "exact"),
    [
        ("Sum", (0.1, 0.2, 0.3, -0.6), Fraction(0.1) + Fraction(0.2) + Fraction(0.3) - Fraction(0.6)),
        ("Fsum", (1e16, 1.0, 1.0, 1.0), 10**16 + 3),
        ("Prod", (1, 0.1, 0.3, 7), Fraction(0.1) * Fraction(0.3) * 7),
        ("Round", (2.675, 2), Fraction(267, 100)),
        ("Inv", (3.0,), Fraction(1, 3)),
        ("Inv", (-3.0,), Fraction(-1, 3)),
        ("MathPow", (1.1, 3.0), Fraction(1.1) ** 3),
        ("Mod", (-1e-20, 3.0), 3 - Fraction(1e-20)),
    ],
)
def test_local_errors_of_single_cases(name: str, values: tuple[float, ...], exact: Fraction) -> None:
    value = RULES[name].function(*values)
    _, signed = local_error(name, values, value)
    assert signed == pytest.approx(float(Fraction(value) - exact), rel=1e-15, abs=0.0)


FUNCTIONS: dict[str, tuple[str, tuple[float, float]]] = {
    **{name: (name.lower(), (-5.0, 5.0)) for name in ("Exp", "Expm1", "Sin", "Cos", "Tan", "Erf", "Sinh", "Cosh")},
    **{name: (name.lower(), (1e-3, 20.0)) for name in ("Log", "Log10", "Log1p", "Gamma", "Tanh", "Erfc", "Degrees")},
    **{name: (name.lower(), (-0.99, 0.99)) for name in ("Asin", "Acos", "Atan", "Asinh", "Atanh")},
    "Acosh": ("acosh", (1.0, 9.0)),
    "Lgamma": ("loggamma", (1e-3, 4.0)),
    "Radians": ("radians", (-400.0, 400.0)),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_units_of_functions(name: str) -> None:
    reference, (low, high) = FUNCTIONS[name]
    with mpmath.workdps(50):
        for k in range(1, 200):
            x = low + (high - low) * ((k * 0.6180339887498949) % 1.0)
            value = RULES[name].function(x)
            error = abs(float(mpmath.mpf(value) - getattr(mpmath, reference)(mpmath.mpf(x))))
            bound, signed = local_error(name, (x,), value)
            assert error <= bound
            assert signed is None


def test_the_tables_name_rows() -> None:
    only_newer = {"Cbrt", "Fma", "Sumprod"}
    assert {*DIFFERENCES} <= RULES.keys() | only_newer
    assert not {name for name, rule in RULES.items() if rule.ulps == 0} & {*DIFFERENCES}


def test_infinite_operands_of_finite_values_are_exact() -> None:
    assert local_error("TrueDiv", (1.0, math.inf), 0.0) == (0.0, 0.0)
    assert local_error("Atan", (math.inf,), math.pi / 2) == (math.ulp(math.pi / 2), None)


@pytest.mark.parametrize("x", [0.1, -0.1, 1e-300, 1.7976931348623157e308, 123456.789, math.pi, -math.e, math.tau])
def test_decimals(x: float) -> None:
    with mpmath.workdps(400):
        named = {math.pi: +mpmath.pi, math.e: +mpmath.e, math.tau: 2 * mpmath.pi}
        meant = mpmath.sign(x) * named[abs(x)] if abs(x) in named else mpmath.mpf(repr(x))
        error = float(mpmath.mpf(x) - meant)
    bound, signed = as_decimal_error(x)
    assert signed == pytest.approx(error, rel=1e-12, abs=0.0)
    assert abs(error) <= bound


@pytest.mark.parametrize("x", [0.5, -3.0, 2.0**50, 1e22, 0.0, 5, 2**70, math.inf, math.nan])
def test_numbers_that_are_written_as_they_are(x: float) -> None:
    assert as_decimal_error(x) == (0.0, 0.0)
