"""How fast and how small eager recording is: minitorch, its peers and plain floats do the same work, turn by turn.

An operation is one that the program does, the same number for everybody. A time is that of running the program,
recording it, going back and dropping what was recorded, of the processor's time. The garbage collector is off, as
`timeit` has it, and what peers leave to it is collected between the turns, uncounted; one more column has it on. What
is made once for all runs, such as jax's compiled operations, is made before. Memory is what Python gave out at most
(tracemalloc), with what our recorder has given out of its own; torch, jax and casadi keep most of theirs where nobody
sees it, and it is left out.

All do one scalar after another, in an order that is not known before. That is the work of micrograd and autograd's
boxes, not what torch and jax are for, which want arrays, nor what casadi and `jax.jit` do best, which is to compile a
program once and run it often: see the benchmark "compiled" for that.
"""

from __future__ import annotations

import gc
import math
import signal
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import minitorch

from .eager_peers import PEERS, Peer, Recorded, hooked, on_scalars
from .eager_programs import PLAIN, PROGRAMS, Program
from .eager_table import Row, table_of, targets
from .figures import Figure
from .memory import pooled_bytes
from .operations import operations
from .tables import Table, not_installed
from .turns import collector

__all__ = ["figures", "measured"]

REPEATS = 7
MIN_SECONDS = 0.02
"""Seconds that a measurement lasts at least; shorter programs run several times."""

PATIENCE = 20.0
"""Seconds that a peer gets for a program."""

SLOWED_BY_WEIGHING = 5.0
"""How many times as long a run may take whose memory is counted."""

TOLERANCE = 1e-9


class OverdueError(Exception):
    """A peer has used up its time."""


class DisagreementError(Exception):
    """A peer's results are others than plain Python's or minitorch's."""


@dataclass(frozen=True)
class Expected:
    """What all should agree on.

    Attributes:
        value: the result of plain floats.
        gradient: the derivatives by traced code.
        operations: how many it takes.
    """

    value: float
    gradient: list[float]
    operations: int

    @classmethod
    def of(cls, program: Program) -> Expected:
        """Run it in the three ways."""
        module = hooked()
        run = next(other.run for other in module.PROGRAMS if other.name == program.name)
        gradient = list(on_scalars(program, run, module.PLAIN).gradient())
        try:
            count = operations(program.run, program.inputs)
        except TypeError:
            # A library asks for floats. What it does with them the hook knows.
            count = len(minitorch.topological_sort(run(list(map(minitorch.Scalar, program.inputs)), module.PLAIN)))
        return cls(program.run(program.inputs, PLAIN), gradient, count)

    def check(self, run: Recorded, differentiates: bool) -> None:
        """Refuse other results, to nine digits of the largest."""
        if not math.isclose(run.value, self.value, rel_tol=TOLERANCE):
            raise DisagreementError(f"value {run.value!r} instead of {self.value!r}")
        near = TOLERANCE * max(map(abs, self.gradient))
        for made, wanted in zip(run.gradient(), self.gradient, strict=True) if differentiates else ():
            if not math.isclose(made, wanted, rel_tol=TOLERANCE, abs_tol=near):
                raise DisagreementError(f"derivative {made!r} instead of {wanted!r}")


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Stop what runs for longer, where the system knows how."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def stop(*_: object) -> None:
        raise OverdueError

    def quiet(lost: sys.UnraisableHookArgs) -> None:
        if lost.exc_type is not OverdueError:
            unraisable(lost)

    before, unraisable = signal.signal(signal.SIGALRM, stop), sys.unraisablehook
    sys.unraisablehook = quiet
    # Where the exception is lost, in a callback or a destructor, the next one comes half a second later.
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001), 0.5)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)
        sys.unraisablehook = unraisable


def timed(peer: Peer, program: Program, runs: int) -> tuple[float, float]:
    """How long a run takes, and how long its recording."""
    total = recording = 0.0
    for _ in range(runs):
        start = time.process_time()
        run = peer.record(program)
        recorded = time.process_time()
        run.gradient()
        del run
        total += time.process_time() - start
        recording += recorded - start
    return total / runs, recording / runs


def most_memory(peer: Peer, program: Program) -> int:
    """The most bytes that a run holds at a time."""
    with collector(on=True):
        tracemalloc.start()
        try:
            before, pooled = tracemalloc.get_traced_memory()[0], pooled_bytes()
            run = (peer.weighed or peer.record)(program)
            own = pooled_bytes() - pooled
            run.gradient()
            return max(tracemalloc.get_traced_memory()[1] - before, 0) + own
        finally:
            tracemalloc.stop()


