"""The order of a code object's constants: those that were added go behind the others.

Some programs find a nested function as `co_consts[1]`; constants that were added must not move it.  The order
of constants is the one thing that the compiler decides and a tree can't say, so the instructions that name them are
renumbered.
"""

from __future__ import annotations

import dis
import operator
from collections.abc import Callable
from types import CodeType
from typing import Any

__all__ = ["constants_last"]

_NAMES_A_CONSTANT = frozenset(dis.hasconst)


def constants_last(code: CodeType, is_last: Callable[[Any], bool]) -> CodeType:
    """Return code, and the code nested in it, with the constants that `is_last` picks at the end.

    Code with more constants than one byte can number stays in the compiler's order.
    """
    constants = tuple(constants_last(c, is_last) if type(c) is CodeType else c for c in code.co_consts)
    picked = list(map(is_last, constants))
    if picked == sorted(picked) or len(constants) > 256:
        is_same = all(map(operator.is_, constants, code.co_consts))
        return code if is_same else code.replace(co_consts=constants)
    order = sorted(range(len(constants)), key=picked.__getitem__)
    place = {old: new for new, old in enumerate(order)}
    instructions = bytearray(code.co_code)
    for index in range(0, len(instructions), 2):
        if instructions[index] in _NAMES_A_CONSTANT:
            instructions[index + 1] = place[instructions[index + 1]]
    return code.replace(co_consts=tuple(constants[index] for index in order), co_code=bytes(instructions))
