"""The code that ran while a call was recorded, and the names in it."""

from __future__ import annotations

import dis
import functools
from collections.abc import Iterator
from types import CodeType
from typing import Any, Final, NamedTuple

from minitorch.tracing.tracer import NEVER_FOLLOWED

__all__ = ["Executed", "globals_in", "is_followed", "is_users", "names_in", "nested_in", "place_of"]


class Executed(NamedTuple):
    """Code that ran.

    Args:
        code: the code.
        scope: its globals.
    """

    code: CodeType
    scope: dict[str, Any]


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


def nested_in(code: CodeType) -> Iterator[CodeType]:
    """Yield the code objects among the constants of code, and among theirs."""
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from nested_in(constant)


@functools.lru_cache(maxsize=10_000)
def names_in(code: CodeType) -> frozenset[str]:
    """Return the names in code and in the code nested in it, also those in text that could be attributes."""
    names: set[str] = set()
    for each in (code, *nested_in(code)):
        names.update(each.co_names)
        for text in each.co_consts:
            parts = text.split(".") if isinstance(text, str) else []
            names.update(parts if all(map(str.isidentifier, parts)) else ())
    return frozenset(names)


GLOBALS: Final = frozenset(
    dis.opmap[name] for name in ("LOAD_GLOBAL", "LOAD_NAME", "STORE_GLOBAL", "DELETE_GLOBAL", "IMPORT_NAME")
)


@functools.lru_cache(maxsize=10_000)
def globals_in(code: CodeType) -> frozenset[str]:
    """Return the names of globals, of builtins and of modules to import, in code and in the code nested in it."""
    names: set[str] = set()
    for each in (code, *nested_in(code)):
        names.update(step.argval for step in dis.get_instructions(each) if step.opcode in GLOBALS)
    return frozenset(names)


def place_of(code: CodeType, name: str) -> str:
    """Return the place where code first uses a name."""
    line = code.co_firstlineno
    for instruction in dis.get_instructions(code):
        if instruction.starts_line is not None and not isinstance(instruction.starts_line, bool):
            line = instruction.starts_line
        if instruction.argval == name:
            line = getattr(instruction, "line_number", None) or line
            break
    return f"{code.co_filename}:{line}"
