"""Derivatives through complex numbers: those of mpmath, and of both sides of every branch cut."""

from __future__ import annotations

import cmath
import math
import operator
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp

import minitorch
from minitorch import Scalar
from minitorch.rules.complex import COMPLEX_RULES
from minitorch.scalars.complex_scalar import ComplexScalar

mp.dps = 50


@minitorch.trace
def call(function: Callable[..., Any], *arguments: Any) -> Any:
    return function(*arguments)


MPMATH: dict[str, Callable[..., Any]] = {
    "Mul": lambda z, w: z * w, "TrueDiv": lambda z, w: z / w, "Pow": lambda z, w: mp.exp(w * mp.log(z)), "Exp": mp.exp,
    "Log": lambda z, base=None: mp.log(z) if base is None else mp.log(z) / mp.log(base), "Log10": mp.log10,
    "Sqrt": mp.sqrt, "Sin": mp.sin, "Cos": mp.cos, "Tan": mp.tan, "Asin": mp.asin, "Acos": mp.acos, "Atan": mp.atan,
    "Sinh": mp.sinh, "Cosh": mp.cosh, "Tanh": mp.tanh, "Asinh": mp.asinh, "Acosh": mp.acosh, "Atanh": mp.atanh,
}  # fmt: skip
POINTS = [0.3 + 0.7j, -1.2 + 0.4j, 2.5 - 3.1j, -0.6 - 0.2j, 1e-3 + 1e-4j, 20.0 + 0.5j, 0.5 - 25.0j, 1.0 + 1e-5j]
OTHERS = [1.7 - 0.3j, 0.2 + 2.0j, -1.5 + 0j, 3 + 0j]
BETWEEN_COMPLEX = [name for name, rule in COMPLEX_RULES.items() if not rule.real]
OPERATORS = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow]


def plain_function(name: str) -> Callable[..., Any]:
    return COMPLEX_RULES[name].function


def assert_near(found: Any, expected: Any, tolerance: float = 1e-13) -> None:
    assert abs(mp.mpc(found) - expected) <= tolerance * abs(expected) + 1e-300, (found, expected)


def derivative_of(function: Callable[..., Any], operands: list[complex], index: int) -> complex:
    """The complex derivative of a function by one operand, and a check that it is that of both parts."""
    leaves = [(Scalar(z.real), Scalar(z.imag)) for z in operands]
    result = call(function, *(ComplexScalar(*pair) for pair in leaves))
    result.real.backward()
    real, imag = leaves[index]
    by_real_part = complex(real.derivative, -imag.derivative)
    for leaf in leaves[index]:
        leaf.zero_derivative_()
    result.imag.backward()
    by_imaginary_part = complex(imag.derivative, real.derivative)
    assert by_real_part == by_imaginary_part
    return by_real_part


@pytest.mark.parametrize("name", BETWEEN_COMPLEX)
def test_derivatives_as_those_of_mpmath(name: str) -> None:
    inputs = [[z, w] for z in POINTS for w in OTHERS] if name in ("Mul", "TrueDiv", "Pow", "Log") else []
    inputs += [[z] for z in POINTS] if name not in ("Mul", "TrueDiv", "Pow") else []
    for values in inputs:
        exact = [mp.mpc(z) for z in values]
        order = {2: [(1, 0), (0, 1)], 1: 1}[len(values)]
        for index in range(len(values)):
            point = tuple(exact) if len(values) == 2 else exact[0]
            expected = mp.diff(MPMATH[name], point, order[index] if len(values) == 2 else 1)  # type: ignore[index]
            scale = 1 + abs(values[-1]) * 20 if name == "Pow" else 4
            assert_near(derivative_of(plain_function(name), values, index), expected, 1e-15 * scale * 4)


