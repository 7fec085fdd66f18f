"""Tells what was made while a run is recorded: by the run itself, and not by another thread meanwhile.

    TABLE = [2.0]               another thread, while the call is recorded
    x * TABLE[0]                the run finds the new list in the module: it is read, and not made

The garbage collector keeps new objects apart. What another thread has made, the run can only come by through what is
older than itself, whose snapshots are taken before the run puts anything there.
"""

from __future__ import annotations

import gc
from collections.abc import Collection, Mapping
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
    objects = gc.get_objects(generation=0)
    young = set(map(id, objects)).difference(untracked).union(made)
    by_identity: dict[int, Any] = {}
    for key, snapshot in snapshots.items():
        if key[1] in young or id(owners.get(key[1])) in young:
            continue
        found = young.intersection(map(id, snapshot.values)).difference(made)
        while found:
            by_identity = by_identity or {id(each): each for each in objects}
            young -= found
            inner = map(id, gc.get_referents(*map(by_identity.__getitem__, found)))
            found = young.intersection(inner).difference(made)
    young.update([key for key, owner in owners.items() if id(owner) in young])
    # Up to Python 3.10 the profiler keeps this frame with its variables, which may not keep what the run drops.
    objects.clear()
    by_identity.clear()
    return young
