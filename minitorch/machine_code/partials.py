"""The rows of the table of rules as programs: what the table says in plain Python, recorded once on Scalars.

Mul's partials, by both inputs     inputs 0, 1 and the output 2      outputs 1, 0
Abs's                              inputs 0 and the output 1         2 = GT(0, 0.0)   truth of 2 → …
ReLU's function                    inputs 0                          1 = GT(0, 0)     truth of 1 → …
Log's domain                       inputs 0                          1 = LE(0, 0)     truth of 1 → …
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterable, Sequence
from types import FunctionType
from typing import Any, Final

from minitorch.machine_code.program import Branching, Constant, Node, nodes_of
from minitorch.machine_code.recording import recorded_tree
from minitorch.rules.lifting import rewritten
from minitorch.rules.real import RULES

__all__ = ["domain_tree", "function_tree", "partials_tree"]

SAMPLES_OF_ONE: Final = (
    0.7, 1.5, -0.7, 0.0, 2.0, 1.0, -1.5, 3.25, 11.5, -11.5, 35.0, -35.0, 450.0, -450.0, 1e9, -1e9, math.nan, math.inf,
    -math.inf,
)  # fmt: skip
SAMPLES_OF_TWO: Final = (0.7, 1.5, -0.7, 0.0, 2.0, -1.5, math.nan)
SAMPLES_OF_MORE: Final = (0.7, -1.5, 0.0)
"""Where partials are run, in all combinations; the first numbers have nothing special about them."""

DOMAIN_SAMPLES: Final = (0.7, 0.0, -1.0, math.nan, math.inf, -math.inf, 1.0, 1.5, -0.7, 2.0, -2.0)
"""Where domains are asked, in all combinations; of many inputs at the first few."""

MAX_NODES: Final = 200
"""A function with more pieces between its decisions is left to Python."""


@functools.cache
def partials_tree(name: str, arity: int, wanted: tuple[int, ...]) -> Node | None:
    """Return the program of a row's partial derivatives, None if there is none.

    Args:
        name: the row.
        arity: how many inputs it has.
        wanted: the positions of those by which it is differentiated.

    Returns:
        A program of the inputs and the output, with one output per partial derivative.

    >>> partials_tree("Mul", 2, (0, 1))
    Node(first=3, steps=(), after=(1, 0))
    """
    rule = RULES[name]

    def partials(*operands: Any) -> Sequence[Any]:
        return rule.partials_at(wanted, operands[:-1], operands[-1], through=rewritten)

    return recorded_tree(partials, with_outputs(name, points_for(arity)))


@functools.cache
def function_tree(name: str, arity: int) -> Node | None:
    """Return the program of a row's own function, where that is written in Python.

    Args:
        name: the row.
        arity: how many inputs it has.

    Returns:
        A program of the inputs with one output; `None` where the function is a builtin or could not be recorded.

    >>> function_tree("Inv", 1).steps[0], function_tree("Sin", 1)
    (Constant(value=1.0), None)
    """
    plain = RULES[name].function
    if not isinstance(plain, FunctionType) or not arity:
        return None
    twin = rewritten(plain)

    def output(*inputs: Any) -> Sequence[Any]:
        return [twin(*inputs)]

    points = list(points_for(arity))
    tree = recorded_tree(output, points, placed=True)
    if tree is None:
        return None
    # What the function compares with says where its other branches are.
    bounds = {float(step.value) for node in nodes_of(tree) for step in node.steps if isinstance(step, Constant)}
    near = sorted({x for bound in bounds for x in (bound - 0.25, bound, bound + 0.25)} - {*SAMPLES_OF_ONE})
    if isinstance(tree.after, Branching) and len(near) ** arity <= MAX_NODES:
        tree = recorded_tree(output, [*points, *itertools.product(near, repeat=arity)], placed=True) or tree
    nodes = nodes_of(tree)
    calls_itself = any(getattr(step, "function", None) == name for node in nodes for step in node.steps)
    return None if calls_itself or len(nodes) > MAX_NODES else tree


@functools.cache
def domain_tree(name: str, arity: int) -> Node | None:
    """Return the program that tells whether a row has a value at some inputs; `None` if that is known by its result.

    Args:
        name: the row.
        arity: how many inputs it has.

    >>> domain_tree("TrueDiv", 2).steps[1].function
    'NE'
    """
    domain = RULES[name].domain
    if domain is None:
        return None
    points = DOMAIN_SAMPLES if arity < 3 else DOMAIN_SAMPLES[:4]
    return recorded_tree(lambda *inputs: [domain(*inputs)], itertools.product(points, repeat=arity))


def points_for(arity: int) -> Iterable[tuple[float, ...]]:
    """Return the inputs to record functions of so many numbers at."""
    return itertools.product((SAMPLES_OF_ONE, SAMPLES_OF_TWO, SAMPLES_OF_MORE)[min(arity, 3) - 1], repeat=arity)


def with_outputs(name: str, points: Iterable[tuple[float, ...]]) -> Iterable[tuple[float, ...]]:
    """Yield points with what a row's function gives there, where it gives a real number."""
    function = RULES[name].function
    for point in points:
        try:
            yield (*point, float(function(*point)))
        except (ArithmeticError, ValueError, TypeError):
            continue
