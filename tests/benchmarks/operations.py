"""How much work a program is: its arithmetic operations, counted on numbers that are counted themselves.

(x + 1.0) * x      2 operations, whoever does them
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

from .eager_programs import PLAIN, Run

__all__ = ["operations"]

BINARY = ("add", "sub", "mul", "truediv", "pow")


class Counted:
    """A number that enters into a ledger what is done with it.

    Args:
        value: the number.
        ledger: gets an entry per operation.
    """

    def __init__(self, value: float, ledger: list[str]) -> None:
        self.value = value
        self.ledger = ledger

    def enter(self, name: str, value: float) -> Counted:
        """The result of an operation."""
        self.ledger.append(name)
        return Counted(value, self.ledger)

    def __neg__(self) -> Counted:
        return self.enter("neg", -self.value)

    def __gt__(self, other: Any) -> bool:
        return self.value > plain(other)

    def __lt__(self, other: Any) -> bool:
        return self.value < plain(other)


def plain(x: Any) -> float:
    """The number that is counted, or that is not."""
    return x.value if type(x) is Counted else x


def method(name: str, swapped: bool) -> Callable[[Counted, Any], Counted]:
    """Make the method of an operator, or that of its second operand."""
    do = getattr(operator, name)

    def apply(self: Counted, other: Any) -> Counted:
        x, y = self.value, plain(other)
        return self.enter(name, do(y, x) if swapped else do(x, y))

    return apply


for _name in BINARY:
    setattr(Counted, f"__{_name}__", method(_name, swapped=False))
    setattr(Counted, f"__r{_name}__", method(_name, swapped=True))


def function(name: str) -> Callable[[Counted], Counted]:
    """Make a function that is one operation."""
    do = getattr(PLAIN, name)
    return lambda x: x.enter(name, do(x.value))


COUNTED = {name: function(name) for name in ("exp", "log", "sqrt", "erf", "relu")}
FUNCTIONS = SimpleNamespace(**{**vars(PLAIN), **COUNTED})


def operations(run: Run, inputs: Sequence[float]) -> int:
    """Count the arithmetic operations and functions of a program; comparisons are none.

    Raises:
        TypeError: it asks for floats.

    >>> operations(lambda x, functions: functions.exp(x[0] + 1.0) * x[1], [1.0, 2.0])
    3
    """
    ledger: list[str] = []
    run([Counted(x, ledger) for x in inputs], FUNCTIONS)
    return len(ledger)
