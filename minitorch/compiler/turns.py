"""What threads of one process take turns at: one records at a time, and the garbage collector waits for all of them.

    with collector_waiting():            it goes on when the last thread that has it wait is done
        ...
    with recording_turn(0.0) as is_ours:     whether nobody else records
        ...
    with holding(lock, 0.0) as is_ours:      whether the lock is ours; it is not waited for while somebody records
        ...

A recording runs the user's function, which may itself wait for another thread. So no call waits for a recording: its
answer is Python's. Only those for which machine code is wished do, and for a while.
"""

from __future__ import annotations

import gc
import os
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Final

from minitorch.transformer import bracket, taken

__all__ = ["collector_waiting", "holding", "recording_turn"]

SLICE_SECONDS: Final = 0.01
"""How long a lock is waited for before it is asked again whether somebody records."""


class Turns:
    """Who has the garbage collector wait, and who records.

    Attributes:
        lock: is held while the collector is switched; the same thread may take it again in a signal's handler.
        waiting: the blocks that have the collector wait, with their threads.
        stops: whether it was on before, so that it is to be switched on when nobody has it wait.
        recording: is held by the thread that records.
        recorder: that thread; `None` if nobody records.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.waiting: dict[object, int] = {}
        self.stops = False
        self.recording = threading.Lock()
        self.recorder: int | None = None

    def stop_collector(self, block: object) -> None:
        """Have the garbage collector wait for a block of this thread, too."""
        with taken(self.lock):
            self.waiting[block] = threading.get_ident()
            if gc.isenabled():
                self.stops = True
                gc.disable()

    def start_collector(self, block: object) -> None:
        """Switch the garbage collector on again unless another block has it wait, or it was off before."""
        with taken(self.lock):
            self.waiting.pop(block, None)
            self.go_on()

    def go_on(self) -> None:
        """Switch the garbage collector on again if nobody has it wait."""
        if self.stops and not self.waiting:
            self.stops = False
            gc.enable()

    def forget_other_threads(self) -> None:
        """Keep what the thread does that has forked: there is no other one in the new process."""
        self.lock = threading.RLock()
        self.waiting = {block: thread for block, thread in self.waiting.items() if thread == threading.get_ident()}
        self.go_on()
        if self.recorder != threading.get_ident():
            self.recording, self.recorder = threading.Lock(), None


TURNS: Final = Turns()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=TURNS.forget_other_threads)


def collector_waiting() -> AbstractContextManager[None]:
    """Have the garbage collector wait within.

    >>> with collector_waiting():
    ...     gc.isenabled()
    False
    """
    block = object()
    return bracket(partial(TURNS.stop_collector, block), partial(TURNS.start_collector, block))


@contextmanager
def recording_turn(seconds: float) -> Iterator[bool]:
    """Have this thread be the one that records, within.

    Args:
        seconds: how long another one is waited for.

    Yields:
        Whether it is.

    >>> with recording_turn(0.0) as is_ours, recording_turn(0.0) as is_another:
    ...     is_ours, is_another
    (True, False)
    """
    with taken(TURNS.recording, True, seconds) as is_ours:
        if is_ours:
            TURNS.recorder = threading.get_ident()
        try:
            yield is_ours
        finally:
            if is_ours:
                TURNS.recorder = None


@contextmanager
def holding(lock: threading.RLock, seconds: float) -> Iterator[bool]:
    """Hold a lock within that is held while a function is recorded or compiled.

    It is waited for, but not while some thread records.

    Args:
        lock: the lock.
        seconds: how long it is waited for even then.

    Yields:
        Whether it is this thread's.

    >>> with holding(threading.RLock(), 0.0) as is_ours:
    ...     is_ours
    True
    """
    with taken(lock, False) as is_ours:
        if is_ours:
            yield True
            return
    until = time.monotonic() + seconds
    while not (TURNS.recording.locked() and time.monotonic() >= until):
        with taken(lock, True, SLICE_SECONDS) as is_ours:
            if is_ours:
                yield True
                return
    yield False
