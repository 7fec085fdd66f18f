"""From a function and the kinds of its arguments to machine code."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import FunctionType
from typing import Any, Final

from minitorch.compiler.guards.memory import MemoryGuards
from minitorch.compiler.structural.call_memory import CALLS, CallMemory
from minitorch.compiler.structural.entry import Argument, entry_declarations, entry_text
from minitorch.compiler.structural.frames import COUNT, Frame
from minitorch.compiler.structural.functions import definition_node
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
from minitorch.compiler.structural.memory import Memory
from minitorch.compiler.structural.reads import Reads
from minitorch.compiler.structural.refusals import Refused, Unreached
from minitorch.compiler.structural.runtime import linked_to_runtime
from minitorch.compiler.structural.statements import Statements
from minitorch.machine_code.llvm.builtins import Fallback, builtin_function
from minitorch.machine_code.llvm.engine import Engine, Lease
from minitorch.machine_code.llvm.runtime import FLOAT_OFFSET, TYPE_OFFSET, runtime_declarations

__all__ = ["Program", "Settled", "compiled", "settle"]

MAX_WALKS: Final = 60
"""A function whose kinds have not settled by then is not compiled."""

BRANCH_WEIGHTS: Final = '!0 = !{!"branch_weights", i32 1, i32 1000}\n'
"""Of branches that are rarely taken."""


@dataclass
class Program:
    """Machine code of a function for arguments of some kinds.

    Attributes:
        builtin: what to call.
        text: it in LLVM's assembly language.
        result: the kind of its result.
        reads: what it has read.
        guards: what it compares of that.
        walks: how many walks it took.
        memory_of_calls: what its calls use.
    """

    builtin: Any
    text: str = field(repr=False)
    result: Kind
    reads: Reads = field(repr=False)
    guards: MemoryGuards | None = field(repr=False)
    walks: int
    memory_of_calls: CallMemory = field(repr=False)

    @property
    def calls(self) -> int:
        """How many calls it has been entered by."""
        return int(self.memory_of_calls.words[CALLS])


def compiled(
    function: FunctionType,
    arguments: Sequence[Argument],
    groups: Sequence[int] | None,
    single: bool,
    fallback: Fallback,
) -> Program:
    """Return machine code of a function.

    Args:
        function: a plain Python function.
        arguments: what it is called with, by position.
        groups: the positions whose derivatives are returned, in the order of the arguments; `None` for the value alone.
        single: whether that is one derivative and no tuple.
        fallback: answers the calls that it can't.

    Raises:
        Refused: it does what has no structural machine code.
    """
    settled = settle(function, arguments, groups is not None)
    walk, result, reads = settled.walk, settled.result, settled.walk.reads
    guards = reads.guards()
    memory_of_calls = CallMemory()
    body = walk.writer.text()
    own = f"define internal i64 @body(ptr %context, ptr %inputs, ptr %outputs) {{\n{body}\n}}\n"
    entry = entry_text(arguments, result.kind, groups, single, memory_of_calls.address, guards)
    declared = runtime_declarations() | entry_declarations() | walk.writer.declarations
    text = linked_to_runtime("\n".join([*declared.values(), *walk.written.texts(), own, entry, BRANCH_WEIGHTS]))
    engine = Engine(text, verified=True)
    engine.keeps += [walk.memory.layouts, guards, memory_of_calls]
    lease = Lease(function.__module__ or "minitorch", engine)
    builtin = builtin_function(engine, function.__name__, lease, "", fallback)
    return Program(builtin, text, result.kind, reads, guards, settled.walks, memory_of_calls)


@dataclass
class Settled:
    """A walk that found nothing new.

    Args:
        node: the function's definition.
        walk: it.
        result: what the function returns.
        walks: how many walks there were.
    """

    node: ast.FunctionDef | ast.Lambda
    walk: Statements
    result: Value
    walks: int


def settle(function: FunctionType, arguments: Sequence[Argument], with_gradient: bool) -> Settled:
    """Walk over a function until nothing new is found.

    Args:
        function: a plain Python function.
        arguments: what it is called with, by position.
        with_gradient: whether derivatives are wanted.

    Raises:
        Refused: it does what has no structural machine code.
    """
    node = definition_node(function)
    memory = Memory()
    for walks in range(1, MAX_WALKS + 1):
        memory.is_changed = False
        try:
            walk, result = walked(function, node, arguments, with_gradient, memory, Reads())
        except Refused:
            if memory.is_changed:
                continue
            raise
        if memory.is_changed:
            continue
        if walk.orders and walk.equates:
            raise Refused("`max` or `min` of numbers that are also asked whether they are equal")
        return Settled(node, walk, result, walks)
    raise Refused("the kinds of its variables do not settle")


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
    walk.local_functions, walk.catchers, walk.handled = {}, [], []
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
    writer.leave_where_abandoned("leave")
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
        thing = writer.load("ptr", writer.effect(f"getelementptr ptr, ptr {data}, i64 {turn}"))
        kind = writer.load("ptr", writer.effect(f"getelementptr i8, ptr {thing}, i64 {TYPE_OFFSET}"))
        walk.require(writer.effect(f"icmp eq ptr {kind}, @PyFloat_Type"))
        double = writer.load("double", writer.effect(f"getelementptr i8, ptr {thing}, i64 {FLOAT_OFFSET}"))
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
        arguments = f"ptr %context, i32 {inputs}, i32 {last}, i32 {output}"
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
