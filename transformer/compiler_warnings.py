"""Keeps Python's compiler from repeating its warnings: what it says of a source is said when that is first compiled.

    SyntaxWarning: "is" with 'int' literal. Did you mean "=="?

Code is compiled again to find a function's definition and to rewrite it.  Filters of `warnings` belong to all
threads, so the ones put there for a time match nothing in any other thread.
"""

from __future__ import annotations

import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from .parsing import parse

__all__ = ["compiling_quietly", "parse_quietly"]

CATEGORIES: Final = (SyntaxWarning, DeprecationWarning)
"""What the compiler warns of; up to Python 3.11 an unknown escape in a text is the second."""


class Unsaid(threading.local):
    """Takes the place of a pattern for the texts of warnings: it matches all that come up in a thread that wants quiet.

    Attributes:
        texts: those that came up; `None` in a thread that does not want quiet.
    """

    texts: list[str] | None = None

    def match(self, text: str) -> bool:
        """Return whether a warning of this text is passed over."""
        if self.texts is None:
            return False
        self.texts.append(text)
        return True


ARE_OF_CONTEXT: Final = bool(getattr(sys.flags, "context_aware_warnings", False))
"""Whether filters belong to contexts, as they may from Python 3.14 on."""

_unsaid: Final = Unsaid()
_FILTERS: Final[list[Any]] = [("ignore", _unsaid, category, None, 0) for category in CATEGORIES]


@contextmanager
def compiling_quietly() -> Iterator[list[str]]:
    """Have the compiler say nothing in this thread for a `with` block, nor raise where warnings are to be errors.

    Yields:
        the texts of the warnings that came up, some repeatedly; complete behind the block.

    >>> with compiling_quietly() as unsaid:
    ...     code = compile("1 is 1", "<text>", "eval")
    >>> len(unsaid)
    1
    """
    outer = _unsaid.texts
    texts = _unsaid.texts = []
    try:
        with filters_of_context(texts) if ARE_OF_CONTEXT else filters_of_all():
            yield texts
    finally:
        _unsaid.texts = outer


@contextmanager
def filters_of_all() -> Iterator[None]:
    """Put filters for the thread that wants quiet before those that all threads share."""
    filters: list[Any] = warnings.filters  # type: ignore[assignment]
    filters[:0] = _FILTERS
    try:
        yield
    finally:
        for each in _FILTERS:
            if each in filters:
                filters.remove(each)


@contextmanager
def filters_of_context(texts: list[str]) -> Iterator[None]:
    """Note what the compiler says in this context, whose filters no other thread shares."""
    with warnings.catch_warnings(record=True) as caught:
        for category in CATEGORIES:
            warnings.simplefilter("always", category)
        try:
            yield
        finally:
            texts += [str(each.message) for each in caught]


def parse_quietly(text: str, filename: str = "<unknown>", mode: str = "exec") -> Any:
    """Return the syntax tree of a source that has been compiled before.

    Raises:
        SyntaxError: it is not valid Python.
    """
    with compiling_quietly():
        return parse(text, filename, mode)
