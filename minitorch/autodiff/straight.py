"""Whether what rounds is differentiated as if it did not, straight through: in one thread and context.

>>> with straight_through():
...     is_straight()
True
>>> is_straight()
False
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from minitorch.autodiff.grad_mode import set_within

__all__ = ["is_straight", "straight_through", "straightening"]

_straight: ContextVar[bool] = ContextVar("straight", default=False)

straightening: list[object] = []
"""Holds something while anybody differentiates so; a list, since asking one costs next to nothing."""


def is_straight() -> bool:
    """Return whether rounding is differentiated straight through here and now."""
    return bool(straightening) and _straight.get()


@contextmanager
def straight_through(on: bool = True) -> Iterator[None]:
    """Have what rounds within be recorded as if it did not.

    Args:
        on: whether to; else all is as usual.
    """
    with set_within(_straight, on, straightening):
        yield
