"""Whether operations on Variables are recorded: `no_grad()` says no for the code within, in its thread and context.

    >>> with no_grad():
    ...     is_recording()
    False
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

__all__ = ["is_recording", "no_grad"]

_recording: ContextVar[bool] = ContextVar("recording", default=True)

is_recording = _recording.get
"""Return whether operations on Variables are recorded here and now."""


@contextmanager
def no_grad() -> Iterator[None]:
    """Within, operations on Variables give constants, so no derivative passes through them; a decorator, too.

    >>> import minitorch
    >>> def f(x):
    ...     with no_grad():
    ...         scale = x * x
    ...     return x * scale
    >>> minitorch.grad(f)(3.0)
    9.0
    """
    token = _recording.set(False)
    try:
        yield
    finally:
        _recording.reset(token)
