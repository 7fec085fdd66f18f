"""Comparison of memory with what it was: words one by one, and blocks as the C library does."""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Callable
from typing import Any, Protocol

from minitorch.machine_code.llvm.emitter import Declarations
from minitorch.machine_code.llvm.engine import Engine
from minitorch.machine_code.llvm.symbols import slot

__all__ = ["MemoryGuardTable", "comparing", "fill_guards", "memory_comparison"]


class MemoryGuardTable(Protocol):
    """Memory that must hold what it held when a program was made, for it to answer.

    Attributes:
        table: address and expected content of each word, one after the other.
        first: how many words are compared first.
        second: how many follow them, which may only be read if the first ones hold.
        blocks: address, address of the expected content, and size of each block that is compared last.
        count: how many blocks there are.
    """

    table: ctypes.Array[ctypes.c_int64]
    first: int
    second: int
    blocks: ctypes.Array[ctypes.c_int64]
    count: int


@functools.cache
def memory_comparison() -> Callable[..., int]:
    """Return the C library's `memcmp`, which no other thread disturbs: memory stays where it is while it runs."""
    compare: Any = ctypes.PyDLL(None).memcmp
    compare.restype, compare.argtypes = ctypes.c_int, (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)
    return compare  # type: ignore[no-any-return]


def slots_of(entry: str) -> tuple[str, str]:
    """Return the names of the slots for the words that an entry compares, and for the blocks."""
    return f"{entry}.guarded.words", f"{entry}.guarded.blocks"


def fill_guards(engine: Engine, guards: MemoryGuardTable, entry: str) -> None:
    """Tell machine code where what it compares is; it is kept as long as that.

    Args:
        engine: the machine code.
        guards: what is compared.
        entry: the name of the function.
    """
    engine.keeps.append(guards)
    for name, array in zip(slots_of(entry), (guards.table, guards.blocks), strict=True):
        engine.fill(name, ctypes.addressof(array))


def comparing(declarations: Declarations, guards: MemoryGuardTable, entry: str) -> str:
    """Write a block `compare`, which goes on to `read` where memory is what it was, else to `take.over`.

    Args:
        declarations: gets the slots that `fill_guards` fills; it has what all machine code calls.
        guards: what is compared.
        entry: the name of the function.
    """
    words, blocks = slots_of(entry)
    declarations |= {f"@{name}": slot(name) for name in (words, blocks)}
    return f"""
compare:
  %words = load ptr, ptr @{words}
  %blocks = load ptr, ptr @{blocks}
  %holds = call i1 @minitorch.memory_holds(ptr %words, i64 {guards.first}, i64 {guards.second}, \
ptr %blocks, i64 {guards.count})
  br i1 %holds, label %read, label %take.over"""
