"""Tells what was made while a run is recorded: by the run itself, and not by another thread meanwhile.

    TABLE = [2.0]               another thread, while the call is recorded
    x * TABLE[0]                the run finds the new list in the module: it is read, and not made

The garbage collector keeps new objects apart. What another thread has made, the run can only come by through what is
older than itself, whose snapshots are taken before the run puts anything there.
"""

from __future__ import annotations

import gc
from collections.abc import Collection, Iterable, Mapping
from itertools import chain
from typing import Any

from minitorch.compiler.guards.snapshots import Snapshot

__all__ = ["young_objects"]


def young_objects(
    snapshots: Mapping[tuple[type, int], Snapshot],
    made: Collection[int],
    untracked: Collection[int],
    owners: Mapping[int, Any],
) -> set[int]:
    """Return the identities of what the run has made.

    Args:
        snapshots: what it has read, by kind and identity.
        made: the identities of what it surely has made.
        untracked: those of things that the garbage collector takes for new ones, but that may be older.
        owners: the objects whose dicts of attributes have these identities.

    >>> kept = []
    >>> gc.collect(0) >= 0
    True
    >>> kept.append([2.0])
    >>> [id(each) in young_objects({}, (), (), {}) for each in (kept[0], kept)]
    [True, False]
    >>> outside = {(Snapshot, id(kept)): Snapshot("kept", lambda: kept)}
    >>> id(kept[0]) in young_objects(outside, (), (), {})
    False
    """
    # No other thread may run while a list of all objects refers to the tuple that it fills: it can't lengthen a tuple
    # that anything else refers to, and raises SystemError. So the list lives and dies within one call of `set`.
    young = set(map(id, chain.from_iterable(map(gc.get_objects, (0,)))))
    young.difference_update(untracked)
    young.update(made)
    for key, snapshot in snapshots.items():
        if key[1] not in young and id(owners.get(key[1])) not in young:
            leave_out(snapshot.values, young, made)
    young.update([key for key, owner in owners.items() if id(owner) in young])
    return young


def leave_out(values: Iterable[Any], young: set[int], made: Collection[int]) -> None:
    """Take out of `young` what some values that the run has read lead to, up to what it surely has made."""
    while found := {id(each): each for each in values if id(each) in young and id(each) not in made}:
        young.difference_update(found)
        values = gc.get_referents(*found.values())
