"""From a function and the kinds of its arguments to machine code."""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import FunctionType
from typing import Any, Final

from minitorch.compiler.structural.kinds import (
    COUNTER,
    INT,
    Bool,
    Float,
    Int,
    Kind,
    List,
    Static,
    Tuple,
    Value,
    described,
    fields_of,
)
from minitorch.compiler.structural.lists import LIST_RUNTIME
from minitorch.compiler.structural.memory import Memory
from minitorch.compiler.structural.reads import Reads
from minitorch.compiler.structural.refusals import Refused, Unreached
from minitorch.compiler.structural.statements import Statements, definition_node
from minitorch.compiler.structural.tape import CONTEXT_SLOTS, RUNTIME, SUM_RUNTIME
from minitorch.compiler.structural.walk import COUNT, Frame
from minitorch.machine_code.llvm.engine import Engine
from minitorch.machine_code.llvm.symbols import define

__all__ = ["Argument", "Program", "compiled"]

MAX_WALKS: Final = 60
MAX_KEPT_EDGES: Final = 1 << 16
"""A tape of more edges is given back after the call."""

ENTRY: Final = f"""
; Run, with what memory the context has, and give back what the call took.
define i64 @call(ptr %context, ptr %inputs, ptr %outputs, ptr %gradient) {{
  %count.place = getelementptr i64, ptr %context, i64 6
  store i64 0, ptr %count.place
  %status = call i64 @body(ptr %context, ptr %inputs, ptr %outputs, ptr %gradient)
  %free.place = getelementptr i64, ptr %context, i64 2
  %end.place = getelementptr i64, ptr %context, i64 3
  %chunks.place = getelementptr i64, ptr %context, i64 4
  store ptr null, ptr %free.place
  store ptr null, ptr %end.place
  %chunks = load ptr, ptr %chunks.place
  store ptr null, ptr %chunks.place
  br label %next
next:
  %chunk = phi ptr [ %chunks, %0 ], [ %following, %drop ]
  %none = icmp eq ptr %chunk, null
  br i1 %none, label %trim, label %drop
drop:
  %following = load ptr, ptr %chunk
  call void @"libc.free"(ptr %chunk)
  br label %next
trim:
  %room.place = getelementptr i64, ptr %context, i64 1
  %room = load i64, ptr %room.place
  %large = icmp ugt i64 %room, {MAX_KEPT_EDGES}
  br i1 %large, label %give, label %done
give:
  %tape = load ptr, ptr %context
  call void @"libc.free"(ptr %tape)
  store ptr null, ptr %context
  store i64 0, ptr %room.place
  %adjoints.place = getelementptr i64, ptr %context, i64 8
  %adjoint.room.place = getelementptr i64, ptr %context, i64 9
  %adjoints = load ptr, ptr %adjoints.place
  call void @"libc.free"(ptr %adjoints)
  store ptr null, ptr %adjoints.place
  store i64 0, ptr %adjoint.room.place
  br label %done
done:
  ret i64 %status
}}

; Give all memory of a context back.
define void @close(ptr %context) {{
  %ties.place = getelementptr i64, ptr %context, i64 5
  %adjoints.place = getelementptr i64, ptr %context, i64 8
  %tape = load ptr, ptr %context
  %ties = load ptr, ptr %ties.place
  %adjoints = load ptr, ptr %adjoints.place
  call void @"libc.free"(ptr %tape)
  call void @"libc.free"(ptr %ties)
  call void @"libc.free"(ptr %adjoints)
  ret void
}}
"""


@dataclass(frozen=True)
class Argument:
    """What an argument is.

    Args:
        kind: "float", "int", "bool" or "list" (of floats).
        active: whether it is differentiated by.
    """

    kind: str
    active: bool


@dataclass
class Program:
    """Machine code of a function for arguments of some kinds.

    Attributes:
        engine: holds it.
        text: it in LLVM's assembly language.
        result: the kind of its result.
        reads: what it has read.
        walks: how many walks it took.
    """

    engine: Engine
    text: str = field(repr=False)
    result: Kind
    reads: Reads
    walks: int

    def __post_init__(self) -> None:
        pointers = [ctypes.c_void_p] * 4
        self.run = ctypes.PYFUNCTYPE(ctypes.c_int64, *pointers)(self.engine.address("call"))
        self.close = ctypes.PYFUNCTYPE(None, ctypes.c_void_p)(self.engine.address("close"))
        self.contexts: list[Any] = []

    def context(self) -> Any:
        """Return the context for a call."""
        return self.contexts.pop() if self.contexts else (ctypes.c_int64 * CONTEXT_SLOTS)()


@functools.cache
def libc_functions() -> None:
    """Make what the runtime calls known to LLVM."""
    library = ctypes.CDLL(None)
    for name in ("malloc", "realloc", "free"):
        address = ctypes.cast(getattr(library, name), ctypes.c_void_p).value
        assert address is not None
        define(f"libc.{name}", address)


