"""Writes numbers for a reader: six digits, and no more characters than needed. The script of reports does the same.

0.30000000000000004   ->   0.3          1e-07   ->   1e-7          inf   ->   ∞
"""

from __future__ import annotations

import math
import re

__all__ = ["complex_numeral", "numeral"]

_PADDED_EXPONENT = re.compile(r"e([+-])0*(\d)")


def numeral(value: float, digits: int = 6) -> str:
    """Write a number.

    Args:
        value: the number.
        digits: how many significant digits it is rounded to.

    >>> numeral(2 / 3), numeral(-1e-07), numeral(1e21), numeral(float("-inf"))
    ('0.666667', '-1e-7', '1e21', '-∞')
    """
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    return _PADDED_EXPONENT.sub(lambda found: "e" + found[1].strip("+") + found[2], f"{value:.{digits}g}")


def complex_numeral(value: complex, digits: int = 6) -> str:
    """Write a complex number by its parts.

    >>> complex_numeral(0.1 + 0.2 - 1e-9j), complex_numeral(2j)
    ('0.3-1e-9j', '0+2j')
    """
    imaginary = numeral(value.imag, digits)
    return f"{numeral(value.real, digits)}{'' if imaginary.startswith('-') else '+'}{imaginary}j"
