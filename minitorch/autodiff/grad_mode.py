"""Whether operations on Variables are recorded: `no_grad()` says no for the code within, in its thread and context.

>>> with no_grad():
...     is_recording()
False
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

__all__ = ["is_recording", "no_grad", "pausing", "set_within"]

_recording: ContextVar[bool] = ContextVar("recording", default=True)

pausing: list[object] = []
"""Holds something while anybody does not record; a list, since asking one costs next to nothing."""


def is_recording() -> bool:
    """Return whether operations on Variables are recorded here and now."""
    return not pausing or _recording.get()


@contextmanager
def set_within(flag: ContextVar[bool], value: bool, holders: list[object]) -> Iterator[None]:
    """Set a flag in this thread and context, and hold something in a list meanwhile, which costs little to look at.

    Args:
        flag: the flag.
        value: what it is within.
        holders: the list.
    """
    token = flag.set(value)
    holders.append(token)
    try:
        yield
    finally:
        holders.pop()
        flag.reset(token)


@contextmanager
def no_grad() -> Iterator[None]:
    """Have operations on Variables within give constants, so that no derivative passes; a decorator, too.

    >>> import minitorch
    >>> def f(x):
    ...     with no_grad():
    ...         scale = x * x
    ...     return x * scale
    >>> minitorch.grad(f)(3.0)
    9.0
    """
    with set_within(_recording, False, pausing):
        yield
