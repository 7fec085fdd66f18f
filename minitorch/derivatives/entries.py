"""The entries of a run's inputs and outputs: numbers, and whole arrays."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from minitorch.autodiff.errors import HistoryLostError
from minitorch.autodiff.history import History
from minitorch.autodiff.topological_order import is_variable
from minitorch.autodiff.variable import Variable, is_constant
from minitorch.derivatives.signatures import title
from minitorch.scalars.detach import without_history
from minitorch.scalars.primitives import FUNCTIONS
from minitorch.scalars.pytrees import WHOLE, Layout, flatten, is_array
from minitorch.scalars.scalar import Scalar
from minitorch.scalars.whole import Whole

__all__ = [
    "array_entries", "array_points", "as_input", "as_returned", "count_of", "flatten_result", "lost_behind", "settled",
    "unit_vector", "vanishes",
]  # fmt: skip


@functools.cache
def array_entries() -> Any:
    """Return the module that knows arrays, which needs numpy."""
    from minitorch.derivatives import array_entries as module

    return module


def array_points() -> Any:
    """Return the module that knows special points of arrays, which needs numpy."""
    from minitorch.derivatives import array_points as module

    return module


def as_input(value: Any, history: History, name: str | None, stays_whole: bool = False) -> Any:
    """Make a Variable for a number: a leaf for a plain one, a step of the outer history for a Variable.

    Args:
        value: the number.
        history: that of the leaf.
        name: what reports and pictures call it.
        stays_whole: whether an int counts and indexes as one, as it does in structures.
    """
    if getattr(value, "holds_array", False) if is_variable(value) else is_array(value):
        return array_entries().array_input(value, name, history)
    if not is_variable(value):
        return (Whole if stays_whole and type(value) in WHOLE else Scalar)(value, history, name)
    inner: Scalar = Scalar(value.data, history) if is_constant(value) else FUNCTIONS["Pos"].apply(value)
    inner.name = name
    return inner


def as_returned(output: Any, keeps: Callable[[Variable], bool]) -> Any:
    """Return a result without histories but for those to be kept; one number is a float."""
    if is_variable(output) and output.holds_array and not output.array.ndim:
        return output if keeps(output.present()) else float(output.plain())
    value = without_history(output, keeps)
    return float(value) if is_array(value) and not is_array(output) and not value.ndim else value


def flatten_result(output: Any, f: Callable[..., Any], whole: bool = True) -> tuple[list[Any], Layout]:
    """Return the numbers of a result, and where they stand.

    Args:
        output: the result.
        f: the function that returned it.
        whole: whether an array counts as one number.

    Raises:
        TypeError: there are some that are not real.
    """
    try:
        return flatten(output, whole)
    except TypeError as error:
        raise TypeError(f"can't differentiate {title(f)}: its result {error}") from error


def settled(adjoint: Any) -> Any:
    """Return an adjoint as a number, an array or a Variable."""
    return adjoint if type(adjoint) is float else array_entries().recorded_adjoint_of(adjoint)


def vanishes(derivative: Any) -> bool:
    """Return whether a derivative is zero; that by an array where it is zero everywhere."""
    return (
        bool(array_points().vanishes(derivative))
        if getattr(derivative, "ndim", 0)
        else not is_variable(derivative) and bool(derivative == 0)
    )


def unit_vector(index: int, length: int) -> list[float]:
    """Return the numbers of a structure with a 1.0 at one place and zeros elsewhere.

    >>> unit_vector(1, 3)
    [0.0, 1.0, 0.0]
    """
    return [float(place == index) for place in range(length)]


def lost_behind(error: Exception) -> Exception:
    """Return the refusal of a plain number that numpy has put an error of its own over, or else the error itself.

    `a[0] = x` on an array of floats asks x for a plain number; what that raises is the cause of a ValueError.
    """
    cause = error.__cause__
    return cause if isinstance(error, ValueError) and isinstance(cause, HistoryLostError) else error


def count_of(inputs: Sequence[Any]) -> int:
    """Return how many numbers inputs are, arrays counted by their elements."""
    return sum(int(x.array.size) if x.holds_array else 1 for x in inputs)
