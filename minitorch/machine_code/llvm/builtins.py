"""Machine code as a builtin function: what Python calls without a frame of its own.

    builtin_function(…)(0.5, 2.0)      →      floats read, program run, floats made; or `fallback(status, number, …)`

Every call that the program can't answer goes to a Python callable, whose result is the result of the call. So the
builtin may be the function that users hold.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from typing import Any, Final, TypeAlias

from minitorch.machine_code.llvm.emitter import Declarations
from minitorch.machine_code.llvm.engine import Engine, Lease
from minitorch.machine_code.llvm.memory_comparison import MemoryGuardTable, comparing
from minitorch.machine_code.llvm.runtime import FLOAT_OFFSET, ITEMS_OFFSET, TYPE_OFFSET, runtime_declarations
from minitorch.machine_code.llvm.symbols import slot
from minitorch.machine_code.status import ARGUMENTS

__all__ = ["Fallback", "Shape", "builtin_function", "entry_text"]

Shape: TypeAlias = "int | tuple[Shape, ...]"
"""What a call returns: the number of an output for a float, a tuple of such for a tuple."""

Fallback: TypeAlias = Callable[[int, int, tuple[Any, ...], dict[str, Any]], Any]
"""Answers what the program can't: called with the status, the number of the leaf or decision, and the arguments."""


UNROLLED: Final = 8
"""Tuples of more floats are made in a loop, which compiles sooner."""

FASTCALL_WITH_KEYWORDS: Final = 0x0080 | 0x0002

STARTING: Final = """
define ptr @ENTRY(ptr %self, ptr %arguments, i64 %count, ptr %names) {
entry:
  %inputs = alloca [INPUTS x double]
  %outputs = alloca [OUTPUTS x double]
  %as.many = icmp eq i64 %count, INPUTS
  %no.names = icmp eq ptr %names, null
  %plain = and i1 %as.many, %no.names
  br i1 %plain, label %FIRST, label %take.over"""

READING_NUMBERS: Final = """
  %numbers = call i1 @minitorch.read_numbers(ptr %arguments, ptr %inputs, i64 INPUTS)
  br i1 %numbers, label %run, label %take.over"""

RUNNING: Final = f"""
run:
  %code = call i64 @program(ptr %inputs, ptr %outputs)
  %ended = and i64 %code, 3
  %number = lshr i64 %code, 2
  %hit = icmp eq i64 %ended, 0
  br i1 %hit, label %count.it, label %take.over
count.it:
  %counters = load ptr, ptr @counters
  %counter = getelementptr i64, ptr %counters, i64 %number
  %calls = load i64, ptr %counter
  %calls.now = add i64 %calls, 1
  %most.place = load ptr, ptr @most.calls
  %most = load i64, ptr %most.place
  %answers = icmp sle i64 %calls.now, %most
  br i1 %answers, label %make, label %take.over
take.over:
  %why = phi i64 [ %ended, %run ], [ {ARGUMENTS}, %count.it ], [ {ARGUMENTS}, %entry ]REFUSALS
  %where = phi i64 [ %number, %run ], [ 0, %count.it ], [ 0, %entry ]NOWHERE
  %answer = call ptr @minitorch.fallback(ptr %self, i64 %why, i64 %where, ptr %arguments, i64 %count, ptr %names)
  ret ptr %answer
make:
  store i64 %calls.now, ptr %counter
"""


def reading_floats(count: int) -> str:
    """Write what reads arguments that are floats, and no ints; one branch for all compiles sooner than one for each."""
    types, numbers = ["\n  %floats.0 = icmp eq i64 0, 0"], []
    for index in range(count):
        types.append(f"""
  %argument.place.{index} = getelementptr ptr, ptr %arguments, i64 {index}
  %argument.{index} = load ptr, ptr %argument.place.{index}
  %type.place.{index} = getelementptr i8, ptr %argument.{index}, i64 {TYPE_OFFSET}
  %type.{index} = load ptr, ptr %type.place.{index}
  %is.float.{index} = icmp eq ptr %type.{index}, @PyFloat_Type
  %floats.{index + 1} = and i1 %floats.{index}, %is.float.{index}""")
        numbers.append(f"""
  %given.place.{index} = getelementptr i8, ptr %argument.{index}, i64 {FLOAT_OFFSET}
  %given.{index} = load double, ptr %given.place.{index}
  %input.{index} = getelementptr double, ptr %inputs, i64 {index}
  store double %given.{index}, ptr %input.{index}""")
    branch = f"\n  br i1 %floats.{count}, label %take, label %take.over\ntake:"
    return "".join([*types, branch, *numbers, "\n  br label %run"])


