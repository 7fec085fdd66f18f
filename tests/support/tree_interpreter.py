"""A tree of traces as Python runs it, to compare machine code with, and trees at random."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies
from lowered_rows import may_leave, plain

from minitorch.machine_code.lowering.machine import HIT, MISS, RAISE
from minitorch.machine_code.program import Branching, Constant, Node, Operation, Outcome, nodes_of

QUESTIONS: dict[str, Callable[[float], Outcome]] = {
    "truth": bool,
    "int": int,
    "floor": math.floor,
    "ceil": math.ceil,
    "round": round,
    "is_integer": float.is_integer,
    "value": float,
}
"""What Python answers to each kind of decision."""


@dataclass
class Ending:
    """How a run ended.

    Args:
        status: HIT, MISS or RAISE.
        number: of the leaf or of the decision.
        outputs: the results of a hit.
        certain: whether the status must be this one: Python may not be asked instead.
    """

    status: int
    number: int
    outputs: tuple[float, ...]
    certain: bool


def bits(value: float) -> bytes:
    """What tells floats apart."""
    return struct.pack("<d", value)


def run(tree: Node, inputs: Sequence[float]) -> Ending:
    """Do what machine code must do, in Python."""
    nodes = nodes_of(tree)
    leaves = [id(node) for node in nodes if not isinstance(node.after, Branching)]
    branchings = [id(node) for node in nodes if isinstance(node.after, Branching)]
    values, node, certain = list(inputs), tree, all(map(math.isfinite, inputs))
    while True:
        assert len(values) == node.first
        for step in node.steps:
            result = result_of(step, values)
            if isinstance(result, str):
                return Ending(RAISE, 0, (), True)
            values.append(result)
            certain = certain and not may_leave(result, getattr(step, "function", ""))
        if not isinstance(node.after, Branching):
            return Ending(HIT, leaves.index(id(node)), tuple(values[i] for i in node.after), certain)
        following = following_of(node.after, values[node.after.value])
        if following is None:
            return Ending(MISS, branchings.index(id(node)), (), certain)
        node = following


def result_of(step: Constant | Operation, values: Sequence[float]) -> float | str:
    """What a step gives, or that Python raises."""
    return step.value if isinstance(step, Constant) else plain(step.function, [values[i] for i in step.operands])


def following_of(branching: Branching, value: float) -> Node | None:
    """Where a value leads, None if it leads nowhere yet."""
    try:
        answer = QUESTIONS[branching.kind](value)
    except (ValueError, OverflowError):
        return None
    if branching.kind != "value":
        return branching.branches.get(answer)
    known = {bits(float(outcome)): node for outcome, node in branching.branches.items()}
    return known.get(bits(float(answer)))


UNARY = ["Neg", "Abs", "Exp", "Log", "Sin", "Sqrt", "Tanh", "Sigmoid", "ReLU", "ModfWhole", "Ulp", "IsNan", "Gamma"]
BINARY = ["Add", "Sub", "Mul", "TrueDiv", "FloorDiv", "Mod", "Pow", "LT", "GE", "EQ", "Hypot", "Copysign", "Atan2"]
ORDINARY = strategies.floats(-10.0, 10.0) | strategies.sampled_from([0.0, -0.0, 1.0, 2.0, -1.0, 0.5, 3.0])


@strategies.composite
def trees(draw: Callable[..., Any]) -> tuple[Node, list[list[float]]]:
    """A tree of three results, and inputs to try; it has the trace of the first inputs."""
    width = draw(strategies.integers(1, 3))
    tried = draw(strategies.lists(strategies.lists(ORDINARY, min_size=width, max_size=width), min_size=1, max_size=6))
    return node_of(draw, width, [float(x) for x in tried[0]], draw(strategies.integers(0, 3))), tried


def node_of(draw: Callable[..., Any], first: int, values: list[float], depth: int) -> Node:
    """A node whose values before it are known as far as they can be computed."""
    steps: list[Constant | Operation] = []
    values = list(values)
    for _ in range(draw(strategies.integers(0 if values else 1, 6))):
        step = step_of(draw, len(values))
        steps.append(step)
        result = result_of(step, values)
        values.append(math.nan if isinstance(result, str) else result)
    number = strategies.integers(0, len(values) - 1)
    if depth == 0:
        return Node(first, tuple(steps), tuple(draw(number) for _ in range(3)))
    kind, asked = draw(strategies.sampled_from(sorted(QUESTIONS))), draw(number)
    outcomes: list[Outcome] = [True] if kind in ("truth", "is_integer") else [1, -2]
    if math.isfinite(values[asked]):
        outcomes.insert(0, QUESTIONS[kind](values[asked]))
    kept = outcomes[: draw(strategies.integers(1, len(outcomes)))]
    branches = {outcome: node_of(draw, len(values), values, depth - 1) for outcome in dict.fromkeys(kept)}
    return Node(first, tuple(steps), Branching(kind, asked, None, branches))


def step_of(draw: Callable[..., Any], count: int) -> Constant | Operation:
    """A constant, or an operation on some of the values before it."""
    operand = strategies.integers(0, count - 1)
    kind = draw(strategies.sampled_from(["constant", "unary", "binary", "binary"]))
    if kind == "constant" or count == 0:
        return Constant(draw(ORDINARY))
    if kind == "unary":
        return Operation(draw(strategies.sampled_from(UNARY)), (draw(operand),))
    return Operation(draw(strategies.sampled_from(BINARY)), (draw(operand), draw(operand)))
