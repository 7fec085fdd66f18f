"""The memory of a call, written as LLVM: room on the tape, free memory, equal numbers, and giving back.

A context is an array of words: where the tape is, its room, free memory of the call, its end, the chunks of that, where
the ties are, their number and room, where the adjoints are, their room, whether a call goes on, and how many there
were. One is kept from call to call; a call that begins while another goes on there (the collector runs code of others
as results are made) has one of its own.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import sys
from typing import Any, Final

from minitorch.autodiff.operation_limit import operations_left
from minitorch.machine_code.llvm.engine import c_method
from minitorch.machine_code.llvm.symbols import address_in_libc, define_python_callable, libc

__all__ = ["ADJOINTS", "CALLS", "CALL_MEMORY", "CONTEXT_SLOTS", "DEPTH", "MAX_CALLS", "ROUNDED", "STACK", "TURNS",
           "CallMemory", "define_functions"]  # fmt: skip

CONTEXT_SLOTS: Final = 18
TAPE, CHUNKS, TIES, ADJOINTS, BUSY, CALLS, DEPTH, STACK, ROUNDED, TURNS = 0, 4, 5, 8, 10, 11, 12, 13, 14, 15
MAX_CALLS, CHUNK_SIZE = 16, 17
"""Words of a context: where there is memory of its own, whether a call goes on in it, how many there were; how deep
functions have called themselves, where the C stack was when the call began, whether numbers with a history
were rounded, how many turns loops have made, after how many calls the code is to be made again, and how large a chunk
of free memory is to be: as large as all that a call has taken."""

MAX_KEPT_EDGES: Final = 1 << 18
"""A tape of more edges is given back after the call; and a call that needs more asks what limits allow."""

MAX_KEPT_BYTES: Final = 1 << 25
"""What is larger is given back to the system, not only to the C library, which would keep tens of megabytes."""

FREE_CHUNK, MAX_KEPT_CHUNK = 1 << 16, 1 << 22
"""Free memory comes in chunks of so many bytes, or more; one of so many at most is kept from call to call. What is
given back the system may take at once, and a call that takes it again waits for each of its pages."""

HAS_TRIM: Final = hasattr(ctypes.CDLL(None), "malloc_trim") if sys.platform != "win32" else False

GIVE_BACK: Final = 'call i32 @"libc.malloc_trim"(i64 0)' if HAS_TRIM else ""

CALL_MEMORY: Final = f"""
{'declare i32 @"libc.malloc_trim"(i64)' if HAS_TRIM else ""}
declare ptr @"libc.malloc"(i64)
declare ptr @"libc.realloc"(ptr, i64)
declare void @"libc.free"(ptr)

; Whether a signal, as Ctrl-C sends one, has raised an exception; nobody is asked without the interpreter's lock.
define internal i1 @is_interrupted() noinline {{
  %locked = call i32 @PyGILState_Check()
  %may.ask = icmp ne i32 %locked, 0
  br i1 %may.ask, label %ask, label %go.on
ask:
  %status = call i32 @PyErr_CheckSignals()
  %is.raised = icmp ne i32 %status, 0
  ret i1 %is.raised
go.on:
  ret i1 false
}}

; Whether the limits of this context allow operations with so many edges, at two each; false also where a signal's
; handler raises. The tier below records the call then, and says where the operations are.
define internal i1 @is_within_limits(i64 %edges) noinline {{
  %overflow = alloca i32
  %locked = call i32 @PyGILState_Check()
  %may.ask = icmp ne i32 %locked, 0
  br i1 %may.ask, label %ask, label %go.on
ask:
  %left = call ptr @PyObject_CallNoArgs(ptr @"python.operations_left")
  %none = icmp eq ptr %left, null
  br i1 %none, label %raised, label %compare
compare:
  %number = call i64 @PyLong_AsLongLongAndOverflow(ptr %left, ptr %overflow)
  call void @Py_DecRef(ptr %left)
  %operations = lshr i64 %edges, 1
  %is.within = icmp ule i64 %operations, %number
  ret i1 %is.within
go.on:
  ret i1 true
raised:
  ret i1 false
}}

