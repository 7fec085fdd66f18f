"""What compiled code has read from outside: names of globals and closures, and constant containers."""

from __future__ import annotations

import ctypes
from typing import Any, Final

__all__ = ["MISSING", "Reads"]

MISSING: Final = object()

ITEMS_OFFSET: Final = object.__basicsize__ + ctypes.sizeof(ctypes.c_void_p)
"""Where a list keeps where its items are."""


class Reads:
    """What was read, to be compared before each call.

    Attributes:
        keeps: what the code refers to.
    """

    def __init__(self) -> None:
        self.globals: dict[tuple[int, str], tuple[dict[str, Any], str, Any]] = {}
        self.attributes: dict[tuple[int, str], tuple[Any, str, Any]] = {}
        self.lists: dict[int, tuple[list[Any], bytes]] = {}
        self.keeps: list[Any] = []

    def note_global(self, module_globals: dict[str, Any], name: str) -> Any:
        """Note a global, and return it; MISSING if there is none."""
        found = module_globals.get(name, MISSING)
        self.globals[id(module_globals), name] = module_globals, name, found
        return found

    def note_attribute(self, owner: Any, name: str) -> Any:
        """Note an attribute of a module, a function or the cell of a closure, and return it."""
        found = getattr(owner, name, MISSING)
        self.attributes[id(owner), name] = owner, name, found
        return found

    def note_container(self, container: Any) -> None:
        """Note the lists in a container with all that they hold."""
        if type(container) is list:
            self.lists[id(container)] = container, items_of(container)
            self.keeps.append(list(container))
        if type(container) in (list, tuple):
            for item in container:
                self.note_container(item)

    def unchanged(self) -> bool:
        """Return whether all is what it was."""
        for module_globals, name, known in self.globals.values():
            if module_globals.get(name, MISSING) is not known:
                return False
        for owner, name, known in self.attributes.values():
            if getattr(owner, name, MISSING) is not known:
                return False
        return all(items_of(items) == known for items, known in self.lists.values())


def items_of(items: list[Any]) -> bytes:
    """Return where the items of a list are, which tells them from others as long as somebody keeps them."""
    place = ctypes.c_void_p.from_address(id(items) + ITEMS_OFFSET).value
    return ctypes.string_at(place, len(items) * ctypes.sizeof(ctypes.c_void_p)) if place else b""
