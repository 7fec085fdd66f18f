"""A loop over rows of floats around the body of a function, which runs without the interpreter's lock.

The body reads floats of Python's: each row is written into as many objects that nobody else knows. A thread has a
memory of calls of its own.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, TypeAlias

from minitorch.compiler.structural.basis.kinds import Bool, Float, Int, Kind, Tuple
from minitorch.compiler.structural.basis.slots import Slots
from minitorch.compiler.structural.entry.results import word_count
from minitorch.compiler.structural.passes.call_memory import ADJOINTS, CONTEXT_SLOTS, DEPTH, STACK
from minitorch.compiler.structural.passes.runtime import linked_to_runtime
from minitorch.machine_code.llvm.disk_cache import DiskCache
from minitorch.machine_code.llvm.engine import Engine, Lease
from minitorch.machine_code.llvm.runtime import FLOAT_OFFSET, TYPE_OFFSET

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

__all__ = ["RowLoop", "row_loop"]

OBJECT_SIZE: Final = FLOAT_OFFSET + 8

Number: TypeAlias = tuple[Kind, int, bool]
"""The kind of a number in `%outputs`, its place in words, and whether the adjoint of its node is meant."""


def row_loop(body: str, inputs: int, kinds: Sequence[Kind], slots: Slots, cache: DiskCache) -> RowLoop | None:
    """Return a loop over rows; `None` if results are not numbers alone.

    Args:
        body: the text of a module with `@body`.
        inputs: how many floats a row has.
        kinds: what the body leaves: the result, and the arguments that are differentiated by.
        slots: what it reads.
        cache: where machine code is kept on disk.
    """
    numbers = numbers_of(kinds)
    if numbers is None:
        return None
    size = sum(map(word_count, kinds))
    return RowLoop(linked_to_runtime(body + loop_text(inputs, numbers, size)), len(numbers), slots, cache)


def numbers_of(kinds: Sequence[Kind]) -> list[Number] | None:
    """Return the numbers of a row of results: the value's, and the derivatives; `None` if it has others than those."""
    leaves = list(leaves_of(kinds[0], 0))
    if any(leaf is None for leaf in leaves) or not all(isinstance(kind, Float) for kind in kinds[1:]):
        return None
    numbers = [leaf for leaf in leaves if leaf is not None]
    offset = word_count(kinds[0])
    for kind in kinds[1:]:
        numbers.append((kind, offset, True))
        offset += word_count(kind)
    return numbers


def loop_text(inputs: int, numbers: Sequence[Number], size: int) -> str:
    """Return the loop as text.

    Args:
        inputs: how many floats a row has.
        numbers: what is written for a row.
        size: how many words the body leaves.
    """
    before, read, write = [], [], []
    for index in range(inputs):
        before.append(f"""
  %object{index} = getelementptr i8, ptr %objects, i64 {OBJECT_SIZE * index}
  store i64 1, ptr %object{index}
  %type{index} = getelementptr i8, ptr %object{index}, i64 {TYPE_OFFSET}
  store ptr @PyFloat_Type, ptr %type{index}
  %argument{index} = getelementptr ptr, ptr %arguments, i64 {index}
  store ptr %object{index}, ptr %argument{index}
  %number{index} = getelementptr i8, ptr %object{index}, i64 {FLOAT_OFFSET}""")
        read.append(f"""
  %from{index} = getelementptr double, ptr %row, i64 {index}
  %given{index} = load double, ptr %from{index}
  store double %given{index}, ptr %number{index}""")
    for index, (kind, place, is_derivative) in enumerate(numbers):
        write.append(f"""
  %output{index} = getelementptr i64, ptr %outputs, i64 {place}{reading(kind, index, is_derivative)}
  %to{index} = getelementptr double, ptr %result, i64 {index}
  store double %float{index}, ptr %to{index}""")
    return f"""
define void @rows(ptr %source, ptr %target, ptr %status, i64 %begin, i64 %end) {{
entry:
  %context = alloca [{CONTEXT_SLOTS} x i64]
  %arguments = alloca [{inputs + 1} x ptr]
  %objects = alloca [{OBJECT_SIZE * inputs + 1} x i8], align 16
  %outputs = alloca [{size + 1} x i64]
  call void @llvm.memset.p0.i64(ptr %context, i8 0, i64 {8 * CONTEXT_SLOTS}, i1 false)
  %depth = getelementptr i64, ptr %context, i64 {DEPTH}
  %stack = getelementptr i64, ptr %context, i64 {STACK}
  %here = ptrtoint ptr %context to i64
  store i64 %here, ptr %stack{"".join(before)}
  br label %next
next:
  %index = phi i64 [ %begin, %entry ], [ %following, %ended ]
  %more = icmp slt i64 %index, %end
  br i1 %more, label %read, label %done
read:
  %first = mul i64 %index, {inputs}
  %row = getelementptr double, ptr %source, i64 %first{"".join(read)}
  store i64 0, ptr %depth
  %code = call i64 @body(ptr %context, ptr %arguments, ptr %outputs)
  %left = icmp ne i64 %code, 0
  %left.byte = zext i1 %left to i8
  %status.place = getelementptr i8, ptr %status, i64 %index
  store i8 %left.byte, ptr %status.place
  br i1 %left, label %ended, label %write
write:
  %adjoints.place = getelementptr i64, ptr %context, i64 {ADJOINTS}
  %adjoints = load ptr, ptr %adjoints.place
  %first.result = mul i64 %index, {len(numbers)}
  %result = getelementptr double, ptr %target, i64 %first.result{"".join(write)}
  br label %ended
ended:
  call void @finish(ptr %context)
  %following = add i64 %index, 1
  br label %next
done:
  call void @close(ptr %context)
  ret void
}}
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)
"""


