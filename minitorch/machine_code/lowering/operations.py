"""THE table of the lowering: for the name of each row of the rules, how machine code computes it.

    "Sqrt": outside("olt", 0.0, intrinsic("sqrt"))      →      %v2 = call double @llvm.sqrt.f64(double %v1)

Rows that are not here have a `libm` function, or a function in Python that is recorded. A row writes what gives the
same bits as the row's plain function. Where Python would raise it says so by `emitter.fails`, and may say so as well
where a result is not finite: the caller then asks Python.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from typing import Any, Final

from minitorch.machine_code.llvm.emitter import Emitter
from minitorch.machine_code.llvm.symbols import libm
from minitorch.machine_code.lowering import exact_sequences
from minitorch.machine_code.lowering.powers import power
from minitorch.machine_code.lowering.python_calls import call_python
from minitorch.rules.real import RULES

__all__ = ["LOWERINGS", "Lowering"]

Lowering = Callable[..., str]

EXPONENT_OF_HALF: Final = 0x3FE0000000000000
ALL_BUT_EXPONENT: Final = 0x800FFFFFFFFFFFFF - (1 << 64)
MAX_LDEXP_EXPONENT: Final = 5000.0
"""An exponent of `ldexp` beyond this overflows or gives zero for every float."""

# -- what rows are made of ---------------------------------------------------------------------------------------------


def arithmetic(instruction: str) -> Lowering:
    """Return an instruction of the processor that never fails."""
    return lambda emitter, *operands: emitter.arithmetic(instruction, *operands)


def intrinsic(name: str) -> Lowering:
    """One of LLVM's functions that never fails."""
    return lambda emitter, *operands: emitter.intrinsic(name, *operands)


def comparison(predicate: str) -> Lowering:
    """Return a comparison, as 1.0 or 0.0."""
    return lambda emitter, x, y: emitter.indicator(emitter.compare(predicate, x, y))


def finite(function: Lowering) -> Lowering:
    """Return a function that fails where its result is not finite."""

    def lowering(emitter: Emitter, *operands: str) -> str:
        result = function(emitter, *operands)
        emitter.fails(emitter.not_finite(result))
        return result

    return lowering


def outside(predicate: str, bound: float, function: Lowering, of_size: bool = False) -> Lowering:
    """Return a function that fails where its argument, or the size of it, compares so with a bound."""

    def lowering(emitter: Emitter, x: str) -> str:
        asked = emitter.intrinsic("fabs", x) if of_size else x
        emitter.fails(emitter.compare(predicate, asked, emitter.constant(bound)))
        return function(emitter, x)

    return lowering


def times(factor: float) -> Lowering:
    """Return a multiplication by a constant."""
    return lambda emitter, x: emitter.arithmetic("fmul", x, emitter.constant(factor))


def in_python(name: str, *whole: int) -> Lowering:
    """Return a call of the row's plain function.

    Args:
        name: the row.
        whole: the positions of inputs that Python wants as ints.
    """
    plain = RULES[name].function

    def function(*inputs: float) -> Any:
        return plain(*(int(x) if position in whole else x for position, x in enumerate(inputs)))

    called = function if whole else plain
    return lambda emitter, *operands: call_python(emitter, name, called, operands)


# -- rows that take more than a line -----------------------------------------------------------------------------------


def division(emitter: Emitter, x: str, y: str) -> str:
    """`x / y`; by a power of two as a multiplication, which is exact."""
    divisor = emitter.constants.get(y)
    if divisor and abs(math.frexp(divisor)[0]) == 0.5 and 2.0**-1000 < abs(divisor) < 2.0**1000:
        return emitter.arithmetic("fmul", x, emitter.constant(1.0 / divisor))
    emitter.fails(emitter.compare("oeq", y, emitter.constant(0.0)))
    return emitter.arithmetic("fdiv", x, y)


rounding_to_decimals = in_python("Round", 1)
steps_after = in_python("Nextafter", 2)


