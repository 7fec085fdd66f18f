"""The two loops of the interpreter of recordings: one forward through the operations, one back through the derivatives.

    forward     (Mul, a, b)         results[i] = values[a] * values[b]
    backward    (Mul, a, b, c)      adjoints[a] += adjoints[c] * values[b]    adjoints[b] += adjoints[c] * values[a]

What an operation does comes from the table of the lowering, and what its derivatives are from the table of rules, as
recorded programs: nothing is written twice. The loops know every operation that anybody has asked for so far. Where
that grows they are compiled again, once for many programs and never for a single one.

An instruction that needs Python (an answer that no recorded partial derivative knows, a result that may be an error)
ends the loop; the caller does it and lets the loop go on behind it.
"""

from __future__ import annotations

import ctypes
import functools
import threading
import weakref
from collections.abc import Sequence
from typing import Any, Final

from minitorch.machine_code.interpreter.blending import BLENDED, write_blended_operations, write_blended_shares
from minitorch.machine_code.interpreter.instructions import (
    GuardInstruction,
    Instruction,
    OpInstruction,
    PartialInstruction,
    coded,
)
from minitorch.machine_code.interpreter.loop_writer import LoopWriter
from minitorch.machine_code.llvm.disk_cache import DiskCache
from minitorch.machine_code.llvm.emitter import Declarations, Emitter
from minitorch.machine_code.llvm.engine import Engine
from minitorch.machine_code.lowering.function_writer import write_tree
from minitorch.machine_code.lowering.guards import DECISIONS
from minitorch.machine_code.lowering.rows import lower_operation, lower_steps
from minitorch.machine_code.partials import partials_tree
from minitorch.machine_code.program import Branching
from minitorch.machine_code.status import HIT

__all__ = ["Sweeps", "known_sweeps"]

STATUS_BITS: Final = 3


class Sweeps:
    """The loops, compiled for some instructions.

    Args:
        instructions: those that they know, by their codes.

    Attributes:
        size: how many these are.
        forward: takes the addresses of instructions, values, results and answers, and where to start.
        backward: takes the addresses of instructions, values and adjoints, and where to start.

    Both return `position << 2 | status`: where they ended and how.
    """

    def __init__(self, instructions: dict[Instruction, int]) -> None:
        declarations = Declarations()
        texts = [forward_loop(declarations, instructions), backward_loop(declarations, instructions)]
        self.engine = Engine("\n".join([declarations.text(), *texts]), cache=DiskCache(__file__))
        # Not as Python ends: llvmlite is gone by then.
        weakref.finalize(self, self.engine.close).atexit = False
        self.size = len(instructions)
        signature: Any = functools.partial(ctypes.CFUNCTYPE, ctypes.c_int64)
        pointer, position = ctypes.c_void_p, ctypes.c_int64
        self.forward = signature(*[pointer] * 4, position)(self.engine.address("forward"))
        self.backward = signature(*[pointer] * 3, position)(self.engine.address("backward"))


_known: Final[list[Sweeps]] = []
_lock: Final = threading.Lock()


def known_sweeps() -> Sweeps:
    """Return loops that know every instruction that has a code."""
    with _lock:
        instructions = coded()
        if not _known or _known[0].size < len(instructions):
            _known[:] = [Sweeps(instructions)]
        return _known[0]


def forward_loop(declarations: Declarations, instructions: dict[Instruction, int]) -> str:
    """Write the loop that computes values and checks guards.

    Args:
        declarations: gets what it calls.
        instructions: those that it knows are among them.
    """
    done = {code: instruction for instruction, code in instructions.items() if isinstance(instruction, OpInstruction)}
    asked = {
        code: instruction for instruction, code in instructions.items() if isinstance(instruction, GuardInstruction)
    }
    blended = {code: operation for code, operation in done.items() if operation.name in BLENDED}
    emitter = Emitter(declarations)
    labels = {code: "blended" if code in blended else f"op{code}" for code in (*done, *asked)}
    loop = LoopWriter(emitter, 3, labels)
    mark = emitter.mark()
    if blended:
        emitter.label("blended")
        write_blended_operations(loop, blended)
    for code in done.keys() - blended.keys():
        emitter.forget(mark)
        emitter.label(labels[code])
        write_operation(loop, done[code])
    for code, guard in asked.items():
        emitter.forget(mark)
        emitter.label(labels[code])
        write_guard(loop, guard)
    arguments = "ptr %code, ptr %values, ptr %results, ptr %answers, i64 %start"
    return f"define i64 @forward({arguments}) {{\n{emitter.text()}\n}}\n"


