"""Runs recordings that are too large to compile, or one of too many: value and gradient in two loops over arrays.

    trace = Trace(2, (Operation("Mul", (0, 1)), Operation("Sin", (2,))), (3,))
    Interpreter(trace).value_and_grad([0.5, 2.0])      Answer(HIT, 2, [0.84…], [1.08…, 0.27…])

Results are those of eager evaluation to the last bit. Derivatives are summed as `minitorch.autodiff.variable` does it:
from the last operation to the first; each gives its operands their contributions in their order, and a contribution is
added to what came from later operations. What the output does not depend on takes no part, nor what depends on no
input that is differentiated by. So the recording must be what was run: where operations were merged or reordered, sums
are taken in another order.
"""

from __future__ import annotations

import threading
from array import array
from collections.abc import Sequence
from typing import Any, NamedTuple

from minitorch.machine_code.interpreter.encoding import encode
from minitorch.machine_code.interpreter.instructions import IN_PYTHON, width_of
from minitorch.machine_code.interpreter.loops import known_sweeps
from minitorch.machine_code.program import Constant, Operation, Trace
from minitorch.machine_code.status import HIT, MISS, RAISE
from minitorch.rules.real import RULES

__all__ = ["Answer", "Interpreter"]


class Answer(NamedTuple):
    """What a run came to.

    Args:
        status: HIT; MISS where a guard comes out otherwise; RAISE where Python would raise.
        step: the position in the trace of that guard or operation; of a HIT the number of steps.
        outputs: the values that the trace returns; nothing without a HIT.
        gradient: the derivatives of the first output by the inputs wanted; nothing if they were not asked for.
    """

    status: int
    step: int
    outputs: list[float]
    gradient: list[float]


class Interpreter:
    """A recording, ready to be run again.

    It runs in one thread at a time, without the interpreter's lock.

    Args:
        trace: the recording, as it was run.
        wanted: the positions of the inputs to differentiate by; all by default.

    Raises:
        ValueError: the trace has an operation that is not in the table of rules.

    >>> run = Interpreter(Trace(2, (Operation("Mul", (0, 1)), Operation("Mul", (2, 0))), (3,)))
    >>> run.value([3.0, 2.0]).outputs, run.value_and_grad([3.0, 2.0]).gradient
    ([18.0], [12.0, 9.0])
    """

    def __init__(self, trace: Trace, wanted: Sequence[int] | None = None) -> None:
        self.trace = trace
        self.wanted = list(range(trace.inputs) if wanted is None else wanted)
        self.encoding = encode(trace, self.wanted)
        self.values = self.encoding.values
        self.adjoints = array("d", [-0.0]) * len(self.values)
        self.sweeps = known_sweeps()
        self.lock = threading.Lock()

    def value(self, inputs: Sequence[float]) -> Answer:
        """Compute the outputs.

        Args:
            inputs: as many numbers as the trace has inputs.
        """
        with self.lock:
            return self._compute(inputs)

    def value_and_grad(self, inputs: Sequence[float]) -> Answer:
        """Compute the outputs, and the derivatives of the first one by the inputs wanted.

        Args:
            inputs: as many numbers as the trace has inputs.
        """
        with self.lock:
            answer = self._compute(inputs)
            return answer if answer.status != HIT else answer._replace(gradient=self._differentiate())

    def _compute(self, inputs: Sequence[float]) -> Answer:
        if len(inputs) != self.trace.inputs:
            raise TypeError(f"the program takes {self.trace.inputs} inputs, not {len(inputs)}")
        encoding, values = self.encoding, self.values
        values[: len(inputs)] = array("d", inputs)
        start = address(values)
        results = start + encoding.first * values.itemsize
        arrays = address(encoding.forward), start, results, address(encoding.answers)
        position = 0
        while True:
            position, status = divmod(self.sweeps.forward(*arrays, position), 4)
            if status == HIT:
                outputs = [self._plain(number) for number in self.trace.outputs]
                return Answer(HIT, len(self.trace.steps), [float(output) for output in outputs], [])
            step = self.trace.steps[encoding.steps[position]]
            if status == MISS or not isinstance(step, Operation):
                return Answer(MISS, encoding.steps[position], [], [])
            try:
                result = RULES[step.function].function(*self._operands(step))
            except (ArithmeticError, ValueError):
                return Answer(RAISE, encoding.steps[position], [], [])
            if isinstance(result, complex):
                return Answer(RAISE, encoding.steps[position], [], [])
            values[encoding.first + position] = result
            position += self._width(encoding.forward[3 * position], step)

    def _differentiate(self) -> list[float]:
        encoding, adjoints = self.encoding, self.adjoints
        if not self.trace.outputs:
            return [0.0] * len(self.wanted)
        try:
            adjoints[encoding.places[self.trace.outputs[0]]] = 1.0
            arrays = address(encoding.backward), address(self.values), address(adjoints)
            position = 0
            while True:
                position, status = divmod(self.sweeps.backward(*arrays, position), 4)
                if status == HIT:
                    return [self._taken(number) for number in self.wanted]
                number = encoding.numbers[position]
                step = encoding.definitions[number]
                assert isinstance(step, Operation)
                self._pass_on(number, step)
                position += self._width(encoding.backward[4 * position], step)
        except BaseException:
            self.adjoints = array("d", [-0.0]) * len(self.values)
            raise

    def _pass_on(self, number: int, step: Operation) -> None:
        """Do in Python what the loop back does with an operation."""
        encoding, adjoints = self.encoding, self.adjoints
        wanted = [position for position, operand in enumerate(step.operands) if encoding.active[operand]]
        partials = RULES[step.function].partials_at(wanted, self._operands(step), self._plain(number))
        adjoint, adjoints[encoding.places[number]] = adjoints[encoding.places[number]], -0.0
        for position, partial in zip(wanted, partials, strict=True):
            adjoints[encoding.places[step.operands[position]]] += adjoint * partial

    def _taken(self, number: int) -> float:
        """Take the derivative by an input, leaving its adjoint untouched for the next run."""
        place = self.encoding.places[number]
        derivative, self.adjoints[place] = self.adjoints[place], -0.0
        return derivative if self.encoding.reached[number] else 0.0

    def _operands(self, step: Operation) -> list[Any]:
        """Return the operands of an operation as eager evaluation has them."""
        operands = [self._plain(operand) for operand in step.operands]
        whole = RULES[step.function].int_input
        if whole is not None and whole < len(operands):
            operands[whole] = int(operands[whole])
        return operands

    def _plain(self, number: int) -> Any:
        """Return a value as eager evaluation has it: a constant as it was met, what is whole as an int or a bool."""
        definition = self.encoding.definitions[number]
        if isinstance(definition, Constant):
            return definition.value
        value = self.values[self.encoding.places[number]]
        if number not in self.encoding.whole:
            return value
        return bool(value) if definition is not None and RULES[definition.function].indicator else int(value)

    def _width(self, code: int, step: Operation) -> int:
        """How many instructions an operation takes."""
        return 1 if code == IN_PYTHON else width_of(len(step.operands))


def address(numbers: array[Any]) -> int:
    """Where the numbers of an array are."""
    return numbers.buffer_info()[0]
