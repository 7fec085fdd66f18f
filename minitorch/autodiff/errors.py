"""Every error of minitorch's own says where (the user's file and line), what went wrong, and the way out.

>>> issubclass(HistoryLostError, TypeError)
True
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from minitorch.autodiff.place import file_and_line, place_of_caller

__all__ = [
    "BackwardError", "ComplexResultError", "HistoryLostError", "OperationLimitError", "complex_result", "history_lost",
    "partly_set", "place_of_function",
]  # fmt: skip


class HistoryLostError(TypeError):
    """Something asked an active Scalar for a plain number, which would lose its derivative in silence."""


class BackwardError(TypeError):
    """A Function's `backward` is missing, or what it returned does not fit the Function's inputs."""


class ComplexResultError(TypeError):
    """A complex number stands where a real one is needed; one that is made of Scalars can't become real by itself."""


class OperationLimitError(RuntimeError):
    """More operations were recorded than `max_operations` allows, as by a loop that never ends."""


def place_of_function(function: Callable[..., Any]) -> str:
    """Return `file:line` where a Python function is defined, its name where it has no Python code.

    >>> place_of_function(print)
    'print'
    """
    code = getattr(function, "__code__", None)
    if code is None:
        return str(getattr(function, "__qualname__", function))
    return file_and_line(code.co_filename, code.co_firstlineno)


def complex_result(number: complex) -> ComplexResultError:
    """Make the error for a complex number where a real one is needed."""
    return ComplexResultError(
        f"{place_of_caller()}: must be a real number, not the complex number {number:.6g}: take its abs(), .real or "
        ".imag. If it was not meant to be complex, some negative number has a fractional power: keep it positive."
    )


def partly_set(place: object, function: str) -> BackwardError:
    """Make the error for a Variable of which somebody has set only a part of how it was made.

    Args:
        place: where it was made, if anywhere.
        function: the name of what made it.
    """
    return BackwardError(
        f"{place or place_of_caller()}: what this {function} was made from has been set to something else by hand: set "
        "history, which says all of it"
    )


def history_lost(attempt: str, label: str, cure: str, place: str | None = None) -> HistoryLostError:
    """Make the error for an attempt to take the plain value of a number that has a history.

    Args:
        attempt: what was attempted.
        label: the number, as its owner knows it.
        cure: what keeps the history.
        place: where; by default the nearest code outside this project.
    """
    return HistoryLostError(
        f"{place or place_of_caller()}: {attempt} would lose the derivative of {label}. {cure} "
        "If the plain number is meant, take it with minitorch.detach(x) or x.data."
    )
