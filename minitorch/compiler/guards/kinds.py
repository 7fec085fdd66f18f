"""What kinds of objects there are to a comparison: immutable ones, those of classes in Python, those of C."""

from __future__ import annotations

import functools
import gc
import re
import weakref
from collections import deque
from collections.abc import Callable
from enum import Enum
from types import (
    BuiltinFunctionType,
    CellType,
    CodeType,
    FunctionType,
    GetSetDescriptorType,
    MappingProxyType,
    MemberDescriptorType,
    MethodDescriptorType,
    MethodWrapperType,
    ModuleType,
    SimpleNamespace,
    WrapperDescriptorType,
)
from typing import Any, Final

from minitorch.autodiff.variable import Variable
from minitorch.compiler.guards.followed_modules import is_followed
from minitorch.compiler.guards.snapshots import DESCRIPTORS, is_atom
from minitorch.scalars.containers import FROZEN_DICTS, MAPPINGS
from minitorch.scalars.float_protocol import Tracked

__all__ = [
    "CONTAINERS", "FROZEN", "HEAP_TYPE", "VIEWS", "asks_outside", "functions_in", "has_own_attributes",
    "is_followed_class", "is_harmless", "is_immutable", "is_of_python", "is_plain_key", "shown",
]  # fmt: skip

CONTAINERS: Final[tuple[Any, ...]] = (list, tuple, set, frozenset, deque, *MAPPINGS)

VIEWS: Final[tuple[Any, ...]] = (type({}.keys()), type({}.values()), type({}.items()))

FROZEN: Final[tuple[Any, ...]] = (tuple, frozenset, *FROZEN_DICTS)
"""Containers that never change, though what is in them may."""

COMPARED_BASES: Final[tuple[Any, ...]] = (*CONTAINERS, BaseException, int, float, str, bytes, complex, Enum)
"""Classes of C from which those of objects may be derived whose attributes are compared."""

HARMLESS_MODULES: Final = frozenset(
    "typing re _thread abc _abc functools __future__ operator _operator datetime zoneinfo _struct struct".split()
)
"""Modules of types whose objects no number is read from, or none that could change."""

HARMLESS_TYPES: Final = frozenset(
    """wrapper_descriptor method_descriptor classmethod_descriptor method-wrapper getset_descriptor member_descriptor
    _tuplegetter GenericAlias UnionType ufunc dtype object super NotImplementedType cell code frame traceback
    generator_wrapper""".split()
)
"""Names of types that are machinery of Python's."""

MACHINERY: Final = (
    ModuleType, BuiltinFunctionType, CellType, CodeType, GetSetDescriptorType, MemberDescriptorType,
    MethodDescriptorType, MethodWrapperType, WrapperDescriptorType, re.Pattern, re.Match,
)  # fmt: skip

MAX_CLASSES: Final = 10_000
"""Of so many classes the answer is remembered."""

HEAP_TYPE: Final = 1 << 9
"""Flag of classes that are not built in."""


def is_immutable(value: Any) -> bool:
    """Return whether there is nothing to compare in a value: it never changes, or it is a number of this project's.

    >>> is_immutable(2.5), is_immutable("a"), is_immutable([])
    (True, True, False)
    """
    kind = type(value)
    return (
        (is_atom(value) and not isinstance(kind, type(Enum)))
        or issubclass(kind, (Variable, Tracked))
        or (kind.__module__ == "numpy" and hasattr(kind, "as_integer_ratio"))
        or kind.__module__.startswith(("minitorch.", "transformer."))
    )


def is_of_python(cls: type) -> bool:
    """Return whether the objects of a class have nothing but attributes: it is no class of C, nor derived from one.

    >>> import fractions, io
    >>> is_of_python(fractions.Fraction), is_of_python(io.StringIO), is_of_python(list)
    (True, False, False)
    """
    return bool(cls.__flags__ & HEAP_TYPE) and has_no_fields(cls)


