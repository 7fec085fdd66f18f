"""Who asks a Scalar for something: code written for floats sees floats, code that knows minitorch sees Scalars.

In rewritten code of a module that has nothing of minitorch's, `repr(x)` is that of the float, also in lists and in what
the standard library makes of it. And there are a few places in the standard library where a plain number gets no
further: a comparison with a fraction, which rewritten code asks for, and a line of a log, whoever writes it.
"""

from __future__ import annotations

import sys
from types import FrameType
from typing import Final

from minitorch.autodiff.place import caller, is_own
from minitorch.autodiff.run_notes import in_plain_run
from minitorch.transformer import is_linked, names_any

__all__ = ["asked_by_code_for_floats", "asked_where_it_ends"]

COMPARING: Final = frozenset({("fractions", "_richcmp"), ("fractions", "__eq__")})
"""Modules and functions of the standard library that make of a number a truth, and nothing else."""

WRITING: Final = frozenset({("logging", "getMessage"), ("logging", "format")})
"""The same that make text of it."""


def asked_by_code_for_floats() -> bool:
    """Return whether the nearest rewritten code knows nothing of minitorch; False where none is running.

    Within a call of a plain function there is nothing else than floats.
    """
    if in_plain_run():
        return True
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        code = frame.f_code
        if is_linked(code) and not is_own(code):
            return not names_any(frame.f_globals, {"minitorch"})
        frame = frame.f_back
    return False


def asked_where_it_ends() -> bool:
    """Return whether a plain number is asked for by a place in the standard library where it gets no further."""
    frame = caller()
    module = None if frame is None else frame.f_globals.get("__name__")
    compared = False
    while frame is not None and frame.f_globals.get("__name__") == module:
        function = (module, frame.f_code.co_name)
        if function in WRITING:
            return True
        compared = compared or function in COMPARING
        frame = frame.f_back
    return compared and frame is not None and is_linked(frame.f_code)
