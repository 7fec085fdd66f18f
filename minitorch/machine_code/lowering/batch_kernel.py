"""Machine code for rows of arrays: one C function over columns, several rows at once where they take the same trace.

    rows 0…7 in a vector: all on one trace     →  outputs stored, status 0
    rows 8…15: on two traces                   →  row by row; status 1: a new decision, 2: Python would raise

The interpreter's lock is not held meanwhile, so parts of a batch run in threads.
"""

from __future__ import annotations

import ctypes
import functools
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from minitorch.machine_code.llvm.engine import Engine, Lease
from minitorch.machine_code.llvm.library import compiled_once

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    Column: TypeAlias = NDArray[numpy.float64]

__all__ = ["Batch"]

MAX_PATIENCE_GROUPS: Final = 64
"""After groups whose rows take different traces, so many groups at most are done row by row before one is tried."""

NATIVE_FLOAT: Final = "<f8" if sys.byteorder == "little" else ">f8"

BATCH: Final = """
; Copy a row of the columns (their addresses and strides, one after the other) to consecutive floats.
define internal void @read_row(ptr %columns, i64 %row, ptr %inputs, i64 %count) {
entry:
  br label %next
next:
  %index = phi i64 [ 0, %entry ], [ %following, %copy ]
  %more = icmp slt i64 %index, %count
  br i1 %more, label %copy, label %done
copy:
  %column = getelementptr [2 x i64], ptr %columns, i64 %index
  %base = load ptr, ptr %column
  %stride.place = getelementptr i64, ptr %column, i64 1
  %stride = load i64, ptr %stride.place
  %offset = mul i64 %row, %stride
  %from = getelementptr i8, ptr %base, i64 %offset
  %value = load double, ptr %from, align 1
  %to = getelementptr double, ptr %inputs, i64 %index
  store double %value, ptr %to
  %following = add i64 %index, 1
  br label %next
done:
  ret void
}

define internal void @write_row(ptr %columns, i64 %row, ptr %outputs, i64 %count) {
entry:
  br label %next
next:
  %index = phi i64 [ 0, %entry ], [ %following, %copy ]
  %more = icmp slt i64 %index, %count
  br i1 %more, label %copy, label %done
copy:
  %column = getelementptr [2 x i64], ptr %columns, i64 %index
  %base = load ptr, ptr %column
  %stride.place = getelementptr i64, ptr %column, i64 1
  %stride = load i64, ptr %stride.place
  %offset = mul i64 %row, %stride
  %to = getelementptr i8, ptr %base, i64 %offset
  %from = getelementptr double, ptr %outputs, i64 %index
  %value = load double, ptr %from
  store double %value, ptr %to, align 1
  %following = add i64 %index, 1
  br label %next
done:
  ret void
}

; The same for a group of rows and vectors; columns whose rows are neighbours are copied in one piece.
define internal void @read_group(ptr %columns, i64 %row, ptr %inputs, i64 %count) {
entry:
  br label %next
next:
  %index = phi i64 [ 0, %entry ], [ %following, %store ]
  %more = icmp slt i64 %index, %count
  br i1 %more, label %column, label %done
column:
  %column.place = getelementptr [2 x i64], ptr %columns, i64 %index
  %base = load ptr, ptr %column.place
  %stride.place = getelementptr i64, ptr %column.place, i64 1
  %stride = load i64, ptr %stride.place
  %offset = mul i64 %row, %stride
  %first = getelementptr i8, ptr %base, i64 %offset
  %neighbours = icmp eq i64 %stride, 8
  br i1 %neighbours, label %whole, label %scattered
whole:
  %vector = load VECTOR, ptr %first, align 1
  br label %store
scattered:
GATHER
  br label %store
store:
  %value = phi VECTOR [ %vector, %whole ], [ %gatheredLANES, %scattered ]
  %to = getelementptr VECTOR, ptr %inputs, i64 %index
  store VECTOR %value, ptr %to
  %following = add i64 %index, 1
  br label %next
done:
  ret void
}

define internal void @write_group(ptr %columns, i64 %row, ptr %outputs, i64 %count) {
entry:
  br label %next
next:
  %index = phi i64 [ 0, %entry ], [ %following.whole, %whole ], [ %following, %scattered ]
  %more = icmp slt i64 %index, %count
  br i1 %more, label %column, label %done
column:
  %column.place = getelementptr [2 x i64], ptr %columns, i64 %index
  %base = load ptr, ptr %column.place
  %stride.place = getelementptr i64, ptr %column.place, i64 1
  %stride = load i64, ptr %stride.place
  %offset = mul i64 %row, %stride
  %first = getelementptr i8, ptr %base, i64 %offset
  %from = getelementptr VECTOR, ptr %outputs, i64 %index
  %value = load VECTOR, ptr %from
  %neighbours = icmp eq i64 %stride, 8
  br i1 %neighbours, label %whole, label %scattered
whole:
  store VECTOR %value, ptr %first, align 1
  %following.whole = add i64 %index, 1
  br label %next
scattered:
SCATTER
  %following = add i64 %index, 1
  br label %next
done:
  ret void
}

define internal void @count(ptr %counters, i64 %code, i64 %rows) {
  %leaf = lshr i64 %code, 2
  %counter = getelementptr i64, ptr %counters, i64 %leaf
  %before = load i64, ptr %counter
  %after = add i64 %before, %rows
  store i64 %after, ptr %counter
  ret void
}

; Do rows from the first to before the last, and return how many have another status than 0.
define i64 @batch(ptr %program, ptr %group.program, i64 %inputs.count, i64 %outputs.count,
                  i64 %first, i64 %last, ptr %inputs, ptr %outputs, ptr %status, ptr %counters) {
entry:
  %group.inputs = alloca VECTOR, i64 %inputs.count
  %group.outputs = alloca VECTOR, i64 %outputs.count
  br label %rows
rows:
  %row = phi i64 [ %first, %entry ], [ %row.after.group, %group.hit ], [ %row, %group.parts ], [ %row.after, %next ]
  %left = phi i64 [ 0, %entry ], [ %left, %group.hit ], [ %left, %group.parts ], [ %left.after, %next ]
  %single = phi i64 [ 0, %entry ], [ 0, %group.hit ], [ %singles, %group.parts ], [ %single.after, %next ]
  %patience = phi i64 [ 1, %entry ], [ 1, %group.hit ], [ %patience.after, %group.parts ], [ %patience, %next ]
  %remaining = sub i64 %last, %row
  %more = icmp sgt i64 %remaining, 0
  br i1 %more, label %choose, label %done
choose:
  %fits = icmp sge i64 %remaining, LANES
  %none.single = icmp eq i64 %single, 0
  %together = and i1 %fits, %none.single
  br i1 %together, label %group, label %alone
group:
  call void @read_group(ptr %inputs, i64 %row, ptr %group.inputs, i64 %inputs.count)
  %group.code = call i64 %group.program(ptr %group.inputs, ptr %group.outputs)
  %group.ended = and i64 %group.code, 3
  %group.is.hit = icmp eq i64 %group.ended, 0
  br i1 %group.is.hit, label %group.hit, label %group.parts
group.hit:
  call void @write_group(ptr %outputs, i64 %row, ptr %group.outputs, i64 %outputs.count)
  %group.status = getelementptr i8, ptr %status, i64 %row
  store <LANES x i8> zeroinitializer, ptr %group.status, align 1
  call void @count(ptr %counters, i64 %group.code, i64 LANES)
  %row.after.group = add i64 %row, LANES
  br label %rows
group.parts:
  %singles = mul i64 %patience, LANES
  %doubled = shl i64 %patience, 1
  %impatient = icmp sgt i64 %doubled, MAX_PATIENCE_GROUPS
  %patience.after = select i1 %impatient, i64 MAX_PATIENCE_GROUPS, i64 %doubled
  br label %rows
alone:
  call void @read_row(ptr %inputs, i64 %row, ptr %group.inputs, i64 %inputs.count)
  %code = call i64 %program(ptr %group.inputs, ptr %group.outputs)
  %ended = and i64 %code, 3
  %ended.byte = trunc i64 %ended to i8
  %row.status = getelementptr i8, ptr %status, i64 %row
  store i8 %ended.byte, ptr %row.status
  %is.hit = icmp eq i64 %ended, 0
  br i1 %is.hit, label %hit, label %missed
hit:
  call void @write_row(ptr %outputs, i64 %row, ptr %group.outputs, i64 %outputs.count)
  call void @count(ptr %counters, i64 %code, i64 1)
  br label %next
missed:
  br label %next
next:
  %added = phi i64 [ 0, %hit ], [ 1, %missed ]
  %left.after = add i64 %left, %added
  %row.after = add i64 %row, 1
  %is.single = icmp sgt i64 %single, 0
  %one.less = sub i64 %single, 1
  %single.after = select i1 %is.single, i64 %one.less, i64 0
  br label %rows
done:
  ret i64 %left
}
"""


