"""Traces that are not compiled, being too long or one too many: the interpreter runs them.

a call      the first trace, up to the decision that comes out otherwise; then the one that parts from it there; …
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from minitorch.compiler.result import Result
from minitorch.compiler.task import Mode
from minitorch.compiler.trace_tree import HiddenDecision
from minitorch.machine_code.program import Guard, Operation
from minitorch.machine_code.status import HIT, MISS

if TYPE_CHECKING:
    from minitorch.compiler.capture.recorder import Recording
    from minitorch.machine_code.program import Trace

__all__ = ["InterpretedTrace", "InterpretedTraces"]

MAX_STEPS: Final = 4_000_000
"""So many steps of traces are kept; with all that belongs to them they take about a gigabyte."""

SAMPLING_THRESHOLD_TRACES: Final = 64
CALLS_PER_SAMPLE: Final = 16
"""So many traces are recorded as they are met; then that of one call in so many, since recording takes longer."""

REUSE_THRESHOLD_TRACES: Final = 256
"""When there are so many traces, most must have been taken again; else others will not be either."""


class InterpretedTrace:
    """One trace, run by the interpreter.

    Args:
        recording: the run that it repeats.
        wanted: the inputs to differentiate by.
        mode: what is computed.

    Attributes:
        result: how its outputs make what the function returns.
        calls: how many calls took it.
        alternatives: the trace to try where a step comes out otherwise, by the position of the step.
    """

    def __init__(self, recording: Recording, wanted: Sequence[int], mode: Mode) -> None:
        from minitorch.machine_code.interpreter.interpreter import Interpreter

        self.result: Result = recording.result
        self.interpreter = Interpreter(recording.trace, wanted)
        self.differentiates = mode is Mode.GRADIENT
        self.calls = 0
        self.alternatives: dict[int, InterpretedTrace] = {}

    def run(self, numbers: Sequence[float]) -> tuple[int, int, list[float]]:
        """Return how a run ended, at which step, and of a HIT the outputs, with the derivatives behind them."""
        run = self.interpreter.value_and_grad if self.differentiates else self.interpreter.value
        answer = run(numbers)
        self.calls += answer.status == HIT
        return answer.status, answer.step, [*answer.outputs, *answer.gradient]

    @property
    def trace(self) -> Trace:
        """The trace itself."""
        return self.interpreter.trace

    @property
    def operations(self) -> int:
        """How many operations it has."""
        return sum(isinstance(step, Operation) for step in self.trace.steps)

    @property
    def guards(self) -> list[Guard]:
        """Its decisions."""
        return [step for step in self.trace.steps if isinstance(step, Guard)]


class InterpretedTraces:
    """All traces of one specialization that are interpreted.

    Attributes:
        traces: the traces, in the order in which they were met.
        steps: how many steps they have together.
        offered: how many calls could have been recorded.
    """

    def __init__(self) -> None:
        self.traces: list[InterpretedTrace] = []
        self.steps = self.offered = 0

    def takes(self) -> bool:
        """Return whether the trace of a call is to be recorded; beyond the first ones, of one call in many."""
        self.offered += 1
        return len(self.traces) < SAMPLING_THRESHOLD_TRACES or self.offered % CALLS_PER_SAMPLE == 0

    @property
    def is_full(self) -> bool:
        """Whether no more are kept: there is no room, or calls take ever new traces and none of the known ones."""
        taken_again = sum(trace.calls - 1 for trace in self.traces)
        no_reuse = len(self.traces) >= REUSE_THRESHOLD_TRACES and taken_again < len(self.traces)
        return self.steps >= MAX_STEPS or no_reuse

    def add(self, trace: InterpretedTrace) -> None:
        """Keep a trace.

        Raises:
            HiddenDecision: it parts from another one where no decision was seen.
        """
        step, nearest = 0, self.traces[0] if self.traces else trace
        while nearest is not trace:
            step = parting(trace.trace, nearest.trace, step)
            nearest = nearest.alternatives.setdefault(step, trace)
        self.traces = [*self.traces, trace]
        self.steps += len(trace.trace.steps)

    def run(self, numbers: Sequence[float]) -> tuple[int, tuple[Result, list[float]] | None]:
        """Run the trace that a call takes.

        Returns:
            How that ended; for a HIT also the form of the result and the outputs.
        """
        trace = self.traces[0] if self.traces else None
        while trace is not None:
            status, step, outputs = trace.run(numbers)
            if status != MISS:
                return status, (trace.result, outputs) if status == HIT else None
            trace = trace.alternatives.get(step)
        return MISS, None


def parting(trace: Trace, other: Trace, first: int) -> int:
    """Return the step at which two traces part.

    Args:
        trace: one of them.
        other: the other one.
        first: the first step that is looked at; those before it are known to be the same, or to part otherwise.

    Raises:
        HiddenDecision: there is no decision where they part.
    """
    steps = zip_longest(trace.steps[first:], other.steps[first:])
    for step, (mine, others) in enumerate(steps, first):
        if mine != others:
            if type(mine) is type(others) is Guard and (mine.kind, mine.value) == (others.kind, others.value):
                return step
            break
    raise HiddenDecision
