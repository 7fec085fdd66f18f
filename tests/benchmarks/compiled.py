"""`minitorch.compile` as its users call it: one call, many rows, the first call, and no memory lost in ten million.

Figures are those of the processor's time; what is compared was measured in turn, and the median of the ratios counts.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import minitorch

from . import black_scholes, compiling
from .black_scholes import ARGUMENTS, MODULE, OPTION, Measured
from .figures import Figure, median
from .fresh import fresh
from .growth import resident_bytes
from .tables import Table, cell
from .turns import in_turn, per_call, seconds, times

__all__ = ["figures", "memory_kept"]

ROWS = 200_000
REPEATS = 9
CALLS = 10_000_000
MAX_BYTES = 1 << 20

MAX_TIMES_PLAIN = 0.3
MIN_TIMES_JAX = 20.0
MAX_TIMES_C = 1.3
MAX_TIMES_JAX = 1.0
MAX_NANOSECONDS = 100.0


@dataclass(frozen=True)
class Subject:
    """A plain program.

    Attributes:
        title: what it computes.
        module: where it is, and what is to be imported anew.
        take: finds or makes the function in the module.
        arguments: of a call; all are differentiated by.
    """

    title: str
    module: str
    take: Callable[[ModuleType], Callable[..., float]]
    arguments: tuple[float, ...]


def distance(module: ModuleType) -> Callable[..., float]:
    """The shortest way between two places on the ellipsoid."""

    def between(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
        return module.Geodesic.WGS84.Inverse(lat1, lon1, lat2, lon2)["s12"]  # type: ignore[no-any-return]

    return between


SUBJECTS = (
    Subject("cost of a heat exchanger", "examples.plain.heat_exchanger", lambda m: m.yearly_cost, (20.0, 0.6, 0.4)),
    Subject("pendulum, 100 steps", "examples.plain.pendulum", lambda m: m.swing, (1.0, 0.3)),
    Subject("inverse geodesic of geographiclib", "geographiclib.geodesic", distance, (40.6, -73.8, 51.6, -0.5)),
    Subject("orbit, 200 steps", "examples.plain.orbit", lambda m: m.radius_after, (1.1,)),
)


def shape(x: float, y: float) -> float:
    """A function of two numbers that does next to nothing, so that what a call takes is the call."""
    return x * y + x


def empty(x: float, y: float) -> tuple[float, tuple[float, float]]:
    """What such a call costs where nothing at all is done."""
    return 1.0, (2.0, 3.0)


def until_compiled(compiled: minitorch.CompiledFunction, arguments: Sequence[float]) -> None:
    """Call with derivatives until the next call is short."""
    while not any(path.calls for path in compiled.traces):
        compiled.value_and_grad(*arguments)


def call_figures(repeats: int) -> list[Figure]:
    """A call with two inputs and three results."""
    compiled = minitorch.compile(shape, argnums=(0, 1))
    until_compiled(compiled, (0.5, 2.0))
    measurements = {
        "compiled": per_call("f.value_and_grad({})", [(0.5, 2.0)], f=compiled),
        "empty": per_call("f({})", [(0.5, 2.0)], f=empty),
    }
    taken = in_turn(measurements, repeats)
    return [
        Figure("a call with two inputs and three results", median(taken["compiled"]) * 1e9, "ns", MAX_NANOSECONDS),
        Figure("that call beside an empty def", times(taken["compiled"], taken["empty"]), "times"),
    ]


def subjects_table(subjects: Sequence[Subject], repeats: int) -> Table:
    """One compiled call with all derivatives beside one call of plain Python."""
    lines, records = [], []
    for subject in subjects:
        plain, function = (subject.take(fresh(subject.module)) for _ in range(2))
        compiled = minitorch.compile(function, argnums=tuple(range(len(subject.arguments))))
        until_compiled(compiled, subject.arguments)
        assert compiled.value_and_grad(*subject.arguments)[0] == plain(*subject.arguments), subject.title
        measurements = {
            "plain": per_call("f({})", [subject.arguments], f=plain),
            "compiled": per_call("f.value_and_grad({})", [subject.arguments], f=compiled),
        }
        taken = in_turn(measurements, repeats)
        both = {who: median(found) * 1e6 for who, found in taken.items()}
        ratio, operations = times(taken["compiled"], taken["plain"]), compiled.traces[0].operations
        lines.append((subject.title, f"{operations:,}", cell(both["plain"]), cell(both["compiled"]), cell(ratio)))
        records.append({"title": subject.title, "operations": operations, "times_plain": ratio, "microseconds": both})
    headings = ("", "operations compiled", "µs, plain value", "µs, compiled, all derivatives", "times plain")
    return Table("one call", headings, lines, records)


def table_of(
    title: str, unit: str, scale: float, taken: Mapping[str, Sequence[float]], notes: Mapping[str, str]
) -> Table:
    """Who took how long, beside the first of them."""
    first = next(iter(taken.values()))
    lines: list[tuple[str, ...]] = [
        (who, cell(median(found) * scale), cell(times(found, first))) for who, found in taken.items()
    ]
    records: list[dict[str, Any]] = [{"who": who, "seconds": median(found)} for who, found in taken.items()]
    records += [{"who": who, "note": note} for who, note in notes.items()]
    return Table(title, ("", unit, "times the first"), [*lines, *notes.items()], records)


def targets(measured: Measured, rows: int) -> list[Figure]:
    """What should hold of calls and batches, as far as it was measured."""
    calls, batches = measured.calls, measured.rows
    ours, plain = calls["compiled, with derivatives"], calls["plain Python, the price"]
    made = [
        Figure("price and 5 derivatives, beside the plain price", times(ours, plain), "times", MAX_TIMES_PLAIN),
        Figure("price alone, beside the plain price", times(calls["compiled, the price"], plain), "times"),
    ]
    for who, found in calls.items():
        if who.startswith("jax"):
            made.append(Figure(f"the same, faster than {who}", times(found, ours), "times", MIN_TIMES_JAX, True))
    for who, peer, most in [
        ("compiled", "C", MAX_TIMES_C),
        ("compiled with fastmath", "C with -ffast-math", None),
        ("compiled", "jax.jit", None),
        ("compiled with fastmath", "jax.jit", MAX_TIMES_JAX),
    ]:
        if peer in batches:
            ratio = times(batches[who], batches[peer])
            made.append(Figure(f"{rows:,} rows, {who}, beside {peer}", ratio, "times", most))
    return made


def threads_figure(rows: int, repeats: int) -> Figure:
    """Two threads beside one, by the clock on the wall, on all processors."""
    compiled, matrix = black_scholes.compiled(), black_scholes.options(rows)

    def measurement(threads: int) -> Callable[[], float]:
        return lambda: seconds(lambda: compiled.batch_value_and_grad(matrix, threads=threads), time.perf_counter)

    taken = in_turn({"one": measurement(1), "two": measurement(2)}, repeats)
    return Figure(f"{rows:,} rows, 2 threads beside 1", times(taken["two"], taken["one"]), "times")


def memory_kept(calls: int) -> int | None:
    """By how many bytes the process has grown after so many calls; None where the system does not say.

    Of ten calls eight are of traded options, one is of an expired one, on another path, and one is of the value alone.
    """
    price = minitorch.compile(fresh(MODULE).price, argnums=ARGUMENTS)

    def run(count: int) -> None:
        _, strike, years, rate, volatility = OPTION
        call = price.value_and_grad
        for _ in range(count // 10):
            for spot in (80.0, 85.0, 90.0, 95.0, 100.0, 105.0, 110.0, 115.0):
                call(spot, strike, years, rate, volatility)
            call(90.0, strike, 0.0, rate, volatility)
            price(90.0, strike, years, rate, volatility)

    for _ in range(3):
        run(1_000)
    gc.collect()
    before = resident_bytes()
    run(calls)
    gc.collect()
    after = resident_bytes()
    return None if before is None or after is None else after - before


def memory_figures(calls: int) -> list[Figure]:
    """What is kept of calls: nothing."""
    kept = memory_kept(calls)
    return [] if kept is None else [Figure(f"memory kept after {calls:,} calls", kept, "bytes", MAX_BYTES)]


def figures(
    calls: int = CALLS,
    repeats: int = REPEATS,
    rows: int = ROWS,
    lengths: Sequence[int] = compiling.LENGTHS,
    subjects: Sequence[Subject] = SUBJECTS,
) -> list[Table | Figure]:
    """Tables of calls, rows, compile times and other programs, and the targets.

    Args:
        calls: how many calls are made to see whether memory is kept.
        repeats: how often each measurement is taken.
        rows: how many rows a batch has.
        lengths: of the long programs.
        subjects: the other programs.
    """
    measured = black_scholes.measured(rows, repeats)
    return [
        table_of("a price", "ns", 1e9, measured.calls, measured.notes),
        table_of(f"{rows:,} prices with 5 derivatives", "ms", 1e3, measured.rows, measured.notes),
        subjects_table(subjects, repeats),
        *call_figures(repeats),
        *targets(measured, rows),
        threads_figure(rows, repeats),
        *compiling.figures(lengths, repeats),
        *memory_figures(calls),
    ]
