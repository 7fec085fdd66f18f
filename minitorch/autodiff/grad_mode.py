"""Whether operations on Variables are recorded: `no_grad()` says no for the code within, in its thread and context.

>>> with no_grad():
...     is_recording()
False
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

__all__ = ["is_recording", "no_grad", "pausing", "recording"]

_recording: ContextVar[bool] = ContextVar("recording", default=True)

pausing: list[object] = []
"""Holds something while anybody does not record; a list, since asking one costs next to nothing."""


def is_recording() -> bool:
    """Return whether operations on Variables are recorded here and now."""
    return not pausing or _recording.get()


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
    token = _recording.set(False)
    pausing.append(token)
    try:
        yield
    finally:
        pausing.pop()
        _recording.reset(token)


@contextmanager
def recording() -> Iterator[None]:
    """Have operations on Variables within recorded, also where somebody further out does not.

    >>> with no_grad(), recording():
    ...     is_recording()
    True
    """
    token = _recording.set(True)
    try:
        yield
    finally:
        _recording.reset(token)
