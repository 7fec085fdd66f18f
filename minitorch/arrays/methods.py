"""The methods and attributes of numpy's arrays, on Tensors: each is the function of its name."""

from __future__ import annotations

import math
import operator
import sys
from collections.abc import Callable
from typing import Any, Final

import numpy

from minitorch.arrays import operators, passes
from minitorch.arrays.answers import attribute_of, view_as
from minitorch.arrays.complex_numbers import as_number, as_numbers, holds_complex, in_arrays
from minitorch.arrays.dispatch import call_function
from minitorch.arrays.elementwise import UFUNCS
from minitorch.arrays.function import TensorFunction, apply
from minitorch.arrays.makers import Elements, asarray, detached, in_copies
from minitorch.arrays.movers import partition, sort
from minitorch.arrays.noting import COMPARED, note_equal, note_truth, note_whole_numbers
from minitorch.arrays.special_functions import is_special
from minitorch.arrays.structure import Copy, cast, clip
from minitorch.arrays.tensor import Tensor, current
from minitorch.arrays.ufunc_methods import call_ufunc, call_ufunc_method
from minitorch.arrays.views import transposed
from minitorch.arrays.writing import write_at
from minitorch.autodiff.errors import HistoryLostError
from minitorch.autodiff.run_notes import ACTIVE
from minitorch.scalars.array_slot import ufunc_on_objects
from minitorch.scalars.lost_history import loses_history, plain_number_asked
from minitorch.scalars.primitives import FUNCTIONS as FUNCTION_OF_NAME

__all__ = ["Tensor", "TensorFunction", "number_of", "operators", "passes", "real_number_of"]

FUNCTIONS: Final[dict[str, Any]] = {
    name: getattr(numpy, name)
    for name in """sum mean std var prod max min argmax argmin argsort argpartition cumsum cumprod trace diagonal
    repeat take squeeze swapaxes ravel nonzero any all searchsorted dot choose put round
    """.split()
}
"""Methods that are functions of numpy's, with the array first."""

if hasattr(numpy.zeros(1), "ptp"):  # before numpy 2
    FUNCTIONS["ptp"] = numpy.ptp

PLAIN_ATTRIBUTES: Final = ("itemsize", "nbytes", "flags", "size", "device")


PREDICATES: Final = frozenset({numpy.isnan, numpy.isfinite, numpy.isinf, numpy.signbit})
"""Ufuncs whose answers have no derivative, and which numpy does not ask of objects."""

EIGHT_BYTES: Final = 8
"""What a number of Python's holds."""


def number_of(x: Tensor) -> Any:
    """Return the only element as a number of Python's, a Scalar where it has a history."""
    node = current(x)
    if node.array.size != 1:
        node.array.item()  # raises in numpy's words
    if node.creator is None:
        return node.array.item()
    if node.array.dtype.kind == "c":
        return as_number(x.reshape(()))
    if node.array.dtype.itemsize > EIGHT_BYTES:
        return x.reshape(())[()]  # Python's numbers have not its digits
    return FUNCTION_OF_NAME["Pos"].record(node if node.array.ndim == 0 else x.reshape(()))


def real_number_of(x: Any) -> Any:
    """Return the element of a Tensor without axes as a number of Python's; anything else as it is."""
    return number_of(x) if type(x) is Tensor and not x.ndim and x.dtype.kind == "f" else x


