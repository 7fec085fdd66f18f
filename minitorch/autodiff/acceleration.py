"""The one slot where the fast recorder, machine code, meets the readable one: what it fills, and when.

Nothing below the recorder imports it. Once a process has recorded `NATIVE_THRESHOLD_VARIABLES` Variables, `request`
calls what `minitorch/__init__` has put into `NATIVE.switch_on`; the recorder then fills the other attributes.

    NATIVE.sweep(outputs, cotangents, inputs, since, how)     the reverse pass, once there is one
    NATIVE.jvp(outputs, inputs, tangents, since)              forward mode, likewise
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Final

__all__ = ["NATIVE", "NATIVE_THRESHOLD_VARIABLES", "SELF_CONTAINED", "TO_INPUTS", "TO_THE_LEAVES", "Native"]

NATIVE_THRESHOLD_VARIABLES: Final = 200_000
"""After how many Variables machine code pays for being made, which takes as long as recording so many."""

TO_INPUTS, TO_THE_LEAVES, SELF_CONTAINED = 0, 1, 2
"""How to sweep: to the given inputs, to all leaves, or not at all where anything older is behind the outputs."""


def stay_in_python() -> object:
    """Do nothing: there is no recorder to switch on."""
    return None


class Native:
    """What machine code does in place of Python, as far as it is switched on.

    Attributes:
        switch_on: loads the recorder and switches it on. `minitorch/__init__` sets it as the package is imported.
        next_unique_id: gives every Variable its number. The recorder sets it, once, since it counts by itself.
        sweep: runs the reverse pass, and returns `None` where Python has to run it. The recorder sets it whenever it is
            switched on, and to `None` when it is switched off.
        jvp: runs forward mode; set with `sweep`.
        requested: whether `switch_on` has been called.
        deferring: as long as this is not empty, it is not called: what watches Python record would miss what C records.
    """

    __slots__ = ("deferring", "jvp", "next_unique_id", "requested", "sweep", "switch_on", "unique_ids")

    def __init__(self) -> None:
        self.switch_on: Callable[[], object] = stay_in_python
        self.requested = False
        self.deferring: list[object] = []
        self.unique_ids = itertools.count(1)
        self.next_unique_id: Callable[[], int] = self.unique_ids.__next__
        self.leave_to_python()

    def leave_to_python(self) -> None:
        """Have Python run the passes."""
        self.sweep: Callable[..., list[float] | None] | None = None
        self.jvp: Callable[..., list[float] | None] | None = None

    def request(self) -> None:
        """Switch machine code on, the first time that nothing defers it."""
        if not self.requested and not self.deferring:
            self.requested = True
            self.switch_on()


NATIVE: Final = Native()
"""That of this process."""
