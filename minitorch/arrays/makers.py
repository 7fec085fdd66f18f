"""What makes arrays: lists of Tensors, Scalars and numbers become one Tensor; zeros and their kin can be written to.

np.array([x[0], 1.0])   the Tensor of both
np.zeros(3)             a Tensor without history while something is differentiated, so that `a[i] = x` keeps it
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy

from minitorch.arrays.complex_numbers import as_tensor
from minitorch.arrays.function import OfNumber, apply, finished, row
from minitorch.arrays.tensor import Tensor, constant, current
from minitorch.autodiff.variable import Variable, is_constant
from minitorch.scalars.complex_scalar import ComplexScalar

__all__ = ["MAKERS", "arrays", "asarray", "detached", "holds_variable", "in_copies", "is_plain", "wrapped"]


arrays: Any = numpy
"""numpy without the overloads that its stubs tell the type checker of."""


class Elements:
    """The elements of an array one after the other.

    Args:
        tensor: the array.
    """

    def __init__(self, tensor: Tensor) -> None:
        self.tensor = tensor

    def __getitem__(self, key: Any) -> Any:
        return self.tensor.reshape(-1)[key]


def holds_variable(value: Any) -> bool:
    """Whether a value is a Variable, or a list or tuple with one in it."""
    kind = type(value)
    if kind is list or kind is tuple:
        return any(map(holds_variable, value))
    if kind is numpy.poly1d:
        return holds_variable(value.coeffs)
    return kind is Tensor or issubclass(kind, (Variable, Elements)) or kind is ComplexScalar


def is_plain(value: Any) -> bool:
    """Return whether nothing in a value has a history."""
    kind = type(value)
    if kind is Tensor:
        return current(value).creator is None
    if kind is tuple or kind is list:
        return all(map(is_plain, value))
    if kind is numpy.ndarray:
        return value.dtype.kind != "O" or all(map(is_plain, value.flat))
    if kind is ComplexScalar:
        return is_plain((value.real, value.imag))
    if issubclass(kind, Elements):
        return is_plain(value.tensor)
    if kind is numpy.poly1d:
        return is_plain(value.coeffs)
    return not issubclass(kind, Variable) or is_constant(value)


def detached(value: Any) -> Any:
    """Return a value with plain arrays and numbers in place of Variables."""
    kind = type(value)
    if kind is Tensor:
        return current(value).array
    if kind is list or kind is tuple:
        return kind(map(detached, value))
    if kind is dict:
        return {key: detached(item) for key, item in value.items()}
    if kind is ComplexScalar:
        return value.data
    if kind is numpy.poly1d and holds_variable(value):
        return numpy.poly1d(detached(value.coeffs), variable=value.variable)
    return value.get_data() if issubclass(kind, Variable) else value


def in_copies(value: Any) -> Any:
    """Return arguments with plain copies of the arrays in them, as far as these can be written to."""
    kind = type(value)
    if kind is list or kind is tuple:
        return kind(map(in_copies, value))
    if kind is dict:
        return {key: in_copies(item) for key, item in value.items()}
    plain = detached(value)
    if not isinstance(plain, numpy.ndarray):
        return plain
    copy = plain.copy(order="K")
    copy.flags.writeable = plain.flags.writeable
    return copy


def wrapped(value: Any) -> Any:
    """Return new arrays of real or complex numbers as Tensors without history, anything else as it is."""
    if type(value) is numpy.ndarray:
        return constant(value) if value.dtype.kind in "fc" else value
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*map(wrapped, value))
    if type(value) in (list, tuple):
        return type(value)(map(wrapped, value))
    return value


def joined(*parts: Any, value: Any, places: tuple[list[int], ...]) -> Any:
    """Return the array with these parts in their places, zeros elsewhere."""
    made = numpy.zeros_like(value)
    flat = made.reshape(-1)
    for part, starts in zip(parts, places, strict=True):
        if numpy.ndim(part) == 0:
            flat[starts] = part
        for start in starts if numpy.ndim(part) else ():
            flat[start : start + part.size] = part.reshape(-1)
    return made


def joined_vjp(g: Any, y: Any, parts: Sequence[Any], value: Any, places: tuple[list[int], ...]) -> Any:
    """Return the cotangents of the parts: the sums of those of their places."""
    flat = g.reshape(-1)
    return [sum_at(flat, starts, part) for part, starts in zip(parts, places, strict=True)]


def sum_at(flat: Any, starts: list[int], part: Any) -> Any:
    """Return the sum of what stands where a part of an array does, in its shape."""
    shape = getattr(part, "shape", ())
    if shape == ():
        return flat[starts].sum() if starts[1:] else flat[starts[0]]
    if starts[1:]:
        return flat[numpy.add.outer(starts, numpy.arange(part.size))].sum(0).reshape(shape)
    return flat[starts[0] : starts[0] + part.size].reshape(shape)


Joined = row("ArrayJoined", joined, joined_vjp, at_once=True, linear=True)


def variables_in(value: Any, start: int, found: list[tuple[Any, int]]) -> int:
    """Append the Variables in nested lists with the number of their first element; return that of the next one."""
    kind = type(value)
    if kind is list or kind is tuple:
        for item in value:
            start = variables_in(item, start, found)
        return start
    if issubclass(kind, Variable) or kind is ComplexScalar:
        found.append((as_tensor(value) if kind is ComplexScalar else value, start))
    return start + int(numpy.size(detached(value)))


def asarray(value: Any, dtype: Any = None, order: Any = None, **kwargs: Any) -> Any:
    """`numpy.asarray`: a Tensor as it is, lists of Variables as one Tensor."""
    if dtype is not None and numpy.dtype(dtype).kind == "O":
        return numpy.array(value.tolist() if type(value) is Tensor else value, dtype=dtype)
    if isinstance(value, numpy.ndarray) and type(value) is not Tensor and not is_plain(value):
        value = value.tolist()
    elif type(value) is numpy.poly1d:
        value = value.coeffs
    if isinstance(value, Elements):
        made = value[:].copy()
    elif type(value) is Tensor:
        made = value
    elif holds_variable(value):
        found: list[tuple[Any, int]] = []
        variables_in(value, 0, found)
        plain = numpy.array(detached(value), dtype=dtype)
        if plain.dtype.kind not in "fc":
            return plain
        places: dict[int, tuple[Any, list[int]]] = {}
        for x, start in found:
            x = current(x) if type(x) is Tensor else x
            places.setdefault(id(x), (x, []))[1].append(start)
        variables, starts = zip(*places.values(), strict=True)
        active = any(x.creator is not None for x in variables)
        return finished(Joined, plain, variables, active, {"value": plain, "places": starts})
    else:
        return wrapped(numpy.asarray(value, dtype, order))
    if dtype is not None and numpy.dtype(dtype) != made.dtype:
        return made.astype(dtype)
    return made if isinstance(current(made).array, numpy.ndarray) else apply(OfNumber, (made,))


def array(
    value: Any, dtype: Any = None, *, copy: Any = True, order: Any = "K", subok: bool = False, ndmin: int = 0, **_: Any
) -> Any:
    """`numpy.array`: a copy of a Tensor, lists of Variables as one Tensor."""
    made = asarray(value, dtype)
    if made is value and copy is not False and copy is not None:
        made = value.copy(order or "K")
    elif not holds_variable(value):
        made = wrapped(numpy.array(value, dtype, copy=copy, order=order, subok=subok))
    while ndmin > numpy.ndim(made):
        made = made[None]
    return made


def as_numpy(function: Callable[..., Any], own: Callable[..., Any]) -> Callable[..., Any]:
    """Make what does as numpy does where nothing has a history: an array from outside stays what it is."""

    def make(*args: Any, **kwargs: Any) -> Any:
        if not is_plain((*args, *kwargs.values())):
            return own(*args, **kwargs)
        result = function(*map(detached, args), **detached(kwargs))
        given = args[0] if args else next(iter(kwargs.values()), None)
        if isinstance(given, numpy.ndarray) and numpy.may_share_memory(result, detached(given)):
            return own(*args, **kwargs) if type(given) is Tensor else result
        return wrapped(result)

    return make


def plainly(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make what calls a maker on plain values and wraps what it makes."""

    def make(*args: Any, **kwargs: Any) -> Any:
        return wrapped(function(*map(detached, args), **detached(kwargs)))

    return make


