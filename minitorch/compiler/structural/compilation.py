"""From a function and the kinds of its arguments to machine code."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import FunctionType
from typing import Any, Final

from minitorch.compiler.guards.memory import MemoryGuards
from minitorch.compiler.structural.arguments import OTHER_ARGUMENTS, Argument, read_arguments
from minitorch.compiler.structural.call_memory import CALLS, CallMemory
from minitorch.compiler.structural.entry import entry_declarations, entry_text
from minitorch.compiler.structural.frames import Frame
from minitorch.compiler.structural.functions import definition_node
from minitorch.compiler.structural.kinds import (
    Float,
    Kind,
    Value,
    described,
)
from minitorch.compiler.structural.memory import Memory
from minitorch.compiler.structural.reads import Reads
from minitorch.compiler.structural.refusals import Refused, Unreached
from minitorch.compiler.structural.results import store_result, word_count
from minitorch.compiler.structural.runtime import linked_to_runtime
from minitorch.compiler.structural.statements import Statements
from minitorch.machine_code.llvm.builtins import Fallback, builtin_function
from minitorch.machine_code.llvm.engine import Engine, Lease
from minitorch.machine_code.llvm.runtime import runtime_declarations

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
    walk, reads = settled.walk, settled.walk.reads
    kinds = [value.kind for value in (settled.result, *settled.active)]
    guards = reads.guards()
    memory_of_calls = CallMemory()
    body = walk.writer.text()
    own = f"define internal i64 @body(ptr %context, ptr %arguments, ptr %outputs) {{\n{body}\n}}\n"
    entry = entry_text(arguments, kinds, groups, single, memory_of_calls.address, guards)
    declared = runtime_declarations() | entry_declarations() | walk.writer.declarations
    text = linked_to_runtime("\n".join([*declared.values(), *walk.written.texts(), own, entry, BRANCH_WEIGHTS]))
    engine = Engine(text, verified=True)
    engine.keeps += [walk.memory.layouts, walk.memory.kept, guards, memory_of_calls]
    lease = Lease(function.__module__ or "minitorch", engine)
    builtin = builtin_function(engine, function.__name__, lease, "", fallback)
    return Program(builtin, text, kinds[0], reads, guards, settled.walks, memory_of_calls)


@dataclass
class Settled:
    """A walk that found nothing new.

    Args:
        node: the function's definition.
        walk: it.
        result: what the function returns.
        active: the arguments that are differentiated by.
        walks: how many walks there were.
    """

    node: ast.FunctionDef | ast.Lambda
    walk: Statements
    result: Value
    active: list[Value]
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
            walk, result, active = walked(function, node, arguments, with_gradient, memory, Reads())
        except Refused:
            if memory.is_changed:
                continue
            raise
        if memory.is_changed:
            continue
        if walk.orders and walk.equates:
            raise Refused("`max` or `min` of numbers that are also asked whether they are equal")
        return Settled(node, walk, result, active, walks)
    raise Refused("the kinds of its variables do not settle")


def walked(
    function: FunctionType,
    node: Any,
    arguments: Sequence[Argument],
    with_gradient: bool,
    memory: Memory,
    reads: Reads,
) -> tuple[Statements, Value, list[Value]]:
    """Walk over a function once; return the walk, the result and the arguments that are differentiated by."""
    walk = Statements(memory, reads)
    walk.local_functions, walk.catchers, walk.handled = {}, [], []
    writer = walk.writer
    writer.start("entry")
    writer.line("%overflow = alloca i32")
    outer = Frame({}, frozenset(), function)
    walk.frames.append(outer)
    values, active = read_arguments(walk, arguments)
    total = walk.count().parts[0]
    by_position = [value for value, argument in zip(values, arguments, strict=True) if argument.name is None]
    by_name = {
        argument.name: value for value, argument in zip(values, arguments, strict=True) if argument.name is not None
    }
    try:
        result = walk.call(function, by_position, by_name)
    except Unreached:
        raise Refused("a function that no call is known to return from") from None
    write_results(walk, result, active, total if with_gradient else None)
    writer.label("leave")
    writer.line("ret i64 1")
    writer.label(OTHER_ARGUMENTS)
    writer.line("ret i64 2")
    writer.leave_where_abandoned("leave")
    return walk, result, active


def write_results(walk: Statements, result: Value, active: Sequence[Value], total: str | None) -> None:
    """Write what becomes of the result, and the reverse pass.

    Args:
        walk: the walk.
        result: the result.
        active: the arguments that are differentiated by.
        total: how many inputs they have; `None` for no derivatives.
    """
    writer, kind = walk.writer, result.kind
    if total is not None and not (isinstance(kind, Float) and kind.active):
        raise Refused(f"its result is {described(kind)} that does not depend on what it is differentiated by")
    if total is None:
        store_result(walk, result, "%outputs")
    else:
        walk.store_parts(kind, "%outputs", result)
        offset = word_count(kind)
        for value in active:
            walk.store_parts(value.kind, writer.effect(f"getelementptr i64, ptr %outputs, i64 {offset}"), value)
            offset += word_count(value.kind)
        output, last = result.parts[1], walk.count().parts[0]
        walk.require(writer.effect(f"icmp ne i32 {output}, 0"))
        special = writer.effect(f"call i1 @special(ptr %context, i32 {total}, i32 {last})")
        walk.require(writer.effect(f"xor i1 {special}, true"))
        walk.require(writer.effect(f"call i1 @reverse(ptr %context, i32 {total}, i32 {last}, i32 {output})"))
    writer.check()
    writer.line("ret i64 0")
