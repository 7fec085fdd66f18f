"""The entry of structural machine code: a builtin that reads Python's objects, runs the body and makes the results."""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from minitorch.compiler.guards.memory import MemoryGuards
from minitorch.compiler.structural.call_memory import ADJOINTS, CALLS, CONTEXT_SLOTS
from minitorch.compiler.structural.kinds import Bool, Float, Int, Kind, Static, Tuple
from minitorch.machine_code.llvm.cpython_layout import LIST_ITEMS, LIST_SIZE
from minitorch.machine_code.llvm.memory_comparison import comparing
from minitorch.machine_code.llvm.runtime import FLOAT_OFFSET, ITEMS_OFFSET, TYPE_OFFSET
from minitorch.machine_code.llvm.symbols import define
from minitorch.machine_code.status import ARGUMENTS, MISS, RAISE

__all__ = ["LIST_OF_FLOATS", "Argument", "entry_declarations", "entry_text", "leaf_count"]

FUNCTIONS: Final = {
    "PyList_New": "ptr (i64)",
    "PyLong_FromLongLong": "ptr (i64)",
    "PyLong_AsLongLongAndOverflow": "i64 (ptr, ptr)",
    "PyTuple_New": "ptr (i64)",
    "PyFloat_FromDouble": "ptr (double)",
    "Py_IncRef": "void (ptr)",
}
OBJECTS: Final = ("PyList_Type", "PyLong_Type", "PyFloat_Type", "PyBool_Type", "_Py_TrueStruct", "_Py_FalseStruct",
                  "_Py_NoneStruct")  # fmt: skip


@dataclass(frozen=True)
class Argument:
    """What an argument is.

    Args:
        kind: "float", "int", "bool" or "list" (of floats).
        active: whether it is differentiated by.
    """

    kind: str
    active: bool


@functools.cache
def entry_declarations() -> dict[str, str]:
    """Make what entries call known to LLVM, and return its declarations by name."""
    lines = {}
    for name, kind in FUNCTIONS.items():
        address = ctypes.cast(getattr(ctypes.pythonapi, name), ctypes.c_void_p).value
        assert address is not None
        define(name, address)
        lines[f"@{name}"] = f"declare {kind.replace('(', f'@{name}(')}"
    for name in OBJECTS:
        define(name, ctypes.addressof(ctypes.c_char.in_dll(ctypes.pythonapi, name)))
        lines[f"@{name}"] = f"@{name} = external global i8"
    return lines


