"""Writes the numbers of a report: those of pictures, and parts of a whole. The page's script does the same.

0.12345   ->   12.3 %          1e-9   ->   < 0.1 %          inf   ->   ∞
"""

from __future__ import annotations

import math

from minitorch.drawing.numerals import numeral
from minitorch.reporting.model import Branch

__all__ = ["margin_text", "numeral", "percentage", "reach_text", "share_text"]


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
