"""Special points and rounding of arrays: which elements are equal by accident, and what is only rounded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy

from minitorch.arrays.function import ArrayFunction, nothing
from minitorch.arrays.tangents import forward_pass
from minitorch.arrays.tensor import Tensor
from minitorch.autodiff.history import History
from minitorch.autodiff.topological_order import is_variable, parents_of
from minitorch.autodiff.variable import Variable, is_constant, value_of

__all__ = ["apart", "first_equal", "followed", "limits", "moved_array", "paces", "vanishes"]

GOLDEN: Final = 0.6180339887498949
"""Multiples of it, less their whole parts, are spread evenly."""


def paces(order: Sequence[Variable], inputs: Sequence[Variable]) -> dict[int, Any]:
    """Return how fast Variables move when every element of the inputs does, each at a pace of its own."""
    seeds: dict[int, Any] = {}
    start = 0
    for x in inputs:
        size = x.array.size if type(x) is Tensor else 1
        numbers = 1.0 + (numpy.arange(start, start + size) * GOLDEN) % 1.0
        seeds[x.unique_id] = numbers.reshape(x.array.shape) if type(x) is Tensor else float(numbers[0])
        start += size
    return forward_pass(order, seeds, False)


def apart(left: Any, right: Any, left_pace: Any, right_pace: Any, agreement: float) -> bool:
    """Return whether elements that are equal move apart.

    Args:
        left: what is compared, plain or a Variable.
        right: with what.
        left_pace: how fast that moves.
        right_pace: likewise.
        agreement: relative difference of paces that rounding explains.
    """
    equal = numpy.equal(value_of(left), value_of(right))
    largest = numpy.maximum(numpy.abs(left_pace), numpy.abs(right_pace))
    return bool((equal & ~(numpy.abs(left_pace - right_pace) <= agreement * largest)).any())


def first_equal(left: Any, right: Any) -> tuple[float, float]:
    """Return the first elements that are equal."""
    both = numpy.broadcast_arrays(value_of(left), value_of(right))
    index = int(numpy.argmax(numpy.equal(*both)))
    one, other = (array.reshape(-1)[index].item() for array in both)
    return one, other


def moved_array(x: Any, side: Sequence[int], units: int, offset: int) -> Any:
    """Return an array with each element a few units in the last place away, each by another distance.

    Args:
        x: the array.
        side: where the elements with even numbers go, and where the others: 1 or -1.
        units: the least distance.
        offset: how many numbers have been moved before.
    """
    plain = numpy.abs(value_of(x))
    numbers = offset + numpy.arange(plain.size).reshape(plain.shape)
    steps = (units + 3 * numbers) * numpy.finfo(plain.dtype).eps * numpy.where(numbers % 2, side[1], side[0])
    return x + (steps * numpy.where(plain == 0, 1.0, plain)).astype(plain.dtype)


def limits(
    own: Any, around: Sequence[Any], agreement: float, noise: float
) -> tuple[Any, tuple[float, float, float] | None]:
    """Return derivatives in the limit: the mean where all sides agree, else the point's own.

    Args:
        own: those at the point.
        around: those beside it.
        agreement: by how much they may differ, relative to the larger one.
        noise: by how much they may differ, relative to the largest of all.

    Returns:
        The derivatives; and of the first element without a limit those of two sides and the point's own.
    """
    plain = numpy.stack([value_of(each) for each in around])
    low, high = plain.min(0), plain.max(0)
    largest = numpy.max(numpy.abs(plain), initial=0.0, where=numpy.isfinite(plain))
    allowed = numpy.maximum(agreement * numpy.maximum(numpy.abs(low), numpy.abs(high)), noise * largest)
    agree = (low == high) | (high - low <= allowed)
    limit = numpy.where(agree, sum(around[1:], around[0]) / len(around), own)
    if agree.all():
        return limit, None
    index = int(numpy.argmin(agree))
    shown = [numpy.broadcast_to(value_of(each), agree.shape).reshape(-1)[index].item() for each in (low, high, own)]
    return limit, (shown[0], shown[1], shown[2])


def followed(node: Any) -> list[Variable]:
    """Return the Variables that a value follows, whatever the derivative by them is."""
    function = node.creator
    found = []
    for index, x in enumerate(parents_of(node)):
        if not is_variable(x) or is_constant(x):
            continue
        if isinstance(function, History) or not issubclass(function, ArrayFunction) or not ignores(function, index):
            found.append(x)
    return found


def ignores(function: type[ArrayFunction], index: int) -> bool:
    """Return whether a Function does not follow one of its inputs."""
    return not function.for_all and function.vjps[index : index + 1] == (nothing,)


def vanishes(derivative: Any) -> bool:
    """Return whether a derivative is zero everywhere."""
    return not numpy.any(value_of(derivative))
