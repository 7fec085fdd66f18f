"""Where the user's source does an operation: file, line, columns, function, and the name its value is assigned to.

While code runs, an operation keeps no more than an origin: the code object of the caller and the instruction that it is
at.  The transformer keeps original positions on every node, so Python's own table of positions, which the compiler made
of them, turns an origin into a place when somebody asks.

    >>> place = Place.of(origin_of_caller())
    >>> place.line, place.function
    (1, '<module>')
"""

from __future__ import annotations

import functools
import itertools
import linecache
import sys
import warnings
from dataclasses import dataclass
from types import CodeType, FrameType
from typing import TypeAlias

from minitorch.autodiff.assigned_names import name_assigned
from minitorch.recorder import origin_of_caller
from minitorch.recorder.own_files import OWN_FILES
from minitorch.transformer import file_name

__all__ = [
    "OWN_FILES", "Origin", "Place", "caller", "file_and_line", "line_of", "origin_of_caller", "package_of", "place_in",
    "place_of_caller", "position_in", "source_of", "warn_caller",
]  # fmt: skip

Origin: TypeAlias = tuple[CodeType, int]
"""Code, and the index of the instruction in it."""


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of somebody's source.

    Args:
        file: the file, as its code object names it.
        line: its first line, from 1.
        column: its first column, from 0, in bytes of UTF-8; `None` where Python does not know (before 3.11).
        end_line: its last line.
        end_column: the column after its last one.
        function: the qualified name of the function around it.
        name: the name that its value is assigned to there, if it is.
    """

    file: str
    line: int
    column: int | None
    end_line: int | None
    end_column: int | None
    function: str
    name: str | None = None

    def __str__(self) -> str:
        return file_and_line(self.file, self.line)

    @staticmethod
    def of(origin: Origin) -> Place:
        """Look an origin up."""
        code, instruction = origin
        # Code objects are equal whatever their file is.
        return _place(code.co_filename, code, instruction)


@functools.lru_cache(maxsize=100_000)
def _place(file: str, code: CodeType, instruction: int) -> Place:
    function = getattr(code, "co_qualname", code.co_name)
    line, end_line, column, end_column = position_in(code, instruction)
    name = name_assigned(file, (line, column, end_line, end_column))
    return Place(file, line, column, end_line, end_column, function, name)


def position_in(code: CodeType, instruction: int) -> tuple[int, int | None, int | None, int | None]:
    """Return first line, last line, first column and column after the last one of an instruction."""
    if sys.version_info >= (3, 11):
        positions = itertools.islice(code.co_positions(), instruction // 2, None)
        line, end_line, column, end_column = next(positions, (None,) * 4)
        if line is not None:
            return line, end_line, column, end_column
    lines = [line for start, end, line in code.co_lines() if start <= instruction < end and line is not None]
    return (lines[0] if lines else code.co_firstlineno), None, None, None


def file_and_line(file: str, line: int) -> str:
    """Return how a place is called in a text: `pump.py:41`, or `In[4]:2` for the second line of a notebook's cell.

    >>> file_and_line("pump.py", 41), file_and_line("<ipython-input-4-1f0c>", 2)
    ('pump.py:41', 'In[4]:2')
    """
    return f"{file_name(file)}:{line}"


def place_in(frame: FrameType) -> str:
    """Return `file:line` of what a frame is doing."""
    return file_and_line(frame.f_code.co_filename, line_of(frame))


def line_of(frame: FrameType) -> int:
    """Return the line that a frame is at; the first one of its code where that has none, as generated code may."""
    line: int | None = frame.f_lineno
    return frame.f_code.co_firstlineno if line is None else line


def is_own(code: CodeType) -> bool:
    """Return whether code belongs to this project."""
    return OWN_FILES[code.co_filename]


def caller() -> FrameType | None:
    """Return the nearest frame outside this project's own packages, `None` where there is none."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and is_own(frame.f_code):
        frame = frame.f_back
    return frame


def package_of(frame: FrameType) -> str:
    """Return the top-level package whose code the frame runs."""
    return str(frame.f_globals.get("__name__", "")).partition(".")[0]


def place_of_caller() -> str:
    """Return `file:line` of the nearest code outside this project.

    >>> place_of_caller().rpartition(":")[2].isdigit()
    True
    """
    frame = caller()
    return "<unknown>:0" if frame is None else place_in(frame)


def source_of(place: Place) -> str:
    """Return the source of an expression as it stands there, that of its whole line where its columns are not known.

    >>> source_of(Place("<nowhere>", 1, 0, 1, 5, "f"))
    ''
    """
    last = place.end_line or place.line
    lines = [line.encode() for line in linecache.getlines(place.file)[place.line - 1 : last]]
    if lines and place.column is not None and place.end_column is not None:
        lines[-1] = lines[-1][: place.end_column]
        lines[0] = lines[0][place.column :]
    return b"".join(lines).decode(errors="replace")


def warn_caller(warning: Warning) -> None:
    """Warn at the line of the nearest code outside this project."""
    levels, frame = 2, sys._getframe(1)
    while is_own(frame.f_code) and frame.f_back is not None:
        levels, frame = levels + 1, frame.f_back
    file = frame.f_code.co_filename
    name = file_name(file)
    if name == file:
        warnings.warn(warning, stacklevel=levels)
        return
    # What shows a warning has no more than its file, and looks there for the line.
    linecache.cache[name] = (0, None, linecache.getlines(file), name)
    registry = frame.f_globals.setdefault("__warningregistry__", {})
    module = frame.f_globals.get("__name__")
    warnings.warn_explicit(warning, None, name, line_of(frame), module, registry)
