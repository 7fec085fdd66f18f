"""Ints: what is made of floats by rounding, bits, powers, and the functions of `math` that take and give ints.

An int of a number with a history has none. That it was rounded is noted, for the derivatives that are lost so.
"""

from __future__ import annotations

import ast
import builtins
import functools
import math
from collections.abc import Callable, Sequence
from typing import Any, Final

from minitorch.compiler.structural.basis.kinds import BOOL, INT, Bool, Float, Int, Static, Value, described
from minitorch.compiler.structural.basis.refusals import Refused
from minitorch.compiler.structural.basis.walk import EXACT
from minitorch.compiler.structural.values.arithmetic import Arithmetic
from minitorch.compiler.structural.values.rounding import note_rounding
from minitorch.machine_code.lowering.python_calls import call_python
from minitorch.rules.real import RULES

__all__ = ["INDICATORS", "METHODS", "WholeNumbers"]

BOUND: Final = 2.0**62
"""Floats below this size have an int of 64 bits."""

ROUNDED: Final[dict[Any, str]] = {
    builtins.int: "trunc", math.trunc: "trunc", math.floor: "floor", math.ceil: "ceil", builtins.round: "roundeven",
}  # fmt: skip
"""What makes an int of a float, and how LLVM rounds so."""

OF_INTS: Final = (math.gcd, math.lcm, math.factorial, math.comb, math.perm, math.isqrt, builtins.pow)
"""What takes ints and gives one."""

INDICATORS: Final[dict[Any, str]] = {
    plain: rule.name for rule in RULES.values() if rule.indicator and not rule.dispatches for plain in rule.callables
}
"""The rows of callables that answer a question."""

METHODS: Final[dict[tuple[type, str], Any]] = {
    (Int, "bit_length"): int.bit_length, (Float, "is_integer"): float.is_integer,
}  # fmt: skip
"""Methods of numbers, by the kind of those."""

EXPONENT_BIAS: Final = 1022


