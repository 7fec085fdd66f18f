"""Arithmetic of any length, as a program of operations to compile."""

from __future__ import annotations

import random

from minitorch.machine_code.program import Branching, Constant, Node, Operation

__all__ = ["long_program"]


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
