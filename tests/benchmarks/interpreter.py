"""How long the interpreter of recordings takes for each operation of a long one: for the value, and with the gradient.

The operations are a mixture in random order, of which the processor can guess nothing; in a recorded loop it can.
"""

from __future__ import annotations

import math
import operator
import random
import time
from collections.abc import Callable
from typing import Any

from minitorch.machine_code.interpreter.interpreter import Interpreter
from minitorch.machine_code.program import Operation, Trace
from minitorch.machine_code.status import HIT

from .figures import Figure

__all__ = ["figures"]

OPERATIONS = 1_000_000
INPUTS = 10
NEAR = 40
"""Operands are among so many values before an operation."""
REPEATS = 9
MAX_NANOSECONDS = 15.0

MIXTURE: dict[str, tuple[int, Callable[..., float]]] = {
    "Mul": (30, operator.mul),
    "Add": (25, operator.add),
    "Sub": (20, operator.sub),
    "TrueDiv": (10, operator.truediv),
    "Neg": (6, operator.neg),
    "Sin": (6, math.sin),
    "Exp": (3, math.exp),
}
"""How often each row comes, in a hundred, and its function."""


def recording(length: int) -> tuple[Trace, list[float]]:
    """A recording of so many operations whose values stay between a thousandth and thirty, and its inputs."""
    chance = random.Random(0)
    inputs = [0.5 + 0.1 * index for index in range(INPUTS)]
    values, steps = list(inputs), []
    names, weights = list(MIXTURE), [weight for weight, _ in MIXTURE.values()]
    while len(steps) < length:
        name = chance.choices(names, weights)[0]
        arity = 1 if name in ("Neg", "Sin", "Exp") else 2
        operands = tuple(max(0, len(values) - 1 - chance.randrange(NEAR)) for _ in range(arity))
        value = MIXTURE[name][1](*(values[operand] for operand in operands))
        if 1e-3 < abs(value) < 30:
            values.append(value)
            steps.append(Operation(name, operands))
    return Trace(INPUTS, tuple(steps), (len(values) - 1,)), inputs


def nanoseconds(function: Callable[[], Any]) -> float:
    """How long an operation takes: the best of some runs, since other programs only make them longer."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times) / OPERATIONS * 1e9


def figures() -> list[Figure]:
    """The time of an operation for the value, and for value and gradient."""
    path, inputs = recording(OPERATIONS)
    interpreter = Interpreter(path)
    assert interpreter.value_and_grad(inputs).status == HIT
    return [
        Figure("interpreter, value", nanoseconds(lambda: interpreter.value(inputs)), "ns per operation"),
        Figure(
            "interpreter, value and gradient",
            nanoseconds(lambda: interpreter.value_and_grad(inputs)),
            "ns per operation",
            MAX_NANOSECONDS,
        ),
    ]
