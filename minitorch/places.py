"""Where an operation was done: known where its value is nan or infinite, of all operations within `remember_places()`.

    >>> from minitorch.scalar import Scalar
    >>> with remember_places():
    ...     y = Scalar(2.0) * 3.0
    >>> place_of(y.history).rpartition(":")[2].isdigit(), place_of((y * 2.0).history)
    (True, None)
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from minitorch.autodiff import History
from minitorch.errors import place_of_caller

__all__ = ["note_place", "place_of", "remember_places", "remembering"]

remembering: list[bool] = []
"""Holds something while every operation is to note its place; a list, since asking one costs next to nothing."""


@contextmanager
def remember_places() -> Iterator[None]:
    """Within, every operation notes the file and line of the code that does it, which costs about half its time."""
    remembering.append(True)
    try:
        yield
    finally:
        remembering.pop()


def note_place(history: History | None) -> None:
    """Have an operation's history say where the code that is running outside this project does it."""
    if history is not None:
        history.place = place_of_caller()


def place_of(history: History | None) -> str | None:
    """Return the `file:line` of an operation, None where it was not noted."""
    return getattr(history, "place", None)
