"""The table of complex functions: each with its complex derivative as plain Python.

    complex_rule("Sin", cmath.sin, lambda z: cmath.cos(z))

A holomorphic function has one derivative for both parts of its argument (Cauchy-Riemann): with f'(z) = p + qi the real
part of f changes by (p, -q), the imaginary part by (q, p). So a row is all there is to know of a function.
A derivative takes the inputs. Where it is infinite it says so; where Python raises instead, `derivative_at` does.
`cmath` minus the rows minus `COMPLEX_PASS_THROUGH` is empty.
"""

from __future__ import annotations

import cmath
import math
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from minitorch.rules import special
from minitorch.rules.lifting import helpers
from minitorch.rules.real import Rule, gradient_of_hypot, zero

__all__ = ["COMPLEX_PASS_THROUGH", "COMPLEX_RULES", "PART_RULES", "REALS_STAY_REAL", "ComplexRule", "derivative_at"]

Derivative = Callable[..., Any]

POLE: Final = complex(math.inf, math.nan)
"""The derivative where it grows beyond bounds: along the real axis infinite, along others who knows."""

UNKNOWN: Final = complex(math.nan, math.nan)


@dataclass(frozen=True)
class ComplexRule:
    """One function of complex numbers with a complex result.

    Args:
        name: its name in `COMPLEX_RULES`.
        function: the plain operation, called with complex numbers.
        derivatives: one per input, called as `derivative(*inputs)`.
        callables: the plain callables that this row stands for.
        real: whether the first input is a real number, which Python does not make complex.
    """

    name: str
    function: Callable[..., complex]
    derivatives: tuple[Derivative, ...]
    callables: tuple[Callable[..., Any], ...]
    real: bool = False


COMPLEX_RULES: dict[str, ComplexRule] = {}


REALS_STAY_REAL: Final = math.copysign(1.0, (0.0 + complex(0.0, -0.0)).imag) < 0.0
"""Whether arithmetic of a real and a complex number leaves the real one without an imaginary part, as C99 does it.

So it is from Python 3.14 on; before, `x + z` was `complex(x, 0.0) + z`.
"""


def complex_rule(name: str, function: Callable[..., Any], *derivatives: Derivative, real: bool = False) -> None:
    """Add a row; operators stand for no callable, Python finds them by the operands."""
    callables = () if function.__module__ == "_operator" else (function,)
    COMPLEX_RULES[name] = ComplexRule(name, function, derivatives, callables, real)


def derivative_at(derivative: Derivative, inputs: Sequence[Any]) -> Any:
    """Evaluate a derivative; it is nan where Python raises on the way, mostly beyond the largest float.

    >>> derivative_at(lambda z: cmath.exp(z), [1000.0])
    (nan+nanj)
    """
    try:
        return derivative(*inputs)
    except (ArithmeticError, ValueError):
        return UNKNOWN


def reciprocal(z: complex) -> complex:
    """Return 1 / z, infinite at 0."""
    return 1.0 / z if z else POLE


def power_by_base(z: complex, exponent: complex) -> complex:
    """Return the derivative of z ** exponent by z: 0 where the exponent is, infinite where z is 0 and it is below 1."""
    if not exponent:
        return 0j
    if not z and exponent.real < 1.0:
        return POLE
    return exponent * z ** (exponent - 1.0)


def power_by_exponent(z: complex, exponent: complex) -> complex:
    """Return the derivative of z ** exponent by the exponent: 0 where z is 0 and the exponent positive."""
    if not z:
        return 0j if exponent.real > 0.0 else UNKNOWN
    return z**exponent * cmath.log(z)


def inverse_root(z: complex, w: complex) -> complex:
    """Return 1 / (sqrt(z) * sqrt(w)), on each side of the branch cuts as `cmath` has it; infinite where one is 0."""
    return reciprocal(cmath.sqrt(z) * cmath.sqrt(w))


def times_i(z: complex) -> complex:
    """Return i * z with the signs of its zeros, which choose the side of a branch cut."""
    return complex(-z.imag, z.real)


def shifted(z: complex, by: float) -> complex:
    """Return z + by with the sign of its imaginary zero."""
    return complex(z.real + by, z.imag)


def inverse_square(function: Derivative, z: complex, along: float) -> complex:
    """Return 1 / f(z) ** 2 for a function that grows as exp(|along|), so that it soon is below the smallest float."""
    if abs(along) > 400.0:
        return 0j
    grown: complex = function(z)
    return 1.0 / grown / grown


helpers(inverse_root, inverse_square, reciprocal, shifted, times_i)


# -- operators; sums, differences, signs, and products and quotients by a real number are those of the parts -----------

complex_rule("Mul", operator.mul, lambda z, w: w, lambda z, w: z)
complex_rule("TrueDiv", operator.truediv, lambda z, w: 1.0 / w, lambda z, w: -(z / w) / w)
complex_rule("RealTrueDiv", operator.truediv, lambda x, w: 1.0 / w, lambda x, w: -(x / w) / w, real=True)
complex_rule("Pow", operator.pow, power_by_base, power_by_exponent)

