"""Objects that are remembered as long as they live, by no Python code as they go.

A `weakref.WeakSet` forgets an object by a function in Python: what the handler of a signal raises in it is lost, as
the user's Ctrl-C would be.
"""

from __future__ import annotations

from typing import Generic, TypeVar
from weakref import ref

__all__ = ["WeakMembers"]

T = TypeVar("T")


class WeakMembers(Generic[T]):
    """A set of objects that keeps none of them alive.

    >>> class Thing: ...
    >>> members, thing = WeakMembers(), Thing()
    >>> members.add(thing)
    >>> thing in members, len(members)
    (True, 1)
    >>> del thing
    >>> len(members)
    0
    """

    def __init__(self) -> None:
        self._members: dict[ref[T], None] = {}

    def add(self, member: T) -> None:
        """Remember an object, unless it is a member already."""
        self._members.setdefault(ref(member, self._members.pop), None)

    def __contains__(self, candidate: T) -> bool:
        return ref(candidate) in self._members

    def __len__(self) -> int:
        return len(self._members)