def rounding(emitter: Emitter, x: str, digits: str) -> str:
    """`round(x, digits)`: to a whole number at once, to decimals as Python does it, by way of text."""
    if emitter.constants.get(digits) == 0.0:
        return emitter.intrinsic("roundeven", x)
    return rounding_to_decimals(emitter, x, digits)


def product(emitter: Emitter, start: str, *values: str) -> str:
    """`math.prod`, one after the other."""
    for value in values:
        start = emitter.arithmetic("fmul", start, value)
    return start


def logarithm(emitter: Emitter, x: str, *base: str) -> str:
    """`math.log`, to a base as a quotient."""
    log = outside("ole", 0.0, lambda emitter, x: emitter.libm("log", x))
    logarithms = [log(emitter, argument) for argument in (x, *base)]
    return division(emitter, *logarithms) if base else logarithms[0]


def scaled_by_power_of_two(emitter: Emitter, x: str, exponent: str) -> str:
    """`math.ldexp`; the exponent is a whole number."""
    emitter.fails(emitter.compare("une", exponent, emitter.intrinsic("trunc", exponent)))
    bounded = emitter.intrinsic("minnum", exponent, emitter.constant(MAX_LDEXP_EXPONENT))
    bounded = emitter.intrinsic("maxnum", bounded, emitter.constant(-MAX_LDEXP_EXPONENT))
    name = f'@"{libm("ldexp")}"'
    emitter.declare(name, "double", "double", "i32")

    def single(x: str, exponent: str) -> str:
        return emitter.pure(f"call double {name}(double {x}, i32 {emitter.pure(f'fptosi double {exponent} to i32')})")

    result = emitter.by_lanes(single, (x, bounded))
    emitter.fails(emitter.not_finite(result))
    return result


def next_after(emitter: Emitter, x: str, towards: str, *steps: str) -> str:
    """`math.nextafter`."""
    return steps_after(emitter, x, towards, *steps) if steps else emitter.libm("nextafter", x, towards)


def fraction(emitter: Emitter, x: str) -> str:
    """`math.modf(x)[0]`, with the sign of x also where it is zero."""
    rest = emitter.exact("fsub", x, emitter.intrinsic("trunc", x))
    is_infinite = emitter.compare("oeq", emitter.intrinsic("fabs", x), emitter.constant(math.inf))
    return emitter.intrinsic("copysign", emitter.choose(is_infinite, emitter.constant(0.0), rest), x)


def mantissa(emitter: Emitter, x: str) -> str:
    """`math.frexp(x)[0]`: the bits of x with the exponent of 0.5."""
    normal = emitter.exact("fmul", x, emitter.constant(2.0**54))
    is_subnormal = emitter.compare("olt", emitter.intrinsic("fabs", x), emitter.constant(2.0**-1000))
    bits = emitter.as_bits(emitter.choose(is_subnormal, normal, x))
    bits = emitter.integers("and", bits, emitter.integer(ALL_BUT_EXPONENT))
    made = emitter.from_bits(emitter.integers("or", bits, emitter.integer(EXPONENT_OF_HALF)))
    as_it_is = emitter.either(emitter.not_finite(x), emitter.compare("oeq", x, emitter.constant(0.0)))
    return emitter.choose(as_it_is, x, made)


def is_normal(emitter: Emitter, x: str) -> str:
    """`math.isnormal`."""
    size = emitter.intrinsic("fabs", x)
    is_large = emitter.compare("oge", size, emitter.constant(sys.float_info.min))
    return emitter.indicator(emitter.both(is_large, emitter.compare("olt", size, emitter.constant(math.inf))))


def is_subnormal(emitter: Emitter, x: str) -> str:
    """`math.issubnormal`."""
    size = emitter.intrinsic("fabs", x)
    is_small = emitter.compare("olt", size, emitter.constant(sys.float_info.min))
    return emitter.indicator(emitter.both(is_small, emitter.compare("ogt", size, emitter.constant(0.0))))


