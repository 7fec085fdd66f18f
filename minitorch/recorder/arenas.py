"""Python's memory for small objects, taken by machine code in pieces that Linux may back with huge pages.

    before = arena_allocator()
    set_arena_allocator(ArenaAllocator(None, take, leave))      from now on arenas.ll
    set_arena_allocator(before)                                 as it was; what is in use is let go by what was there

An arena is memory of the system like any other, so each of the two can let go what the other has taken.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Final

__all__ = ["ArenaAllocator", "arena_allocator", "has_huge_pages", "names_of_arenas", "set_arena_allocator"]

ARENA: Final = 1 << 20
"""Bytes that Python takes at a time."""

HUGE_PAGE: Final = 1 << 21
PIECE: Final = 32 * HUGE_PAGE
AT_HAND: Final = 256
"""How many free arenas stay as they are; from there on the system may take them."""


class ArenaAllocator(ctypes.Structure):
    """C's PyObjectArenaAllocator."""

    _fields_ = (("context", ctypes.c_void_p), ("take", ctypes.c_void_p), ("leave", ctypes.c_void_p))


def has_huge_pages() -> bool:
    """Return whether this system is one whose numbers arenas.ll knows."""
    return sys.platform == "linux"


def arena_allocator() -> ArenaAllocator:
    """Return what takes arenas now."""
    allocator = ArenaAllocator()
    ctypes.pythonapi.PyObject_GetArenaAllocator(ctypes.byref(allocator))
    return allocator


def set_arena_allocator(allocator: ArenaAllocator) -> None:
    """Have arenas taken and left in another way from now on."""
    ctypes.pythonapi.PyObject_SetArenaAllocator(ctypes.byref(allocator))


def names_of_arenas(before: ArenaAllocator) -> dict[str, object]:
    """Return what arenas.ll refers to, by name."""
    return {
        "arena_size": ARENA,
        "piece_size": PIECE,
        "mapped_size": PIECE + HUGE_PAGE,
        "huge_page_rest": HUGE_PAGE - 1,
        "huge_page_mask": -HUGE_PAGE,
        "arenas_at_hand": AT_HAND,
        "take_before": f"inttoptr (i64 {before.take} to ptr)",
        "leave_before": f"inttoptr (i64 {before.leave} to ptr)",
        "context_before": f"inttoptr (i64 {before.context or 0} to ptr)",
    }
