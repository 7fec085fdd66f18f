"""How recording grows: time and memory per operation from a thousand operations to ten million.

    record     the program on Scalars          held        what Python and the recorder have given out for it
    backward   the reverse pass                resident    what the operating system says
                                               left        what is still held when it was dropped, no collector running

The program keeps two numbers alive and has four operations a step, each on two Variables. It starts where its numbers
and their derivatives swing for ever: where they fade away, the arithmetic of the smallest numbers is what takes time.

In a virtual machine that gives free memory back to its host, fresh memory can cost ten times as much as the rest: a
history of many millions of operations then takes that long once, and again if there was a pause of some seconds.
"""

from __future__ import annotations

import gc
import os
import time
import tracemalloc
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from minitorch import Scalar

from .figures import Figure, median
from .memory import pooled_bytes, resident_bytes
from .tables import Table, cell
from .turns import collector

__all__ = ["Growth", "draw", "figures", "grown", "measured"]

MAX_OPERATIONS = 10_000_000
REPEATS = 5
MIN_OPERATIONS = 100_000
"""How many a measurement has at least; smaller programs run several times."""

MAX_GROWTH = 1.2
MEASURED_AT = 1_000_000
MAX_RECORDING, MAX_BACKWARD, MAX_BYTES = 35.0, 16.0, 120.0
MAX_LEFT = 0.01
MAX_RESIDENT_LEFT = 1.1

HEADINGS = (
    "operations", "ns to record", "to go back", "to drop it", "all, with gc", "bytes held", "resident", "left",
    "resident after",
)  # fmt: skip


@dataclass
class Growth:
    """What programs of one size take.

    Attributes:
        operations: the size.
        recording, backward, dropping: seconds of each repeat.
        collected: seconds of all with the garbage collector on.
        held: bytes of the history; None until they are counted.
        resident: bytes that the process is larger by; None where the system does not say.
        left: the part of `held` that is there after the history was dropped.
        resident_left: how many times as large the process is then as it was before.
    """

    operations: int
    recording: list[float] = field(default_factory=list)
    backward: list[float] = field(default_factory=list)
    dropping: list[float] = field(default_factory=list)
    collected: list[float] = field(default_factory=list)
    held: int = 0
    resident: int | None = None
    left: float = 0.0
    resident_left: float = 1.0

    def nanoseconds(self, seconds: Sequence[float]) -> float:
        """Per operation, the median."""
        return median(seconds) / self.operations * 1e9

    @property
    def whole(self) -> float:
        """Nanoseconds per operation to record it, to go back and to drop it."""
        return self.nanoseconds(list(map(sum, zip(self.recording, self.backward, self.dropping, strict=True))))

    def line(self) -> tuple[str, ...]:
        """The cells of a table."""
        resident = None if self.resident is None else self.resident / self.operations
        times = map(self.nanoseconds, (self.recording, self.backward, self.dropping, self.collected))
        cells = map(cell, (*times, self.held / self.operations, resident))
        return f"{self.operations:,}", *cells, f"{self.left:.2%}", f"{self.resident_left:.1%}"


