"""An alias: what runs in place of an operation or a callable, and its name in printed source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

__all__ = ["Alias"]


@dataclass(frozen=True)
class Alias:
    """The dotted name that a reader of rewritten source sees, and the callable that runs.

    On plain operands the callable must do just what it replaces; one that replaces an operator has no frame of its
    own where the operator fails, as the functions of `operator` have none.
    """

    name: str
    function: Callable[..., Any]
