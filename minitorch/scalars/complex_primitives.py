"""Two Functions for every row of the complex table: `ComplexExpReal` and `ComplexExpImag`, joined in `ComplexExp`.

>>> from minitorch.scalars.scalar import Scalar
>>> x = Scalar(0.5)
>>> z = ComplexExp.apply(complex_number(0.0, x))
>>> z.imag.backward()
>>> x.derivative == z.data.real, ComplexExp.apply(0j)
(True, (1+0j))
"""

from __future__ import annotations

import cmath
from collections.abc import Callable, Sequence
from typing import Any

from minitorch.autodiff.variable import Variable
from minitorch.rules.complex import COMPLEX_RULES, PART_RULES, REALS_STAY_REAL, ComplexRule, derivative_at
from minitorch.rules.lifting import rewritten
from minitorch.rules.real import Gradient, Rule
from minitorch.scalars.complex_scalar import ComplexScalar, is_operand, joined
from minitorch.scalars.float_protocol import COMPLEX, is_tracked, plain_value
from minitorch.scalars.primitives import RuleFunction
from minitorch.scalars.scalar import Indicator

__all__ = ["ComplexFunction", "complex_number"]


class ComplexFunction:
    """An operation on complex numbers: both parts of its result are Functions of the parts of its operands.

    Args:
        rule: its row of the table.

    Attributes:
        real: the Function of the real part.
        imag: the Function of the imaginary part.
    """

    def __init__(self, rule: ComplexRule) -> None:
        self.__name__ = f"Complex{rule.name}"
        self.rule = rule
        self.real = part_function(
            Rule(
                f"{self.__name__}Real",
                lambda *parts: rule.function(*numbers_of(parts)).real,
                gradient=gradient_of(rule, lambda slope: [slope.real, -slope.imag]),
            )
        )
        self.imag = part_function(
            Rule(
                f"{self.__name__}Imag",
                lambda *parts: rule.function(*numbers_of(parts)).imag,
                gradient=gradient_of(rule, lambda slope: [slope.imag, slope.real]),
            )
        )

    def apply(self, *operands: Any) -> Any:
        """Do the operation: on plain numbers plainly, on Scalars and complex ones with their histories."""
        if not all(map(is_operand, operands)):
            self.rule.function(*map(plain_value, operands))  # raises the usual TypeError for what is not a number
        parts = [part for operand in operands for part in parts_of(operand)]
        if self.rule.real:
            del parts[1]
        return joined(self.real.apply(*parts), self.imag.apply(*parts))

    def call(self, *operands: Any) -> Any:
        """Do what the row's plain callable does with the same arguments, on Scalars with their histories."""
        return self.apply(*operands) if any(map(is_tracked, operands)) else self.rule.function(*operands)


def parts_of(value: Any) -> tuple[Any, Any]:
    """Return the real and the imaginary part of any number.

    >>> parts_of(2), parts_of(1 - 2j)
    ((2.0, 0.0), (1.0, -2.0))
    """
    kind = type(value)
    if kind is Indicator:
        return value * 1.0, 0.0
    if issubclass(kind, Variable):
        return value, 0.0
    number = value if kind is ComplexScalar else complex(value)
    return number.real, number.imag


def numbers_of(parts: Sequence[Any]) -> list[Any]:
    """Return the complex numbers that parts make, two by two; where their number is odd, the first is a real one."""
    reals = len(parts) % 2
    pairs = zip(parts[reals::2], parts[reals + 1 :: 2], strict=True)
    return [*parts[:reals], *(joined(real, imag) for real, imag in pairs)]


def gradient_of(rule: ComplexRule, by_parts: Callable[[Any], list[Any]]) -> Gradient:
    """Make the gradient of one part of a complex function.

    Args:
        rule: the function.
        by_parts: gives, for a complex derivative, those of that part by the parts of the input.
    """

    def gradient(inputs: Sequence[Any], output: Any) -> list[Any]:
        operands = numbers_of(inputs)
        through = rewritten if any(map(is_tracked, operands)) else plainly
        derivatives = rule.derivatives[: len(operands)]
        slopes = [by_parts(derivative_at(through(derivative), operands)) for derivative in derivatives]
        if rule.real:
            del slopes[0][1]
        return [part for slope in slopes for part in slope]

    return gradient


