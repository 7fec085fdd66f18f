"""What the eager benchmarks found: a line per program and peer, and the targets beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from .figures import Figure, median
from .tables import Table, cell

__all__ = ["Row", "row_of", "table_of", "targets"]

HEADINGS = (
    "", "ns/operation", "recording", "with gc", "bytes/operation", "times plain floats", "times traced code", "repeats",
)  # fmt: skip

RATIOS: tuple[tuple[str, str, float], ...] = (
    ("operators", "micrograd", 8.0),
    ("operators", "torch", 5.0),
    ("operators", "autograd", 40.0),
    ("traced code", "micrograd", 8.0),
    ("traced code", "torch", 5.0),
    ("traced code", "autograd", 40.0),
    ("value_and_grad", "micrograd", 12.0),
)
"""How many times as fast as a peer each way of ours should be."""

MAX_TIMES_PLAIN = 12.0
WITH_TARGETS = ("network", "rosenbrock")
"""The programs that the targets are about."""


@dataclass
class Row:
    """What a peer does with a program.

    Attributes:
        program, peer: their names.
        operations: how many the program does.
        seconds: of each repeat, for one run.
        recording: the part of it before the reverse pass; nothing where the two are one.
        collected: as `seconds`, with the garbage collector on.
        memory: the most bytes held at a time.
        note: why there is nothing.
    """

    program: str
    peer: str
    operations: int
    seconds: list[float] = field(default_factory=list)
    recording: list[float] = field(default_factory=list)
    collected: list[float] = field(default_factory=list)
    memory: int | None = None
    note: str = ""

    def each(self, seconds: Sequence[float]) -> float | None:
        """Nanoseconds per operation, the median."""
        return median(seconds) / self.operations * 1e9 if seconds else None

    @property
    def bytes_each(self) -> float | None:
        """Bytes per operation."""
        return None if self.memory is None else self.memory / self.operations

    def times(self, other: Row | None) -> float | None:
        """How many times as long as another it takes."""
        return median(self.seconds) / median(other.seconds) if other and self.seconds else None

    def record(self) -> dict[str, Any]:
        """The row for programs."""
        return {
            "program": self.program, "peer": self.peer, "operations": self.operations,
            "nanoseconds_per_operation": self.each(self.seconds),
            "recording_nanoseconds_per_operation": self.each(self.recording),
            "nanoseconds_per_operation_with_gc": self.each(self.collected),
            "bytes_per_operation": self.bytes_each, "repeats": len(self.seconds), "note": self.note,
        }  # fmt: skip

    def line(self, plain: Row | None, ours: Row | None) -> tuple[str, ...]:
        """The row for people."""
        if not self.seconds:
            return self.peer, self.note
        figures = (
            self.each(self.seconds), self.each(self.recording), self.each(self.collected), self.bytes_each,
            self.times(plain), self.times(ours),
        )  # fmt: skip
        return self.peer, *map(cell, figures), str(len(self.seconds))


def row_of(rows: Sequence[Row], program: str, peer: str) -> Row | None:
    """The row of a program and a peer, if it was measured."""
    return next((row for row in rows if (row.program, row.peer) == (program, peer) and row.seconds), None)


def table_of(rows: Sequence[Row]) -> Table:
    """The rows of one program."""
    program, operations = rows[0].program, rows[0].operations
    plain, ours = row_of(rows, program, "plain floats"), row_of(rows, program, "traced code")
    lines = [row.line(plain, ours) for row in rows]
    return Table(f"{program}: {operations:,} operations", HEADINGS, lines, [row.record() for row in rows])


def targets(rows: Sequence[Row]) -> list[Figure]:
    """What should hold, as far as it was measured."""
    made = []
    for program in WITH_TARGETS:
        for way, peer, least in RATIOS:
            ours, theirs = row_of(rows, program, way), row_of(rows, program, peer)
            times = theirs.times(ours) if theirs else None
            if times is not None:
                title = f"{program}: {way}, faster than {peer}"
                made.append(Figure(title, times, "times", least, more_is_better=True))
        for way in ("operators", "traced code", "value_and_grad"):
            ours = row_of(rows, program, way)
            times = ours.times(row_of(rows, program, "plain floats")) if ours else None
            if times is not None:
                made.append(Figure(f"{program}: {way}, beside plain floats", times, "times", MAX_TIMES_PLAIN))
    return made
