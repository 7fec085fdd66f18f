"""Recordings that are not compiled, being too long or one too many: the interpreter runs them.

a call      the first path, up to the decision that comes out otherwise; then the one that parts from it there; …
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from minitorch.compiler.result import Result
from minitorch.compiler.task import Mode
from minitorch.machine_code.program import Guard, Operation
from minitorch.machine_code.status import HIT, MISS

if TYPE_CHECKING:
    from minitorch.compiler.capture.recorder import Recording
    from minitorch.machine_code.program import Trace

__all__ = ["HiddenDecision", "InterpretedTrace", "InterpretedTraces"]

MOST_STEPS: Final = 4_000_000
"""So many steps of recordings are kept; with all that belongs to them they take about a gigabyte."""

FREE: Final = 64
SAMPLED: Final = 16
"""So many paths are recorded as they are met; then those of one call in so many, since recording takes longer."""

TRIED: Final = 256
"""Of so many paths most are to have been taken again; else others will not be either."""


class HiddenDecision(Exception):
    """Two recordings part where no decision was seen."""


class InterpretedTrace:
    """One way through a function, interpreted.

    Args:
        recording: it.
        wanted: the inputs to differentiate by.
        kind: what is computed.

    Attributes:
        result: how its outputs make what the function returns.
        calls: how many calls took it.
        others: the path to try where a step comes out otherwise, by the step.
    """

    def __init__(self, recording: Recording, wanted: Sequence[int], kind: Mode) -> None:
        from minitorch.machine_code.interpreter.interpreter import Interpreter

        self.result: Result = recording.result
        self.interpreter = Interpreter(recording.path, wanted)
        self.differentiates = kind is Mode.GRADIENT
        self.calls = 0
        self.others: dict[int, InterpretedTrace] = {}

    def run(self, numbers: Sequence[float]) -> tuple[int, int, list[float]]:
        """Return how a run ended, at which step, and of a HIT the outputs, with the derivatives behind them."""
        run = self.interpreter.value_and_grad if self.differentiates else self.interpreter.value
        answer = run(numbers)
        self.calls += answer.status == HIT
        return answer.status, answer.step, [*answer.outputs, *answer.gradient]

    @property
    def operations(self) -> int:
        """How many operations it has."""
        return sum(isinstance(step, Operation) for step in self.interpreter.trace.steps)

    @property
    def guards(self) -> list[Guard]:
        """Its decisions."""
        return [step for step in self.interpreter.trace.steps if isinstance(step, Guard)]


class InterpretedTraces:
    """All ways of one kind of call that are interpreted."""

    def __init__(self) -> None:
        self.paths: list[InterpretedTrace] = []
        self.steps = self.asked = 0

    def takes(self) -> bool:
        """Whether the way of a call is to be recorded: beyond the first ones that of one call in many."""
        self.asked += 1
        return len(self.paths) < FREE or self.asked % SAMPLED == 0

    @property
    def is_full(self) -> bool:
        """Whether no more are to be kept: there is no room, or calls take ever new ways and none of the known ones."""
        taken_again = sum(path.calls - 1 for path in self.paths)
        return self.steps >= MOST_STEPS or (len(self.paths) >= TRIED and taken_again < len(self.paths))

    def add(self, path: InterpretedTrace) -> None:
        """Keep a path.

        Raises:
            HiddenDecision: it parts from another one where no decision was seen.
        """
        step, nearest = 0, self.paths[0] if self.paths else path
        while nearest is not path:
            step = parting(path.interpreter.trace, nearest.interpreter.trace, step)
            nearest = nearest.others.setdefault(step, path)
        self.paths = [*self.paths, path]
        self.steps += len(path.interpreter.trace.steps)

    def run(self, numbers: Sequence[float]) -> tuple[int, tuple[Result, list[float]] | None]:
        """Run the path that a call takes: a status, and for a HIT the form of the result and the outputs."""
        path = self.paths[0] if self.paths else None
        while path is not None:
            status, step, outputs = path.run(numbers)
            if status != MISS:
                return status, (path.result, outputs) if status == HIT else None
            path = path.others.get(step)
        return MISS, None


def parting(path: Trace, other: Trace, first: int) -> int:
    """Return the step at which two paths part, from one on that is known to be the same or to part.

    Raises:
        HiddenDecision: no decision is there.
    """
    steps = zip_longest(path.steps[first:], other.steps[first:])
    for step, (mine, others) in enumerate(steps, first):
        if mine != others:
            if type(mine) is type(others) is Guard and (mine.kind, mine.value) == (others.kind, others.value):
                return step
            break
    raise HiddenDecision
