"""How wide texts are at most in the fonts that pictures ask for, from Helvetica to the wider DejaVu Sans.

"d1 = 0.5"   ->   54 points at 13
"""

from __future__ import annotations

import unicodedata
from typing import Final

__all__ = ["text_width"]

LETTERS: Final = {
    "ijl'|": 0.24,
    " ftI.,:;!/\\[]": 0.28,
    "r-()`*°": 0.36,
    "ckszvxyJ": 0.5,
    '"{}': 0.37,
    "ABEKPSVXYL&": 0.67,
    "CDHNRUwT": 0.72,
    "GOQ": 0.78,
    "mM%": 0.86,
    "W@—…": 1.0,
}
"""The widths of letters of Helvetica, in parts of the size of the font."""
OTHER: Final = 0.57
WIDE: Final = 1.1
"""Letters of East Asia and pictograms, which stand in a square or a little more."""
MONOSPACE: Final = 0.605

WIDER: Final = 1.13
"""How much wider the widest font is, which Linux shows where no other one is installed."""

_WIDTHS: Final = {letter: width for letters, width in LETTERS.items() for letter in letters}


def text_width(text: str, size: float, monospace: bool = False) -> float:
    """Estimate the width of a text, rather too wide than too narrow.

    >>> text_width("d1 = 0.5", 10), text_width("d1", 10, monospace=True), text_width("温度", 10)
    (41.697, 12.1, 22.0)
    """
    return round(size * sum(_width(letter, monospace) for letter in text), 6)


def _width(letter: str, monospace: bool) -> float:
    if letter > "\u00ff":
        if unicodedata.combining(letter):
            return 0.0
        if unicodedata.east_asian_width(letter) in "WF" or letter > "\uffff":
            return WIDE
        return MONOSPACE if monospace else 0.8
    return MONOSPACE if monospace else WIDER * _WIDTHS.get(letter, OTHER)
