"""Calls into a package whose code stays as it is, unless something with a history comes by: scipy.

signal.convolve(a, b)      plain arrays: scipy's own function, at its own speed
signal.convolve(x, b)      x has a history: a traced twin of the function, whose own calls are looked at likewise
_sigtools._linear_filter   code in C without a rule, given x: an error that names what the user's code called
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import cache, cached_property, partial, wraps
from types import FunctionType, MemberDescriptorType, MethodType, ModuleType
from typing import Any, Final

import numpy

from minitorch.arrays.dispatch import shares_memory
from minitorch.arrays.makers import detached, wrapped
from minitorch.arrays.tensor import Tensor
from minitorch.autodiff.grad_mode import is_recording
from minitorch.autodiff.variable import Variable, is_constant
from minitorch.scalars.lost_history import call_refused
from minitorch.tracing.libraries import HEAP_TYPE, replaced, traced_twin
from minitorch.tracing.libraries.unknown import active_in, label_of
from minitorch.transformer import RewriteError

__all__ = ["gated", "holds_history", "methods_by_need", "plainly", "read_by_gates"]

DEPTH: Final = 6
"""How many objects deep something with a history is looked for; beyond it may be there."""

PLAIN: Final = (int, float, complex, str, bytes, type(None), numpy.generic, numpy.dtype, type, ModuleType)
"""Kinds of values that never have a history; a Scalar is no instance of them in the eyes of `issubclass`."""


def gated(callee: Any) -> Callable[..., Any]:
    """Return what traced code calls in place of a callable of scipy's that has no row.

    Args:
        callee: a function, class or object, in Python or in C.
    """
    kind = type(callee)
    if kind is FunctionType:
        # Functions made by functions are many, and go away.
        return gate(callee) if callee.__closure__ is None else called_by_need(callee)
    if issubclass(kind, type):
        return partial(made, callee) if is_python_class(callee) else in_c(callee)
    method = next((vars(base)["__call__"] for base in kind.__mro__ if "__call__" in vars(base)), None)
    if is_python_class(kind) and (type(method) is FunctionType or type(method).__name__ in CYTHON):
        return MethodType(replaced(method), callee)
    return in_c(callee)


def twin_by_need(function: FunctionType) -> Callable[[], Callable[..., Any]]:
    """Make what gives the traced twin of a function, made when it is first needed; one without source stays itself."""
    made: list[Callable[..., Any]] = []

    def get() -> Callable[..., Any]:
        if not made:
            try:
                made.append(traced_twin(function))
            except RewriteError:
                made.append(function)
        return made[0]

    return get


def called_by_need(function: FunctionType) -> Callable[..., Any]:
    """Make what calls a function itself with plain values, its traced twin where a history may come by.

    What a function has from the one that made it needs no look: where that had a history, it is traced itself.
    """
    return by_need(function, lambda *args, **kwargs: plainly(function, args, kwargs))


gate: Final = cache(called_by_need)
"""Return the gate of a function that is there for good."""


def plainly(callee: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call something with plain arrays; new arrays that it gives can be written to."""
    result = callee(*map(detached, args), **detached(kwargs))
    if type(result) not in (numpy.ndarray, tuple, list) or shares_memory(result, (*args, *kwargs.values())):
        return result
    return wrapped(result)


def made(cls: Any, *args: Any, **kwargs: Any) -> Any:
    """Make an object of a class in Python, by traced code where a history may come by."""
    if not is_recording() or not (holds_history(args) or holds_history(kwargs)):
        # What writes to a place of an array, `at(x, i).set(y)`, is given the array before what has a history.
        if cls.__name__ == "at" and "array_api_extra" in cls.__module__:
            return cls(*args, **kwargs)
        return cls(*map(detached, args), **detached(kwargs))
    init = cls.__init__
    if type(init) is not FunctionType or type(cls).__call__ is not type.__call__:
        return cls(*args, **kwargs)
    read_by_gates(cls)
    instance = cls.__new__(cls) if cls.__new__ is object.__new__ else cls.__new__(cls, *args, **kwargs)
    if isinstance(instance, cls):
        # `__new__` may give an object of a subclass.
        gated(type(instance).__init__)(instance, *args, **kwargs)
    return instance


OPERATORS: Final = frozenset({"__mul__", "__pow__", "__add__", "__sub__", "__truediv__", "__getitem__", "__setitem__"})
"""Methods that no call names."""


@cache
def read_by_gates(cls: type) -> None:
    """Have properties and operators of a class of scipy's traced where its object may hold a history: no call does."""
    for base in cls.__mro__:
        for name, member in list(vars(base).items()) if is_scipys(base) else ():
            if type(member) is not FunctionType or name in OPERATORS:
                replace_by_need(base, name, member)


