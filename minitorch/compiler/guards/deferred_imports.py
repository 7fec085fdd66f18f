"""Imports that wait until what they bring is used: `lazy import`, from Python 3.15 on.

lazy import math     the global is a stand-in, until code that runs reads it and puts the module there
"""

from __future__ import annotations

import types
from contextlib import suppress
from typing import Any, Final

__all__ = ["is_deferred", "load_deferred"]

STAND_IN: Final[type | None] = getattr(types, "LazyImportType", None)


def is_deferred(value: Any) -> bool:
    """Return whether a value stands for what an import has yet to bring.

    >>> is_deferred(types)
    False
    """
    return STAND_IN is not None and type(value) is STAND_IN


def load_deferred(scope: dict[str, Any], name: str) -> None:
    """Put what an import brings in the place of its stand-in, as the instruction does that is about to read it.

    Args:
        scope: the globals.
        name: the name of one.
    """
    value: Any = scope.get(name)
    if is_deferred(value):
        # Where it can't be imported the instruction itself raises the error, in the user's line.
        with suppress(Exception):
            scope[name] = value.resolve()