; Make room for edges up to a number; false where memory is short, or where they are more than is allowed.
define internal i1 @grow(ptr %context, i64 %wanted) noinline {{
  %room.place = getelementptr i64, ptr %context, i64 1
  %twice = shl i64 %wanted, 1
  %least = call i64 @llvm.umax.i64(i64 %twice, i64 4096)
  %too.many = icmp ugt i64 %least, 2147483647
  br i1 %too.many, label %short, label %fits
fits:
  %is.kept = icmp ule i64 %wanted, {MAX_KEPT_EDGES}
  br i1 %is.kept, label %allocate, label %ask
ask:
  %is.allowed = call i1 @is_within_limits(i64 %wanted)
  br i1 %is.allowed, label %allocate, label %short
allocate:
  %bytes = shl i64 %least, 4
  %old = load ptr, ptr %context
  %new = call ptr @"libc.realloc"(ptr %old, i64 %bytes)
  %none = icmp eq ptr %new, null
  br i1 %none, label %short, label %done
done:
  store ptr %new, ptr %context
  store i64 %least, ptr %room.place
  ret i1 true
short:
  ret i1 false
}}
declare i64 @llvm.umax.i64(i64, i64)
declare i64 @llvm.umin.i64(i64, i64)

; Memory that lasts as long as the call; null where memory is short.
define internal ptr @allocate(ptr %context, i64 %bytes) {{
  %free.place = getelementptr i64, ptr %context, i64 2
  %end.place = getelementptr i64, ptr %context, i64 3
  %free = load ptr, ptr %free.place
  %end = load ptr, ptr %end.place
  %free.number = ptrtoint ptr %free to i64
  %end.number = ptrtoint ptr %end to i64
  %left = sub i64 %end.number, %free.number
  %fits = icmp ule i64 %bytes, %left
  br i1 %fits, label %take, label %chunk
take:
  %next = getelementptr i8, ptr %free, i64 %bytes
  store ptr %next, ptr %free.place
  ret ptr %free
chunk:
  %huge = icmp ugt i64 %bytes, 4294967296
  br i1 %huge, label %short, label %more
more:
  %size.wanted = getelementptr i64, ptr %context, i64 {CHUNK_SIZE}
  %size.known = load i64, ptr %size.wanted
  %size.least = call i64 @llvm.umax.i64(i64 %size.known, i64 {FREE_CHUNK})
  %usual = call i64 @llvm.umax.i64(i64 %bytes, i64 %size.least)
  %whole = add i64 %usual, 16
  %new = call ptr @"libc.malloc"(i64 %whole)
  %none = icmp eq ptr %new, null
  br i1 %none, label %short, label %linked
linked:
  %chunks.place = getelementptr i64, ptr %context, i64 4
  %chunks = load ptr, ptr %chunks.place
  store ptr %chunks, ptr %new
  %size.place = getelementptr i64, ptr %new, i64 1
  store i64 %usual, ptr %size.place
  store ptr %new, ptr %chunks.place
  %first = getelementptr i8, ptr %new, i64 16
  %after = getelementptr i8, ptr %first, i64 %bytes
  %new.end = getelementptr i8, ptr %first, i64 %usual
  store ptr %after, ptr %free.place
  store ptr %new.end, ptr %end.place
  ret ptr %first
short:
  ret ptr null
}}

