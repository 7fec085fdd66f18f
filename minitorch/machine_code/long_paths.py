"""Recordings that are too long to compile: the interpreter runs them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from minitorch.machine_code.kind import Kind
from minitorch.machine_code.program import Guard, Operation
from minitorch.machine_code.results import Result
from minitorch.machine_code.status import HIT

if TYPE_CHECKING:
    from minitorch.machine_code.recording import Recording

__all__ = ["LongPath"]


class LongPath:
    """One way through a function, interpreted.

    Args:
        recording: it.
        wanted: the inputs to differentiate by.
        kind: what is computed.

    Attributes:
        result: how its outputs make what the function returns.
        calls: how many calls took it.
    """

    def __init__(self, recording: Recording, wanted: Sequence[int], kind: Kind) -> None:
        from minitorch.machine_code.interpreter import Interpreter

        self.result: Result = recording.result
        self.interpreter = Interpreter(recording.path, wanted)
        self.differentiates = kind is Kind.GRADIENT
        self.calls = 0

    def run(self, numbers: Sequence[float]) -> tuple[int, list[float]]:
        """Return how a run ended, and of a HIT the outputs, with the derivatives behind them."""
        run = self.interpreter.value_and_grad if self.differentiates else self.interpreter.value
        answer = run(numbers)
        self.calls += answer.status == HIT
        return answer.status, [*answer.outputs, *answer.gradient]

    @property
    def operations(self) -> int:
        """How many operations it has."""
        return sum(isinstance(step, Operation) for step in self.interpreter.path.steps)

    @property
    def guards(self) -> list[Guard]:
        """Its decisions."""
        return [step for step in self.interpreter.path.steps if isinstance(step, Guard)]
