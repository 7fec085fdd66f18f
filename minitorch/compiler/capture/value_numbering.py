"""Writes a trace without what it need not have: as steps come, so that equal beginnings of traces stay equal.

    a = x * y        2 = Mul(0, 1)
    b = x * y        the same 2
    c = b * 1.0      the same 2
    if b > 0: …      guard
    if b > 0: …      no guard: the answer is known

Only what changes no bit of any result. Dead operations stay, since they may raise; the compiler drops those that can't.
"""

from __future__ import annotations

import math
from typing import Final

from minitorch.autodiff.place import Place
from minitorch.machine_code.program import Constant, Guard, Operation, Outcome, Step

__all__ = ["ValueNumbering"]

NEUTRAL: Final = {"Mul": (0, 1), "TrueDiv": (1,)}
"""At which positions an operand of 1.0 leaves the other one as it is, by operation."""


class ValueNumbering:
    """Numbers the values of a trace as it is written; equal values share a number.

    Args:
        inputs: how many inputs it has.

    >>> numbering = ValueNumbering(2)
    >>> product = numbering.operation("Mul", (0, 1))
    >>> numbering.operation("Mul", (0, 1)) == product
    True
    >>> numbering.operation("Mul", (product, numbering.constant(1.0))) == product
    True
    """

    def __init__(self, inputs: int) -> None:
        self.inputs = inputs
        self.steps: list[Step] = []
        self.defined = inputs
        self.known: dict[object, int] = {}
        self.ones: set[int] = set()
        self.decided: set[tuple[str, int]] = set()

    def constant(self, value: float) -> int:
        """Return the number of a constant."""
        key = (type(value), value, math.copysign(1.0, value), value != value)
        if value != value:
            key = (float, "nan")  # type: ignore[assignment]
        number = self.known.get(key)
        if number is None:
            number = self.known[key] = self._define(Constant(value))
            if type(value) is float and value == 1.0:
                self.ones.add(number)
        return number

    def operation(self, function: str, operands: tuple[int, ...], place: Place | None = None) -> int:
        """Return the number of the output of an operation."""
        for position in NEUTRAL.get(function, ()):
            if operands[position] in self.ones:
                return operands[1 - position]
        key = (function, operands)
        number = self.known.get(key)
        if number is None:
            number = self.known[key] = self._define(Operation(function, operands, place))
        return number

    def guard(self, kind: str, value: int, outcome: Outcome, place: Place | None) -> None:
        """Write a decision, unless the trace has taken it already."""
        if (kind, value) not in self.decided:
            self.decided.add((kind, value))
            self.steps.append(Guard(kind, value, outcome, place))

    def _define(self, step: Constant | Operation) -> int:
        """Write a step that defines a value, and return the number of that value."""
        self.steps.append(step)
        self.defined += 1
        return self.defined - 1
