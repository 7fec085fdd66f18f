"""What CPython computes by algorithms of its own, instruction by instruction: `//`, `%`, `sum`, `hypot` and others.

Each follows the C function that its docstring names, so that the result is the same to the last bit.
Faster arithmetic leaves them as they are: reordered, their corrections would come to nothing.
"""

from __future__ import annotations

import functools
import math
import sys
from collections.abc import Sequence
from typing import Final

from minitorch.machine_code.llvm.emitter import Emitter, WholeNumber

__all__ = ["INTS_ARE_COMPENSATED", "SUM_IS_COMPENSATED", "floor_division", "modulo", "norm", "sum_of", "ulp"]

SMALLEST_NORMAL: Final = sys.float_info.min
EXPONENT_BITS: Final = 0x7FF0000000000000
SUM_IS_COMPENSATED: Final = sys.version_info >= (3, 12)
INTS_ARE_COMPENSATED: Final = sys.version_info >= (3, 14)
"""Whether `sum` makes up for what is lost to rounding, and also where ints are added to a float."""

SUBNORMALS_ARE_ENLARGED: Final = sys.version_info >= (3, 12)
"""Whether the length of a vector of the smallest subnormals is computed as that of others."""


def remainder_and_correction(emitter: Emitter, x: str, y: str) -> tuple[str, str, str]:
    """Return what `%` and `//` share: C's fmod, whether it has the wrong sign, and whether it is other than zero."""
    zero = emitter.constant(0.0)
    emitter.fails(emitter.compare("oeq", y, zero))
    remainder = emitter.libm("fmod", x, y)
    signs_differ = emitter.pure(
        f"xor {emitter.truth} {emitter.compare('olt', y, zero)}, {emitter.compare('olt', remainder, zero)}"
    )
    # As in C, nan is true.
    some = emitter.compare("une", remainder, zero)
    return remainder, emitter.both(some, signs_differ), some


def modulo(emitter: Emitter, x: str, y: str) -> str:
    """`x % y`, as `float_rem` does it."""
    remainder, wrong, some = remainder_and_correction(emitter, x, y)
    moved = emitter.choose(wrong, emitter.exact("fadd", remainder, y), remainder)
    return emitter.choose(some, moved, emitter.intrinsic("copysign", emitter.constant(0.0), y))


def floor_division(emitter: Emitter, x: str, y: str) -> str:
    """`x // y`, as `_float_div_mod` does it."""
    one, zero, half = emitter.constant(1.0), emitter.constant(0.0), emitter.constant(0.5)
    remainder, wrong, _ = remainder_and_correction(emitter, x, y)
    quotient = emitter.exact("fdiv", emitter.exact("fsub", x, remainder), y)
    quotient = emitter.choose(wrong, emitter.exact("fsub", quotient, one), quotient)
    whole = emitter.intrinsic("floor", quotient)
    rounded_down = emitter.compare("ogt", emitter.exact("fsub", quotient, whole), half)
    whole = emitter.choose(rounded_down, emitter.exact("fadd", whole, one), whole)
    signed_zero = emitter.intrinsic("copysign", zero, emitter.exact("fdiv", x, y))
    return emitter.choose(emitter.compare("une", quotient, zero), whole, signed_zero)


def sum_of(emitter: Emitter, *operands: str) -> str:
    """`sum`, the start first: from Python 3.12 on with Neumaier's compensation, which leaves ints out up to 3.13."""
    terms = list(operands)
    while len(terms) > 1 and type(terms[0]) is type(terms[1]) is WholeNumber:
        terms[:2] = [emitter.constant(int(emitter.constants[terms[0]]) + int(emitter.constants[terms[1]]))]
    if len(terms) > 1 and type(terms[0]) is WholeNumber:
        terms[:2] = [emitter.exact("fadd", terms[0], terms[1])]
    total, *rest = terms
    if not SUM_IS_COMPENSATED:
        for x in rest:
            total = emitter.arithmetic("fadd", total, x)
        return total
    compensation = zero = emitter.constant(0.0)
    for x in rest:
        added = emitter.exact("fadd", total, x)
        if INTS_ARE_COMPENSATED or type(x) is not WholeNumber:
            keeps_more = emitter.compare("oge", emitter.intrinsic("fabs", total), emitter.intrinsic("fabs", x))
            larger, smaller = emitter.choose(keeps_more, total, x), emitter.choose(keeps_more, x, total)
            lost = emitter.exact("fadd", emitter.exact("fsub", larger, added), smaller)
            compensation = emitter.exact("fadd", compensation, lost)
        total = added
    finite = emitter.compare("olt", emitter.intrinsic("fabs", compensation), emitter.constant(math.inf))
    counts = emitter.both(finite, emitter.compare("une", compensation, zero))
    return emitter.choose(counts, emitter.exact("fadd", total, compensation), total)


