"""Where the readable code meets the fast one: when machine code is switched on, and what it then answers.

sweep(outputs, cotangents, wanted, since, how)     the reverse pass; None where Python has to run it
jvp(outputs, inputs, tangents, since)             forward mode, likewise
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

__all__ = [
    "NATIVE_THRESHOLD_VARIABLES",
    "SELF_CONTAINED",
    "TO_THE_LEAVES",
    "TO_THOSE_WANTED",
    "jvp",
    "left_to_python",
    "recorded_much",
    "sweep",
]

NATIVE_THRESHOLD_VARIABLES: Final = 200_000
"""After how many Variables machine code pays for being made, which takes as long as recording so many."""

TO_THOSE_WANTED, TO_THE_LEAVES, SELF_CONTAINED = 0, 1, 2
"""How to sweep: to the Variables wanted, to all leaves, or not at all where anything older is behind the outputs."""

_asked: list[bool] = []


def recorded_much() -> None:
    """Switch machine code on, once."""
    if not _asked:
        _asked.append(True)
        from minitorch.recorder.switching import switch_on

        switch_on()


def left_to_python(*arguments: Any) -> list[float] | None:
    """Leave a pass to Python."""
    return None


sweep: Callable[..., list[float] | None] = left_to_python
jvp: Callable[..., list[float] | None] = left_to_python
