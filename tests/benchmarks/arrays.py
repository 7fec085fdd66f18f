"""How fast numpy programs are differentiated: value and gradient beside the program alone, and beside other libraries.

All do the same work turn by turn; a time is the processor's, and ratios are medians over turns. What is made once, such
as traced code and what jax compiles, is made before. Memory is the most that Python gave out at a time beyond what was
there before (tracemalloc, to which numpy reports its arrays); torch and jax keep theirs to themselves.
"""

from __future__ import annotations

import pkgutil
import tracemalloc
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy

from . import array_programs
from .array_peers import PEERS, program_named
from .eager import OverdueError, limited
from .figures import Figure, median
from .tables import Table, cell, not_installed
from .turns import collector, seconds

__all__ = ["PROGRAMS", "Row", "figures", "measured", "table_of", "targets"]

PROGRAMS: tuple[str, ...] = tuple(name for _, name, _ in pkgutil.iter_modules(array_programs.__path__))

REPEATS = 7
MIN_SECONDS = 0.05
PATIENCE = 60.0
"""Seconds that a peer gets for a program."""

MEMORY_OF_PYTHON = frozenset({"numpy", "minitorch", "autograd"})

MAX_TIMES_NUMPY = {
    "logistic_regression": 4.0, "two_layer_network": 6.0, "black_scholes_book": 4.0, "heat_equation": 12.0,
    "kalman_filter": 20.0, "many_bodies": 4.0,
}  # fmt: skip
"""How many times as long as numpy value and gradient may take."""

MIN_FASTER_THAN_TORCH = 4
"""Of how many of these torch should be slower."""


@dataclass
class Row:
    """What a peer does with a program.

    Attributes:
        program, peer: their names.
        seconds: of each turn, for one run.
        memory: the most bytes held at a time.
        note: why there is nothing.
    """

    program: str
    peer: str
    seconds: list[float] = field(default_factory=list)
    memory: int | None = None
    note: str = ""

    def times(self, other: Row | None) -> float | None:
        """Return how many times as long as another one it takes, turn by turn."""
        if other is None or not self.seconds or not other.seconds:
            return None
        return median([one / two for one, two in zip(self.seconds, other.seconds, strict=False)])

    def record(self) -> dict[str, Any]:
        """Return the row for programs."""
        taken = median(self.seconds) if self.seconds else None
        return {
            "program": self.program, "peer": self.peer, "seconds": taken, "bytes": self.memory,
            "repeats": len(self.seconds), "note": self.note,
        }  # fmt: skip


class Turns:
    """One peer and one program, turn by turn.

    Args:
        row: gets what is measured.
        program: the program, which nobody has traced.
        patience: seconds for all of it.
    """

    def __init__(self, row: Row, program: ModuleType, patience: float) -> None:
        self.row = row
        self.left = patience
        self.runs = 1
        self.result: tuple[Any, Any] | None = None
        try:
            self.run = PEERS[row.peer]()(program)
            with limited(patience):
                self.left -= seconds(self.first)
                taken = seconds(self.run)
        except ImportError as error:
            row.note = not_installed(error)
        except OverdueError:
            row.note = f"takes longer than {patience:.0f} s"
        except Exception as error:
            row.note = f"can't: {type(error).__name__}: {str(error).partition(chr(10))[0][:80]}"
        else:
            self.left -= taken
            self.runs = max(1, round(MIN_SECONDS / max(taken, 1e-6)))

    def first(self) -> None:
        """Run once and keep the result."""
        self.result = self.run()

    def measure(self) -> None:
        """Take one turn, while there is time."""
        if self.row.note or (self.left <= 0 and self.row.seconds):
            return
        taken = seconds(lambda: [self.run() for _ in range(self.runs)])
        self.left -= taken
        self.row.seconds.append(taken / self.runs)

    def weigh(self) -> None:
        """Take the memory of one run, where Python gives it out."""
        if self.row.note or self.row.peer not in MEMORY_OF_PYTHON:
            return
        with collector(on=True):
            tracemalloc.start()
            try:
                before, _ = tracemalloc.get_traced_memory()
                self.run()
                self.row.memory = max(tracemalloc.get_traced_memory()[1] - before, 0)
            finally:
                tracemalloc.stop()

    def check(self, value: Any, gradient: Any) -> None:
        """Refuse another result, to eight digits of the largest derivative."""
        if self.row.note or self.result is None:
            return
        if not numpy.isclose(self.result[0], value, rtol=1e-9):
            self.row.note = f"wrong: value {self.result[0]} instead of {value}"
        elif self.row.peer != "numpy":
            made, wanted = flat(self.result[1]), flat(gradient)
            if not numpy.allclose(made, wanted, rtol=0.0, atol=1e-8 * numpy.abs(wanted).max()):
                self.row.note = f"wrong: derivatives differ by up to {numpy.abs(made - wanted).max()}"


