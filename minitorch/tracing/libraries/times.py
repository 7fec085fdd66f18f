"""Functions of `time` that take seconds and give no number back that depends on them smoothly.

A pause, a date or its text is that of the plain number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from minitorch.tracing.libraries import Resolve
from minitorch.tracing.text_formatting import as_text
from minitorch.transformer import Alias

__all__ = ["rows"]

NAMES = ("sleep", "ctime", "gmtime", "localtime")


def rows(library: ModuleType, resolve: Resolve) -> Iterator[tuple[Any, Alias]]:
    """Yield the replacements of these functions: they call them with plain numbers."""
    for name in NAMES:
        function = getattr(library, name)
        yield function, Alias(f"time.{name}", of_plain_numbers(function))


def of_plain_numbers(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make a function that takes plain numbers in place of Variables."""

    def call(*arguments: Any) -> Any:
        return function(*map(as_text, arguments))

    return call
