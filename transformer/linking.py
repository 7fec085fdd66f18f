"""Puts the runtime's live objects in the place of the placeholders among the constants of rewritten code.

A constant must be plain data to be compiled and cached, so rewritten code holds placeholder strings.  Linking takes
code apart and makes it anew around live constants.  Code taken apart is plain data as well: that is what the cache
keeps, so that a cached module's code objects are made just once, and with the right constants.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from types import CodeType
from typing import Any

from .constants import constants_last
from .switch import MARK, Switch

__all__ = [
    "MARKED",
    "METHOD",
    "SWITCH",
    "Part",
    "Runtime",
    "is_linked",
    "link",
    "link_parts",
    "parts_of",
    "placeholder",
    "placeholders_last",
]

PREFIX = "\0transformer:"
SWITCH = "switch"
MARKED = "mark"
METHOD = "method "
"""Begins the names of what is asked before a method is called."""

Part = tuple[tuple[Any, ...], tuple[Any, ...], tuple[Any, ...], tuple[int, ...], tuple[Any, ...], tuple[str, ...]]
"""One code object as data: what `CodeType` takes before its constants, these, what it takes behind them; the places
among the constants to be filled, and what with: the number of another part, or a placeholder; the placeholders of what
stands behind those constants."""

_NEW = sys.version_info >= (3, 11)
_BEFORE = ("argcount", "posonlyargcount", "kwonlyargcount", "nlocals", "stacksize", "flags", "code")
_BEHIND = (
    *("names", "varnames", "filename", "name"),
    *(("qualname",) if _NEW else ()),
    *("firstlineno", "linetable"),
    *(("exceptiontable",) if _NEW else ()),
    *("freevars", "cellvars"),
)


def placeholder(name: str) -> str:
    """Return the constant that stands for a runtime object until it is linked; interned: caches keep it once."""
    return sys.intern(PREFIX + name)


class Runtime(dict[str, Any]):
    """The runtime's objects by their placeholders; what is asked of the owners of methods is made when it is needed.

    Args:
        objects: all others.
        receiver: makes what is asked before a method of a name is called; `None` where code asks nothing of the kind.
    """

    def __init__(self, objects: Mapping[str, Any], receiver: Callable[[str], Any] | None = None) -> None:
        super().__init__(objects)
        self.receiver = receiver

    def __missing__(self, key: str) -> Any:
        if self.receiver is None:
            raise KeyError(key)
        made = self[key] = self.receiver(key.removeprefix(placeholder(METHOD)))
        return made


def is_placeholder(constant: Any) -> bool:
    """Return whether a constant stands for a runtime object."""
    return type(constant) is str and constant.startswith(PREFIX)


def placeholders_last(code: CodeType) -> CodeType:
    """Return code with its placeholders behind its other constants, which thus keep their places of plain code."""
    return constants_last(code, is_placeholder)


def parts_of(code: CodeType) -> list[Part]:
    """Return code and the code nested in it as data, each part behind those nested in it."""
    parts: list[Part] = []

    def take_apart(code: CodeType) -> int:
        constants = list(code.co_consts)
        last: list[str] = []
        while constants and is_placeholder(constants[-1]):
            last.insert(0, sys.intern(constants.pop()))
        filled: dict[int, Any] = {}
        for place, constant in enumerate(constants):
            if type(constant) is CodeType:
                filled[place] = take_apart(constant)
            elif is_placeholder(constant):
                filled[place] = sys.intern(constant)
        last.append(placeholder(MARKED))
        for place in filled:
            constants[place] = None
        before, behind = (tuple(getattr(code, f"co_{name}") for name in half) for half in (_BEFORE, _BEHIND))
        parts.append((before, tuple(constants), behind, tuple(filled), tuple(filled.values()), tuple(last)))
        return len(parts) - 1

    take_apart(code)
    return parts


def link_parts(parts: list[Part], runtime: Mapping[str, Any], switch: Switch) -> CodeType:
    """Put code together from its parts, with live objects for the placeholders.

    Args:
        parts: rewritten code, taken apart.
        runtime: the runtime's objects by their placeholders.
        switch: chooses between the bodies.
    """
    make: Any = CodeType
    objects: dict[Any, Any] = {placeholder(SWITCH): switch.marks, placeholder(MARKED): MARK}

    def live(content: int | str) -> Any:
        return objects[content] if content in objects else runtime[content]  # type: ignore[index]

    for number, (before, constants, behind, places, contents, last) in enumerate(parts):
        if places:
            filled = list(constants)
            for place, content in zip(places, contents):  # noqa: B905  this runs at every import
                filled[place] = live(content)
            constants = tuple(filled)
        objects[number] = make(*before, (*constants, *map(live, last)), *behind)
    return objects[len(parts) - 1]  # type: ignore[no-any-return]


def link(code: CodeType, runtime: Mapping[str, Any], switch: Switch) -> CodeType:
    """Return code and the code nested in it as `link_parts` makes it of its parts, which nobody needs apart."""
    up, marked = placeholder(SWITCH), placeholder(MARKED)

    def live(constant: Any) -> Any:
        if type(constant) is CodeType:
            return linked(constant)
        if not is_placeholder(constant):
            return constant
        return switch.marks if constant == up else MARK if constant == marked else runtime[constant]

    def linked(code: CodeType) -> CodeType:
        return code.replace(co_consts=(*map(live, code.co_consts), MARK))

    return linked(code)


def is_linked(code: CodeType) -> bool:
    """Return whether code has been rewritten.

    >>> is_linked((lambda x: x).__code__)
    False
    """
    constants = code.co_consts
    return bool(constants) and constants[-1] is MARK
