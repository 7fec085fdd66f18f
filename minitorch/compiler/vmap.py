"""`vmap(f)`: a function of one row as one of many rows, with JAX's signature.

>>> import math, numpy
>>> vmap(lambda x, y: math.hypot(x, y) if x > 0.0 else y)(numpy.array([3.0, -1.0]), numpy.array([4.0, 2.0]))
array([5., 2.])

Each row runs as the plain function does, with its own branches and loops; many rows of numbers run as a batch of
`minitorch.compile` does, in machine code where that pays.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy

from minitorch.arrays.makers import array, holds_variable
from minitorch.autodiff.tracebacks import short_tracebacks
from minitorch.compiler.decorator import compile
from minitorch.compiler.function import CompiledFunction
from minitorch.derivatives.self_recording import is_derivative, records_itself
from minitorch.derivatives.signatures import title
from minitorch.scalars.containers import map_leaves, rebuild, unfold
from minitorch.tracing.tracer import trace

__all__ = ["vmap"]

MIN_BATCH: Final = 1000
"""Of fewer rows a batch would not pay for making itself."""

Axes = int | None | Sequence[int | None]


@short_tracebacks
def vmap(f: Callable[..., Any], in_axes: Axes = 0, out_axes: int = 0) -> Callable[..., Any]:
    """Make the function that maps `f` over an axis of its arguments.

    Args:
        f: a plain Python function, or a derivative such as `minitorch.grad(f)`.
        in_axes: the axis of each argument that is gone along, the same for all arrays in it; None for an argument
            that each row gets whole. One for all arguments, or one each; keyword arguments are gone along by axis 0.
        out_axes: the axis of the results that counts the rows.

    Returns:
        A function of the same arguments, whose arrays have that axis more. Numbers come back as an array of them,
        structures with arrays in them; what depends on Variables has histories.

    Raises:
        TypeError: when called: there is no axis to go along, or rows give different structures.
        ValueError: when called: axes have different lengths, or results different shapes.

    >>> import minitorch
    >>> vmap(minitorch.grad(lambda x, k: k * x**2), in_axes=(0, None))(numpy.array([1.0, 2.0]), 3.0)
    array([ 6., 12.])
    """
    traced = f if is_derivative(f) else trace(f)
    compiled: list[CompiledFunction] = []

    @records_itself
    @short_tracebacks
    @functools.wraps(f)
    def mapped(*args: Any, **kwargs: Any) -> Any:
        rows = Rows(f, args, in_axes, kwargs)
        first = traced(*rows.arguments(0), **rows.keywords(0))
        if rows.are_numbers and rows.count >= MIN_BATCH and type(first) is float and not is_derivative(f):
            if not compiled:
                compiled.append(compile(f))
            results = numpy.empty(rows.count)
            results[0] = first
            compiled[0].batch(numpy.stack(rows.leaves, axis=1)[1:], out=results[1:])
            return numpy.moveaxis(results, 0, out_axes)
        rest = [traced(*rows.arguments(row), **rows.keywords(row)) for row in range(1, rows.count)]
        return stacked(f, [first, *rest], out_axes)

    return mapped


class Rows:
    """The arguments of a mapped function, row by row.

    Args:
        f: the function.
        args: its arguments.
        in_axes: the axes to go along.
        kwargs: its keyword arguments.

    Attributes:
        count: how many rows there are.
        leaves: the arrays that rows are taken from, with the rows first.
        are_numbers: whether each row of all arguments is a float.
    """

    def __init__(self, f: Callable[..., Any], args: tuple[Any, ...], in_axes: Axes, kwargs: dict[str, Any]) -> None:
        axes = [in_axes] * len(args) if in_axes is None or isinstance(in_axes, int) else [*in_axes]
        if len(axes) != len(args):
            raise TypeError(f"vmap of {title(f)}: in_axes has {len(axes)} axes for {len(args)} arguments")
        self.f, self.leaves = f, list[Any]()
        self.args = [self._moved(arg, axis) for arg, axis in zip(args, axes, strict=True)]
        self.kwargs = {name: self._moved(value, 0) for name, value in kwargs.items()}
        counts = sorted({len(leaf) for leaf in self.leaves})
        if len(counts) != 1:
            lengths = f"axes of different lengths {counts}" if counts else "no axis to go along"
            raise (ValueError if counts else TypeError)(f"vmap of {title(f)} has {lengths} in its arguments")
        (self.count,) = counts
        if not self.count:
            raise ValueError(f"vmap of {title(f)} has no rows, so that nobody knows what its results look like")
        plain = all(type(leaf) is numpy.ndarray and leaf.dtype == float and leaf.ndim == 1 for leaf in self.leaves)
        self.are_numbers = plain and not kwargs and len(self.leaves) == len(args)

    def _moved(self, argument: Any, axis: int | None) -> tuple[bool, Any]:
        """Return whether rows are taken from an argument, and it with the rows first."""
        if axis is None:
            return False, argument

        def moved(leaf: Any) -> Any:
            if numpy.ndim(leaf) == 0:
                raise TypeError(
                    f"vmap of {title(self.f)} has no axis to go along in {leaf!r}: give an array (of a list, "
                    "numpy.asarray(…)), or None in in_axes for what each row gets whole"
                )
            leaf = numpy.moveaxis(leaf, axis, 0)
            self.leaves.append(leaf)
            return leaf

        return True, map_leaves(moved, argument)

    def arguments(self, row: int) -> list[Any]:
        """Return the arguments of one row."""
        return [map_leaves(lambda leaf: number_at(leaf, row), arg) if by_row else arg for by_row, arg in self.args]

    def keywords(self, row: int) -> dict[str, Any]:
        """Return the keyword arguments of one row."""
        return {name: map_leaves(lambda leaf: number_at(leaf, row), arg) for name, (_, arg) in self.kwargs.items()}


def number_at(leaf: Any, row: int) -> Any:
    """Return a row of an array: an array, or one of Python's numbers."""
    found = leaf[row]
    return found.item() if isinstance(found, numpy.generic) and not holds_variable(found) else found


def stacked(f: Callable[..., Any], results: list[Any], axis: int) -> Any:
    """Return the results of all rows as one, with an axis more.

    Raises:
        TypeError: they are of different structures.
    """
    unfolded = [unfold(result) for result in results]
    first = unfolded[0][1]
    for row, (_, spec) in enumerate(unfolded):
        if spec != first:
            raise TypeError(f"vmap of {title(f)}: row {row} gives another structure than row 0")
    columns = zip(*(leaves for leaves, _ in unfolded), strict=True)
    return rebuild(first, [as_one(list(column), axis) for column in columns])


def as_one(rows: list[Any], axis: int) -> Any:
    """Return one array of rows, which count along an axis."""
    made = array(rows) if any(map(holds_variable, rows)) else numpy.array(rows)
    return numpy.moveaxis(made, 0, axis)