; Note that two numbers with these nodes are equal; false where memory is short.
define internal i1 @tie(ptr %context, i32 %left, i32 %right) noinline {{
  %ties.place = getelementptr i64, ptr %context, i64 5
  %count.place = getelementptr i64, ptr %context, i64 6
  %room.place = getelementptr i64, ptr %context, i64 7
  %count = load i64, ptr %count.place
  %room = load i64, ptr %room.place
  %fits = icmp ult i64 %count, %room
  %old = load ptr, ptr %ties.place
  br i1 %fits, label %note, label %more
more:
  %wanted = add i64 %room, 1
  %new.room = shl i64 %wanted, 1
  %bytes = shl i64 %new.room, 3
  %new = call ptr @"libc.realloc"(ptr %old, i64 %bytes)
  %none = icmp eq ptr %new, null
  br i1 %none, label %short, label %grown
grown:
  store ptr %new, ptr %ties.place
  store i64 %new.room, ptr %room.place
  br label %note
note:
  %ties = phi ptr [ %old, %0 ], [ %new, %grown ]
  %twice = shl i64 %count, 1
  %left.place = getelementptr i32, ptr %ties, i64 %twice
  %right.place = getelementptr i32, ptr %left.place, i64 1
  store i32 %left, ptr %left.place
  store i32 %right, ptr %right.place
  %following = add i64 %count, 1
  store i64 %following, ptr %count.place
  ret i1 true
short:
  ret i1 false
}}

; Begin a call: return the usual context, or a spare one, cleared, where another call goes on in that.
define internal ptr @begin(ptr %usual, ptr %spare) {{
  %here = alloca i8
  %base = ptrtoint ptr %here to i64
  %busy.place = getelementptr i64, ptr %usual, i64 {BUSY}
  %busy = load i64, ptr %busy.place
  %idle = icmp eq i64 %busy, 0
  br i1 %idle, label %take, label %clear
take:
  store i64 1, ptr %busy.place
  br label %ready
clear:
  call void @llvm.memset.p0.i64(ptr %spare, i8 0, i64 {8 * CONTEXT_SLOTS}, i1 false)
  br label %ready
ready:
  %context = phi ptr [ %usual, %take ], [ %spare, %clear ]
  %depth.place = getelementptr i64, ptr %context, i64 {DEPTH}
  %stack.place = getelementptr i64, ptr %context, i64 {STACK}
  store i64 0, ptr %depth.place
  store i64 %base, ptr %stack.place
  ret ptr %context
}}
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)

; End a call.
define internal void @end(ptr %context, ptr %spare) {{
  call void @finish(ptr %context)
  %is.spare = icmp eq ptr %context, %spare
  br i1 %is.spare, label %close, label %leave
close:
  call void @close(ptr %context)
  ret void
leave:
  %busy.place = getelementptr i64, ptr %context, i64 {BUSY}
  store i64 0, ptr %busy.place
  ret void
}}

