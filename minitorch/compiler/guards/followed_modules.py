"""Which modules' functions are the user's, or of libraries that calls go into: those that recordings look at."""

from __future__ import annotations

from typing import Any

from minitorch.tracing.tracer import NEVER_FOLLOWED

__all__ = ["is_followed", "is_users"]


def is_followed(module: Any) -> bool:
    """Return whether calls convert the functions of a module.

    >>> is_followed("geographiclib.geodesic"), is_followed("math")
    (True, False)
    """
    return isinstance(module, str) and module.partition(".")[0] not in NEVER_FOLLOWED


def is_users(function_module: Any) -> bool:
    """Return whether a function of Python's with this module is followed.

    A function without a module has text that was run as code for its source.

    >>> is_users("builtins"), is_users(None), is_users("os")
    (True, True, False)
    """
    return function_module in (None, "builtins") or is_followed(function_module)
