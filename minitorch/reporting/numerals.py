"""Writes numbers for a reader: six digits, and no more characters than needed. The page's script does the same.

0.30000000000000004   ->   0.3          1e-07   ->   1e-7          inf   ->   ∞
"""

from __future__ import annotations

import math
import re

from minitorch.reporting.model import Branch

__all__ = ["margin_text", "numeral", "percentage", "reach_text", "share_text"]

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


def percentage(part: float, digits: int = 3) -> str:
    """Write a part as per cent; a dash where it is not known.

    >>> percentage(0.12345), percentage(0.999, 2), percentage(float("nan"))
    ('12.3 %', '100 %', '—')
    """
    if math.isnan(part):
        return "—"
    whole = 99.5 <= abs(100 * part) < 1e6
    return f"{100 * part:.0f} %" if whole else f"{numeral(100 * part, digits)} %"


def share_text(share: float) -> str:
    """Write a line's part in the whole; one of next to nothing as "< 0.1 %".

    >>> share_text(0.25), share_text(1e-9)
    ('25 %', '< 0.1 %')
    """
    return "< 0.1 %" if 0 < share < 0.001 else percentage(share, 2)


def margin_text(branch: Branch) -> str:
    """Write the margin of a branch: the distance to a value with another answer."""
    return "—" if branch.margin is None else f"by {numeral(branch.margin, 3)}"


def reach_text(branch: Branch) -> str:
    """Write the relative change of the inputs that would bring another answer."""
    return "no small one" if math.isinf(branch.reach) else percentage(branch.reach)
