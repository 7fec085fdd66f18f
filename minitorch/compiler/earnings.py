"""When traces are recorded and machine code is made: as soon as the calls that it is made for have paid for it.

    spent so far + what comes next will cost    <=    half of the larger of    what eager took, or would have, so far
                                                                               what it takes for `expected_calls`

Until then eager answers. So all calls together, if they are as many as expected, never cost more than twice what they
cost eagerly, and long calls have machine code at once. Both tiers keep their accounts so. What something will cost is
estimated by its size, and by what its like has taken in this process. Of traces that no later call takes, each waits
twice as long as the one before; a recording that takes longer than it may is stopped, and tried again when there is
enough. Who asks for machine code in so many words gets it at once (`wished`).

Code is made without optimisation at first, and again with it as soon as its calls would have paid for that:

    what optimising costs    <=    calls * what eager takes for one * SAVED_SHARE

Machine code that another process has left on disk costs little, and comes with what eager took there (`foretell`). So
it may answer the first call, in which eager would have to look its functions up.
"""

from __future__ import annotations

import contextlib
import math
import threading
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, Final

from minitorch.machine_code.llvm.engine import is_started
from minitorch.tracing.tracer import converter
from minitorch.transformer import thread_nanoseconds

__all__ = [
    "EXPECTED_CALLS",
    "KEPT",
    "MEASURED_CALLS",
    "NEVER",
    "PROGRAMS",
    "TRACES",
    "Earnings",
    "Estimate",
    "least_cost",
    "seconds_to_wait",
    "wished",
]

EXPECTED_CALLS: Final = 200
"""A function that is compiled is called at least so often, as a rule."""

SHARE: Final = 2
"""Of what is earned this part may be spent: twice eager is the limit, and other things cost a little, too."""

STARTING_NANOSECONDS: Final = 22_000_000
"""About what LLVM takes to get ready, once in a process."""

CONFIDENCE_NANOSECONDS: Final = 200_000_000
"""What was measured counts as much as the estimate itself when it has taken so long."""

SAVED_SHARE: Final = 1 / 50
"""About what optimisation saves of a call, measured by what eager takes for one: unoptimised code takes 1 / 20, half as
long again as optimised code."""

NEVER: Final = 1 << 62
"""More calls than there are."""

FIRST_CALL_SHARE: Final = 1 / 10
"""About what the first call of eager takes in earnest: in the rest of its time functions are looked up."""

REMEMBERED_CALLS: Final = 32
"""By the times of so many calls is judged what a typical one takes."""

MEASURED_CALLS: Final = 3
"""After so many calls is known what eager takes."""

MAX_WAITING_CALLS: Final = 24
"""After so many calls at first, and later after as many as there were, is looked again whether code is earned."""

LATE: Final = 4
"""How many times as long as what is missing takes may be waited for it."""

GROWTH: Final = 2
"""How many times as long as before a recording may take that was stopped."""

PATIENCE: Final = 8
"""After so many traces in a row that no call took again, each waits twice as long as the one before."""


MAX_WAIT_SECONDS: Final = 60.0
"""For so long other threads may record before a call for which machine code is wished; they may wait for that call."""


class Wish(threading.local):
    """Whether this thread has asked for machine code, whatever it costs."""

    is_made = False


WISH: Final = Wish()


@contextlib.contextmanager
def wished() -> Iterator[None]:
    """Have machine code made at once, for calls inside of a block."""
    before, WISH.is_made = WISH.is_made, True
    try:
        yield
    finally:
        WISH.is_made = before


def seconds_to_wait() -> float:
    """Return how long a call of this thread waits until nobody else records: only where machine code is wished."""
    return MAX_WAIT_SECONDS if WISH.is_made else 0.0


class Estimate:
    """About what a kind of work takes, in nanoseconds, corrected by what it has taken in this process.

    Args:
        base: for work of any size.
        per_unit: for each unit of its size.
        starting: what comes to that as long as LLVM is not ready.

    >>> estimate = Estimate(10_000_000, 100_000)
    >>> estimate.note(900, 500_000_000)
    >>> round(estimate.factor, 2)
    2.33
    """

    def __init__(self, base: int, per_unit: int, starting: int = STARTING_NANOSECONDS) -> None:
        self.base = base
        self.per_unit = per_unit
        self.starting = starting
        self.estimated = self.measured = CONFIDENCE_NANOSECONDS

    @property
    def factor(self) -> float:
        """How many times as long as was estimated such work takes."""
        return self.measured / self.estimated

    def cost(self, units: int) -> int:
        """Return about what work of some size will take."""
        start = 0 if is_started() else self.starting
        return start + int((self.base + self.per_unit * units) * self.factor)

    def note(self, units: int, nanoseconds: int) -> None:
        """Note what work of some size has taken."""
        self.estimated += self.base + self.per_unit * units
        self.measured += nanoseconds


