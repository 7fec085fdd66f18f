"""The lines of the text that code was compiled from: of a file, an archive, a notebook's cell, or what was typed.

`linecache` has them by the name of the file.  From the later releases of Python 3.13 on it has what was typed at a
prompt, or given behind `-c`, by the code instead.
"""

from __future__ import annotations

import linecache
from collections.abc import Callable
from types import CodeType
from typing import Any

__all__ = ["PROMPTS", "lines_of"]

PROMPTS = ("<stdin-", "<python-input-")
"""Prefixes of the file names that Python's prompt gives, each to one text alone."""

_lines_by_code: Callable[[CodeType], list[str]] | None = getattr(linecache, "_getlines_from_code", None)


def lines_of(filename: str, module_globals: dict[str, Any] | None = None, code: CodeType | None = None) -> list[str]:
    """Return the lines of a text; empty if they are not known.

    Args:
        filename: its name.
        module_globals: the globals of its module.
        code: code that was compiled from it, as far as that is known.

    >>> lines_of(lines_of.__code__.co_filename)[0][:12]
    '\"\"\"The lines'
    """
    linecache.checkcache(filename)
    lines = linecache.getlines(filename, module_globals)
    if lines or code is None or _lines_by_code is None:
        return lines
    typed = _lines_by_code(code)
    if typed and filename.startswith(PROMPTS):
        # Who shows a line later has its file and number alone.
        linecache.cache[filename] = (sum(map(len, typed)), None, typed, filename)
    return typed
