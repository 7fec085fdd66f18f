"""Programs of operations to compile: Black and Scholes' formula with its derivatives, and arithmetic of any length."""

from __future__ import annotations

import random
from typing import TypeAlias

from minitorch.machine_code.program import Branching, Constant, Node, Operation

__all__ = ["black_scholes", "long_program"]


class Recorder:
    """The steps of a program, as they are written down.

    Args:
        inputs: how many inputs it has.
    """

    def __init__(self, inputs: int) -> None:
        self.steps: list[Constant | Operation] = []
        self.count = inputs
        self.constants: dict[float, int] = {}

    def step(self, step: Constant | Operation) -> int:
        """Add a step, and return the number of its value."""
        self.steps.append(step)
        self.count += 1
        return self.count - 1

    def number(self, operand: Operand) -> int:
        """The number of an operand."""
        if isinstance(operand, Value):
            return operand.number
        if operand not in self.constants:
            self.constants[operand] = self.step(Constant(operand))
        return self.constants[operand]

    def do(self, function: str, *operands: Operand) -> Value:
        """Add an operation, and return its value."""
        numbers = tuple(self.number(operand) for operand in operands)
        return Value(self, self.step(Operation(function, numbers)))


class Value:
    """A value of a program, which writes down what is done with it."""

    def __init__(self, recorder: Recorder, number: int) -> None:
        self.recorder = recorder
        self.number = number

    def __add__(self, other: Operand) -> Value:
        return self.recorder.do("Add", self, other)

    def __sub__(self, other: Operand) -> Value:
        return self.recorder.do("Sub", self, other)

    def __mul__(self, other: Operand) -> Value:
        return self.recorder.do("Mul", self, other)

    def __truediv__(self, other: Operand) -> Value:
        return self.recorder.do("TrueDiv", self, other)

    def __neg__(self) -> Value:
        return self.recorder.do("Neg", self)


Operand: TypeAlias = "Value | float"


def black_scholes() -> Node:
    """The formula of black_scholes.c, operation for operation."""
    recorder = Recorder(5)
    do = recorder.do
    spot, strike, time, rate, volatility = (Value(recorder, number) for number in range(5))
    inverse_root_2, inverse_root_2_pi = 0.70710678118654752440, 0.39894228040143267794
    root = do("Sqrt", time)
    spread = volatility * root
    growth = rate + volatility * 0.5 * volatility
    d1 = (do("Log", spot / strike) + growth * time) / spread
    d2 = d1 - spread
    n1, n2 = ((do("Erf", d * inverse_root_2) + 1.0) * 0.5 for d in (d1, d2))
    discounted = strike * do("Exp", -rate * time)
    price = spot * n1 - discounted * n2
    density1, density2 = (do("Exp", d * -0.5 * d) for d in (d1, d2))
    b_d2 = -discounted * density2 * inverse_root_2_pi
    b_d1 = spot * density1 * inverse_root_2_pi + b_d2
    b_numerator = b_d1 / spread
    b_spread = -b_d2 - b_numerator * d1
    b_exponent = -discounted * n2
    b_growth = b_numerator * time
    results = (
        price,
        n1 + b_numerator / spot,
        b_exponent / strike - b_numerator / strike,
        b_numerator * growth - b_exponent * rate + b_spread * volatility * 0.5 / root,
        b_growth - b_exponent * time,
        b_growth * volatility + b_spread * root,
    )
    return Node(5, tuple(recorder.steps), tuple(result.number for result in results))


NEAR = 60
"""How far back operands are."""


def long_program(length: int, between_decisions: int) -> Node:
    """Arithmetic, a tenth of it functions and a tenth divisions, with a decision now and then."""
    chosen = random.Random(1)
    steps: list[Constant | Operation] = []
    for number in range(3, 3 + length):
        near = range(max(0, number - NEAR), number)
        x, y, draw = chosen.choice(near), chosen.choice(near), chosen.random()
        if draw < 0.05:
            steps.append(Constant(chosen.gauss(0.0, 1.0)))
        elif draw < 0.15:
            steps.append(Operation(chosen.choice(["Exp", "Sin", "Tanh", "Log", "Sqrt"]), (x,)))
        else:
            name = "TrueDiv" if draw < 0.25 else chosen.choice(["Add", "Sub", "Mul"])
            steps.append(Operation(name, (x, y)))
    node = None
    for start in reversed(range(0, length, between_decisions)):
        piece, end = tuple(steps[start : start + between_decisions]), 3 + start + between_decisions
        results = tuple(range(length, length + 3))
        node = Node(3 + start, piece, results if node is None else Branching("truth", end - 1, None, {True: node}))
    assert node is not None
    return node
