"""What all machine code calls to deal with Python's objects: written in LLVM's assembly language (see `library`).

    read_numbers     arguments of a call      →  floats in an array
    fallback        status, number, arguments →  the result of the Python callable that takes over
    tuple_of_floats  floats in an array       →  a tuple
    call_python      floats in an array       →  what a Python function gives for them
    memory_holds     words, blocks of memory  →  whether they are what they were

It relies on where CPython keeps the type of an object, the number of a float and the items of a tuple, which it learns
from the sizes of these types.
"""

from __future__ import annotations

import ctypes
from typing import Final

from minitorch.machine_code.llvm.library import Library
from minitorch.machine_code.llvm.symbols import libc, python_declarations

__all__ = ["FLOAT_OFFSET", "ITEMS_OFFSET", "TYPE_OFFSET", "runtime_declarations"]


def basic_size(kind: type) -> int:
    """Return how long objects of a type are without their items; 0 where Python doesn't tell, and runs no such code."""
    return getattr(kind, "__basicsize__", 0)


TYPE_OFFSET: Final = basic_size(object) - ctypes.sizeof(ctypes.c_void_p)
FLOAT_OFFSET: Final = basic_size(float) - ctypes.sizeof(ctypes.c_double)
ITEMS_OFFSET: Final = basic_size(tuple)

