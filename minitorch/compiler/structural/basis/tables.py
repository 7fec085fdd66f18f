"""Tables of objects that are known while code is written; which of them is meant is known while it runs."""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Callable, Hashable, Sequence
from typing import Any, Final

__all__ = ["Table"]

LONGEST: Final = 2**63
"""Ints from here on are none of machine code's."""

EXACT: Final = 2**53
"""Up to this size every int is a float."""


class Table:
    """Objects in an order.

    Args:
        entries: the objects.

    Attributes:
        numbers: "int", "bool" or "float" if all are such, "whole" if some are ints and others floats; else empty.
    """

    def __init__(self, entries: Sequence[Any]) -> None:
        self.entries = tuple(entries)
        self.derived: dict[Hashable, Any] = {}
        self.numbers = numbers_of(self.entries)

    def derive(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """Return what is made of the entries, once.

        Args:
            key: what that is called.
            make: makes it.
        """
        if key not in self.derived:
            self.derived[key] = make()
        return self.derived[key]

    def column(self, place: int) -> Table:
        """Return the table of the elements that stand at one place of each entry."""
        return self.derive(place, lambda: Table([tuple(each)[place] for each in self.entries]))  # type: ignore[no-any-return]

    def words(self, name: str) -> Any:
        """Return numbers as they stand in memory, an array of 8 bytes each.

        Args:
            name: what is kept: "int", "bool", "float", "is int", or "object" for the addresses of the entries.
        """
        return self.derive(name, lambda: self.packed(name))

    def packed(self, name: str) -> Any:
        """Return numbers as they stand in memory."""
        words: Sequence[Any] = self.entries
        if name == "is int":
            words = [type(each) is int for each in self.entries]
        elif name == "object":
            words = list(map(id, self.entries))
        data = struct.pack(f"<{len(self.entries)}{'d' if name == 'float' else 'q'}", *words)
        return ctypes.create_string_buffer(data, len(data))


def numbers_of(entries: Sequence[Any]) -> str:
    """Return what numbers all entries are; empty if some are none.

    >>> numbers_of((1, 2)), numbers_of((1, 2.5)), numbers_of((1, "a"))
    ('int', 'whole', '')
    """
    types = set(map(type, entries))
    if types == {int}:
        return "int" if all(-LONGEST <= each < LONGEST for each in entries) else ""
    if types == {int, float}:
        return "whole" if all(type(each) is float or abs(each) <= EXACT for each in entries) else ""
    return "bool" if types == {bool} else "float" if types == {float} else ""
