"""Counting down the operations that may still be recorded before somebody looks at how many there were.

    count_down(1000, reached)    `reached` is called at the 1001st from now on
    count_down(0, None)          nobody looks

What it returns is how many operations there were since the last time.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Final

__all__ = ["count_down", "count_operation", "counting"]

counting: Final[list[object]] = []
"""Holds something while anybody counts; Python code that records asks it first, which costs next to nothing."""


class Countdown:
    """Where the count is.

    Attributes:
        given: what it began with.
        left: how many operations may be recorded before somebody looks.
        reached: who looks.
    """

    given = left = sys.maxsize
    reached: Callable[[], object] | None = None


countdown: Final = Countdown()


def count_down(operations: int, reached: Callable[[], object] | None) -> int:
    """Begin to count down.

    Args:
        operations: how many operations pass.
        reached: what is called at the one after these, before it is recorded; `None` for nothing.

    Returns:
        How many operations there were since the last time.
    """
    counted = countdown.given - countdown.left
    countdown.given = countdown.left = sys.maxsize if reached is None else operations
    countdown.reached = reached
    return counted


def count_operation() -> None:
    """Count an operation that is about to be recorded."""
    countdown.left -= 1
    if countdown.left < 0 and countdown.reached is not None:
        countdown.reached()