def norm(emitter: Emitter, components: Sequence[str]) -> str:
    """Return the length of a vector, as `vector_norm` of `math.hypot` and `math.dist` does it."""
    given = sizes = [emitter.intrinsic("fabs", component) for component in components]
    zero, one = emitter.constant(0.0), emitter.constant(1.0)
    if len(sizes) < 2:
        return sizes[0] if sizes else zero
    greatest = sizes[0]
    for size in sizes[1:]:
        greatest = emitter.choose(emitter.compare("ogt", size, greatest), size, greatest)
    subnormal = emitter.compare("olt", greatest, emitter.constant(SMALLEST_NORMAL))
    enlarging = emitter.choose(subnormal, emitter.constant(1.0 / SMALLEST_NORMAL), one)
    largest, *sizes = (emitter.exact("fmul", size, enlarging) for size in (greatest, *sizes))
    some = emitter.compare("ogt", largest, zero)
    power = emitter.from_bits(emitter.integers("and", emitter.as_bits(largest), emitter.integer(EXPONENT_BITS)))
    scale = emitter.exact("fdiv", emitter.constant(0.5), emitter.choose(some, power, one))
    squares = Squares(emitter)
    for size in sizes:
        scaled = emitter.exact("fmul", size, scale)
        squares.add(scaled, scaled)
    root = emitter.intrinsic("sqrt", squares.total())
    squares.add(emitter.pure(f"fneg {emitter.number} {root}"), root)
    twice = emitter.exact("fmul", emitter.constant(2.0), root)
    corrected = emitter.exact("fadd", root, emitter.exact("fdiv", squares.total(), twice))
    length = emitter.choose(emitter.compare("oeq", root, zero), zero, emitter.exact("fdiv", corrected, scale))
    length = emitter.exact("fmul", length, emitter.choose(subnormal, emitter.constant(SMALLEST_NORMAL), one))
    if not SUBNORMALS_ARE_ENLARGED:
        tiny = emitter.compare("olt", greatest, emitter.constant(SMALLEST_NORMAL / 4.0))
        shares = functools.partial(norm_by_shares, emitter, given, greatest)
        length = emitter.rarely(emitter.both(some, tiny), shares, length)
    return emitter.rarely(emitter.not_finite(length), lambda: infinite_or(emitter, length, given), length)


def norm_by_shares(emitter: Emitter, sizes: Sequence[str], largest: str) -> str:
    """Return the length of a vector so small that its scale overflows, as `vector_norm` does it before Python 3.12."""
    high, low = emitter.constant(1.0), emitter.constant(0.0)
    for size in sizes:
        share = emitter.exact("fdiv", size, largest)
        square = emitter.exact("fmul", share, share)
        added = emitter.exact("fadd", high, square)
        low = emitter.exact("fadd", low, emitter.exact("fadd", emitter.exact("fsub", high, added), square))
        high = added
    total = emitter.exact("fadd", emitter.exact("fsub", high, emitter.constant(1.0)), low)
    return emitter.exact("fmul", largest, emitter.intrinsic("sqrt", total))


def infinite_or(emitter: Emitter, length: str, sizes: Sequence[str]) -> str:
    """Return infinity where a component is infinite, whatever the others are, else the length."""
    infinity = emitter.constant(math.inf)
    for size in sizes:
        length = emitter.choose(emitter.compare("oeq", size, infinity), infinity, length)
    return length


class Squares:
    """A sum of products of at most 1 in twice the precision; it starts at 1, which `total` takes away again."""

    def __init__(self, emitter: Emitter) -> None:
        self.emitter = emitter
        self.high = emitter.constant(1.0)
        self.low_products = self.low_sums = emitter.constant(0.0)

    def add(self, x: str, y: str) -> None:
        """Add a product."""
        emitter = self.emitter
        product = emitter.exact("fmul", x, y)
        low = emitter.intrinsic("fma", x, y, emitter.pure(f"fneg {emitter.number} {product}"))
        added = emitter.exact("fadd", self.high, product)
        lost = emitter.exact("fadd", emitter.exact("fsub", self.high, added), product)
        self.high = added
        self.low_products = emitter.exact("fadd", self.low_products, low)
        self.low_sums = emitter.exact("fadd", self.low_sums, lost)

    def total(self) -> str:
        """Return the sum so far."""
        emitter = self.emitter
        low = emitter.exact("fadd", self.low_products, self.low_sums)
        return emitter.exact("fadd", emitter.exact("fsub", self.high, emitter.constant(1.0)), low)


def ulp(emitter: Emitter, x: str) -> str:
    """`math.ulp`: the distance to the next float, of the largest one to the one before."""
    size = emitter.intrinsic("fabs", x)
    bits = emitter.as_bits(size)
    above = emitter.from_bits(emitter.integers("add", bits, emitter.integer(1)))
    below = emitter.from_bits(emitter.integers("sub", bits, emitter.integer(1)))
    overflows = emitter.compare("oeq", above, emitter.constant(math.inf))
    distance = emitter.choose(overflows, emitter.exact("fsub", size, below), emitter.exact("fsub", above, size))
    return emitter.choose(emitter.not_finite(x), size, distance)
