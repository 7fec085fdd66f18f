"""What runs in place of something, and how a reader of rewritten source sees it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

__all__ = ["Alias"]


@dataclass(frozen=True)
class Alias:
    """One entry: the dotted name that a reader sees and the callable that runs.

    On operands that are nothing special the callable must do just what it stands in for; one that stands in for an
    operator has no frame of its own where the operator fails, as the functions of `operator` have none.
    """

    name: str
    function: Callable[..., Any]