def flat(gradient: Any) -> Any:
    """Return all derivatives as one array."""
    parts = gradient if isinstance(gradient, (list, tuple)) else [gradient]
    return numpy.concatenate([numpy.ravel(part) for part in parts])


def measured(name: str, peers: Sequence[str] = (), repeats: int = REPEATS, patience: float = PATIENCE) -> list[Row]:
    """Return what peers do with a program; all have to agree with minitorch."""
    program = program_named(name)
    rows = [Row(name, peer) for peer in peers or PEERS]
    turns = [Turns(row, program, patience) for row in rows]
    reference = next((turn.result for turn in turns if turn.row.peer == "minitorch"), None)
    for turn in turns:
        if reference is not None:
            turn.check(*reference)
    with collector(on=False):
        for _ in range(repeats):
            for turn in turns:
                turn.measure()
    for turn in turns:
        turn.weigh()
    return rows


def row_of(rows: Sequence[Row], program: str, peer: str) -> Row | None:
    """Return the row of a program and a peer, if it was measured."""
    return next((row for row in rows if (row.program, row.peer) == (program, peer) and row.seconds), None)


HEADINGS = ("", "ms", "times numpy", "times minitorch", "MB at most", "turns")


def table_of(rows: Sequence[Row]) -> Table:
    """Return the rows of one program as a table."""
    name = rows[0].program
    plain, own = row_of(rows, name, "numpy"), row_of(rows, name, "minitorch")
    lines: list[tuple[str, ...]] = []
    for row in rows:
        if row.note or not row.seconds:
            lines.append((row.peer, row.note))
            continue
        memory = None if row.memory is None else row.memory / 1e6
        cells = (median(row.seconds) * 1e3, row.times(plain), row.times(own), memory)
        lines.append((row.peer, *map(cell, cells), str(len(row.seconds))))
    return Table(name.replace("_", " "), HEADINGS, lines, [row.record() for row in rows])


def targets(rows: Sequence[Row]) -> list[Figure]:
    """Return what should hold, as far as it was measured."""
    made: list[Figure] = []
    faster: list[bool] = []
    for name, most in MAX_TIMES_NUMPY.items():
        own, plain = row_of(rows, name, "minitorch"), row_of(rows, name, "numpy")
        title = name.replace("_", " ")
        if own is None:
            continue
        ratio = own.times(plain)
        if ratio is not None:
            made.append(Figure(f"{title}, beside numpy", ratio, "times", most))
        other, rival = row_of(rows, name, "autograd"), row_of(rows, name, "torch")
        if other is not None:
            made.append(Figure(f"{title}, beside autograd", own.times(other) or 0.0, "times", 1.0))
            if own.memory is not None and other.memory:
                memory = own.memory / other.memory
                made.append(Figure(f"{title}, memory beside autograd", memory, "times", 1.0))
        if rival is not None:
            faster.append((own.times(rival) or 0.0) < 1.0)
    if len(faster) == len(MAX_TIMES_NUMPY):
        title = "programs faster than torch"
        made.append(Figure(title, sum(faster), f"of {len(faster)}", MIN_FASTER_THAN_TORCH, more_is_better=True))
    return made


def figures(
    programs: Sequence[str] = (), peers: Sequence[str] = (), repeats: int = REPEATS, patience: float = PATIENCE
) -> list[Table | Figure]:
    """Return a table per program, and the targets."""
    rows: list[Row] = []
    tables: list[Table | Figure] = []
    for name in [name for name in PROGRAMS if not programs or name in programs]:
        found = measured(name, peers, repeats, patience)
        rows += found
        tables.append(table_of(found))
    return [*tables, *targets(rows)]
