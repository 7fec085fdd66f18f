"""Code in C with a formula beside it: the value is that of the code, to the last bit, the history that of the formula.

    call = twin(_ppoly.evaluate, formula)

A formula is written in functions of numpy's, so that each operation in it has its derivatives, of any order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy

from minitorch.arrays.function import row
from minitorch.arrays.makers import asarray, detached, is_plain, wrapped
from minitorch.arrays.tensor import Tensor, constant, current, output_of
from minitorch.autodiff.grad_mode import is_recording
from minitorch.autodiff.variable import Variable

__all__ = [
    "answering",
    "contiguous",
    "in_place_twin",
    "is_active",
    "paired",
    "plainly",
    "twin",
    "with_value",
    "writing_twin",
]

Call = Callable[..., Any]

Same = row("ArraySame", lambda x: x, lambda g, y, x: g, linear=True)
"""An array itself: with the value that code in C gave."""


def with_value(made: Any, value: Any) -> Any:
    """Return a Tensor with that value and the history of another."""
    if type(made) is not Tensor:
        made = asarray(made)
    node = current(made)
    if node.creator is None or not is_recording():
        return constant(value)
    return output_of(Same, value if hasattr(value, "dtype") else numpy.asarray(value)[()], (node,))


def is_active(*values: Any) -> bool:
    """Return whether something with a history is among values."""
    return not all(map(is_plain, values))


def contiguous(value: Any) -> Any:
    """Return a value as code in C takes it: a plain array in C order."""
    plain = detached(value)
    # `ascontiguousarray` gives an array without axes one axis.
    return numpy.asarray(plain, order="C") if isinstance(plain, numpy.ndarray) else plain


def plainly(function: Call) -> Call:
    """Make what calls a function with plain values: its result has no derivative."""

    def call(*args: Any, **kwargs: Any) -> Any:
        return function(*map(contiguous, args), **{name: contiguous(v) for name, v in kwargs.items()})

    return call


def twin(function: Call, formula: Call) -> Call:
    """Make what calls a function for the value, and computes the same by a formula for the history.

    Args:
        function: the code in C.
        formula: takes the same arguments and gives the same array in operations on Tensors.
    """

    def call(*args: Any, **kwargs: Any) -> Any:
        value = function(*map(contiguous, args), **{name: contiguous(v) for name, v in kwargs.items()})
        if not is_active(*args, *kwargs.values()):
            return wrapped(value)
        return with_value(formula(*args, **kwargs), value)

    return call


def writing_twin(function: Call, formula: Call, position: int, name: str = "out") -> Call:
    """Make what does as `twin` for a function that writes its result into one of its arguments.

    Args:
        function: the code in C.
        formula: takes the other arguments.
        position: where the array that is written stands among the arguments.
        name: its name.
    """

    def call(*args: Any, **kwargs: Any) -> Any:
        given = list(args)
        target = kwargs.pop(name) if name in kwargs else given.pop(position)
        plain = numpy.array(detached(target), order="C")
        values = list(map(contiguous, given))
        named = {key: contiguous(v) for key, v in kwargs.items()}
        if len(given) >= position:
            values.insert(position, plain)
        else:
            named[name] = plain
        result = function(*values, **named)
        if is_active(*given, *kwargs.values()):
            target[...] = with_value(formula(*given, **kwargs), plain)
        else:
            target[...] = plain
        # What it returns is the array that it has written, or a view of that.
        return None if result is None else target

    return call


def in_place_twin(function: Call, formula: Call) -> Call:
    """Make what does as `twin` for a function that changes its first argument in place."""

    def call(target: Any, *args: Any) -> Any:
        plain = numpy.array(detached(target), order="C")
        function(plain, *map(contiguous, args))
        active = is_active(target, *args)
        target[...] = with_value(formula(target, *args), plain) if active else plain

    return call


def paired(made: Any, found: Any) -> Any:
    """Return values that were found with the histories of what a formula made, in lists and tuples too."""
    if isinstance(found, (tuple, list)):
        parts = [paired(m, f) for m, f in zip(made, found, strict=True)]
        return type(found)(*parts) if hasattr(found, "_fields") else type(found)(parts)
    if made is found or not issubclass(type(made), Variable) or is_plain(made):
        return wrapped(found)
    return with_value(made, found)


def answering(formula: Call) -> Callable[[Call], Call]:
    """Make what makes the twin of a function that gives several results; the formula is told them before all else."""

    def make(function: Call) -> Call:
        def call(*args: Any, **kwargs: Any) -> Any:
            found = function(*map(contiguous, args), **{name: contiguous(v) for name, v in kwargs.items()})
            if not is_active(*args, *kwargs.values()):
                return wrapped(found)
            return paired(formula(found, *args, **kwargs), found)

        return call

    return make
