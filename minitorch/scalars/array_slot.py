"""What numpy's ufuncs do with numbers that know how they were made: a slot, for nothing here needs numpy."""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable
from typing import Any, Final

from minitorch.autodiff.run_notes import end_plain_run, note_arrays
from minitorch.autodiff.variable import Variable, is_settled, value_of
from minitorch.scalars.lost_history import history_ends

__all__ = ["ARRAYS", "PYTHON_OPERATORS", "is_pandas", "priority_in_pandas", "ufunc_in_plain_run", "ufunc_on_objects"]


def ufunc_on_objects(ufunc: Any, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call a ufunc of numpy's, whose loops over objects ask each number."""
    import numpy

    operands = []
    for x in inputs:
        if isinstance(x, Variable):
            operands.append(numpy.empty((), dtype=object))
            operands[-1][()] = x
        else:
            operands.append(x)
    if kwargs.get("out") in (..., (...,)):
        # numpy is asked for an array, also without axes.
        del kwargs["out"]
        return numpy.asarray(getattr(ufunc, method)(*operands, **kwargs), dtype=object)
    return getattr(ufunc, method)(*operands, **kwargs)


def ufunc_in_plain_run(ufunc: Any, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call a ufunc of numpy's with the plain numbers of a run of which no derivative is wanted, if it is one.

    Returns:
        `NotImplemented` in another run, or where one of the numbers belongs to somebody else's derivative.
    """
    if not end_plain_run() or not all(is_settled(x) for x in inputs if isinstance(x, Variable)):
        return NotImplemented
    if any(getattr(x, "ndim", 0) for x in inputs):
        note_arrays()
    return getattr(ufunc, method)(*map(value_of, inputs), **kwargs)


def not_implemented(*_: Any) -> Any:
    """Leave an operator to the other operand."""
    return NotImplemented


class ArraySlot:
    """What numpy's ufuncs do where a number that knows how it was made is among their operands.

    Attributes:
        ufunc: what does it, called with the ufunc, the name of its method, its inputs and what was given by name.
            `minitorch/__init__` sets it to what makes arrays that know how they were made.
        column: what does an operator with an object of pandas', called with the operator and its operands. Set there,
            too.
        column_of: what gives pandas the column of such an array. Set there, too.
    """

    __slots__ = ("column", "column_of", "ufunc")

    def __init__(self) -> None:
        self.ufunc: Callable[..., Any] = ufunc_on_objects
        self.column: Callable[..., Any] = not_implemented
        self.column_of: Callable[..., Any] = not_implemented


def is_pandas(value: Any) -> bool:
    """Return whether a value is an object of pandas' that computes, of whatever class made of one of its own."""
    kind = type(value)
    return not issubclass(kind, Variable) and getattr(kind, "__pandas_priority__", 0) > 0


def priority_in_pandas(self: Any) -> int:
    """Return more than any object of pandas' has, which leaves operators to this one therefore, but for those in place.

    Raises:
        HistoryLostError: if a number is to be added, or the like, in place.
    """
    outer = sys._getframe(1).f_back
    if outer is None or outer.f_code.co_name != "_inplace_method":
        return 5000
    if getattr(self, "ndim", 0):
        return 0  # pandas takes the array out of it
    cure = "Write `s = s + x` in place of `s += x`."
    raise history_ends("an operator in place on an object of pandas'", self.label(), cure, [self.present()])


ARRAYS: Final = ArraySlot()
"""That of this process."""

PYTHON_OPERATORS: Final = {
    "Add": operator.add, "Sub": operator.sub, "Mul": operator.mul, "TrueDiv": operator.truediv,
    "FloorDiv": operator.floordiv, "Mod": operator.mod, "Pow": operator.pow,
    "LT": operator.lt, "LE": operator.le, "GT": operator.gt, "GE": operator.ge, "EQ": operator.eq, "NE": operator.ne,
}  # fmt: skip
"""The operators of Python by the names of their rows."""