def compiled(function: FunctionType, arguments: Sequence[Argument], with_gradient: bool) -> Program:
    """Return machine code of a function.

    Args:
        function: a plain Python function.
        arguments: what it is called with, by position.
        with_gradient: whether to give the derivatives by the active arguments, too.

    Raises:
        Refused: it does what has no structural machine code.
    """
    node = definition_node(function)
    memory = Memory()
    for walks in range(1, MAX_WALKS):
        memory.is_changed = memory.is_incomplete = False
        reads = Reads()
        try:
            walk, result = walked(function, node, arguments, with_gradient, memory, reads)
        except Refused:
            if memory.is_changed:
                continue
            raise
        if not memory.is_changed:
            break
    else:
        raise Refused("the kinds of its variables do not settle")
    if memory.is_incomplete:
        raise Refused("an element of a list that is always empty, or a variable that has no value")
    if walk.orders and walk.equates:
        raise Refused("`max` or `min` of numbers that are also asked whether they are equal")
    libc_functions()
    body = walk.writer.text()
    own = f"define internal i64 @body(ptr %context, ptr %inputs, ptr %outputs, ptr %gradient) {{\n{body}\n}}\n"
    known = "".join((RUNTIME, SUM_RUNTIME, LIST_RUNTIME))
    declared = [
        text for name, text in walk.writer.declarations.items() if f"declare " not in text or f"{name}(" not in known
    ]
    text = "\n".join([*declared, known, own, ENTRY, '!0 = !{!"branch_weights", i32 1, i32 1000}\n'])
    engine = Engine(text, optimised=True)
    engine.keeps += reads.keeps
    return Program(engine, text, result.kind, reads, walks)


def walked(
    function: FunctionType,
    node: Any,
    arguments: Sequence[Argument],
    with_gradient: bool,
    memory: Memory,
    reads: Reads,
) -> tuple[Statements, Value]:
    """Walk over a function once; return the walk and the result."""
    walk = Statements(memory, reads)
    walk.local_functions = {}
    writer = walk.writer
    writer.start("entry")
    outer = Frame({}, frozenset(), function)
    walk.frames.append(outer)
    total = writer.load("i64", "%inputs")
    walk.env[COUNT] = Value(COUNTER, (writer.effect(f"trunc i64 {total} to i32"),))
    values = [argument_value(walk, index, each) for index, each in enumerate(arguments)]
    try:
        result = walk.call(function, values, {})
    except Unreached:
        raise Refused("a function that no call is known to return from") from None
    write_result(walk, result, with_gradient, total)
    writer.label("leave")
    writer.line("ret i64 1")
    return walk, result


def argument_value(walk: Statements, index: int, argument: Argument) -> Value:
    """Write the reading of an argument: three words, of a list the length, the first node and where it is."""
    writer = walk.writer
    words = [writer.effect(f"getelementptr i64, ptr %inputs, i64 {1 + 3 * index + offset}") for offset in range(3)]
    if argument.kind == "int":
        return Value(INT, (writer.load("i64", words[0]),))
    if argument.kind == "bool":
        return Value(Bool(), (writer.effect(f"trunc i64 {writer.load('i64', words[0])} to i1"),))
    first = writer.effect(f"trunc i64 {writer.load('i64', words[1])} to i32")
    if argument.kind == "float":
        double = writer.load("double", words[0])
        return Value(Float(argument.active), (double, first) if argument.active else (double,))
    length, data = writer.load("i64", words[0]), writer.load("ptr", words[2])
    site = memory_site(walk, index, argument)
    made = walk.new_list(site, length)

    def copy(turn: str) -> None:
        double = writer.load("double", writer.effect(f"getelementptr double, ptr {data}, i64 {turn}"))
        node = writer.effect(f"add i32 {first}, {writer.effect(f'trunc i64 {turn} to i32')}")
        walk.put(made, turn, Value(Float(argument.active), (double, node) if argument.active else (double,)))

    walk.loop(("argument", index), [], lambda turn: walk.less(turn, length), copy)
    return made


def memory_site(walk: Statements, index: int, argument: Argument) -> Any:
    """Return what is known of a list that is an argument."""
    site = walk.memory.site(("argument", index))
    walk.memory.widen(site, Float(argument.active))
    site = site.root()
    site.outside = True
    walk.memory.check(site)
    return site


def write_result(walk: Statements, result: Value, with_gradient: bool, total: str) -> None:
    """Write what becomes of the result."""
    writer = walk.writer
    kind = result.kind
    if with_gradient and not (isinstance(kind, Float) and kind.active):
        raise Refused(f"its result is {described(kind)} that does not depend on what it is differentiated by")
    for offset, item in enumerate(leaves(walk, result)):
        if isinstance(item.kind, Float) and item.kind.whole and not item.kind.active:
            number = item.parts[0]
            writer.fails(writer.compare("oeq", number, writer.intrinsic("trunc", number)))
        if fields_of(item.kind):
            place = writer.effect(f"getelementptr i64, ptr %outputs, i64 {offset}")
            field, part = fields_of(item.kind)[0], item.parts[0]
            if field == "i1":
                field, part = "i64", writer.effect(f"zext i1 {part} to i64")
            writer.store(field, part, place)
    if with_gradient:
        output, last = result.parts[1], walk.count().parts[0]
        walk.require(writer.effect(f"icmp ne i32 {output}, 0"))
        inputs = writer.effect(f"trunc i64 {total} to i32")
        special = writer.effect(f"call i1 @special(ptr %context, i32 {inputs}, i32 {last})")
        walk.require(writer.effect(f"xor i1 {special}, true"))
        arguments = f"ptr %context, i32 {inputs}, i32 {last}, i32 {output}, ptr %gradient"
        walk.require(writer.effect(f"call i1 @reverse({arguments})"))
    writer.check()
    writer.line("ret i64 0")


def leaves(walk: Statements, value: Value) -> list[Value]:
    """Return the numbers of a result."""
    if isinstance(value.kind, Tuple):
        return [leaf for item in walk.items_of(value) for leaf in leaves(walk, item)]
    if isinstance(value.kind, (Float, Int, Bool)) or (isinstance(value.kind, Static) and value.kind.object is None):
        return [value]
    if isinstance(value.kind, List):
        raise Refused("its result is a list")
    raise Refused(f"its result is {described(value.kind)}")