# -- functions ---------------------------------------------------------------------------------------------------------

complex_rule("Exp", cmath.exp, lambda z: cmath.exp(z))
complex_rule(
    "Log", cmath.log,
    lambda z, *base: 1.0 / z / cmath.log(base[0]) if base else 1.0 / z,
    lambda z, base: -cmath.log(z) / cmath.log(base) / cmath.log(base) / base,
)  # fmt: skip
complex_rule("Log10", cmath.log10, lambda z: math.log10(math.e) / z)
complex_rule("Sqrt", cmath.sqrt, lambda z: reciprocal(2.0 * cmath.sqrt(z)))
complex_rule("Sin", cmath.sin, lambda z: cmath.cos(z))
complex_rule("Cos", cmath.cos, lambda z: -cmath.sin(z))
complex_rule("Tan", cmath.tan, lambda z: inverse_square(cmath.cos, z, z.imag))
complex_rule("Asin", cmath.asin, lambda z: inverse_root(shifted(-z, 1.0), shifted(z, 1.0)))
complex_rule("Acos", cmath.acos, lambda z: -inverse_root(shifted(-z, 1.0), shifted(z, 1.0)))
complex_rule("Atan", cmath.atan, lambda z: 1.0 / (1.0 + times_i(z)) / (1.0 - times_i(z)))
complex_rule("Sinh", cmath.sinh, lambda z: cmath.cosh(z))
complex_rule("Cosh", cmath.cosh, lambda z: cmath.sinh(z))
complex_rule("Tanh", cmath.tanh, lambda z: inverse_square(cmath.cosh, z, z.real))
complex_rule("Asinh", cmath.asinh, lambda z: inverse_root(shifted(times_i(z), 1.0), shifted(-times_i(z), 1.0)))
complex_rule("Acosh", cmath.acosh, lambda z: inverse_root(shifted(z, -1.0), shifted(z, 1.0)))
complex_rule("Atanh", cmath.atanh, lambda z: 1.0 / (1.0 - z) / (1.0 + z))

# -- functions with a real result, or of real arguments: ordinary rows, of the parts one by one ------------------------

PART_RULES: dict[str, Rule] = {}


def part_rule(name: str, function: Callable[..., Any], *partials: Derivative, **details: Any) -> None:
    """Add a row of a real function of real and imaginary parts."""
    PART_RULES[name] = Rule(name, function, partials, **details)


def zeros(inputs: Sequence[Any], output: Any) -> list[float]:
    """Return the partial derivatives of what is constant between its jumps."""
    return [0.0] * len(inputs)


def number_of(parts: Sequence[Any]) -> Any:
    """Return the number that one or two parts make: a real one as it is, such as an int beyond the floats."""
    return complex(*parts) if len(parts) == 2 else parts[0]


part_rule("ComplexAbs", lambda x, y: abs(complex(x, y)), gradient=gradient_of_hypot)
part_rule(
    "ComplexPhase", lambda x, y: math.atan2(y, x),  # `cmath.phase` and `cmath.polar` differ in what they refuse
    lambda x, y, angle: special.over_squared_norm(-y, y, x),
    lambda x, y, angle: special.over_squared_norm(x, y, x),
)  # fmt: skip
part_rule(
    "RectReal", lambda r, phi: cmath.rect(r, phi).real,
    lambda r, phi, x: special.cosine(phi), lambda r, phi, x: -r * special.sine(phi),
)  # fmt: skip
part_rule(
    "RectImag", lambda r, phi: cmath.rect(r, phi).imag,
    lambda r, phi, y: special.sine(phi), lambda r, phi, y: r * special.cosine(phi),
)  # fmt: skip
part_rule("ComplexEQ", lambda x, y, *w: complex(x, y) == number_of(w), gradient=zeros, indicator=True)
part_rule("ComplexNE", lambda x, y, *w: complex(x, y) != number_of(w), gradient=zeros, indicator=True)
part_rule("ComplexIsNan", lambda x, y: cmath.isnan(complex(x, y)), zero, zero, indicator=True)
part_rule("ComplexIsInf", lambda x, y: cmath.isinf(complex(x, y)), zero, zero, indicator=True)
part_rule("ComplexIsFinite", lambda x, y: cmath.isfinite(complex(x, y)), zero, zero, indicator=True)
part_rule(
    "ComplexIsClose",
    lambda x, y, u, v, rel, absolute: cmath.isclose(complex(x, y), complex(u, v), rel_tol=rel, abs_tol=absolute),
    gradient=zeros, indicator=True,
)  # fmt: skip

COMPLEX_PASS_THROUGH: dict[str, str] = {
    **dict.fromkeys(("e", "pi", "tau", "inf", "nan", "infj", "nanj"), "a constant"),
    "phase": "ComplexPhase",
    "polar": "the pair of ComplexAbs and ComplexPhase",
    "rect": "RectReal and RectImag",
    "isnan": "ComplexIsNan",
    "isinf": "ComplexIsInf",
    "isfinite": "ComplexIsFinite",
    "isclose": "ComplexIsClose",
}
"""What of `cmath` has no row of its own, and what it is instead."""
