"""Progress of work that takes longer than a second: shown on standard error if that is a terminal, else not at all.

    with progress("central differences", total=len(names)) as begin:
        for name in names:
            begin(name)
            …

    for line in track(lines, "drawing"):
        …

What is shown is gone when the work is done, standard output is left alone, and a step costs next to nothing.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, TextIO, TypeVar

from minitorch.transformer import taken

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

__all__ = ["Begin", "ModuleProgress", "progress", "track"]

T = TypeVar("T")

DELAY_SECONDS = 1.0
"""Seconds before anything is shown."""

DUMB_TERMINALS = frozenset({"dumb", "unknown"})


class Begin(Protocol):
    """A function to call when the next step begins, which means that the steps before it are done."""

    def __call__(self, what: str = "") -> None:
        """Begin a step; `what` is shown beside the bar."""


@contextmanager
def progress(description: str, total: int | None = None) -> Iterator[Begin]:
    """Show a bar while the block runs, once that has taken a second.

    Args:
        description: what is done.
        total: how many steps there will be, `None` if that is unknown.

    >>> with progress("counting", total=2) as begin:
    ...     begin("one"); begin("two")
    """
    if not can_be_shown():
        yield ignore
        return
    counter = Counter(description, total)
    try:
        yield counter.begin
    finally:
        counter.close()


def track(items: Collection[T], description: str) -> Iterator[T]:
    """Yield the items and show how many are done.

    >>> list(track([1, 2], "counting"))
    [1, 2]
    """
    with progress(description, len(items)) as begin:
        for item in items:
            begin()
            yield item


class ModuleProgress:
    """Shows which module is being rewritten, while it is, once rewriting has taken a second in all.

    Between modules, when the code of the user runs, nothing stands on the terminal.

    >>> rewriting = ModuleProgress()
    >>> with rewriting("pump.valves"):
    ...     pass
    """

    def __init__(self) -> None:
        self.modules = 0
        self.seconds = 0.0
        self._lock = threading.Lock()

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        """Show the module of that name as being rewritten, for a `with` block."""
        self.modules += 1
        # Where several threads import at the same time, one is shown.
        shown = self.seconds >= DELAY_SECONDS and can_be_shown() and self._lock.acquire(blocking=False)
        bar = make_bar(f"rewriting module {self.modules}", None, name, refreshed=False)[0] if shown else None
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.seconds += time.perf_counter() - begun
            if bar is not None:
                bar.stop()
                self._lock.release()


class Counter:
    """Counts steps; a timer shows them, so that a bar appears in the middle of a long one, too."""

    def __init__(self, description: str, total: int | None) -> None:
        self.description = description
        self.total = total
        self.begun = 0
        self.what = ""
        self.bar: tuple[Progress, TaskID] | None = None
        # That of now: what runs meanwhile may put another one in its place.
        self.stream = sys.stderr
        self._lock = threading.Lock()
        self._timer = threading.Timer(DELAY_SECONDS, self.show)
        self._timer.daemon = True
        self._timer.start()

    def begin(self, what: str = "") -> None:
        """Count a step."""
        self.begun += 1
        self.what = what
        # Without the lock: what the timer is just about to show is this step or the one before.
        if self.bar is not None:
            bar, task = self.bar
            bar.update(task, completed=self.begun - 1, what=what)

    def show(self) -> None:
        """Make the bar, unless the work is done."""
        with taken(self._lock):
            if not self._timer.finished.is_set():
                done = max(self.begun - 1, 0)
                self.bar = make_bar(self.description, self.total, self.what, done, stream=self.stream)

    def close(self) -> None:
        """Take the bar away."""
        self._timer.cancel()
        with taken(self._lock):
            if self.bar is not None:
                self.bar[0].stop()


def ignore(what: str = "") -> None:
    """Begin a step without showing it."""


def can_be_shown() -> bool:
    """Return whether standard error is a terminal that can take back what it shows."""
    stream = sys.stderr
    return stream is not None and stream.isatty() and os.environ.get("TERM", "") not in DUMB_TERMINALS


def make_bar(
    description: str,
    total: int | None,
    what: str,
    done: int = 0,
    refreshed: bool = True,
    stream: TextIO | None = None,
) -> tuple[Progress, TaskID]:
    """Start a bar.

    Args:
        description: what is done.
        total: how many steps there will be.
        what: the step that it is at.
        done: how many steps are done.
        refreshed: whether a thread keeps it moving.
        stream: where it is shown, by default standard error.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    counts = [BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()] if refreshed else []
    bar = Progress(
        TextColumn("{task.description}", markup=False),
        *counts,
        TextColumn("{task.fields[what]}", markup=False),
        console=Console(file=stream or sys.stderr),
        auto_refresh=refreshed,
        transient=True,
        # The program's own output goes where it would go without a bar.
        redirect_stdout=False,
        redirect_stderr=False,
    )
    task = bar.add_task(description, total=total, completed=done, what=what)
    bar.start()
    bar.refresh()
    return bar, task
