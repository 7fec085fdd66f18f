"""Where the readable code meets the fast one: when machine code is switched on, and what it then answers.

    sweep(outputs, cotangents, wanted, since, how)     the reverse pass; None where Python has to run it
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

__all__ = ["ALONE", "TO_THE_LEAVES", "TO_THOSE_WANTED", "WORTH_IT", "recorded_much", "sweep_in_python"]

WORTH_IT: Final = 200_000
"""After how many Variables machine code pays for being made, which takes as long as recording so many."""

TO_THOSE_WANTED, TO_THE_LEAVES, ALONE = 0, 1, 2
"""How to sweep: to the Variables wanted, to all leaves, or not at all where anything older is behind the outputs."""

_asked: list[bool] = []


def recorded_much() -> None:
    """Switch machine code on, once."""
    if not _asked:
        _asked.append(True)
        from minitorch.native.switching import switch_on

        switch_on()


def sweep_in_python(*arguments: Any) -> list[float] | None:
    """Leave the reverse pass to Python."""
    return None


sweep: Callable[..., list[float] | None] = sweep_in_python
