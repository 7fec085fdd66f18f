"""Ufuncs called on Tensors, and their methods: `np.add.reduce`, `np.multiply.outer`, and `np.add.at`."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, Final

import numpy

from minitorch.arrays.elementwise import ComplexSign, apply_pair
from minitorch.arrays.function import apply
from minitorch.arrays.makers import asarray, detached, in_copies
from minitorch.arrays.movers import Placed
from minitorch.arrays.noting import COMPARED, ROUNDED, latest, note_equal, note_rounding, straightened
from minitorch.arrays.partials import is_complex
from minitorch.arrays.products import matmul
from minitorch.arrays.reductions import REDUCTIONS
from minitorch.arrays.special_functions import apply_special, function_of, is_special, refuse_unknown
from minitorch.arrays.structure import STRUCTURE, numpy_array, stack
from minitorch.arrays.tensor import Tensor, constant, current, output_of
from minitorch.arrays.writing import computes_otherwise, refuse_history, write_out
from minitorch.autodiff.run_notes import ACTIVE
from minitorch.autodiff.variable import Variable, is_constant
from minitorch.scalars.lost_history import history_ends, loses_history
from minitorch.scalars.pytrees import array_of, is_object_array
from minitorch.scalars.rule_code import advice

__all__ = ["PRODUCTS", "call_ufunc", "call_ufunc_method"]

PRODUCTS: Final[dict[Any, Callable[..., Any]]] = {numpy.matmul: matmul}
"""By ufunc of matrices: what stands in for it."""


def vecdot(x1: Any, x2: Any) -> Any:
    """`numpy.vecdot`."""
    return (numpy.conjugate(asarray(x1)) * asarray(x2)).sum(-1)


def matvec(x1: Any, x2: Any) -> Any:
    """`numpy.matvec`."""
    return matmul(asarray(x1), asarray(x2)[..., None])[..., 0]


def vecmat(x1: Any, x2: Any) -> Any:
    """`numpy.vecmat`."""
    return matmul(numpy.conjugate(asarray(x1))[..., None, :], asarray(x2))[..., 0, :]


def product(ufunc: Any, operands: list[Any], kwargs: dict[str, Any]) -> Any:
    """Return what a ufunc of vectors and matrices gives, along other axes than the last ones where that is asked."""
    axes, keeps = kwargs.get("axes"), kwargs.get("keepdims", False)
    if kwargs.get("axis") is not None:
        axes = [kwargs["axis"]] * len(operands) + [kwargs["axis"]]
    given = operands
    along = None if axes is None else [axis if isinstance(axis, tuple) else (axis,) for axis in axes]
    if along is not None:
        operands = [
            numpy.moveaxis(asarray(x), axis, range(-len(axis), 0)) for x, axis in zip(operands, along, strict=False)
        ]
    result = PRODUCTS[ufunc](*operands)
    if along is not None and keeps:
        result = numpy.moveaxis(result[..., None], -1, along[0])
    elif along is not None and len(along) > len(operands) and "axis" not in kwargs:
        result = numpy.moveaxis(result, range(-len(along[-1]), 0), along[-1])
    elif keeps:
        result = result[..., None]
    if type(result) is Tensor and (ufunc is not numpy.matmul or along is not None):
        current(result).array = numpy.asarray(ufunc(*map(detached, given), **kwargs))
    return result


for _name, _function in (("vecdot", vecdot), ("matvec", matvec), ("vecmat", vecmat)):
    if hasattr(numpy, _name):
        PRODUCTS[getattr(numpy, _name)] = _function


def call_ufunc(ufunc: Any, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call a ufunc, one of whose inputs, or what it writes to, is a Variable."""
    kwargs = dict(kwargs)
    out = kwargs.pop("out", None)
    if len(inputs) > ufunc.nin:
        inputs, out = inputs[: ufunc.nin], inputs[ufunc.nin :]
    as_array = out is Ellipsis or (type(out) is tuple and out[0] is Ellipsis)
    out = given_target(out)
    operands = [asarray(x) if type(x) in (list, tuple) or is_object_array(x) else x for x in inputs]
    where = detached(kwargs.pop("where", True))
    where = True if where is getattr(numpy, "_NoValue", None) else where
    if ufunc in PRODUCTS:
        result = product(ufunc, operands, kwargs)
        return result if out is None else write_out(out, result)
    result = outcome(ufunc, operands, where, kwargs, out)
    if out is None:
        return numpy_array(result) if as_array and type(result) is Tensor and not result.ndim else result
    if ufunc.nout > 1:
        return tuple(write_out(target, value, where, broadcast=True) for target, value in zip(out, result, strict=True))
    return write_out(out, result, where, broadcast=True)


