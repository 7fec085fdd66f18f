"""What an exception leaves half done in llvmlite is kept for good: LLVM may have freed it, and its object not know.

An interrupt may come between the two: as garbage such an object would be freed once more, which ends the process.
"""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Iterator
from typing import Any, Final

__all__ = ["kept_if_half_done"]

kept: Final[list[Any]] = []
"""Objects that nobody may free any more."""


@contextlib.contextmanager
def kept_if_half_done() -> Iterator[None]:
    """Keep llvmlite's objects that an exception leaves behind, such as one that the handler of a signal raises.

    It may come between what LLVM does and what llvmlite's code in Python notes of it.

    >>> with kept_if_half_done():
    ...     pass
    """
    try:
        yield
    except BaseException as error:
        from llvmlite.binding.ffi import ObjectRef, OutputString

        for frame, _ in traceback.walk_tb(error.__traceback__):
            # The handler may have any objects: what they say of their class need not be so.
            kept.extend(each for each in frame.f_locals.values() if issubclass(type(each), (ObjectRef, OutputString)))
        raise