def write_operation(loop: LoopWriter, done: OpInstruction) -> None:
    """Compute a result."""
    emitter = loop.emitter
    operands = [loop.value(loop.operand(position)) for position in range(done.arity)]
    result = lower_operation(emitter, done.name, *operands)
    loop.leave_if_failed()
    emitter.line(f"store double {result}, ptr {loop.place('%results', '%i')}")
    loop.go_on(done.arity)


def write_guard(loop: LoopWriter, asked: GuardInstruction) -> None:
    """Go on if a question is answered as it was when the program was recorded."""
    emitter = loop.emitter
    answer = DECISIONS[asked.kind](emitter, loop.value(loop.operand(0)))
    if asked.outcome is None:
        place = emitter.pure(f"getelementptr i64, ptr %answers, i64 {loop.operand(1)}")
        answer = emitter.pure(f"icmp eq i64 {answer}, {emitter.pure(f'load i64, ptr {place}')}")
    targets = ("miss", "one") if asked.outcome is False else ("one", "miss")
    emitter.line(f"br i1 {answer}, label %{targets[0]}, label %{targets[1]}")


def backward_loop(declarations: Declarations, instructions: dict[Instruction, int]) -> str:
    """Write the loop that adds vjp contributions to adjoints.

    Args:
        declarations: gets what it calls.
        instructions: those that it knows are among them.
    """
    derived = {
        code: instruction for instruction, code in instructions.items() if isinstance(instruction, PartialInstruction)
    }
    blended = {code: operation for code, operation in derived.items() if operation.name in BLENDED}
    emitter = Emitter(declarations)
    labels = {code: "blended" if code in blended else f"op{code}" for code in derived}
    loop = LoopWriter(emitter, 4, labels)
    mark = emitter.mark()
    functions: list[str] = []
    if blended:
        emitter.label("blended")
        write_blended_shares(loop, blended)
    for code in derived.keys() - blended.keys():
        emitter.forget(mark)
        emitter.label(labels[code])
        operation = derived[code]
        indices = [*map(loop.operand, range(operation.arity)), loop.word(3)]
        partials = write_partials(loop, operation, [loop.value(index) for index in indices], functions)
        loop.leave_if_failed()
        adjoint = loop.adjoint()
        for position, partial in zip(operation.wanted, partials, strict=True):
            loop.add_contribution(position, emitter.arithmetic("fmul", adjoint, partial))
        loop.go_on(operation.arity)
    arguments = "ptr %code, ptr %values, ptr %adjoints, i64 %start"
    return "\n".join([*functions, f"define i64 @backward({arguments}) {{\n{emitter.text()}\n}}\n"])


def write_partials(
    loop: LoopWriter, derived: PartialInstruction, values: Sequence[str], functions: list[str]
) -> list[str]:
    """Write the partial derivatives at some values: in place, or as a call of a function where they branch.

    Args:
        loop: what they are part of.
        derived: whose they are.
        values: the operands and the result.
        functions: gets the function.
    """
    emitter = loop.emitter
    tree = partials_tree(*derived)
    assert tree is not None
    if not isinstance(tree.after, Branching):
        return lower_steps(emitter, tree, values)
    name = "partials." + ".".join(map(str, (derived.name, derived.arity, *derived.wanted)))
    functions.append(write_tree(tree, len(values), emitter.declarations, name=name))
    for index, value in enumerate(values):
        emitter.line(f"store double {value}, ptr {loop.place('%given', str(index))}")
    ended = emitter.effect(f"call i64 @{name}(ptr %given, ptr %made)")
    status = emitter.effect(f"and i64 {ended}, {STATUS_BITS}")
    emitter.fails(emitter.effect(f"icmp ne i64 {status}, {HIT}"))
    loop.leave_if_failed()
    places = [loop.place("%made", str(index)) for index in range(len(derived.wanted))]
    return [emitter.effect(f"load double, ptr {place}") for place in places]
