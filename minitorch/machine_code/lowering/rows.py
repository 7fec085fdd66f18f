"""How machine code does a row: as the table of lowerings says, by its facets, or by its recorded Python function.

Exp        call double @"libm.exp"(double %x), given up where the result is not finite
Inv        fdiv double 1.0, %x
Sigmoid    call { double, i1 } @"row.Sigmoid"(double %x)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from minitorch.machine_code.llvm.emitter import Emitter
from minitorch.machine_code.lowering.guards import DECISIONS, write_switch
from minitorch.machine_code.lowering.operations import LOWERINGS
from minitorch.machine_code.partials import domain_tree, function_tree
from minitorch.machine_code.program import Branching, Constant, Node, nodes_of
from minitorch.rules.real import RULES

__all__ = ["can_lower", "lower_operation", "lower_steps"]

RESULT: Final = "{ double, i1 }"
"""What the function of a row returns: a float, and whether it has failed."""


def can_lower(name: str, arity: int) -> bool:
    """Return whether machine code can do a row with so many operands.

    >>> can_lower("Mul", 2), can_lower("ReLU", 1)
    (True, True)
    """
    rule = RULES.get(name)
    return name in LOWERINGS or (rule is not None and (bool(rule.libm) or function_tree(name, arity) is not None))


def lower_operation(emitter: Emitter, name: str, *operands: str) -> str:
    """Write an operation and return its result.

    Args:
        emitter: writes its instructions.
        name: the row.
        operands: what it is done with.

    Raises:
        ValueError: machine code can't do it.
    """
    lowering = LOWERINGS.get(name)
    if lowering is not None:
        return lowering(emitter, *operands)
    if RULES[name].libm:
        return library_function(emitter, name, operands)
    tree = function_tree(name, len(operands))
    if tree is None:
        raise ValueError(f"{name} has no machine code: its function is not Python that could be recorded")
    if not isinstance(tree.after, Branching):
        return lower_steps(emitter, tree, operands)[0]
    if is_cheap(tree) or (emitter.fastmath and emitter.lanes > 1):
        return blended(emitter, tree, operands)
    return called(emitter, name, tree, operands)


def lower_steps(emitter: Emitter, program: Node, inputs: Sequence[str]) -> list[str]:
    """Write the operations of a program without decisions and return its outputs.

    Args:
        emitter: what writes the function around it.
        program: the program.
        inputs: its inputs.
    """
    assert not isinstance(program.after, Branching)
    values = piece(emitter, program, inputs)
    return [values[number] for number in program.after]


def piece(emitter: Emitter, node: Node, known: Sequence[str]) -> list[str]:
    """Write the steps of one node; return all values up to its end."""
    values = list(known[: node.first])
    for step in node.steps:
        if isinstance(step, Constant):
            values.append(emitter.constant(step.value))
        else:
            values.append(lower_operation(emitter, step.function, *(values[operand] for operand in step.operands)))
    return values


def library_function(emitter: Emitter, name: str, operands: Sequence[str]) -> str:
    """Call the C function that a row names: where Python would raise the piece is given up."""
    rule = RULES[name]
    domain = domain_tree(name, len(operands))
    if domain is not None:
        inside = blended(emitter, domain, operands)
        emitter.fails(emitter.compare("oeq", inside, emitter.constant(0.0)))
    result = emitter.libm(rule.libm, *operands)
    if domain is None and not rule.never_raises:
        emitter.fails(emitter.not_finite(result))
    return result


# -- functions that branch ---------------------------------------------------------------------------------------------


def is_cheap(tree: Node) -> bool:
    """Return whether all branches together cost less than a jump: no operation calls a function."""
    return all(
        isinstance(step, Constant) or (not RULES[step.function].libm and step.function in LOWERINGS)
        for node in nodes_of(tree)
        for step in node.steps
    )


def blended(emitter: Emitter, node: Node, known: Sequence[str]) -> str:
    """Write all branches of a program, of which the decisions choose a value; it fails where the chosen one does."""
    values = piece(emitter, node, known)
    after = node.after
    if not isinstance(after, Branching):
        return values[after[0]]
    answer = DECISIONS[after.kind](emitter, values[after.value])
    before, results, failures = emitter.failure, {}, {}
    for outcome in (True, False):
        mark = emitter.mark()
        emitter.failure = None
        branch = after.branches.get(outcome)
        if branch is not None:
            results[outcome] = blended(emitter, branch, values)
        failures[outcome] = emitter.failure if branch is not None else emitter.condition(True)
        # What is written here counts for one branch alone.
        emitter.forget(mark)
    emitter.failure = before
    for outcome, failure in failures.items():
        if failure is not None:
            emitter.fails(emitter.both(failure, answer if outcome else emitter.negation(answer)))
    if len(results) == 1:
        return next(iter(results.values()))
    return emitter.choose(answer, results[True], results[False])


def called(emitter: Emitter, name: str, tree: Node, operands: Sequence[str]) -> str:
    """Call the function that computes a row of single floats, which is written where it is first called."""
    symbol = f'@"row.{name}.{len(operands)}"'
    if symbol not in emitter.declarations:
        emitter.declarations[symbol] = ""
        emitter.declarations[symbol] = row_function(Emitter(emitter.declarations), symbol, tree, len(operands))
    arguments = ", ".join("double {}" for _ in operands)

    def pair(lane: Sequence[str]) -> str:
        return emitter.pure(f"call {RESULT} {symbol}({arguments.format(*lane)})")

    if emitter.lanes == 1:
        found = pair(operands)
        emitter.fails(emitter.pure(f"extractvalue {RESULT} {found}, 1"))
        return emitter.pure(f"extractvalue {RESULT} {found}, 0")
    failed = "zeroinitializer"
    for lane in range(emitter.lanes):
        own = emitter.pure(f"extractvalue {RESULT} {pair([emitter.lane(operand, lane) for operand in operands])}, 1")
        failed = emitter.pure(f"insertelement {emitter.truth} {failed}, i1 {own}, i32 {lane}")
    emitter.fails(failed)
    return emitter.by_lanes(lambda *lane: emitter.pure(f"extractvalue {RESULT} {pair(lane)}, 0"), operands)


def row_function(emitter: Emitter, symbol: str, tree: Node, arity: int) -> str:
    """Return the definition of a function that takes floats and returns a float and whether it failed."""
    inputs = [f"%x{position}" for position in range(arity)]
    emitter.label("entry")
    pending: list[tuple[Node, list[str], str]] = [(tree, inputs, "")]
    while pending:
        node, known, label = pending.pop()
        if label:
            emitter.label(label)
        mark = emitter.mark()
        values = piece(emitter, node, known)
        leave_if_failed(emitter)
        after = node.after
        if isinstance(after, Branching):
            labels = {outcome: emitter.new_label() for outcome in after.branches}
            write_switch(emitter, after.kind, values[after.value], labels, "raises")
            # Branches do not share what they write, so nothing is remembered beyond a node.
            pending += [(branch, values, labels[outcome]) for outcome, branch in after.branches.items()]
        else:
            whole = emitter.effect(f"insertvalue {RESULT} {{ double poison, i1 false }}, double {values[after[0]]}, 0")
            emitter.line(f"ret {RESULT} {whole}")
        emitter.forget(mark)
    emitter.label("raises")
    emitter.line(f"ret {RESULT} {{ double 0.0, i1 true }}")
    arguments = ", ".join(f"double {each}" for each in inputs)
    return f"define internal {RESULT} {symbol}({arguments}) {{\n{emitter.text()}\n}}\n"


def leave_if_failed(emitter: Emitter) -> None:
    """Return from the function of a row where an operation has failed."""
    if emitter.failure is not None:
        following = emitter.new_label()
        emitter.line(f"br i1 {emitter.failure}, label %raises, label %{following}")
        emitter.label(following)
        emitter.failure = None
