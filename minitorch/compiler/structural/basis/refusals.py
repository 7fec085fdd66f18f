"""Why a function is not compiled structurally."""

from __future__ import annotations

import ast

from minitorch.autodiff.place import file_and_line
from minitorch.recorder.own_files import OWN_FILES

__all__ = ["Refused", "Unreached"]


class Refused(Exception):
    """What a function does has no structural machine code.

    Args:
        reason: what it is.
        node: where.

    Attributes:
        line: the line, as far as that is known.
        file: the file; `None` until `at` has told it.
    """

    def __init__(self, reason: str, node: ast.AST | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line: int | None = getattr(node, "lineno", None)
        self.file: str | None = None

    def at(self, node: ast.AST, file: str | None) -> Refused:
        """Say where, unless that is known more closely; return itself.

        What this project itself has written in Python belongs to the line that calls it.
        """
        if self.file is None:
            if self.line is None:
                self.line = getattr(node, "lineno", None)
            if file is not None and OWN_FILES[file]:
                self.line = None
            else:
                self.file = file
        return self

    def __str__(self) -> str:
        """Return the place, as far as it is known, and the reason."""
        if self.line is None:
            return self.reason
        return (
            f"{file_and_line(self.file, self.line)}: {self.reason}" if self.file else f"line {self.line}: {self.reason}"
        )


class Unreached(Exception):
    """As far as is known no call comes here: a list that is read has no elements yet, a variable no value."""
