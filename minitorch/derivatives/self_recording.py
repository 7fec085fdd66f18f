"""Callables that record what they do on Variables themselves, so that they are never traced: derivatives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from minitorch.transformer import WeakMembers

__all__ = ["is_derivative", "records_itself"]

C = TypeVar("C", bound=Callable[..., Any])

_recording_themselves: WeakMembers[Callable[..., Any]] = WeakMembers()


def records_itself(derivative: C) -> C:
    """Mark a callable that records what it does on Variables itself, so that it is never traced; a decorator.

    Such are the functions that `grad` and its kin make, and those with a derivative rule of their own.
    """
    _recording_themselves.add(derivative)
    return derivative


def is_derivative(f: Callable[..., Any]) -> bool:
    """Return whether a callable is marked by `records_itself`."""
    try:
        return f in _recording_themselves
    except TypeError:  # it can't be hashed, or not referred to weakly
        return False
