"""The CPU time of the running thread, which other threads and processes don't disturb."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

__all__ = ["thread_nanoseconds"]

thread_nanoseconds: Final[Callable[[], int]] = getattr(time, "thread_time_ns", time.process_time_ns)
"""Return it; where there are no threads and Python has no such clock (WebAssembly), that of the process."""
