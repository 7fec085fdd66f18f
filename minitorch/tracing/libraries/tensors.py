"""What replaces numpy's functions where Tensors are among the arguments: the functions of the room of arrays.

What replaces them on Scalars goes on doing so; callables that make arrays always make Tensors, so that they can be
written to.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator
from types import ModuleType
from typing import Any

import numpy

from minitorch.arrays import methods
from minitorch.arrays.complex_numbers import as_numbers, holds_complex, in_arrays
from minitorch.arrays.dispatch import FUNCTIONS, call_function
from minitorch.arrays.functional import PLAIN, frompyfunc, vectorize
from minitorch.arrays.iterating import ITERATING
from minitorch.arrays.makers import MAKERS, asarray, holds_variable
from minitorch.arrays.operators import CALLS
from minitorch.arrays.tensor import Tensor
from minitorch.arrays.views import numpy_array
from minitorch.scalars.array_slot import is_pandas
from minitorch.tracing.libraries import Resolve, numpy_functions
from minitorch.tracing.libraries.scipy_calls import methods_by_need
from minitorch.tracing.libraries.unknown import guarded
from minitorch.transformer import Alias

__all__ = ["holds_tensor", "rows", "with_tensors"]

READY = methods.__name__
"""The module that gives Tensor its methods, which has to be loaded."""

CALLERS = frozenset({numpy.apply_along_axis, numpy.piecewise})
"""Functions that call one that is given to them; it is resolved, and may bring in numbers with histories."""


IN_PLACE = frozenset({numpy.percentile, numpy.quantile, numpy.nanpercentile, numpy.nanquantile})
"""Functions whose Python code writes into what it computed, which Scalars are no place for."""


OF_NUMBERS = frozenset({numpy.angle, numpy.var, numpy.std})
"""Functions that take Scalars as arrays without axes, though numpy computes them on objects, too, in some way."""


BY_METHOD = frozenset(
    """sum prod mean std var min max amin amax cumsum cumprod round around clip argmin argmax argsort searchsorted take
    repeat any all shape size ndim""".split()
)
"""Functions that call the method of their name, also that of an object of pandas'."""


def holds_tensor(value: Any) -> bool:
    """Return whether a value is a Tensor, or a list, tuple or polynomial with one in it."""
    kind = type(value)
    if kind is list or kind is tuple:
        return any(map(holds_tensor, value))
    return kind is Tensor or (kind is numpy.poly1d and type(value.coeffs) is Tensor)


def is_numeric_array(value: Any) -> bool:
    """Return whether a value is a Tensor, or an array of numbers."""
    return type(value) is Tensor or (type(value) is numpy.ndarray and value.dtype.kind in "fciub")


def routed(function: Any, otherwise: Callable[..., Any]) -> Callable[..., Any]:
    """Make what calls the room of arrays where a Tensor is among the arguments."""
    held = holds_variable if function in IN_PLACE else is_numeric_array if function in CALLERS else holds_tensor
    usual = CALLS.get(function)
    operands = getattr(function, "nin", None)
    by_method = operands is not None or function.__name__ in BY_METHOD
    takes_numbers = function in OF_NUMBERS or (otherwise is function and operands is None)

    def call(*args: Any, **kwargs: Any) -> Any:
        if usual is not None and len(args) == operands and type(args[0]) is Tensor and not kwargs:
            # As all that follows does, in the most common case.
            try:
                result = usual(*args)
            except (ValueError, TypeError):  # to be said in numpy's words
                result = NotImplemented
            if result is not NotImplemented:
                return result
        if any(map(held, args)) or (kwargs and any(map(held, kwargs.values()))):
            if not isinstance(function, numpy.ufunc):
                return call_function(function, args, kwargs)
            args = tuple(asarray(v) if type(v) in (list, tuple) and holds_tensor(v) else v for v in args)
            result = function(*args, **kwargs)
            # numpy keeps `out=...` to itself.
            whole = kwargs.get("out") is Ellipsis and type(result) is Tensor and not result.ndim
            return numpy_array(result) if whole else result
        if kwargs.get("out") is Ellipsis and not holds_variable(args):
            return function(*args, **kwargs)
        if holds_complex(args):
            return as_numbers(call(*in_arrays(args), **kwargs), args)
        if takes_numbers and (any(map(holds_variable, args)) or any(map(holds_variable, kwargs.values()))):
            return as_numbers(call_function(function, args, kwargs), args)
        if any(map(is_pandas, args)):
            entered = importlib.import_module("minitorch.tracing.libraries.pandas_objects").for_numpy(args, by_method)
            if entered is not None:
                return function(*entered, **kwargs) if by_method else call(*entered, **kwargs)
        return otherwise(*args, **kwargs)

    return call


