"""How many operations a command records at most, unless it is told: as many as half of the free memory has room for.

A traced loop without end would otherwise take all memory, until the system ends the process or some other one.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

__all__ = ["default_max_operations", "free_memory"]

BYTES_PER_OPERATION: Final = 200
"""What an operation takes with its part of the reverse pass: 112 in the recorder, and what the program itself keeps."""

UNKNOWN_MEMORY: Final = 4 * 2**30
"""What is taken to be free where nobody says."""

MEMORY_FILE, GROUP_FOLDER = Path("/proc/meminfo"), Path("/sys/fs/cgroup")


def default_max_operations() -> int:
    """Return how many operations there is room for, rounded down to two digits.

    >>> default_max_operations() > 10_000
    True
    """
    most = free_memory() // 2 // BYTES_PER_OPERATION
    digits = len(str(most)) - 2
    return most if digits <= 0 else int(most // 10**digits * 10**digits)


def free_memory() -> int:
    """Return how many bytes may be taken before others have to give some: of the machine, and of the container."""
    free = [amount for amount in (free_of_machine(), free_of_group()) if amount is not None]
    return max(0, min(free, default=UNKNOWN_MEMORY))


def free_of_machine() -> int | None:
    """Return what the machine has left, half of what it has where that is not known."""
    try:
        lines = MEMORY_FILE.read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration):
        pass
    try:
        return int(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2)
    except (AttributeError, OSError, ValueError):
        return None


def free_of_group() -> int | None:
    """Return what the control group of a container has left."""
    try:
        limit = (GROUP_FOLDER / "memory.max").read_text(encoding="ascii").strip()
        taken = (GROUP_FOLDER / "memory.current").read_text(encoding="ascii").strip()
    except OSError:
        return None
    return int(limit) - int(taken) if limit.isdigit() and taken.isdigit() else None