def outcome(ufunc: Any, operands: list[Any], where: Any, kwargs: dict[str, Any], out: Any) -> Any:
    """Return what a ufunc gives."""
    values = [detached(x) for x in operands]
    for x in operands:
        is_other = type(x) is not numpy.ndarray and issubclass(type(x), numpy.ndarray)
        if is_other and any([computes_otherwise(x, y) for y in operands]):
            return ufunc(*values, **kwargs)
    if ufunc.nout == 2 and ufunc in (numpy.modf, numpy.frexp, numpy.divmod):
        return apply_pair(ufunc, operands, values)
    if ufunc.nout > 1 and is_special(ufunc):
        results = apply_special(ufunc, operands, values)
        return results if where is True else tuple(STRUCTURE[numpy.where](where, y, 0.0) for y in results)
    function = ComplexSign if ufunc is numpy.sign and is_complex(values[0]) else function_of(ufunc)
    if ACTIVE and ufunc in COMPARED:
        note_equal(COMPARED[ufunc], *operands)
    elif ACTIVE and ufunc in ROUNDED:
        note_rounding(*operands)
    if function is None:
        active = [x for x in operands if issubclass(type(x), Variable) and loses_history(latest(x))]
        if active and is_of_objects(ufunc):
            return ufunc(*map(as_objects, operands), **kwargs)
        if ufunc.signature is not None and out is not None:
            # It may have axes whose lengths nothing but the place to write to says.
            kwargs["out"] = tuple(map(numpy.empty_like, detached(out if type(out) is tuple else (out,))))
        result = ufunc(*values, **kwargs)
        if active and any(numpy.asarray(r).dtype.kind in "fc" for r in (result if ufunc.nout > 1 else (result,))):
            cure = f"minitorch has no rule for it. {advice(ufunc.__name__, ufunc)}"
            raise history_ends(ufunc.__name__, active[0].label(), cure, list(map(latest, active)))
        return result
    refuse_unknown(ufunc, operands)
    if where is True and not kwargs:
        result = apply(function, operands)
        return straightened(ufunc, result) if ACTIVE and ufunc in ROUNDED else result
    nodes = [latest(x) for x in operands]
    if where is True:
        value = ufunc(*values, **kwargs)
    else:
        value = ufunc(*values, where=where, out=room_for(ufunc, values, where, kwargs, out), **kwargs)
    if all(is_constant(x) for x in nodes):
        return constant(value) if value.dtype.kind in "fc" else value
    if where is True:
        return output_of(function, value, tuple(nodes)) if value.dtype.kind in "fc" else value
    # Where the mask says no, nothing was computed; the derivative there is none.
    safe = [numpy.where(where, x, numpy.where(where, v, 1.0)) for x, v in zip(operands, values, strict=True)]
    made = apply(function, safe)
    made = STRUCTURE[numpy.where](where, made, 0.0)
    current(made).array = value
    return made


def is_of_objects(ufunc: Any) -> bool:
    """Return whether a ufunc calls a Python function for each element, as those of `numpy.frompyfunc` do."""
    return all(set(types) <= {"O", "-", ">"} for types in ufunc.types)


def as_objects(x: Any) -> Any:
    """Return an array of objects with the elements of a Tensor, each with its history; anything else as it is."""
    if type(x) is not Tensor or not x.ndim:
        return x
    return array_of(list(x.reshape(-1)), x.shape)


def room_for(ufunc: Any, values: list[Any], where: Any, kwargs: dict[str, Any], out: Any) -> Any:
    """Return an array for the result of a ufunc that computes part of it: what is there already, or zeros."""
    if out is not None:
        return in_copies(out)
    kind = ufunc(*(numpy.reshape(v, -1)[:0] if isinstance(v, numpy.ndarray) else v for v in values), **kwargs).dtype
    return numpy.zeros(numpy.broadcast_shapes(*map(numpy.shape, (*values, where))), kind)