TRACES: Final = Estimate(7_000_000, 150)
"""To record a trace and compile it, unoptimised, with those that are known, by what eager takes for the call."""

PROGRAMS: Final = Estimate(10_000_000, 60_000)
"""To make structural code without optimisation, by the nodes of the syntax trees: half of it is LLVM's."""


KEPT: Final = Estimate(3_000_000, 15, starting=6_000_000)
"""To use structural code that is on disk, by the bytes of its manifest."""


def least_cost() -> int:
    """Return about what making anything costs at least."""
    return min(TRACES.cost(0), PROGRAMS.cost(0))


class Earnings:
    """What the calls of one kind have earned and cost, in nanoseconds of the thread's CPU time.

    Attributes:
        earned: what eager took for the calls it answered, and would have taken for those that code has answered.
        spent: what recordings, misses and making code took.
        calls: how many calls of eager's were measured.
        expected_calls: how many calls there will be at least.
        expected: what the next trace will cost, as far as is known.
        unmet: how many traces in a row no later call has taken.
        hits: how many calls known traces have answered, as far as was noted.
        first: what eager's first call took, with all that was looked up and rewritten for it.
        foretold: what eager takes for a call, and took for the first one, as another process has measured it.

    >>> earnings = Earnings()
    >>> for nanoseconds in (1_000_000, 500_000, 700_000):
    ...     earnings.note_eager(nanoseconds)
    >>> earnings.typical, earnings.may_spend(50_000_000), earnings.may_spend(51_000_000)
    (500000, True, False)
    """

    @staticmethod
    def clock() -> int:
        """Return the CPU time of this thread; tests put a clock of their own here, which no other process disturbs."""
        return thread_nanoseconds()

    def __init__(self) -> None:
        self.earned = self.spent = self.calls = 0
        self.expected = self.unmet = self.hits = 0
        self.expected_calls = EXPECTED_CALLS
        self.first = 0
        self.foretold = 0, 0
        self.times: deque[int] = deque(maxlen=REMEMBERED_CALLS)

    # -- what may be done ----------------------------------------------------------------------------------------------

    @property
    def typical(self) -> int:
        """What eager takes for a call, as far as is known: the lower quartile of what it took for the latest ones.

        Many of the first ones may take much longer: each way is prepared when it is first taken.
        """
        if self.calls == 1:
            return int(self.times[0] * FIRST_CALL_SHARE)
        return sorted(self.times)[len(self.times) // 4] if self.times else self.foretold[0]

    @property
    def available(self) -> int:
        """What may be spent now."""
        return max(self.earned, self.expected_calls * self.typical) // SHARE - self.spent

    @property
    def is_open(self) -> bool:
        """Whether anything may be spent, be it on trying known traces."""
        return self.available >= 0

    @property
    def limit(self) -> int | None:
        """After how long a recording is to be stopped now; `None` if it is not."""
        return None if WISH.is_made else self.available

    @property
    def trace_cost(self) -> int:
        """What has to be available for another trace."""
        return (self.expected or TRACES.cost(self.typical)) << max(self.unmet - PATIENCE, 0)

    @property
    def is_patient(self) -> bool:
        """Whether traces wait longer and longer, since no call takes what was recorded."""
        return self.unmet > PATIENCE

    @property
    def is_met(self) -> bool:
        """Whether calls take the trace that was recorded last, or one before it."""
        return self.hits > 0 and self.unmet == 0

    def may_spend(self, cost: int) -> bool:
        """Return whether what costs so much may be made now."""
        return WISH.is_made or cost <= self.available

    def may_use(self, cost: int) -> bool:
        """Return whether code on disk, which costs so much to use, may answer the next call."""
        return self.may_spend(cost) or (not self.calls and cost <= self.available + self.foretold[1])

    def may_record(self) -> bool:
        """Return whether another trace may be recorded now."""
        return self.may_spend(self.trace_cost)

    def calls_to_wait(self, cost: int) -> int:
        """Return how many calls eager can surely answer before what costs so much may be made.

        None as long as hardly any was measured, and not too many at once: some calls may take much longer.
        """
        if self.calls < MEASURED_CALLS:
            return 0
        # Calls may have become longer: then the next ones are measured, too.
        per_call = max(self.typical, self.times[-1], 1)
        return min((cost - self.available) // per_call, max(MAX_WAITING_CALLS, self.earned // per_call))

    def waits_too_long(self, calls: int, cost: int) -> bool:
        """Return whether waiting goes on far longer than was thought: calls have become longer.

        Args:
            calls: for how many more it is to.
            cost: of what is waited for.
        """
        return calls * self.times[-1] > LATE * (cost - self.available)

    def calls_to_optimise(self, cost: int | None) -> int:
        """Return after how many calls code is to be made again, optimised; 0 if it is to be so from the beginning.

        Args:
            cost: what optimising will take; `None` if it is never done.
        """
        if cost is None:
            return NEVER
        if not self.calls and not self.foretold[0]:
            return 0
        calls = min(math.ceil(cost / max(self.typical * SAVED_SHARE, 1)), NEVER)
        return 0 if calls <= self.expected_calls and self.may_spend(cost) else max(calls, self.expected_calls)

    def explanation(self, cost: int) -> str:
        """Return why what costs so much is not made yet, in words."""
        return (
            f"runs in Python until that has taken twice as long as compiling does (about "
            f"{(self.spent + cost) / 1e6:.3g} ms), or {self.expected_calls} calls will; Python has taken "
            f"{self.earned / 1e6:.3g} ms; `precompile` compiles at once"
        )

    # -- what was done -------------------------------------------------------------------------------------------------

    def note_eager(self, nanoseconds: int) -> None:
        """Note a call that eager answered."""
        self.calls += 1
        self.times.append(nanoseconds)
        self.earned += self.typical if self.calls == 1 else nanoseconds

    def foretell(self, typical: int, first: int) -> None:
        """Expect of eager what another process has measured, as long as it has answered no call here.

        Args:
            typical: what a call took there, as a rule.
            first: what the first call took.
        """
        self.foretold = typical, first

    def expect(self, calls: int) -> None:
        """Expect so many calls more at least, such as there are rows in a batch."""
        self.expected_calls = max(self.expected_calls, calls)

    def note_answered(self, calls: int) -> None:
        """Note how many calls were answered whose time was not taken."""
        self.earned += calls * self.typical

    def note_hits(self, hits: int) -> None:
        """Note how many calls known traces have answered by now."""
        if hits > self.hits:
            self.unmet = 0
            self.note_answered(hits - self.hits)
        self.hits = hits

    def note_miss(self, nanoseconds: int) -> None:
        """Note a call that known traces did not answer."""
        self.spent += nanoseconds

    def note_trace(self, nanoseconds: int) -> None:
        """Note a recording that answered its call, with the machine code that was made after it."""
        TRACES.note(self.typical, nanoseconds)
        self.expected = nanoseconds
        self.spent += nanoseconds
        self.note_answered(1)
        self.unmet += 1

    def note_stopped(self, nanoseconds: int) -> None:
        """Note a recording that was stopped since it took too long; eager is yet to answer its call."""
        self.spent += nanoseconds
        self.expected = max(self.trace_cost, GROWTH * nanoseconds)

    def timed(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function that does the same, and whose time is noted as eager's; that of rewriting is not."""

        def answered(*args: Any, **kwargs: Any) -> Any:
            begin, rewriting = self.clock(), converter.nanoseconds
            try:
                return function(*args, **kwargs)
            finally:
                nanoseconds = self.clock() - begin
                if not self.calls:
                    self.first = nanoseconds
                self.note_eager(max(nanoseconds - (converter.nanoseconds - rewriting), 0))

        return answered

    def charged(self, function: Callable[..., Any], *args: Any) -> Any:
        """Return what a function that makes code returns, and note its time as spent."""
        begin = self.clock()
        try:
            return function(*args)
        finally:
            self.spent += self.clock() - begin