def grown(x: Scalar, y: Scalar, operations: int) -> Scalar:
    """Do so many operations, in steps of four.

    >>> grown(Scalar(1.0), Scalar(2.0), 4).data
    -2.0
    """
    a, b = x, y
    for _ in range(operations // 4):
        a, b = b, a * x - b * y + x
    return b


def timed(operations: int) -> tuple[float, float, float]:
    """Seconds to record, to go back and to drop the history, for one run."""
    runs = max(1, MIN_OPERATIONS // operations)
    recording = backward = dropping = 0.0
    for _ in range(runs):
        x, y = Scalar(-1.0), Scalar(0.5)
        start = time.process_time()
        result = grown(x, y, operations)
        middle = time.process_time()
        result.backward()
        back = time.process_time()
        del result
        dropping += time.process_time() - back
        recording += middle - start
        backward += back - middle
    return recording / runs, backward / runs, dropping / runs


def given_out() -> int:
    """The bytes that Python and the recorder have given out, while tracemalloc counts Python's."""
    return tracemalloc.get_traced_memory()[0] + pooled_bytes()


def weigh(growth: Growth) -> None:
    """Count the bytes of a history, and those that stay when it goes."""
    with collector(on=False):
        x, y = Scalar(-1.0), Scalar(0.5)
        size = resident_bytes()
        result: Scalar | None = grown(x, y, growth.operations)
        result.backward()
        larger = resident_bytes()
        growth.resident = None if size is None or larger is None else max(larger - size, 0)
        result = None
        left = resident_bytes()
        growth.resident_left = 1.0 if size is None or left is None else left / size
        tracemalloc.start()
        try:
            # Python itself keeps the last hundred floats that were let go, for those to come.
            grown(x, y, 1_000).backward()
            before = given_out()
            result = grown(x, y, growth.operations)
            growth.held = given_out() - before
            result.backward()
            result = None
            growth.left = max(given_out() - before, 0) / growth.held
        finally:
            tracemalloc.stop()


def sizes(largest: int) -> list[int]:
    """A thousand, ten thousand, … up to the largest."""
    return [10**power for power in range(3, len(str(largest))) if 10**power <= largest]


def measured(largest: int = MAX_OPERATIONS, repeats: int = REPEATS) -> list[Growth]:
    """Measure all sizes, turn by turn."""
    growths = [Growth(operations) for operations in sizes(largest)]
    for growth in growths:
        # The smallest first: memory that the process has kept is not resident twice.
        weigh(growth)
    for _ in range(repeats):
        for growth in growths:
            with collector(on=False):
                recording, backward, dropping = timed(growth.operations)
            growth.recording.append(recording)
            growth.backward.append(backward)
            growth.dropping.append(dropping)
            with collector(on=True):
                growth.collected.append(sum(timed(growth.operations)))
    return growths


def targets(growths: Sequence[Growth]) -> list[Figure]:
    """What should hold at every size."""
    smallest = growths[0]
    largest = growths[-1]
    title = f"{smallest.operations:,} to {largest.operations:,}"
    collected = largest.nanoseconds(largest.collected) / smallest.nanoseconds(smallest.collected)
    return [
        Figure(f"time per operation, {title}", largest.whole / smallest.whole, "times", MAX_GROWTH),
        Figure(f"time per operation with gc, {title}", collected, "times", MAX_GROWTH),
        *(figure for growth in growths if growth.operations == MEASURED_AT for figure in targets_of_one(growth)),
        Figure("most of a history left after it was dropped", max(g.left for g in growths), "of it", MAX_LEFT),
        Figure("size of the process then", max(g.resident_left for g in growths), "times", MAX_RESIDENT_LEFT),
    ]


def targets_of_one(growth: Growth) -> list[Figure]:
    """What should hold at one size."""
    at = f"at {growth.operations:,}"
    return [
        Figure(f"time to record an operation {at}", growth.nanoseconds(growth.recording), "ns", MAX_RECORDING),
        Figure(f"time to go back over one {at}", growth.nanoseconds(growth.backward), "ns", MAX_BACKWARD),
        Figure(f"bytes per operation {at}", growth.held / growth.operations, "bytes", MAX_BYTES),
    ]


def draw(growths: Sequence[Growth], path: str | os.PathLike[str]) -> None:
    """Plot times and bytes per operation as a picture."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    operations = [growth.operations for growth in growths]
    with plt.rc_context({"svg.fonttype": "none", "svg.hashsalt": "growth", "font.size": 9}):
        figure, (times, memory) = plt.subplots(1, 2, figsize=(8, 3), layout="constrained")
        times.plot(operations, [g.whole for g in growths], "o-", label="record, go back and drop")
        times.plot(operations, [g.nanoseconds(g.recording) for g in growths], "s-", label="record")
        times.plot(operations, [g.nanoseconds(g.collected) for g in growths], "^:", label="all, with gc")
        times.set_ylabel("ns per operation")
        memory.plot(operations, [g.held / g.operations for g in growths], "o-", label="held by the history")
        memory.set_ylabel("bytes per operation")
        for axes in (times, memory):
            axes.set(xscale="log", xlabel="operations")
            axes.set_ylim(bottom=0)
            axes.spines[["top", "right"]].set_visible(False)
            axes.legend(frameon=False)
        figure.savefig(path, metadata={"Date": None})
        plt.close(figure)


def figures(largest: int = MAX_OPERATIONS, repeats: int = REPEATS, plot: str | None = None) -> list[Table | Figure]:
    """The table, the targets and, if asked for, the picture."""
    gc.collect()
    growths = measured(largest, repeats)
    if plot is not None:
        draw(growths, plot)
    records = [asdict(growth) for growth in growths]
    table = Table("growth", HEADINGS, [growth.line() for growth in growths], records)
    return [table, *targets(growths)]
