"""Random programs for tests of what reads them, and what they mean: each row's plain function, one after the other.

evaluate(tree, [0.5, 2.0])      the outputs; or Unmet, where a decision comes out as in no path; or Python's error
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st

from minitorch.autodiff.place import Place
from minitorch.machine_code.program import Branching, Constant, Node, Operation, Outcome
from minitorch.rules.real import RULES

__all__ = ["ARITIES", "EDGES", "Unmet", "answer", "arguments", "bits", "evaluate", "outcome_of", "trees"]

INTEGERS = {"Round": 1, "Ldexp": 1, "Nextafter": 2}
MANY = {"Sum": 1, "Prod": 1, "Fsum": 0, "Hypot": 1, "Dist": 2, "Sumprod": 2}
"""Rows that take any number of inputs, at least this many."""

ARITIES: dict[str, tuple[int, ...]] = {
    **{name: (len(rule.partials),) for name, rule in RULES.items() if rule.partials},
    **{name: tuple(range(least, 6)) for name, least in MANY.items() if name in RULES},
    **{name: (0, 2, 4, 6) for name in ("Dist", "Sumprod") if name in RULES},
    "Log": (1, 2),
    "Ldexp": (2,),
    "Round": (2,),
    "Nextafter": (2, 3) if RULES["Nextafter"].function(1.0, 2.0) and hasattr(math, "sumprod") else (2,),
}
"""How many inputs each row takes."""

EDGES = [
    0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, 2.0, -2.0, 2.5, 3.0, -3.0, 0.1, 0.7, 10.0, 100.0, -7.25, 1e16, -1e16, 1e300,
    -1e300, 1.7976931348623157e308, 5e-324, -5e-324, 2.2250738585072014e-308, 1e-300, 709.5, -745.0, 171.5, math.pi,
    math.inf, -math.inf, math.nan,
]  # fmt: skip

WORDS = [None, None, None, "rate", "rate", "total", "lambda", "t1", "double", "math", "self.x[0]", "exp", "größe"]


class Unmet(Exception):
    """A decision came out as in no path."""


def outcome_of(kind: str, value: Any) -> Outcome:
    """What a decision about a value comes to."""
    ask: dict[str, Callable[[Any], Outcome]] = {
        "truth": bool, "int": int, "floor": math.floor, "ceil": math.ceil, "round": round,
        "is_integer": lambda x: float(x).is_integer(), "value": lambda x: x,
    }  # fmt: skip
    return ask[kind](value)


def bits(value: float) -> int:
    """The bits of a float; one pattern for all that are nan."""
    return int(struct.unpack("<q", struct.pack("<d", math.nan if value != value else value))[0])


def evaluate(tree: Node, inputs: Sequence[float]) -> list[float]:
    """Run a program on plain numbers."""
    values: list[Any] = list(inputs)
    node = tree
    while True:
        del values[node.first :]
        for step in node.steps:
            values.append(step.value if isinstance(step, Constant) else applied(step, values))
        if not isinstance(node.after, Branching):
            return [float(values[number]) for number in node.after]
        node = taken(node.after, values[node.after.value])


def applied(step: Operation, values: Sequence[Any]) -> Any:
    """The result of one operation."""
    operands = [values[operand] for operand in step.operands]
    whole = INTEGERS.get(step.function)
    if whole is not None and whole < len(operands):
        operands[whole] = int(operands[whole])
    if step.function == "Neg":
        # -False is 0 and not -0.0, but counting with truths is Python's alone: no recording has it.
        operands = [float(x) for x in operands]
    result = RULES[step.function].function(*operands)
    if isinstance(result, complex):
        raise ValueError("no real number")
    return result if RULES[step.function].indicator else float(result)


def taken(branching: Branching, value: Any) -> Node:
    """What follows a decision."""
    outcome = outcome_of(branching.kind, value)
    for known, node in branching.branches.items():
        if known == outcome if branching.kind != "value" else bits(float(known)) == bits(float(outcome)):
            return node
    raise Unmet(branching.kind)


def answer(run: Callable[[], Sequence[float]]) -> str | list[int]:
    """What a run comes to, to be compared: the bits of its outputs, "unmet" or "raises"."""
    try:
        return [bits(value) for value in run()]
    except Unmet:
        return "unmet"
    except (ArithmeticError, ValueError):
        return "raises"


numbers = st.one_of(st.sampled_from(EDGES), st.floats(-4, 4), st.integers(-3, 3).map(float), st.floats(allow_nan=True))


def arguments(count: int) -> st.SearchStrategy[list[float]]:
    """Inputs of a program."""
    return st.lists(numbers, min_size=count, max_size=count)


@st.composite
def trees(draw: st.DrawFn, rows: Sequence[str] = tuple(ARITIES), inputs: int = 2, depth: int = 3) -> Node:
    """Programs with some inputs and two outputs, whose branches nest at most so deep."""
    return grown(draw, rows, inputs, depth)


def grown(draw: st.DrawFn, rows: Sequence[str], first: int, depth: int) -> Node:
    """A piece of a program behind some values, and what follows it."""
    steps: list[Constant | Operation] = []
    for _ in range(draw(st.integers(0, 6))):
        known = first + len(steps)
        if not draw(st.integers(0, 4)):
            steps.append(Constant(draw(numbers)))
            continue
        name = draw(st.sampled_from(rows))
        operands = [draw(st.integers(0, known - 1)) for _ in range(draw(st.sampled_from(ARITIES[name])))]
        whole = INTEGERS.get(name)
        if whole is not None and whole < len(operands):
            steps.append(Constant(draw(st.integers(0, 9))))
            operands[whole] = known
        place = Place("pump.py", draw(st.integers(1, 9)), 0, None, None, "f", draw(st.sampled_from(WORDS)))
        steps.append(Operation(name, tuple(operands), place))
    known = first + len(steps)
    number = st.integers(0, known - 1)
    if not depth or not draw(st.integers(0, 2)):
        return Node(first, tuple(steps), (draw(number), draw(number)))
    kind = draw(st.sampled_from(["truth", "truth", "truth", "int", "floor", "ceil", "round", "is_integer", "value"]))
    answers: Any = {
        "truth": st.booleans(), "is_integer": st.booleans(), "value": st.sampled_from(EDGES),
    }.get(kind, st.integers(-3, 3))  # fmt: skip
    outcomes = draw(st.lists(answers, min_size=1, max_size=3, unique_by=lambda x: bits(x) if kind == "value" else x))
    place = Place("pump.py", draw(st.integers(1, 9)), 0, None, None, "f")
    branches: dict[Any, Node] = {outcome: grown(draw, rows, known, depth - 1) for outcome in outcomes}
    return Node(first, tuple(steps), Branching(kind, draw(number), place, branches))
