"""The switch that every rewritten function looks at when it is entered.

It is up while somebody holds it: for autodiff, while any leaf Variable is alive.  What functions look at is membership
in a list that holds nothing else, the cheapest question that needs no name (a name would show in
`inspect.getclosurevars`).
"""

from __future__ import annotations

import functools
from collections.abc import Callable

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

    __slots__ = ()
    __hash__ = object.__hash__  # type: ignore[assignment]
    __eq__ = object.__eq__


class Switch:
    """Up while it is held at least once.

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

    def __init__(self) -> None:
        self.marks = Marks()
        # C functions, each a single step: a holder may go away in the garbage collector, in the middle of another's
        # `hold`, or in another thread.
        self.hold: Callable[[], None] = functools.partial(self.marks.append, MARK)
        self.release: Callable[[], object] = self.marks.pop

    def is_up(self) -> bool:
        """Whether traced bodies run."""
        return bool(self.marks)
