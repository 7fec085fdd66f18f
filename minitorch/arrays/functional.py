"""Functions that write where they are told, call a function given to them, or look between values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy

from minitorch.arrays.function import apply, row
from minitorch.arrays.makers import MAKERS, asarray, detached, holds_variable, in_copies, is_plain
from minitorch.arrays.products import Matmul, convolve, correlate, einsum, matmul, outer
from minitorch.arrays.structure import clip, stack, where
from minitorch.arrays.tensor import Tensor, current
from minitorch.arrays.writing import is_same_memory, refuse_history, write_at, write_out

__all__ = ["FUNCTIONAL", "PLAIN"]


def writing(function: Any, values: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make what lets numpy write where no Variable takes part: into a plain array, which can't take a history.

    Args:
        function: the function of numpy's.
        values: the position of what is written.
    """

    def decorate(own: Callable[..., Any]) -> Callable[..., Any]:
        def call(target: Any, *args: Any, **kwargs: Any) -> Any:
            if type(target) is Tensor:
                return own(target, *args, **kwargs)
            refuse_history(f"np.{function.__name__}", *args[values - 1 : values], *kwargs.values())
            return function(target, *map(detached, args), **detached(kwargs))

        return call

    return decorate


@writing(numpy.copyto, 1)
def copyto(dst: Any, src: Any, casting: Any = "same_kind", where: Any = True) -> None:
    """`numpy.copyto`."""
    source = asarray(src)
    if not dst.flags.writeable and is_same_memory(detached(dst), detached(source)):
        return  # as numpy, which has nothing to do
    if numpy.shape(source) != dst.shape or not numpy.can_cast(source.dtype, dst.dtype, casting):
        numpy.copyto(in_copies(dst), detached(src), casting, detached(where))
        if not numpy.can_cast(source.dtype, dst.dtype, "same_kind"):
            source = source.astype(dst.dtype)
    while source.ndim > dst.ndim:
        source = source[0]
    write_out(dst, source, where, broadcast=True)


@writing(numpy.fill_diagonal, 1)
def fill_diagonal(a: Any, val: Any, wrap: bool = False) -> None:
    """`numpy.fill_diagonal`."""
    numbers = numpy.zeros(a.shape, bool)
    numpy.fill_diagonal(numbers, True, wrap)
    value = asarray(val)
    a[numbers] = value if value.ndim == 0 else numpy.resize(value, int(numbers.sum()))


@writing(numpy.put, 2)
def put(a: Any, ind: Any, v: Any, mode: Any = "raise") -> None:
    """`numpy.put`."""
    indices = numpy.asarray(ind)
    value = asarray(v)
    if not numpy.can_cast(value.dtype, a.dtype, "safe"):
        numpy.put(in_copies(a), numpy.zeros(0, int), detached(v), mode)  # raises in numpy's words
    value = value if value.ndim == 0 else numpy.resize(value, indices.shape)
    if mode == "wrap":
        indices = indices % a.size
    elif mode == "clip":
        indices = numpy.clip(indices, 0, a.size - 1)
    elif indices.size and (indices.min() < -a.size or indices.max() >= a.size):
        # numpy has written what comes before the first index that is out of bounds, where it writes into no copy.
        good = int(numpy.argmax((indices.reshape(-1) < -a.size) | (indices.reshape(-1) >= a.size)))
        good = good if a.flags.c_contiguous else 0
        put(a, indices.reshape(-1)[:good], value if value.ndim == 0 else numpy.reshape(value, -1)[:good])
        raise IndexError("index out of bounds")
    write_at(a, indices % max(a.size, 1), value)


@writing(numpy.place, 2)
def place(arr: Any, mask: Any, vals: Any) -> None:
    """`numpy.place`."""
    mask = numpy.asarray(detached(mask)).astype(bool)
    arr[mask] = numpy.resize(asarray(vals), int(mask.sum()))


