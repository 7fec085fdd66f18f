"""Errors of a command: one line that says what is wrong with what the user gave, and where.

ValueError in pump.py   becomes   pump.py:41 (in head): ValueError: math domain error
"""

from __future__ import annotations

import os
import traceback
from pathlib import Path
from types import TracebackType

import click

from minitorch.autodiff.errors import OperationLimitError
from minitorch.autodiff.operation_limit import ALLOW_MORE

__all__ = ["BadInput", "describe", "in_one_line", "is_own_file"]

_OWN_FOLDERS = tuple(str(Path(__file__).resolve().parents[2] / package) for package in ("minitorch", "transformer"))


class BadInput(click.ClickException):
    """Something the user gave cannot work; the message is one line that says what, where, and the way out."""

    exit_code = 2


def is_own_file(filename: str) -> bool:
    """Return whether a file belongs to this project's packages.

    >>> is_own_file(__file__), is_own_file("pump.py")
    (True, False)
    """
    return filename.startswith(tuple(folder + separator for folder in _OWN_FOLDERS for separator in "/\\"))


def describe(error: BaseException, otherwise: str = "") -> str:
    """Describe an exception in one line that begins with the last place in the user's code, or else with `otherwise`.

    >>> try:
    ...     float("abc")
    ... except ValueError as error:
    ...     describe(error).endswith("ValueError: could not convert string to float: 'abc'")
    True
    """
    if isinstance(error, OperationLimitError):
        message = str(error).replace(ALLOW_MORE, "--max-operations N")
        return message.removeprefix(os.path.join(os.getcwd(), ""))
    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    place = _last_place(error.__traceback__) or otherwise
    return f"{place}: {what}" if place else what


def in_one_line(message: str) -> str:
    """Return a message in one line, in which whatever would control a terminal is shown as Python writes it.

    >>> print(in_one_line("red \\x1b[31m\\nand \\r back"))
    red \\x1b[31m and \\r back
    """
    lines = " ".join(line for line in message.replace("\t", " ").split("\n") if line.strip())
    shown = "".join(c if c.isprintable() else repr(c)[1:-1] for c in lines)
    return " ".join(shown.split())


def _last_place(trace: TracebackType | None) -> str:
    frames = [
        frame
        for frame in traceback.extract_tb(trace)
        if not is_own_file(frame.filename) and not frame.filename.startswith("<")
    ]
    if not frames:
        return ""
    last = frames[-1]
    return f"{_short(last.filename)}:{last.lineno} (in {last.name})"


def _short(filename: str) -> str:
    path = Path(filename)
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else filename
