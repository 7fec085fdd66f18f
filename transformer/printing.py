"""Prints trees as source: Python that parses to an equal tree, and lines that say something to the reader.

What prints them is loaded with the first of them: it brings astor along, which costs time.
"""

from __future__ import annotations

import ast

from .rewriter import deep_recursion

__all__ = ["Comment", "to_source"]


class Comment(ast.stmt):
    """A line that says something to the reader; a short one, since what wraps lines takes it for code.

    Args:
        text: what it says.
    """

    _fields = ("text",)

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


def to_source(tree: ast.AST, max_line: int = 79) -> str:
    """Return the source text of a tree: Python that parses to an equal tree.

    Args:
        tree: the tree.
        max_line: the number of characters from which on a line is wrapped.

    Raises:
        ModuleNotFoundError: astor is not installed.

    >>> print(to_source(ast.parse("match p:\\n  case [x, *_] if x: pass")), end="")
    match p:
        case [x, *_] if x:
            pass
    """
    from .generator import generated

    with deep_recursion():
        return generated(tree, max_line)
