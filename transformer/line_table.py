"""The line table of code: runtime functions have none, so that tools which count or follow lines pass them by.

A runtime function that user code calls without knowing is not a line of the user's program: `sys.monitoring`,
debuggers and coverage go by the table of lines of a code object.
"""

from __future__ import annotations

import dis
import sys
from types import CodeType

__all__ = ["without_lines"]

# Entries for one code unit, as `Objects/locations.md` of CPython says it; the line is a difference to the one before.
_NO_LINE = bytes([0b1_1111_000])
_FIRST_LINE = bytes([0b1_1101_000, 0])


def without_lines(code: CodeType) -> CodeType:
    """Return code without lines; before Python 3.12, which has no `sys.monitoring`, as it is.

    The instruction that enters the code keeps its first line: signals arrive there, and their tracebacks need one.
    """
    if sys.version_info < (3, 12):
        return code
    resume = dis.opmap["RESUME"]
    units = (_FIRST_LINE if instruction == resume else _NO_LINE for instruction in code.co_code[::2])
    return code.replace(co_linetable=b"".join(units))
