"""Kinds as JSON, as far as they name no object of this process.

Tuple((Float(True), INT))      ["tuple", [["float", true, false], ["int"]]]
"""

from __future__ import annotations

from typing import Any, Final

from minitorch.compiler.structural.basis.kinds import (
    BOOL,
    INT,
    Float,
    Int,
    Kind,
    List,
    OneOf,
    Site,
    Static,
    Tuple,
)
from minitorch.compiler.structural.manifest.encounters import Unportable

__all__ = ["kind_from", "portable"]

MAX_DEPTH: Final = 16
"""Lists may hold themselves."""


def portable(kind: Kind, depth: int = 0) -> list[Any]:
    """Return a kind as JSON has it.

    Raises:
        Unportable: it names objects of this process.

    >>> portable(Tuple((Float(True), INT)))
    ['tuple', [['float', True, False], ['int']]]
    """
    if depth > MAX_DEPTH:
        raise Unportable
    if isinstance(kind, Float):
        return ["float", kind.active, kind.whole]
    if isinstance(kind, Int):
        return ["int"]
    if kind == BOOL:
        return ["bool"]
    if isinstance(kind, Tuple) and kind.cls is tuple:
        return ["tuple", [portable(item, depth + 1) for item in kind.items]]
    if isinstance(kind, OneOf):
        return ["one of", [portable(each, depth + 1) for each in kind.kinds]]
    if isinstance(kind, List):
        element = kind.site.root().element
        return ["list", None if element is None else portable(element, depth + 1)]
    if isinstance(kind, Static) and (kind.object is None or type(kind.object) is str):
        return ["static", kind.object]
    raise Unportable


def kind_from(data: list[Any]) -> Kind:
    """Return the kind that `portable` wrote.

    >>> kind_from(["tuple", [["float", True, False], ["int"]]]) == Tuple((Float(True), INT))
    True
    """
    name, *parts = data
    if name == "float":
        return Float(*parts)
    if name in ("int", "bool"):
        return INT if name == "int" else BOOL
    if name == "static":
        return Static(parts[0])
    if name == "list":
        site = Site(list)
        site.known_element = None if parts[0] is None else kind_from(parts[0])
        return List(site)
    items = tuple(map(kind_from, parts[0]))
    return Tuple(items) if name == "tuple" else OneOf(items)
