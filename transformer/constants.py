"""The order of a code object's constants: those that were added go behind the others.

Some programs find a nested function as `co_consts[1]`; constants that were added must not move it.  The order
of constants is the one thing that the compiler decides and a tree can't say, so the instructions that name them are
renumbered.
"""

from __future__ import annotations

import dis
from collections.abc import Callable
from types import CodeType
from typing import Any

__all__ = ["constants_last"]

_NAMES_A_CONSTANT = frozenset(dis.hasconst)


def constants_last(code: CodeType, is_last: Callable[[Any], bool]) -> CodeType:
    """Return code, and the code nested in it, with the constants that `is_last` picks at the end.

    Code with more constants than one byte can number stays in the compiler's order.
    """
    constants = [constants_last(c, is_last) if type(c) is CodeType else c for c in code.co_consts]
    order = sorted(range(len(constants)), key=lambda index: is_last(constants[index]))
    changes: dict[str, Any] = {"co_consts": tuple(constants[index] for index in order)}
    if order != sorted(order):
        if len(constants) > 256:
            return code.replace(co_consts=tuple(constants))
        place = {old: new for new, old in enumerate(order)}
        instructions = bytearray(code.co_code)
        for index in range(0, len(instructions), 2):
            if instructions[index] in _NAMES_A_CONSTANT:
                instructions[index + 1] = place[instructions[index + 1]]
        changes["co_code"] = bytes(instructions)
    return code.replace(**changes)
