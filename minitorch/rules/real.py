"""THE table: one row per primitive, with its plain function and its partial derivatives as plain Python.

    rule("Sin", math.sin, lambda x, y: math.cos(x), libm="sin", numpy=("sin",))

A partial takes the inputs and the output and gives the derivative by one input. Everything that needs a derivative
(backward, derivatives of derivatives, machine code, the tests) takes it from here; nobody writes one twice.
At kinks a partial follows the branch that Python took, and it never raises: what is infinite is `inf`.
`math` minus the rows minus `PASS_THROUGH` is empty.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import Any

from minitorch import operators
from minitorch.rules import special
from minitorch.rules.rule import RULES, Gradient, Partial, Rule, rule

__all__ = ["PASS_THROUGH", "RULES", "Gradient", "Partial", "Rule"]

newer_math: Any = math
"""`math` with functions that not every Python has, which hasattr must find first."""


def one(*_: Any) -> float:
    """Return the partial derivative of a sum."""
    return 1.0


def zero(*_: Any) -> float:
    """Return the partial derivative of what is constant between its jumps."""
    return 0.0


def ones(inputs: Sequence[Any], output: Any) -> list[float]:
    """Return the partial derivatives of a sum of any length."""
    return [1.0] * len(inputs)


def summands(values: Sequence[Any], start: Any = 0) -> Sequence[Any]:
    """Return the inputs of `sum`, with the start unless it is a 0 that changes nothing, as it changes -0.0 to 0.0."""
    changes_nothing = type(start) is int and start == 0 and values and isinstance(values[0], float) and values[0]
    return values if changes_nothing else (start, *values)


# -- operators of the language -----------------------------------------------------------------------------------------

rule(
    "Add", operator.add, one, one, in_place=operator.iadd, dispatches=True, never_raises=True, keeps_int=True,
    numpy=("add",), ulps=0.5,
)  # fmt: skip
rule(
    "Sub", operator.sub, one, lambda x, y, z: -1.0, in_place=operator.isub, dispatches=True, never_raises=True,
    keeps_int=True, numpy=("subtract",), ulps=0.5,
)  # fmt: skip
rule(
    "Mul", operator.mul, lambda x, y, z: y, lambda x, y, z: x, in_place=operator.imul, dispatches=True,
    never_raises=True, keeps_int=True, numpy=("multiply",), ulps=0.5,
)  # fmt: skip
rule(
    "TrueDiv", operator.truediv, lambda x, y, z: 1.0 / y, lambda x, y, z: -z / y, in_place=operator.itruediv,
    dispatches=True, domain=lambda x, y: y != 0, numpy=("divide",), ulps=0.5,
)  # fmt: skip
rule(
    "FloorDiv", operator.floordiv, zero, zero, in_place=operator.ifloordiv, dispatches=True, domain=lambda x, y: y != 0,
    keeps_int=True, numpy=("floor_divide",), ulps=0.5,
)  # fmt: skip
rule(
    "Mod", operator.mod, one, lambda x, y, z: -(x // y), in_place=operator.imod, dispatches=True,
    domain=lambda x, y: y != 0, keeps_int=True, numpy=("remainder",), ulps=0.5,
)  # fmt: skip
rule(
    "Pow", pow, special.power_by_base, special.power_by_exponent, callables=(pow, operator.pow), in_place=operator.ipow,
    dispatches=True, libm="pow", numpy=("power",),
)  # fmt: skip
rule(
    "Neg", operator.neg, lambda x, y: -1.0, dispatches=True, never_raises=True, keeps_int=True, numpy=("negative",),
    ulps=0,
)  # fmt: skip
rule("Pos", operator.pos, one, dispatches=True, never_raises=True, keeps_int=True, numpy=("positive",), ulps=0)
rule(
    "Abs", operator.abs, lambda x, y: special.sign(x), callables=(abs, operator.abs), dispatches=True,
    never_raises=True, keeps_int=True, numpy=("absolute",), ulps=0,
)  # fmt: skip
rule("Round", round, zero, zero, callables=(), dispatches=True, int_input=1, ulps=0.5)
rule(
    "Sum", lambda *values: sum(values[1:], *values[:1]), gradient=ones, dispatches=True, callables=(sum,),
    flatten_arguments=summands, iterable_arguments=1, never_raises=True, keeps_int=True, ulps=0.5,
)  # fmt: skip

rule("LT", operator.lt, zero, zero, dispatches=True, indicator=True, never_raises=True, ulps=0)
rule("LE", operator.le, zero, zero, dispatches=True, indicator=True, never_raises=True, ulps=0)
rule("GT", operator.gt, zero, zero, dispatches=True, indicator=True, never_raises=True, ulps=0)
rule("GE", operator.ge, zero, zero, dispatches=True, indicator=True, never_raises=True, ulps=0)
rule("EQ", operator.eq, zero, zero, dispatches=True, indicator=True, never_raises=True, ulps=0)
rule("NE", operator.ne, zero, zero, dispatches=True, indicator=True, never_raises=True, ulps=0)

# -- powers and logarithms ---------------------------------------------------------------------------------------------

rule("Exp", math.exp, lambda x, y: y, libm="exp", numpy=("exp",))
rule("Expm1", math.expm1, lambda x, y: math.exp(x), libm="expm1", numpy=("expm1",))
rule(
    "Log", math.log,
    lambda x, *base_and_output: 1.0 / x if len(base_and_output) == 1 else 1.0 / math.log(base_and_output[0]) / x,
    lambda x, base, y: -y / math.log(base) / base, domain=lambda x, base=math.e: not (x <= 0 or base <= 0 or base == 1),
    libm="log", numpy=("log",),
)  # fmt: skip
rule("Log2", math.log2, lambda x, y: math.log2(math.e) / x, domain=lambda x: not x <= 0, libm="log2", numpy=("log2",))
rule(
    "Log10", math.log10, lambda x, y: math.log10(math.e) / x, domain=lambda x: not x <= 0, libm="log10",
    numpy=("log10",), ulps=2.0,
)  # fmt: skip
rule("Log1p", math.log1p, lambda x, y: 1.0 / (1.0 + x), domain=lambda x: not x <= -1, libm="log1p", numpy=("log1p",))
rule("MathPow", math.pow, special.power_by_base, special.power_by_exponent, libm="pow", numpy=("float_power",))
rule(
    "Sqrt", math.sqrt, lambda x, y: 0.5 / y if y else math.inf, domain=lambda x: not x < 0, libm="sqrt",
    numpy=("sqrt",), ulps=0.5,
)  # fmt: skip
if hasattr(math, "cbrt"):
    rule(
        "Cbrt", math.cbrt, lambda x, y: 1.0 / (3.0 * y * y) if y else math.inf, never_raises=True, libm="cbrt",
        ulps=4.0,
    )  # fmt: skip
if hasattr(math, "exp2"):
    rule("Exp2", math.exp2, lambda x, y: y * math.log(2.0), libm="exp2")

# -- trigonometry ------------------------------------------------------------------------------------------------------

rule("Sin", math.sin, lambda x, y: math.cos(x), domain=special.is_not_infinite, libm="sin", numpy=("sin",))
rule("Cos", math.cos, lambda x, y: -math.sin(x), domain=special.is_not_infinite, libm="cos", numpy=("cos",))
rule("Tan", math.tan, lambda x, y: 1.0 + y * y, domain=special.is_not_infinite, libm="tan", numpy=("tan",))
rule(
    "Asin", math.asin, lambda x, y: special.over_root_of_one_minus_square(x), domain=lambda x: not abs(x) > 1,
    libm="asin", numpy=("arcsin",),
)  # fmt: skip
rule(
    "Acos", math.acos, lambda x, y: -special.over_root_of_one_minus_square(x), domain=lambda x: not abs(x) > 1,
    libm="acos", numpy=("arccos",),
)  # fmt: skip
rule(
    "Atan", math.atan, lambda x, y: special.inverse_of_one_plus_square(x), never_raises=True, libm="atan",
    numpy=("arctan",),
)  # fmt: skip
rule(
    "Atan2", math.atan2, lambda y, x, angle: special.over_squared_norm(x, y, x),
    lambda y, x, angle: -special.over_squared_norm(y, y, x), never_raises=True, libm="atan2", numpy=("arctan2",),
)  # fmt: skip
rule("Sinh", math.sinh, lambda x, y: math.cosh(x), libm="sinh", numpy=("sinh",), ulps=2.0)
rule("Cosh", math.cosh, lambda x, y: math.sinh(x), libm="cosh", numpy=("cosh",), ulps=2.0)
rule("Tanh", math.tanh, lambda x, y: special.sech_squared(x), never_raises=True, libm="tanh", numpy=("tanh",), ulps=2.0)
rule(
    "Asinh", math.asinh, lambda x, y: 1.0 / math.hypot(1.0, x), never_raises=True, libm="asinh", numpy=("arcsinh",),
    ulps=2.0,
)  # fmt: skip
rule(
    "Acosh", math.acosh, lambda x, y: special.inverse_root(x - 1.0, x + 1.0), domain=lambda x: not x < 1, libm="acosh",
    numpy=("arccosh",), ulps=2.0,
)  # fmt: skip
rule(
    "Atanh", math.atanh, lambda x, y: special.over_one_minus_square(x), domain=lambda x: not abs(x) >= 1, libm="atanh",
    numpy=("arctanh",), ulps=2.0,
)  # fmt: skip
rule("Degrees", math.degrees, lambda x, y: math.degrees(1.0), never_raises=True, numpy=("degrees", "rad2deg"), ulps=1.5)
rule("Radians", math.radians, lambda x, y: math.radians(1.0), never_raises=True, numpy=("radians", "deg2rad"), ulps=1.5)

# -- sums, products and distances of any length ------------------------------------------------------------------------


def dist(*coordinates: Any) -> float:
    """`math.dist` of a point and another, one after the other."""
    half = len(coordinates) // 2
    return math.dist(coordinates[:half], coordinates[half:])


def gradient_of_hypot(inputs: Sequence[Any], output: Any) -> list[Any]:
    """Along the vector; zero where it has no length."""
    return special.direction_cosines(inputs, output)


def gradient_of_dist(inputs: Sequence[Any], output: Any) -> list[Any]:
    """Along the line between the points; zero where they are one."""
    half = len(inputs) // 2
    along = special.direction_cosines([x - y for x, y in zip(inputs[:half], inputs[half:], strict=True)], output)
    return [*along, *(-component for component in along)]


def two_points(p: Any, q: Any) -> tuple[Any, ...]:
    """Return the coordinates of both points of `math.dist`."""
    if len(p) != len(q):
        raise ValueError("both points must have the same number of dimensions")
    return (*p, *q)


rule(
    "DirectionCosine", special.direction_cosine, lambda x, r, rest, u: rest / r / r * (rest / r), zero,
    lambda x, r, rest, u: -u * (rest / r) / r, domain=lambda x, r, rest: r != 0, ulps=0.5,
)  # fmt: skip
rule("Hypot", math.hypot, gradient=gradient_of_hypot, never_raises=True, numpy=("hypot",))
rule(
    "Dist", dist, gradient=gradient_of_dist, callables=(math.dist,), flatten_arguments=two_points, iterable_arguments=2,
    never_raises=True,
)  # fmt: skip
rule(
    "Fsum", lambda *values: math.fsum(values), gradient=ones, callables=(math.fsum,),
    flatten_arguments=lambda values: tuple(values), iterable_arguments=1, ulps=0.5,
)  # fmt: skip
rule(
    "Prod", lambda start, *values: math.prod(values, start=start), dispatches=True,
    gradient=lambda inputs, output: special.products_of_others(inputs), callables=(math.prod,),
    flatten_arguments=lambda values, *, start=1: (start, *values), iterable_arguments=1, never_raises=True,
    keeps_int=True, ulps=0.5,
)  # fmt: skip
if hasattr(math, "sumprod"):

    def sumprod(*values: Any) -> Any:
        """`math.sumprod` of two vectors, one after the other."""
        half = len(values) // 2
        return newer_math.sumprod(values[:half], values[half:])

    def two_vectors(p: Any, q: Any) -> tuple[Any, ...]:
        """Return the elements of both vectors of `math.sumprod`."""
        if len(p) != len(q):
            raise ValueError("Inputs are not the same length")
        return (*p, *q)

    rule(
        "Sumprod", sumprod, dispatches=True,
        gradient=lambda inputs, output: [*inputs[len(inputs) // 2 :], *inputs[: len(inputs) // 2]],
        callables=(newer_math.sumprod,), flatten_arguments=two_vectors, iterable_arguments=2, ulps=0.5,
    )  # fmt: skip
if hasattr(math, "fma"):
    rule("Fma", newer_math.fma, lambda x, y, z, output: y, lambda x, y, z, output: x, one, ulps=0.5)

# -- remainders, signs and the parts of a float ------------------------------------------------------------------------

rule(
    "Fmod", math.fmod, one, lambda x, y, z: -special.whole_quotient(x, y, z), domain=special.has_remainder, libm="fmod",
    numpy=("fmod",), ulps=0,
)  # fmt: skip
rule(
    "Remainder", math.remainder, one, lambda x, y, z: -special.whole_quotient(x, y, z), domain=special.has_remainder,
    libm="remainder", ulps=0,
)  # fmt: skip
rule(
    "Copysign", math.copysign, lambda x, y, z: special.sign(x) * math.copysign(1.0, y), zero, never_raises=True,
    numpy=("copysign",), ulps=0,
)  # fmt: skip
rule("Fabs", math.fabs, lambda x, y: special.sign(x), never_raises=True, numpy=("fabs",), ulps=0)
rule("ModfFraction", lambda x: math.modf(x)[0], one, callables=(), never_raises=True, ulps=0)
rule("ModfWhole", lambda x: math.modf(x)[1], zero, callables=(), never_raises=True, ulps=0)
rule(
    "FrexpMantissa", lambda x: math.frexp(x)[0], lambda x, y: y / x if x else 1.0, callables=(), never_raises=True,
    ulps=0,
)  # fmt: skip
rule("Ldexp", math.ldexp, lambda x, i, y: special.power_of_two(i), int_input=1, numpy=("ldexp",), ulps=0.5)
rule(
    "Nextafter", lambda x, y, *steps: newer_math.nextafter(x, y, **({"steps": steps[0]} if steps else {})), one, zero,
    zero, callables=(math.nextafter,),
    flatten_arguments=lambda x, y, *, steps=None: (x, y) if steps is None else (x, y, steps), int_input=2,
    numpy=("nextafter",), ulps=0,
)  # fmt: skip
rule("Ulp", math.ulp, zero, never_raises=True, numpy=("spacing",), ulps=0)
rule("IsNan", math.isnan, zero, indicator=True, never_raises=True, numpy=("isnan",), ulps=0)
rule("IsInf", math.isinf, zero, indicator=True, never_raises=True, numpy=("isinf",), ulps=0)
rule("IsFinite", math.isfinite, zero, indicator=True, never_raises=True, numpy=("isfinite",), ulps=0)
rule(
    "IsClose", lambda a, b, rel, absolute: math.isclose(a, b, rel_tol=rel, abs_tol=absolute), zero, zero, zero, zero,
    callables=(math.isclose,), flatten_arguments=lambda a, b, *, rel_tol=1e-09, abs_tol=0.0: (a, b, rel_tol, abs_tol),
    indicator=True, domain=lambda a, b, rel, absolute: not (rel < 0 or absolute < 0), ulps=0,
)  # fmt: skip

# -- the larger, the smaller and the kind of a float, which not every Python has ---------------------------------------

if hasattr(math, "fmax"):
    rule(
        "Fmax", newer_math.fmax, lambda x, y, z: special.first_is_larger(x, y),
        lambda x, y, z: 1.0 - special.first_is_larger(x, y), never_raises=True, libm="fmax", ulps=0,
    )  # fmt: skip
    rule(
        "Fmin", newer_math.fmin, lambda x, y, z: special.first_is_smaller(x, y),
        lambda x, y, z: 1.0 - special.first_is_smaller(x, y), never_raises=True, libm="fmin", ulps=0,
    )  # fmt: skip
if hasattr(math, "signbit"):
    rule("SignBit", newer_math.signbit, zero, indicator=True, never_raises=True, ulps=0)
if hasattr(math, "isnormal"):
    rule("IsNormal", newer_math.isnormal, zero, indicator=True, never_raises=True, ulps=0)
    rule("IsSubnormal", newer_math.issubnormal, zero, indicator=True, never_raises=True, ulps=0)

# -- special functions -------------------------------------------------------------------------------------------------

rule(
    "Erf", math.erf, lambda x, y: 2.0 / math.sqrt(math.pi) * special.exp_of_minus_square(x), never_raises=True,
    libm="erf",
)  # fmt: skip
rule(
    "Erfc", math.erfc, lambda x, y: -2.0 / math.sqrt(math.pi) * special.exp_of_minus_square(x), never_raises=True,
    libm="erfc", ulps=5.0,
)  # fmt: skip
rule("Gamma", math.gamma, lambda x, y: y * special.digamma(x), ulps=10.0)
rule("Lgamma", math.lgamma, lambda x, y: special.digamma(x), ulps=20.0)
rule("Sigmoid", operators.sigmoid, lambda x, y: 0.25 * special.sech_squared(0.5 * x), never_raises=True, ulps=4.0)
rule("ReLU", operators.relu, lambda x, y: 1.0 if x > 0 else 0.0, never_raises=True, ulps=0)
rule("Inv", operators.inv, lambda x, y: -y / x, domain=lambda x: x != 0, numpy=("reciprocal",), ulps=0.5)

PASS_THROUGH: dict[str, str] = {
    **dict.fromkeys(("e", "pi", "tau", "inf", "nan"), "a constant"),
    **dict.fromkeys(("floor", "ceil", "trunc"), "asks the Scalar itself, which answers with a plain int"),
    **dict.fromkeys(("comb", "factorial", "gcd", "isqrt", "lcm", "perm"), "takes integers only"),
    "integer": "a module of functions of integers only",
    "modf": "the pair of ModfFraction and ModfWhole",
    "frexp": "FrexpMantissa and a plain int",
}
