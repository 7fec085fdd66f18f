"""Which files are this project's own: an operation belongs to the nearest code in any other one."""

from __future__ import annotations

import os
from typing import Final

__all__ = ["OWN_FILES", "OWN_FOLDERS", "RECORDER"]

_HOUSE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

OWN_FOLDERS: Final = tuple(os.path.join(_HOUSE, package, "") for package in ("minitorch", "transformer"))

RECORDER: Final = os.path.join(os.path.dirname(os.path.abspath(__file__)), "")
"""The folder whose code calls methods of numbers for the code that calls it."""


class OwnFiles(dict[str, bool]):
    """Whether a file of code belongs to this project; asking a dict costs no call."""

    def __missing__(self, file: str) -> bool:
        self[file] = file.startswith(OWN_FOLDERS)
        return self[file]


OWN_FILES: Final = OwnFiles()
"""What is known of files so far."""
