"""Functions that only move elements: they run once more, on position numbers, and so say where each came from.

np.roll(x, 1)   runs on x for the value, and on 1, 2, …, n for the positions; constants have position 0
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy

from minitorch.arrays.function import apply, row, split
from minitorch.arrays.makers import arrays, asarray, detached, wrapped
from minitorch.arrays.tensor import Tensor, current
from minitorch.arrays.traced_numpy import trace_numpy
from minitorch.autodiff.variable import Variable

__all__ = ["MOVERS", "gathered", "mover"]


def moved(*parts: Any, positions: Any) -> Any:
    """Return the elements of several arrays at positions that count from 1; zeros at position 0."""
    kind = numpy.result_type(*parts)
    elements = numpy.concatenate([numpy.zeros(1, kind), *(numpy.reshape(part, -1) for part in parts)])
    return elements[positions]


def moved_vjp(g: Any, y: Any, parts: Sequence[Any], positions: Any) -> Any:
    """Return the cotangents of the arrays."""
    *starts, total = itertools.accumulate((getattr(part, "size", 1) for part in parts), initial=0)
    share = apply(Placed, (g,), {"positions": positions, "low": 1, "shape": (total,)})
    return split(share.array if type(g) is not Tensor else share, parts, starts)


def placed(g: Any, positions: Any, low: int, shape: tuple[int, ...]) -> Any:
    """Return an array to which the elements of `g` have been added at their positions."""
    size = int(numpy.prod(shape))
    within = (positions >= low) & (positions < low + size)
    target = numpy.zeros(size, g.dtype)
    if numpy.all(within):
        numpy.add.at(target, numpy.reshape(positions - low, -1), numpy.reshape(g, -1))
    else:
        numpy.add.at(target, positions[within] - low, numpy.asarray(g)[within])
    return target.reshape(shape)


def placed_vjp(g: Any, y: Any, x: Any, positions: Any, low: int, shape: tuple[int, ...]) -> Any:
    """Return the cotangent of what was placed."""
    inside = numpy.where((positions >= low) & (positions < low + g.size), positions - low + 1, 0)
    return apply(Moved, (g,), {"positions": inside})


Moved = row("ArrayMoved", moved, moved_vjp, at_once=True, linear=True)
Placed = row("ArrayPlaced", placed, placed_vjp, linear=True)


def gathered(parts: Sequence[Any], positions: Any, value: Any) -> Any:
    """Return the Tensor of a value whose elements come from these positions of some Tensors."""
    if not isinstance(value, (numpy.ndarray, numpy.generic)) or value.dtype.kind not in "fc":
        return value
    # Empty lists among the parts make positions of floats.
    made = apply(Moved, parts, {"positions": numpy.asarray(positions).astype(numpy.intp, copy=False)})
    made.array = value
    return made


Numbered = Callable[[Any], Any]


def numbering(found: list[Any]) -> Numbered:
    """Make what replaces arrays by the positions of their elements, and notes the Tensors in order."""

    def numbered(value: Any) -> Any:
        kind = type(value)
        if kind is Tensor or issubclass(kind, Variable):
            node = current(value) if kind is Tensor else value
            plain = numpy.asarray(detached(value))
            if node.creator is None:
                return numpy.zeros(plain.shape, int)
            start = 1 + sum(int(numpy.size(detached(x))) for x in found)
            found.append(node)
            return numpy.arange(start, start + plain.size).reshape(plain.shape)
        if kind is list or kind is tuple:
            return kind(map(numbered, value))
        if isinstance(value, numpy.ndarray):
            return numpy.zeros(value.shape, int) if value.dtype.kind in "fcbiu" else value
        return 0 if isinstance(value, (float, complex, int)) else value

    return numbered


def mover(function: Any, *moving: int | str) -> Callable[..., Any]:
    """Make what stands in for a function that moves elements.

    Args:
        function: the function.
        moving: the positions or names of those arguments whose elements are moved; the others say how.
    """
    every = [name for name in moving if isinstance(name, str)]

    def call(*args: Any, **kwargs: Any) -> Any:
        found: list[Any] = []
        numbered = numbering(found)
        value = detached(function(*map(detached, args), **detached(kwargs)))
        places = [numbered(v) if index in moving else detached(v) for index, v in enumerate(args)]
        named = {name: numbered(v) if name in every else detached(v) for name, v in kwargs.items()}
        if not found:
            return wrapped(value)
        return rebuilt(value, detached(function(*places, **named)), found)

    return call


def rebuilt(value: Any, positions: Any, found: list[Any]) -> Any:
    """Return Tensors for the arrays that a mover gave."""
    if isinstance(value, (list, tuple)):
        parts = [rebuilt(v, *taken(p, found)) for v, p in zip(value, positions, strict=True)]
        return type(value)(parts)
    if not found:
        return wrapped(numpy.array(value))
    return gathered(found, positions, numpy.array(value) if isinstance(value, numpy.ndarray) else value)


def taken(positions: Any, found: list[Any]) -> tuple[Any, list[Any]]:
    """Return positions counted among those Tensors alone that elements come from, and these Tensors."""
    if isinstance(positions, (list, tuple)):
        return positions, found
    kept, counted, start = [], numpy.zeros_like(positions), 0
    room = 0
    for x in found:
        size = int(numpy.size(detached(x)))
        inside = (positions > start) & (positions <= start + size)
        if inside.any():
            counted = numpy.where(inside, positions - start + room, counted)
            kept.append(x)
            room += size
        start += size
    return counted, kept


FIRST: Final = """
    delete tile repeat flip roll diagflat diagonal tril triu resize broadcast_to expand_dims squeeze take_along_axis
    take stack vstack hstack dstack column_stack block rollaxis moveaxis swapaxes transpose reshape ravel
    matrix_transpose permute_dims
