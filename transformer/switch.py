"""The switch that every rewritten function looks at when it is entered.

It is up while somebody holds it: for autodiff, while any leaf Variable is alive.  What functions look at is membership
in a list that holds nothing else, the cheapest question that needs no name (a name would show in
`inspect.getclosurevars`).
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from typing import Any

__all__ = ["MARK", "Mark", "Switch"]


class Mark:
    """A constant of every code object that has been rewritten."""

    def __repr__(self) -> str:
        return "<rewritten>"

    def __reduce__(self) -> str:
        return "MARK"


MARK = Mark()


class Marks(list[Mark]):
    """A list that is itself and no other, so that code with it among its constants can be hashed as any code can."""

    __slots__ = ("home",)
    home: tuple[str, str]
    __hash__ = object.__hash__  # type: ignore[assignment]
    __eq__ = object.__eq__

    def __reduce__(self) -> Any:
        # A copy would be down for ever: the switch of the other process has the list that code looks at there.
        return marks_at, self.home


def marks_at(module: str, name: str) -> Marks:
    """Return the marks of the switch that a module has under a name."""
    marks: Marks = getattr(importlib.import_module(module), name).marks
    return marks


class Switch:
    """Up while it is held at least once.

    Args:
        home: a module and its name there, by which code is pickled that looks at it.

    >>> switch = Switch()
    >>> switch.hold()
    >>> switch.is_up()
    True
    >>> _ = switch.release()
    >>> switch.is_up()
    False

    Attributes:
        marks: holds `MARK` once for each holder.
        hold: puts the switch up until `release` is called as often.
        release: takes back one `hold`.
    """

    __slots__ = ("hold", "marks", "release")

    def __init__(self, home: tuple[str, str] = ("", "")) -> None:
        self.marks = Marks()
        self.marks.home = home
        # C functions, each a single step: a holder may go away in the garbage collector, in the middle of another's
        # `hold`, or in another thread.
        self.hold: Callable[[], None] = functools.partial(self.marks.append, MARK)
        self.release: Callable[[], object] = self.marks.pop

    def is_up(self) -> bool:
        """Return whether traced bodies run."""
        return bool(self.marks)
