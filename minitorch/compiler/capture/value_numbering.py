"""Writes a path without what it need not have: as steps come, so that equal beginnings of paths stay equal.

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
"""At which position an operand of 1.0 leaves the other one as it is."""


class ValueNumbering:
    """A path in the making.

    Args:
        inputs: how many inputs it has.
        merges: whether equal operations become one; else the path stays what was run, operation for operation.

    >>> stream = ValueNumbering(2)
    >>> product = stream.operation("Mul", (0, 1))
    >>> stream.operation("Mul", (0, 1)) == product, stream.operation("Mul", (product, stream.constant(1.0))) == product
    (True, True)
    """

    def __init__(self, inputs: int, merges: bool = True) -> None:
        self.inputs = inputs
        self.merges = merges
        self.steps: list[Step] = []
        self.defined = inputs
        self.known: dict[object, int] = {}
        self.ones: set[int] = set()
        self.answered: set[tuple[str, int]] = set()

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
        """Return the number of what an operation gives."""
        if not self.merges:
            return self._define(Operation(function, operands, place))
        for position in NEUTRAL.get(function, ()):
            if operands[position] in self.ones:
                return operands[1 - position]
        key = (function, operands)
        number = self.known.get(key)
        if number is None:
            number = self.known[key] = self._define(Operation(function, operands, place))
        return number

    def guard(self, kind: str, value: int, outcome: Outcome, place: Place | None) -> None:
        """Write a decision down, unless the path has taken it already."""
        if (kind, value) not in self.answered:
            self.answered.add((kind, value))
            self.steps.append(Guard(kind, value, outcome, place))

    def _define(self, step: Constant | Operation) -> int:
        self.steps.append(step)
        self.defined += 1
        return self.defined - 1