def call_ufunc_method(ufunc: Any, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call a method of a ufunc."""
    if is_of_objects(ufunc):
        return getattr(ufunc, method)(*map(as_objects, inputs), **kwargs)
    none = getattr(numpy, "_NoValue", None)
    # All axes are asked for by None, which other arguments are left out by.
    kwargs = {
        name: value for name, value in kwargs.items() if (value is not None or name == "axis") and value is not none
    }
    out = kwargs.pop("out", None)
    result = METHODS[method](ufunc, *inputs, **kwargs)
    out = given_target(out)
    return result if out is None else write_out(out, result)


def given_target(out: Any) -> Any:
    """Return where to write; `None` where nobody says."""
    first = out[0] if type(out) is tuple and len(out) == 1 else out
    return None if first is None or first is Ellipsis else out


REDUCERS: Final[dict[Any, Any]] = {
    numpy.add: numpy.sum, numpy.multiply: numpy.prod, numpy.maximum: numpy.max, numpy.minimum: numpy.min,
}  # fmt: skip
ACCUMULATORS: Final[dict[Any, Any]] = {numpy.add: numpy.cumsum, numpy.multiply: numpy.cumprod}


def reduce_(ufunc: Any, array: Any, axis: Any = 0, dtype: Any = None, **kwargs: Any) -> Any:
    """Do `ufunc.reduce`."""
    x = asarray(array)
    if ufunc in REDUCERS:
        if dtype is not None:
            kwargs["dtype"] = dtype
        return REDUCTIONS[REDUCERS[ufunc]](x, axis=axis, **kwargs)
    return folded_along(ufunc, x, axis, **kwargs) if len(x.shape) else x


def folded_along(ufunc: Any, x: Any, axis: Any, keepdims: bool = False, initial: Any = None, where: Any = True) -> Any:
    """Return what a ufunc makes of all elements along some axes, one after the other."""
    axes = tuple(range(x.ndim)) if axis is None else axis if type(axis) is tuple else (axis,)
    chosen = numpy.broadcast_to(detached(where), x.shape)
    rows, masks = (
        numpy.reshape(moved, (-1, *moved.shape[len(axes) :]))
        for moved in (numpy.moveaxis(part, axes, range(len(axes))) for part in (x, chosen))
    )
    parts = list(rows) if initial is None else [asarray(initial), *rows]
    result = parts[0]
    for part, mask in zip(parts[1:], list(masks)[len(rows) - len(parts) + 1 :], strict=True):
        made = call_ufunc(ufunc, (result, part), {})
        result = made if where is True else STRUCTURE[numpy.where](mask, made, result)
    return numpy.expand_dims(result, axes) if keepdims else result


def folded(ufunc: Any, x: Any, axis: int) -> list[Any]:
    """Return the running results of a ufunc along an axis."""
    rows = list(numpy.moveaxis(x, axis, 0))
    return list(itertools.accumulate(rows, lambda a, b: call_ufunc(ufunc, (a, b), {})))


def accumulate(ufunc: Any, array: Any, axis: int = 0, dtype: Any = None) -> Any:
    """Do `ufunc.accumulate`."""
    x = asarray(array)
    if ufunc in ACCUMULATORS:
        return REDUCTIONS[ACCUMULATORS[ufunc]](x, axis, dtype)
    return numpy.moveaxis(stack(folded(ufunc, x, axis)), 0, axis)


def outer(ufunc: Any, a: Any, b: Any, **kwargs: Any) -> Any:
    """Do `ufunc.outer`."""
    x, y = asarray(a), asarray(b)
    return call_ufunc(ufunc, (numpy.reshape(x, x.shape + (1,) * len(y.shape)), y), kwargs)


def reduceat(ufunc: Any, array: Any, indices: Any, axis: int = 0, **kwargs: Any) -> Any:
    """Do `ufunc.reduceat`."""
    x = numpy.moveaxis(asarray(array), axis, 0)
    cuts = [*map(int, indices), len(x)]
    pieces = [reduce_(ufunc, x[a:b]) if b > a else x[a] for a, b in itertools.pairwise(cuts)]
    return numpy.moveaxis(stack(pieces), 0, axis)


def at(ufunc: Any, target: Any, indices: Any, *values: Any) -> None:
    """Do `ufunc.at`: index by index, as if one after the other."""
    if type(target) is not Tensor:
        refuse_history(f"np.{ufunc.__name__}.at", *values)
        ufunc.at(target, detached(indices), *map(detached, values))
        return
    plain = detached(target).copy()
    ufunc.at(plain, detached(indices), *map(detached, values))
    numbers = numpy.arange(plain.size).reshape(plain.shape)
    chosen = numpy.asarray(numbers[detached(indices)])
    others = [numpy.broadcast_to(asarray(v), chosen.shape) for v in values]
    if ufunc in (numpy.add, numpy.subtract):
        summed = apply(Placed, (others[0],), {"positions": chosen + 1, "low": 1, "shape": target.shape})
        result = call_ufunc(ufunc, (target, summed), {})
    else:
        result = target.copy()
        for position in range(chosen.size):
            place = numpy.unravel_index(chosen.reshape(-1)[position], target.shape)
            operands = [numpy.reshape(other, -1)[position] for other in others]
            result[place] = call_ufunc(ufunc, (result[place], *operands), {})
    current(result).array = plain
    target[...] = result


METHODS: Final[dict[str, Callable[..., Any]]] = {
    "reduce": reduce_, "accumulate": accumulate, "outer": outer, "reduceat": reduceat, "at": at,
}  # fmt: skip