def by_identity(question: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """Return a function that remembers the answer for each class: to hash one may run code of the user's, or fail."""
    answers: dict[int, tuple[Any, bool]] = {}

    @functools.wraps(question)
    def answer(cls: Any) -> bool:
        known = answers.get(id(cls))
        if known is None:
            if len(answers) >= MAX_CLASSES:
                answers.clear()
            known = answers[id(cls)] = cls, question(cls)
        return known[1]

    return answer


@by_identity
def has_no_fields(cls: Any) -> bool:
    """Return whether objects of a class have places for attributes, and no other fields."""
    slots = sum(type(member) is MemberDescriptorType for base in cls.__mro__ for member in vars(base).values())
    pointers = slots + (cls.__dictoffset__ > 0) + (cls.__weakrefoffset__ > 0)
    return bool(cls.__basicsize__ == object.__basicsize__ + 8 * pointers)


def has_own_attributes(cls: type) -> bool:
    """Return whether objects of a class have attributes of Python's, and nothing else but what is compared by itself.

    >>> has_own_attributes(Exception), has_own_attributes(type("Rates", (list,), {}))
    (False, True)
    """
    if issubclass(cls, SimpleNamespace):
        return True
    return bool(cls.__flags__ & HEAP_TYPE) and (is_of_python(cls) or issubclass(cls, COMPARED_BASES))


@by_identity
def is_followed_class(cls: Any) -> bool:
    """Return whether the attributes of a class are compared: not of those of C, nor of Python's own library."""
    return bool(cls.__flags__ & HEAP_TYPE) and is_followed(cls.__module__)


def is_harmless(value: Any) -> bool:
    """Return whether an object of C has nothing that is read, or nothing that could change."""
    kind = type(value)
    return (
        isinstance(value, MACHINERY)
        or kind.__module__ in HARMLESS_MODULES
        or kind.__name__ in HARMLESS_TYPES
        or isinstance(value, weakref.ref)
    )


def functions_in(value: Any) -> list[FunctionType]:
    """Return the functions that an attribute of a class is, or has wrapped."""
    if type(value) is FunctionType:
        return [value]
    if isinstance(value, DESCRIPTORS):
        parts = (getattr(value, name, None) for name in ("__func__", "fget", "fset", "fdel", "func"))
        return [part for part in parts if type(part) is FunctionType]
    return []


def shown(container: Any) -> Any:
    """Return the dict that a view or a proxy shows, which may be older than that; other containers as they are.

    >>> rates = {"a": 1.0}
    >>> shown(rates.values()) is rates, shown(MappingProxyType(rates)) is rates, shown(rates) is rates
    (True, True, True)
    """
    if isinstance(container, (MappingProxyType, *VIEWS)):
        [behind] = gc.get_referents(container)
        return behind if isinstance(behind, dict) else container
    return container


def is_plain_key(key: Any) -> bool:
    """Return whether a key is looked up without running code of its own.

    >>> is_plain_key(("a", 1)), is_plain_key(object()), is_plain_key([])
    (True, True, False)
    """
    if type(key) is tuple:
        return all(map(is_plain_key, key))
    kind = type(key)
    if issubclass(kind, Variable):
        return False
    return is_atom(key) or isinstance(key, (type, FunctionType)) or hash_of(kind) is hash_of(object)


def hash_of(cls: Any) -> Any:
    """Return what makes hashes of the objects of a class."""
    return cls.__hash__


def asks_outside(value: Any) -> bool:
    """Return whether a callable draws random numbers or reads a clock without Python noticing that it is called."""
    if isinstance(value, type) or not callable(value):
        return False
    module = str(getattr(value, "__module__", None) or type(getattr(value, "__self__", None)).__module__)
    is_builtin = type(value) is BuiltinFunctionType
    return module.startswith("numpy.random") or (is_builtin and module in ("time", "_random"))