class ResultWriter:
    """Writes what makes the Python objects of a result.

    Args:
        declarations: gets what it calls.
        entry: the name of the function, which its constants begin with.
    """

    def __init__(self, declarations: Declarations, entry: str) -> None:
        self.declarations = declarations
        self.entry = entry
        self.lines: list[str] = []
        self.objects: Iterator[int] = iter(range(1 << 62))

    def checked(self, call: str, outermost: str | None) -> str:
        """Write a call that makes an object, and what happens where there is no memory for it."""
        number = next(self.objects)
        give_up = f"call void @Py_DecRef(ptr {outermost})" if outermost else ""
        self.lines.append(f"""
  %object{number} = call ptr {call}
  %none{number} = icmp eq ptr %object{number}, null
  br i1 %none{number}, label %no.memory{number}, label %made{number}
no.memory{number}:
  {give_up}
  ret ptr null
made{number}:""")
        return f"%object{number}"

    def made(self, shape: Shape, outermost: str | None = None) -> str:
        """Write what makes an object, and return its name.

        Args:
            shape: of what it is made.
            outermost: the tuple that is freed, and all in it, where there is no memory.
        """
        number = next(self.objects)
        if isinstance(shape, int):
            self.lines.append(f"""
  %output{number} = getelementptr double, ptr %outputs, i64 {shape}
  %float{number} = load double, ptr %output{number}""")
            return self.checked(f"@PyFloat_FromDouble(double %float{number})", outermost)
        if len(shape) > UNROLLED and all(isinstance(item, int) for item in shape):
            numbers = f"@{self.entry}.numbers{number}"
            values = ", ".join(f"i64 {item}" for item in shape)
            self.declarations[numbers] = f"{numbers} = internal constant [{len(shape)} x i64] [{values}]"
            call = f"@minitorch.tuple_of_floats(ptr %outputs, ptr {numbers}, i64 {len(shape)})"
            return self.checked(call, outermost)
        items = self.checked(f"@PyTuple_New(i64 {len(shape)})", outermost)
        for index, item in enumerate(shape):
            made = self.made(item, outermost or items)
            place = f"%item{number}.{index}"
            offset = ITEMS_OFFSET + index * ctypes.sizeof(ctypes.c_void_p)
            self.lines.append(f"""
  {place} = getelementptr i8, ptr {items}, i64 {offset}
  store ptr {made}, ptr {place}""")
        return items


def entry_text(
    declarations: Declarations,
    inputs: int,
    outputs: int,
    shape: Shape,
    floats_only: bool = False,
    memory_guards: MemoryGuardTable | None = None,
    entry: str = "entry",
) -> str:
    """Return the C function of a builtin as text, to stand beside the text of `@program`.

    Args:
        declarations: gets what it calls, and the slots `counters` for a counter of calls per leaf, and `most.calls` for
            how many calls of a leaf it answers.
        inputs: how many floats a call takes.
        outputs: how many the program gives.
        shape: what a call returns.
        floats_only: whether ints are left to what takes over.
        memory_guards: what must be in memory as it was; the fallback answers where it is not.
        entry: the function's name.
    """
    declarations.update(runtime_declarations())
    declarations |= {"@counters": slot("counters"), "@most.calls": slot("most.calls")}
    writer = ResultWriter(declarations, entry)
    result = writer.made(shape)
    reading = reading_floats(inputs) if floats_only else READING_NUMBERS
    compared = "" if memory_guards is None else comparing(declarations, memory_guards, entry)
    refusing = ["read"] if memory_guards is None else ["compare", "read"]
    meanings = {
        "ENTRY": entry, "FIRST": "read" if memory_guards is None else "compare",
        "INPUTS": inputs, "OUTPUTS": outputs,
        "REFUSALS": "".join(f", [ {ARGUMENTS}, %{block} ]" for block in refusing),
        "NOWHERE": "".join(f", [ 0, %{block} ]" for block in refusing),
    }  # fmt: skip
    start = f"{STARTING}{compared}\nread:{reading}{RUNNING}"
    for word, meaning in meanings.items():
        start = start.replace(word, str(meaning))
    return f"{start}{''.join(writer.lines)}\n  ret ptr {result}\n}}\n"


class MethodDefinition(ctypes.Structure):
    """C's PyMethodDef."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("function", ctypes.c_void_p),
        ("flags", ctypes.c_int),
        ("documentation", ctypes.c_char_p),
    )


class FallbackCall:
    """What a builtin calls where its program has no answer; it is the builtin's `__self__`.

    Args:
        fallback: what answers.
    """

    __slots__ = ("fallback",)

    def __init__(self, fallback: Fallback) -> None:
        self.fallback = fallback

    def __call__(self, status: int, number: int, names: tuple[str, ...] | None, *arguments: Any) -> Any:
        if names is None:
            return self.fallback(status, number, arguments, {})
        positional = len(arguments) - len(names)
        keywords = dict(zip(names, arguments[positional:], strict=True))
        return self.fallback(status, number, arguments[:positional], keywords)


def builtin_function(
    engine: Engine, name: str, lease: Lease, documentation: str, fallback: Fallback, entry: str = "entry"
) -> Any:
    """Return the builtin of an engine; the engine lives as long as some builtin with its lease does.

    Args:
        engine: the machine code.
        name: the builtin's `__name__`.
        lease: the engine's, which is the builtin's `__module__`.
        documentation: its `__doc__`.
        fallback: answers what the program can't.
        entry: the name of its function in the engine.
    """
    definition = MethodDefinition(name.encode(), engine.address(entry), FASTCALL_WITH_KEYWORDS, documentation.encode())
    engine.keeps.append(definition)
    make = ctypes.pythonapi.PyCFunction_NewEx
    make.restype = ctypes.py_object
    make.argtypes = (ctypes.c_void_p, ctypes.py_object, ctypes.py_object)
    # Of all that a builtin holds its module is what it lets go last.
    return make(ctypes.addressof(definition), FallbackCall(fallback), lease)
