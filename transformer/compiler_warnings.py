"""Keeps Python's compiler from repeating its warnings: what it says of a source is said when that is first compiled.

    SyntaxWarning: "is" with 'int' literal. Did you mean "=="?

Code is compiled again to find a function's definition and to rewrite it.  Filters of `warnings` belong to all
threads, so the ones put there for a time match nothing in any other thread.
"""

from __future__ import annotations

import functools
import sys
import threading
import warnings
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

from .parsing import parse

__all__ = ["compiling_quietly", "parse_quietly"]

CATEGORIES: Final = (SyntaxWarning, DeprecationWarning)
"""What the compiler warns of; up to Python 3.11 an unknown escape in a text is the second."""


class Unsaid(threading.local):
    """Takes the place of a pattern for the texts of warnings: it matches all that come up in a thread that wants quiet.

    Attributes:
        match: returns whether a warning of a text is passed over. It is a function of C: while code of Python's ran,
            another thread could take its filters out, and the one that moves into their place would be passed over.
    """

    match: Callable[[str], bool] = frozenset[str]().__contains__


ARE_OF_CONTEXT: Final = bool(getattr(sys.flags, "context_aware_warnings", False))
"""Whether filters belong to contexts, as they may from Python 3.14 on."""

_unsaid: Final = Unsaid()
_FILTERS: Final[list[Any]] = [("ignore", _unsaid, category, None, 0) for category in CATEGORIES]


@contextmanager
def compiling_quietly() -> Iterator[Collection[str]]:
    """Have the compiler say nothing in this thread for a `with` block, nor raise where warnings are to be errors.

    Yields:
        the texts of the warnings that came up; complete behind the block.

    >>> with compiling_quietly() as unsaid:
    ...     code = compile("1 is 1", "<text>", "eval")
    >>> len(unsaid)
    1
    """
    outer = _unsaid.match
    texts: defaultdict[str, bool] = defaultdict(functools.partial(bool, 1))
    # To ask for a text keeps it, and is answered with yes.
    _unsaid.match = texts.__getitem__
    try:
        with filters_of_context(texts) if ARE_OF_CONTEXT else filters_of_all():
            yield texts
    finally:
        _unsaid.match = outer


@contextmanager
def filters_of_all() -> Iterator[None]:
    """Put filters for the thread that wants quiet before those that all threads share."""
    filters: list[Any] = warnings.filters  # type: ignore[assignment]
    filters[:0] = _FILTERS
    try:
        yield
    finally:
        for each in _FILTERS:
            # They may have been reset meanwhile.
            with suppress(ValueError):
                filters.remove(each)


@contextmanager
def filters_of_context(texts: dict[str, bool]) -> Iterator[None]:
    """Note what the compiler says in this context, whose filters no other thread shares."""
    with warnings.catch_warnings(record=True) as caught:
        for category in CATEGORIES:
            warnings.simplefilter("always", category)
        try:
            yield
        finally:
            texts.update((str(each.message), True) for each in caught)


def parse_quietly(text: str, filename: str = "<unknown>", mode: str = "exec") -> Any:
    """Return the syntax tree of a source that has been compiled before.

    Raises:
        SyntaxError: it is not valid Python.
    """
    with compiling_quietly():
        return parse(text, filename, mode)