def number_of(otherwise: Callable[..., Any]) -> Callable[..., Any]:
    """Make what does what `numpy.float64` does; a Tensor stays one."""

    def call(*args: Any) -> Any:
        if len(args) == 1 and type(args[0]) is Tensor:
            return args[0].astype(numpy.float64, copy=False)[()]
        return otherwise(*args)

    return call


NUMBERS: tuple[Any, ...] = tuple(
    kind for kind in set(numpy.sctypeDict.values()) if issubclass(kind, numpy.number) and kind is not numpy.float64
)
"""numpy's kinds of numbers, but for that of Scalars."""


def number_as(kind: Any) -> Callable[..., Any]:
    """Make what does what `numpy.int64` and its kin do: arrays stay arrays, whole numbers have no history."""

    def call(*args: Any, **kwargs: Any) -> Any:
        if len(args) == 1 and not kwargs and holds_variable(args[0]):
            return asarray(args[0]).astype(kind)[()]
        return kind(*args, **kwargs)

    return call


def resolving(function: Callable[..., Any], position: int, resolve: Resolve) -> Callable[..., Any]:
    """Make what resolves the functions given to it first."""

    def call(*args: Any, **kwargs: Any) -> Any:
        given = list(args)
        if len(given) > position:
            callee = given[position]
            given[position] = (
                [resolve(f) if callable(f) else f for f in callee] if type(callee) is list else resolve(callee)
            )
        return function(*given, **kwargs)

    return call


def with_tensors(
    library: ModuleType, rows: Iterable[tuple[Any, Alias]], resolve: Resolve
) -> Iterator[tuple[Any, Alias]]:
    """Return the rows of a library with what is done where Tensors are among the arguments."""
    known = set()
    for callee, alias in rows:
        known.add(id(callee))
        if callee in MAKERS:
            yield callee, Alias(alias.name, MAKERS[callee])
        elif callee is numpy.vectorize or callee is numpy.frompyfunc:
            maker = vectorize if callee is numpy.vectorize else frompyfunc
            yield callee, Alias(alias.name, resolving(maker, 0, resolve))
        elif callee is numpy.float64:
            yield callee, Alias(alias.name, number_of(alias.function))
        elif callee in CALLERS:
            position = 2 if callee is numpy.piecewise else 0
            yield callee, Alias(alias.name, resolving(routed(callee, alias.function), position, resolve))
        else:
            yield callee, Alias(alias.name, routed(callee, alias.function))
    if library is numpy:
        for kind in NUMBERS:
            yield kind, Alias(f"np.{kind.__name__}", number_as(kind))
        for name in ("frombuffer", "from_dlpack", "recarray", "matrix", "nested_iters"):
            callee = getattr(numpy, name)
            yield callee, Alias(f"np.{name}", guarded(callee, always=True))
        for cls, stand_in in ITERATING.items():
            yield cls, Alias(f"np.{cls.__name__}", stand_in)
    for function, own in FUNCTIONS.items():
        if id(function) not in known and getattr(function, "__module__", None) == library.__name__:
            stand_in = own if function in MAKERS else routed(function, function)
            yield function, Alias(f"np.{function.__name__}", stand_in)
    for function in PLAIN:
        if id(function) not in known and getattr(function, "__module__", None) == library.__name__:
            yield function, Alias(f"np.{function.__name__}", routed(function, function))


def rows(library: ModuleType, resolve: Resolve) -> Iterator[tuple[Any, Alias]]:
    """Return the rows of one of numpy's modules."""
    if library is numpy:
        for kind in NUMBERS:
            yield kind, Alias(f"np.{kind.__name__}", number_as(kind))
        for cls in (numpy.poly1d, *map(type, (numpy.r_, numpy.c_, numpy.mgrid, numpy.ogrid))):
            methods_by_need(cls)
    own = numpy_functions.rows(library, resolve) if library.__name__ in ("numpy", "numpy.linalg") else ()
    yield from with_tensors(library, own, resolve)
