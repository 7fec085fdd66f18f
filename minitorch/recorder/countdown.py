"""Counting down the operations that a context may still record before its limit looks at how many there were.

    counted.set(limit); counting.append(limit)    `limit.look()` is called at the first operation
    limit.begin(1000)                             ... and then at the 1001st from now on

A limit belongs to a context, as its Python code does: what other threads and tasks record is not counted for it.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any, Final

__all__ = ["Countdown", "count_operation", "counted", "counting"]

counting: Final[list[object]] = []
"""Holds something while anybody counts; code that records asks it first, which costs next to nothing."""

counted: Final[ContextVar[Any]] = ContextVar("counted", default=None)
"""The Countdown of this thread and context; `None` where nothing is counted."""


class Countdown:
    """Where a count is; a limit derives from it, and has the method `look` that is called where nothing is left.

    Attributes:
        given: what it began with.
        left: how many operations may be recorded before it looks.
    """

    __slots__ = ("given", "left")

    given: int
    left: int

    def __init__(self) -> None:
        self.given = self.left = 0

    def begin(self, operations: int) -> int:
        """Begin to count down.

        Args:
            operations: how many operations pass before it looks.

        Returns:
            How many operations there were since the last time.
        """
        operations_since = self.given - self.left
        self.given = self.left = operations
        return operations_since


def count_operation() -> None:
    """Count an operation that is about to be recorded, for the limit of this context."""
    limit = counted.get()
    if limit is not None:
        limit.left -= 1
        if limit.left < 0:
            limit.look()
