"""What the loops of the interpreter can do, and the number that stands for each such instruction.

OpInstruction("Mul", 2)              a product
PartialInstruction("Mul", 2, (0,))     the derivative of one by its left operand
GuardInstruction("truth", True)        a guard
IN_PYTHON, FINISH           something that Python does, and the end
"""

from __future__ import annotations

import functools
import threading
from typing import Final, NamedTuple, TypeAlias

from minitorch.machine_code.lowering.rows import can_lower
from minitorch.machine_code.partials import partials_tree

__all__ = [
    "FINISH",
    "IN_PYTHON",
    "MAX_OPERANDS",
    "GuardInstruction",
    "Instruction",
    "OpInstruction",
    "PartialInstruction",
    "code_of",
    "coded",
    "width_of",
]  # fmt: skip

IN_PYTHON, FINISH = 0, 1
"""The codes of an instruction that Python does, and of the end."""

MAX_OPERANDS: Final = 4
"""Of operations that the loops do."""


class OpInstruction(NamedTuple):
    """An operation of the forward loop.

    Args:
        name: the row.
        arity: how many operands it has.
    """

    name: str
    arity: int


class GuardInstruction(NamedTuple):
    """A guard of the forward loop.

    Args:
        kind: what is asked.
        outcome: the answer, to a question that has two; any other stands in a table.
    """

    kind: str
    outcome: bool | None


class PartialInstruction(NamedTuple):
    """An operation of the loop back.

    Args:
        name: the row.
        arity: how many operands it has.
        wanted: the positions of those that have derivatives.
    """

    name: str
    arity: int
    wanted: tuple[int, ...]


Instruction: TypeAlias = OpInstruction | GuardInstruction | PartialInstruction

_codes: Final[dict[Instruction, int]] = {}
_lock: Final = threading.Lock()


def code_of(instruction: Instruction) -> int:
    """Return the code of an instruction, which it keeps; IN_PYTHON for what the loops can't do.

    >>> code_of(OpInstruction("Mul", 2)) > FINISH, code_of(OpInstruction("Mul", 9)) == IN_PYTHON
    (True, True)
    """
    code = _codes.get(instruction)
    if code is None:
        if not is_known(instruction):
            return IN_PYTHON
        with _lock:
            code = _codes.setdefault(instruction, FINISH + 1 + len(_codes))
    return code


def coded() -> dict[Instruction, int]:
    """Return all instructions that have a code so far."""
    with _lock:
        return dict(_codes)


@functools.cache
def is_known(instruction: Instruction) -> bool:
    """Whether the loops can do an instruction."""
    if isinstance(instruction, GuardInstruction):
        return True
    if not 1 <= instruction.arity <= MAX_OPERANDS:
        return False
    if isinstance(instruction, OpInstruction):
        return can_lower(instruction.name, instruction.arity)
    return partials_tree(*instruction) is not None


def width_of(operands: int) -> int:
    """How many instructions an operation takes: each has room for two operands.

    >>> width_of(1), width_of(2), width_of(3)
    (1, 1, 2)
    """
    return max(1, (operands + 1) // 2)
