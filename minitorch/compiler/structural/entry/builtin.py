"""The entry of structural machine code: a builtin that compares what was read, runs the body and makes results."""

from __future__ import annotations

import ctypes
import functools
import sys
from collections.abc import Sequence
from typing import Final

from minitorch.compiler.guards.memory import MemoryGuards
from minitorch.compiler.structural.basis.kinds import Kind, Tuple
from minitorch.compiler.structural.basis.slots import Slots
from minitorch.compiler.structural.entry.forms import Argument
from minitorch.compiler.structural.entry.results import ObjectMakers, word_count
from minitorch.compiler.structural.passes.call_memory import ADJOINTS, CALLS, CONTEXT_SLOTS, MAX_CALLS
from minitorch.compiler.task import Mode
from minitorch.machine_code.llvm.cpython_layout import TUPLE_SIZE
from minitorch.machine_code.llvm.emitter import Declarations
from minitorch.machine_code.llvm.memory_comparison import comparing
from minitorch.machine_code.llvm.runtime import ITEMS_OFFSET
from minitorch.machine_code.llvm.symbols import define, slot
from minitorch.machine_code.status import ARGUMENTS, MISS, RAISE

__all__ = ["entry_declarations", "entry_text"]

FUNCTIONS: Final = {
    "PyList_New": "ptr (i64)",
    "PyLong_FromLongLong": "ptr (i64)",
    "PyLong_AsLongLongAndOverflow": "i64 (ptr, ptr)",
    "PyTuple_New": "ptr (i64)",
    "PyFloat_FromDouble": "ptr (double)",
    "PyLong_FromDouble": "ptr (double)",
    "Py_IncRef": "void (ptr)",
    "PyErr_CheckSignals": "i32 ()",
    "PyErr_Occurred": "ptr ()",
    "PyGILState_Check": "i32 ()",
    "PyUnicode_Compare": "i32 (ptr, ptr)",
    "PyDict_New": "ptr ()",
    "PyDict_Next": "i32 (ptr, ptr, ptr, ptr)",
    "PyDict_SetItem": "i32 (ptr, ptr, ptr)",
    "PyDict_Size": "i64 (ptr)",
    "PyErr_Clear": "void ()",
    "PyObject_CallNoArgs": "ptr (ptr)",
    "PyObject_CallObject": "ptr (ptr, ptr)",
    "PyObject_GenericGetAttr": "ptr (ptr, ptr)",
    "PyObject_GenericGetDict": "ptr (ptr, ptr)",
    "PyObject_GenericSetAttr": "i32 (ptr, ptr, ptr)",
}
OBJECTS: Final = ("PyList_Type", "PyTuple_Type", "PyLong_Type", "PyFloat_Type", "PyBool_Type", "PyUnicode_Type",
                  "PyDict_Type", "_Py_TrueStruct", "_Py_FalseStruct", "_Py_NoneStruct")  # fmt: skip


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
        kinds: of the result and of the arguments that are differentiated by, in the order of their derivatives, which
            stand in `%outputs`.
        mode: what is computed.
        single: whether that is one derivative and no tuple.
        declarations: gets what it calls, and the slots for the memory of calls and for guards.
        slots: those for objects.
    """

    def __init__(
        self,
        arguments: Sequence[Argument],
        kinds: Sequence[Kind],
        mode: Mode,
        single: bool,
        declarations: Declarations,
        slots: Slots,
    ) -> None:
        self.arguments = arguments
        self.kinds = kinds
        self.mode = mode
        self.derivatives = kinds[-1] if single else Tuple(tuple(kinds[1:]))
        self.declarations = declarations
        declarations |= {"@context": slot("context")}
        self.slots = slots
        self.makers = ObjectMakers(slots)
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

    # -- names of arguments --------------------------------------------------------------------------------------------

    def compare_names(self) -> None:
        """Write the comparison of how many arguments there are, and of the names of those that are given by name."""
        names = [argument.name for argument in self.arguments if argument.name is not None]
        self.only_if(self.name(f"icmp eq i64 %count, {len(self.arguments) - len(names)}"), "other")
        if not names:
            self.only_if(self.name("icmp eq ptr %names, null"), "other")
            return
        self.only_if(self.name("icmp ne ptr %names, null"), "other")
        size = self.name(f"load i64, ptr {self.place('%names', TUPLE_SIZE)}")
        self.only_if(self.name(f"icmp eq i64 {size}, {len(names)}"), "other")
        for index, name in enumerate(names):
            # A name that is equal, but another object, is for the tier below.
            given = self.name(f"load ptr, ptr {self.place('%names', ITEMS_OFFSET + 8 * index)}")
            interned = sys.intern(name)
            known = self.name(f"load ptr, ptr @{self.slots.named(interned, id(interned))}")
            self.only_if(self.name(f"icmp eq ptr {given}, {known}"), "other")

    # -- results -------------------------------------------------------------------------------------------------------

    def made(self, kind: Kind, offset: int, derivative: int = 0) -> str:
        """Write the making of an object of what stands some words behind the first output."""
        adjoints = "null"
        if derivative:
            adjoints = self.name(f"load ptr, ptr {self.place('%context', 8 * ADJOINTS)}")
        function = self.makers.function(kind, derivative)
        return self.checked(f"{function}(ptr {self.place('%outputs', 8 * offset)}, ptr {adjoints})")

    def checked(self, call: str) -> str:
        """Write a call that makes an object."""
        thing = self.name(f"call ptr {call}")
        self.only_if(self.name(f"icmp ne ptr {thing}, null"), "no.memory")
        return thing

    def tuple(self, items: Sequence[str]) -> str:
        """Write the making of a tuple."""
        made = self.checked(f"@PyTuple_New(i64 {len(items)})")
        for index, item in enumerate(items):
            self.line(f"store ptr {item}, ptr {self.place(made, ITEMS_OFFSET + 8 * index)}")
        return made

    def answer(self) -> str:
        """Write the making of what is returned."""
        behind = word_count(self.kinds[0])
        if self.mode is Mode.VALUE:
            return self.made(self.kinds[0], 0)
        if self.mode is Mode.TANGENT:
            return self.tuple([self.made(self.kinds[0], 0), self.made(self.kinds[0], 0, derivative=1)])
        if self.mode is Mode.GRADIENT:
            return self.tuple([self.made(self.kinds[0], 0), self.made(self.derivatives, behind, derivative=1)])
        rows = self.name(f"load ptr, ptr {self.place('%outputs', 8 * sum(map(word_count, self.kinds)))}")
        place = self.place("%outputs", 8 * behind)
        self.line(f"store ptr {place}, ptr {rows}")
        return self.checked(f"{self.makers.rows(self.derivatives)}(ptr {place}, ptr {rows})")

    def text(self, guards: MemoryGuards | None) -> str:
        """Return the entry, with the functions that make objects."""
        compared = "" if guards is None else comparing(self.declarations, guards, "entry")
        self.line("%usual.context = load ptr, ptr @context")
        self.line(f"%outputs = alloca [{1 + sum(map(word_count, self.kinds))} x i64]")
        self.line(f"%spare = alloca [{CONTEXT_SLOTS} x i64]")
        self.compare_names()
        self.line(f"br label %{'compare' if guards is not None else 'read'}")
        self.lines.append(compared)
        self.line("read:")
        calls = self.place("%usual.context", 8 * CALLS)
        more = self.name(f"add i64 {self.name(f'load i64, ptr {calls}')}, 1")
        most = self.name(f"load i64, ptr {self.place('%usual.context', 8 * MAX_CALLS)}")
        self.only_if(self.name(f"icmp sle i64 {more}, {most}"), "unused" if guards is None else "take.over")
        self.line(f"store i64 {more}, ptr {calls}")
        self.line("%context = call ptr @begin(ptr %usual.context, ptr %spare)")
        status = self.name("call i64 @body(ptr %context, ptr %arguments, ptr %outputs)")
        self.only_if(self.name(f"icmp eq i64 {status}, 0"), "finish.left")
        made = self.answer()
        self.line("call void @end(ptr %context, ptr %spare)")
        self.line(f"ret ptr {made}")
        self.lines.append(f"""no.memory:
  call void @end(ptr %context, ptr %spare)
  ret ptr null
