"""Where CPython keeps the values that a frame computes with: its evaluation stack and its cells.

An instruction finds its operands on the stack. How deep that is before each instruction is known from the code alone
(see `compiler.capture.instructions`); here is where it begins. Frames are looked at only while they run.

    up to Python 3.13    a word is a pointer, or null
    from Python 3.14 on  its lowest two bits tell what it is: a pointer that counts as a reference (0) or does not (1;
                         null if there is nothing else), or a number (3)
"""

from __future__ import annotations

import ctypes
import functools
import sys
from types import CodeType, FrameType
from typing import Any, Final

from minitorch.machine_code.llvm.cpython_layout import POINTER, read_pointer

__all__ = ["EMPTY", "cell_at", "cell_names", "local_at", "stack_values"]

IS_3_10: Final = sys.version_info < (3, 11)

VALUE_STACK_3_10: Final = 8 * POINTER
"""Where a frame of Python 3.10 keeps the pointer to its evaluation stack."""

INNER_FRAME: Final = 3 * POINTER
LOCALS: Final = (10 if sys.version_info >= (3, 14) else 9) * POINTER
"""Where a frame object has the pointer to the frame proper since Python 3.11, and where that has its locals."""

HAS_TAGS: Final = sys.version_info >= (3, 14)
TAG: Final = 3
NUMBER_TAG: Final = 2
"""Whether the lowest bits of a word on the stack and among the locals tell what it is; these bits, and from what
on they stand for no pointer."""

EMPTY: Final = object()
"""Stands for a null on the stack, or for a number there that is no object."""


@functools.lru_cache(maxsize=10_000)
def count_of_locals(code: CodeType) -> int:
    """Return how many locals, cells and free variables stand before the evaluation stack."""
    if IS_3_10:
        return len(code.co_varnames) + len(code.co_cellvars) + len(code.co_freevars)
    return len({*code.co_varnames, *code.co_cellvars}) + len(code.co_freevars)


def stack_start(frame: FrameType) -> int:
    """Return the address of the bottom of a frame's evaluation stack."""
    if IS_3_10:
        return read_pointer(id(frame) + VALUE_STACK_3_10)
    return read_pointer(id(frame) + INNER_FRAME) + LOCALS + count_of_locals(frame.f_code) * POINTER


def object_at(place: int) -> Any:
    """Return the object that a word on the stack or among the locals refers to; `EMPTY` where it refers to none."""
    word = read_pointer(place)
    if not HAS_TAGS:
        return ctypes.py_object.from_address(place).value if word else EMPTY
    is_pointer = word > TAG and word & TAG < NUMBER_TAG
    return ctypes.cast(word & ~TAG, ctypes.py_object).value if is_pointer else EMPTY


def stack_values(frame: FrameType, depth: int, count: int) -> list[Any]:
    """Return the topmost values on a frame's evaluation stack, the uppermost last.

    Args:
        frame: the frame, at an instruction.
        depth: how many values are on the stack there.
        count: how many are wanted.
    """
    start = stack_start(frame) + (depth - count) * POINTER
    return [object_at(place) for place in range(start, start + count * POINTER, POINTER)]


def local_at(frame: FrameType, index: int) -> Any:
    """Return a local variable of a frame that has begun, such as one of its arguments."""
    code = frame.f_code
    value = object_at(stack_start(frame) + (index - count_of_locals(code)) * POINTER)
    if value is not EMPTY:
        return value
    # Up to Python 3.10 an argument that a nested function names has been moved into its cell.
    return cell_at(frame, code.co_cellvars.index(code.co_varnames[index])).cell_contents


def cell_at(frame: FrameType, index: int) -> Any:
    """Return the cell that an instruction of a frame names by its argument."""
    code = frame.f_code
    if IS_3_10:
        place = stack_start(frame) - (count_of_locals(code) - len(code.co_varnames) - index) * POINTER
    else:
        place = read_pointer(id(frame) + INNER_FRAME) + LOCALS + index * POINTER
    return object_at(place)


def cell_names(code: CodeType) -> tuple[str, ...]:
    """Return the names of what the instructions for cells name by number."""
    if IS_3_10:
        return (*code.co_cellvars, *code.co_freevars)
    cells = (name for name in code.co_cellvars if name not in code.co_varnames)
    return (*code.co_varnames, *cells, *code.co_freevars)