@functools.cache
def batch_function(lanes: int) -> Any:
    """Compile the above for groups of so many rows, and return it as a C function."""
    vector = f"<{lanes} x double>"
    gather, scatter = [f"  %gathered0 = freeze {vector} poison"], []
    for lane in range(lanes):
        place = f"""  %offset{lane} = mul i64 %stride, {lane}
  %place{lane} = getelementptr i8, ptr %first, i64 %offset{lane}"""
        gather.append(f"""{place}
  %lane{lane} = load double, ptr %place{lane}, align 1
  %gathered{lane + 1} = insertelement {vector} %gathered{lane}, double %lane{lane}, i32 {lane}""")
        scatter.append(f"""{place}
  %lane{lane} = extractelement {vector} %value, i32 {lane}
  store double %lane{lane}, ptr %place{lane}, align 1""")
    words = {
        "GATHER": "\n".join(gather), "SCATTER": "\n".join(scatter), "VECTOR": vector, "LANES": str(lanes),
        "MAX_PATIENCE_GROUPS": str(MAX_PATIENCE_GROUPS),
    }  # fmt: skip
    text = BATCH
    for word, meaning in words.items():
        text = text.replace(word, meaning)
    pointer, integer = ctypes.c_void_p, ctypes.c_int64
    arguments = (pointer, pointer, integer, integer, integer, integer, pointer, pointer, pointer, pointer)
    return ctypes.CFUNCTYPE(integer, *arguments)(compiled_once(text, ["batch"])["batch"])


