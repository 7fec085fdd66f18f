"""What making structural machine code may cost: no more than eager takes for the calls that it is made for.

    spent so far + what the next code will cost    <=    the larger of    what eager took, or would have taken, so far
                                                                          what it takes for EXPECTED_CALLS

Until then eager answers. Code is made without optimisation at first, and again with it as soon as the calls that it
answers would have paid for that:

    what optimising costs    <=    calls * what eager takes for one * SAVED_SHARE

It is optimised from the beginning if EXPECTED_CALLS are enough for that. So code is made at once where eager takes
long, late where it is soon done, and again, after what was read has changed, when the calls that were answered
meanwhile are worth it. Calls that are as many as expected never cost more than twice what they cost eagerly.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

from minitorch.compiler.budget import Budget

__all__ = ["EXPECTED_CALLS", "NEVER", "Earnings", "expected_cost"]

EXPECTED_CALLS: Final = 200
"""A function that is compiled is called at least so often, as a rule."""

BASE_NANOSECONDS: Final = 10_000_000
NODE_NANOSECONDS: Final = 140_000
"""About what compiling takes: for any function, and for each node of the syntax trees. Of the latter 40,000 are LLVM's
without optimisation, the rest are the walks."""

SAVED_SHARE: Final = 1 / 50
"""About what optimisation saves of a call, measured by what eager takes for one: unoptimised code takes 1 / 20, half as
long again as optimised code."""

NEVER: Final = 1 << 62
"""More calls than there are."""

FIRST_CALL_SHARE: Final = 1 / 10
"""About what the first call of eager takes in earnest: in the rest of its time functions are rewritten."""

MEASURED_CALLS: Final = 3
"""After so many calls is known what eager takes."""

MAX_WAITING_CALLS: Final = 24
"""After so many calls at first, and later after as many as there were, is looked again whether code is earned."""


def expected_cost(nodes: int) -> int:
    """Return about how many nanoseconds compiling will take, without optimisation.

    >>> expected_cost(200)
    38000000
    """
    return BASE_NANOSECONDS + NODE_NANOSECONDS * nodes


class Earnings:
    """What the calls of one kind have earned and cost, in nanoseconds of the thread's CPU time.

    Attributes:
        earned: what eager took for the calls it answered, and would have taken for those that code has answered.
        spent: what making code took.

    >>> earnings = Earnings()
    >>> earnings.note_eager(1_000_000), earnings.note_eager(500_000)
    (None, None)
    >>> earnings.typical, earnings.may_spend(90_000_000), earnings.may_spend(110_000_000)
    (500000, True, False)
    """

    def __init__(self) -> None:
        self.earned = self.spent = 0
        self.calls = self.first = self.later = self.largest = 0

    @property
    def typical(self) -> int:
        """What eager takes for a call on average, as far as is known.

        The largest one does not count: a way that is taken for the first time has functions rewritten.
        """
        if self.calls > 2:
            return (self.later - self.largest) // (self.calls - 2)
        return self.later if self.calls == 2 else int(self.first * FIRST_CALL_SHARE)

    def may_spend(self, cost: int) -> bool:
        """Return whether code that costs so much may be made now."""
        return self.spent + cost <= max(self.earned, EXPECTED_CALLS * self.typical)

    def calls_to_wait(self, cost: int) -> int:
        """Return how many calls eager can surely answer before code that costs so much may be made."""
        if self.calls < MEASURED_CALLS:
            return 0
        missing = self.spent + cost - max(self.earned, EXPECTED_CALLS * self.typical)
        # Some calls may take much longer than those so far.
        return min(missing // max(self.typical, 1) // 2, max(MAX_WAITING_CALLS, self.earned // max(self.typical, 1)))

    def calls_to_optimise(self, cost: int | None) -> int:
        """Return after how many calls code is to be made again, optimised; 0 if it is to be so from the beginning.

        Args:
            cost: what optimising will take; `None` if it is never done.
        """
        if cost is None:
            return NEVER
        if not self.calls:
            return 0
        calls = min(math.ceil(cost / max(self.typical * SAVED_SHARE, 1)), NEVER)
        return 0 if calls <= EXPECTED_CALLS and self.may_spend(cost) else max(calls, EXPECTED_CALLS)

    def explanation(self, cost: int) -> str:
        """Return why code that costs so much is not made yet, in words."""
        return (
            f"runs in Python until that has taken as long as compiling does (about {(self.spent + cost) / 1e6:.3g} ms, "
            f"or what {EXPECTED_CALLS} calls take; Python has taken {self.earned / 1e6:.3g} ms)"
        )

    def note_eager(self, nanoseconds: int) -> None:
        """Note a call that eager answered."""
        self.calls += 1
        self.earned += nanoseconds
        if self.calls == 1:
            self.first = nanoseconds
        else:
            self.later += nanoseconds
            self.largest = max(self.largest, nanoseconds)

    def note_answered(self, calls: int) -> None:
        """Note how many calls machine code has answered until it was dropped."""
        self.earned += calls * self.typical

    def timed(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function that does the same, and whose time is noted as eager's."""

        def answered(*args: Any, **kwargs: Any) -> Any:
            begin = Budget.clock()
            try:
                return function(*args, **kwargs)
            finally:
                self.note_eager(Budget.clock() - begin)

        return answered

    def charged(self, function: Callable[..., Any], *args: Any) -> Any:
        """Return what a function that makes code returns, and note its time as spent."""
        begin = Budget.clock()
        try:
            return function(*args)
        finally:
            self.spent += Budget.clock() - begin
