"""Text for pictures: short, on one line, and printable, whatever a name, a value or a line of source has in it.

"two\\nlines"                                  becomes   two\\nlines
".../site-packages/geographiclib/geodesic.py"  becomes   geographiclib/geodesic.py
"""

from __future__ import annotations

import linecache
import os
import reprlib
import sys
import textwrap
from typing import Any

from minitorch.autodiff.place import Place
from minitorch.autodiff.variable import Variable
from minitorch.drawing.array_texts import has_axes, norm_text, range_text, shape_text, value_text
from minitorch.drawing.elements import Spot
from minitorch.drawing.numerals import complex_numeral, numeral
from minitorch.transformer import file_name

__all__ = [
    "MAX_CHARACTERS", "MAX_FILE_CHARACTERS", "MAX_TITLE_CHARACTERS", "named", "number", "readable", "short_file",
    "shown_file", "slope", "source_lines", "source_text", "spot_of", "value_of", "written",
]  # fmt: skip

MAX_CHARACTERS = 40
MAX_FILE_CHARACTERS = 64
MAX_TITLE_CHARACTERS = 200
MAX_WRAPPED_LINES = 3
ONE_LINE = 46
"""The longest line of source that is not wrapped."""
WRAPPED = 44


def readable(text: str, longest: int = MAX_CHARACTERS) -> str:
    """Shorten a text, and escape what can't be printed: line breaks, control characters, lone surrogates.

    >>> readable("two\\nlines"), readable("x" * 50, 4)
    ('two\\\\nlines', 'xxx…')
    """
    if len(text) > longest:
        text = text[: longest - 1] + "…"
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def number(value: object) -> str:
    """Return the text of a value, short enough for a picture.

    >>> number(2 / 3), number(1e-07), number(True)
    ('0.666667', '1e-7', 'True')
    """
    if has_axes(value):
        return f"{shape_text(value)}: {range_text(value)}"
    if isinstance(value, (float, complex)):
        return complex_numeral(value) if isinstance(value, complex) else numeral(value)
    return readable(reprlib.repr(value))


def slope(value: object) -> str:
    """Return the text of a derivative, short enough for a picture.

    >>> slope(0.5)
    '0.5'
    """
    return norm_text(value) if has_axes(value) else number(value)


def written(value: object) -> str:
    """Return the text of a value under the pointer: all digits of a number, a summary of an array."""
    return value_text(value) if has_axes(value) else repr(value)


def named(name: str | None, value: str, longest: int = MAX_CHARACTERS) -> str:
    """Return `name = value`, or only one of the two where the other is missing."""
    if not name:
        return value
    shown = readable(name, longest)
    return f"{shown} = {value}" if value else shown


def value_of(operand: Any) -> Any:
    """Return the plain value of an operand of a Function."""
    return operand.get_data() if issubclass(type(operand), Variable) else operand


def source_text(place: Place) -> str:
    """Return the line of the source where a place begins; an empty text if the source can't be read."""
    return readable(linecache.getline(place.file, place.line).strip().expandtabs(), MAX_TITLE_CHARACTERS)


def source_lines(place: Place) -> list[str]:
    """Return the line of the source where a place begins, wrapped if it is long, and cut where it is longer still."""
    source = source_text(place)
    if len(source) <= ONE_LINE:
        return [source]
    lines = textwrap.wrap(source, WRAPPED, replace_whitespace=False, break_on_hyphens=False)
    if len(lines) > MAX_WRAPPED_LINES:
        lines[MAX_WRAPPED_LINES - 1 :] = [f"{lines[MAX_WRAPPED_LINES - 1][: WRAPPED - 2]} …"]
    return lines


def shown_file(file: str) -> str:
    """Return the name of a file from the working folder or from an entry of `sys.path`, whichever is shortest.

    >>> shown_file(os.path.join(os.getcwd(), "pump.py")), shown_file("<stdin>")
    ('pump.py', '<stdin>')
    """
    folders = {os.getcwd(), *(os.path.abspath(entry) for entry in sys.path)}
    inside = [folder.rstrip(os.sep) + os.sep for folder in folders]
    names = [file[len(folder) :] for folder in inside if file.startswith(folder)]
    return readable(min([*names, file_name(file)], key=len), MAX_TITLE_CHARACTERS)


def short_file(file: str) -> str:
    """Return `shown_file`, but only the end of a long name, where there is little room.

    >>> short_file("a/" * 50 + "pump.py")[:5], short_file("pump.py")
    ('…a/a/', 'pump.py')
    """
    shown = shown_file(file)
    return shown if len(shown) <= MAX_FILE_CHARACTERS else f"…{shown[1 - MAX_FILE_CHARACTERS :]}"


def spot_of(place: Place) -> Spot:
    """Return a place in the form that is shown."""
    return Spot(shown_file(place.file), place.line, readable(place.function, MAX_TITLE_CHARACTERS))
