"""The switch that every rewritten function looks at when it is entered.

It is up while somebody holds it: for autodiff, while any leaf Variable is alive.  What functions look at is membership
in a list, empty or with one item, the cheapest question that needs no name (a name would show in
`inspect.getclosurevars`).
"""

from __future__ import annotations

import threading

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
    >>> switch.hold(); switch.is_up()
    True
    >>> switch.release(); switch.is_up()
    False

    Attributes:
        marks: holds `MARK` while the switch is up.
        holders: how many hold it.
    """

    __slots__ = ("_lock", "holders", "marks")

    def __init__(self) -> None:
        self.marks = Marks()
        self.holders = 0
        # A holder may go away in the garbage collector, in the middle of another's `hold`.
        self._lock = threading.RLock()

    def is_up(self) -> bool:
        """Whether traced bodies run."""
        return bool(self.marks)

    def hold(self) -> None:
        """Put the switch up until `release` is called as often."""
        with self._lock:
            self.holders += 1
            self.marks[:] = [MARK]

    def release(self) -> None:
        """Undo one `hold`."""
        with self._lock:
            self.holders -= 1
            if not self.holders:
                self.marks.clear()