RUNTIME: Final = f"""
; Read an int or a bool; false for anything else and for what no float can hold.
define internal i1 @read_int(ptr %object, ptr %place) {{
entry:
  %type.place = getelementptr i8, ptr %object, i64 {TYPE_OFFSET}
  %type = load ptr, ptr %type.place
  %is.int = icmp eq ptr %type, @PyLong_Type
  %is.bool = icmp eq ptr %type, @PyBool_Type
  %is.number = or i1 %is.int, %is.bool
  br i1 %is.number, label %convert, label %refuse
convert:
  %number = call double @PyFloat_AsDouble(ptr %object)
  store double %number, ptr %place
  %error = call ptr @PyErr_Occurred()
  %converted = icmp eq ptr %error, null
  br i1 %converted, label %accept, label %clear
accept:
  ret i1 true
clear:
  call void @PyErr_Clear()
  br label %refuse
refuse:
  ret i1 false
}}

; Read the arguments of a call; false if there is one that is not a float, int or bool.
define i1 @read_numbers(ptr %arguments, ptr %inputs, i64 %count) {{
entry:
  br label %next
next:
  %index = phi i64 [ 0, %entry ], [ %following, %ready ]
  %more = icmp slt i64 %index, %count
  br i1 %more, label %read, label %done
read:
  %argument.place = getelementptr ptr, ptr %arguments, i64 %index
  %argument = load ptr, ptr %argument.place
  %input = getelementptr double, ptr %inputs, i64 %index
  %type.place = getelementptr i8, ptr %argument, i64 {TYPE_OFFSET}
  %type = load ptr, ptr %type.place
  %is.float = icmp eq ptr %type, @PyFloat_Type
  br i1 %is.float, label %quick, label %slow
quick:
  %float.place = getelementptr i8, ptr %argument, i64 {FLOAT_OFFSET}
  %float = load double, ptr %float.place
  store double %float, ptr %input
  br label %ready
slow:
  %is.int = call i1 @read_int(ptr %argument, ptr %input)
  br i1 %is.int, label %ready, label %refuse
ready:
  %following = add i64 %index, 1
  br label %next
done:
  ret i1 true
refuse:
  ret i1 false
}}

; Call what takes over, with the status, the number, the names of keywords or None, and all arguments.
define ptr @fallback(ptr %self, i64 %status, i64 %number, ptr %arguments, i64 %count, ptr %names) {{
entry:
  %no.names = icmp eq ptr %names, null
  br i1 %no.names, label %positional, label %named
positional:
  br label %collect
named:
  %keywords = call i64 @PyTuple_Size(ptr %names)
  br label %collect
collect:
  %added = phi i64 [ 0, %positional ], [ %keywords, %named ]
  %all.names = phi ptr [ @_Py_NoneStruct, %positional ], [ %names, %named ]
  %given = add i64 %count, %added
  %total = add i64 %given, 3
  %call = alloca ptr, i64 %total
  %status.object = call ptr @PyLong_FromLongLong(i64 %status)
  store ptr %status.object, ptr %call
  %second = getelementptr ptr, ptr %call, i64 1
  %number.object = call ptr @PyLong_FromLongLong(i64 %number)
  store ptr %number.object, ptr %second
  %third = getelementptr ptr, ptr %call, i64 2
  store ptr %all.names, ptr %third
  %rest = getelementptr ptr, ptr %call, i64 3
  br label %next
next:
  %index = phi i64 [ 0, %collect ], [ %following, %copy ]
  %more = icmp slt i64 %index, %given
  br i1 %more, label %copy, label %run
copy:
  %from = getelementptr ptr, ptr %arguments, i64 %index
  %argument = load ptr, ptr %from
  %to = getelementptr ptr, ptr %rest, i64 %index
  store ptr %argument, ptr %to
  %following = add i64 %index, 1
  br label %next
run:
  %result = call ptr @PyObject_VectorcallDict(ptr %self, ptr %call, i64 %total, ptr null)
  call void @Py_DecRef(ptr %status.object)
  call void @Py_DecRef(ptr %number.object)
  ret ptr %result
}}

; Make a tuple of the outputs with these numbers.
define ptr @tuple_of_floats(ptr %outputs, ptr %numbers, i64 %count) {{
entry:
  %tuple = call ptr @PyTuple_New(i64 %count)
  %no.tuple = icmp eq ptr %tuple, null
  br i1 %no.tuple, label %no.memory, label %next
next:
  %index = phi i64 [ 0, %entry ], [ %following, %made ]
  %more = icmp slt i64 %index, %count
  br i1 %more, label %make, label %done
make:
  %number.place = getelementptr i64, ptr %numbers, i64 %index
  %number = load i64, ptr %number.place
  %output = getelementptr double, ptr %outputs, i64 %number
  %value = load double, ptr %output
  %float = call ptr @PyFloat_FromDouble(double %value)
  %no.float = icmp eq ptr %float, null
  br i1 %no.float, label %free, label %made
made:
  %items = getelementptr i8, ptr %tuple, i64 {ITEMS_OFFSET}
  %item = getelementptr ptr, ptr %items, i64 %index
  store ptr %float, ptr %item
  %following = add i64 %index, 1
  br label %next
free:
  call void @Py_DecRef(ptr %tuple)
  br label %no.memory
no.memory:
  ret ptr null
done:
  ret ptr %tuple
}}

; Call a Python function of floats; nan stands for an exception, and for a result that is not a number.
define double @call_python(ptr %function, ptr %numbers, i64 %count) {{
entry:
  %lock = call i32 @PyGILState_Ensure()
  %objects = alloca ptr, i64 %count
  br label %making
making:
  %made = phi i64 [ 0, %entry ], [ %more, %making ]
  %number.place = getelementptr double, ptr %numbers, i64 %made
  %number = load double, ptr %number.place
  %object = call ptr @PyFloat_FromDouble(double %number)
  %object.place = getelementptr ptr, ptr %objects, i64 %made
  store ptr %object, ptr %object.place
  %more = add i64 %made, 1
  %all.made = icmp eq i64 %more, %count
  br i1 %all.made, label %calling, label %making
calling:
  %answer = call ptr @PyObject_VectorcallDict(ptr %function, ptr %objects, i64 %count, ptr null)
  %raised = icmp eq ptr %answer, null
  br i1 %raised, label %failed, label %reading
reading:
  %value = call double @PyFloat_AsDouble(ptr %answer)
  call void @Py_DecRef(ptr %answer)
  %error = call ptr @PyErr_Occurred()
  %read = icmp eq ptr %error, null
  br i1 %read, label %freeing, label %failed
failed:
  call void @PyErr_Clear()
  br label %freeing
freeing:
  %result = phi double [ %value, %reading ], [ 0x7FF8000000000000, %failed ]
  br label %dropping
dropping:
  %dropped = phi i64 [ 0, %freeing ], [ %next, %dropping ]
  %dropped.place = getelementptr ptr, ptr %objects, i64 %dropped
  %dropped.object = load ptr, ptr %dropped.place
  call void @Py_DecRef(ptr %dropped.object)
  %next = add i64 %dropped, 1
  %all.dropped = icmp eq i64 %next, %count
  br i1 %all.dropped, label %done, label %dropping
done:
  call void @PyGILState_Release(i32 %lock)
  ret double %result
}}

; Compare words with what they were: each row has the address of one and its content.
define internal i1 @words_hold(ptr %rows, i64 %count) {{
entry:
  %any = icmp ne i64 %count, 0
  br i1 %any, label %compare, label %same
compare:
  %index = phi i64 [ 0, %entry ], [ %following, %compare ]
  %before = phi i64 [ 0, %entry ], [ %difference, %compare ]
  %row = getelementptr [2 x i64], ptr %rows, i64 %index
  %place = load ptr, ptr %row
  %word = load i64, ptr %place
  %expected.place = getelementptr i64, ptr %row, i64 1
  %expected = load i64, ptr %expected.place
  %differs = xor i64 %word, %expected
  %difference = or i64 %before, %differs
  %following = add i64 %index, 1
  %more = icmp ult i64 %following, %count
  br i1 %more, label %compare, label %done
done:
  %equal = icmp eq i64 %difference, 0
  ret i1 %equal
same:
  ret i1 true
}}

; Compare memory with what it was: words, then those that may only be read if the first ones hold, and then blocks, each
; row with an address, that of the content and the size.
define i1 @memory_holds(ptr %words, i64 %first, i64 %second, ptr %blocks, i64 %count) {{
entry:
  %first.holds = call i1 @words_hold(ptr %words, i64 %first)
  br i1 %first.holds, label %others, label %differs
others:
  %start = getelementptr [2 x i64], ptr %words, i64 %first
  %second.holds = call i1 @words_hold(ptr %start, i64 %second)
  br i1 %second.holds, label %next, label %differs
next:
  %index = phi i64 [ 0, %others ], [ %following, %block ]
  %more = icmp ult i64 %index, %count
  br i1 %more, label %block, label %same
block:
  %row = getelementptr [3 x i64], ptr %blocks, i64 %index
  %place = load ptr, ptr %row
  %expected.place = getelementptr i64, ptr %row, i64 1
  %expected = load ptr, ptr %expected.place
  %size.place = getelementptr i64, ptr %row, i64 2
  %size = load i64, ptr %size.place
  %compared = call i32 @"libc.memcmp"(ptr %place, ptr %expected, i64 %size)
  %following = add i64 %index, 1
  %holds = icmp eq i32 %compared, 0
  br i1 %holds, label %next, label %differs
same:
  ret i1 true
differs:
  ret i1 false
}}
"""


def what_it_calls() -> dict[str, str]:
    """Make known what the runtime calls, and return its declarations by name."""
    return python_declarations() | {'@"libc.memcmp"': f'declare i32 @"{libc("memcmp")}"(ptr, ptr, i64)'}


LIBRARY: Final = Library("minitorch", RUNTIME, what_it_calls)


def runtime_declarations() -> dict[str, str]:
    """Return the declarations of what stands above and of Python's C functions, by name."""
    return python_declarations() | LIBRARY.declarations
