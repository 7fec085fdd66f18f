"""How arguments are passed to a function of its own: what makes them alike, and what the function gets of each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from minitorch.compiler.structural.basis.kinds import (
    Bool,
    Int,
    Kind,
    List,
    OneOf,
    Shared,
    Site,
    Static,
    Tuple,
    Value,
    fields_of,
)
from minitorch.compiler.structural.basis.walk import Walk
from minitorch.compiler.structural.constructs.closures import LocalFunction

__all__ = ["alike", "parameter", "passed_parts", "signature_of", "sites_apart"]


def is_fixed(value: Value, general: bool) -> bool:
    """Return whether an argument is a part of the function: an object, or an int that is known."""
    return isinstance(value.kind, Static) or (
        value.is_constant and isinstance(value.kind, (Int, Bool)) and not (general and isinstance(value.kind, Int))
    )


def signature_of(walk: Walk, value: Value, general: bool) -> Any:
    """Return what makes arguments alike."""
    if isinstance(value.constant, LocalFunction):
        return "local", id(value.constant.node)
    if isinstance(value.kind, Tuple):
        return value.kind.cls, *(signature_of(walk, item, general) for item in walk.items_of(value))
    if is_fixed(value, general) and not isinstance(value.kind, Static):
        return type(value.constant), value.constant
    return value.kind


def passed_parts(walk: Walk, value: Value, general: bool) -> list[tuple[str, str]]:
    """Return the types and names of what is passed of an argument."""
    if isinstance(value.kind, Tuple):
        return [pair for item in walk.items_of(value) for pair in passed_parts(walk, item, general)]
    return [] if is_fixed(value, general) else list(zip(fields_of(value.kind), value.parts, strict=True))


def parameter(walk: Walk, value: Value, general: bool, names: Iterator[str]) -> Value:
    """Return an argument as the function sees it."""
    if isinstance(value.kind, Tuple):
        return walk.tuple_of([parameter(walk, item, general, names) for item in walk.items_of(value)], value.kind.cls)
    if is_fixed(value, general):
        return value
    return Value(value.kind, tuple(next(names) for _ in fields_of(value.kind)))


def sites_apart(one: Any, other: Any) -> list[tuple[Site, Site]]:
    """Return the lists in which two signatures differ, if they differ in nothing else; else none."""
    if isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        pairs = [sites_apart(x, y) for x, y in zip(one, other, strict=True) if x != y]
        return [] if any(not found for found in pairs) else [pair for found in pairs for pair in found]
    if isinstance(one, OneOf) and isinstance(other, OneOf):
        return sites_apart(one.kinds, other.kinds)
    if not isinstance(one, Shared) or not isinstance(other, Shared):
        return []
    return [(one.site, other.site)] if one.site.cls is other.site.cls else []


def alike(one: Site, other: Site) -> bool:
    """Return whether nothing is lost if lists count as the same."""
    if one.outside != other.outside or one.cls is not list:
        return one.outside == other.outside
    return one.element is not None and shape(one.element) == shape(other.element)


def shape(kind: Kind | None) -> Any:
    """Return a kind but for where its lists come from."""
    if isinstance(kind, List):
        return "list", kind.site.outside, shape(kind.site.element)
    return tuple(map(shape, kind.items)) if isinstance(kind, Tuple) else kind
