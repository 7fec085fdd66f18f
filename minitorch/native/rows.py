"""Functions of one number as machine code, each made of its row in the table of rules: value and partial derivative.

    rule("Sin", math.sin, lambda x, y: math.cos(x))      ->      outputs sin(x) and cos(x), in one program
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from minitorch.autodiff import Variable, operands_of
from minitorch.decisions import observed
from minitorch.machine_code.emitter import Declarations
from minitorch.machine_code.program import Branching, Constant, Node, Operation
from minitorch.machine_code.tree_writer import write_tree
from minitorch.reverse import topological_sort
from minitorch.rewriting import rewritten
from minitorch.rules import RULES, Rule
from minitorch.scalar import Scalar

__all__ = ["program_text", "rows_of_one_number"]


def rows_of_one_number() -> Iterator[tuple[str, Callable[[float], float]]]:
    """The rows of functions of `math` that take one number, with the plain function."""
    for name, rule in RULES.items():
        plain = rule.callables[0] if len(rule.callables) == 1 else None
        of_math = plain is not None and getattr(math, plain.__name__, None) is plain
        if plain is not None and of_math and (takes_one_number(rule.partials) or name == "Log"):
            yield name, plain


def takes_one_number(partials: Sequence[Any]) -> bool:
    """Whether there is one partial derivative, by an input and the output; the logarithm may have a base besides."""
    return len(partials) == 1 and partials[0].__code__.co_argcount == 2


def program_text(name: str, declarations: Declarations) -> str:
    """Return the function `@program_…(inputs, outputs)` of a row.

    Args:
        name: the row's name.
        declarations: what the module calls so far; what this calls is added.
    """
    return write_tree(program(RULES[name]), 1, declarations, name=f"program_{name}")


def program(rule: Rule) -> Node:
    """The value and the partial derivative of a row, as a program with one input.

    Where the partial derivative takes decisions, it goes on only as at the point that is tried here.
    """
    x = Scalar(1.5 if rule.name == "Acosh" else 0.5)
    y = Scalar(rule.function(x.data))
    with observed() as decisions:
        partial = rewritten(rule.partials[0])(x, y)
    steps: list[Constant | Operation] = [Operation(rule.name, (0,))]
    numbers: dict[int, int] = {x.unique_id: 0, y.unique_id: 1}

    def number_of(value: Any) -> int:
        if isinstance(value, Variable) and value.unique_id in numbers:
            return numbers[value.unique_id]
        steps.append(Constant(float(value.get_data() if isinstance(value, Variable) else value)))
        return len(steps)

    made: list[Variable] = [decision.variable for decision in decisions]
    for variable in reversed(topological_sort(*made, *([partial] if isinstance(partial, Variable) else []))):
        if variable.unique_id not in numbers:
            history = variable.history
            assert history is not None and history.last_fn is not None
            operands = tuple(map(number_of, operands_of(variable)))
            steps.append(Operation(history.last_fn.__name__, operands))
            numbers[variable.unique_id] = len(steps)
    node = Node(1 + len(steps), (), (1, number_of(partial)))
    if len(steps) >= node.first:
        node = Node(len(steps), (steps.pop(),), node.after)
    for decision in decisions:
        branching = Branching(decision.kind, numbers[decision.variable.unique_id], None, {decision.outcome: node})
        node = Node(node.first, (), branching)
    return Node(1, (*steps, *node.steps), node.after)