finish.left:
  call void @end(ptr %context, ptr %spare)
  %is.other = icmp eq i64 {status}, 2
  br i1 %is.other, label %other, label %left
left:
  %raised = call ptr @PyErr_Occurred()
  %is.raised = icmp ne ptr %raised, null
  br i1 %is.raised, label %raise, label %answer
raise:
  ret ptr null
other:
  br label %answer
{"unused:" if guards is None else "take.over:"}
  br label %answer
answer:
  %why = phi i64 [ {RAISE}, %left ], [ {ARGUMENTS}, %other ], [ {MISS}, %{"unused" if guards is None else "take.over"} ]
  %answer.object = call ptr @minitorch.fallback(ptr %self, i64 %why, i64 0, ptr %arguments, i64 %count, ptr %names)
  ret ptr %answer.object""")
        body = "\n".join(self.lines)
        entry = f"define ptr @entry(ptr %self, ptr %arguments, i64 %count, ptr %names) {{\nentry:\n{body}\n}}\n"
        return "".join(self.makers.texts.values()) + entry


def entry_text(
    arguments: Sequence[Argument],
    kinds: Sequence[Kind],
    mode: Mode,
    single: bool,
    declarations: Declarations,
    slots: Slots,
    guards: MemoryGuards | None,
) -> str:
    """Return the entry as text; arguments as of `EntryWriter`, and what must be as it was."""
    return EntryWriter(arguments, kinds, mode, single, declarations, slots).text(guards)
