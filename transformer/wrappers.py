"""What is inside a callable: the Python functions that it calls in the end.

    Method, partial, cache, decorator's wrapper, callable object     ->     the functions that they were made of

A wrapper may be a function without source, put together as text, or an object of a class in C, and still call the
user's function.  What it wraps is read from where wrappers keep it; no code of theirs runs.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from types import BuiltinFunctionType, CodeType, FunctionType, GetSetDescriptorType, MemberDescriptorType, MethodType
from typing import Any

from .lines import PROMPTS
from .programs import is_of_program

__all__ = [
    "ANNOTATE", "defined", "functions_inside", "inner_function", "innermost_function", "is_generated", "is_python",
]  # fmt: skip

_WRAPPED = ("__wrapped__", "pyfunc", "py_func", "_self_wrapper")
"""Attributes in which wrappers keep what they wrap, and what they do around it: functools, numpy, numba, wrapt."""

_CALLED = ("converter",)
"""Attributes in which objects keep a function that others call: attrs."""

_TYPED = (*PROMPTS, "<stdin>", "<console>", "<ipython-input-", "<doctest ")
"""Prefixes of the file names of source that a person typed at a prompt, or that stands in a docstring."""

ANNOTATE = "__annotate__"
"""The name of the functions that evaluate annotations from Python 3.14 on."""

_MISSING = object()


def is_generated(code: CodeType) -> bool:
    """Return whether code was made of text that a program put together, as `dataclass` does, or of annotations.

    >>> is_generated(is_generated.__code__), is_generated(compile("1", "<string>", "eval"))
    (False, True)
    """
    if type(code) is not CodeType:
        return False
    if code.co_name == ANNOTATE:
        return True
    name = code.co_filename
    return name.startswith("<") and not name.startswith(_TYPED) and not is_of_program(code)


def is_python(target: Any) -> bool:
    """Return whether an object is a function written in Python: PyPy has those of its own among its functions.

    >>> is_python(is_python), is_python(len)
    (True, False)
    """
    return type(target) is FunctionType and type(target.__code__) is CodeType


def defined(kind: type, name: str) -> Any:
    """Return what a class or one of its bases defines under a name, without running code of theirs; else `None`."""
    return next((vars(base)[name] for base in type.__dict__["__mro__"].__get__(kind) if name in vars(base)), None)


def attribute(target: Any, name: str) -> Any:
    """Return an attribute of an object that is kept in it or in its class, without running Python code.

    >>> attribute(functools.partial(print), "func") is print
    True
    """
    kept = defined(type(target), name)
    if type(kept) in (GetSetDescriptorType, MemberDescriptorType):
        return getattr(target, name, _MISSING)
    try:
        attributes = object.__getattribute__(target, "__dict__")
    except AttributeError:
        return _MISSING
    return attributes.get(name, _MISSING) if type(attributes) is dict else _MISSING


def wrapped_by(target: Any) -> list[Any]:
    """Return what an object wraps, the nearest first."""
    kind = type(target)
    if kind in (MethodType, staticmethod, classmethod):
        return [target.__func__]
    if kind is FunctionType:
        return [target.__wrapped__] if "__wrapped__" in target.__dict__ else []
    if kind is BuiltinFunctionType or isinstance(target, type):
        return []
    call = defined(kind, "__call__")
    if issubclass(kind, functools.partial) and type(call) is not FunctionType:
        return [attribute(target, "func")]
    values = [attribute(target, name) for name in _WRAPPED]
    values += [call] if type(call) is FunctionType else []
    values += [attribute(target, name) for name in _CALLED]
    return [value for value in values if value is not _MISSING]


def inner_function(target: Any) -> FunctionType | None:
    """Return the plain function inside a method, `staticmethod`, `partial`, cache or wrapper; `None` without one.

    >>> inner_function(functools.partial(inner_function)) is inner_function
    True
    """
    seen: set[int] = set()
    while not is_python(target):
        wrapped = wrapped_by(target)
        if not wrapped or id(target) in seen:
            return None
        seen.add(id(target))
        target = wrapped[0]
    function: FunctionType = target
    return function


def innermost_function(target: Any) -> FunctionType | None:
    """Return the function that wrappers of all kinds wrap in the end; `None` without one.

    >>> innermost_function(functools.wraps(inner_function)(lambda target: None)) is inner_function
    True
    """
    function = inner_function(target)
    seen: set[int] = set()
    while function is not None and "__wrapped__" in function.__dict__ and id(function) not in seen:
        seen.add(id(function))
        wrapped = inner_function(function.__wrapped__)  # type: ignore[attr-defined]
        if wrapped is None:
            return function
        function = wrapped
    return function


def functions_inside(target: Any, is_closed: Callable[[FunctionType], bool]) -> list[FunctionType]:
    """Return the functions by which a callable computes, those that it calls first before those that they call.

    Those of a function that can be converted are found when it calls them, but for what it wraps.

    Args:
        target: the callable.
        is_closed: tells functions that stay as they are, and so call unconverted ones.
    """
    found: list[FunctionType] = []
    seen: set[int] = set()
    waiting = [target]
    while waiting:
        item = waiting.pop(0)
        if id(item) in seen:
            continue
        seen.add(id(item))
        if is_python(item):
            found.append(item)
            waiting += [*wrapped_by(item), *(held_by(item) if is_closed(item) else ())]
        else:
            waiting += wrapped_by(item)
    return found


def held_by(function: FunctionType) -> Iterator[Any]:
    """Yield the functions and wrappers of functions that a function holds: in cells, defaults, globals that it names.

    Generated code has them in its globals, tables of functions in its cells (`singledispatch`).
    """
    held: list[Any] = [*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()]
    for cell in function.__closure__ or ():
        try:
            held.append(cell.cell_contents)
        except ValueError:
            continue
    if is_generated(function.__code__):
        names = function.__code__.co_names
        held += [function.__globals__[name] for name in names if name in function.__globals__]
    for value in held:
        yield from (value.values() if type(value) is dict and len(value) < _MAX_TABLE else (value,))


_MAX_TABLE = 100
"""Longer dicts in cells are data, not tables of functions."""
