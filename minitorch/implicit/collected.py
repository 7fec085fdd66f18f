"""Roots refer to themselves: their equation's history has them in it, and only the garbage collector ends that.

It looks at objects that it keeps track of. What is recorded in machine code it does not, for that takes time.
"""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Iterable
from typing import Any

__all__ = ["let_be_collected"]


def let_be_collected(nodes: Iterable[Any]) -> None:
    """Have the garbage collector keep track of Variables, whoever has made them."""
    for node in nodes:
        if not gc.is_tracked(node):
            ctypes.pythonapi.PyObject_GC_Track(ctypes.py_object(node))