class WholeNumbers(Arithmetic):
    """The part of a walk that knows ints."""

    def call_with_ints(self, function: Any, given: Sequence[Value]) -> Value | None:
        """Write a call of a function that takes or gives ints; `None` if this is none that is known."""
        if function in ROUNDED:
            if len(given) == 2 and function is builtins.round:
                return self.rounded(*given)
            return self.whole(function, *given)
        if function in INDICATORS:
            return self.indicated(INDICATORS[function], given)
        if any(function is each for each in OF_INTS) and all(isinstance(each.kind, (Int, Bool)) for each in given):
            return self.of_whole(function.__name__, function, given)
        if function is int.bit_length:
            return self.of_whole("bit_length", function, given)
        if function is float.is_integer:
            return self.is_integer(*given)
        if function is math.modf:
            return self.tuple_of([self.apply("ModfFraction", *given), self.apply("ModfWhole", *given)])
        if function is math.frexp:
            return self.tuple_of([self.apply("FrexpMantissa", *given), self.exponent(*given)])
        return None

    # -- rounding ------------------------------------------------------------------------------------------------------

    def whole(self, function: Any, x: Value) -> Value:
        """Write a function that makes an int of a number."""
        if isinstance(x.kind, (Int, Bool)):
            return self.as_int(x)
        if not isinstance(x.kind, Float):
            raise Refused(f"{function.__name__} of {described(x.kind)}")
        if x.is_constant:
            return self.folded(function, (x,))
        writer, number = self.writer, x.parts[0]
        self.raises(ValueError, writer.compare("uno", number, number))
        size = writer.intrinsic("fabs", number)
        self.raises(OverflowError, writer.compare("oeq", size, writer.constant(math.inf)))
        writer.fails(writer.compare("oge", size, writer.constant(BOUND)))
        writer.check()
        if x.kind.active:
            note_rounding(self, x.parts[1])
        return Value(INT, (writer.effect(f"fptosi double {writer.intrinsic(ROUNDED[function], number)} to i64"),))

    def rounded(self, x: Value, digits: Value) -> Value:
        """Write `round` to some digits."""
        if isinstance(digits.kind, Static) and digits.kind.object is None:
            return self.whole(builtins.round, x)
        digits = self.as_int(digits)
        if isinstance(x.kind, Float):
            if x.kind.whole:
                self.writer.fails(self.is_int(x))
            return self.apply("Round", x, digits)
        if not (digits.is_constant and digits.constant >= 0):
            raise Refused("an int that is rounded")
        return self.as_int(x)

    def is_integer(self, x: Value) -> Value:
        """Write whether a float is whole; where it is and has a history that is noted."""
        writer, number = self.writer, x.parts[0]
        if x.is_constant:
            return self.of(float(x.constant).is_integer())
        finite = writer.compare("olt", writer.intrinsic("fabs", number), writer.constant(math.inf))
        answer = writer.both(finite, writer.compare("oeq", number, writer.intrinsic("trunc", number)))
        if isinstance(x.kind, Float) and x.kind.active:
            self.equates = True
            self.note_tie(answer, x.parts[1], "0")
        return Value(BOOL, (answer,))

    # -- questions -----------------------------------------------------------------------------------------------------

    def indicated(self, name: str, given: Sequence[Value]) -> Value:
        """Write a question that a row answers."""
        if name == "IsClose":
            given = [*given, *(self.of(each) for each in (1e-9, 0.0)[len(given) - 2 :])]
        if all(each.is_constant for each in given):
            return self.folded(RULES[name].function, given)
        if not all(map(self.is_number, given)):
            raise Refused(f"{name} of {', '.join(described(each.kind) for each in given)}")
        active = any(isinstance(each.kind, Float) and each.kind.active for each in given)
        answer = self.lowered(name, [self.double(each) for each in given])
        return Value(Bool(active), (self.writer.compare("une", answer, self.writer.constant(0.0)),))

    def exponent(self, x: Value) -> Value:
        """Write the exponent that `math.frexp` gives."""
        writer, number = self.writer, self.double(x)
        size = writer.intrinsic("fabs", number)
        is_subnormal = writer.compare("olt", size, writer.constant(2.0**-1000))
        scaled = writer.choose(is_subnormal, writer.exact("fmul", number, writer.constant(2.0**54)), number)
        biased = writer.integers("and", writer.integers("lshr", writer.as_bits(scaled), "52"), "2047")
        bias = writer.pure(f"select i1 {is_subnormal}, i64 {EXPONENT_BIAS + 54}, i64 {EXPONENT_BIAS}")
        exponent = writer.integers("sub", biased, bias)
        without = writer.either(writer.not_finite(number), writer.compare("oeq", number, writer.constant(0.0)))
        return Value(INT, (writer.pure(f"select i1 {without}, i64 0, i64 {exponent}"),))

    # -- functions of ints ---------------------------------------------------------------------------------------------

    def of_whole(self, name: str, function: Callable[..., int], given: Sequence[Value]) -> Value:
        """Write a function of ints, which Python computes; leave where a float can't hold the result."""
        if all(each.is_constant for each in given):
            return self.folded(function, given)
        doubles = [self.double(self.as_int(each)) for each in given]
        number = call_python(self.writer, f"of ints: {name}", on_floats(function), doubles)
        return Value(INT, (self.writer.effect(f"fptosi double {number} to i64"),))

    def power_of_ints(self, x: Value, y: Value) -> Value:
        """Write a power of ints: an int, and a float where the exponent is known to be negative."""
        if not y.is_constant:
            return self.of_whole("power", int_power, [x, y])
        if y.constant < 0:
            return self.apply("Pow", Value(Float(False), (self.double(x),)), self.of(float(y.constant)))
        if y.constant > 4:
            return self.of_whole("power", int_power, [x, y])
        result = "1"
        for _ in range(y.constant):
            result = self.with_overflow("smul", result, x.parts[0])
        return Value(INT, (result,))

    def shifted(self, operator: type[ast.operator], x: Value, y: Value) -> Value:
        """Write a shift of bits."""
        writer, (a,), (b,) = self.writer, x.parts, y.parts
        self.raises(ValueError, writer.pure(f"icmp slt i64 {b}, 0"))
        if operator is ast.RShift:
            count = writer.intrinsic_of_ints("umin", b, "63")
            return Value(INT, (writer.pure(f"ashr i64 {a}, {count}"),))
        writer.fails(writer.pure(f"icmp ugt i64 {b}, 62"))
        writer.check()
        moved = writer.effect(f"shl i64 {a}, {b}")
        writer.fails(writer.effect(f"icmp ne i64 {writer.effect(f'ashr i64 {moved}, {b}')}, {a}"))
        return Value(INT, (moved,))

    def bitwise(self, operator: type[ast.operator], x: Value, y: Value) -> Value:
        """Write an operator on the bits of ints, or on truths."""
        if not all(isinstance(each.kind, (Int, Bool)) for each in (x, y)):
            raise Refused(f"the operator {operator.__name__} of {described(x.kind)} and {described(y.kind)}")
        name = {ast.BitAnd: "and", ast.BitOr: "or", ast.BitXor: "xor"}.get(operator)
        if name is not None and x.kind == y.kind == BOOL:
            return Value(BOOL, (self.writer.pure(f"{name} i1 {x.parts[0]}, {y.parts[0]}"),))
        x, y = self.as_int(x), self.as_int(y)
        if name is not None:
            return Value(INT, (self.writer.pure(f"{name} i64 {x.parts[0]}, {y.parts[0]}"),))
        if operator not in (ast.LShift, ast.RShift):
            raise Refused(f"the operator {operator.__name__}")
        return self.shifted(operator, x, y)

    def place_in(self, length: str, index: Value) -> str:
        """Return the number of an element, from the front, of so many; leave where it is not among them."""
        writer, number = self.writer, index.parts[0]
        if not index.is_constant:
            negative = writer.effect(f"icmp slt i64 {number}, 0")
            moved = writer.effect(f"add i64 {length}, {number}")
            number = writer.effect(f"select i1 {negative}, i64 {moved}, i64 {number}")
        elif index.constant < 0:
            number = writer.effect(f"add i64 {length}, {number}")
        self.raises(IndexError, writer.effect(f"icmp uge i64 {number}, {length}"))
        writer.check()
        return number


@functools.cache
def on_floats(function: Callable[..., int]) -> Callable[..., float]:
    """Return a function of ints as one of floats: nan where it raises, or where no float is its result."""

    def called(*operands: float) -> float:
        try:
            result = function(*map(int, operands))
        except (ValueError, ArithmeticError):
            return math.nan
        return float(result) if abs(result) <= EXACT else math.nan

    return called


def int_power(x: int, y: int) -> int:
    """Return a power of ints that is an int.

    Raises:
        ValueError: it is none, or a very large one.
    """
    if y < 0 or y * abs(x).bit_length() > 128:
        raise ValueError("no int of 64 bits")
    return int(x**y)
