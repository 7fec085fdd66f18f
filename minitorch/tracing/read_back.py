"""Numbers that are made from text: runs that go on note them, since a Variable may have been printed as that text.

>>> from minitorch.autodiff.run_notes import note_printed, noting
>>> from minitorch.scalars.scalar import Scalar
>>> with noting() as notes:
...     note_printed("2.5", Scalar(2.5))
...     number = reading(float)("2.5")
>>> number, len(notes.read)
(2.5, 1)
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from numbers import Number
from typing import Any, Final

from minitorch.autodiff.run_notes import ACTIVE, note_read
from minitorch.scalars.containers import MAPPINGS

__all__ = ["from_hex", "from_text", "reading"]

TEXT: Final = frozenset({str, bytes, bytearray})


def from_text(number: float) -> float:
    """Return a number that was made from text, noted where a run goes on."""
    if ACTIVE:
        note_read(number)
    return number


def from_hex(text: Any, /) -> float:
    """Return what `float.fromhex` makes of text."""
    return from_text(float.fromhex(text))


def reading(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that makes numbers of text, which are noted."""

    @functools.wraps(function, updated=())
    def read(*arguments: Any, **keywords: Any) -> Any:
        result = function(*arguments, **keywords)
        if ACTIVE and arguments and is_text(arguments[0]) and any(notes.printed for notes in ACTIVE.copy()):
            note_numbers(result)
        return result

    return read


def is_text(value: Any) -> bool:
    """Return whether numbers are read from a value as text: it is that, or a file."""
    return type(value) in TEXT or hasattr(type(value), "read")


def note_numbers(value: Any) -> None:
    """Note the numbers in what was made from text."""
    for number in numbers_in(value):
        try:
            note_read(float(number))
        except OverflowError:
            # Whole numbers that are too large for a float are no Variable's.
            continue


def numbers_in(value: Any) -> Iterator[Any]:
    """Yield the numbers in a number, or in a structure as JSON has it."""
    kind = type(value)
    if kind in MAPPINGS:
        for item in value.values():
            yield from numbers_in(item)
    elif kind in (list, tuple):
        for item in value:
            yield from numbers_in(item)
    elif kind is complex:
        yield from (value.real, value.imag)
    elif isinstance(value, Number) and kind is not bool:
        yield value