; Give back what a call took, up to a little that the next one can use.
define internal void @finish(ptr %context) {{
  %free.place = getelementptr i64, ptr %context, i64 2
  %end.place = getelementptr i64, ptr %context, i64 3
  %chunks.place = getelementptr i64, ptr %context, i64 4
  %count.place = getelementptr i64, ptr %context, i64 6
  store i64 0, ptr %count.place
  store ptr null, ptr %free.place
  store ptr null, ptr %end.place
  %chunks = load ptr, ptr %chunks.place
  store ptr null, ptr %chunks.place
  %wanted.place = getelementptr i64, ptr %context, i64 {CHUNK_SIZE}
  %known = load i64, ptr %wanted.place
  %wanted = call i64 @llvm.umax.i64(i64 %known, i64 {FREE_CHUNK})
  br label %next
next:
  %chunk = phi ptr [ %chunks, %0 ], [ %following, %drop ]
  %much = phi i1 [ false, %0 ], [ %more, %drop ]
  %taken = phi i64 [ 0, %0 ], [ %taken.now, %drop ]
  %none = icmp eq ptr %chunk, null
  br i1 %none, label %trim, label %look
look:
  %following = load ptr, ptr %chunk
  %size.place = getelementptr i64, ptr %chunk, i64 1
  %size = load i64, ptr %size.place
  %taken.now = add i64 %taken, %size
  %is.first = icmp eq ptr %following, null
  %is.usual = icmp eq i64 %size, %wanted
  %kept = and i1 %is.first, %is.usual
  br i1 %kept, label %keep, label %drop
drop:
  %is.large = icmp ugt i64 %size, {MAX_KEPT_BYTES}
  %more = or i1 %much, %is.large
  call void @"libc.free"(ptr %chunk)
  br label %next
keep:
  %first = getelementptr i8, ptr %chunk, i64 16
  %end = getelementptr i8, ptr %first, i64 %size
  store ptr %first, ptr %free.place
  store ptr %end, ptr %end.place
  store ptr %chunk, ptr %chunks.place
  br label %trim
trim:
  %all.taken = phi i64 [ %taken, %next ], [ %taken.now, %keep ]
  %at.most = call i64 @llvm.umin.i64(i64 %all.taken, i64 {MAX_KEPT_CHUNK})
  %next.wanted = call i64 @llvm.umax.i64(i64 %at.most, i64 %wanted)
  store i64 %next.wanted, ptr %wanted.place
  %room.place = getelementptr i64, ptr %context, i64 1
  %room = load i64, ptr %room.place
  %large = icmp ugt i64 %room, {MAX_KEPT_EDGES}
  br i1 %large, label %give, label %look.back
give:
  call void @close(ptr %context)
  %huge = icmp ugt i64 %room, {MAX_KEPT_BYTES // 16}
  %any = or i1 %much, %huge
  br i1 %any, label %back, label %done
look.back:
  br i1 %much, label %back, label %done
back:
  {GIVE_BACK}
  br label %done
done:
  ret void
}}

; Give all memory of a context back, of which there is one chunk at most.
define internal void @close(ptr %context) {{
  %room.place = getelementptr i64, ptr %context, i64 1
  %free.place = getelementptr i64, ptr %context, i64 2
  %end.place = getelementptr i64, ptr %context, i64 3
  %chunks.place = getelementptr i64, ptr %context, i64 4
  %ties.place = getelementptr i64, ptr %context, i64 5
  %tie.room.place = getelementptr i64, ptr %context, i64 7
  %adjoints.place = getelementptr i64, ptr %context, i64 8
  %adjoint.room.place = getelementptr i64, ptr %context, i64 9
  %tape = load ptr, ptr %context
  %ties = load ptr, ptr %ties.place
  %adjoints = load ptr, ptr %adjoints.place
  %chunk = load ptr, ptr %chunks.place
  call void @"libc.free"(ptr %chunk)
  call void @"libc.free"(ptr %tape)
  call void @"libc.free"(ptr %ties)
  call void @"libc.free"(ptr %adjoints)
  store ptr null, ptr %context
  store i64 0, ptr %room.place
  store ptr null, ptr %free.place
  store ptr null, ptr %end.place
  store ptr null, ptr %chunks.place
  store ptr null, ptr %ties.place
  store i64 0, ptr %tie.room.place
  store ptr null, ptr %adjoints.place
  store i64 0, ptr %adjoint.room.place
  ret void
}}
"""


@functools.cache
def define_functions() -> dict[str, str]:
    """Make what the text above calls known to LLVM; return the declarations of what is no function of C, by name."""
    for name in ("malloc", "realloc", "free", *["malloc_trim"] * HAS_TRIM):
        libc(name)
    asked = f'@"{define_python_callable("operations_left", operations_left)}"'
    return {asked: f"{asked} = external global i8"}


unused: Final[list[Any]] = []
"""Contexts that nobody has any more. As they go no Python code runs: what a signal's handler raises there is lost."""


def free_unused() -> None:
    """Free what contexts have that nobody has any more: a little each; it is done before another one is made."""
    with contextlib.suppress(IndexError):
        while True:
            words = unused.pop().words
            # Not by the machine code, which is gone by then.
            free = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(address_in_libc("free"))
            for slot in (TAPE, CHUNKS, TIES, ADJOINTS):
                free(words[slot])


class CallMemory:
    """The context of the calls of one program; it goes with the machine code.

    Attributes:
        words: the context.
    """

    words: Any = (ctypes.c_int64 * CONTEXT_SLOTS)()

    def __init__(self) -> None:
        free_unused()
        self.words = (ctypes.c_int64 * CONTEXT_SLOTS)()

    @property
    def address(self) -> int:
        """Where the context is."""
        return ctypes.addressof(self.words)

    __del__ = c_method(unused.append)
