"""A small curve of a number over the runs of a line, as SVG that needs no script: its ends and extremes are its text.

values 1, 4, 2     ->     a curve of three points, "value over 3 runs: first 1, last 2, lowest 1, highest 4"
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from minitorch.reporting.numerals import numeral

__all__ = ["sparkline"]

WIDTH: Final = 60
HEIGHT: Final = 16
MAX_PIECES: Final = 60
"""Of longer runs the lowest and the highest number of so many pieces are drawn."""


def sparkline(numbers: Sequence[float], what: str, times: int) -> str:
    """Draw a curve.

    Args:
        numbers: one for each run, or for a sample of them; gaps where they are not finite.
        what: what they are, in a word.
        times: how many runs there were.
    """
    finite = [x for x in numbers if math.isfinite(x)]
    if not finite:
        return ""
    low, high = min(finite), max(finite)
    label = (
        f"{what} over {times:,} runs: first {numeral(numbers[0])}, last {numeral(numbers[-1])}, "
        f"lowest {numeral(low)}, highest {numeral(high)}"
    )
    # Halves are far from overflow, where the numbers themselves need not be.
    span = high / 2 - low / 2
    last = max(len(numbers) - 1, 1)
    words, pen = [], "M"
    for place, number in points(numbers):
        if not math.isfinite(number):
            pen = "M"
            continue
        up = (number / 2 - low / 2) / span if span else 0.5
        words.append(f"{pen}{place * WIDTH / last:.1f} {(HEIGHT - 2) * (1 - up) + 1:.1f}")
        pen = "L"
    return (
        f'<svg class="spark" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" role="img" '
        f'aria-label="{label}"><title>{label}</title><path d="{"".join(words)}"/>'
        f'<line x1="{WIDTH}" x2="{WIDTH}" y1="0" y2="{HEIGHT}"/></svg>'
    )


def points(numbers: Sequence[float]) -> list[tuple[int, float]]:
    """Return the points to draw: all of them, or the ends, the lowest and the highest of each piece."""
    if len(numbers) <= 2 * MAX_PIECES:
        return list(enumerate(numbers))
    chosen = {0, len(numbers) - 1}
    for piece in range(MAX_PIECES):
        begin, end = (len(numbers) * (piece + k) // MAX_PIECES for k in (0, 1))
        finite = [place for place in range(begin, end) if math.isfinite(numbers[place])]
        if finite:
            chosen |= {min(finite, key=numbers.__getitem__), max(finite, key=numbers.__getitem__)}
        if len(finite) < end - begin:
            chosen.add(next(place for place in range(begin, end) if not math.isfinite(numbers[place])))
    return [(place, numbers[place]) for place in sorted(chosen)]
