"""The operators of Python on Tensors: numpy's own operators on the arrays, with their Functions.

`x ** 2` is no `np.power(x, 2)` to numpy but a square; so the value is that of the operator.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, Final

import numpy

from minitorch.arrays.complex_numbers import as_tensor
from minitorch.arrays.elementwise import UFUNCS, InversePower, KnownSlope, Square
from minitorch.arrays.function import ArrayFunction, finished
from minitorch.arrays.makers import asarray
from minitorch.arrays.noting import COMPARED, ROUNDED, note_equal, note_rounding, straightened
from minitorch.arrays.placeholders import SMALL
from minitorch.arrays.products import Matmul
from minitorch.arrays.tensor import NO_PARAMETERS, Tensor, current, output_of
from minitorch.arrays.writing import SIGNS, augment, computes_otherwise
from minitorch.autodiff.decisions import observing
from minitorch.autodiff.grad_mode import FOR_ONE_ORDER, SPARES, is_recording, pausing, sparing
from minitorch.autodiff.run_notes import ACTIVE
from minitorch.autodiff.straight import straight_through
from minitorch.autodiff.variable import Variable
from minitorch.scalars.array_slot import ARRAYS, is_pandas
from minitorch.scalars.complex_scalar import ComplexScalar
from minitorch.scalars.primitives import FUNCTIONS

__all__ = ["CALLS", "COMPARISONS", "operand"]

PLAIN: Final = frozenset({float, int, bool, complex, numpy.ndarray, numpy.float64})
"""Types of operands that are taken as they are."""


def operand(value: Any) -> Any:
    """Return what numpy takes as an operand: arrays for lists; NotImplemented where the other side has to know."""
    kind = type(value)
    if kind is Tensor:
        return current(value)
    if kind is numpy.ndarray and value.dtype.kind == "O":
        value, kind = value.tolist(), list
    if kind in PLAIN:
        return value
    if kind is ComplexScalar:
        return current(as_tensor(value))
    if issubclass(kind, (numpy.ndarray, numpy.generic, int, float, complex, Variable)):
        return value
    if kind in (list, tuple):
        return asarray(value)
    return NotImplemented


def plain_operand(value: Any) -> Any:
    """Return the plain value of an operand."""
    value = operand(value)
    if type(value) is Tensor:
        return value.array
    return value.get_data() if issubclass(type(value), Variable) else value


def unary(function: type[ArrayFunction], operation: Any) -> Callable[[Tensor], Any]:
    """Make the method for `op self`."""

    def method(self: Tensor) -> Any:
        x = self if self.now is None and self.window is None else current(self)
        value = operation(x.array)
        if x.creator is not None and not pausing and value.dtype.kind in "fc":
            return output_of(function, value, (x,))
        return finished(function, value, (x,), x.creator is not None, NO_PARAMETERS)

    return method


def binary(function: type[ArrayFunction], operation: Callable[[Any, Any], Any]) -> Callable[[Tensor, Any], Any]:
    """Make the method for `self op other`."""

    def method(self: Tensor, other: Any) -> Any:
        x = self if self.now is None and self.window is None else current(self)
        kind = type(other)
        if kind is Tensor:
            y = other if other.now is None and other.window is None else current(other)
            value = operation(x.array, y.array)
            if (x.creator is not None or y.creator is not None) and not pausing:
                return output_of(function, value, (x, y))
            return finished(function, value, (x, y), x.creator is not None or y.creator is not None, NO_PARAMETERS)
        if kind is float and x.creator is not None and not pausing:
            return output_of(function, operation(x.array, other), (x, other))
        if kind in PLAIN and (kind is not numpy.ndarray or other.dtype.kind != "O"):
            value = operation(x.array, other)
            if x.creator is not None and not pausing and value.dtype.kind in "fc":
                return output_of(function, value, (x, other))
            return finished(function, value, (x, other), x.creator is not None, NO_PARAMETERS)
        if is_pandas(other):
            return ARRAYS.column(operation, self, other)
        if computes_otherwise(other, self):
            return operation(x.array, other)
        if kind is numpy.ndarray and not other.ndim:  # of one object, such as a polynomial
            return operation(self, other.item())
        y = operand(other)
        return y if y is NotImplemented else general(function, operation, x, y)

    return method


def reflected(function: type[ArrayFunction], operation: Callable[[Any, Any], Any]) -> Callable[[Tensor, Any], Any]:
    """Make the method for `other op self`."""

    def method(self: Tensor, other: Any) -> Any:
        x = self if self.now is None and self.window is None else current(self)
        kind = type(other)
        if kind is float and x.creator is not None and not pausing:
            return output_of(function, operation(other, x.array), (other, x))
        if kind in PLAIN and (kind is not numpy.ndarray or other.dtype.kind != "O"):
            value = operation(other, x.array)
            if type(value) is complex:  # as Python's own complex numbers answer
                value = numpy.complex128(value)
            if x.creator is not None and not pausing and value.dtype.kind in "fc":
                return output_of(function, value, (other, x))
            return finished(function, value, (other, x), x.creator is not None, NO_PARAMETERS)
        if is_pandas(other):
            return ARRAYS.column(operation, other, self)
        if computes_otherwise(other, self):
            return operation(other, x.array)
        if kind is numpy.ndarray and not other.ndim:
            return operation(other.item(), self)
        y = operand(other)
        return y if y is NotImplemented else general(function, operation, y, x)

    return method


def general(function: type[ArrayFunction], operation: Callable[[Any, Any], Any], x: Any, y: Any) -> Any:
    """Do an operation on operands of any kind."""
    values = [plain_operand(x), plain_operand(y)]
    active = any(issubclass(type(v), Variable) and v.creator is not None for v in (x, y))
    return finished(function, operation(*values), (x, y), active and is_recording(), {})


def in_place(method: Callable[[Tensor, Any], Any], operation: Callable[[Any, Any], Any]) -> Any:
    """Make the method for an augmented assignment: a number is no place to write to, an array is."""
    adds = operation in SIGNS

    def inplace(self: Tensor, other: Any) -> Any:
        if not isinstance(self.array, numpy.ndarray):
            return method(self, other)
        if adds and augment(self, other, operation):
            return self
        if not self.data.flags.writeable:
            operation(self.data, plain_operand(other))  # raises in numpy's words
        try:
            value = method(self, other)
        except ValueError:
            value = None
        if value is None:
            operation(self.data.copy(), plain_operand(other))
        if value is NotImplemented:
            return value
        given = value.array if type(value) is Tensor else value
        if given.shape != self.array.shape or not numpy.can_cast(given.dtype, self.array.dtype, "same_kind"):
            operation(self.data.copy(), plain_operand(other))  # raises in numpy's words
        self[...] = value
        return self

    return inplace


def as_scalar(x: Any) -> Any:
    """Return an array without axes as a Scalar; anything else as it is."""
    return FUNCTIONS["Pos"].record(current(x)) if type(x) is Tensor and not x.array.ndim else x


def rounding(method: Callable[[Tensor, Any], Any]) -> Callable[[Tensor, Any], Any]:
    """Make the method for an operator that rounds, which is noted."""

    def noted(self: Tensor, other: Any) -> Any:
        if ACTIVE:
            note_rounding(self, other)
        return straightened(numpy.floor_divide, method(self, other))

    return noted


def comparison(operation: Callable[[Any, Any], Any], question: str | None) -> Callable[[Tensor, Any], Any]:
    """Make the method for a comparison, whose outcome has no history; equal elements are noted where it is named."""

    def method(self: Tensor, other: Any) -> Any:
        if is_pandas(other):
            return ARRAYS.column(operation, self, other)
        y = plain_operand(other)
        if ACTIVE and question is not None:
            note_equal(question, self, other)
        if observing and question is not None and self.creator is not None and not self.array.ndim:
            # Whoever observes sees what is decided, as of numbers.
            return operation(as_scalar(self), as_scalar(other))
        return operation(current(self).array, other if y is NotImplemented else y)

    return method


ARITHMETIC: Final = {
    "add": (numpy.add, operator.add, operator.iadd),
    "sub": (numpy.subtract, operator.sub, operator.isub),
    "mul": (numpy.multiply, operator.mul, operator.imul),
    "truediv": (numpy.divide, operator.truediv, operator.itruediv),
    "floordiv": (numpy.floor_divide, operator.floordiv, operator.ifloordiv),
    "mod": (numpy.remainder, operator.mod, operator.imod),
    "pow": (numpy.power, operator.pow, operator.ipow),
}
"""By the name of an operator: the ufunc whose Function it has, and what numpy does for it."""

SIGN_OPERATORS: Final = {
    "neg": (numpy.negative, operator.neg),
    "pos": (numpy.positive, operator.pos),
    "abs": (numpy.absolute, operator.abs),
}
"""Likewise of one operand."""

COMPARISONS: Final = {name: getattr(operator, name) for name in ("lt", "le", "gt", "ge", "eq", "ne")}
LOGIC: Final = {"and": operator.and_, "or": operator.or_, "xor": operator.xor}


def invert(self: Tensor) -> Any:
    """Do `~self`, which numpy refuses for floats."""
    return ~current(self).array


def divmod_method(self: Tensor, other: Any) -> Any:
    """Do `divmod(self, other)`: the remainder has the whole derivative, also straight through rounding."""
    if self.dtype.kind == "c":
        divmod(current(self).array, plain_operand(other))  # raises in numpy's words
    with straight_through(False):
        return self // other, self % other


def divmod_reflected(self: Tensor, other: Any) -> Any:
    """Do `divmod(other, self)`."""
    with straight_through(False):
        return other // self, other % self


def power(self: Tensor, other: Any) -> Any:
    """Do `self ** other`."""
    kind = type(other)
    if (kind is not float and kind is not int) or (other != 2 and other >= 0):
        return general_power(self, other)
    if other == 2:
        return SQUARE(self, other)
    x = current(self)
    once = sparing and SPARES.get() == FOR_ONE_ORDER and not pausing
    if not once or x.creator is None or x.array.nbytes <= SMALL or x.array.dtype.kind != "f":
        return INVERSE_POWER(self, other)
    value = x.array**other
    with numpy.errstate(all="ignore"):
        slope = other * (value / x.array)
    return output_of(KnownSlope, value, (x,), {"slope": slope})


general_power: Final = binary(UFUNCS[numpy.power], operator.pow)
SQUARE: Final = binary(Square, operator.pow)
INVERSE_POWER: Final = binary(InversePower, operator.pow)


def install() -> None:
    """Give Tensor its operators."""
    for name, (ufunc, operation, place) in ARITHMETIC.items():
        method = binary(UFUNCS[ufunc], operation)
        other = reflected(UFUNCS[ufunc], operation)
        if ufunc is numpy.floor_divide:
            method, other = rounding(method), rounding(other)
        setattr(Tensor, f"__{name}__", method)
        setattr(Tensor, f"__r{name}__", other)
        setattr(Tensor, f"__i{name}__", in_place(method, place))
    for name, operation in {**COMPARISONS, **LOGIC}.items():
        method = comparison(operation, name.upper() if name in COMPARISONS else None)
        setattr(Tensor, f"__{name}__", method)
    for name in LOGIC:
        setattr(Tensor, f"__r{name}__", getattr(Tensor, f"__{name}__"))
    others: dict[str, Any] = {
        **{name: unary(UFUNCS[ufunc], operation) for name, (ufunc, operation) in SIGN_OPERATORS.items()},
        "invert": invert,
        "rmatmul": reflected(Matmul, operator.matmul),
        "divmod": divmod_method,
        "rdivmod": divmod_reflected,
    }
    others["pow"] = power
    product = binary(Matmul, operator.matmul)
    others |= {"matmul": product, "imatmul": in_place(product, operator.imatmul)}
    for name, method in others.items():
        setattr(Tensor, f"__{name}__", method)


install()


def of_two(function: type[ArrayFunction], ufunc: Any) -> Callable[[Any, Any], Any]:
    """Make what calls a ufunc of two operands, of which one is a Tensor."""
    method, method_reflected = binary(function, ufunc), reflected(function, ufunc)

    def call(x: Any, y: Any) -> Any:
        return method(x, y) if type(x) is Tensor else method_reflected(y, x)

    return call


NOTED: Final = ROUNDED | COMPARED.keys()
"""Ufuncs of which runs are told."""

CALLS: Final[dict[Any, Callable[..., Any]]] = {
    **{
        ufunc: unary(function, ufunc)
        for ufunc, function in UFUNCS.items()
        if ufunc.nin == 1 and ufunc not in ROUNDED and ufunc is not numpy.sign
    },
    **{ufunc: of_two(function, ufunc) for ufunc, function in UFUNCS.items() if ufunc.nin == 2 and ufunc not in NOTED},
    numpy.matmul: of_two(Matmul, numpy.matmul),
}
"""By ufunc: what calls it on operands alone, of which one is a Tensor; where it knows no way it is NotImplemented."""
