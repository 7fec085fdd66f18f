"""From a tree of traces to the statements of a function: which values get variables, and how decisions nest.

    2 = Neg(0)   3 = Exp(2)   4 = GT(0, 1)   truth of 4 → True: …, False: …

    decay = Exp(Neg(time))
    if time > 0: …; return …
    …; return …

A value that is used once, in the piece of program that makes it, is written where it is used, unless the user's source
gives it a name. Of the branches of a decision the one with most traces goes on at the same depth, so that n traces nest
at most log₂ n deep. Nothing here recurses over the tree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from minitorch.autodiff.place import Place
from minitorch.machine_code.export.identifiers import Identifiers
from minitorch.machine_code.export.terms import (
    Assignment,
    Branch,
    Call,
    Name,
    Refusal,
    Return,
    Statement,
    Term,
    is_truth,
)
from minitorch.machine_code.program import Branching, Constant, Node, Operation, nodes_of
from minitorch.rules.real import RULES

__all__ = ["outline", "place_of"]

MAX_EXPRESSION_OPERATIONS = 8
"""How many operations an expression has at most."""


@dataclass(slots=True)
class Uses:
    """How often values are used.

    Args:
        inside: by the piece of program that defines them, and what is asked or returned at its end.
        beyond: by what follows it.
    """

    inside: dict[int, int] = field(default_factory=dict)
    beyond: dict[int, int] = field(default_factory=dict)

    def needed(self, number: int) -> bool:
        """Whether a value is used at all."""
        return number in self.inside or number in self.beyond

    def once(self, number: int) -> bool:
        """Whether a value is used once, close by."""
        return self.inside.get(number) == 1 and number not in self.beyond


Alone: TypeAlias = Callable[[str, Sequence["float | None"]], bool]
"""Tells, of a row and the operands that are constants, whether it needs a statement to itself."""


def outline(
    tree: Node, inputs: Sequence[str], identifiers: Identifiers, alone: Alone = lambda function, constants: False
) -> list[Statement]:
    """Turn a tree of traces into statements.

    Args:
        tree: the program.
        inputs: what its inputs are called in the function.
        identifiers: makes the names of variables; those of the inputs are taken already.
        alone: tells operations that need a statement to themselves and variables for operands, such as those whose
            result is checked.

    >>> from minitorch.machine_code.program import Node, Operation
    >>> tree = Node(1, (Operation("Neg", (0,)), Operation("Exp", (1,))), (2,))
    >>> [statement] = outline(tree, ["x"], Identifiers(()))
    >>> statement.values[0].function, statement.values[0].operands[0].function
    ('Exp', 'Neg')
    """
    uses, leaves = uses_in(tree), leaves_of(tree)
    values: list[Term] = [Name(name) for name in inputs]
    statements: list[Statement] = []
    pending = [(tree, statements, identifiers.count)]
    while pending:
        node, block, known = pending.pop()
        del values[node.first :]
        identifiers.forget_after(known)
        block += piece(node, values, uses[id(node)], identifiers, alone)
        after = node.after
        if not isinstance(after, Branching):
            block.append(Return(tuple(values[number] for number in after)))
            continue
        asked, known = values[after.value], identifiers.count
        by_size = sorted(after.branches.items(), key=lambda item: (leaves[id(item[1])], item[0] is False))
        *sides, (last, widest) = by_size
        pending.append((widest, block, known))
        for outcome, child in sides:
            branch = Branch(after.kind, asked, outcome, False, [], after.place)
            block.append(branch)
            pending.append((child, branch.body, known))
        if after.kind != "truth" or not sides:
            refusal = Refusal(after.kind, asked, after.place)
            block.append(Branch(after.kind, asked, last, True, [refusal], after.place))
    return statements


def piece(node: Node, values: list[Term], uses: Uses, identifiers: Identifiers, alone: Alone) -> Iterator[Statement]:
    """Give the assignments of one piece of a program, and add its values to those known."""
    operations: dict[int, int] = {}
    asked = node.after.value if isinstance(node.after, Branching) and node.after.kind != "truth" else None
    apart = {
        number: alone(step.function, [constant_at(operand, node, values) for operand in step.operands])
        for number, step in enumerate(node.steps, node.first)
        if isinstance(step, Operation)
    }
    separate = {asked, *(operand for number in apart if apart[number] for operand in operands_at(node, number))}
    for number, step in enumerate(node.steps, node.first):
        if isinstance(step, Constant):
            values.append(step)
            continue
        needed = uses.needed(number)
        if not needed and RULES[step.function].never_raises:
            values.append(Name(""))
            continue
        call = Call(step.function, tuple(values[operand] for operand in step.operands), step.place)
        size = 1 + sum(operations.get(operand, 0) for operand in step.operands)
        wanted = step.place.name if step.place else None
        if (
            uses.once(number)
            and wanted is None
            and size < MAX_EXPRESSION_OPERATIONS
            and number not in separate
            and not apart[number]
        ):
            operations[number] = size
            values.append(call)
            continue
        name = identifiers.new(wanted) if needed else None
        values.append(Name(name or "", is_truth(call)))
        yield Assignment(name, call)


def constant_at(number: int, node: Node, known: Sequence[Term]) -> float | None:
    """Return the value with a number, where it is a constant."""
    term = known[number] if number < node.first else node.steps[number - node.first]
    return term.value if isinstance(term, Constant) else None


def operands_at(node: Node, number: int) -> tuple[int, ...]:
    """Return the operands of the operation that defines a value."""
    step = node.steps[number - node.first]
    return step.operands if isinstance(step, Operation) else ()


def uses_in(tree: Node) -> dict[int, Uses]:
    """Count the uses of values, for each piece of the program by its identity."""
    found: dict[int, Uses] = {}
    open_ends: dict[int, dict[int, int]] = {}
    for node in reversed(nodes_of(tree)):
        uses = Uses()
        children = list(node.after.branches.values()) if isinstance(node.after, Branching) else []
        behind = sorted((open_ends.pop(id(child)) for child in children), key=len)
        free = behind.pop() if behind else {}
        for other in behind:
            for number, count in other.items():
                free[number] = free.get(number, 0) + count
        for number in [n for n in range(node.first, node.first + len(node.steps)) if n in free]:
            uses.beyond[number] = free.pop(number)
        used: Sequence[int] = (node.after.value,) if isinstance(node.after, Branching) else node.after
        count_in(uses, free, used, node.first)
        for number in range(node.first + len(node.steps) - 1, node.first - 1, -1):
            step = node.steps[number - node.first]
            if isinstance(step, Operation) and (uses.needed(number) or not RULES[step.function].never_raises):
                count_in(uses, free, step.operands, node.first)
        found[id(node)], open_ends[id(node)] = uses, free
    return found


def count_in(uses: Uses, free: dict[int, int], numbers: Sequence[int], first: int) -> None:
    """Count uses of values, those of the same piece apart from those from before it."""
    for number in numbers:
        counts = uses.inside if number >= first else free
        counts[number] = counts.get(number, 0) + 1


def leaves_of(tree: Node) -> dict[int, int]:
    """Count the traces through each piece of a program, by its identity."""
    counts: dict[int, int] = {}
    for node in reversed(nodes_of(tree)):
        after = node.after
        counts[id(node)] = sum(counts[id(x)] for x in after.branches.values()) if isinstance(after, Branching) else 1
    return counts


def place_of(statement: Statement) -> Place | None:
    """Where the user's source does what a statement does."""
    if isinstance(statement, Assignment):
        return statement.value.place
    if isinstance(statement, Return):
        return next((term.place for term in statement.values if isinstance(term, Call) and term.place), None)
    return statement.place if isinstance(statement, Branch) else None
