"""C functions from the descriptions of which machine code is made, so that both compute in the same steps.

    fcmp oeq double %v1, 0x0000000000000000      →      const int v2 = v1 == 0.0;

Where a description gives the piece up, because Python would raise, the caller in C has asked before.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from typing import Final

from minitorch.machine_code.llvm.emitter import Declarations, Emitter
from minitorch.machine_code.lowering.operations import Lowering
from minitorch.transformer import signature_of

__all__ = ["c_function", "literal"]

C_TYPES: Final = {"double": "double", "i1": "int", "i64": "uint64_t"}
TYPE: Final = re.compile(r"\b(double|i1|i64) ?")
CONSTANT: Final = re.compile(r"0x([0-9A-F]{16})")
CALL: Final = re.compile(r'call @"?\w+\.(\w+)(?:\.f64|")(\(.*\))')

EXPRESSIONS: Final = {
    "fadd": "{0} + {1}", "fsub": "{0} - {1}", "fmul": "{0} * {1}", "fdiv": "{0} / {1}", "fneg": "-{0}",
    "add": "{0} + {1}", "sub": "{0} - {1}", "and": "{0} & {1}", "or": "{0} | {1}", "xor": "{0} ^ {1}",
    "select": "{0} ? {1} : {2}", "uitofp": "{0}", "ret": "{0}",
    "fcmp oeq": "{0} == {1}", "fcmp une": "{0} != {1}", "fcmp olt": "{0} < {1}", "fcmp ole": "{0} <= {1}",
    "fcmp ogt": "{0} > {1}", "fcmp oge": "{0} >= {1}", "fcmp ueq": "!({0} < {1} || {0} > {1})",
    "bitcast double": "bits_of({0})", "bitcast i64": "from_bits({0})",
}  # fmt: skip
"""How C writes LLVM's instructions."""


class CEmitter(Emitter):
    """Writes instructions for C, where functions of the library go by their own names."""

    def libm(self, function: str, *operands: str) -> str:
        """Call a function of the C library."""
        return self.call(f"libm.{function}", "double", operands)

    def rarely(self, condition: str, write: Callable[[], str], usual: str) -> str:
        """Return what is written where a condition is true, else the usual value."""
        return self.choose(condition, write(), usual)


def c_function(name: str, lowering: Lowering, operands: int = 0) -> str:
    """Return the C function that computes what a lowering of single floats does.

    Args:
        name: what the function is called.
        lowering: writes the instructions; its parameters and docstring become those of the function.
        operands: how many there are, of a lowering that takes any number.

    >>> print(c_function("twice", lambda emitter, x: emitter.exact("fadd", x, x)), end="")
    static double twice(double x)
    {
        const double v1 = x + x;
        return v1;
    }
    """
    parameters = [f"x{index}" for index in range(operands)] or [*signature_of(lowering).parameters][1:]
    emitter = CEmitter(Declarations())
    emitter.line(f"ret double {lowering(emitter, *(f'%{each}' for each in parameters))}")
    title = [f"/* {lowering.__doc__.replace('`', '')} */"] if lowering.__doc__ else []
    head = f"static double {name}({', '.join(f'double {each}' for each in parameters)})"
    return "\n".join([*title, head, "{", *map(statement, emitter.text().splitlines()), "}", ""])


def statement(line: str) -> str:
    """Return an instruction as C.

    >>> statement("%v2 = select i1 %v1, double %x, double 0x3FF0000000000000")
    '    const double v2 = v1 ? x : 1.0;'
    """
    name, _, instruction = line.strip().rpartition(" = ")
    text = CONSTANT.sub(lambda bits: literal(*struct.unpack(">d", bytes.fromhex(bits[1]))), instruction)
    call = CALL.fullmatch(TYPE.sub("", text))
    if call is not None:
        value = call[1] + call[2]
    else:
        [what] = [each for each in EXPRESSIONS if text.startswith(f"{each} ")]
        operands = TYPE.sub("", text.removeprefix(what).partition(" to ")[0]).strip()
        value = EXPRESSIONS[what].format(*operands.split(", "))
    kind = "int" if text.startswith("fcmp") else C_TYPES[TYPE.findall(text)[-1]]
    return f"    {f'const {kind} {name} =' if name else 'return'} {value};".replace("%", "")


def literal(number: float) -> str:
    """Write a number.

    >>> literal(2.0), literal(-1e300), literal(-float("inf"))
    ('2.0', '-1e+300', '-INFINITY')
    """
    if number != number:
        return "NAN"
    return repr(number).replace("inf", "INFINITY")
