"""What of a function is compiled, and how much of it."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

__all__ = ["Kind", "Limits"]


class Kind(Enum):
    """What is computed."""

    VALUE = "value"
    GRADIENT = "value and derivatives"
    TANGENT = "value and tangents"
    HESSIAN = "second derivatives"


class Limits(NamedTuple):
    """Bounds of what is compiled for calls of one kind.

    Args:
        paths: how many ways through the function.
        operations: how many operations on all of them; a longer way is interpreted.
    """

    paths: int
    operations: int