@pytest.mark.parametrize("name", BETWEEN_COMPLEX)
def test_second_derivatives_as_those_of_mpmath(name: str) -> None:
    function = plain_function(name)
    fixed = [0.6 + 0.4j] if name in ("Mul", "TrueDiv", "Pow") else []

    def real(x: float, y: float) -> Any:
        return function(complex(x, y), *fixed).real

    def imag(x: float, y: float) -> Any:
        return function(complex(x, y), *fixed).imag

    for z in POINTS[:5]:
        expected = mp.diff(lambda z: MPMATH[name](z, *map(mp.mpc, fixed)), mp.mpc(z), 2)
        for part, direction in ((real, (0, 1)), (imag, (1, 0))):
            by_x = minitorch.grad(minitorch.grad(part, direction[0]), direction[1])(z.real, z.imag)
            # d²u/dxdy = -Im f'', d²v/dydx = Re f''
            exact = float(-expected.imag if part is real else expected.real)
            assert abs(by_x - exact) <= 1e-12 * float(abs(expected)) + 1e-30


@pytest.mark.parametrize("name", [name for name in BETWEEN_COMPLEX if name not in ("Mul", "TrueDiv", "Pow")])
@pytest.mark.parametrize("side", [0.0, -0.0])
def test_derivatives_on_both_sides_of_branch_cuts(name: str, side: float) -> None:
    function, step = plain_function(name), 1e-5
    for x in (-2.5, -0.5, 0.4, 1.8):
        along_real = derivative_of(function, [complex(x, side)], 0)
        difference = (function(complex(x + step, side)) - function(complex(x - step, side))) / (2 * step)
        assert abs(along_real - difference) <= 1e-8 * (1 + abs(difference)), x
        along_imaginary = derivative_of(function, [complex(side, x)], 0)
        difference = (function(complex(side, x + step)) - function(complex(side, x - step))) / (2 * step) / 1j
        assert abs(along_imaginary - difference) <= 1e-8 * (1 + abs(difference)), x


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("operation", OPERATORS, ids=lambda f: f.__name__)
def test_derivatives_of_a_real_and_a_complex_operand(operation: Callable[..., Any], swapped: bool) -> None:
    def function(x: Any, u: Any, v: Any) -> Any:
        z = complex(u, v) if isinstance(u, float) else mp.mpc(u, v)
        return operation(z, x) if swapped else operation(x, z)

    for x in (0.7, 2.5):
        for z in POINTS[:5]:
            point = x, z.real, z.imag
            for place, order in enumerate(((1, 0, 0), (0, 1, 0), (0, 0, 1))):
                expected = mp.diff(function, tuple(map(mp.mpf, point)), order)
                real = minitorch.grad(lambda *parts: function(*parts).real, place)(*point)
                imag = minitorch.grad(lambda *parts: function(*parts).imag, place)(*point)
                assert_near(complex(real, imag), expected, 1e-12)
            expected = mp.diff(function, tuple(map(mp.mpf, point)), (1, 1, 0))
            mixed = minitorch.grad(minitorch.grad(lambda *parts: function(*parts).real, 0), 1)(*point)
            assert abs(mixed - float(expected.real)) <= 1e-12 * float(abs(expected)) + 1e-14


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("operation", OPERATORS[:4], ids=lambda f: f.__name__)
def test_a_real_operand_chooses_the_side_of_a_branch_cut_as_python_does(
    operation: Callable[..., Any], swapped: bool
) -> None:
    def function(x: float) -> Any:
        return cmath.sqrt(operation(other, x) if swapped else operation(x, other)).imag

    for other in (0j, -0j, complex(-1.0, 0.0), complex(-1.0, -0.0), complex(2.0, -0.0), complex(-0.0, 1.0)):
        for x in (-4.0, 3.0):
            if swapped or operation is not operator.truediv or other:
                value, slope = minitorch.value_and_grad(function)(x)
                assert value == function(x), (other, x)
                if abs(value) > 1e-3:
                    difference = (function(x + 1e-6) - function(x - 1e-6)) / 2e-6
                    assert abs(slope - difference) <= 1e-8 * (1 + abs(difference)), (other, x)


