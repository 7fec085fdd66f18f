"""Views of arrays: what numpy gives without copying reads again what was written, and writes through.

Views in which an element shows more than once, or which can't be written to, take their cotangents by position.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, Final

import numpy

from minitorch.arrays.adjoints import laid_out
from minitorch.arrays.function import apply, row
from minitorch.arrays.indexing import Taken
from minitorch.arrays.makers import asarray, detached
from minitorch.arrays.movers import MOVERS, Placed
from minitorch.arrays.tensor import Tensor, constant, current, make_view, output_of, region
from minitorch.autodiff.grad_mode import is_recording

__all__ = ["VIEWS", "Shown", "numpy_array", "transposed", "viewing"]

Call = Callable[..., Any]


def reshape_vjp(g: Any, y: Any, x: Any, take: Any) -> Any:
    """Return the cotangent in the shape of what was reshaped."""
    return numpy.reshape(g, x.shape)


Reshape = row("ArrayReshape", lambda x, take: take(x), reshape_vjp, linear=True)


def transpose_vjp(g: Any, y: Any, x: Any, take: Any, axes: tuple[int, ...] | None) -> Any:
    """Return the cotangent with its axes where they were."""
    return numpy.transpose(g, axes)


Transpose = row("ArrayTranspose", lambda x, take, axes: take(x), transpose_vjp, linear=True)

SHAPES: Final = frozenset({numpy.reshape, numpy.ravel, numpy.squeeze, numpy.expand_dims})
"""Functions that leave the elements in their order."""

AXES: Final = frozenset({numpy.transpose, numpy.swapaxes, numpy.moveaxis, numpy.rollaxis})
"""Functions that exchange axes."""

COUNTERS: Final = {2: numpy.uint16, 4: numpy.uint32, 8: numpy.int64}
"""By size of an element: what its number fits into."""


STRIDES: Final = (numpy.lib.stride_tricks.as_strided, numpy.lib.stride_tricks.sliding_window_view)


def positions_shown(x: Any, path: tuple[Call, ...]) -> Any:
    """Return which elements of an array a view shows, counted from 1; the strides are those of the array.

    Of complex elements the imaginary parts are counted on, where they are shown as real numbers.
    """
    numbers = numpy.empty_like(x, dtype=COUNTERS.get(x.itemsize, x.dtype))
    counted = numpy.arange(1, x.size + 1).reshape(x.shape)
    numbers[...] = counted + 1j * (counted + x.size) if numbers.dtype.kind == "c" else counted
    shown = region(numbers, path)
    return (shown.real if shown.dtype.kind == "c" else shown).astype(numpy.int64)


def shown_vjp(g: Any, y: Any, x: Any, path: tuple[Call, ...]) -> Any:
    """Return the cotangent of an array, some of whose elements show at several places."""
    plain = x.array if type(x) is Tensor else x
    positions = positions_shown(plain, path)
    share = apply(Placed, (g,), {"positions": positions, "low": 1, "shape": plain.shape})
    if plain.dtype.kind == "c" and numpy.any(positions > plain.size):
        share = share + 1j * apply(Placed, (g,), {"positions": positions, "low": plain.size + 1, "shape": plain.shape})
    return share if type(g) is Tensor else share.array


Shown = row("ArrayShown", lambda x, path: region(x, path), shown_vjp, linear=True)
"""What a view shows that can't be written to."""


def taking(function: Any, args: Any, kwargs: Any, strided: Any) -> Call:
    """Make what takes a view of an array, which has to lie in memory as `strided` does where strides are asked for."""
    if strided is None:
        return lambda array: function(array, *args, **kwargs)
    return lambda array: function(laid_out(array, strided), *args, **kwargs)


def viewing(function: Any, moved: Call | None = None) -> Call:
    """Make what stands in for a function that gives a view where numpy does; else elements are moved."""
    moved = moved or MOVERS[function]

    def call(a: Any, *args: Any, **kwargs: Any) -> Any:
        if type(a) is not Tensor:
            return moved(a, *args, **kwargs)
        x = current(a)
        args, kwargs = detached(args), detached(kwargs)
        strided = function in STRIDES
        if not isinstance(x.array, numpy.ndarray):
            if not isinstance(function(x.array, *args, **kwargs), numpy.ndarray):
                return a
            a = x = current(numpy_array(a))

        take = taking(function, args, kwargs, x.array if strided else None)
        part = detached(take(x.array))  # numpy's own code may be traced, and then makes Tensors
        if part is x.array:
            part = x.array.view()
        if not numpy.may_share_memory(part, x.array) and part.size:
            return moved(a, *args, **kwargs)
        again = Shown if strided or not part.flags.writeable else Taken
        if x.creator is None or not is_recording():
            made = constant(part)
        elif function in SHAPES and x.array.ndim and all(v == "C" for v in (*args, *kwargs.values()) if type(v) is str):
            made = output_of(Reshape, part, (x,), {"take": take})
        elif function in AXES:
            axes = permutation(x.array, take)
            made = output_of(Transpose, part, (x,), {"take": take, "axes": axes})
        else:
            made = output_of(again, part, (x,), {"path": (take,)})
        return make_view(a, made, take, again)

    return call


def transposed(self: Tensor) -> Any:
    """Do `self.T`."""
    x = current(self)
    if not isinstance(x.array, numpy.ndarray):
        return VIEWS[numpy.transpose](self)
    part = x.array.T
    again = Taken if part.flags.writeable else Shown
    active = x.creator is not None and is_recording()
    made = output_of(Transpose, part, (x,), {"take": TRANSPOSE, "axes": None}) if active else constant(part)
    return make_view(self, made, TRANSPOSE, again)


TRANSPOSE: Final = operator.attrgetter("T")


def permutation(x: Any, take: Call) -> tuple[int, ...]:
    """Return the axes that undo a function that exchanges axes."""
    order = take(numpy.empty(tuple(range(2, 2 + x.ndim)))).shape
    return tuple(order.index(axis) for axis in range(2, 2 + x.ndim))


def numpy_array(x: Tensor) -> Tensor:
    """Return a number of numpy's as an array without axes."""
    made: Tensor = apply(AsArray, (x,))
    return made


AsArray = row("ArrayAsArray", numpy.asarray, lambda g, y, x: g, linear=True)


VIEWS: Final[dict[Any, Call]] = {
    **{
        function: viewing(function)
        for function in (*SHAPES, *AXES, numpy.flip, numpy.broadcast_to, numpy.diagonal, *STRIDES)
    },
    **{
        module.matrix_transpose: viewing(module.matrix_transpose, MOVERS.get(numpy.swapaxes))
        for module in (numpy, numpy.linalg)
        if hasattr(module, "matrix_transpose")
    },
}
"""By function of numpy's that gives a view: what stands in for it."""


def broadcast_arrays(*args: Any, subok: bool = False) -> Any:
    """`numpy.broadcast_arrays`, whose results can't be written to, as numpy announces of its own."""
    shape = numpy.broadcast_shapes(*(numpy.shape(detached(a)) for a in args))
    kind = type(numpy.broadcast_arrays(0.0))
    return kind([VIEWS[numpy.broadcast_to](asarray(a), shape) for a in args])


VIEWS[numpy.broadcast_arrays] = broadcast_arrays
