"""Writes the instructions of one function in LLVM's assembly language.

The same calls write code for one float (`lanes=1`) or for several in a vector. Values are texts: the name of what an
instruction gave, or a constant. An instruction that was written before is not written again, and one that nobody
needs is left out in the end.

    emitter.arithmetic("fmul", "%x", "%x")      →      %v1 = fmul double %x, %x
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Callable, Sequence
from typing import Final

from minitorch.machine_code.llvm.symbols import libm, vector_form

__all__ = ["Declarations", "Emitter", "WholeNumber", "bits_of"]

NAME: Final = re.compile(r"%[\w.]+")

FAST: Final = "reassoc nsz arcp contract afn "
"""What faster arithmetic may do: anything but take infinities and nan for impossible."""


class WholeNumber(str):
    """The text of a constant that is an int in Python, which `sum` adds in its own way."""

    __slots__ = ()


def bits_of(value: float) -> int:
    """Return the bits of a float, as an int.

    >>> hex(bits_of(1.0))
    '0x3ff0000000000000'
    """
    return int(struct.unpack("<Q", struct.pack("<d", value))[0])


class Declarations(dict[str, str]):
    """What the functions of a module call, by name, as the text that declares or defines it."""

    def text(self) -> str:
        """All of them."""
        return "\n".join(self.values())


class Emitter:
    """The instructions of one function.

    Args:
        declarations: what the module calls so far.
        lanes: how many floats a value holds.
        fastmath: whether arithmetic may be reordered and rounded differently.
    """

    def __init__(self, declarations: Declarations, lanes: int = 1, fastmath: bool = False) -> None:
        self.declarations = declarations
        self.lanes = lanes
        self.fastmath = fastmath
        self.number = self.of("double")
        self.truth = self.of("i1")
        self.bits = self.of("i64")
        self.suffix = "f64" if lanes == 1 else f"v{lanes}f64"
        self.lines: list[tuple[str, str]] = []
        self.names: dict[str, str] = {}
        self.order: list[str] = []
        self.count = 0
        self.failure: str | None = None
        self.block = ""
        self.constants: dict[str, float] = {}

    def of(self, kind: str) -> str:
        """Return the type of a value of so many lanes."""
        return kind if self.lanes == 1 else f"<{self.lanes} x {kind}>"

    # -- writing -------------------------------------------------------------------------------------------------------

    def pure(self, text: str) -> str:
        """Write an instruction without effects, or find where it was written, and return its value."""
        name = self.names.get(text)
        if name is None:
            name = self.names[text] = self.effect(text)
            self.order.append(text)
        return name

    def once(self, key: str, write: Callable[[], str]) -> str:
        """Return what was written under a key, or write it.

        Args:
            key: says all that the value depends on.
            write: writes it and returns the value.
        """
        value = self.names.get(key)
        if value is None:
            value = self.names[key] = write()
            self.order.append(key)
        return value

    def effect(self, text: str) -> str:
        """Write an instruction that gives a value, whatever was written before."""
        self.count += 1
        name = f"%v{self.count}"
        self.lines.append((name, text))
        return name

    def line(self, text: str) -> None:
        """Write what gives no value: a store, a label, the end of a block."""
        self.lines.append(("", text))

    def label(self, name: str) -> None:
        """Start a block."""
        self.line(f"{name}:")
        self.block = name

    def new_label(self) -> str:
        """Return a name for a block that no other block has."""
        self.count += 1
        return f"block{self.count}"

    def mark(self) -> int:
        """Return a mark of what has been written, to forget later what comes after it."""
        return len(self.order)

    def forget(self, mark: int) -> None:
        """Forget the values since a mark: another branch can't use them."""
        for text in self.order[mark:]:
            del self.names[text]
        del self.order[mark:]

    def text(self) -> str:
        """Return the instructions that somebody needs."""
        needed: set[str] = set()
        kept: list[str] = []
        for name, text in reversed(self.lines):
            if not name:
                kept.append(text if text.endswith(":") else f"  {text}")
            elif name in needed:
                kept.append(f"  {name} = {text}")
            else:
                continue
            needed.update(NAME.findall(text))
        return "\n".join(reversed(kept))

    # -- values --------------------------------------------------------------------------------------------------------

    def splat(self, kind: str, value: str) -> str:
        """Return a constant in every lane."""
        return value if self.lanes == 1 else f"<{', '.join([f'{kind} {value}'] * self.lanes)}>"

    def constant(self, value: float) -> str:
        """Return a float, to the last bit."""
        text = self.splat("double", f"0x{bits_of(value):016X}")
        self.constants[text] = float(value)
        return WholeNumber(text) if type(value) is int else text

    def integer(self, value: int) -> str:
        """Return an integer of 64 bits."""
        return self.splat("i64", str(value))

    def arithmetic(self, instruction: str, *operands: str) -> str:
        """Do arithmetic, which faster arithmetic may do in its own way."""
        return self.pure(f"{instruction} {FAST if self.fastmath else ''}{self.number} {', '.join(operands)}")

    def exact(self, instruction: str, *operands: str) -> str:
        """Do arithmetic exactly as written, for what is wrong otherwise."""
        return self.pure(f"{instruction} {self.number} {', '.join(operands)}")

    def integers(self, instruction: str, *operands: str) -> str:
        """Do arithmetic with integers of 64 bits."""
        return self.pure(f"{instruction} {self.bits} {', '.join(operands)}")

    def compare(self, predicate: str, x: str, y: str) -> str:
        """Compare floats by a predicate of LLVM's `fcmp`, such as `oeq`, `une` or `olt`."""
        return self.pure(f"fcmp {predicate} {self.number} {x}, {y}")

    def either(self, x: str, y: str) -> str:
        """Whether one of two is true."""
        return self.pure(f"or {self.truth} {x}, {y}")

    def both(self, x: str, y: str) -> str:
        """Whether both are true."""
        return self.pure(f"and {self.truth} {x}, {y}")

    def negation(self, x: str) -> str:
        """Whether a condition is false."""
        return self.pure(f"xor {self.truth} {x}, {self.condition(True)}")

    def condition(self, value: bool) -> str:
        """Return a condition that is always true, or always false."""
        return self.splat("i1", "true" if value else "false")

    def choose(self, condition: str, x: str, y: str) -> str:
        """One float if a condition is true, else the other."""
        return self.pure(f"select {self.truth} {condition}, {self.number} {x}, {self.number} {y}")

    def indicator(self, condition: str) -> str:
        """1.0 if a condition is true, else 0.0."""
        return self.pure(f"uitofp {self.truth} {condition} to {self.number}")

    def as_bits(self, x: str) -> str:
        """Return the bits of a float."""
        return self.pure(f"bitcast {self.number} {x} to {self.bits}")

    def from_bits(self, bits: str) -> str:
        """Return the float of bits."""
        return self.pure(f"bitcast {self.bits} {bits} to {self.number}")

    def intrinsic(self, name: str, *operands: str) -> str:
        """Call one of LLVM's own functions, such as `fabs`, which this processor computes exactly."""
        full = f"@llvm.{name}.{self.suffix}"
        self.declare(full, self.number, *[self.number] * len(operands))
        arguments = ", ".join(f"{self.number} {operand}" for operand in operands)
        return self.pure(f"call {self.number} {full}({arguments})")

    def not_finite(self, x: str) -> str:
        """Whether a float is infinite or nan."""
        return self.compare("ueq", self.intrinsic("fabs", x), self.constant(math.inf))

    # -- what may not be -----------------------------------------------------------------------------------------------

    def fails(self, condition: str) -> None:
        """Have the whole piece given up where a condition is true: Python would raise, or might."""
        self.once(f"fails {condition}", lambda: self.add_failure(condition))

    def rarely(self, condition: str, write: Callable[[], str], usual: str) -> str:
        """Return the usual value, and have the piece given up where `write` would give another one."""
        self.fails(condition)
        return usual

    def add_failure(self, condition: str) -> str:
        """Note one more condition, and return all of them."""
        self.failure = condition if self.failure is None else self.either(self.failure, condition)
        return self.failure

    def any_lane(self, condition: str) -> str:
        """Whether a condition is true in any lane, as a single truth."""
        if self.lanes == 1:
            return condition
        mask = self.pure(f"bitcast {self.truth} {condition} to i{self.lanes}")
        return self.pure(f"icmp ne i{self.lanes} {mask}, 0")

    # -- calls ---------------------------------------------------------------------------------------------------------

    def libm(self, function: str, *operands: str) -> str:
        """Call a function of the C library, lane by lane unless faster arithmetic knows a vector form of it."""
        vector = vector_form(function, self.lanes, len(operands)) if self.fastmath and self.lanes > 1 else None
        if vector is not None:
            return self.call(vector, self.number, operands)
        name = libm(function)
        return self.by_lanes(lambda *lane: self.call(name, "double", lane), operands)

    def call(self, name: str, kind: str, operands: Sequence[str]) -> str:
        """Call a function without effects whose operands and result are of one type."""
        full = f'@"{name}"'
        self.declare(full, kind, *[kind] * len(operands))
        return self.pure(f"call {kind} {full}({', '.join(f'{kind} {operand}' for operand in operands)})")

    def declare(self, name: str, result: str, *arguments: str) -> None:
        """Say what the types of a function are."""
        self.declarations.setdefault(name, f"declare {result} {name}({', '.join(arguments)}) nounwind")

    def by_lanes(self, scalar: Callable[..., str], operands: Sequence[str]) -> str:
        """Do something with single floats in every lane."""
        if self.lanes == 1:
            return scalar(*operands)
        result = "poison"
        for lane in range(self.lanes):
            value = scalar(*(self.lane(operand, lane) for operand in operands))
            result = self.pure(f"insertelement {self.number} {result}, double {value}, i32 {lane}")
        return result

    def lane(self, operand: str, lane: int) -> str:
        """One float of a vector."""
        value = self.constants.get(operand)
        if value is not None:
            return f"0x{bits_of(value):016X}"
        return self.pure(f"extractelement {self.number} {operand}, i32 {lane}")
