"""The partial derivatives of a row as programs: what the table of rules says, recorded once on Scalars.

    Mul's, by both inputs        inputs 0, 1 and the output 2      outputs 1, 0
    Abs's                        inputs 0 and the output 1         2 = GT(0, 0.0)   truth of 2 → True: outputs 1.0, …

A partial is run at points that take all its branches; each run is a trace, and the traces grow into a tree. What comes
of a run that swallowed an exception fits no other run, so it is left out, and so is what decides by rounding: a program
need not know all branches. It gives what the partial gives at every point where it knows the way.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any, Final

from minitorch.autodiff.decisions import Decision, observed
from minitorch.autodiff.variable import Variable, function_name, parents_of, topological_sort, value_of
from minitorch.machine_code.program import Branching, Constant, Guard, Node, Operation, Step, Trace
from minitorch.rules.lifting import rewritten
from minitorch.rules.real import RULES
from minitorch.scalars.scalar import Scalar

__all__ = ["grow", "partials_tree"]

ALONE: Final = (
    0.7, 1.5, -0.7, 0.0, 2.0, 1.0, -1.5, 3.25, 11.5, -11.5, 35.0, -35.0, 450.0, -450.0, 1e9, -1e9, math.nan, math.inf,
    -math.inf,
)  # fmt: skip
IN_PAIRS: Final = (0.7, 1.5, -0.7, 0.0, 2.0, -1.5, math.nan)
IN_GROUPS: Final = (0.7, -1.5, 0.0)
"""Where partials are run, in all combinations; the first numbers have nothing special about them."""

FORESEEABLE: Final = frozenset({"truth", "is_integer"})
"""Decisions that come out in two ways."""


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
    tree: Node | None = None
    for inputs in itertools.product((ALONE, IN_PAIRS, IN_GROUPS)[min(arity, 3) - 1], repeat=arity):
        trace = recorded(name, inputs, wanted)
        if trace is not None:
            tree = grow(tree, trace) or tree
    return tree


def recorded(name: str, inputs: Sequence[float], wanted: Sequence[int]) -> Trace | None:
    """Record the partials of a row at a point; None where the row has no value, or they decide by rounding."""
    try:
        output = RULES[name].function(*inputs)
        operands = [Scalar(x) for x in (*inputs, float(output))]
    except (ArithmeticError, ValueError, TypeError):
        return None
    with observed() as decisions:
        partials = RULES[name].partials_at(wanted, operands[:-1], operands[-1], through=rewritten)
    if any(decision.kind not in FORESEEABLE for decision in decisions):
        return None
    return trace_of(operands, partials, decisions)


def trace_of(inputs: Sequence[Scalar], outputs: Sequence[Any], decisions: Sequence[Decision]) -> Trace:
    """Write a history down as a trace, with each decision as early as it could be taken."""
    numbers = {x.unique_id: number for number, x in enumerate(inputs)}
    steps: list[Step] = []
    defined = len(inputs)

    def number_of(value: Any) -> int:
        nonlocal defined
        if isinstance(value, Variable) and value.unique_id in numbers:
            return numbers[value.unique_id]
        steps.append(Constant(value_of(value)))
        defined += 1
        return defined - 1

    made = topological_sort(*(x for x in (*outputs, *(d.variable for d in decisions)) if isinstance(x, Variable)))
    waiting = deque(x for x in reversed(made) if x.unique_id not in numbers)
    for decision in (*decisions, None):
        newest = math.inf if decision is None else decision.variable.unique_id
        while waiting and waiting[0].unique_id <= newest:
            variable = waiting.popleft()
            operands = tuple(number_of(operand) for operand in parents_of(variable))
            steps.append(Operation(function_name(variable), operands))
            numbers[variable.unique_id] = defined
            defined += 1
        if decision is not None:
            steps.append(Guard(decision.kind, number_of(decision.variable), decision.outcome))
    found = tuple(number_of(output) for output in outputs)
    return Trace(len(inputs), tuple(steps), found)


def grow(tree: Node | None, trace: Trace) -> Node | None:
    """Add a trace to a tree.

    Args:
        tree: it is changed; None for a new one.
        trace: a run of the same function.

    Returns:
        The tree; None if the trace is not one of the same function, since it does other things after the same answers.

    >>> tree = grow(None, Trace(1, (Guard("truth", 0, True),), (0,)))
    >>> grow(tree, Trace(1, (Guard("truth", 0, False), Constant(2.0)), (1,))).after.branches.keys()
    dict_keys([True, False])
    """
    pieces = list(pieces_of(trace))
    node = tree
    for index, (steps, first, guard) in enumerate(pieces):
        if node is None:
            return chain(pieces[index:], trace)
        if node.first != first or node.steps != steps:
            return None
        after = node.after
        if guard is None:
            return tree if after == trace.outputs else None
        if not isinstance(after, Branching) or (after.kind, after.value) != (guard.kind, guard.value):
            return None
        following = after.branches.get(guard.outcome)
        if following is None:
            after.branches[guard.outcome] = chain(pieces[index + 1 :], trace)
            return tree
        node = following
    return tree


Piece = tuple[tuple["Constant | Operation", ...], int, "Guard | None"]


def pieces_of(trace: Trace) -> Iterator[Piece]:
    """Cut a trace at its guards: steps, the number of the first value that they define, and the guard behind them."""
    steps: list[Constant | Operation] = []
    defined = trace.inputs
    for step in trace.steps:
        if isinstance(step, Guard):
            yield tuple(steps), defined - len(steps), step
            steps = []
        else:
            steps.append(step)
            defined += 1
    yield tuple(steps), defined - len(steps), None


def chain(pieces: Sequence[Piece], trace: Trace) -> Node:
    """Make nodes of pieces, each the only branch of the one before."""
    node: Node | None = None
    for steps, first, guard in reversed(pieces):
        if guard is None:
            node = Node(first, steps, trace.outputs)
        else:
            assert node is not None
            node = Node(first, steps, Branching(guard.kind, guard.value, guard.place, {guard.outcome: node}))
    assert node is not None
    return node
