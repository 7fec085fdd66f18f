"""Replacements of numpy's functions: those that make arrays, reduce them, choose from them or look between them.

numpy itself computes on arrays of objects, so most functions run twice: once on floats, for the value that numpy gives
for floats to the last bit, and once on Variables, for the history.  Others keep nothing and have a replacement here.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import ModuleType
from typing import Any

import numpy

from minitorch.rules.real import RULES, Rule, zero
from minitorch.scalars.primitives import RuleFunction
from minitorch.scalars.scalar import Indicator
from minitorch.tracing.libraries import Resolve
from minitorch.tracing.libraries.arrays import as_variables, detached, holds_variable, with_values
from minitorch.tracing.libraries.dtypes import answered, plain_dtype
from minitorch.tracing.libraries.numpy_linalg import linalg_rows
from minitorch.tracing.libraries.numpy_ufuncs import UfuncFunction, ufunc_rows
from minitorch.tracing.real_imag import part
from minitorch.transformer import Alias

__all__ = ["rows"]

Call = Callable[..., Any]

ON_OBJECTS = """
    amax amin around average clip convolve cumprod cumsum diff dot ediff1d einsum inner kron linspace max
    mean median min nan_to_num nanmax nanmean nanmin nanprod nanstd nansum nanvar outer percentile polyval prod ptp
    quantile round sort std sum take_along_axis tensordot trace trapezoid trapz var vdot vecdot where matmul
""".split()
"""Functions that numpy computes on objects as on floats, if not always to the last bit."""

MAKERS: dict[str, int] = {
    "array": 1, "asarray": 1, "asanyarray": 1, "ascontiguousarray": 1, "asfortranarray": 1, "full": 2,
}  # fmt: skip
"""Functions that make an array of what they are given, and the position of the argument `dtype`."""


def rows(library: ModuleType, resolve: Resolve) -> Iterator[tuple[Any, Alias]]:
    """Make what replaces the functions of `numpy`, or of `numpy.linalg`."""
    if library is not numpy:
        yield numpy.linalg.norm, Alias("np.linalg.norm", norm)
        yield from linalg_rows()
        return
    yield from ufunc_rows()
    yield from linalg_rows()
    yield numpy.float64, Alias("keep_float", keep_float64)
    yield numpy.linalg.norm, Alias("np.linalg.norm", norm)
    for name in ON_OBJECTS:
        function = getattr(numpy, name, None)
        if function is not None:
            yield function, Alias(f"np.{name}", on_objects(function))
    for name, position in MAKERS.items():
        yield getattr(numpy, name), Alias(f"np.{name}", making(getattr(numpy, name), position))
    own: dict[str, Call] = {
        "interp": interp, "isclose": isclose, "allclose": allclose, "array_equal": array_equal, "select": select,
        "sinc": on_values(numpy.sinc, sinc), "cross": on_values(numpy.cross, cross), "fromiter": fromiter,
        "arange": arange, "real": part_of("real"), "imag": part_of("imag"),
    }  # fmt: skip
    for name, replacement in own.items():
        yield getattr(numpy, name), Alias(f"np.{name}", replacement)
    for function, position in ((numpy.vectorize, 0), (numpy.frompyfunc, 0), (numpy.apply_along_axis, 0)):
        yield function, Alias(f"np.{function.__name__}", resolving(function, position, resolve))
    yield numpy.result_type, Alias("np.result_type", answered(lambda *kinds: numpy.result_type(*map(detached, kinds))))
    for name in ("issubdtype", "finfo", "can_cast", "promote_types"):
        yield getattr(numpy, name), Alias(f"np.{name}", answered(getattr(numpy, name)))
    yield numpy.piecewise, Alias("np.piecewise", resolving(numpy.piecewise, 2, resolve))


# -- twice: on floats for the value, on Variables for the history ------------------------------------------------------


def on_objects(function: Call) -> Call:
    """Make what replaces a function that numpy computes on objects, too."""
    return on_values(function, function)


def on_values(function: Call, on_variables: Call) -> Call:
    """Make what replaces a function: its value, and the history that another gives."""

    def call(*args: Any, **kwargs: Any) -> Any:
        if not any(map(holds_variable, (*args, *kwargs.values()))):
            return function(*args, **kwargs)
        plain = function(*map(detached, args), **{name: detached(value) for name, value in kwargs.items()})
        if is_float64(kwargs.get("dtype")):
            kwargs["dtype"] = object
        tracked = {name: as_variables(value) for name, value in kwargs.items()}
        return with_values(on_variables(*map(as_variables, args), **tracked), plain)

    return call


def is_float64(dtype: Any) -> bool:
    """Return whether what was given as `dtype` is that of Python's floats."""
    return dtype is not None and numpy.dtype(plain_dtype(dtype)) == numpy.float64