def sign_bit(emitter: Emitter, x: str) -> str:
    """`math.signbit`, that of zero and nan as well."""
    sign = emitter.intrinsic("copysign", emitter.constant(1.0), x)
    return emitter.indicator(emitter.compare("olt", sign, emitter.constant(0.0)))


def is_close(emitter: Emitter, x: str, y: str, relative: str, absolute: str) -> str:
    """`math.isclose`."""
    zero, infinity = emitter.constant(0.0), emitter.constant(math.inf)
    emitter.fails(emitter.either(emitter.compare("olt", relative, zero), emitter.compare("olt", absolute, zero)))
    apart = emitter.intrinsic("fabs", emitter.exact("fsub", y, x))
    near = emitter.compare("ole", apart, absolute)
    for value in (y, x):
        bound = emitter.intrinsic("fabs", emitter.exact("fmul", relative, value))
        near = emitter.either(near, emitter.compare("ole", apart, bound))
    for value in (x, y):
        near = emitter.both(near, emitter.compare("olt", emitter.intrinsic("fabs", value), infinity))
    return emitter.indicator(emitter.either(emitter.compare("oeq", x, y), near))


def distance(emitter: Emitter, *coordinates: str) -> str:
    """`math.dist`."""
    half = len(coordinates) // 2
    pairs = zip(coordinates[:half], coordinates[half:], strict=True)
    return exact_sequences.norm(emitter, [emitter.exact("fsub", p, q) for p, q in pairs])


# -- the rows ----------------------------------------------------------------------------------------------------------

LOWERINGS: Final[dict[str, Lowering]] = {
    "Add": arithmetic("fadd"),
    "Sub": arithmetic("fsub"),
    "Mul": arithmetic("fmul"),
    "TrueDiv": division,
    "FloorDiv": exact_sequences.floor_division,
    "Mod": exact_sequences.modulo,
    "Pow": power,
    "Neg": arithmetic("fneg"),
    "Pos": lambda emitter, x: x,
    "Abs": intrinsic("fabs"),
    "Round": rounding,
    "Sum": exact_sequences.sum_of,
    "LT": comparison("olt"),
    "LE": comparison("ole"),
    "GT": comparison("ogt"),
    "GE": comparison("oge"),
    "EQ": comparison("oeq"),
    "NE": comparison("une"),
    "Log": logarithm,
    "MathPow": power,
    "Sqrt": outside("olt", 0.0, intrinsic("sqrt")),
    "Degrees": times(180.0 / math.pi),
    "Radians": times(math.pi / 180.0),
    "Hypot": lambda emitter, *components: exact_sequences.norm(emitter, components),
    "Dist": distance,
    "Fsum": in_python("Fsum"),
    "Prod": product,
    "Fma": finite(intrinsic("fma")),
    "Copysign": intrinsic("copysign"),
    "Fabs": intrinsic("fabs"),
    "ModfFraction": fraction,
    "ModfWhole": intrinsic("trunc"),
    "FrexpMantissa": mantissa,
    "Ldexp": scaled_by_power_of_two,
    "Nextafter": next_after,
    "Ulp": exact_sequences.ulp,
    "IsNan": lambda emitter, x: emitter.indicator(emitter.compare("uno", x, x)),
    "IsInf": lambda emitter, x: emitter.indicator(
        emitter.compare("oeq", emitter.intrinsic("fabs", x), emitter.constant(math.inf))
    ),
    "IsFinite": lambda emitter, x: emitter.indicator(
        emitter.compare("olt", emitter.intrinsic("fabs", x), emitter.constant(math.inf))
    ),
    "IsNormal": is_normal,
    "IsSubnormal": is_subnormal,
    "SignBit": sign_bit,
    "IsClose": is_close,
    "Gamma": in_python("Gamma"),
    "Lgamma": in_python("Lgamma"),
}
if "Sumprod" in RULES:
    LOWERINGS["Sumprod"] = in_python("Sumprod")
