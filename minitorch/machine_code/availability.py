"""Whether machine code can be made where this runs: by a CPython that is known, in its main interpreter."""

from __future__ import annotations

import functools
import sys
import sysconfig
from typing import Any

__all__ = ["why_unavailable"]


@functools.cache
def why_unavailable() -> str | None:
    """Return why there is no machine code in this process or interpreter, in words; `None` where there is.

    >>> why_unavailable()
    """
    if sys.implementation.name != "cpython":
        return f"machine code works with the objects of CPython, and this is {sys.implementation.name}"
    if sys.platform == "emscripten":
        return "WebAssembly has no machine code that a program could make"
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        return "machine code reads Python's objects under the global lock, which this Python does without"
    if not is_main_interpreter():
        return "LLVM serves one interpreter, which is the main one, and this is another"
    from minitorch.machine_code.llvm.layout_check import unknown_layout

    unknown = unknown_layout()
    if unknown is not None:
        version = ".".join(map(str, sys.version_info[:2]))
        return (
            f"machine code reads Python's objects where they lie, and it isn't known how Python {version} lays out "
            f"{unknown}"
        )
    return None


def is_main_interpreter() -> bool:
    """Return whether this is the process's first interpreter, and none that was made beside it.

    >>> is_main_interpreter()
    True
    """
    try:
        import ctypes
    except ImportError:
        # Up to Python 3.12 an interpreter with a lock of its own can't have it.
        return False
    asked: list[Any] = [ctypes.pythonapi.PyInterpreterState_Get, ctypes.pythonapi.PyInterpreterState_Main]
    for each in asked:
        each.restype, each.argtypes = ctypes.c_void_p, ()
    return bool(asked[0]() == asked[1]())
