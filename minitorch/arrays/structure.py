"""Functions of shape and kind: views that write through, arrays joined, chosen, rounded, and their parts."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy

from minitorch.arrays.complex_numbers import Imag, Real
from minitorch.arrays.elementwise import UFUNCS
from minitorch.arrays.function import apply, nothing, row
from minitorch.arrays.makers import asarray, detached
from minitorch.arrays.movers import MOVERS
from minitorch.arrays.noting import note_rounding, note_whole_numbers, straightened
from minitorch.arrays.partials import FLOAT
from minitorch.arrays.tensor import Tensor
from minitorch.arrays.views import VIEWS, numpy_array, viewing
from minitorch.arrays.writing import write_out
from minitorch.autodiff.run_notes import ACTIVE

__all__ = ["STRUCTURE", "cast", "numpy_array"]

Call = Callable[..., Any]


Copy = row("ArrayCopy", numpy.array, lambda g, y, x, order="K": g, linear=True)


def copied(a: Any, order: Any = "K", **_: Any) -> Any:
    """Return a copy that can be written to."""
    return apply(Copy, (asarray(a),), {"order": order})


# -- kinds of numbers --------------------------------------------------------------------------------------------------


def real_of(g: Any, x: Any) -> Any:
    """Return a cotangent as real as the input."""
    return g.real if g.dtype.kind == "c" and x.dtype.kind != "c" else g


Cast = row("ArrayCast", lambda x, dtype: x.astype(dtype), lambda g, y, x, dtype: real_of(g, x), linear=True)


def cast(x: Any, dtype: Any, *args: Any, copy: bool = True, **kwargs: Any) -> Any:
    """`x.astype(dtype)`: whole numbers and truths have no history."""
    if numpy.dtype(dtype) == x.dtype and not copy:
        return x
    if ACTIVE and numpy.dtype(dtype).kind in "iu":
        note_whole_numbers("astype", x)
    return apply(Cast, (x,), {"dtype": dtype})


def angle_vjp(g: Any, y: Any, z: Any, deg: bool = False) -> Any:
    """Return the cotangent of the numbers whose angle was taken."""
    if getattr(z, "dtype", FLOAT).kind != "c":
        return g * 0.0
    return g * (180.0 / numpy.pi if deg else 1.0) * 1j * z / (numpy.real(z) ** 2 + numpy.imag(z) ** 2)


Angle = row("ArrayAngle", lambda z, deg=False: numpy.angle(z, deg), angle_vjp)
Round = row("ArrayRound", numpy.round, nothing, keeps_inputs=False, keeps_output=False)
NanToNum = row(
    "ArrayNanToNum", numpy.nan_to_num, lambda g, y, x, **_: numpy.where(numpy.isfinite(x), g, 0.0), elementwise=True
)


def nan_to_num(x: Any, copy: bool = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    """`numpy.nan_to_num`."""
    array = asarray(x)
    result = apply(NanToNum, (array,), {"nan": nan, "posinf": posinf, "neginf": neginf})
    return result if copy or array is not x or not array.ndim else write_out(array, result)


def round_(a: Any, decimals: int = 0, out: Any = None) -> Any:
    """`numpy.round`."""
    if ACTIVE:
        note_rounding(a)
    result = straightened(numpy.rint, apply(Round, (asarray(a),), {"decimals": decimals}))
    return result if out is None else write_out(out, result)


def real(val: Any) -> Any:
    """`numpy.real`: of real numbers they themselves, of complex ones a view."""
    x = val if type(val) is Tensor else asarray(val)
    if x.dtype.kind != "c":
        return x
    return view_of_real(x) if isinstance(detached(x), numpy.ndarray) else apply(Real, (x,))


def imag(val: Any) -> Any:
    """`numpy.imag`: of complex numbers a view."""
    x = val if type(val) is Tensor else asarray(val)
    whole = isinstance(detached(x), numpy.ndarray)
    if x.dtype.kind == "c" and whole:
        return view_of_imag(x)
    part = apply(Imag, (x,))
    return numpy_array(part) if whole and not part.ndim else part


view_of_real, view_of_imag = (viewing(function, lambda x: x) for function in (numpy.real, numpy.imag))


# -- choosing ----------------------------------------------------------------------------------------------------------

Where = row(
    "ArrayWhere", lambda x, y, condition: numpy.where(condition, x, y),
    lambda g, out, x, y, condition: numpy.where(condition, g, 0.0),
    lambda g, out, x, y, condition: numpy.where(condition, 0.0, g),
    elementwise=True, linear=True,
)  # fmt: skip


def where(condition: Any, *choices: Any) -> Any:
    """`numpy.where`."""
    condition = detached(condition)
    return apply(Where, choices_of(choices), {"condition": condition}) if choices else numpy.where(condition)


def choices_of(values: Any) -> list[Any]:
    """Return lists as arrays, numbers as they are."""
    return [asarray(v) if isinstance(v, (list, tuple)) else v for v in values]


def clip(a: Any, a_min: Any = None, a_max: Any = None, out: Any = None, **kwargs: Any) -> Any:
    """`numpy.clip`."""
    low = kwargs["min"] if kwargs.get("min") is not None else a_min
    high = kwargs["max"] if kwargs.get("max") is not None else a_max
    low, high = (None if v is getattr(numpy, "_NoValue", None) else v for v in (low, high))
    if low is None and high is None:
        return asarray(a) + 0.0
    if low is None or high is None:
        ufunc, bound = (numpy.minimum, high) if low is None else (numpy.maximum, low)
        result = apply(UFUNCS[ufunc], choices_of((a, bound)))
    else:
        clip_ufunc = next(u for u in UFUNCS if u.__name__ == "clip")
        result = apply(UFUNCS[clip_ufunc], choices_of((a, low, high)))
    return result if out is None else write_out(out, result)


# -- joining -----------------------------------------------------------------------------------------------------------


def concatenate_vjp(g: Any, y: Any, parts: Sequence[Any], axis: int) -> Any:
    """Return the cotangents of the arrays."""
    before: Any = (slice(None),) * (axis % g.ndim)
    bounds = list(itertools.accumulate((part.shape[axis] for part in parts), initial=0))
    keys = [(*before, slice(start, stop)) for start, stop in itertools.pairwise(bounds)]
    return [g[key] for key in keys]


Concatenate = row(
    "ArrayConcatenate", lambda *parts, axis: numpy.concatenate(parts, axis), concatenate_vjp, at_once=True, linear=True
)


def concatenate(arrays: Any, axis: Any = 0, out: Any = None, **kwargs: Any) -> Any:
    """`numpy.concatenate`."""
    parts = [asarray(part) for part in arrays]
    if axis is None:
        parts, axis = [part.reshape(-1) for part in parts], 0
    result = apply(Concatenate, parts, {"axis": axis})
    return result if out is None else write_out(out, result)


def stack_vjp(g: Any, y: Any, parts: Sequence[Any], axis: int) -> Any:
    """Return the cotangents of the arrays."""
    before = (slice(None),) * (axis % g.ndim)
    keys = [(*before, index) for index in range(len(parts))]
    return [g[key] for key in keys]


Stack = row("ArrayStack", lambda *parts, axis: numpy.stack(parts, axis), stack_vjp, at_once=True, linear=True)


def stack(arrays: Any, axis: int = 0, out: Any = None, **kwargs: Any) -> Any:
    """`numpy.stack`."""
    result = apply(Stack, [asarray(part) for part in arrays], {"axis": axis})
    return result if out is None else write_out(out, result)


def trace_(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None, out: Any = None) -> Any:
    """`numpy.trace`."""
    return MOVERS[numpy.diagonal](asarray(a), offset, axis1, axis2).sum(-1, dtype=dtype, out=out)


def structure() -> dict[Any, Call]:
    """Return what stands in for each function."""
    found: dict[Any, Call] = {
        numpy.where: where, numpy.clip: clip, numpy.round: round_, numpy.around: round_, numpy.real: real,
        numpy.imag: imag, numpy.concatenate: concatenate, numpy.stack: stack, numpy.trace: trace_,
        numpy.angle: lambda z, deg=False: apply(Angle, (asarray(z),), {"deg": deg}),
        numpy.nan_to_num: nan_to_num,
        numpy.real_if_close: lambda a, tol=100: asarray(a),
    }  # fmt: skip
    return {**found, **VIEWS}


STRUCTURE: Final = structure()
"""By function of numpy's: what stands in for it."""
