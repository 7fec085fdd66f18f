"""Numbers of tools of `sys.monitoring`, which Python has from 3.12: debuggers, coverage and profilers have others."""

from __future__ import annotations

import sys
from typing import Any, Final

__all__ = ["HAS_MONITORING", "free_tool"]

HAS_MONITORING: Final = sys.version_info >= (3, 12)

TOOLS: Final = (4, 3)
"""Numbers of tools that `sys.monitoring` has no name for."""


def free_tool() -> int | None:
    """Return the number of a tool of `sys.monitoring` that nobody uses."""
    monitoring: Any = getattr(sys, "monitoring")  # noqa: B009 (Python 3.10 has none)
    return next((tool for tool in TOOLS if monitoring.get_tool(tool) is None), None)