class EntryWriter:
    """Writes an entry.

    Args:
        arguments: what it is called with.
        result: the kind of the result.
        groups: the positions whose derivatives are returned, in the order of the arguments; `None` for none.
        single: whether that is one derivative and no tuple.
        context: the address of the memory of calls, but of those that begin while another one goes on.
    """

    def __init__(
        self, arguments: Sequence[Argument], result: Kind, groups: Sequence[int] | None, single: bool, context: int
    ) -> None:
        self.arguments = arguments
        self.result = result
        self.groups = groups
        self.single = single
        self.usual_context = f"inttoptr (i64 {context} to ptr)"
        self.lines: list[str] = []
        self.count = 0

    def line(self, text: str) -> None:
        """Write an instruction or a label."""
        self.lines.append(text if text.endswith(":") else f"  {text}")

    def name(self, text: str) -> str:
        """Write an instruction that gives a value."""
        self.count += 1
        self.line(f"%e{self.count} = {text}")
        return f"%e{self.count}"

    def place(self, base: str, offset: int) -> str:
        """Return a place some bytes behind another."""
        return self.name(f"getelementptr i8, ptr {base}, i64 {offset}")

    def only_if(self, condition: str, otherwise: str) -> None:
        """Go on only if a condition is true."""
        self.count += 1
        self.line(f"br i1 {condition}, label %go{self.count}, label %{otherwise}")
        self.line(f"go{self.count}:")

    # -- arguments -----------------------------------------------------------------------------------------------------

    def read(self) -> None:
        """Write the reading of all arguments: three words each, behind the number of inputs."""
        node = "1"
        for index, argument in enumerate(self.arguments):
            thing = self.name(f"load ptr, ptr {self.place('%arguments', 8 * index)}")
            kind = self.name(f"load ptr, ptr {self.place(thing, TYPE_OFFSET)}")
            names = {"float": "PyFloat_Type", "int": "PyLong_Type", "bool": "PyBool_Type", "list": "PyList_Type"}
            self.only_if(self.name(f"icmp eq ptr {kind}, @{names[argument.kind]}"), "other")
            words = [self.place("%inputs", 8 + 24 * index + 8 * offset) for offset in range(3)]
            self.line(f"store i64 {node}, ptr {words[1]}")
            if argument.kind == "float":
                double = self.name(f"load double, ptr {self.place(thing, FLOAT_OFFSET)}")
                self.line(f"store double {double}, ptr {words[0]}")
                size = "1"
            elif argument.kind == "bool":
                truth = self.name(f"icmp eq ptr {thing}, @_Py_TrueStruct")
                self.line(f"store i64 {self.name(f'zext i1 {truth} to i64')}, ptr {words[0]}")
            elif argument.kind == "int":
                number = self.name(f"call i64 @PyLong_AsLongLongAndOverflow(ptr {thing}, ptr %overflow)")
                overflow = self.name("load i32, ptr %overflow")
                self.only_if(self.name(f"icmp eq i32 {overflow}, 0"), "left")
                self.line(f"store i64 {number}, ptr {words[0]}")
            else:
                size = self.name(f"load i64, ptr {self.place(thing, LIST_SIZE)}")
                items = self.name(f"load ptr, ptr {self.place(thing, LIST_ITEMS)}")
                self.line(f"store i64 {size}, ptr {words[0]}")
                self.line(f"store ptr {items}, ptr {words[2]}")
            if argument.active:
                node = self.name(f"add i64 {node}, {size}")
        self.line(f"store i64 {self.name(f'sub i64 {node}, 1')}, ptr %inputs")

    # -- results -------------------------------------------------------------------------------------------------------

    def made(self, call: str) -> str:
        """Write the making of an object."""
        thing = self.name(f"call ptr {call}")
        self.only_if(self.name(f"icmp ne ptr {thing}, null"), "no.memory")
        return thing

    def shared(self, thing: str) -> str:
        """Write another reference to an object."""
        self.line(f"call void @Py_IncRef(ptr {thing})")
        return thing

    def leaf(self, kind: Kind, place: str) -> str:
        """Write the making of a number."""
        if isinstance(kind, Static):
            return self.shared("@_Py_NoneStruct")
        if isinstance(kind, Float):
            return self.made(f"@PyFloat_FromDouble(double {self.name(f'load double, ptr {place}')})")
        number = self.name(f"load i64, ptr {place}")
        if isinstance(kind, Int):
            return self.made(f"@PyLong_FromLongLong(i64 {number})")
        assert isinstance(kind, Bool)
        truth = self.name(f"icmp ne i64 {number}, 0")
        return self.shared(self.name(f"select i1 {truth}, ptr @_Py_TrueStruct, ptr @_Py_FalseStruct"))

    def value(self, kind: Kind, offset: int) -> str:
        """Write the making of a result."""
        if not isinstance(kind, Tuple):
            return self.leaf(kind, self.place("%outputs", 8 * offset))
        items = []
        for each in kind.items:
            items.append(self.value(each, offset))
            offset += leaf_count(each)
        return self.tuple(items)

    def tuple(self, items: Sequence[str]) -> str:
        """Write the making of a tuple."""
        made = self.made(f"@PyTuple_New(i64 {len(items)})")
        for index, item in enumerate(items):
            self.line(f"store ptr {item}, ptr {self.place(made, ITEMS_OFFSET + 8 * index)}")
        return made

    def derivatives(self) -> str:
        """Write the making of the derivatives."""
        assert self.groups is not None
        adjoints = self.name(f"load ptr, ptr {self.place('%context', 8 * ADJOINTS)}")
        made = {}
        for index, argument in enumerate(self.arguments):
            if not argument.active:
                continue
            words = [self.place("%inputs", 8 + 24 * index + 8 * offset) for offset in range(2)]
            node = self.name(f"load i64, ptr {words[1]}")
            start = self.name(f"getelementptr double, ptr {adjoints}, i64 {node}")
            if argument.kind == "float":
                made[index] = self.leaf(Float(False), start)
                continue
            size = self.name(f"load i64, ptr {words[0]}")
            made[index] = self.made(f"@list_of_floats(ptr {start}, i64 {size})")
        ordered = [made[index] for index in self.groups]
        return ordered[0] if self.single else self.tuple(ordered)

    def text(self, guards: MemoryGuards | None) -> str:
        """Return the entry."""
        compared, refusals = comparing(guards) if guards is not None else ("", [])
        self.line(f"%inputs = alloca [{1 + 3 * len(self.arguments)} x i64]")
        self.line(f"%outputs = alloca [{1 + leaf_count(self.result)} x i64]")
        self.line("%overflow = alloca i32")
        self.line(f"%as.many = icmp eq i64 %count, {len(self.arguments)}")
        self.line("%no.names = icmp eq ptr %names, null")
        self.line(f"%spare = alloca [{CONTEXT_SLOTS} x i64]")
        self.only_if(self.name("and i1 %as.many, %no.names"), "other")
        self.line(f"br label %{'compare.0' if guards is not None else 'read'}")
        self.lines.append(compared)
        self.line("read:")
        self.read()
        calls = self.place(self.usual_context, 8 * CALLS)
        more = self.name(f"add i64 {self.name(f'load i64, ptr {calls}')}, 1")
        self.line(f"store i64 {more}, ptr {calls}")
        self.line(f"%context = call ptr @begin(ptr {self.usual_context}, ptr %spare)")
        status = self.name("call i64 @body(ptr %context, ptr %inputs, ptr %outputs)")
        self.only_if(self.name(f"icmp eq i64 {status}, 0"), "finish.left")
        made = self.value(self.result, 0)
        if self.groups is not None:
            made = self.tuple([made, self.derivatives()])
        self.line("call void @end(ptr %context, ptr %spare)")
        self.line(f"ret ptr {made}")
        self.lines.append(f"""no.memory:
  call void @end(ptr %context, ptr %spare)
  ret ptr null
finish.left:
  call void @end(ptr %context, ptr %spare)
  br label %left
left:
  br label %answer
other:
  br label %answer
{"take.over:" if refusals else "unused:"}
  br label %answer
answer:
  %why = phi i64 [ {RAISE}, %left ], [ {ARGUMENTS}, %other ], [ {MISS}, %{"take.over" if refusals else "unused"} ]
  %answer.object = call ptr @minitorch.fallback(ptr %self, i64 %why, i64 0, ptr %arguments, i64 %count, ptr %names)
  ret ptr %answer.object""")
        body = "\n".join(self.lines)
        return f"define ptr @entry(ptr %self, ptr %arguments, i64 %count, ptr %names) {{\nentry:\n{body}\n}}\n"