class Turns:
    """What one peer does with one program, turn by turn.

    Args:
        peer: the peer.
        program: the program.
        row: gets what is measured.
        patience: seconds for all of it.
    """

    def __init__(self, peer: Peer, program: Program, row: Row, patience: float) -> None:
        self.peer = peer
        self.program = program
        self.row = row
        self.patience = self.left = patience
        self.runs = 1

    def take(self, turn: Callable[[], None]) -> None:
        """Do something in the peer's own environment, while it has time; what goes wrong is noted."""
        if self.row.note or self.left <= 0:
            return
        start = time.monotonic()
        self.peer.start()
        try:
            with limited(self.left):
                turn()
        except OverdueError:
            # Whoever was measured once has used up its time with repeats.
            self.row.note = "" if self.row.seconds else f"takes longer than {self.patience:.0f} s"
        except DisagreementError as error:
            self.row.note = f"wrong: {error}"
        except Exception as error:
            self.row.note = f"can't: {type(error).__name__}: {str(error).partition(chr(10))[0][:80]}"
        finally:
            self.peer.stop()
            self.left -= time.monotonic() - start

    def warm_up(self, expected: Expected) -> None:
        """Compare a first run with what is expected, and see how long the next takes."""
        with collector(on=False):
            expected.check(self.peer.record(self.program), self.peer.differentiates)
        with collector(on=False):
            seconds, recording = timed(self.peer, self.program, 1)
        self.runs = max(1, round(MIN_SECONDS / max(seconds, 1e-6)))
        if 3 * seconds > self.left:
            # There will be no other: better one that was not warmed up for long than none.
            self.keep(seconds, recording)

    def keep(self, seconds: float, recording: float) -> None:
        """Enter a measurement."""
        self.row.seconds.append(seconds)
        if self.peer.separate:
            self.row.recording.append(recording)

    def measure(self) -> None:
        """One repeat without the garbage collector and one with it."""
        with collector(on=False):
            self.keep(*timed(self.peer, self.program, self.runs))
        with collector(on=True):
            self.row.collected.append(timed(self.peer, self.program, self.runs)[0])

    def weigh(self) -> None:
        """The memory, where Python gives it out and there is time for what takes several times as long."""
        if self.peer.memory_of_python and SLOWED_BY_WEIGHING * min(self.row.seconds, default=0.0) < self.patience:
            self.row.memory = most_memory(self.peer, self.program)


def peers_named(names: Sequence[str]) -> dict[str, Peer | str]:
    """Each peer of these names, or all; why not, where it is not installed."""
    made: dict[str, Peer | str] = {}
    for name in names or PEERS:
        try:
            made[name] = PEERS[name]()
        except ImportError as error:
            made[name] = not_installed(error)
    return made


def measured(
    program: Program, peers: dict[str, Peer | str], repeats: int = REPEATS, patience: float = PATIENCE
) -> list[Row]:
    """Have all peers do a program, interleaved, and measure them."""
    expected = Expected.of(program)
    rows, turns = [], []
    for name, peer in peers.items():
        row = Row(program.name, name, expected.operations, note=peer if isinstance(peer, str) else "")
        rows.append(row)
        if isinstance(peer, Peer):
            turns.append(Turns(peer, program, row, patience))
    for one in turns:
        one.take(lambda one=one: one.warm_up(expected))  # type: ignore[misc]
    for _ in range(repeats):
        for one in turns:
            one.take(one.measure)
    for one in turns:
        one.left = patience
        one.take(one.weigh)
    return rows


def figures(
    programs: Sequence[str] = (), peers: Sequence[str] = (), repeats: int = REPEATS, patience: float = PATIENCE
) -> list[Table | Figure]:
    """A table per program, and the targets."""
    known = peers_named(peers)
    # What the imports left counts as nobody's garbage.
    gc.collect()
    gc.freeze()
    try:
        chosen = [program for program in PROGRAMS if not programs or program.name in programs]
        measurements = [measured(program, known, repeats, patience) for program in chosen]
    finally:
        gc.unfreeze()
    rows = [row for measurement in measurements for row in measurement]
    return [*map(table_of, measurements), *targets(rows)]
