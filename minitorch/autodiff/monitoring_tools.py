"""Numbers of tools of `sys.monitoring`, which Python has from 3.12: debuggers, coverage and profilers have others."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager
from types import CodeType
from typing import Any, Final

from minitorch.transformer import bracket

__all__ = ["HAS_MONITORING", "free_tool", "monitoring_tool"]

HAS_MONITORING: Final = sys.version_info >= (3, 12)

TOOLS: Final = (4, 3)
"""Numbers of tools that `sys.monitoring` has no name for."""


def free_tool() -> int | None:
    """Return the number of a tool of `sys.monitoring` that nobody uses."""
    monitoring: Any = getattr(sys, "monitoring")  # noqa: B009 (Python 3.10 has none)
    return next((tool for tool in TOOLS if monitoring.get_tool(tool) is None), None)


def monitoring_tool(
    tool: Any, callbacks: Mapping[Any, Any], everywhere: int, watched: Mapping[int, CodeType]
) -> AbstractContextManager[None]:
    """Have a tool of `sys.monitoring` call back within.

    Args:
        tool: its number, which nobody uses.
        callbacks: what is called, by the event.
        everywhere: the events that are told of in all code.
        watched: code with events of its own, which end with the block.
    """
    monitoring: Any = getattr(sys, "monitoring")  # noqa: B009
    # No other thread's, which may have taken the same number.
    name = f"minitorch {id(callbacks):x}"

    def begin() -> None:
        monitoring.use_tool_id(tool, name)
        for event, callback in callbacks.items():
            monitoring.register_callback(tool, event, callback)
        monitoring.set_events(tool, everywhere)

    def end() -> None:
        if monitoring.get_tool(tool) != name:
            return
        monitoring.set_events(tool, 0)
        for code in watched.values():
            monitoring.set_local_events(tool, code, 0)
        for event in callbacks:
            monitoring.register_callback(tool, event, None)
        monitoring.free_tool_id(tool)

    return bracket(begin, end)
