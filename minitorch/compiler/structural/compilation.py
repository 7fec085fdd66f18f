"""From a function and the kinds of its arguments to machine code."""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FunctionType
from typing import Any, Final

from minitorch.compiler.earnings import NEVER, Earnings
from minitorch.compiler.guards.memory import MemoryGuards
from minitorch.compiler.structural.basis.alternatives import present
from minitorch.compiler.structural.basis.frames import Frame
from minitorch.compiler.structural.basis.kinds import Kind, Value
from minitorch.compiler.structural.basis.memory import Memory
from minitorch.compiler.structural.basis.reads import Reads
from minitorch.compiler.structural.basis.refusals import Refused, Unreached
from minitorch.compiler.structural.constructs.call_sites import called_from_several_places
from minitorch.compiler.structural.constructs.functions import definition_node
from minitorch.compiler.structural.constructs.statements import Statements
from minitorch.compiler.structural.entry.arguments import OTHER_ARGUMENTS, read_arguments
from minitorch.compiler.structural.entry.builtin import entry_declarations, entry_text
from minitorch.compiler.structural.entry.forms import Argument
from minitorch.compiler.structural.entry.outcomes import write_outcome
from minitorch.compiler.structural.entry.row_loop import RowLoop, row_loop
from minitorch.compiler.structural.manifest.manifest import Manifest, Parts
from minitorch.compiler.structural.passes.call_memory import CALLS, MAX_CALLS, CallMemory
from minitorch.compiler.structural.passes.runtime import linked_to_runtime
from minitorch.compiler.structural.passes.second_order import SecondOrder
from minitorch.compiler.structural.shape import python_function
from minitorch.compiler.structural.values.rounding import begin_rounding
from minitorch.compiler.task import Mode
from minitorch.compiler.turns import collector_waiting
from minitorch.compiler.views import ProgramView
from minitorch.machine_code.llvm.builtins import Fallback, builtin_function
from minitorch.machine_code.llvm.disk_cache import DiskCache
from minitorch.machine_code.llvm.emitter import Declarations
from minitorch.machine_code.llvm.engine import Engine, Lease, kept_code, optimisation_cost
from minitorch.machine_code.llvm.memory_comparison import fill_guards
from minitorch.machine_code.llvm.runtime import runtime_declarations

__all__ = ["Program", "Settled", "compiled", "kept", "manifest_of", "plain_function", "settle"]

MAX_WALKS: Final = 60
"""A function whose kinds have not settled by then is not compiled."""

MAX_WRITTEN: Final = 8
"""Of so many places it may turn out one by one that what was run there is changed."""

