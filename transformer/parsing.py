"""Source as a tree, in one thread at a time.

Up to Python 3.13 the interpreter counts how deep it is in the tree that it makes for all threads together: where one
waits and another makes a tree meanwhile, the count is wrong at the end, and that is a `SystemError`.
"""

from __future__ import annotations

import ast
import threading
from typing import Any, Final

from .brackets import taken

__all__ = ["parse"]

MAX_ATTEMPTS: Final = 50
"""A tree of somebody else's, in whose making this one came, spoils it once: so often in a row means something else."""

_lock = threading.RLock()


def parse(text: str | bytes, filename: str = "<unknown>", mode: str = "exec") -> Any:
    """Return the tree of some source, as `ast.parse` does.

    Args:
        text: the source.
        filename: the name of its file.
        mode: what the source is: "exec" for statements, "eval" for an expression.

    Raises:
        SyntaxError: it is not valid Python.

    >>> ast.unparse(parse("x*y", mode="eval"))
    'x * y'
    """
    for _ in range(MAX_ATTEMPTS):
        try:
            with taken(_lock):
                return compile(text, filename, mode, ast.PyCF_ONLY_AST, dont_inherit=True)
        except SystemError as error:
            # A thread that does not know of the lock made a tree at the same time.
            if "recursion depth mismatch" not in str(error):
                raise
    return compile(text, filename, mode, ast.PyCF_ONLY_AST, dont_inherit=True)