def plainly(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a derivative as it is, for plain numbers."""
    return function


def part_function(rule: Rule) -> type[RuleFunction]:
    """Make the Function of a row of parts."""
    details = {"rule": rule, "__module__": __name__, "__doc__": f"{rule.name}, of real and imaginary parts."}
    return type(rule.name, (RuleFunction,), details)


FUNCTIONS = {f"Complex{name}": ComplexFunction(rule) for name, rule in COMPLEX_RULES.items()}
PARTS = {name: part_function(rule) for name, rule in PART_RULES.items()}
globals().update(FUNCTIONS)
__all__ += FUNCTIONS


def is_mixed(z: Any, w: Any) -> bool:
    """Return whether one of two numbers is real, and Python lets it be so in their sum."""
    return REALS_STAY_REAL and is_complex(z) is not is_complex(w)


def add(z: Any, w: Any) -> Any:
    """Return z + w, which Python adds part by part."""
    (x, y), (u, v) = parts_of(z), parts_of(w)
    if is_mixed(z, w):
        return joined(x + u, y if is_complex(z) else v)
    return joined(x + u, y + v)


def subtract(z: Any, w: Any) -> Any:
    """Return z - w, which Python subtracts part by part."""
    (x, y), (u, v) = parts_of(z), parts_of(w)
    if is_mixed(z, w):
        return joined(x - u, y if is_complex(z) else -v)
    return joined(x - u, y - v)


def multiply(z: Any, w: Any) -> Any:
    """Return z * w, which Python multiplies part by part where one of them is real."""
    if not is_mixed(z, w):
        return FUNCTIONS["ComplexMul"].apply(z, w)
    number, factor = (z, w) if is_complex(z) else (w, z)
    (x, y), (u, _) = parts_of(number), parts_of(factor)
    return joined(x * u, y * u)


def divide(z: Any, w: Any) -> Any:
    """Return z / w, which Python divides part by part where w is real."""
    if not is_mixed(z, w):
        return FUNCTIONS["ComplexTrueDiv"].apply(z, w)
    if not is_complex(z):
        return FUNCTIONS["ComplexRealTrueDiv"].apply(z, w)
    (x, y), (u, _) = parts_of(z), parts_of(w)
    if not plain_value(u):
        plain_value(z) / plain_value(w)  # raises what Python says of a complex numerator
    return joined(x / u, y / u)


def compare(name: str) -> Callable[[ComplexScalar, Any], Any]:
    """Make the comparison of a complex number with any number, which complex does with an int exactly."""

    def comparison(z: ComplexScalar, w: Any) -> Any:
        others = parts_of(w) if issubclass(type(w), (complex, ComplexScalar)) else (w,)
        return PARTS[name].record(*parts_of(z), *others)

    return comparison


def absolute(z: Any) -> Any:
    """Return abs(z), the length of its parts."""
    return PARTS["ComplexAbs"].apply(*parts_of(z))


_DEFINED: dict[str, Callable[..., Any]] = {
    "Add": add,
    "Sub": subtract,
    "Mul": multiply,
    "TrueDiv": divide,
    "Abs": absolute,
}
for _name in {**COMPLEX_RULES, **_DEFINED}:
    COMPLEX.define(_name, _DEFINED[_name] if _name in _DEFINED else FUNCTIONS[f"Complex{_name}"].apply)
for _name in ("EQ", "NE"):
    COMPLEX.define(_name, compare(f"Complex{_name}"))


def complex_number(*arguments: Any, **keywords: Any) -> Any:
    """Do what `complex` does with the same arguments, and keep the histories of Scalars among them.

    >>> from minitorch.scalars.scalar import Scalar
    >>> complex_number(Scalar(1.0), 2), complex_number("1+2j"), complex_number(imag=1)
    (ComplexScalar((1+2j)), (1+2j), 1j)
    """
    plain = complex(*map(plain_value, arguments), **{name: plain_value(value) for name, value in keywords.items()})
    given = {**dict(zip(("real", "imag"), arguments, strict=False)), **keywords}
    if not any(map(is_tracked, given.values())):
        return plain
    real, imag = parts_of(given.get("real", 0.0))
    if "imag" not in given:
        return joined(real, imag)
    # complex(z, w) is z + w * 1j, but adds nothing to a part that gets no share of the other's.
    across = parts_of(given["imag"])
    return joined(
        real - across[1] if is_complex(given["imag"]) else real,
        across[0] + imag if is_complex(given.get("real", 0.0)) else across[0],
    )


def is_complex(value: object) -> bool:
    """Return whether a value has an imaginary part of its own."""
    return issubclass(type(value), (complex, ComplexScalar))


def of_parts(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Make the replacement of a function of one complex number with a real result."""

    def call(*arguments: Any) -> Any:
        plain = function(*map(plain_value, arguments))
        return PARTS[name].apply(*parts_of(arguments[0])) if is_tracked(arguments[0]) else plain

    return call


def polar(*arguments: Any) -> tuple[Any, Any]:
    """Return `cmath.polar(z)`, length and angle, with their histories."""
    plain = cmath.polar(*map(plain_value, arguments))
    if not is_tracked(arguments[0]):
        return plain
    parts = parts_of(arguments[0])
    return PARTS["ComplexAbs"].apply(*parts), PARTS["ComplexPhase"].apply(*parts)


def rect(*arguments: Any) -> Any:
    """Return `cmath.rect(r, phi)` with its history."""
    plain = cmath.rect(*map(plain_value, arguments))
    if not any(map(is_tracked, arguments)):
        return plain
    return joined(PARTS["RectReal"].apply(*arguments), PARTS["RectImag"].apply(*arguments))


def is_close(*numbers: Any, **tolerances: Any) -> Any:
    """Return `cmath.isclose(a, b)` with its history."""
    plain_tolerances = {name: plain_value(value) for name, value in tolerances.items()}
    plain = cmath.isclose(*map(plain_value, numbers), **plain_tolerances)
    if not any(map(is_tracked, (*numbers, *tolerances.values()))):
        return plain
    a, b = map(parts_of, numbers)
    return PARTS["ComplexIsClose"].apply(*a, *b, tolerances.get("rel_tol", 1e-09), tolerances.get("abs_tol", 0.0))


COMPLEX_CALLABLES: dict[Callable[..., Any], tuple[str, Callable[..., Any]]] = {
    **{
        plain: (f"{name}.apply", function.call)
        for name, function in FUNCTIONS.items()
        for plain in function.rule.callables
    },
    cmath.phase: ("ComplexPhase.apply", of_parts("ComplexPhase", cmath.phase)),
    cmath.isnan: ("ComplexIsNan.apply", of_parts("ComplexIsNan", cmath.isnan)),
    cmath.isinf: ("ComplexIsInf.apply", of_parts("ComplexIsInf", cmath.isinf)),
    cmath.isfinite: ("ComplexIsFinite.apply", of_parts("ComplexIsFinite", cmath.isfinite)),
    cmath.polar: ("polar", polar),
    cmath.rect: ("rect", rect),
    cmath.isclose: ("is_close", is_close),
}
"""What does with Scalars what a plain callable does with complex numbers, and its name for readers."""