""".split()
"""Functions that move the elements of their first argument."""


def pad(array: Any, pad_width: Any, mode: Any = "constant", **kwargs: Any) -> Any:
    """`numpy.pad`: some modes move elements, others are traced."""
    if mode in ("constant", "edge", "reflect", "symmetric", "wrap") and kwargs.get("reflect_type") != "odd":
        return mover(numpy.pad, 0, "constant_values")(array, pad_width, mode=mode, **kwargs)
    return trace_numpy(numpy.pad)(array, pad_width, mode=mode, **kwargs)


def movers() -> dict[Any, Callable[..., Any]]:
    """Return what stands in for each function that moves elements."""
    found: dict[Any, Callable[..., Any]] = {}
    for name in FIRST:
        if hasattr(numpy, name):
            found[getattr(numpy, name)] = mover(getattr(numpy, name), 0)
    found[numpy.meshgrid] = mover(numpy.meshgrid, *range(32))
    found[numpy.append] = mover(numpy.append, 0, 1, "arr", "values")
    found[numpy.insert] = mover(numpy.insert, 0, 2, "arr", "values")
    found[numpy.compress] = mover(numpy.compress, 1, "a")
    found[numpy.extract] = mover(numpy.extract, 1, "arr")
    found[numpy.select] = mover(numpy.select, 1, 2, "choicelist", "default")
    found[numpy.choose] = mover(numpy.choose, 1, "choices")
    found[numpy.pad] = pad
    found[numpy.lib.stride_tricks.as_strided] = mover(numpy.lib.stride_tricks.as_strided, 0)
    found[numpy.lib.stride_tricks.sliding_window_view] = mover(numpy.lib.stride_tricks.sliding_window_view, 0)
    found[numpy.sort] = sort
    found[numpy.partition] = partition
    found[numpy.unique] = unique
    return found


def order_of(x: Any, order: Any, axis: Any) -> Any:
    """Return the positions of elements in an order along an axis."""
    numbers = numpy.arange(1, x.size + 1).reshape(x.shape)
    return numpy.take_along_axis(numbers, order, axis) if axis is not None else numbers.reshape(-1)[order]


def sort(a: Any, axis: Any = -1, kind: Any = None, order: Any = None, *, stable: Any = None) -> Any:
    """`numpy.sort`; of equal elements the first stays first."""
    x = current(asarray(a))
    value = numpy.sort(x.array, axis, kind)
    return gathered([x], order_of(x.array, numpy.argsort(x.array, axis, kind="stable"), axis), value)


def partition(a: Any, kth: Any, axis: Any = -1, kind: Any = "introselect", order: Any = None) -> Any:
    """`numpy.partition`."""
    x = current(asarray(a))
    value = numpy.partition(x.array, kth, axis, kind)
    return gathered([x], order_of(x.array, numpy.argpartition(x.array, kth, axis, kind), axis), value)


def unique(ar: Any, return_index: bool = False, *args: Any, **kwargs: Any) -> Any:
    """`numpy.unique`; of equal elements the first one counts."""
    x = current(asarray(ar))
    result: Any = arrays.unique(x.array, return_index, *args, **kwargs)
    axis = kwargs.get("axis", args[2] if len(args) > 2 else None)
    first = numpy.unique(x.array, return_index=True, axis=axis)[1]
    numbers = numpy.arange(1, x.array.size + 1).reshape(x.array.shape)
    positions = numbers.reshape(-1)[first] if axis is None else numpy.take(numbers, first, axis)
    if isinstance(result, tuple):
        return (gathered([x], positions, result[0]), *result[1:])
    return gathered([x], positions, result)


MOVERS: Final = movers()
"""By function of numpy's: what stands in for it."""
