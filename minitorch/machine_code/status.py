"""How a run of machine code ended."""

from __future__ import annotations

from typing import Final

__all__ = ["ARGUMENTS", "HIT", "MISS", "RAISE"]

HIT: Final = 0
"""All decisions came out as on a known trace: the outputs are there."""

MISS: Final = 1
"""A decision came out as on no known trace."""

RAISE: Final = 2
"""Python would raise, or the result of an operation is not finite where Python mostly raises."""

ARGUMENTS: Final = 3
"""The call was not one with as many floats, ints or bools as there are inputs."""