@writing(numpy.putmask, 2)
def putmask(a: Any, mask: Any, values: Any) -> None:
    """`numpy.putmask`."""
    mask = numpy.asarray(detached(mask)).astype(bool)
    given = asarray(values)
    fitting = mask.shape == a.shape and numpy.can_cast(given.dtype, a.dtype, "safe")
    if not fitting or not a.flags.writeable:
        numpy.putmask(in_copies(a), mask, detached(values))
    if not given.size:
        return
    wide = given if given.shape == a.shape else numpy.reshape(numpy.resize(given, a.size), a.shape)
    mask = mask.reshape(a.shape)
    a[mask] = wide[mask]


@writing(numpy.put_along_axis, 2)
def put_along_axis(arr: Any, indices: Any, values: Any, axis: Any) -> None:
    """`numpy.put_along_axis`."""
    numbers = numpy.arange(arr.size).reshape(arr.shape)
    chosen = numpy.take_along_axis(numbers, numpy.asarray(indices), axis)
    arr[numpy.unravel_index(chosen, arr.shape)] = numpy.broadcast_to(asarray(values), chosen.shape)


class Vectorized(numpy.vectorize):
    """`numpy.vectorize`, whose function may be called with the elements of Tensors."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if is_plain((*args, *kwargs.values())):
            return super().__call__(*map(detached, args), **detached(kwargs))
        function: Any = self.pyfunc
        several = [index for index in range(len(args)) if index not in self.excluded]
        arrays = [asarray(args[index]) for index in several]

        def at(row: Any) -> Any:
            given = list(args)
            for index, value in zip(several, row, strict=True):
                given[index] = value
            return function(*given, **kwargs)

        if self.signature is not None:
            return stack([at(row) for row in zip(*arrays, strict=True)])
        shape = numpy.broadcast_shapes(*(numpy.shape(a) for a in arrays))
        rows = zip(*(numpy.reshape(numpy.broadcast_to(a, shape), -1) for a in arrays), strict=True)
        results = [at(row) for row in rows]
        if results and type(results[0]) is tuple:
            return tuple(asarray([r[i] for r in results]).reshape(shape) for i in range(len(results[0])))
        return asarray(results).reshape(shape)


def vectorize(*args: Any, **kwargs: Any) -> Any:
    """`numpy.vectorize`."""
    return Vectorized(*args, **kwargs)


class FromFunction:
    """What `numpy.frompyfunc` gives, which may be called with Tensors.

    Args:
        function: the function.
        plain: the ufunc that numpy makes of it.
    """

    def __init__(self, function: Any, plain: Any) -> None:
        self.plain = plain
        self.on_tensors = Vectorized(function)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if is_plain((*args, *kwargs.values())):
            return self.plain(*map(detached, args), **detached(kwargs))
        return self.on_tensors(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.plain, name)


def frompyfunc(func: Any, /, nin: int, nout: int, **options: Any) -> Any:
    """`numpy.frompyfunc`."""
    return FromFunction(func, numpy.frompyfunc(func, nin, nout, **options))


def apply_along_axis(func1d: Any, axis: int, arr: Any, *args: Any, **kwargs: Any) -> Any:
    """`numpy.apply_along_axis`."""
    x = numpy.moveaxis(asarray(arr), axis, -1)
    rows = [asarray(func1d(x[index], *args, **kwargs)) for index in numpy.ndindex(x.shape[:-1])]
    result = stack(rows).reshape(x.shape[:-1] + rows[0].shape)
    inner = rows[0].ndim
    if not inner:
        return result
    start = result.ndim - inner
    return numpy.moveaxis(result, tuple(range(start, result.ndim)), tuple(range(axis % x.ndim, axis % x.ndim + inner)))


def piecewise(x: Any, condlist: Any, funclist: Any, *args: Any, **kw: Any) -> Any:
    """`numpy.piecewise`."""
    given = asarray(x)
    conditions = list(condlist) if isinstance(condlist, (list, tuple)) and numpy.ndim(condlist[0]) else [condlist]
    if isinstance(condlist, (list, tuple)) and not numpy.ndim(condlist[0]) and len(condlist) > 1 and not given.ndim:
        conditions = list(condlist)
    conditions = [numpy.asarray(detached(c)).astype(bool).reshape(given.shape) for c in conditions]
    if len(funclist) == len(conditions) + 1:
        conditions.append(~numpy.any(conditions, axis=0))
    result = MAKERS[numpy.zeros_like](given)
    for condition, function in zip(conditions, funclist, strict=True):
        if condition.any():
            result[condition] = function(given[condition], *args, **kw) if callable(function) else function
    return result


def interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None) -> Any:
    """`numpy.interp`; at a node the derivative is that of the piece to its right."""
    plain = numpy.interp(*(detached(v) for v in (x, xp, fp, left, right, period)))
    x, xp, fp = asarray(x), asarray(xp), asarray(fp)
    if period is not None:
        x, xp = x % abs(period), xp % abs(period)
        order = numpy.argsort(detached(xp))
        xp, fp = xp[order], fp[order]
        xp = numpy.concatenate((xp[-1:] - abs(period), xp, xp[:1] + abs(period)))
        fp = numpy.concatenate((fp[-1:], fp, fp[:1]))
        left = right = None
    nodes, at = detached(xp), detached(x)
    index = numpy.clip(numpy.searchsorted(nodes, at, "right") - 1, 0, max(len(nodes) - 2, 0))
    following = numpy.minimum(index + 1, len(nodes) - 1)
    slope = (fp[following] - fp[index]) / (xp[following] - xp[index]) if len(nodes) > 1 else 0.0
    inside = slope * (x - xp[index]) + fp[index]
    below, above = fp[0] if left is None else left, fp[-1] if right is None else right
    result = where(at < nodes[0], below, where(at > nodes[-1], above, inside))
    current(result).array = plain
    return result


def bincount_vjp(g: Any, y: Any, weights: Any, at: Any, minlength: int) -> Any:
    """Return the cotangent of the weights."""
    return g[at]


Bincount = row(
    "ArrayBincount", lambda weights, at, minlength: numpy.bincount(at, weights, minlength), bincount_vjp, linear=True
)


def bincount(x: Any, weights: Any = None, minlength: int = 0) -> Any:
    """`numpy.bincount`."""
    return apply(Bincount, (asarray(weights),), {"at": numpy.asarray(x), "minlength": minlength})


def bin_edges(a: Any, bins: Any = 10, range: Any = None, weights: Any = None) -> Any:
    """`numpy.histogram_bin_edges`: from the smallest element to the largest, or as they are given."""
    value = numpy.histogram_bin_edges(detached(a), detached(bins), detached(range), detached(weights))
    if numpy.ndim(detached(bins)):
        return asarray(bins) * 1.0
    x = asarray(a)
    low, high = (asarray(x).min(), asarray(x).max()) if range is None else map(asarray, range)
    if detached(low) == detached(high):
        low, high = low - 0.5, high + 0.5
    made: Any = numpy.linspace(low, high, len(value))
    current(made).array = value
    return made


def histogram(a: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None) -> Any:
    """`numpy.histogram`: counts have no derivative, edges and sums of weights have."""
    counts, edges = numpy.histogram(detached(a), detached(bins), detached(range), density, detached(weights))
    made_edges = edges if is_plain((a, bins, range)) else bin_edges(a, bins, range, detached(weights))
    if not holds_variable(weights) and not (density and type(made_edges) is Tensor):
        return counts, made_edges
    at = numpy.asarray(detached(a)).reshape(-1)
    index = numpy.clip(numpy.searchsorted(edges, at, "right") - 1, 0, len(edges) - 2)
    within = (at >= edges[0]) & (at <= edges[-1])
    given = asarray(numpy.ones(len(at)) if weights is None else weights).reshape(-1)[within]
    result = apply(Bincount, (given,), {"at": index[within], "minlength": len(edges) - 1})
    if density:
        result = result / numpy.diff(made_edges) / result.sum()
    current(result).array = counts
    return result, made_edges


def nanmedian(a: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, keepdims: Any = False) -> Any:
    """`numpy.nanmedian`: the mean of the two elements in the middle of those that are numbers."""
    x = asarray(a)
    plain = detached(x)
    value = numpy.nanmedian(plain, axis, keepdims=keepdims)
    axes = tuple(range(x.ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    moved = numpy.moveaxis(x, axes, range(-len(axes), 0))
    rows = numpy.reshape(moved, (*moved.shape[: moved.ndim - len(axes)], -1))
    order = numpy.argsort(detached(rows), -1)
    count = numpy.sum(~numpy.isnan(detached(rows)), -1, keepdims=True)
    places = [numpy.take_along_axis(order, numpy.maximum(n, 0), -1) for n in ((count - 1) // 2, count // 2)]
    both = [numpy.take_along_axis(rows, place, -1) for place in places]
    result: Any = numpy.reshape((both[0] + both[1]) / 2.0, numpy.shape(value))
    current(result).array = value
    return result if out is None else write_out(out, result)


# -- products ----------------------------------------------------------------------------------------------------------


def dot(a: Any, b: Any, out: Any = None) -> Any:
    """`numpy.dot`."""
    x, y = asarray(a), asarray(b)
    if x.ndim and 0 < y.ndim <= 2:
        result = apply(Matmul, (x, y), by=numpy.dot)
    else:
        result = numpy.tensordot(x, y, ([-1], [-2])) if x.ndim and y.ndim else x * y
        if type(result) is Tensor:
            current(result).array = numpy.asarray(numpy.dot(detached(x), detached(y)))
    return result if out is None else write_out(out, result)


def inner(a: Any, b: Any, /) -> Any:
    """`numpy.inner`."""
    x, y = asarray(a), asarray(b)
    return dot(x, y if x.ndim == 0 or y.ndim < 2 else numpy.swapaxes(y, -1, -2))


def vdot(a: Any, b: Any, /) -> Any:
    """`numpy.vdot`."""
    x, y = asarray(a), asarray(b)
    factors = numpy.conjugate(numpy.reshape(x, -1)), numpy.reshape(y, -1)
    return apply(Matmul, factors, by=lambda *_: numpy.vdot(detached(x), detached(y)))


def multi_dot(arrays: Any, *, out: Any = None) -> Any:
    """`numpy.linalg.multi_dot`, from left to right."""
    result = asarray(arrays[0])
    for factor in arrays[1:]:
        result = matmul(result, asarray(factor))
    current(result).array = numpy.linalg.multi_dot(detached(list(arrays)))
    return result


FUNCTIONAL: Final[dict[Any, Callable[..., Any]]] = {
    numpy.copyto: copyto, numpy.fill_diagonal: fill_diagonal, numpy.put: put, numpy.place: place,
    numpy.putmask: putmask, numpy.put_along_axis: put_along_axis, numpy.apply_along_axis: apply_along_axis,
    numpy.piecewise: piecewise, numpy.interp: interp, numpy.bincount: bincount, numpy.histogram: histogram,
    numpy.histogram_bin_edges: bin_edges,
    numpy.dot: dot, numpy.inner: inner, numpy.vdot: vdot, numpy.outer: outer, numpy.linalg.multi_dot: multi_dot,
    numpy.nanmedian: nanmedian,
    numpy.einsum: einsum, numpy.convolve: convolve, numpy.correlate: correlate, numpy.clip: clip,
}  # fmt: skip
"""By function of numpy's: what stands in for it."""

PLAIN: Final[frozenset[Any]] = frozenset(
    getattr(numpy, name)
    for name in """argmax argmin argsort argwhere nonzero flatnonzero searchsorted digitize lexsort count_nonzero any
    all shape ndim size iscomplexobj isrealobj isreal iscomplex result_type array_equal array_equiv allclose isclose
    argpartition nanargmax nanargmin array2string array_repr array_str may_share_memory shares_memory can_cast
    min_scalar_type common_type isin isneginf isposinf savetxt save savez savez_compressed ravel_multi_index isfortran
    format_float_positional format_float_scientific diag_indices_from tril_indices_from triu_indices_from
    """.split()
    if hasattr(numpy, name)
) | {numpy.linalg.matrix_rank}
"""Functions whose answers have no derivative: asked of plain values."""
