"""Errors of runs on Variables: which are those of the plain run, and how they look to whoever called."""

from __future__ import annotations

import dis
import os
import traceback
from types import TracebackType
from typing import Any, Final

from minitorch import rules
from minitorch.autodiff.place import is_own
from minitorch.autodiff.tracebacks import linked, users_entries
from minitorch.compiler.guards.followed_modules import is_users

__all__ = ["EXHAUSTIONS", "is_that_of_python", "without_own_frames"]

RULES: Final = os.path.join(os.path.dirname(rules.__file__), "")

RAISE: Final = dis.opmap["RAISE_VARARGS"]

EXHAUSTIONS: Final = (RecursionError, MemoryError)
"""Errors of runs on Variables because they take more than plain ones."""

MAYBE_OF_VARIABLES: Final = (TypeError, AttributeError, *EXHAUSTIONS)
"""Errors that a run on Variables may raise where the plain one goes well."""


def is_that_of_python(error: Exception) -> bool:
    """Return whether an error of a run on Variables is the one of the plain run.

    So is what the user's code itself raises, unless an operation there may have met a Variable that it does not know,
    and what functions raise of numbers out of their domain. A partial derivative may raise where plain runs do not.
    """
    frames = list(traceback.walk_tb(error.__traceback__))
    if not frames or any(frame.f_code.co_filename.startswith(RULES) for frame, _ in frames):
        return False
    code = frames[-1][0].f_code
    if is_own(code):
        return isinstance(error, (ArithmeticError, ValueError))
    is_said = code.co_code[innermost(error).tb_lasti] == RAISE and is_users(frames[-1][0].f_globals.get("__name__"))
    return is_said or not isinstance(error, MAYBE_OF_VARIABLES)


def innermost(error: Exception) -> TracebackType:
    """Return the place in the traceback of an error where it was raised."""
    entry: Any = error.__traceback__
    while entry.tb_next is not None:
        entry = entry.tb_next
    return entry  # type: ignore[no-any-return]


def without_own_frames(error: Exception) -> Exception:
    """Return an error whose traceback has the user's frames alone, as that of the plain function has."""
    return error.with_traceback(linked(users_entries(error.__traceback__)))
