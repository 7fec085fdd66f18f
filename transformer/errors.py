"""The error and the warning for code that can't be rewritten.

Code is rewritten whole or left alone.  The decorator raises `RewriteError`, the
import hook warns with `RewriteWarning` and loads the module untouched.
"""

from __future__ import annotations

from .cells import file_name

__all__ = ["ChangedCodeError", "RewriteError", "RewriteWarning"]


class RewriteError(SyntaxError):
    """Code that can't be rewritten: where it stands, what is wrong and the way out.

    Args:
        reason: what went wrong and how to mend it, one sentence.
        filename: the user's file, where it is known.
        lineno: the line in that file, counted from 1.
        text: that line's text.

    >>> print(RewriteError("no source for 'f'", filename="pump.py", lineno=41))
    no source for 'f' (pump.py, line 41)
    """

    def __init__(
        self, reason: str, filename: str | None = None, lineno: int | None = None, text: str | None = None
    ) -> None:
        super().__init__(reason, (filename, lineno, None, text))

    def __str__(self) -> str:
        if not self.filename:
            return self.msg
        name = file_name(self.filename)
        return f"{self.msg} ({name}, line {self.lineno})" if self.lineno else f"{self.msg} ({name})"


class ChangedCodeError(RewriteError):
    """A function whose code is not what its source compiles to: what changed it would be lost."""


class RewriteWarning(UserWarning):
    """A module or function that was left as it is, and why."""
