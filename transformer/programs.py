"""The text of a program that is no file: what stands behind `python -c`, or in the file that standard input is.

Python 3.13 keeps the text of `-c` itself.  What came through a pipe or was typed at a plain prompt is gone.
"""

from __future__ import annotations

import functools
import os
import re
import stat
import sys
from collections.abc import Sequence
from types import CodeType

from .lines import PROMPTS

__all__ = ["is_of_program", "program_text", "why_no_source"]

COMMAND_LINE = "<string>"
"""The file name of the program of `python -c`, and of text given to `exec`."""

STANDARD_INPUT = "<stdin>"

_NO_SOURCE = "there is no source to rewrite (text given to exec, or a file that is gone); define the function in a file"
_NO_SOURCE_AT_PROMPT = (
    "it was typed at a prompt that keeps no source; define it in a file and import that, or type it in IPython, "
    "a notebook or the prompt of Python 3.13"
)
_NO_SOURCE_IN_PIPE = (
    "the program came through a pipe, which can't be read again; give it as a file (python program.py, "
    "python < program.py) or as text (python -c)"
)


def program_text(filename: str) -> str:
    """Return the text of the program if it has this file name and is known; empty if not."""
    if filename == COMMAND_LINE:
        return command_of(tuple(sys.orig_argv)) or ""
    return text_of_standard_input() if filename == STANDARD_INPUT else ""


def is_of_program(code: CodeType) -> bool:
    """Return whether a function looks as if the program of `python -c` defined it, not text given to exec."""
    if code.co_filename != COMMAND_LINE:
        return False
    lines = program_text(COMMAND_LINE).splitlines()[code.co_firstlineno - 1 :][:1]
    name = "lambda" if code.co_name == "<lambda>" else rf"def\s+{re.escape(code.co_name)}\b"
    return any(re.search(name, line) or line.lstrip().startswith("@") for line in lines)


def why_no_source(filename: str) -> str:
    """Return why there is no source under a file name, and what to do."""
    if filename.startswith((*PROMPTS, "<console>")):
        return _NO_SOURCE_AT_PROMPT
    if filename != STANDARD_INPUT:
        return _NO_SOURCE
    return _NO_SOURCE_AT_PROMPT if is_interactive() else _NO_SOURCE_IN_PIPE


def is_interactive() -> bool:
    """Return whether standard input is a prompt."""
    return bool(sys.flags.interactive) or os.isatty(0)


@functools.lru_cache(maxsize=1)
def command_of(arguments: Sequence[str]) -> str | None:
    """Return the text behind `-c` on a command line of Python's; `None` without one.

    >>> command_of(("python", "-W", "ignore", "-Ic", "print(1)", "x")), command_of(("python", "a.py", "-c", "x"))
    ('print(1)\\n', None)
    """
    words = iter(arguments[1:])
    for word in words:
        if word == "--check-hash-based-pycs":
            next(words, None)
        elif not word.startswith("-") or word in ("-", "--"):
            return None
        elif not word.startswith("--"):
            for position, letter in enumerate(word[1:], 2):
                if letter == "c":
                    text = word[position:] or next(words, None)
                    return None if text is None else f"{text}\n"
                if letter == "m":
                    return None
                if letter in "WX":
                    if not word[position:]:
                        next(words, None)
                    break
    return None


@functools.cache
def text_of_standard_input() -> str:
    """Return the text of the file that standard input is; empty if it is none.

    It is read beside what the program itself reads of it.
    """
    try:
        status = os.fstat(0)
        if not stat.S_ISREG(status.st_mode) or is_interactive():
            return ""
        return os.pread(0, status.st_size, 0).decode()
    except (OSError, UnicodeDecodeError):
        return ""
