"""The CPU time that a specialization may spend: recording must take less than eager takes for the same calls.

    eager answers a call         its time is earned
    a known trace answers one    what eager takes for a call on average is earned
    recording, or a miss         its time is spent
    machine code is made         its time is spent; some of it is free, since it is made of what was recorded

So all calls together never cost more than twice what they cost eagerly, but for what is free. A recording that takes
longer than may be spent is stopped, and tried again when there is enough. Of recordings that no later call takes, each
waits twice as long as the one before.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

__all__ = ["Budget"]

FREE_NANOSECONDS: Final = 60_000_000
"""What may be spent on short recordings before anything is earned."""

SHORT_NANOSECONDS: Final = 20_000_000
"""Recordings that take longer have to be earned first."""

TRIED_NANOSECONDS: Final = 4_000_000
"""After so long a recording may be stopped for which nothing is earned; those of some hundred operations end before."""

FREE_NANOSECONDS_OF_COMPILING: Final = 500_000_000
"""What may be spent on machine code before anything is earned."""

EAGER_PER_RECORDING: Final = 1 / 200
"""About what eager takes for a call, where it was never measured, as a part of what its recording took."""

SHARE: Final = 2
"""Of what is earned this part may be spent: twice eager is the limit, and other things cost a little, too."""

GROWTH: Final = 2
"""How many times as long as before a recording may take that was stopped."""

MEASURED_CALLS: Final = 3
"""After so many calls that eager answered is known what it takes."""

PATIENCE: Final = 8
"""After so many recordings in a row that no call took again, each waits twice as long as the one before."""


class Budget:
    """What one specialization has earned and spent, in nanoseconds of CPU time.

    Attributes:
        earned: what eager takes for the calls that were answered.
        spent: what recordings and misses took.
        spent_on_code: what making machine code took.
        expected: what the next recording will take, as far as is known.
        unmet: how many recordings in a row no later call has taken.
        hits: how many calls known traces have answered, as far as was noted.
        is_refused: whether the last recording gave nothing to keep; then the next one is to be earned.

    >>> budget = Budget()
    >>> budget.may_record(), budget.limit
    (True, 4000000)
    >>> budget.note_stopped(4_000_000)
    >>> budget.may_record()
    False
    >>> for _ in range(60):
    ...     budget.note_eager(1_000_000)
    >>> budget.may_record(), budget.limit
    (True, 26000000)
    """

    @staticmethod
    def clock() -> int:
        """Return the CPU time of this thread; tests put a clock of their own here, which no other process disturbs."""
        return time.thread_time_ns()

    def __init__(self) -> None:
        self.earned = self.spent = self.spent_on_code = self.expected = 0
        self.unmet = self.hits = 0
        self.eager_calls = self.eager_nanoseconds = 0
        self.recording_nanoseconds = 0
        self.is_refused = False

    # -- what may be done ----------------------------------------------------------------------------------------------

    @property
    def limit(self) -> int:
        """After how long a recording is to be stopped now."""
        return max(self.available - self.free, TRIED_NANOSECONDS)

    @property
    def is_open(self) -> bool:
        """Whether anything may be spent, be it on trying known traces."""
        return self.available >= 0

    def may_record(self) -> bool:
        """Return whether there is enough for another recording."""
        if self.spent_on_code > self.earned + FREE_NANOSECONDS_OF_COMPILING:
            return False
        return self.available >= self.required

    @property
    def available(self) -> int:
        """What may be spent now."""
        return self.earned // SHARE + self.free - self.spent

    @property
    def required(self) -> int:
        """What has to be available for another recording."""
        return self.expected << max(self.unmet - PATIENCE, 0)

    @property
    def calls_to_wait(self) -> int:
        """How many calls eager can surely answer before there is enough for another recording.

        None as long as hardly any was measured: the first ones have functions rewritten.
        """
        if self.eager_calls < MEASURED_CALLS:
            return 0
        return (self.required - self.available) // max(self.eager_per_call, 1) // 2

    @property
    def free(self) -> int:
        """What may be spent on recordings before it is earned."""
        return FREE_NANOSECONDS if self.expected <= SHORT_NANOSECONDS and not self.is_refused else 0

    @property
    def is_patient(self) -> bool:
        """Whether recordings wait longer and longer, since no call takes what was recorded."""
        return self.unmet > PATIENCE

    @property
    def is_met(self) -> bool:
        """Whether calls take the trace that was recorded last, or one before it."""
        return self.hits > 0 and self.unmet == 0

    @property
    def eager_per_call(self) -> int:
        """What eager takes for a call on average, as measured, or as guessed from the last recording."""
        if self.eager_calls:
            return self.eager_nanoseconds // self.eager_calls
        return int(self.recording_nanoseconds * EAGER_PER_RECORDING)

    # -- what was done -------------------------------------------------------------------------------------------------

    def note_eager(self, nanoseconds: int) -> None:
        """Note a call that eager answered."""
        self.eager_calls += 1
        self.eager_nanoseconds += nanoseconds
        self.earned += nanoseconds

    def note_alike(self, calls: int) -> None:
        """Note calls that eager answered and whose time was not taken."""
        self.earned += calls * self.eager_per_call

    def timed(self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return what an eager function returns, and note how long it takes."""
        begin = self.clock()
        try:
            return function(*args, **kwargs)
        finally:
            self.note_eager(self.clock() - begin)

    def note_hits(self, hits: int) -> None:
        """Note how many calls known traces have answered by now."""
        if hits > self.hits:
            self.unmet = 0
            self.earned += (hits - self.hits) * self.eager_per_call
        self.hits = hits

    def note_miss(self, nanoseconds: int) -> None:
        """Note a call that known traces did not answer."""
        self.spent += nanoseconds

    def note_recording(self, nanoseconds: int, on_code: int = 0) -> None:
        """Note a recording that answered its call.

        Args:
            nanoseconds: what it took.
            on_code: what making machine code took after it.
        """
        self.recording_nanoseconds = self.expected = nanoseconds
        self.spent += nanoseconds
        self.spent_on_code += on_code
        self.earned += self.eager_per_call
        self.unmet += 1

    def note_stopped(self, nanoseconds: int) -> None:
        """Note a recording that was stopped since it took too long; eager is yet to answer its call."""
        self.spent += nanoseconds
        self.expected = max(self.expected, GROWTH * nanoseconds, SHORT_NANOSECONDS + 1)