def leaves_of(kind: Kind, offset: int) -> Iterator[Number | None]:
    """Yield the kind and the place of each number of a result; `None` for what is no number."""
    items = kind.items if isinstance(kind, Tuple) else (kind,)
    for item in items:
        yield (item, offset, False) if isinstance(item, (Float, Int, Bool)) else None
        offset += word_count(item)


def reading(kind: Kind, index: int, is_derivative: bool) -> str:
    """Write the reading of a number as a float."""
    if is_derivative:
        return f"""
  %node.place{index} = getelementptr i64, ptr %output{index}, i64 1
  %node{index} = load i32, ptr %node.place{index}
  %wide{index} = zext i32 %node{index} to i64
  %adjoint{index} = getelementptr double, ptr %adjoints, i64 %wide{index}
  %float{index} = load double, ptr %adjoint{index}"""
    if isinstance(kind, Float):
        return f"\n  %float{index} = load double, ptr %output{index}"
    field, conversion = ("i64", "sitofp") if isinstance(kind, Int) else ("i1", "uitofp")
    return f"""
  %plain{index} = load {field}, ptr %output{index}
  %float{index} = {conversion} {field} %plain{index} to double"""


class RowLoop:
    """The loop as machine code.

    Args:
        text: a module with it.
        width: how many numbers a row of results has.
        slots: what it reads.
        cache: where machine code is kept on disk.
    """

    def __init__(self, text: str, width: int, slots: Slots, cache: DiskCache) -> None:
        self.width = width
        engine = Engine(text, verified=True, cache=cache)
        slots.fill(engine)
        self.lease = Lease("rows", engine)
        arguments = [ctypes.c_void_p] * 3 + [ctypes.c_int64] * 2
        self.function: Callable[..., None] = ctypes.CFUNCTYPE(None, *arguments)(engine.address("rows"))

    def run(
        self, rows: NDArray[numpy.float64], results: NDArray[numpy.float64], status: NDArray[numpy.uint8], threads: int
    ) -> None:
        """Do all rows, without the interpreter's lock.

        Args:
            rows: the arguments, a row per call, contiguous.
            results: get the numbers of the results, contiguous.
            status: gets 0 for each row that is done, 1 for one that is left to the caller.
            threads: how many parts run at the same time.
        """
        bounds = [len(rows) * part // threads for part in range(threads + 1)]
        places = rows.ctypes.data, results.ctypes.data, status.ctypes.data

        def part(index: int) -> None:
            self.function(*places, *bounds[index : index + 2])

        if threads == 1:
            part(0)
            return
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(part, range(threads)))
