"""How long histories are freed where Python's own way of freeing a chain of objects is not to be had.

CPython frees what an object alone refers to as it frees that object, and stops for a while where that goes deep. It
looks at the stack of C for that; under WebAssembly it is another one, JavaScript's, that is full before.
"""

from __future__ import annotations

import gc
from typing import Any, Final

__all__ = ["free_one_by_one"]

LINKS: Final = (
    "creator", "derivative", "first_parent", "second_parent", "first_partial", "second_partial", "link", "now",
    "window",
)  # fmt: skip
"""The attributes of Variables, of numbers or arrays, by which they refer to others."""

_kept: Final[list[list[Any]]] = []
"""What freed Variables referred to: each is there until it is its turn."""

_freeing: Final[list[None]] = []
"""Holds something while what was kept goes."""


def free_one_by_one(self: Any) -> None:
    """Keep what a Variable refers to until the Variable is gone, then free that: the `__del__` of Variables.

    >>> class Link:
    ...     __slots__ = ("first_parent",)
    ...     __del__ = free_one_by_one
    >>> first = Link()
    >>> first.first_parent = Link()
    >>> del first
    """
    _kept.append(gc.get_referents(self))
    if _freeing:
        # Who frees this one goes on with what it referred to.
        return
    _freeing.append(None)
    try:
        # This one is still there while the others go.
        for name in LINKS:
            if getattr(self, name, None) is not None:
                setattr(self, name, None)
        while _kept:
            _kept.pop()
    finally:
        _freeing.clear()
