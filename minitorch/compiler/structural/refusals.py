"""Why a function is not compiled structurally."""

from __future__ import annotations

import ast

__all__ = ["Refused", "Unreached"]


class Refused(Exception):
    """What a function does has no structural machine code.

    Args:
        reason: what it is.
        node: where.
    """

    def __init__(self, reason: str, node: ast.AST | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line: int | None = getattr(node, "lineno", None)

    def at(self, node: ast.AST) -> Refused:
        """Say where, unless that is known more closely; return itself."""
        if self.line is None:
            self.line = getattr(node, "lineno", None)
        return self

    def __str__(self) -> str:
        return self.reason if self.line is None else f"line {self.line}: {self.reason}"


class Unreached(Exception):
    """As far as is known no call comes here: a list that is read has no elements yet, a variable no value."""
