"""Programs without decisions, written in place: each operation as the table of the lowering has it."""

from __future__ import annotations

from collections.abc import Sequence

from minitorch.machine_code.emitter import Emitter
from minitorch.machine_code.primitives_table import LOWERINGS
from minitorch.machine_code.program import Branching, Constant, Node

__all__ = ["write_steps"]


def write_steps(emitter: Emitter, program: Node, inputs: Sequence[str]) -> list[str]:
    """Write the operations of a program, and return its outputs.

    Args:
        emitter: what writes the function around it.
        program: the program; it has no decisions.
        inputs: its inputs.
    """
    assert not isinstance(program.after, Branching)
    values = list(inputs)
    for step in program.steps:
        if isinstance(step, Constant):
            values.append(emitter.constant(step.value))
        else:
            operands = (values[operand] for operand in step.operands)
            values.append(LOWERINGS[step.function](emitter, *operands))
    return [values[number] for number in program.after]
