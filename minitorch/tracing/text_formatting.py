"""Text made of Variables by the `%` of text: they are written as their plain numbers, and nothing gets lost.

>>> from minitorch.scalars.scalar import Scalar
>>> modulo("%.*f and %r", (1, Scalar(2.5), Scalar(3.0)))
'2.5 and 3.0'
"""

from __future__ import annotations

import operator
import re
import sys
from collections.abc import Callable
from types import FunctionType
from typing import Any, Final

from minitorch.autodiff.decisions import decide
from minitorch.autodiff.run_notes import ACTIVE, note_printed
from minitorch.autodiff.variable import Variable
from minitorch.recorder import faster
from minitorch.scalars.containers import MAPPINGS
from minitorch.scalars.float_protocol import is_tracked, plain_value
from minitorch.scalars.scalar import Indicator, Scalar

__all__ = ["FORMATTERS", "as_arguments", "formatting", "modulo", "modulo_in_place"]

FORMATTERS: Final[frozenset[Any]] = frozenset({str.__mod__, bytes.__mod__, bytearray.__mod__})
"""The methods that format: those of text, which a class derived from it may have, too."""


_TEXT: Final = (str, bytes, bytearray)

NUMBERS: Final = re.compile(r"[-+]?\d+(?:\.(\d*))?(?:[eE]([-+]?\d+))?")
"""Decimal numbers, with their decimals and their exponent."""

_NUMBERS: Final = frozenset({Scalar, float, int})


def as_text(value: Any) -> Any:
    """Return a plain number for a Variable, to be written as text; an object that turns into one as one that does."""
    kind = type(value)
    if type(getattr(kind, "__float__", None)) is FunctionType and not is_tracked(value):
        return Written(value)
    plain = bool(value.data) if kind is Indicator else plain_value(value)
    return decide("value", value, plain) if issubclass(kind, Variable) else plain


class Written:
    """An object as text has it: its own text, and a plain number where one is asked for.

    Args:
        value: the object.
    """

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __str__(self) -> str:
        return str(self.value)

    def __repr__(self) -> str:
        return repr(self.value)

    def __int__(self) -> int:
        return int(self.value)

    def __index__(self) -> int:
        return operator.index(self.value)

    def __float__(self) -> float:
        number = type(self.value).__float__(self.value)
        return as_text(number) if is_tracked(number) else float(self.value)


class Keyed:
    """A mapping whose Variables are written as plain numbers.

    Args:
        mapping: any object with keys.
    """

    __slots__ = ("mapping",)

    def __init__(self, mapping: Any) -> None:
        self.mapping = mapping

    def __getitem__(self, key: Any) -> Any:
        return as_text(self.mapping[key])


def as_arguments(text: Any, value: Any) -> Any:
    """Return what a text formats, a value, a tuple or a mapping, with plain numbers for Variables."""
    kind = type(value)
    if kind is tuple:
        return tuple(map(as_text, value))
    keyed = (b"%(" if isinstance(text, (bytes, bytearray)) else "%(") in text
    if keyed and hasattr(kind, "__getitem__") and not issubclass(kind, (tuple, str, bytes)):
        return Keyed(value)
    return as_text(value)


def formatting(method: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Make the replacement of a method that formats."""

    def formatted(text: Any, value: Any, /) -> Any:
        return method(text, as_arguments(text, value))

    return formatted


@faster("modulo")
def modulo(x: Any, y: Any, /) -> Any:
    """Do `x % y`: the remainder, or the format of Variables by their values.

    >>> modulo("%.1f", 2.5), modulo(7, 4)
    ('2.5', 3)
    """
    kind = type(x)
    if kind in _NUMBERS or not issubclass(kind, _TEXT) or kind.__mod__ not in FORMATTERS:
        return x % y
    text = x % as_arguments(x, y)
    if ACTIVE:
        note_numbers(text if isinstance(text, str) else text.decode("latin-1"), y)
    return text


def note_numbers(text: str, value: Any) -> None:
    """Note which numbers in a text are those of Variables that were formatted, to the digits that are written."""
    values = value.values() if isinstance(value, MAPPINGS) else value if type(value) is tuple else (value,)
    variables = [x for x in values if issubclass(type(x), Scalar) and x.creator is not None]
    for written in NUMBERS.finditer(text) if variables else ():
        number = float(written[0])
        # Whole numbers are cut off, others rounded.
        exponent = int(written[2] or 0) - len(written[1] or "")
        tolerance = (0.51 if written[1] else 1.0) * 10.0 ** min(exponent, sys.float_info.max_10_exp)
        nearest = min(variables, key=lambda x: abs(x.data - number))
        if abs(nearest.data - number) <= tolerance:
            note_printed(written[0], nearest)


@faster("modulo_in_place")
def modulo_in_place(x: Any, y: Any, /) -> Any:
    """Do `x %= y`."""
    if issubclass(type(x), _TEXT):
        return modulo(x, y)
    x %= y
    return x
