"""What arrays tell the run that goes on: elements that are equal where that is asked, and values that are rounded.

x == 2.0, np.where(x == 0, …), if x[0] == 3.0     at such a point the derivative is that of a special case
np.round(x), x // 2.0, x.astype(int)              the derivative is zero, and was not before it was rounded
"""

from __future__ import annotations

import os
from typing import Any, Final

import numpy

from minitorch.arrays.makers import detached
from minitorch.arrays.tensor import NO_PARAMETERS, Tensor, current, keep
from minitorch.autodiff.place import Origin, origin_of_caller
from minitorch.autodiff.run_notes import Tie, keep_tie, note_rounded, note_whole
from minitorch.autodiff.straight import is_straight
from minitorch.autodiff.variable import is_constant

__all__ = [
    "COMPARED", "EQUALITIES", "ROUNDED", "STRAIGHT", "note_equal", "note_rounding", "note_truth", "note_whole_numbers",
    "straightened",
]  # fmt: skip

COMPARED: Final[dict[Any, str]] = {
    numpy.equal: "EQ", numpy.not_equal: "NE", numpy.less: "LT", numpy.less_equal: "LE", numpy.greater: "GT",
    numpy.greater_equal: "GE",
}  # fmt: skip
"""By ufunc that compares: the name of the comparison's Function."""

ROUNDED: Final = frozenset({numpy.floor, numpy.ceil, numpy.trunc, numpy.rint, numpy.floor_divide})
"""Ufuncs that round."""

NUMPY: Final = os.path.join(os.path.dirname(numpy.__file__), "")
"""The folder of numpy."""

EQUALITIES: Final = frozenset({numpy.array_equal, numpy.array_equiv})
"""Functions that ask whether arrays are equal."""

MAX_ARRAY_TIES_PER_PLACE: Final = 4
"""How many comparisons of arrays at one place are looked at."""


def latest(x: Any) -> Any:
    """Return the current Variable of a Tensor, anything else as it is."""
    return current(x) if type(x) is Tensor else x


def note_equal(question: str, x: Any, y: Any) -> None:
    """Note that a comparison has found equal elements, where one side has a history.

    Args:
        question: the name of the comparison's Function.
        x: what is compared, a Variable or a plain value.
        y: with what.
    """
    left, right = latest(x), latest(y)
    if (is_constant(left) and is_constant(right)) or left is right:
        return
    try:
        equal = numpy.equal(detached(left), detached(right)).any()
    except (TypeError, ValueError):
        return  # the comparison itself raises, or finds nothing equal
    if equal:
        for side in (left, right):
            if type(side) is Tensor:
                keep(side)
        note(Tie(question, left, right, origin_of_caller()))


def is_numpy_s(origin: Origin) -> bool:
    """Return whether numpy itself asks, in its Python code: that is as in C, where the derivative is by the rules."""
    return origin[0].co_filename.startswith(NUMPY)


def note(tie: Tie) -> None:
    """Note a tie in all runs that go on."""
    if is_numpy_s(tie.origin):
        return
    keep_tie(tie, MAX_ARRAY_TIES_PER_PLACE)


def note_truth(x: Tensor) -> None:
    """Note that a number was asked whether it is zero, and is."""
    node = current(x)
    if node.creator is not None and not node.array.any():
        note(Tie("truth", node, 0.0, origin_of_caller()))


def note_rounding(*operands: Any) -> None:
    """Note that values are rounded; what it takes to differentiate as if they were not is kept."""
    for x in map(latest, operands):
        if not is_constant(x):
            note_rounded(None)
            if type(x) is Tensor:
                keep(x)


def note_whole_numbers(kind: str, x: Any) -> None:
    """Note that whole numbers are made of a Variable, which ends its history."""
    node = latest(x)
    if not is_constant(node):
        note_whole(kind, node)


STRAIGHT: Final[dict[Any, Any]] = {}
"""By ufunc that rounds: the Function that does the same without rounding, filled by `minitorch.arrays.elementwise`."""


def straightened(ufunc: Any, result: Any) -> Any:
    """Have what was rounded remember an operation that does not round, where that is asked for; its value stays.

    Args:
        ufunc: what rounds.
        result: what it gave.
    """
    node = latest(result)
    if type(node) is Tensor and node.creator is not None and is_straight():
        node.creator = STRAIGHT[ufunc]
        node.first_parent = node.first_parent[: ufunc.nin]
        node.first_partial = NO_PARAMETERS
    return result
