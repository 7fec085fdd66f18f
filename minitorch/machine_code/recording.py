"""A plain function as a program: it is run on Scalars at points that take all its branches.

    relu        inputs 0      1 = GT(0, 0)   truth of 1 → True: outputs 0   False: 2 = 0.0, outputs 2

Each run is a trace, and the traces grow into a tree. What comes of a run that swallowed an exception fits no other run,
so it is left out, and so is what decides by rounding: a program need not know all branches. It gives what the function
gives at every point whose trace it has.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

from minitorch.autodiff.decisions import Decision, observed
from minitorch.autodiff.topological_order import parents_of, topological_sort
from minitorch.autodiff.variable import Variable, function_name, value_of
from minitorch.machine_code.program import Branching, Constant, Guard, Node, Operation, Step, Trace, nodes_of
from minitorch.scalars.scalar import Scalar

__all__ = ["grow", "recorded_tree"]

FORESEEABLE: Final = frozenset({"truth", "is_integer"})
"""Decisions with two outcomes."""


def recorded_tree(
    function: Callable[..., Sequence[Any]], points: Iterable[Sequence[float]], placed: bool = False
) -> Node | None:
    """Run a function at points and return the program that the runs have in common.

    Args:
        function: takes Scalars one by one and returns its outputs, Scalars or plain numbers.
        points: the inputs of each run.
        placed: whether operations know their places in the source.

    Returns:
        The program; `None` where no run could be recorded.

    >>> recorded_tree(lambda x: [x * x], [(0.5,), (2.0,)])
    Node(first=1, steps=(Operation(function='Mul', operands=(0, 0), place=None),), after=(1,))
    """
    tree: Node | None = None
    for point in points:
        trace = recorded_trace(function, point, placed)
        if trace is not None:
            tree = grow(tree, trace) or tree
            # Then no point has anything to add.
            if tree is not None and all(map(is_decided, nodes_of(tree))):
                break
    return tree


def is_decided(node: Node) -> bool:
    """Return whether a node has all branches that there can be."""
    return not isinstance(node.after, Branching) or len(node.after.branches) == 2


def recorded_trace(function: Callable[..., Sequence[Any]], point: Sequence[float], placed: bool) -> Trace | None:
    """Record a function at a point; `None` where it raises, decides by rounding or gives no real number."""
    inputs = [Scalar(x) for x in point]
    with observed() as decisions:
        try:
            outputs = function(*inputs)
        except (ArithmeticError, ValueError, TypeError):
            return None
    if any(decision.kind not in FORESEEABLE for decision in decisions):
        return None
    if any(not isinstance(value_of(output), (float, int)) for output in outputs):
        return None
    first: dict[tuple[str, int], Decision] = {}
    for decision in decisions:
        first.setdefault((decision.kind, decision.variable.unique_id), decision)
    return trace_of(inputs, outputs, [*first.values()], placed)


def trace_of(
    inputs: Sequence[Scalar], outputs: Sequence[Any], decisions: Sequence[Decision], placed: bool = False
) -> Trace:
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
            steps.append(Operation(function_name(variable), operands, variable.place if placed else None))
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
