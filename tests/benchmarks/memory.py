"""How much memory there is in use: the recorder's own, which tracemalloc does not see, and the process's."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from minitorch.recorder import is_native

__all__ = ["pooled_bytes", "resident_bytes"]

if is_native:
    from minitorch.recorder._native import pooled_bytes
else:

    def pooled_bytes() -> int:
        """All memory is Python's."""
        return 0


def resident_bytes() -> int | None:
    """How large the process is, where the system says."""
    with contextlib.suppress(OSError, AttributeError):
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return None
