"""Programs as Python that stands by itself: it imports `math`, and gives the same numbers to the last bit.

    print(python_source(tree, ["time"], 0, "wave"))

    import math


    def wave(time):
        # wave.py:4
        decay = math.exp(-time / 2.0)
        return decay * math.sin(6.0 * time)

Values have the names of the user's source, and comments say where that is. Arguments for which a decision comes out as
in no run that was recorded raise a ValueError that names the decision.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from minitorch.machine_code.export import python_operations
from minitorch.machine_code.export.expansion import expanded, function_name, functions_needed, parameters_of
from minitorch.machine_code.export.identifiers import Identifiers
from minitorch.machine_code.export.labels import Labels, places_in
from minitorch.machine_code.export.statements import outline, place_of
from minitorch.machine_code.export.terms import (
    Assignment,
    Branch,
    Name,
    Refusal,
    Return,
    Statement,
    Term,
    is_truth,
    number_of,
)
from minitorch.machine_code.partials import function_tree
from minitorch.machine_code.program import Constant, Node, Operation, Outcome, nodes_of
from minitorch.rules.real import RULES
from minitorch.transformer import Comment, to_source

__all__ = ["Structure", "python_source"]

MAX_LINE_CHARACTERS = 120
MAX_COMMENT_CHARACTERS = 60

Structure: TypeAlias = "int | Sequence[Structure] | Mapping[Any, Structure]"
"""A result, with the position of an output wherever a number stands."""


def python_source(tree: Node, inputs: Sequence[str], outputs: Structure, name: str, summary: str = "") -> str:
    """Write a program as a Python function.

    Args:
        tree: the program.
        inputs: what the parameters are called; a name that is not an identifier, or is taken, is changed.
        outputs: the result: a position among the program's outputs, or tuples, lists and dicts of them.
        name: what the function is called.
        summary: the function's documentation.

    Returns:
        The text of a module.

    Raises:
        ValueError: the program has an operation that Python alone can't do, such as a registered function.

    >>> from minitorch.machine_code.program import Node, Operation
    >>> tree = Node(1, (Operation("Sin", (0,)), Operation("Mul", (0, 1))), (2, 1))
    >>> print(python_source(tree, ["angle"], (0, [1]), "both"), end="")
    import math
    <BLANKLINE>
    <BLANKLINE>
    def both(angle):
        t1 = math.sin(angle)
        return angle * t1, [t1]
    """
    return PythonWriter(tree, inputs, outputs).module(name, summary)


class PythonWriter:
    """Turns statements into trees.

    Args:
        tree: the program.
        inputs: what the parameters are called.
        outputs: the structure of the result.
    """

    def __init__(self, tree: Node, inputs: Sequence[str], outputs: Structure) -> None:
        self.labels = Labels(places_in(tree))
        self.structure = outputs
        check(tree, self.labels)
        tree = expanded(tree, python_operations.is_known)
        self.rows = functions_needed(tree, python_operations.is_known)
        helpers = {function_name(*row, python_operations.RESERVED) for row in self.rows}
        identifiers = Identifiers(python_operations.RESERVED | helpers)
        self.parameters = [*map(identifiers.new, inputs)]
        self.statements = outline(tree, self.parameters, identifiers)

    def module(self, name: str, summary: str) -> str:
        """Return the text of a module with the function."""
        function = self.function(name, summary)
        used = names_in(function)
        rows: list[ast.stmt] = []
        # From the last one to the first: each stands before those that call it.
        for row in reversed(self.rows):
            if function_name(*row, python_operations.RESERVED) in used:
                rows.insert(0, row_definition(*row))
                used |= names_in(rows[0])
        helpers = [f for f in python_operations.HELPERS.values() if f.__name__ in used]
        functions: list[ast.stmt] = [*map(python_operations.helper_definition, helpers), *rows, function]
        uses_math = any(isinstance(node, ast.Name) and node.id == "math" for f in functions for node in ast.walk(f))
        imports: list[ast.stmt] = [ast.Import([ast.alias("math")])] if uses_math else []
        return printed(ast.Module([*imports, *functions], []))

    def function(self, name: str, summary: str, commented: bool = True) -> ast.FunctionDef:
        """Return the tree of the function.

        Args:
            name: what it is called.
            summary: its documentation, if any.
            commented: whether comments say where the source does what.
        """
        parameters = ast.arguments(
            posonlyargs=[], args=[ast.arg(each) for each in self.parameters], vararg=None, kwonlyargs=[],
            kw_defaults=[], kwarg=None, defaults=[],
        )  # fmt: skip
        documentation: list[ast.stmt] = [ast.Expr(ast.Constant(summary))] if summary else []
        body = [*documentation, *self.block(self.statements)]
        body = [statement for statement in body if commented or not isinstance(statement, Comment)]
        return ast.FunctionDef(name=name, args=parameters, body=body, decorator_list=[], returns=None)

    def block(self, statements: Iterable[Statement]) -> list[ast.stmt]:
        """Return the trees of some statements, with comments where the line of the source changes."""
        whole: list[ast.stmt] = []
        pending = [(iter(statements), whole, "")]
        while pending:
            rest, block, label = pending.pop()
            for statement in rest:
                place = place_of(statement)
                if place is not None and self.labels.of(place) != label:
                    label = self.labels.of(place)
                    block.append(Comment(label[-MAX_COMMENT_CHARACTERS:]))
                if isinstance(statement, Branch):
                    body: list[ast.stmt] = []
                    block.append(ast.If(self.condition(statement), body, []))
                    pending += [(rest, block, label), (iter(statement.body), body, label)]
                    break
                block.append(self.simple(statement))
        return whole

    def simple(self, statement: Assignment | Refusal | Return) -> ast.stmt:
        """Return the tree of a statement without others in it."""
        if isinstance(statement, Assignment):
            value = term_tree(statement.value)
            return ast.Assign([ast.Name(statement.name)], value) if statement.name else ast.Expr(value)
        if isinstance(statement, Return):
            return ast.Return(self.result(self.structure, statement.values))
        asked = ast.unparse(question(statement.kind, term_tree(statement.value)))
        message = f"{self.labels.of(statement.place)}: no recorded run knows how to go on with this answer to {asked}"
        return ast.Raise(ast.Call(ast.Name("ValueError"), [ast.Constant(message)], []), None)

    def condition(self, branch: Branch) -> ast.expr:
        """Return the test of a branch."""
        value = term_tree(branch.value)
        if branch.kind == "truth":
            positive = bool(branch.outcome) != branch.opposite
            truth = value if is_truth(branch.value) else ast.Compare(value, [ast.NotEq()], [ast.Constant(0.0)])
            return truth if positive else ast.UnaryOp(ast.Not(), truth)
        if branch.kind == "value":
            same = same_value(value, branch.outcome)
        elif branch.kind == "is_integer":
            same = question(branch.kind, value)
            same = same if branch.outcome else ast.UnaryOp(ast.Not(), same)
        else:
            same = ast.Compare(question(branch.kind, value), [ast.Eq()], [literal(branch.outcome)])
        return ast.UnaryOp(ast.Not(), same) if branch.opposite else same

    def result(self, structure: Structure, values: Sequence[Term]) -> ast.expr:
        """Return the tree of a result."""
        if isinstance(structure, int):
            tree = term_tree(values[structure])
            return ast.Call(ast.Name("float"), [tree], []) if is_truth(values[structure]) else tree
        if isinstance(structure, Mapping):
            parts = [self.result(part, values) for part in structure.values()]
            return ast.Dict([ast.Constant(key) for key in structure], parts)
        parts = [self.result(part, values) for part in structure]
        return ast.List(parts, ast.Load()) if isinstance(structure, list) else ast.Tuple(parts, ast.Load())


def term_tree(term: Term) -> ast.expr:
    """Return the tree of an expression."""
    if isinstance(term, Name):
        return ast.Name(term.text)
    if isinstance(term, Constant):
        return literal(term.value)
    operands = [term_tree(operand) for operand in term.operands]
    integer = RULES[term.function].int_input
    if integer is not None and integer < len(operands):
        operands[integer] = literal(number_of(term.function, integer, term.operands))
    return python_operations.expression(term.function, operands)


def check(tree: Node, labels: Labels) -> None:
    """Refuse operations that Python alone can't do."""
    for node in nodes_of(tree):
        for step in node.steps:
            if isinstance(step, Operation) and not is_writable(step):
                raise ValueError(
                    f"{labels.of(step.place)}: {step.function} can't be written as source that stands by itself, "
                    "since its rule is not one of minitorch's own; call the compiled function instead"
                )