# -- arrays made of Variables ------------------------------------------------------------------------------------------


def making(function: Call, position: int) -> Call:
    """Make what replaces a function that makes an array: one of objects where floats are asked of Variables."""

    def call(*args: Any, **kwargs: Any) -> Any:
        if not any(map(holds_variable, args[:position])):
            return function(*args, **kwargs)
        if len(args) > position and is_float64(args[position]):
            args = (*args[:position], object, *args[position + 1 :])
        elif is_float64(kwargs.get("dtype")):
            kwargs["dtype"] = object
        return without_indicators(function(*args, **kwargs))

    return call


def without_indicators(array: Any) -> Any:
    """Return an array of truth values as one of bools, so that it can be a mask; any other as it is."""
    if array.dtype == object and all(type(item) in (Indicator, bool, numpy.bool_) for item in array.flat):
        return array.astype(bool)
    return array


def fromiter(iter: Any, dtype: Any, *args: Any, **kwargs: Any) -> Any:
    """Do what `numpy.fromiter` does, which reads its iterable once."""
    items = list(iter)
    return numpy.fromiter(items, object if is_float64(dtype) and holds_variable(items) else dtype, *args, **kwargs)


def arange(*args: Any, **kwargs: Any) -> Any:
    """Do what `numpy.arange` does: as many steps as for the floats, made of the Variables."""
    if not any(map(holds_variable, (*args, *kwargs.values()))):
        return numpy.arange(*args, **kwargs)
    plain = numpy.arange(*map(detached, args), **{name: detached(value) for name, value in kwargs.items()})
    start = kwargs.get("start", args[0] if len(args) > 1 else 0.0)
    step = kwargs.get("step", args[2] if len(args) > 2 else 1.0)
    return with_values(start + as_variables(step) * numpy.arange(len(plain), dtype=object), plain)


def part_of(name: str) -> Call:
    """Do what `numpy.real` or `numpy.imag` does."""
    read = part(name)
    return lambda val: read(val if hasattr(val, name) else numpy.asanyarray(val))


def keep_float64(*args: Any) -> Any:
    """Make `numpy.float64` that gives back a Scalar as it is."""
    if len(args) != 1 or not holds_variable(args[0]):
        return numpy.float64(*args)
    return float(args[0]) if type(args[0]) is Indicator else numpy.asarray(args[0], dtype=object)[()]


# -- functions that call functions ------------------------------------------------------------------------------------


def resolving(function: Call, position: int, resolve: Resolve) -> Call:
    """Make what replaces a function that calls a function given to it, or a list of them; numbers make a number."""

    def call(*args: Any, **kwargs: Any) -> Any:
        if len(args) > position:
            given = args[position]
            many = type(given) in (list, tuple)
            resolved = [resolve(each) for each in given] if many else resolve(given)
            args = (*args[:position], resolved, *args[position + 1 :])
        result = function(*args, **kwargs)
        return result[()] if type(result) is numpy.ndarray and holds_variable(result) else result

    return call


# -- functions that keep nothing on objects ----------------------------------------------------------------------------


def primitive(name: str, row: Rule) -> type[RuleFunction]:
    """Return a Function of numpy's floats."""
    details = {"rule": replace(row, name=name), "__module__": __name__, "__doc__": f"The Function of {name}."}
    return type(name, (UfuncFunction,), details)


Norm = primitive(
    "NumpyNorm",
    replace(RULES["Hypot"], function=lambda *elements: numpy.linalg.norm(elements).item(), callables=()),
)
IsClose = primitive(
    "NumpyIsClose",
    Rule(
        "NumpyIsClose",
        lambda a, b, rtol, atol, equal_nan: bool(numpy.isclose(a, b, rtol, atol, equal_nan)),
        (zero,) * 5,
        indicator=True,
    ),
)

norm_on_objects = on_objects(numpy.linalg.norm)


