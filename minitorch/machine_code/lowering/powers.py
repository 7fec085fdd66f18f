"""Powers: C's pow, and quicker ways for the exponents that programs are full of, with the same bits.

glibc's pow is never further than 0.54 units in the last place from the true power. So where a product, root or quotient
is nearer than 0.45 units, and its error is known from a fused multiplication, no other float is left that pow could
give. For one argument in ten it is not, and pow is called.

    x ** 2.0      →      x * x where abs(fma(x, x, -(x * x))) < 0.44 units, else pow(x, 2.0)
"""

from __future__ import annotations

import functools
import os
from typing import Final

from minitorch.machine_code.llvm.emitter import Emitter, bits_of
from minitorch.machine_code.llvm.engine import fuses_multiplication
from minitorch.machine_code.llvm.symbols import libm

__all__ = ["power"]

CANDIDATES: Final = {
    2.0: """
  %result = fmul double %x, %x
  %negative = fneg double %result
  %error = call double @llvm.fma.f64(double %x, double %x, double %negative)
""",
    3.0: """
  %square = fmul double %x, %x
  %square.negative = fneg double %square
  %square.error = call double @llvm.fma.f64(double %x, double %x, double %square.negative)
  %result = fmul double %square, %x
  %negative = fneg double %result
  %product.error = call double @llvm.fma.f64(double %square, double %x, double %negative)
  %error = call double @llvm.fma.f64(double %square.error, double %x, double %product.error)
""",
    -1.0: """
  %result = fdiv double 1.0, %x
  %negative = fneg double %result
  %rest = call double @llvm.fma.f64(double %negative, double %x, double 1.0)
  %error = fmul double %rest, %result
""",
    0.5: """
  %result = call double @llvm.sqrt.f64(double %x)
  %negative = fneg double %result
  %rest = call double @llvm.fma.f64(double %negative, double %result, double %x)
  %twice = fadd double %result, %result
  %error = fdiv double %rest, %twice
""",
}
"""For an exponent a result and how far it is from the true power."""

CERTAIN: Final = """
define internal double @"NAME"(double %x) {CANDIDATE
  %size = call double @llvm.fabs.f64(double %result)
  ; Of a power of two the next float below is nearer than the one above.
  %bits = bitcast double %size to i64
  %below = sub i64 %bits, 1
  %exponent = and i64 %below, 9218868437227405312
  %power.of.two = bitcast i64 %exponent to double
  %bound = fmul double %power.of.two, BOUND
  %error.size = call double @llvm.fabs.f64(double %error)
  %near = fcmp olt double %error.size, %bound
  %not.small = fcmp ogt double %size, SMALL
  %not.large = fcmp olt double %size, LARGE
  %between = and i1 %not.small, %not.large
  %certain = and i1 %near, %between
  br i1 %certain, label %done, label %uncertain
done:
  ret double %result
uncertain:
  %power = call double @"libm.pow"(double %x, double EXPONENT)
  ret double %power
}"""

UNITS: Final = 0.44 * 2.0**-52
SMALL: Final = 2.0**-300
LARGE: Final = 2.0**300
"""Between these sizes of the result no step of any candidate is inexact for being too small or too large."""


@functools.cache
def pow_is_accurate() -> bool:
    """Whether C's pow is known to be as near to the true power as said above: in glibc from 2.28 on."""
    try:
        name, _, version = (os.confstr("CS_GNU_LIBC_VERSION") or "").partition(" ")
    except (AttributeError, ValueError, OSError):
        return False
    return name == "glibc" and tuple(map(int, version.split(".")[:2])) >= (2, 28)


def power(emitter: Emitter, x: str, y: str) -> str:
    """`x ** y`, and `math.pow`: C's pow has the special cases of both, and where they differ it is not finite."""
    exponent = emitter.constants.get(y)
    if exponent == 0.0:
        return emitter.constant(1.0)
    if exponent == 1.0 and pow_is_accurate():
        return x
    if exponent in CANDIDATES and emitter.fastmath:
        result = candidate(emitter, x, exponent)
    elif exponent in CANDIDATES and pow_is_accurate() and fuses_multiplication():
        result = emitter.by_lanes(lambda lane: certain(emitter, lane, exponent), [x])
    else:
        result = emitter.libm("pow", x, y)
    emitter.fails(emitter.not_finite(result))
    return result


def candidate(emitter: Emitter, x: str, exponent: float) -> str:
    """Return a power that may be rounded once more than pow's."""
    if exponent == -1.0:
        return emitter.arithmetic("fdiv", emitter.constant(1.0), x)
    if exponent == 0.5:
        return emitter.intrinsic("sqrt", x)
    square = emitter.arithmetic("fmul", x, x)
    return square if exponent == 2.0 else emitter.arithmetic("fmul", square, x)


def certain(emitter: Emitter, x: str, exponent: float) -> str:
    """Return the power that pow gives, without calling it where that is certain."""
    name = f"power.{exponent}"
    words = {
        "NAME": name, "CANDIDATE": CANDIDATES[exponent], "EXPONENT": f"0x{bits_of(exponent):016X}",
        "BOUND": f"0x{bits_of(UNITS):016X}", "SMALL": f"0x{bits_of(SMALL):016X}", "LARGE": f"0x{bits_of(LARGE):016X}",
    }  # fmt: skip
    text = CERTAIN
    for word, meaning in words.items():
        text = text.replace(word, meaning)
    emitter.declare(f'@"{libm("pow")}"', "double", "double", "double")
    for function, arguments in {"fma": 3, "fabs": 1, "sqrt": 1}.items():
        emitter.declare(f"@llvm.{function}.f64", "double", *["double"] * arguments)
    emitter.declarations.setdefault(f'@"{name}"', text)
    return emitter.pure(f'call double @"{name}"(double {x})')