class Batch:
    """A program over rows.

    Args:
        engine: machine code with a `@program` for one row and a `@group` for several.
        lanes: how many.
        inputs: how many columns are read.
        outputs: how many are written.
        leaves: how many traces the program has.
    """

    def __init__(self, engine: Engine, lanes: int, inputs: int, outputs: int, leaves: int) -> None:
        self.lease = Lease("batch", engine)
        self.programs = engine.address("program"), engine.address("group")
        self.lanes = lanes
        self.inputs = inputs
        self.outputs = outputs
        self.leaves = leaves

    def run(
        self,
        inputs: Sequence[Column],
        outputs: Sequence[Column],
        status: NDArray[numpy.uint8],
        threads: int = 1,
    ) -> tuple[int, list[int]]:
        """Do all rows, and return how many have another status than 0, and how many took each trace.

        Args:
            inputs: the columns to read.
            outputs: the columns to write, where the status of the row is 0.
            status: gets how each row ended.
            threads: how many parts run at the same time.

        Raises:
            ValueError: if there are not as many columns as the program has, or not of as many float64.
        """
        rows = len(status)
        contiguous = status.flags.c_contiguous and status.itemsize == 1
        if not (len(inputs) == self.inputs and len(outputs) == self.outputs and contiguous):
            message = f"takes {self.inputs} columns, writes {self.outputs} and a contiguous status of bytes"
            raise ValueError(f"this program {message}; it was given {len(inputs)} and {len(outputs)}")
        function = batch_function(self.lanes)
        sources, targets = addresses(inputs, rows), addresses(outputs, rows)
        bounds = [rows * part // threads for part in range(threads + 1)]

        def part(index: int) -> tuple[int, list[int]]:
            counters = (ctypes.c_int64 * self.leaves)()
            ends, arrays = bounds[index : index + 2], (sources, targets, status.ctypes.data, counters)
            left = function(*self.programs, len(inputs), len(outputs), *ends, *arrays)
            return left, list(counters)

        if threads == 1:
            return part(0)
        with ThreadPoolExecutor(threads) as pool:
            done = list(pool.map(part, range(threads)))
        counts = zip(*(counts for _, counts in done), strict=True)
        return sum(left for left, _ in done), list(map(sum, counts))


def addresses(columns: Sequence[Column], rows: int) -> Any:
    """Return the address and the stride of each column, one after the other."""
    pairs = []
    for column in columns:
        if column.shape != (rows,) or column.dtype.str != NATIVE_FLOAT:
            message = f"a column of a batch is an array of {rows} float64 here"
            raise ValueError(f"{message}, not one of shape {column.shape} and type {column.dtype}")
        pairs += [column.ctypes.data, column.strides[0]]
    return (ctypes.c_int64 * len(pairs))(*pairs)