def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """Do what `numpy.linalg.norm` does; that of a vector is a distance, with derivative 0 where it is 0."""
    if not holds_variable(x) or axis is not None or keepdims:
        return norm_on_objects(x, ord, axis, keepdims)
    array = numpy.asarray(x, dtype=object)
    if ord in (None, "fro") or (array.ndim == 1 and ord == 2):
        return Norm.record(*array.flat)
    if array.ndim == 1 and ord not in (0, 1, math.inf, -math.inf):
        plain = numpy.linalg.norm(detached(array), ord)
        return with_values(numpy.sum(numpy.abs(as_variables(array)) ** ord) ** (1.0 / ord), plain)
    return norm_on_objects(array, ord)


def sinc(x: Any) -> Any:
    """Return sin(pi x) / (pi x), computed as numpy does; the derivative at 0 is 0."""
    angle = numpy.asarray(x, dtype=object) * math.pi
    return numpy.frompyfunc(lambda v: v.sin() / v if v else v * 0.0 + 1.0, 1, 1)(angle)


def cross(a: Any, b: Any, **kwargs: Any) -> Any:
    """Do what `numpy.cross` does with arrays, of which older versions mix no objects and numbers."""
    arrays = (as_variables(numpy.asarray(vectors, dtype=object)) for vectors in (a, b))
    return numpy.cross(*arrays, **kwargs)


def interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None) -> Any:
    """Do what `numpy.interp` does; at a node the derivative is that of the piece to its right."""
    given = (x, xp, fp, left, right, period)
    if not any(map(holds_variable, given)):
        return numpy.interp(x, xp, fp, left, right, period)
    plain = numpy.interp(*map(detached, given))
    x, xp, fp = (numpy.asarray(value, dtype=object) for value in (x, xp, fp))
    if period is not None:
        x, xp = x % abs(period), xp % abs(period)
        order = sorted(range(len(xp)), key=xp.__getitem__)
        xp, fp = xp[order], fp[order]
        xp = numpy.concatenate((xp[-1:] - abs(period), xp, xp[:1] + abs(period)))
        fp = numpy.concatenate((fp[-1:], fp, fp[:1]))
        left = right = None
    nodes, values = list(xp), list(fp)
    below, above = (values[0] if left is None else left), (values[-1] if right is None else right)

    def between(position: Any) -> Any:
        index = bisect.bisect_right(nodes, position) - 1
        if index < 0:
            return below
        if index == len(nodes) - 1:
            return values[-1] if position == nodes[-1] else above
        slope = (values[index + 1] - values[index]) / (nodes[index + 1] - nodes[index])
        return slope * (position - nodes[index]) + values[index]

    return with_values(numpy.frompyfunc(between, 1, 1)(x), plain)


def isclose(a: Any, b: Any, rtol: Any = 1e-05, atol: Any = 1e-08, equal_nan: bool = False) -> Any:
    """Do what `numpy.isclose` does, for Scalars with an indicator."""
    if not any(map(holds_variable, (a, b, rtol, atol))):
        return numpy.isclose(a, b, rtol, atol, equal_nan)
    operands = (a, b, rtol, atol, equal_nan)
    outcome = numpy.frompyfunc(lambda *five: IsClose.apply(*five), 5, 1)(*operands)
    return outcome.astype(bool) if isinstance(outcome, numpy.ndarray) else outcome


def allclose(a: Any, b: Any, rtol: Any = 1e-05, atol: Any = 1e-08, equal_nan: bool = False) -> Any:
    """Do what `numpy.allclose` does."""
    return bool(numpy.all(isclose(a, b, rtol, atol, equal_nan)))


def array_equal(a1: Any, a2: Any, equal_nan: bool = False) -> Any:
    """Do what `numpy.array_equal` does with the plain values."""
    return numpy.array_equal(detached(a1), detached(a2), equal_nan)


def select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    """Do what `numpy.select` does: take for each position the first choice whose condition holds."""
    given = (condlist, choicelist, default)
    if not any(map(holds_variable, given)):
        return numpy.select(condlist, choicelist, default)
    plain = numpy.select(*map(detached, given))
    chosen = default
    for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
        chosen = numpy.where(condition, as_variables(choice), as_variables(chosen))
    return with_values(numpy.asarray(chosen, dtype=object), plain)
