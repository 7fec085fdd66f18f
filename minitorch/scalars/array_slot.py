"""What numpy's ufuncs do with numbers that know how they were made: a slot, for nothing here needs numpy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from minitorch.autodiff.variable import Variable

__all__ = ["ARRAYS", "ufunc_on_objects"]


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


class ArraySlot:
    """What numpy's ufuncs do where a number that knows how it was made is among their operands.

    Attributes:
        ufunc: what does it, called with the ufunc, the name of its method, its inputs and what was given by name.
            `minitorch/__init__` sets it to what makes arrays that know how they were made.
    """

    __slots__ = ("ufunc",)

    def __init__(self) -> None:
        self.ufunc: Callable[..., Any] = ufunc_on_objects


ARRAYS: Final = ArraySlot()
"""That of this process."""
