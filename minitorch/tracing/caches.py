"""Caches of `functools` in traced code: an active value passes them by, and none keeps a Variable.

A cache compares keys by value: to it a Variable is as good as a float that was there before, whose result knows nothing
of the derivative. For the time of a run there is a cache that compares Variables by identity, so that a recursion that
relies on its cache stays fast.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any, Final

from minitorch.autodiff.run_notes import ACTIVE, innermost
from minitorch.scalars.containers import MAPPINGS
from minitorch.scalars.float_protocol import is_tracked

__all__ = ["around_cache", "holds_variable"]

MAX_DEPTH: Final = 3
"""How deep inside arguments Variables are looked for."""

NO_HOLDERS: Final = (str, bytes, int, float, complex, type, ModuleType, FunctionType, BuiltinFunctionType)


def holds_variable(value: Any, depth: int = MAX_DEPTH) -> bool:
    """Return whether a value is a Variable, or a tuple, list, dict, array or object with one in it.

    >>> holds_variable(((1.0, {"a": 2.0}),))
    False
    """
    if is_tracked(value):
        return True
    kind = type(value)
    if depth == 0 or value is None or issubclass(kind, NO_HOLDERS):
        return False
    parts: list[Any] = []
    if issubclass(kind, (tuple, list, frozenset, set)):
        parts += value
    elif issubclass(kind, MAPPINGS):
        base: Any = dict if issubclass(kind, dict) else kind
        parts += base.keys(value)
        parts += base.values(value)
    elif kind.__name__ == "ndarray" and kind.__module__ == "numpy":
        parts += value.flat if value.dtype == object else ()
    attributes = getattr(value, "__dict__", None)
    if type(attributes) is dict:
        parts += attributes.values()
    parts += slots_of(value)
    return any(holds_variable(part, depth - 1) for part in parts)


def slots_of(value: Any) -> Iterable[Any]:
    """Return what stands in the slots of an object."""
    missing = object()
    for base in type(value).__mro__:
        names = vars(base).get("__slots__", ())
        for name in (names,) if type(names) is str else names:
            descriptor = vars(base).get(name)
            found = missing if descriptor is None else getattr(value, name, missing)
            if found is not missing:
                yield found


def around_cache(cached: Any, resolve: Callable[[Any], Any]) -> Callable[..., Any]:
    """Make what is called in place of a function with a cache.

    Args:
        cached: the function with its cache.
        resolve: finds what replaces the function in it.
    """

    def call(*arguments: Any, **keywords: Any) -> Any:
        given = (*arguments, *keywords.values())
        if any(map(holds_variable, given)):
            return remembered(cached, resolve(cached.__wrapped__), arguments, keywords)
        result = cached(*arguments, **keywords)
        if holds_variable(result):
            # It reads an active value elsewhere, such as a global, and the cache has just kept what came of it.
            cached.cache_clear()
        return result

    return call


def remembered(cached: Any, function: Callable[..., Any], arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
    """Call a function, once in the run that goes on for the very same Variables."""
    notes = innermost() if ACTIVE else None
    if notes is None:
        return function(*arguments, **keywords)
    try:
        key = id(cached), tuple(map(key_of, arguments)), tuple((name, key_of(keywords[name])) for name in keywords)
        kept = notes.table("remembered")
        known = kept.get(key)
    except TypeError:
        return function(*arguments, **keywords)
    if known is None:
        result = function(*arguments, **keywords)
        # What is kept with the result stays alive, so that identities stay its own.
        known = kept.setdefault(key, (result, cached, arguments, keywords))
    return known[0]


def key_of(value: Any) -> Hashable:
    """Return what tells an argument from others: the identity of a Variable, else type and value.

    Raises:
        TypeError: the value has Variables inside, or can't be a key.
    """
    if is_tracked(value):
        return "variable", id(value)
    if type(value) is tuple:
        return tuple, tuple(map(key_of, value))
    if type(value) not in (int, float, bool, str, type(None)):
        if holds_variable(value):
            raise TypeError(f"an object of type {type(value).__name__} is no key")
        hash(value)
    return type(value), value
