"""Calls of Python functions from machine code, for what only Python computes so: `round(x, 2)`, `math.fsum`.

They take the interpreter lock, since batches run without it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from minitorch.machine_code.llvm.emitter import Emitter
from minitorch.machine_code.llvm.runtime import runtime_declarations
from minitorch.machine_code.llvm.symbols import define_python_callable

__all__ = ["call_python"]


def call_python(emitter: Emitter, name: str, function: Callable[..., float], operands: Sequence[str]) -> str:
    """Write a call of a Python function of floats; the piece is given up where its result is not finite.

    Args:
        emitter: what writes the function that calls it.
        name: what the Python function is called, the same for the same function.
        function: takes floats and returns a float.
        operands: what it is called with.
    """
    symbol = f'@"{define_python_callable(name, function)}"'
    emitter.declarations.update(runtime_declarations())
    emitter.declarations.setdefault(symbol, f"{symbol} = external global i8")
    result = emitter.by_lanes(lambda *lane: single_call(emitter, symbol, lane), operands)
    emitter.fails(emitter.not_finite(result))
    return result


def single_call(emitter: Emitter, symbol: str, operands: Sequence[str]) -> str:
    """Write a call with single floats, or find where it was written."""

    def written() -> str:
        numbers = emitter.effect(f"alloca [{len(operands)} x double]")
        for index, operand in enumerate(operands):
            place = emitter.effect(f"getelementptr double, ptr {numbers}, i64 {index}")
            emitter.line(f"store double {operand}, ptr {place}")
        return emitter.effect(f"call double @minitorch.call_python(ptr {symbol}, ptr {numbers}, i64 {len(operands)})")

    return emitter.once(f"{symbol}({', '.join(operands)})", written)