METADATA: Final = """!0 = !{!"branch_weights", i32 1, i32 1000}
!1 = !{}
"""
"""Of branches that are rarely taken, and of memory that nothing changes."""


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
        body: the text of a module with the body alone, which knows nothing of results as objects.
        kinds: of what the body leaves: the result, and the arguments that are differentiated by.
        inputs: how many arguments there are.
        cache: where machine code is kept on disk.
        size: of the machine code, in bytes.
        is_optimised: whether there is no faster code of this text.
        function: the Python function that it is made of.
        fallback: answers the calls that it can't.
        keeps: what it needs besides.
    """

    text: str = field(repr=False)
    result: Kind
    reads: Reads = field(repr=False)
    guards: MemoryGuards | None = field(repr=False)
    walks: int
    memory_of_calls: CallMemory = field(repr=False)
    body: str = field(repr=False)
    kinds: Sequence[Kind] = field(repr=False)
    inputs: int
    cache: DiskCache = field(repr=False)
    function: FunctionType = field(repr=False)
    fallback: Fallback = field(repr=False)
    keeps: Any = field(repr=False)
    builtin: Any = None
    size: int = 0
    is_optimised: bool = False

    def make(self, calls_to_optimise: Callable[[int | None], int], code: tuple[int, bytes] | None = None) -> None:
        """Make the machine code.

        Args:
            calls_to_optimise: tells, given what optimising costs, after how many calls that is to be done; 0: at once.
            code: it, if it is on disk, as of `kept_code`.
        """
        calls = calls_to_optimise(optimisation_cost(self.text))
        engine = Engine(self.text, verified=True, cache=self.cache, is_optimised=calls == 0, code=code)
        engine.keeps += [self.memory_of_calls, self.keeps]
        engine.fill("context", self.memory_of_calls.address)
        self.reads.slots.fill(engine)
        if self.guards is not None:
            fill_guards(engine, self.guards, "entry")
        lease = Lease(self.function.__module__ or "minitorch", engine)
        self.builtin = builtin_function(engine, self.function.__name__, lease, "", self.fallback)
        self.size, self.is_optimised = engine.size, engine.is_optimised
        # The code before, of which calls may go on, has the same memory.
        self.memory_of_calls.words[MAX_CALLS] = NEVER if engine.is_optimised else calls

    @property
    def is_worth_optimising(self) -> bool:
        """Whether it has answered as many calls as it was to."""
        return self.calls >= int(self.memory_of_calls.words[MAX_CALLS])

    @functools.cached_property
    def row_loop(self) -> RowLoop | None:
        """A loop over rows of as many floats as there are arguments; `None` if a result is not numbers alone."""
        return row_loop(self.body, self.inputs, self.kinds, self.reads.slots, self.cache)

    def view(self, mode: Mode, arguments: Sequence[Argument], left: int, nanoseconds: int) -> ProgramView:
        """Return what people want to know of it.

        Args:
            mode: what it computes.
            arguments: what it is called with.
            left: how many calls it has left to others.
            nanoseconds: what making it took.
        """
        operations = self.body.count(" = ") + self.body.count("\n  store ")
        return ProgramView(
            ", ".join(map(str, arguments)), operations, self.calls - left, left, nanoseconds / 1e6, self.size, mode
        )

    @property
    def calls(self) -> int:
        """How many calls it has been entered by."""
        return int(self.memory_of_calls.words[CALLS])


def compiled(
    function: Callable[..., Any],
    arguments: Sequence[Argument],
    mode: Mode,
    groups: Sequence[int],
    single: bool,
    fallback: Fallback,
    earnings: Earnings,
) -> Program:
    """Return machine code of a function.

    Args:
        function: a plain Python function, a bound method or a partial.
        arguments: what it is called with; for tangents these stand behind the arguments that move, as many.
        mode: what is computed.
        groups: the positions of the arguments that are differentiated by, in the order in which derivatives are
            returned.
        single: whether that is one derivative and no tuple.
        fallback: answers the calls that it can't.
        earnings: what the calls have earned.

    Raises:
        Refused: it does what has no structural machine code.
    """
    manifest = manifest_of(function, arguments, mode, groups, single)
    parts = written(function, arguments, mode, groups, single)
    program = program_of(parts, manifest, fallback)
    program.make(earnings.calls_to_optimise)
    manifest.store(parts, earnings.typical, earnings.first)
    return program


def manifest_of(
    function: Callable[..., Any], arguments: Sequence[Argument], mode: Mode, groups: Sequence[int], single: bool
) -> Manifest:
    """Return where machine code of a function is kept on disk; arguments as of `compiled`.

    Raises:
        Refused: it is no plain function.
    """
    cache = DiskCache(plain_function(function).__code__.co_filename)
    return Manifest(function, arguments, mode, groups, single, cache)


def kept(manifest: Manifest, fallback: Fallback, earnings: Earnings) -> Program | None:
    """Return machine code that another process has made; `None` if there is none for what is read now.

    Args:
        manifest: what was found on disk.
        fallback: answers the calls that it can't.
        earnings: what the calls have earned.
    """
    parts = manifest.parts()
    code = None if parts is None else kept_code(parts.text, manifest.cache)
    if parts is None or code is None:
        return None
    program = program_of(parts, manifest, fallback)
    program.make(earnings.calls_to_optimise, code)
    return program


def program_of(parts: Parts, manifest: Manifest, fallback: Fallback) -> Program:
    """Return a program of its parts, without machine code as yet; arguments as of `kept`."""
    return Program(
        text=parts.text,
        result=parts.kinds[0],
        reads=parts.reads,
        guards=parts.guards,
        walks=parts.walks,
        memory_of_calls=CallMemory(),
        body=parts.body,
        kinds=parts.kinds,
        inputs=len(manifest.arguments),
        cache=manifest.cache,
        function=plain_function(manifest.function),
        fallback=fallback,
        keeps=parts.keeps,
    )


def written(
    function: Callable[..., Any], arguments: Sequence[Argument], mode: Mode, groups: Sequence[int], single: bool
) -> Parts:
    """Write a function down as LLVM; arguments as of `compiled`.

    Raises:
        Refused: it does what has no structural machine code.
    """
    settled = settle(function, arguments, mode, groups, True)
    walk, reads = settled.walk, settled.walk.reads
    reads.has_sets = walk.memory.has_sets
    kinds = [value.kind for value in (settled.result, *settled.active)]
    guards = reads.guards()
    body = walk.writer.text()
    own = f"define internal i64 @body(ptr %context, ptr %arguments, ptr %outputs) {{\n{body}\n}}\n"
    declared = Declarations(runtime_declarations() | entry_declarations() | walk.writer.declarations)
    entry = entry_text(arguments, kinds, mode, single, declared, reads.slots, guards)
    declared |= reads.slots.declarations()
    module = walk.with_strides("\n".join([*declared.values(), *walk.written.texts(), own, METADATA]))
    return Parts(linked_to_runtime(module + entry), module, kinds, reads, guards, settled.walks, walk.memory.layouts)


@dataclass
class Settled:
    """A walk that found nothing new.

    Args:
        node: the function's definition.
        walk: it.
        result: what the function returns.
        active: the arguments that are differentiated by, in the order in which derivatives are returned.
        walks: how many walks there were.
    """

    node: ast.FunctionDef | ast.Lambda
    walk: Statements
    result: Value
    active: list[Value]
    walks: int


def plain_function(function: Callable[..., Any]) -> FunctionType:
    """Return the Python function that runs where a function, a bound method or a partial is called.

    Raises:
        Refused: there is none.
    """
    plain = python_function(function)
    if plain is None:
        raise Refused(f"a call of {function!r}")
    return plain


def settle(
    function: Callable[..., Any], arguments: Sequence[Argument], mode: Mode, groups: Sequence[int], folds: bool = False
) -> Settled:
    """Walk over a function until nothing new is found.

    Args:
        function: a plain Python function, a bound method or a partial.
        arguments: what it is called with, as of `compiled`.
        mode: what is computed.
        groups: the positions of the arguments that are differentiated by, as of `compiled`.
        folds: whether Python may run now what depends on constants alone.

    Raises:
        Refused: it does what has no structural machine code.
    """
    node = definition_node(plain_function(function))
    memory, reason = Memory(folds), None
    # Of what a walk makes the collector would find nothing to free, again and again.
    with collector_waiting():
        while True:
            try:
                return settled(function, node, arguments, mode, groups, memory)
            except Refused as refused:
                reason = reason or refused
                if not memory.has_folded or memory.walks >= MAX_WALKS:
                    raise reason from None
            # Without what made that impossible; or without anything of the kind.
            again = memory.is_rewritten and len(memory.written) <= MAX_WRITTEN
            memory = Memory(again, frozenset(memory.written))


def settled(
    function: Callable[..., Any],
    node: ast.FunctionDef | ast.Lambda,
    arguments: Sequence[Argument],
    mode: Mode,
    groups: Sequence[int],
    memory: Memory,
) -> Settled:
    """Walk over the definition of a function, as `settle` does."""
    memory.out_of_line |= called_from_several_places(plain_function(function))
    while memory.walks < MAX_WALKS:
        memory.begin_walk()
        try:
            walk, result, active = walked(function, node, arguments, mode, groups, memory, Reads())
        except Refused:
            if (memory.is_changed or memory.has_learned) and not memory.is_rewritten:
                continue
            raise
        if memory.is_changed:
            continue
        if walk.orders and walk.equates:
            raise Refused("`max` or `min` of numbers that are also asked whether they are equal")
        return Settled(node, walk, result, active, memory.walks)
    raise Refused("the kinds of its variables do not settle")


def walked(
    function: Callable[..., Any],
    node: Any,
    arguments: Sequence[Argument],
    mode: Mode,
    groups: Sequence[int],
    memory: Memory,
    reads: Reads,
) -> tuple[Statements, Value, list[Value]]:
    """Walk over a function once; return the walk, the result and the arguments that are differentiated by."""
    walk = (SecondOrder if mode is Mode.HESSIAN else Statements)(memory, reads)
    writer = walk.writer
    writer.start("entry")
    writer.line("%overflow = alloca i32")
    begin_rounding(walk)
    outer = Frame({}, frozenset(), plain_function(function))
    walk.frames.append(outer)
    values, kept = read_arguments(walk, arguments)
    total = walk.count().parts[0]
    tangents: list[Value] = []
    if mode is Mode.TANGENT:
        values, tangents = values[: len(values) // 2], values[len(values) // 2 :]
    else:
        places = [index for index, argument in enumerate(arguments) if argument.active]
        kept = [kept[places.index(position)] for position in groups]
    by_position = [value for value, argument in zip(values, arguments, strict=False) if argument.name is None]
    by_name = {
        argument.name: value for value, argument in zip(values, arguments, strict=False) if argument.name is not None
    }
    try:
        result = present(walk, walk.call(function, by_position, by_name))
    except Unreached:
        raise Refused("a function that no call is known to return from") from None
    result = write_outcome(walk, mode, result, kept, tangents, total)
    writer.label("leave")
    writer.line("ret i64 1")
    writer.label(OTHER_ARGUMENTS)
    writer.line("ret i64 2")
    writer.leave_where_abandoned("leave")
    return walk, result, kept
