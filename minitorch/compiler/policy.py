"""The policy of one specialization: what becomes of calls that take a trace which is not known yet.

    COMPILING    such a trace is recorded, and soon compiled
    CLOSED       it is not recorded; known traces answer their calls, and Python the others
    PYTHON       all calls run in Python

States follow each other downwards. Only when all recordings are dropped, because what they read has changed, does
CLOSED become COMPILING again.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from minitorch.compiler.earnings import Earnings
from minitorch.compiler.task import Options, Reporter

__all__ = ["Policy", "State"]

MAX_REFUSED_RUNS: Final = 8
"""After so many runs in a row that can't be recorded, all calls are left to Python."""

LONG_NANOSECONDS: Final = 10_000_000
"""Who waits for a recording of calls that take so long is told what to do."""

KNOWN_TRACES_PER_WAITING_CALL: Final = 4
OPERATIONS_PER_WAITING_CALL: Final = 2_000
"""For so many compiled traces, and for so many operations, one more call waits until all is compiled again."""


class State(IntEnum):
    """What becomes of calls that take a new trace."""

    COMPILING = 0
    CLOSED = 1
    PYTHON = 2


class Policy:
    """Decides what is recorded and compiled or left to Python, and tells the user.

    Args:
        options: the limits that the user has chosen.
        reporter: warns the user.
        earnings: the time that recordings and machine code may take.

    Attributes:
        state: what becomes of calls that take a new trace.
        waiting: how many calls were recorded since machine code was made last.
        reason: why calls are left to Python for good; `None` if they are not.

    >>> policy = Policy(Options(False, max_traces=2, max_operations=100), Reporter("f"), Earnings())
    >>> policy.state.name, policy.records
    ('COMPILING', True)
    >>> policy.close()
    >>> policy.records, policy.restart(), policy.records
    (False, None, True)
    """

    def __init__(self, options: Options, reporter: Reporter, earnings: Earnings) -> None:
        self.options = options
        self.reporter = reporter
        self.state = State.COMPILING
        self.waiting = 0
        self.restarts = 0
        self.refused_runs = 0
        self.changed_runs = 0
        self.earnings = earnings
        self.reason: str | None = None
        self.is_told = False

    # -- what holds now ----------------------------------------------------------------------------------------------

    @property
    def records(self) -> bool:
        """Whether new traces are recorded."""
        return self.state is State.COMPILING

    @property
    def only_python(self) -> bool:
        """Whether all calls run in Python."""
        return self.state is State.PYTHON

    def is_time_to_compile(self, compiled: int, operations: int) -> bool:
        """Return whether enough calls wait for machine code, which takes the longer the larger the tree is.

        Args:
            compiled: how many traces have machine code.
            operations: how many operations all traces have.
        """
        # After a long wait for a recording the next call is to have something of it.
        return (
            self.earnings.is_patient
            or self.waiting > compiled // KNOWN_TRACES_PER_WAITING_CALL + operations // OPERATIONS_PER_WAITING_CALL
        )

    def is_enough(self, traces: int, operations: int) -> bool:
        """Return whether there are as many traces or operations as are compiled."""
        return traces >= self.options.max_traces or operations > self.options.max_operations

    # -- what happens ------------------------------------------------------------------------------------------------

    def count_recording(self, is_new: bool) -> None:
        """Note that a call was recorded.

        Args:
            is_new: whether its trace was not known.
        """
        self.waiting += 1
        # The same traces again and again: machine code of them does not answer the calls that it should.
        if not is_new and self.waiting > 2 * self.options.max_traces:
            self.close()

    def count_refused_run(self) -> bool:
        """Note a run that could not be recorded, and return whether all calls are to be left to Python."""
        self.refused_runs += 1
        return self.refused_runs >= MAX_REFUSED_RUNS

    def count_changed_run(self) -> bool:
        """Note a run that changed what it reads, and return whether all calls are to be left to Python.

        The first one may have made what is made when it is first asked for.
        """
        self.changed_runs += 1
        return self.changed_runs > 1

    def count_recorded_run(self) -> None:
        """Note a run that could be recorded."""
        self.refused_runs = 0

    def restart(self) -> None:
        """Note that all recordings are dropped, because what they read has changed."""
        self.restarts += 1
        self.waiting = 0
        if self.state is State.CLOSED:
            self.state, self.reason = State.COMPILING, None
        if self.restarts > self.options.max_traces:
            self.give_up(f"what it reads changes again and again (it was compiled {self.restarts} times)")

    def close(self, reason: str | None = None) -> None:
        """Record no new traces from now on, and warn of the reason if there is one."""
        if self.state is State.COMPILING:
            self.state, self.reason = State.CLOSED, reason
            if reason is not None:
                self.report(reason)

    def give_up(self, reason: str) -> None:
        """Leave all calls to Python from now on, and warn of the reason."""
        self.state = State.PYTHON
        self.reason = f"runs in Python, since {reason}"
        self.report(self.reason)

    def wait(self, split: str) -> None:
        """Note that a call is left to Python since recording it is not worth its time, or not yet.

        Args:
            split: where traces part, in words; empty if that is not known.
        """
        if self.earnings.is_patient and not self.is_told:
            self.is_told = True
            self.report(self.explanation(split) or "")

    def explanation(self, split: str, has_traces: bool = False) -> str | None:
        """Return why calls are left to Python, in one sentence; `None` if they are recorded.

        Args:
            split: where traces part, in words; empty if that is not known.
            has_traces: whether any trace is known.
        """
        earnings = self.earnings
        if self.reason is not None or earnings.is_met or earnings.may_record():
            return self.reason
        if earnings.is_patient:
            return (
                f"most calls run in Python, since no later call took any of the last {earnings.unmet} traces that "
                f"were recorded{split}; where loops and branches need not depend on the numbers, take that from them, "
                "else call minitorch.value_and_grad, which does the same"
            )
        who = "what no trace that is known answers " if has_traces else ""
        is_long = earnings.typical >= LONG_NANOSECONDS
        advice = "; split it into parts that are called often, and compile those" if is_long else ""
        return f"{who}{earnings.explanation(earnings.trace_cost)}{advice}"

    def report(self, message: str) -> None:
        """Warn the user, of each thing once."""
        self.reporter.report(message)
