"""What is begun is ended, whatever interrupts it: the handler of a signal may raise wherever a call has returned.

with bracket(begin, end) as begun:
    ...
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

__all__ = ["bracket"]

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
