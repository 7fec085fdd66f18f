"""Comparison of memory with what it was, written as LLVM: words one by one, and blocks as the C library does."""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Callable
from typing import Any, Final, Protocol

from minitorch.machine_code.llvm.emitter import Declarations
from minitorch.machine_code.llvm.engine import Engine
from minitorch.machine_code.llvm.symbols import libc, slot

__all__ = ["MemoryGuardTable", "comparing", "fill_guards", "memory_comparison"]

UNROLLED: Final = 64
"""More words are compared in a loop, which compiles sooner."""


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


def comparing(declarations: Declarations, guards: MemoryGuardTable, entry: str) -> tuple[str, list[str]]:
    """Write what compares memory with what it was; also the blocks of code that refuse others.

    Args:
        declarations: gets what it calls, and the slots that `fill_guards` fills.
        guards: what is compared.
        entry: the name of the function.
    """
    words, blocks = slots_of(entry)
    declarations |= {f"@{name}": slot(name) for name in (words, blocks)}
    lines, refusing = [], []
    for stage, (first, last) in enumerate(((0, guards.first), (guards.first, guards.first + guards.second))):
        following = "compare.1" if stage == 0 else "compare.2"
        write = unrolled if last - first <= UNROLLED else looping
        lines.append(f"""
compare.{stage}:
  %words.{stage} = load ptr, ptr @{words}
  %start.{stage} = getelementptr [2 x i64], ptr %words.{stage}, i64 {first}""")
        lines.append(write(stage, last - first))
        block = f"compare.{stage}" if write is unrolled else f"done.{stage}"
        lines.append(f"""
  %holds.{stage} = icmp eq i64 %difference.{stage}, 0
  br i1 %holds.{stage}, label %{following}, label %take.over""")
        refusing.append(block)
    if not guards.count:
        return "".join(lines) + "\ncompare.2:\n  br label %read", refusing
    declarations['@"libc.memcmp"'] = f'declare i32 @"{libc("memcmp")}"(ptr, ptr, i64)'
    return "".join(lines) + comparing_blocks(blocks, guards.count), [*refusing, "block"]


def unrolled(stage: int, count: int) -> str:
    """Write the comparison of some words one after the other.

    Args:
        stage: its number.
        count: how many words there are.
    """
    lines = [f"\n  %difference.{stage}.0 = add i64 0, 0"]
    for index in range(count):
        lines.append(f"""
  %row.{stage}.{index} = getelementptr [2 x i64], ptr %start.{stage}, i64 {index}
  %place.{stage}.{index} = load ptr, ptr %row.{stage}.{index}
  %word.{stage}.{index} = load i64, ptr %place.{stage}.{index}
  %expected.{stage}.{index} = getelementptr i8, ptr %row.{stage}.{index}, i64 8
  %before.{stage}.{index} = load i64, ptr %expected.{stage}.{index}
  %differs.{stage}.{index} = xor i64 %word.{stage}.{index}, %before.{stage}.{index}
  %difference.{stage}.{index + 1} = or i64 %difference.{stage}.{index}, %differs.{stage}.{index}""")
    return "".join(lines) + f"\n  %difference.{stage} = add i64 0, %difference.{stage}.{count}"


def looping(stage: int, count: int) -> str:
    """Write the comparison of many words, with the arguments of `unrolled`."""
    return f"""
  br label %compared.{stage}
compared.{stage}:
  %index.{stage} = phi i64 [ 0, %compare.{stage} ], [ %next.{stage}, %equal.{stage} ]
  %row.{stage} = getelementptr [2 x ptr], ptr %start.{stage}, i64 %index.{stage}
  %place.{stage} = load ptr, ptr %row.{stage}
  %word.{stage} = load i64, ptr %place.{stage}
  %expected.{stage} = getelementptr i8, ptr %row.{stage}, i64 8
  %before.{stage} = load i64, ptr %expected.{stage}
  %difference.{stage} = xor i64 %word.{stage}, %before.{stage}
  %next.{stage} = add i64 %index.{stage}, 1
  %more.{stage} = icmp ult i64 %next.{stage}, {count}
  %same.{stage} = icmp eq i64 %difference.{stage}, 0
  %go.on.{stage} = and i1 %more.{stage}, %same.{stage}
  br i1 %go.on.{stage}, label %equal.{stage}, label %done.{stage}
equal.{stage}:
  br label %compared.{stage}
done.{stage}:"""


def comparing_blocks(slot: str, count: int) -> str:
    """Write the comparison of blocks of memory.

    Args:
        slot: where the rows are.
        count: how many there are.
    """
    return f"""
compare.2:
  %blocks = load ptr, ptr @{slot}
  br label %block
block:
  %block.index = phi i64 [ 0, %compare.2 ], [ %block.next, %block.same ]
  %block.row = getelementptr [3 x i64], ptr %blocks, i64 %block.index
  %block.place = load ptr, ptr %block.row
  %block.expected.place = getelementptr i64, ptr %block.row, i64 1
  %block.expected = load ptr, ptr %block.expected.place
  %block.size.place = getelementptr i64, ptr %block.row, i64 2
  %block.size = load i64, ptr %block.size.place
  %block.compared = call i32 @"libc.memcmp"(ptr %block.place, ptr %block.expected, i64 %block.size)
  %block.holds = icmp eq i32 %block.compared, 0
  %block.next = add i64 %block.index, 1
  br i1 %block.holds, label %block.same, label %take.over
block.same:
  %block.more = icmp ult i64 %block.next, {count}
  br i1 %block.more, label %block, label %read"""
