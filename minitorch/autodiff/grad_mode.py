"""Whether operations on Variables are recorded: `no_grad()` says no for the code within, in its thread and context.

>>> with no_grad():
...     is_recording()
False
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, TypeVar

from minitorch.transformer import bracket

__all__ = [
    "FOR_ANY_ORDER",
    "FOR_ONE_ORDER",
    "SPARES",
    "is_recording",
    "is_sparing",
    "no_grad",
    "pausing",
    "recording",
    "set_within",
    "sparing",
]

Flag = TypeVar("Flag")

_recording: ContextVar[bool] = ContextVar("recording", default=True)

pausing: list[object] = []
"""Holds something while anybody does not record; a list, since asking one costs next to nothing."""


def is_recording() -> bool:
    """Return whether operations on Variables are recorded here and now."""
    return not pausing or _recording.get()


@contextmanager
def set_within(flag: ContextVar[Flag], value: Flag, holders: list[object]) -> Iterator[None]:
    """Set a flag in this thread and context, and hold something in a list meanwhile, which costs little to look at.

    Args:
        flag: the flag.
        value: what it is within.
        holders: the list.
    """
    before, holder = flag.get(), object()

    def begin() -> None:
        flag.set(value)
        holders.append(holder)

    def end() -> None:
        # Not the last one, which may be another thread's.
        if holder in holders:
            holders.remove(holder)
        flag.set(before)

    with bracket(begin, end):
        yield


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


FOR_ANY_ORDER, FOR_ONE_ORDER = 1, 2
"""What sparing leaves: what derivatives of derivatives need, too, or what one derivative needs."""

SPARES: Final[ContextVar[int]] = ContextVar("SPARES", default=0)
"""Whether what is recorded here and now keeps only those arrays that a derivative needs, and for which order.

So it is while a derivative function runs, whose history nobody else sees; that also holds something in `sparing`.
"""

sparing: list[object] = []
"""Holds something while anybody spares memory, as `pausing` does."""


def is_sparing() -> bool:
    """Return whether what is recorded here and now keeps only those arrays that a derivative needs."""
    return bool(sparing) and SPARES.get() > 0


@contextmanager
def recording() -> Iterator[None]:
    """Have operations on Variables within recorded, also where somebody further out does not; nobody else sees them.

    >>> with no_grad(), recording():
    ...     is_recording(), is_sparing()
    (True, True)
    """
    with set_within(_recording, True, []), set_within(SPARES, FOR_ANY_ORDER, sparing):
        yield