@cache
def methods_by_need(cls: type) -> None:
    """Have the methods of a class in Python traced where a history comes by; what is plain goes its own way."""
    for base in cls.__mro__[:-1]:
        for name, member in list(vars(base).items()):
            replace_by_need(base, name, member)


def replace_by_need(cls: type, name: str, member: Any) -> None:
    """Put what calls a traced twin where one is needed in the place of a method or property of a class."""
    if type(member) is FunctionType:
        setattr(cls, name, by_need(member))
    elif type(member) is property and type(member.fget) is FunctionType:
        setter = by_need(member.fset) if type(member.fset) is FunctionType else member.fset
        setattr(cls, name, property(by_need(member.fget), setter, member.fdel, member.__doc__))
    elif type(member) is cached_property and type(member.func) is FunctionType:
        replacement: Any = cached_property(by_need(member.func))
        setattr(cls, name, replacement)
        replacement.__set_name__(cls, name)


def by_need(function: FunctionType, plain: Callable[..., Any] | None = None) -> Callable[..., Any]:
    """Make what calls the traced twin of a function where a history may come by.

    Args:
        function: the function.
        plain: what is called otherwise; by default the function, as where others than traced code call it.
    """
    traced, otherwise = twin_by_need(function), plain or function

    def call(*args: Any, **kwargs: Any) -> Any:
        if is_recording() and (holds_history(args) or holds_history(kwargs)):
            return traced()(*args, **kwargs)
        return otherwise(*args, **kwargs)

    # Only what stands in a class is asked what it is called.
    return wraps(function)(call) if plain is None else call


def in_c(callee: Any) -> Callable[..., Any]:
    """Make what calls code in C, which takes plain values alone."""

    def call(*args: Any, **kwargs: Any) -> Any:
        held = active_in((*args, *kwargs.values())) if is_recording() else []
        if not held:
            return plainly(callee, args, kwargs)
        name = getattr(callee, "__qualname__", None) or getattr(callee, "__name__", None) or type(callee).__name__
        raise call_refused(str(name), label_of(held), held)

    return call


def is_scipys(value: Any) -> bool:
    """Return whether a function or class is of scipy."""
    return str(getattr(value, "__module__", "")).partition(".")[0] == "scipy"


CYTHON: Final = frozenset({"cython_function_or_method", "fused_cython_function"})
"""Names of the types of Cython's functions, of which a class of Python's may be made."""


def is_python_class(cls: type) -> bool:
    """Return whether a class is made by a `class` statement of Python."""
    return bool(cls.__flags__ & HEAP_TYPE) and "__reduce_cython__" not in vars(cls)


def holds_history(value: Any) -> bool:
    """Return whether something with a history may be in a value, or come out of calling it.

    >>> holds_history(([1.0, "linear"], {"axis": 0, "a": numpy.zeros(3)})), holds_history([lambda t: t])
    (False, True)
    """
    return found_history(value, DEPTH, set())


def found_history(value: Any, depth: int, seen: set[int]) -> bool:
    """Do what `holds_history` does, for a value so many objects deep, with the `id` of those that were looked at."""
    kind = type(value)
    if issubclass(kind, Variable):
        return not is_constant(value.present()) or (depth < DEPTH - 1 and kind is Tensor)
    if kind is numpy.ndarray:
        return value.dtype.kind == "O" and any(found_history(x, depth - 1, seen) for x in value.flat)
    if issubclass(kind, PLAIN) or id(value) in seen:
        return False
    seen.add(id(value))
    if depth == 0:
        return True
    depth -= 1
    if kind in (tuple, list, set, frozenset):
        return any(found_history(item, depth, seen) for item in value)
    if kind is slice:
        return any(found_history(item, depth, seen) for item in (value.start, value.stop, value.step))
    if issubclass(kind, dict):
        return any(found_history(item, depth, seen) for item in value.values())
    if kind is FunctionType:
        cells = value.__closure__ or ()
        return not is_scipys(value) or any(found_history(cell.cell_contents, depth, seen) for cell in cells)
    if kind is MethodType:
        return not is_scipys(value.__func__) or found_history(value.__self__, depth, seen)
    if isinstance(value, partial):
        return found_history((value.func, value.args, value.keywords), depth, seen)
    if callable(value) and not is_scipys(kind) and kind.__module__ != "numpy":
        return True
    return any(found_history(item, depth, seen) for item in attributes_of(value))


def attributes_of(value: Any) -> list[Any]:
    """Return what an object of a class in Python refers to by its attributes, without running code of its class."""
    found = list(vars(value).values()) if hasattr(value, "__dict__") else []
    for cls in type(value).__mro__:
        members = vars(cls).values() if cls.__flags__ & HEAP_TYPE else ()
        for member in members:
            if type(member) is MemberDescriptorType:
                with suppress(AttributeError):
                    found.append(member.__get__(value))
    return found