def test_where_derivatives_are_infinite() -> None:
    slope = minitorch.grad(lambda x: cmath.sqrt(x).real)
    assert slope(0.0) == math.inf and slope(4.0) == 0.25
    assert minitorch.grad(lambda x: cmath.asin(x).real)(1.0) == math.inf
    assert minitorch.grad(lambda x: cmath.acos(x).real)(1.0) == -math.inf
    assert minitorch.grad(lambda x: (complex(x, 0.0) ** 0.5).real)(0.0) == math.inf
    assert minitorch.grad(lambda x: (complex(x, 0.0) ** 2).real)(0.0) == 0.0
    assert minitorch.grad(lambda x: (complex(x, 0.0) ** 0).real)(0.0) == 0.0
    assert minitorch.grad(lambda x: abs(complex(x, 0.0)))(0.0) == 0.0
    assert minitorch.grad(lambda y: (0j ** complex(y, 0.0)).real)(2.0) == 0.0
    assert minitorch.grad(lambda x: cmath.tan(complex(x, 800.0)).imag)(1.0) == 0.0
    assert math.isnan(minitorch.grad(lambda y: cmath.phase(complex(0.0, y)))(0.0))


def test_derivatives_of_length_angle_and_rect() -> None:
    def turned(x: float, y: float) -> float:
        length, angle = cmath.polar(complex(x, y))
        z = cmath.rect(length * 2, angle + 0.25)
        return abs(z) + z.real * cmath.phase(z) + z.imag

    def expected(x: Any, y: Any) -> Any:
        z = 2 * mp.mpc(x, y) * mp.expj(mp.mpf("0.25"))
        return abs(z) + z.real * mp.arg(z) + z.imag

    for x, y in ((0.3, 0.7), (-1.5, 2.0), (-0.2, -0.9)):
        value, slopes = minitorch.value_and_grad(turned, (0, 1))(x, y)
        assert value == turned(x, y)
        for found, order in zip(slopes, ((1, 0), (0, 1)), strict=True):
            assert_near(found, mp.diff(expected, (mp.mpf(x), mp.mpf(y)), order))


@given(st.floats(1e-3, 1e3), st.sampled_from([1.0, -1.0]), st.floats(0.1, 3.0))
def test_length_of_a_power_of_any_base(size: float, sign: float, exponent: float) -> None:
    x = size * sign
    value, (by_base, by_exponent) = minitorch.value_and_grad(lambda x, n: abs(x**n), (0, 1))(x, exponent)
    assert value == abs(x**exponent)
    assert by_base == pytest.approx(exponent * abs(x) ** (exponent - 1) * math.copysign(1, x), rel=1e-12)
    if x > 0 or exponent != int(exponent):
        assert by_exponent == pytest.approx(abs(x) ** exponent * math.log(abs(x)), rel=1e-9, abs=1e-12)


def mandelbrot_distance(x: float, y: float) -> float:
    """How far the orbit of a point is after a few steps; plain Python on complex numbers."""
    c = z = complex(x, y)
    for _ in range(5):
        z = z * z + c
    return abs(z)


def cubic_root(p: float, q: float) -> float:
    """Cardano's formula through three complex roots."""
    u = (-q / 2 + cmath.sqrt(q**2 / 4 + p**3 / 27)) ** (1 / 3)
    turns = (1, cmath.rect(1.0, 2 * math.pi / 3), cmath.exp(-2j * math.pi / 3))
    return max((u * turn - p / (3 * u * turn)).real for turn in turns)


@pytest.mark.parametrize("function", [mandelbrot_distance, cubic_root], ids=lambda f: f.__name__)
def test_programs_on_complex_numbers(function: Callable[[float, float], float]) -> None:
    for x, y in ((-0.4, 0.3), (-2.0, 0.5)):
        value, slopes = minitorch.value_and_grad(function, (0, 1))(x, y)
        assert value == function(x, y)
        for index, slope in enumerate(slopes):
            assert slope == pytest.approx(minitorch.central_difference(function, x, y, arg=index), rel=1e-6)
