"""Sums, differences, products and quotients without a branch for each: all are computed, and one is chosen.

Which of them comes next is what a processor can't guess, and a wrong guess costs more time than all of them together.

    %sum = fadd …    %product = fmul …    %is.product = icmp eq i32 %operation, 3    select i1 %is.product, …
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from minitorch.machine_code.interpreter.instructions import OpInstruction, PartialInstruction
from minitorch.machine_code.interpreter.loop_writer import UNTOUCHED, LoopWriter
from minitorch.machine_code.lowering.rows import lower_operation, lower_steps
from minitorch.machine_code.partials import partials_tree

__all__ = ["BLENDED", "write_blended_operations", "write_blended_shares"]

BLENDED: Final = frozenset({"Add", "Sub", "Mul", "Neg", "TrueDiv"})
"""Rows of at most two operands that take a few cycles."""


def write_blended_operations(loop: LoopWriter, operations: Mapping[int, OpInstruction]) -> None:
    """Write the instructions of the forward loop.

    Args:
        loop: what they are part of.
        operations: by their codes.
    """
    emitter = loop.emitter
    operands = [loop.value(loop.operand(position)) for position in range(2)]
    results = {}
    failures = []
    for code, done in operations.items():
        results[code] = lower_operation(emitter, done.name, *operands[: done.arity])
        failures += failure_of(loop, code)
    leave_if_any(loop, failures)
    emitter.line(f"store i64 {chosen(loop, results)}, ptr {loop.place('%results', '%i')}")
    loop.go_on(2)


def write_blended_shares(loop: LoopWriter, operations: Mapping[int, PartialInstruction]) -> None:
    """Write the instructions of the loop back; what has no derivative gets a contribution that changes nothing.

    Args:
        loop: what they are part of.
        operations: by their codes.
    """
    emitter = loop.emitter
    first, second, result = (loop.value(index) for index in (loop.operand(0), loop.operand(1), loop.word(3)))
    partials: list[dict[int, str]] = [{}, {}]
    failures = []
    for code, derived in operations.items():
        tree = partials_tree(*derived)
        assert tree is not None
        operands = [first, second, result] if derived.arity == 2 else [first, result]
        for position, partial in zip(derived.wanted, lower_steps(emitter, tree, operands), strict=True):
            partials[position][code] = partial
        failures += failure_of(loop, code)
    leave_if_any(loop, failures)
    adjoint = loop.adjoint()
    for position, by_code in enumerate(partials):
        if by_code:
            contribution = emitter.arithmetic("fmul", adjoint, emitter.from_bits(chosen(loop, by_code)))
            nothing = dict.fromkeys(operations.keys() - by_code.keys(), emitter.constant(UNTOUCHED))
            contributions = dict.fromkeys(by_code, contribution) | dict(sorted(nothing.items()))
            loop.add_contribution(position, emitter.from_bits(chosen(loop, contributions)))
    loop.go_on(2)


def failure_of(loop: LoopWriter, code: int) -> list[str]:
    """Take note of what was found to fail, if the instruction is this one."""
    emitter = loop.emitter
    if emitter.failure is None:
        return []
    failure, emitter.failure = emitter.both(emitter.failure, is_code(loop, code)), None
    return [failure]


def leave_if_any(loop: LoopWriter, failures: list[str]) -> None:
    """Leave the instruction to Python where it has failed."""
    for failure in failures:
        loop.emitter.fails(failure)
    loop.leave_if_failed()


def chosen(loop: LoopWriter, values: Mapping[int, str]) -> str:
    """Return the bits of the float for the code of the instruction: integers are chosen without a branch."""
    emitter = loop.emitter
    bits = ""
    for code, value in values.items():
        own = emitter.as_bits(value)
        bits = emitter.pure(f"select i1 {is_code(loop, code)}, i64 {own}, i64 {bits}") if bits not in ("", own) else own
    return bits


def is_code(loop: LoopWriter, code: int) -> str:
    """Whether the instruction has this code."""
    return loop.emitter.pure(f"icmp eq i32 %operation, {code}")
