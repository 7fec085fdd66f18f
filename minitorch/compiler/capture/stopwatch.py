"""Stops a recording that takes longer than it may, or comes to more operations than are compiled.

An exception that no `except Exception` catches ends the run.

A run is only stopped where nobody notices that the call is done again: as long as it has changed nothing that it reads,
and has not acted on the world outside. Others go on to their end.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Final

from minitorch.transformer import thread_nanoseconds

__all__ = ["EVENTS_PER_LOOK", "RecordingStopped", "Stopwatch"]

FREE_LOOKS: Final = 8
"""Before so many looks at the clock no run is stopped: its function is short, whatever else had to be made ready."""

EVENTS_PER_LOOK: Final = 32
"""The clock is read once in so many events: to read it takes longer than most of them."""


class RecordingStopped(BaseException):
    """A recording took longer than it may, or came to too much, and was ended in the midst of the user's function."""


class Stopwatch:
    """Tells when a recording has taken too long, or has come to too much.

    Args:
        clock: tells CPU time in nanoseconds.
        nanoseconds: how long it may take; `None` for any time.

    Attributes:
        may_stop: returns whether the run can be done again.
        most: after how many operations the run is to be ended.
        is_over: whether it was, for that reason.
        is_stopped: whether the run was ended.

    >>> times = iter([0, 5, 15])
    >>> watch = Stopwatch(lambda: next(times), 10)
    >>> watch.looks = FREE_LOOKS
    >>> watch.look()
    >>> watch.look()
    Traceback (most recent call last):
    minitorch.compiler.capture.stopwatch.RecordingStopped
    """

    def __init__(self, clock: Callable[[], int] = thread_nanoseconds, nanoseconds: int | None = None) -> None:
        self.clock = clock
        self.end = None if nanoseconds is None else clock() + nanoseconds
        self.operations = self.looks = 0
        self.most = sys.maxsize
        self.may_stop: Callable[[], bool] = lambda: True
        self.is_stopped = self.is_over = False

    def tick(self) -> None:
        """Count an operation of the run, and end the run if it has taken too long, or if these are too many.

        Raises:
            RecordingStopped: it has, or they are.
        """
        self.operations += 1
        if self.operations > self.most:
            self.stop(is_over=True)
        if not self.operations % EVENTS_PER_LOOK:
            self.look()

    def look(self) -> None:
        """End the run if it has taken too long.

        Raises:
            RecordingStopped: it has.
        """
        self.looks += 1
        if self.end is None or self.looks < FREE_LOOKS or self.clock() <= self.end:
            return
        self.stop()

    def stop(self, is_over: bool = False) -> None:
        """End the run, unless that can't be done again: then it goes on to its end.

        Args:
            is_over: whether it came to too many operations.

        Raises:
            RecordingStopped: it can.
        """
        if self.is_stopped or self.may_stop():
            self.is_stopped, self.is_over = True, self.is_over or is_over
            raise RecordingStopped
        self.end, self.most = None, sys.maxsize

    def finish(self) -> None:
        """Keep nothing of the run, which has come to its end: what it has made is to be seen with nobody else."""
        self.end, self.most, self.may_stop = None, sys.maxsize, lambda: True
