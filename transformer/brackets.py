"""What is begun is ended, whatever interrupts it: the handler of a signal may raise wherever a call has returned.

    with bracket(begin, end) as begun:
        ...
    with taken(lock):
        ...

Python 3.14 also looks for signals between taking the lock of `with lock:` and the block, and then leaves it taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock, RLock
from typing import TypeVar

__all__ = ["bracket", "taken"]

T = TypeVar("T")


@contextmanager
def bracket(begin: Callable[[], T], end: Callable[[], object]) -> Iterator[T]:
    """Begin something, and end it after a block, also where an interrupt stops the beginning, the block or the end.

    Args:
        begin: is called first.
        end: is called last, twice if it is interrupted itself. So it undoes what has been done and no more: also of a
            beginning that was stopped halfway, and nothing the second time.

    Yields:
        What `begin` returns.

    >>> begun = set()
    >>> with bracket(lambda: begun.add(1), lambda: begun.discard(1)):
    ...     begun
    {1}
    >>> begun
    set()
    """
    try:
        yield begin()
    finally:
        try:
            end()
        except BaseException:
            end()
            raise


@contextmanager
def taken(lock: Lock | RLock, *how: float) -> Iterator[bool]:
    """Hold a lock within, if it can be taken.

    Args:
        lock: the lock.
        how: what its `acquire` is given, whether and for how long it is waited for.

    Yields:
        Whether it is this thread's.

    >>> with taken(Lock(), False) as is_ours:
    ...     is_ours
    True
    """
    answer = [False]
    try:
        # The call is made by the assignment itself: an interrupt comes before it, or when it is noted.
        answer[:] = map(lock.acquire, *([each] for each in how or (True,)))
        yield answer[0]
    finally:
        if answer[0]:
            lock.release()