def is_writable(step: Operation) -> bool:
    """Return whether Python can do an operation, by itself or by the recorded function of its row."""
    if python_operations.is_known(step.function):
        return True
    program = function_tree(step.function, len(step.operands)) if step.function in RULES else None
    return program is not None and all(
        isinstance(inner, Constant) or is_writable(inner) for node in nodes_of(program) for inner in node.steps
    )


def row_definition(name: str, arity: int) -> ast.FunctionDef:
    """Return the definition of a row's function: its own source where that stands alone, else as it was recorded."""
    plain, title = RULES[name].function, function_name(name, arity, python_operations.RESERVED)
    if python_operations.stands_alone(plain, title):
        return python_operations.helper_definition(plain)
    program = function_tree(name, arity)
    assert program is not None
    summary = (plain.__doc__ or "").partition("\n")[0]
    return PythonWriter(program, parameters_of(name, arity), 0).function(title, summary, commented=False)


def names_in(tree: ast.AST) -> set[str]:
    """Return the names in a tree."""
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def question(kind: str, value: ast.expr) -> ast.expr:
    """Return the expression that asks for a plain answer."""
    if kind == "truth" or kind == "value":
        return value
    if kind == "is_integer":
        return ast.Call(ast.Attribute(ast.Call(ast.Name("float"), [value], []), "is_integer"), [], [])
    function = ast.Name(kind) if kind in ("int", "round") else ast.Attribute(ast.Name("math"), kind)
    return ast.Call(function, [value], [])


def same_value(value: ast.expr, number: Outcome) -> ast.expr:
    """Return the test whether a value is this number, to the last bit."""
    if number != number:
        return ast.Compare(value, [ast.NotEq()], [value])
    same: ast.expr = ast.Compare(value, [ast.Eq()], [literal(number)])
    if number == 0:
        sign = python_operations.expression("Copysign", [ast.Constant(1.0), value])
        same = ast.BoolOp(ast.And(), [same, ast.Compare(sign, [ast.Eq()], [literal(math.copysign(1.0, number))])])
    return same


def literal(number: float) -> ast.expr:
    """Return the expression for a number.

    >>> [ast.unparse(literal(x)) for x in (2.0, -0.0, -math.inf, math.nan)]
    ['2.0', '-0.0', '-math.inf', 'math.nan']
    """
    if number != number:
        return ast.Attribute(ast.Name("math"), "nan")
    if math.copysign(1.0, number) < 0:
        return ast.UnaryOp(ast.USub(), literal(-number))
    return ast.Attribute(ast.Name("math"), "inf") if number == math.inf else ast.Constant(number)


def printed(module: ast.Module) -> str:
    """Return the text of a tree."""
    return to_source(module, MAX_LINE_CHARACTERS)