def full(shape: Any, fill_value: Any, dtype: Any = None, order: Any = "C", **_: Any) -> Any:
    """`numpy.full`, also of a Variable."""
    made = wrapped(numpy.full(shape, detached(fill_value), dtype, order))
    if holds_variable(fill_value) and type(made) is Tensor:
        made[...] = fill_value
    return made


def full_like(
    a: Any, fill_value: Any, dtype: Any = None, order: Any = "K", subok: bool = True, shape: Any = None
) -> Any:
    """`numpy.full_like`, also of a Variable."""
    made = wrapped(numpy.full_like(detached(a), detached(fill_value), dtype, order, subok, shape))
    if holds_variable(fill_value) and type(made) is Tensor:
        made[...] = fill_value
    return made


def linspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, retstep: bool = False, dtype: Any = None, axis: int = 0
) -> Any:
    """`numpy.linspace`, also between Variables."""
    plain: Any = arrays.linspace(detached(start), detached(stop), num, endpoint, retstep, dtype, axis)
    if not holds_variable([start, stop]):
        return wrapped(plain)
    values = plain[0] if retstep else plain
    pieces = num - 1 if endpoint else num
    weights = numpy.arange(num) / pieces if pieces else numpy.zeros(num)
    weights = weights.reshape((-1,) + (1,) * (values.ndim - 1))
    a, b = asarray(start), asarray(stop)
    made = a * (1.0 - weights) + b * weights
    made = made if axis == 0 else numpy.moveaxis(made, 0, axis)
    current(made).array = values
    return (made, (b - a) / pieces) if retstep else made


