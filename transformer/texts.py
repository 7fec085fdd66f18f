"""The text that rewritten code was made from, which may have been edited since: what it compiles to does not tell."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from types import CodeType

from .errors import ChangedCodeError

__all__ = ["all_code", "changed", "check_source", "is_of_its_source", "note_file", "note_lines"]

_is_same: dict[int, tuple[weakref.ref[CodeType], Callable[[list[str]], bool]]] = {}
"""By the id of rewritten code: whether lines are still those that it was made from."""


def note_lines(code: CodeType, lines: list[str], first: int, last: int) -> None:
    """Note which lines of a file rewritten code was made from.

    Args:
        code: the code; so was what is nested in it.
        lines: those of the file.
        first: the number of the first one, from 1 on.
        last: that of the last.
    """
    statement = lines[first - 1 : last]
    note(code, lambda now: now[first - 1 : last] == statement)


def note_file(code: CodeType, is_unchanged: Callable[[], bool]) -> None:
    """Note what tells whether the file is still what the rewritten code of a module was made from."""
    note(code, lambda _: is_unchanged())


def note(code: CodeType, is_same: Callable[[list[str]], bool]) -> None:
    """Note what tells whether lines are those that code, and what is nested in it, was made from."""
    for each in all_code(code):
        _is_same[id(each)] = weakref.ref(each), is_same


def is_of_its_source(code: CodeType, lines: list[str]) -> bool:
    """Return whether lines are what some rewritten code was made from, as far as anybody knows."""
    made_from, is_same = _is_same.get(id(code), (None, None))
    return made_from is None or is_same is None or made_from() is not code or is_same(lines)


def check_source(code: CodeType, lines: list[str]) -> None:
    """Raise the error of an edited source, unless lines are what some rewritten code was made from."""
    if not is_of_its_source(code, lines):
        raise changed(code)


def changed(code: CodeType) -> ChangedCodeError:
    """Make the error for code whose source is another one by now."""
    return ChangedCodeError(
        f"the source of {code.co_name!r} is not what was compiled; reload the module after editing it, "
        "or leave out what else changes its code",
        code.co_filename,
        code.co_firstlineno,
    )


def all_code(code: CodeType) -> Iterator[CodeType]:
    """Yield a code object and all that are nested in it."""
    yield code
    for constant in code.co_consts:
        if type(constant) is CodeType:
            yield from all_code(constant)
