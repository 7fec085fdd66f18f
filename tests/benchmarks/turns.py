"""Measurements that are taken in turn, so that what else the machine does disturbs all of them alike."""

from __future__ import annotations

import gc
import time
import timeit
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from .figures import median

__all__ = ["collector", "in_turn", "per_call", "seconds", "times"]

MIN_SECONDS = 0.05
"""Seconds that a measurement of short calls lasts at least."""

WARM_UP = 10
"""Calls before a measurement: the first ones compile, or look up what others find."""


@contextmanager
def collector(on: bool) -> Iterator[None]:
    """Start without garbage, with the collector on or off."""
    was_on = gc.isenabled()
    gc.collect()
    (gc.enable if on else gc.disable)()
    try:
        yield
    finally:
        (gc.enable if was_on else gc.disable)()


def seconds(function: Callable[[], object], clock: Callable[[], float] = time.process_time) -> float:
    """How long one call takes: of the processor's time, or by another clock."""
    start = clock()
    function()
    return clock() - start


def per_call(
    statement: str, cases: Sequence[Sequence[Any]], shortest: float = MIN_SECONDS, **names: Any
) -> Callable[[], float]:
    """Make what measures a call, in seconds of the processor.

    Args:
        statement: the call, with {} where the arguments go.
        cases: the arguments of each of some calls, one after the other; local variables, as in code that calls.
        shortest: how long a measurement lasts at least.
        names: the other names in the statement, local as well.

    >>> 0 < per_call("root({})", [(2.0,), (3.0,)], shortest=1e-4, root=lambda x: x**0.5)() < 1e-3
    True
    """
    arguments = {f"x{case}_{place}": x for case, values in enumerate(cases) for place, x in enumerate(values)}
    texts = [", ".join(f"x{case}_{place}" for place in range(len(values))) for case, values in enumerate(cases)]
    known = {**arguments, **names}
    timer = timeit.Timer(
        "\n".join(statement.format(text) for text in texts),
        "\n".join(f"{name} = known[{name!r}]" for name in known),
        timer=time.process_time,
        globals={"known": known},
    )
    timer.timeit(WARM_UP)
    number = 1
    while timer.timeit(number) < shortest:
        number *= 2
    return lambda: timer.timeit(number) / number / len(cases)


def in_turn(measurements: Mapping[str, Callable[[], float]], repeats: int) -> dict[str, list[float]]:
    """Take all measurements once, again, and so on, without the garbage collector."""
    taken: dict[str, list[float]] = {name: [] for name in measurements}
    with collector(on=False):
        for _ in range(repeats):
            for name, measurement in measurements.items():
                taken[name].append(measurement())
    return taken


def times(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """How many times as long as others measurements are: the median over those side by side.

    >>> times([2.0, 3.0, 4.0], [1.0, 1.0, 4.0])
    2.0
    """
    return median([one / other for one, other in zip(ours, theirs, strict=True)])
