"""Rows whose recorded function has no decisions, written out as the operations that it consists of.

    1 = Inv(0)      →      1 = 1.0      2 = TrueDiv(1, 0)

What source can write by itself stays; a function that decides becomes a function of the source.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from minitorch.machine_code.partials import function_tree
from minitorch.machine_code.program import Branching, Constant, Node, Operation, nodes_of
from minitorch.rules.real import RULES

__all__ = ["expanded", "function_name", "functions_needed", "parameters_of"]


def expanded(tree: Node, is_known: Callable[[str], bool]) -> Node:
    """Return a program in which rows without decisions are written out.

    Args:
        tree: the program, which stays as it is.
        is_known: tells of a row whether source can write it by itself.

    >>> [step.function for step in expanded(Node(1, (Operation("Inv", (0,)),), (1,)), lambda name: False).steps[1:]]
    ['TrueDiv']
    """
    whole = Node(0, (), ())
    pending = [(tree, list(range(tree.first)), tree.first, whole)]
    while pending:
        node, numbers, first, made = pending.pop()
        numbers = numbers[: node.first]
        steps: list[Constant | Operation] = []
        for step in node.steps:
            if isinstance(step, Constant):
                steps.append(step)
                numbers.append(first + len(steps) - 1)
            else:
                operation = Operation(step.function, tuple(numbers[x] for x in step.operands), step.place)
                numbers.append(written_out(operation, first, steps, is_known))
        made.first, made.steps = first, tuple(steps)
        after = node.after
        if not isinstance(after, Branching):
            made.after = tuple(numbers[number] for number in after)
            continue
        branches = {outcome: Node(0, (), ()) for outcome in after.branches}
        made.after = Branching(after.kind, numbers[after.value], after.place, branches)
        following = first + len(steps)
        pending += [(child, numbers, following, branches[outcome]) for outcome, child in after.branches.items()]
    return whole


def written_out(
    operation: Operation, first: int, steps: list[Constant | Operation], is_known: Callable[[str], bool]
) -> int:
    """Append an operation, or those that it consists of, and return the number of the result."""
    program = None
    if operation.function in RULES and not is_known(operation.function):
        program = function_tree(operation.function, len(operation.operands))
    if program is None or isinstance(program.after, Branching):
        steps.append(operation)
        return first + len(steps) - 1
    numbers = list(operation.operands)
    for step in program.steps:
        if isinstance(step, Constant):
            steps.append(step)
            numbers.append(first + len(steps) - 1)
        else:
            inner = Operation(step.function, tuple(numbers[x] for x in step.operands), operation.place)
            numbers.append(written_out(inner, first, steps, is_known))
    return numbers[program.after[0]]


def functions_needed(tree: Node, is_known: Callable[[str], bool]) -> list[tuple[str, int]]:
    """Return the rows, and how many operands each has, that source needs functions for: each after those it calls."""
    found: dict[tuple[str, int], None] = {}
    for node in nodes_of(tree):
        for step in node.steps:
            if not isinstance(step, Operation) or is_known(step.function) or step.function not in RULES:
                continue
            key = step.function, len(step.operands)
            program = function_tree(*key)
            if program is not None:
                found.update(dict.fromkeys(functions_needed(expanded(program, is_known), is_known)))
                found[key] = None
    return list(found)


def function_name(name: str, arity: int, taken: Collection[str] = ()) -> str:
    """Return what the function of a row is called in source.

    >>> function_name("Sigmoid", 1)
    'sigmoid'
    """
    plain = name.lower() if RULES[name].gradient is None else f"{name.lower()}{arity}"
    return f"{plain}_of" if plain in taken else plain


def parameters_of(name: str, arity: int) -> list[str]:
    """Return what the inputs of a row's function are called."""
    code = RULES[name].function.__code__
    named = code.co_varnames[: code.co_argcount]
    return [named[position] if position < len(named) else f"x{position}" for position in range(arity)]