def ufunc_with_numbers(ufunc: Any, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call a ufunc with a Scalar among its operands: with an array the result is a Tensor, else a Scalar."""
    if holds_complex(inputs):
        return as_numbers(getattr(ufunc, method)(*in_arrays(inputs), **kwargs), inputs)
    # As an object a number with more digits than Python's stays one of numpy's, which would ask the Scalar again.
    inputs = tuple(numpy.asarray(x) if type(x) is numpy.longdouble else x for x in inputs)
    arrays = [x for x in (*inputs, *kwargs.get("out", ())) if type(x) is Tensor or isinstance(x, numpy.ndarray)]
    if not any(x.dtype.kind in "fciub" for x in arrays) and ufunc not in PREDICATES:
        # Of objects numpy has no loop for every ufunc.
        if is_special(ufunc) or (ufunc in UFUNCS and not arrays and not any("O" in kinds for kinds in ufunc.types)):
            by_call = method == "__call__"
            results = call_ufunc(ufunc, inputs, kwargs) if by_call else call_ufunc_method(ufunc, method, inputs, kwargs)
            return tuple(map(real_number_of, results)) if type(results) is tuple else real_number_of(results)
        return ufunc_on_objects(ufunc, method, inputs, kwargs)
    if method == "__call__":
        if ufunc in COMPARED or ufunc in PREDICATES:
            if ACTIVE and ufunc in COMPARED:
                note_equal(COMPARED[ufunc], *inputs[:2])
            return ufunc(*map(detached, inputs), **kwargs)
        return call_ufunc(ufunc, inputs, kwargs)
    return call_ufunc_method(ufunc, method, inputs, kwargs)


def method_of(function: Any) -> Callable[..., Any]:
    """Make the method that calls a function of numpy's."""

    def method(self: Tensor, *args: Any, **kwargs: Any) -> Any:
        return call_function(function, (self, *args), kwargs)

    return method


def reshape(self: Tensor, *shape: Any, **kwargs: Any) -> Any:
    """Do `self.reshape(…)`."""
    return call_function(numpy.reshape, (self, shape[0] if len(shape) == 1 else shape), kwargs)


def set_shape(self: Tensor, shape: Any) -> None:
    """Do `self.shape = shape`, as numpy's own code does to arrays that it has just made, of which nobody has a view."""
    if str(sys._getframe(1).f_globals.get("__name__")).startswith("numpy.") and self.window is None:
        self.now = current(call_function(numpy.reshape, (copy(self), shape), {}))
    else:
        plain_shape.__set__(self, shape)


plain_shape: Final = attribute_of("shape", "Use x = x.reshape(…).")


def transpose(self: Tensor, *axes: Any) -> Any:
    """Do `self.transpose(…)`."""
    given = axes[0] if len(axes) == 1 and not isinstance(axes[0], int) else axes
    return call_function(numpy.transpose, (self, given or None), {})


def item(self: Tensor, *index: Any) -> Any:
    """Do `self.item(…)`."""
    if not index:
        return number_of(self)
    place = numpy.unravel_index(index[0], self.shape) if len(index) == 1 and isinstance(index[0], int) else index
    return number_of(self[place[0] if len(place) == 1 and isinstance(place[0], tuple) else tuple(place)])


def tolist(self: Tensor) -> Any:
    """Do `self.tolist()`."""
    return [part.tolist() for part in self] if self.ndim else number_of(self)


def copy(self: Tensor, order: str = "C") -> Any:
    """Do `self.copy()`; a number's copy is a number."""
    if not isinstance(current(self).array, numpy.ndarray):
        return call_ufunc(numpy.positive, (self,), {})
    return apply(Copy, (self,), {"order": order})


def flatten(self: Tensor, order: str = "C") -> Any:
    """Do `self.flatten()`."""
    return call_function(numpy.ravel, (copy(self), order), {})


def fill(self: Tensor, value: Any) -> None:
    """Do `self.fill(value)`; a number is filled in vain, as numpy's are."""
    if not isinstance(current(self).array, numpy.ndarray):
        current(self).array.fill(detached(value))
        return
    self[...] = value


def sort_in_place(self: Tensor, axis: int = -1, kind: Any = None, order: Any = None, **_: Any) -> None:
    """Do `self.sort()`."""
    self[...] = sort(self, axis, kind)


def partition_in_place(self: Tensor, kth: Any, axis: int = -1, kind: Any = "introselect", order: Any = None) -> None:
    """Do `self.partition(kth)`."""
    self[...] = partition(self, kth, axis, kind)


def compress(self: Tensor, condition: Any, axis: Any = None, out: Any = None) -> Any:
    """Do `self.compress(condition)`."""
    return call_function(numpy.compress, (condition, self, axis), {})


def clip_method(self: Tensor, min: Any = None, max: Any = None, out: Any = None, **kwargs: Any) -> Any:
    """Do `self.clip(min, max)`."""
    return clip(self, min, max, out, **kwargs)


def length(self: Tensor) -> int:
    """Do `len(self)`."""
    return len(current(self).array)


def truth(self: Tensor) -> bool:
    """Do `bool(self)`."""
    if ACTIVE and self.array.size == 1:
        note_truth(self)
    return bool(current(self).array)


def as_float(self: Tensor) -> float:
    """Do `float(self)`, which would lose a history."""
    node = current(self)
    value = float(node.array)
    if loses_history(node):
        raise plain_number_asked("float", self.label(), [node])
    return value


def as_complex(self: Tensor) -> complex:
    """Do `complex(self)`, which would lose a history."""
    node = current(self)
    value = complex(node.array)
    if loses_history(node):
        raise plain_number_asked("complex", self.label(), [node])
    return value


def whole(kind: str, function: Callable[[Any], int]) -> Callable[[Tensor], int]:
    """Make the method that gives a whole number, which has no history.

    Args:
        kind: what notes call it.
        function: what makes it of a plain number.
    """

    def method(self: Tensor) -> int:
        if ACTIVE:
            note_whole_numbers(kind, self)
        return function(detached(self))

    return method


def round_method(self: Tensor, digits: int | None = None) -> Any:
    """Do `round(self, digits)`: without digits a whole number, which has no history."""
    if isinstance(current(self).array, numpy.ndarray):
        return round(current(self).array, digits)  # raises: Python rounds no arrays
    return whole("round", round)(self) if digits is None else self.round(digits)


def contains(self: Tensor, value: Any) -> bool:
    """Do `value in self`."""
    return detached(value) in current(self).array


def hash_of(self: Tensor) -> int:
    """Do `hash(self)`, which numpy refuses for arrays."""
    return hash(current(self).array)


class Flat(Elements):
    """The elements of an array one after the other, as `array.flat` has them."""

    def __iter__(self) -> Any:
        return (self.tensor[index] for index in numpy.ndindex(self.tensor.shape))

    def __len__(self) -> int:
        return int(self.tensor.size)

    def __getitem__(self, key: Any) -> Any:
        return call_function(numpy.ravel, (copy(self.tensor),), {})[key]

    def __setitem__(self, key: Any, value: Any) -> None:
        in_copies(self.tensor).flat[key] = detached(value)  # raises in numpy's words
        numbers = numpy.atleast_1d(numpy.arange(self.tensor.size)[key])
        given = asarray(value)
        given = given if given.ndim == 0 else numpy.resize(given, numbers.shape)
        write_at(self.tensor, numbers, given)


def flat_set(self: Tensor, value: Any) -> None:
    """Do `self.flat = value`."""
    Flat(self)[:] = value


def conjugated(self: Tensor) -> Any:
    """Do `self.conj()`, which is the array itself where it is real."""
    return call_function(numpy.conjugate, (self,), {}) if self.dtype.kind == "c" else self


def matrix_transposed(self: Tensor) -> Any:
    """Do `self.mT`."""
    if self.ndim < 2:
        return current(self).array.mT  # raises in numpy's words
    return call_function(numpy.swapaxes, (self, -1, -2), {})


def part_of(function: Any) -> property:
    """Make the attribute for the real or imaginary parts, which can be set."""

    def get(self: Tensor) -> Any:
        return call_function(function, (self,), {})

    def set_(self: Tensor, value: Any) -> None:
        get(self)[...] = value

    return property(get, set_)


SPEAKING: Final = frozenset("reshape transpose item fill sort partition compress clip astype view".split())
"""Methods that are no functions of numpy's and whose errors are those of the array."""


def in_numpys_words(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    """Make the method that raises what the method of the plain array raises."""

    def call(self: Tensor, *args: Any, **kwargs: Any) -> Any:
        try:
            return method(self, *args, **kwargs)
        except (ValueError, TypeError, IndexError) as error:
            if isinstance(error, HistoryLostError):
                raise
            failed = error
        getattr(in_copies(self), name)(*in_copies(args), **in_copies(kwargs))
        raise failed

    return call


def install() -> None:
    """Give Tensor its methods and attributes."""
    methods: dict[str, Any] = {name: method_of(function) for name, function in FUNCTIONS.items()}
    methods |= {
        "reshape": reshape, "transpose": transpose, "item": item, "tolist": tolist, "copy": copy, "flatten": flatten,
        "view": view_as, "fill": fill, "sort": sort_in_place, "partition": partition_in_place, "compress": compress,
        "clip": clip_method, "astype": cast, "__len__": length, "__bool__": truth, "__float__": as_float,
        "__complex__": as_complex, "__contains__": contains,
        "__delitem__": lambda self, key: operator.delitem(current(self).array, key), "__hash__": hash_of,
        "__copy__": copy,
        "__deepcopy__": lambda self, memo: copy(self),
        "__int__": whole("int", int),
        "__index__": lambda self: operator.index(detached(self)),
        "__round__": round_method,
        "__trunc__": whole("int", math.trunc), "__floor__": whole("floor", math.floor),
        "__ceil__": whole("ceil", math.ceil),
        "__array_wrap__": lambda self, array, context=None, return_scalar=False: array,
        "tobytes": lambda self, *args: detached(self).tobytes(*args),
        "shape": property(attribute_of("shape").fget, set_shape), "ndim": attribute_of("ndim"),
        "dtype": attribute_of("dtype", "Use x = x.astype(…)."),
        "strides": attribute_of("strides", "Use numpy.lib.stride_tricks.as_strided."),
        "T": property(transposed),
        "mT": property(matrix_transposed), "conj": conjugated, "conjugate": conjugated,
        "real": part_of(numpy.real), "imag": part_of(numpy.imag),
        "flat": property(Flat, flat_set),
        "base": property(lambda self: None if self.window is None else self.window.root),
    }  # fmt: skip
    methods |= {name: attribute_of(name) for name in PLAIN_ATTRIBUTES}
    methods |= {name: in_numpys_words(name, methods[name]) for name in SPEAKING}
    for name, method in methods.items():
        setattr(Tensor, name, method)


install()