def arange(*args: Any, **kwargs: Any) -> Any:
    """`numpy.arange`, also from, to or by Variables: as many steps as for the plain numbers."""
    plain = numpy.arange(*map(detached, args), **detached(kwargs))
    if not holds_variable([*args, *kwargs.values()]):
        return wrapped(plain)
    start = kwargs.get("start", args[0] if len(args) > 1 else 0.0)
    step = kwargs.get("step", args[2] if len(args) > 2 else 1.0)
    made = asarray(start) + asarray(step) * numpy.arange(len(plain))
    current(made).array = plain
    return made


def fromiter(iterable: Any, dtype: Any, count: int = -1, **_: Any) -> Any:
    """`numpy.fromiter`, which reads its iterable once."""
    items = list(iterable)
    return asarray(items if count < 0 else items[:count], dtype)


def require(a: Any, dtype: Any = None, requirements: Any = None, **_: Any) -> Any:
    """`numpy.require`."""
    return asarray(a, dtype)


def copy(a: Any, order: Any = "K", subok: bool = False) -> Any:
    """`numpy.copy`."""
    return array(a, order=order)


def makers() -> dict[Any, Callable[..., Any]]:
    """Return what stands in for each callable that makes arrays."""
    plain = ("zeros", "ones", "empty", "eye", "identity", "zeros_like", "ones_like", "empty_like", "tri")
    found: dict[Any, Callable[..., Any]] = {getattr(numpy, name): plainly(getattr(numpy, name)) for name in plain}
    own: dict[Any, Callable[..., Any]] = {
        numpy.array: array, numpy.full: full, numpy.full_like: full_like, numpy.linspace: linspace,
        numpy.arange: arange, numpy.require: require, numpy.copy: copy,
    }  # fmt: skip
    same = ("asarray", "asanyarray", "ascontiguousarray", "asfortranarray", "asarray_chkfinite")
    own |= {getattr(numpy, name): asarray for name in same}
    found |= {function: as_numpy(function, stand_in) for function, stand_in in own.items()}
    found[numpy.fromiter] = fromiter
    return found


MAKERS: Final = makers()
"""By callable of numpy's: what makes Tensors in its place."""