LIST_OF_FLOATS: Final = f"""
; A new list of floats; null where memory is short.
define internal ptr @list_of_floats(ptr %numbers, i64 %count) {{
  %list = call ptr @PyList_New(i64 %count)
  %none = icmp eq ptr %list, null
  br i1 %none, label %done, label %begin
begin:
  %items.place = getelementptr i8, ptr %list, i64 {LIST_ITEMS}
  %items = load ptr, ptr %items.place
  br label %next
next:
  %index = phi i64 [ 0, %begin ], [ %following, %made ]
  %more = icmp slt i64 %index, %count
  br i1 %more, label %make, label %done
make:
  %number.place = getelementptr double, ptr %numbers, i64 %index
  %number = load double, ptr %number.place
  %float = call ptr @PyFloat_FromDouble(double %number)
  %no.float = icmp eq ptr %float, null
  br i1 %no.float, label %short, label %made
made:
  %item = getelementptr ptr, ptr %items, i64 %index
  store ptr %float, ptr %item
  %following = add i64 %index, 1
  br label %next
short:
  call void @Py_DecRef(ptr %list)
  br label %done
done:
  %result = phi ptr [ %list, %0 ], [ %list, %next ], [ null, %short ]
  ret ptr %result
}}
"""


def leaf_count(kind: Kind) -> int:
    """Return how many numbers a result has."""
    return sum(map(leaf_count, kind.items)) if isinstance(kind, Tuple) else 1


def entry_text(
    arguments: Sequence[Argument],
    result: Kind,
    groups: Sequence[int] | None,
    single: bool,
    context: int,
    guards: MemoryGuards | None,
) -> str:
    """Return the entry as text; arguments as of `EntryWriter`, and what must be as it was."""
    return EntryWriter(arguments, result, groups, single, context).text(guards)
