"""What the traces of a specialization have read besides their arguments, so that none outlives it.

    RATE = 0.05                            environment.take_in(reads)    after each run that is kept
    def price(x): return x * RATE          environment.changed()         None, or "the global 'RATE'"

What a run reads is noted while it runs (see `guards.reads`). Functions and classes are compared by identity, numbers
and text by value. What can't be compared is an obstacle to machine code; what a call of C makes of the world outside,
the trace monitor sees.
"""

from __future__ import annotations

from minitorch.compiler.guards.reads import Reads
from minitorch.compiler.guards.snapshots import Snapshot

__all__ = ["Environment"]


class Environment:
    """What some runs have read, as it was.

    Attributes:
        snapshots: what is compared.

    >>> Environment().changed() is None
    True
    """

    def __init__(self) -> None:
        self.by_holder: dict[tuple[type, int], Snapshot] = {}

    @property
    def snapshots(self) -> list[Snapshot]:
        """What is compared."""
        return list(self.by_holder.values())

    def take_in(self, reads: Reads) -> None:
        """Compare from now on what another run has read, too."""
        for key, snapshot in reads.snapshots.items():
            known = self.by_holder.setdefault(key, snapshot)
            if known is not snapshot:
                known.take_in(snapshot)

    def dearest(self) -> str:
        """Return what takes longest to be compared, and where it is read."""
        dearest = max(self.snapshots, key=lambda each: (each.size, bool(each.place)))
        return f"{dearest.title} is read as a whole at {dearest.place}" if dearest.place else dearest.title

    def changed(self) -> str | None:
        """Return what to call a value that is not what it was; `None` if all are."""
        return next(filter(None, (each.changed() for each in self.by_holder.values() if not each.unchanged())), None)

    def unchanged(self) -> bool:
        """Return whether all is what it was: first quickly by identity, then as `changed` does."""
        return all(each.unchanged() for each in self.by_holder.values()) or self.changed() is None
