"""Functions that write where they are told, call a function given to them, or look between values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy

from minitorch.arrays.function import apply, row
from minitorch.arrays.makers import MAKERS, asarray, detached, holds_variable
from minitorch.arrays.products import convolve, correlate, einsum, matmul
from minitorch.arrays.structure import clip, stack, where
from minitorch.arrays.tensor import Tensor, current
from minitorch.arrays.writing import plain_target, write_out

__all__ = ["FUNCTIONAL", "PLAIN"]


def target_of(a: Any, what: str) -> Any:
    """Return what is written to, if it can keep a history."""
    if type(a) is not Tensor:
        raise plain_target(what)
    return a


def copyto(dst: Any, src: Any, casting: str = "same_kind", where: Any = True) -> None:
    """`numpy.copyto`."""
    write_out(target_of(dst, "np.copyto"), asarray(src), where)


def fill_diagonal(a: Any, val: Any, wrap: bool = False) -> None:
    """`numpy.fill_diagonal`."""
    target = target_of(a, "np.fill_diagonal")
    numbers = numpy.zeros(target.shape, bool)
    numpy.fill_diagonal(numbers, True, wrap)
    count = int(numbers.sum())
    value = asarray(val)
    target[numbers] = value if value.ndim == 0 else numpy.resize(value, count)


def put(a: Any, ind: Any, v: Any, mode: str = "raise") -> None:
    """`numpy.put`."""
    target = target_of(a, "np.put")
    indices = numpy.asarray(ind)
    value = asarray(v)
    value = value if value.ndim == 0 else numpy.resize(value, indices.shape)
    if mode != "raise":
        indices = indices % target.size if mode == "wrap" else numpy.clip(indices, 0, target.size - 1)
    target[numpy.unravel_index(indices % target.size if mode == "raise" else indices, target.shape)] = value


def place(arr: Any, mask: Any, vals: Any) -> None:
    """`numpy.place`."""
    mask = numpy.asarray(mask).astype(bool)
    target_of(arr, "np.place")[mask] = numpy.resize(asarray(vals), int(mask.sum()))


def putmask(a: Any, mask: Any, values: Any) -> None:
    """`numpy.putmask`."""
    target = target_of(a, "np.putmask")
    mask = numpy.asarray(mask).astype(bool)
    given = asarray(values)
    wide = given if given.shape == target.shape else numpy.reshape(numpy.resize(given, target.size), target.shape)
    target[mask] = wide[mask]


def put_along_axis(arr: Any, indices: Any, values: Any, axis: Any) -> None:
    """`numpy.put_along_axis`."""
    target = target_of(arr, "np.put_along_axis")
    numbers = numpy.arange(target.size).reshape(target.shape)
    chosen = numpy.take_along_axis(numbers, numpy.asarray(indices), axis)
    value = asarray(values)
    target[numpy.unravel_index(chosen, target.shape)] = numpy.broadcast_to(value, chosen.shape)


def vectorize(pyfunc: Any = None, otypes: Any = None, *_: Any, signature: Any = None, **__: Any) -> Callable[..., Any]:
    """`numpy.vectorize`."""
    if pyfunc is None:
        return lambda function: vectorize(function, otypes, signature=signature)

    def call(*args: Any, **kwargs: Any) -> Any:
        if not holds_variable([*args, *kwargs.values()]):
            return numpy.vectorize(pyfunc, otypes, signature=signature)(*args, **kwargs)
        arrays = [asarray(a) for a in args]
        if signature is not None:
            return stack([pyfunc(*rows, **kwargs) for rows in zip(*arrays, strict=True)])
        shape = numpy.broadcast_shapes(*(numpy.shape(a) for a in arrays))
        rows = zip(*(numpy.reshape(numpy.broadcast_to(a, shape), -1) for a in arrays), strict=True)
        results = [pyfunc(*row, **kwargs) for row in rows]
        if results and type(results[0]) is tuple:
            return tuple(asarray([r[i] for r in results]).reshape(shape) for i in range(len(results[0])))
        return asarray(results).reshape(shape)

    return call


def frompyfunc(func: Any, /, nin: int, nout: int, **_: Any) -> Callable[..., Any]:
    """`numpy.frompyfunc`."""
    plain = numpy.frompyfunc(func, nin, nout)
    on_tensors = vectorize(func)
    return lambda *args, **kwargs: (on_tensors if holds_variable(args) else plain)(*args, **kwargs)


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


def histogram(a: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None) -> Any:
    """`numpy.histogram`: counts have no derivative, sums of weights have."""
    counts, edges = numpy.histogram(detached(a), detached(bins), range, density, detached(weights))
    if not holds_variable(weights):
        return counts, edges
    at = numpy.asarray(detached(a)).reshape(-1)
    index = numpy.clip(numpy.searchsorted(edges, at, "right") - 1, 0, len(edges) - 2)
    within = (at >= edges[0]) & (at <= edges[-1])
    given = numpy.reshape(asarray(weights), -1)[within]
    result = apply(Bincount, (given,), {"at": index[within], "minlength": len(edges) - 1})
    if density:
        result = result / numpy.diff(edges) / result.sum()
    current(result).array = counts
    return result, edges


# -- products ----------------------------------------------------------------------------------------------------------


def dot(a: Any, b: Any, out: Any = None) -> Any:
    """`numpy.dot`."""
    x, y = asarray(a), asarray(b)
    if x.ndim == 0 or y.ndim == 0:
        result = x * y
    else:
        result = matmul(x, y) if y.ndim <= 2 else numpy.tensordot(x, y, ([-1], [-2]))
    return result if out is None else write_out(out, result)


def inner(a: Any, b: Any, /) -> Any:
    """`numpy.inner`."""
    x, y = asarray(a), asarray(b)
    if x.ndim == 0 or y.ndim == 0:
        return x * y
    return matmul(x, y) if y.ndim == 1 else numpy.tensordot(x, y, ([-1], [-1]))


def vdot(a: Any, b: Any, /) -> Any:
    """`numpy.vdot`."""
    return matmul(numpy.conjugate(numpy.reshape(asarray(a), -1)), numpy.reshape(asarray(b), -1))


def outer(a: Any, b: Any, out: Any = None) -> Any:
    """`numpy.outer`."""
    result = numpy.reshape(asarray(a), (-1, 1)) * numpy.reshape(asarray(b), (1, -1))
    return result if out is None else write_out(out, result)


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
    numpy.dot: dot, numpy.inner: inner, numpy.vdot: vdot, numpy.outer: outer, numpy.linalg.multi_dot: multi_dot,
    numpy.einsum: einsum, numpy.convolve: convolve, numpy.correlate: correlate, numpy.clip: clip,
}  # fmt: skip
"""By function of numpy's: what stands in for it."""

PLAIN: Final = frozenset(
    getattr(numpy, name)
    for name in """argmax argmin argsort argwhere nonzero flatnonzero searchsorted digitize lexsort count_nonzero any
    all shape ndim size iscomplexobj isrealobj isreal iscomplex result_type array_equal array_equiv allclose isclose
    argpartition nanargmax nanargmin array2string array_repr array_str may_share_memory shares_memory can_cast
    min_scalar_type common_type isin isneginf isposinf histogram_bin_edges savetxt save savez ravel_multi_index
    """.split()
    if hasattr(numpy, name)
) | {numpy.linalg.matrix_rank, numpy.linalg.cond}
"""Functions whose answers have no derivative: asked of plain values."""
