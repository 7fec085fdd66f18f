"""Sums, means, products and other functions that reduce or accumulate along axes."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Final

import numpy

from minitorch.arrays.function import apply, finished, row
from minitorch.arrays.makers import asarray, detached
from minitorch.arrays.products import conj
from minitorch.arrays.sweep import hand_on
from minitorch.arrays.tensor import Tensor, current
from minitorch.arrays.writing import write_out

__all__ = ["REDUCTIONS", "spread"]

NONE_GIVEN: Final = getattr(numpy, "_NoValue", None)


def given(**parameters: Any) -> dict[str, Any]:
    """Return the parameters that somebody gave, arrays plain."""
    return {name: detached(value) for name, value in parameters.items() if value is not NONE_GIVEN}


def spread(g: Any, x: Any, axis: Any, keepdims: bool) -> Any:
    """Return the cotangent of a sum in the shape of what was summed."""
    if axis is not None and not keepdims:
        g = numpy.expand_dims(g, axis)
    return numpy.broadcast_to(g, x.shape)


def sum_vjp(g: Any, y: Any, x: Any, axis: Any = None, keepdims: bool = False, where: Any = True, **_: Any) -> Any:
    """Return the cotangent of the summands."""
    share = spread(g, x, axis, keepdims)
    return share if where is True else share * where


def repeated(g: Any, x: Any, axis: int | None) -> Any:
    """Do what `spread` does for plain arrays, without a copy and in less time: with strides of zero."""
    if axis is None:
        return numpy.ndarray(x.shape, g.dtype, numpy.array(g), 0, (0,) * x.ndim)
    if not g.flags.c_contiguous:
        return spread(g, x, axis, False)
    axis %= x.ndim
    strides = numpy.array(g).strides if type(g) is not numpy.ndarray else g.strides
    return numpy.ndarray(x.shape, g.dtype, g, 0, (*strides[:axis], 0, *strides[axis:]))


@functools.lru_cache(maxsize=256)
def along(axis: int | None) -> dict[str, Any]:
    """Return the parameters of a reduction along an axis, the same for all of them."""
    return {"axis": axis}


def pull_sum(node: Tensor, adjoint: Any, adjoints: dict[int, Any]) -> None:
    """Add the share of the summands."""
    (x,), parameters = node.first_parent, node.first_partial
    if len(parameters) > 1 or type(parameters["axis"]) is tuple or type(x) is not Tensor:
        Sum.pull_shares(node, adjoint, adjoints)
    else:
        hand_on(adjoints, x, repeated(adjoint, x.array, parameters["axis"]), x.array)


Sum = row("ArraySum", numpy.sum, sum_vjp, keeps_inputs=False, keeps_output=False, pull=staticmethod(pull_sum))


def count(x: Any, y: Any, axis: Any, keepdims: bool, where: Any) -> Any:
    """Return how many elements each mean is of."""
    if where is not True:
        mask = numpy.broadcast_to(where, x.shape)
        return spread(numpy.sum(mask, axis=axis, keepdims=keepdims), x, axis, keepdims)
    return x.size / max(1, y.size)


def mean_vjp(g: Any, y: Any, x: Any, axis: Any = None, keepdims: bool = False, where: Any = True, **_: Any) -> Any:
    """Return the cotangent of what the mean is of."""
    if where is True:
        return spread(g / count(x, y, axis, keepdims, where), x, axis, keepdims)
    return spread(g, x, axis, keepdims) * where / count(x, y, axis, keepdims, where)


def pull_mean(node: Tensor, adjoint: Any, adjoints: dict[int, Any]) -> None:
    """Add the share of what the mean is of."""
    (x,), parameters = node.first_parent, node.first_partial
    if len(parameters) > 1 or type(parameters["axis"]) is tuple or type(x) is not Tensor:
        Mean.pull_shares(node, adjoint, adjoints)
    else:
        share = adjoint / (x.array.size / max(1, node.array.size))
        hand_on(adjoints, x, repeated(share, x.array, parameters["axis"]), x.array)


Mean = row("ArrayMean", numpy.mean, mean_vjp, keeps_inputs=False, keeps_output=False, pull=staticmethod(pull_mean))


def var_vjp(
    g: Any, y: Any, x: Any, axis: Any = None, keepdims: bool = False, where: Any = True, ddof: float = 0, **_: Any
) -> Any:
    """Return the cotangent of what the variance is of."""
    centred = x - numpy.mean(x, axis=axis, keepdims=True, where=where)
    share = spread(g, x, axis, keepdims) * 2.0 * centred / (count(x, y, axis, keepdims, where) - ddof)
    return share if where is True else share * where


Var = row("ArrayVar", numpy.var, var_vjp)


def std_vjp(g: Any, y: Any, x: Any, **parameters: Any) -> Any:
    """Return the cotangent of what the standard deviation is of; zero where all elements are equal, as for lengths."""
    none = numpy.equal(y, 0)
    return var_vjp(numpy.where(none, 0.0, g * 0.5 / numpy.where(none, 1.0, y)), y, x, **parameters)


Std = row("ArrayStd", numpy.std, std_vjp)


def others(x: Any) -> Any:
    """Return for each element along the last axis the product of all the others."""
    if not x.shape[-1]:
        return x
    ones = numpy.ones((*x.shape[:-1], 1))
    before = numpy.cumprod(numpy.concatenate([ones, x[..., :-1]], -1), -1)
    after = numpy.flip(numpy.cumprod(numpy.concatenate([ones, numpy.flip(x[..., 1:], -1)], -1), -1), -1)
    return before * after


def prod_vjp(g: Any, y: Any, x: Any, axis: Any = None, keepdims: bool = False, where: Any = True, **_: Any) -> Any:
    """Return the cotangent of the factors, right among zeros."""
    factors = x if where is True else numpy.where(where, x, 1.0)
    axes = tuple(range(x.ndim)) if axis is None else axis if type(axis) is tuple else (axis,)
    n = len(axes)
    moved = numpy.moveaxis(factors, axes, tuple(range(-n, 0)))
    rest = numpy.reshape(others(numpy.reshape(moved, (*moved.shape[: moved.ndim - n], -1))), moved.shape)
    share = spread(g, x, axis, keepdims) * conj(numpy.moveaxis(rest, tuple(range(-n, 0)), axes))
    return share if where is True else share * where


Prod = row("ArrayProd", numpy.prod, prod_vjp)


def cumsum_vjp(g: Any, y: Any, x: Any, axis: Any = None, **_: Any) -> Any:
    """Return the cotangent of the summands of running sums."""
    if axis is None:
        return numpy.reshape(numpy.flip(numpy.cumsum(numpy.flip(g))), x.shape)
    return numpy.flip(numpy.cumsum(numpy.flip(g, axis), axis), axis)


Cumsum = row("ArrayCumsum", numpy.cumsum, cumsum_vjp, linear=True)


def cumprod_vjp(g: Any, y: Any, x: Any, axis: Any = None, **_: Any) -> Any:
    """Return the cotangent of the factors of running products: from the last one back, right among zeros."""
    if axis is None:
        return numpy.reshape(cumprod_vjp(g, y, numpy.reshape(x, -1), 0), x.shape)
    x, y = conj(x), conj(y)
    if numpy.all(x != 0):
        return numpy.flip(numpy.cumsum(numpy.flip(g * y, axis), axis), axis) / x
    factors, cotangents = numpy.moveaxis(x, axis, 0), numpy.moveaxis(g, axis, 0)
    products = numpy.moveaxis(y, axis, 0)
    shares: list[Any] = []
    rest = None
    for index in range(len(factors) - 1, -1, -1):
        rest = cotangents[index] if rest is None else cotangents[index] + factors[index + 1] * rest
        shares.append(rest * products[index - 1] if index else rest)
    return numpy.moveaxis(numpy.stack(shares[::-1]), 0, axis)


Cumprod = row("ArrayCumprod", numpy.cumprod, cumprod_vjp)


def target_of(out: Any) -> Any:
    """Return the array that is written to."""
    return out[0] if type(out) is tuple else out


def reducing(function: Any, usual: Any = None) -> Callable[..., Any]:
    """Make what stands in for a reduction.

    Args:
        function: its Function.
        usual: what computes it with an axis alone, to the last bit, but faster.
    """

    def reduction(
        a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = NONE_GIVEN,
        initial: Any = NONE_GIVEN, where: Any = NONE_GIVEN, **others: Any,
    ) -> Any:  # fmt: skip
        asked = dtype is out is None and keepdims is initial is where is NONE_GIVEN and not others
        if asked and usual is not None and type(a) is Tensor and (axis is None or type(axis) is int):
            x = current(a)
            value = usual(x.array, axis)
            return finished(function, value, (x,), x.creator is not None, along(axis))
        x = asarray(a)
        parameters = given(axis=axis, keepdims=keepdims, initial=initial, where=where, **others)
        if dtype is None and out is not None:
            dtype = numpy.result_type(x.dtype, target_of(out).dtype)
        if dtype is not None:
            parameters["dtype"] = dtype
        result = apply(function, (x,), parameters)
        return result if out is None else write_out(out, result)

    return reduction


def moments(function: Any) -> Callable[..., Any]:
    """Make what stands in for `numpy.var` or `numpy.std`."""
    reduction = reducing(function)

    def moment(
        a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0, keepdims: Any = NONE_GIVEN,
        *, where: Any = NONE_GIVEN, mean: Any = NONE_GIVEN, correction: Any = NONE_GIVEN,
    ) -> Any:  # fmt: skip
        ddof = ddof if correction is NONE_GIVEN else correction
        return reduction(a, axis, dtype, out, keepdims, NONE_GIVEN, where, ddof=ddof)

    return moment


def accumulating(function: Any) -> Callable[..., Any]:
    """Make what stands in for `numpy.cumsum` or `numpy.cumprod`."""

    def accumulate(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
        if dtype is None and out is not None:
            dtype = numpy.result_type(asarray(a).dtype, target_of(out).dtype)
        parameters = {"axis": axis} if dtype is None else {"axis": axis, "dtype": dtype}
        result = apply(function, (asarray(a),), parameters)
        return result if out is None else write_out(out, result)

    return accumulate


# -- the largest and the smallest element ------------------------------------------------------------------------------


def extreme_vjp(
    g: Any, y: Any, x: Any, which: Any, axis: Any = None, keepdims: bool = False, where: Any = True, **_: Any
) -> Any:
    """Return the cotangent of the elements: all of it goes to the first that is chosen."""
    return spread(g, x, axis, keepdims) * first_chosen(plain(x), plain(y), which, axis, keepdims, where)


def plain(x: Any) -> Any:
    """Return the plain array of a Tensor."""
    return current(x).array if type(x) is Tensor else x


def first_chosen(x: Any, y: Any, which: Any, axis: Any, keepdims: bool, where: Any) -> Any:
    """Return 1.0 at the first element of each group that is the result, 0.0 elsewhere."""
    wide = spread(y, x, axis, keepdims)
    chosen = (x == wide) | ((x != x) & (wide != wide))
    if where is not True:
        chosen = chosen & where
    axes = tuple(range(x.ndim)) if axis is None else axis if type(axis) is tuple else (axis,)
    n = len(axes)
    moved = numpy.moveaxis(chosen, axes, tuple(range(-n, 0)))
    rows = moved.reshape(*moved.shape[: moved.ndim - n], -1)
    first = numpy.zeros(rows.shape)
    at = numpy.expand_dims(rows.argmax(-1), -1)
    numpy.put_along_axis(first, at, numpy.take_along_axis(rows, at, -1), -1)
    return numpy.moveaxis(first.reshape(moved.shape), tuple(range(-n, 0)), axes)


def extreme_of(x: Any, which: Any, **parameters: Any) -> Any:
    """Return the largest or smallest element."""
    return which(x, **parameters)


Extreme = row("ArrayExtreme", extreme_of, extreme_vjp)


def extreme(which: Any) -> Callable[..., Any]:
    """Make what stands in for `numpy.max` or `numpy.min`."""

    def reduction(
        a: Any, axis: Any = None, out: Any = None, keepdims: Any = NONE_GIVEN, initial: Any = NONE_GIVEN,
        where: Any = NONE_GIVEN,
    ) -> Any:  # fmt: skip
        parameters = given(axis=axis, keepdims=keepdims, initial=initial, where=where)
        result = apply(Extreme, (asarray(a),), {"which": which, **parameters})
        return result if out is None else write_out(out, result)

    return reduction


largest, smallest = extreme(numpy.max), extreme(numpy.min)


def ptp(a: Any, axis: Any = None, out: Any = None, keepdims: Any = NONE_GIVEN) -> Any:
    """`numpy.ptp`: the largest less the smallest."""
    result = largest(a, axis, None, keepdims) - smallest(a, axis, None, keepdims)
    return result if out is None else write_out(out, result)


REDUCTIONS: Final[dict[Any, Callable[..., Any]]] = {
    numpy.sum: reducing(Sum, numpy.add.reduce),
    numpy.mean: reducing(Mean, lambda x, axis: x.mean(axis)), numpy.prod: reducing(Prod),
    numpy.var: moments(Var), numpy.std: moments(Std),
    numpy.cumsum: accumulating(Cumsum), numpy.cumprod: accumulating(Cumprod),
    numpy.max: largest, numpy.amax: largest, numpy.min: smallest, numpy.amin: smallest, numpy.ptp: ptp,
}  # fmt: skip
"""By function of numpy's: what stands in for it."""
