"""THE table: one row per primitive, with its plain function and its partial derivatives as plain Python.

    rule("Sin", math.sin, lambda x, y: math.cos(x))

A partial takes the inputs and the output and gives the derivative by one input. Everything that needs a derivative
(backward, derivatives of derivatives, machine code, the tests) takes it from here; nobody writes one twice.
At kinks a partial follows the branch that Python took, and it never raises: what is infinite is `inf`.
`math` minus the rows minus `PASS_THROUGH` is empty.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from minitorch import operators
from minitorch.rules import special

__all__ = ["PASS_THROUGH", "RULES", "Gradient", "Partial", "Rule"]

Partial = Callable[..., Any]
Gradient = Callable[[Sequence[Any], Any], Sequence[Any]]


@dataclass(frozen=True)
class Rule:
    """One primitive.

    Args:
        name: the name of its Function class.
        function: the plain operation, called with the inputs one by one.
        partials: one per input, called as `partial(*inputs, output)`.
        gradient: instead of partials, for any number of inputs: `gradient(inputs, output)` gives all of them.
        callables: the plain callables that this row stands for.
        flatten_arguments: turns the arguments of such a callable into inputs, where they are not the inputs already.
        iterable_arguments: how many leading arguments of such a callable are iterables of inputs.
        in_place: what an augmented assignment does, for operators.
        dispatches: whether Python asks the operands what to do (`*`), or wants plain numbers (`math.sin`).
        indicator: whether the output is true or false.
    """

    name: str
    function: Callable[..., Any]
    partials: tuple[Partial, ...] = ()
    gradient: Gradient | None = None
    callables: tuple[Callable[..., Any], ...] = ()
    flatten_arguments: Callable[..., Sequence[Any]] | None = None
    iterable_arguments: int = 0
    in_place: Callable[[Any, Any], Any] | None = None
    dispatches: bool = False
    indicator: bool = False

    def partials_at(
        self,
        wanted: Sequence[int],
        inputs: Sequence[Any],
        output: Any,
        through: Callable[[Partial], Partial] = lambda partial: partial,
    ) -> list[Any]:
        """Evaluate the partial derivatives by some of the inputs.

        Args:
            wanted: the positions of those inputs; no other partial is evaluated.
            inputs: all inputs.
            output: what the function gave.
            through: what a partial goes through before it is called, such as a rewriter.

        >>> RULES["Mul"].partials_at([0], [2.0, 3.0], 6.0)
        [3.0]
        """
        if self.gradient is not None:
            every = through(self.gradient)(inputs, output)
            return [every[index] for index in wanted]
        return [through(self.partials[index])(*inputs, output) for index in wanted]


RULES: dict[str, Rule] = {}

newer_math: Any = math
"""`math` with functions that not every Python has, which hasattr must find first."""


def rule(name: str, function: Callable[..., Any], *partials: Partial, **details: Any) -> None:
    """Add a row; unless it says otherwise it stands for its own function."""
    details.setdefault("callables", (function,))
    RULES[name] = Rule(name, function, partials, **details)


def one(*_: Any) -> float:
    """The partial derivative of a sum."""
    return 1.0


def zero(*_: Any) -> float:
    """The partial derivative of what is constant between its jumps."""
    return 0.0


def ones(inputs: Sequence[Any], output: Any) -> list[float]:
    """The partial derivatives of a sum of any length."""
    return [1.0] * len(inputs)


def summands(values: Sequence[Any], start: Any = 0) -> Sequence[Any]:
    """The inputs of `sum`: the start as well, unless it is a 0 that changes nothing, as it changes -0.0 to 0.0."""
    changes_nothing = type(start) is int and start == 0 and values and isinstance(values[0], float) and values[0]
    return values if changes_nothing else (start, *values)


# -- operators of the language -----------------------------------------------------------------------------------------

rule("Add", operator.add, one, one, in_place=operator.iadd, dispatches=True)
rule("Sub", operator.sub, one, lambda x, y, z: -1.0, in_place=operator.isub, dispatches=True)
rule("Mul", operator.mul, lambda x, y, z: y, lambda x, y, z: x, in_place=operator.imul, dispatches=True)
rule(
    "TrueDiv", operator.truediv, lambda x, y, z: 1.0 / y, lambda x, y, z: -z / y,
    in_place=operator.itruediv, dispatches=True,
)  # fmt: skip
rule("FloorDiv", operator.floordiv, zero, zero, in_place=operator.ifloordiv, dispatches=True)
rule("Mod", operator.mod, one, lambda x, y, z: -(x // y), in_place=operator.imod, dispatches=True)
rule(
    "Pow", pow, special.power_by_base, special.power_by_exponent,
    callables=(pow, operator.pow), in_place=operator.ipow, dispatches=True,
)  # fmt: skip
rule("Neg", operator.neg, lambda x, y: -1.0, dispatches=True)
rule("Pos", operator.pos, one, dispatches=True)
rule("Abs", operator.abs, lambda x, y: special.sign(x), callables=(abs, operator.abs), dispatches=True)
rule("Round", round, zero, zero, callables=(), dispatches=True)
rule(
    "Sum", lambda *values: sum(values[1:], *values[:1]), gradient=ones, dispatches=True,
    callables=(sum,), flatten_arguments=summands, iterable_arguments=1,
)  # fmt: skip

rule("LT", operator.lt, zero, zero, dispatches=True, indicator=True)
rule("LE", operator.le, zero, zero, dispatches=True, indicator=True)
rule("GT", operator.gt, zero, zero, dispatches=True, indicator=True)
rule("GE", operator.ge, zero, zero, dispatches=True, indicator=True)
rule("EQ", operator.eq, zero, zero, dispatches=True, indicator=True)
rule("NE", operator.ne, zero, zero, dispatches=True, indicator=True)

# -- powers and logarithms ---------------------------------------------------------------------------------------------

rule("Exp", math.exp, lambda x, y: y)
rule("Expm1", math.expm1, lambda x, y: math.exp(x))
rule(
    "Log", math.log,
    lambda x, *base_and_output: 1.0 / x if len(base_and_output) == 1 else 1.0 / math.log(base_and_output[0]) / x,
    lambda x, base, y: -y / math.log(base) / base,
)  # fmt: skip
rule("Log2", math.log2, lambda x, y: math.log2(math.e) / x)
rule("Log10", math.log10, lambda x, y: math.log10(math.e) / x)
rule("Log1p", math.log1p, lambda x, y: 1.0 / (1.0 + x))
rule("MathPow", math.pow, special.power_by_base, special.power_by_exponent)
rule("Sqrt", math.sqrt, lambda x, y: 0.5 / y if y else math.inf)
if hasattr(math, "cbrt"):
    rule("Cbrt", math.cbrt, lambda x, y: 1.0 / (3.0 * y * y) if y else math.inf)
if hasattr(math, "exp2"):
    rule("Exp2", math.exp2, lambda x, y: y * math.log(2.0))

# -- trigonometry ------------------------------------------------------------------------------------------------------

rule("Sin", math.sin, lambda x, y: math.cos(x))
rule("Cos", math.cos, lambda x, y: -math.sin(x))
rule("Tan", math.tan, lambda x, y: 1.0 + y * y)
rule("Asin", math.asin, lambda x, y: special.inverse_root(1.0 - x, 1.0 + x))
rule("Acos", math.acos, lambda x, y: -special.inverse_root(1.0 - x, 1.0 + x))
rule("Atan", math.atan, lambda x, y: special.inverse_of_one_plus_square(x))
rule(
    "Atan2", math.atan2,
    lambda y, x, angle: special.over_squared_norm(x, y, x),
    lambda y, x, angle: special.over_squared_norm(-y, y, x),
)  # fmt: skip
rule("Sinh", math.sinh, lambda x, y: math.cosh(x))
rule("Cosh", math.cosh, lambda x, y: math.sinh(x))
rule("Tanh", math.tanh, lambda x, y: special.sech_squared(x))
rule("Asinh", math.asinh, lambda x, y: 1.0 / math.hypot(1.0, x))
rule("Acosh", math.acosh, lambda x, y: special.inverse_root(x - 1.0, x + 1.0))
rule("Atanh", math.atanh, lambda x, y: 1.0 / ((1.0 - x) * (1.0 + x)))
rule("Degrees", math.degrees, lambda x, y: math.degrees(1.0))
rule("Radians", math.radians, lambda x, y: math.radians(1.0))

# -- sums, products and distances of any length ------------------------------------------------------------------------


def dist(*coordinates: Any) -> float:
    """`math.dist` of a point and another, one after the other."""
    half = len(coordinates) // 2
    return math.dist(coordinates[:half], coordinates[half:])


def gradient_of_hypot(inputs: Sequence[Any], output: Any) -> list[Any]:
    """Along the vector; zero where it has no length."""
    return [x / output if output else 0.0 for x in inputs]


def gradient_of_dist(inputs: Sequence[Any], output: Any) -> list[Any]:
    """Along the line between the points; zero where they are one."""
    half = len(inputs) // 2
    along = [(x - y) / output if output else 0.0 for x, y in zip(inputs[:half], inputs[half:], strict=True)]
    return [*along, *(-component for component in along)]


def two_points(p: Any, q: Any) -> tuple[Any, ...]:
    """The coordinates of both points of `math.dist`."""
    if len(p) != len(q):
        raise ValueError("both points must have the same number of dimensions")
    return (*p, *q)


rule("Hypot", math.hypot, gradient=gradient_of_hypot)
rule(
    "Dist", dist, gradient=gradient_of_dist, callables=(math.dist,), flatten_arguments=two_points, iterable_arguments=2
)
rule(
    "Fsum", lambda *values: math.fsum(values), gradient=ones,
    callables=(math.fsum,), flatten_arguments=lambda values: tuple(values), iterable_arguments=1,
)  # fmt: skip
rule(
    "Prod", lambda start, *values: math.prod(values, start=start), dispatches=True,
    gradient=lambda inputs, output: special.products_of_others(inputs),
    callables=(math.prod,), flatten_arguments=lambda values, *, start=1: (start, *values), iterable_arguments=1,
)  # fmt: skip
if hasattr(math, "sumprod"):

    def sumprod(*values: Any) -> Any:
        """`math.sumprod` of two vectors, one after the other."""
        half = len(values) // 2
        return newer_math.sumprod(values[:half], values[half:])

    def two_vectors(p: Any, q: Any) -> tuple[Any, ...]:
        """The elements of both vectors of `math.sumprod`."""
        if len(p) != len(q):
            raise ValueError("Inputs are not the same length")
        return (*p, *q)

    rule(
        "Sumprod", sumprod, dispatches=True,
        gradient=lambda inputs, output: [*inputs[len(inputs) // 2 :], *inputs[: len(inputs) // 2]],
        callables=(newer_math.sumprod,), flatten_arguments=two_vectors, iterable_arguments=2,
    )  # fmt: skip
if hasattr(math, "fma"):
    rule("Fma", newer_math.fma, lambda x, y, z, output: y, lambda x, y, z, output: x, one)

# -- remainders, signs and the parts of a float ------------------------------------------------------------------------

rule("Fmod", math.fmod, one, lambda x, y, z: -special.whole_quotient(x, y, z))
rule("Remainder", math.remainder, one, lambda x, y, z: -special.whole_quotient(x, y, z))
rule("Copysign", math.copysign, lambda x, y, z: special.sign(x) * math.copysign(1.0, y), zero)
rule("Fabs", math.fabs, lambda x, y: special.sign(x))
rule("ModfFraction", lambda x: math.modf(x)[0], one, callables=())
rule("ModfWhole", lambda x: math.modf(x)[1], zero, callables=())
rule("FrexpMantissa", lambda x: math.frexp(x)[0], lambda x, y: y / x if x else 1.0, callables=())
rule("Ldexp", math.ldexp, lambda x, i, y: special.power_of_two(i))
rule(
    "Nextafter", lambda x, y, *steps: newer_math.nextafter(x, y, **({"steps": steps[0]} if steps else {})),
    one, zero, zero,
    callables=(math.nextafter,),
    flatten_arguments=lambda x, y, *, steps=None: (x, y) if steps is None else (x, y, steps),
)  # fmt: skip
rule("Ulp", math.ulp, zero)
rule("IsNan", math.isnan, zero, indicator=True)
rule("IsInf", math.isinf, zero, indicator=True)
rule("IsFinite", math.isfinite, zero, indicator=True)
rule(
    "IsClose", lambda a, b, rel, absolute: math.isclose(a, b, rel_tol=rel, abs_tol=absolute), zero, zero, zero, zero,
    callables=(math.isclose,), flatten_arguments=lambda a, b, *, rel_tol=1e-09, abs_tol=0.0: (a, b, rel_tol, abs_tol),
    indicator=True,
)  # fmt: skip

# -- special functions -------------------------------------------------------------------------------------------------

rule("Erf", math.erf, lambda x, y: 2.0 / math.sqrt(math.pi) * special.exp_of_minus_square(x))
rule("Erfc", math.erfc, lambda x, y: -2.0 / math.sqrt(math.pi) * special.exp_of_minus_square(x))
rule("Gamma", math.gamma, lambda x, y: y * special.digamma(x))
rule("Lgamma", math.lgamma, lambda x, y: special.digamma(x))
rule("Sigmoid", operators.sigmoid, lambda x, y: y * operators.sigmoid(-x))
rule("ReLU", operators.relu, lambda x, y: 1.0 if x > 0 else 0.0)
rule("Inv", operators.inv, lambda x, y: -y / x)

PASS_THROUGH: dict[str, str] = {
    **dict.fromkeys(("e", "pi", "tau", "inf", "nan"), "a constant"),
    **dict.fromkeys(("floor", "ceil", "trunc"), "asks the Scalar itself, which answers with a plain int"),
    **dict.fromkeys(("comb", "factorial", "gcd", "isqrt", "lcm", "perm"), "takes integers only"),
    "modf": "the pair of ModfFraction and ModfWhole",
    "frexp": "FrexpMantissa and a plain int",
}
