"""How Python writes each row of the table of rules: an operator, or an expression over its operands.

    Mul: first * second      Sin: math.sin(first)      Dist: math.dist((*left,), (*right,))

A row whose plain function is in `math` needs no entry; one whose plain function is Python is written out with it.
"""

from __future__ import annotations

import ast
import inspect
import math
import textwrap
from collections.abc import Callable, Sequence
from typing import Any

from minitorch.rules.real import RULES

__all__ = ["HELPERS", "expression", "helper_definition"]

OPERATORS: dict[str, ast.operator] = {
    "Add": ast.Add(), "Sub": ast.Sub(), "Mul": ast.Mult(), "TrueDiv": ast.Div(), "FloorDiv": ast.FloorDiv(),
    "Mod": ast.Mod(), "Pow": ast.Pow(),
}  # fmt: skip

SIGNS: dict[str, ast.unaryop] = {"Neg": ast.USub(), "Pos": ast.UAdd()}

COMPARISONS: dict[str, ast.cmpop] = {
    "LT": ast.Lt(), "LE": ast.LtE(), "GT": ast.Gt(), "GE": ast.GtE(), "EQ": ast.Eq(), "NE": ast.NotEq(),
}  # fmt: skip

EXPRESSIONS: dict[str, str] = {
    "Abs": "abs(first)",
    "Round": "round(*operands)",
    "Sum": "sum((*others,), first)",
    "Prod": "math.prod((*others,), start=first)",
    "Fsum": "math.fsum((*operands,))",
    "Dist": "math.dist((*left,), (*right,))",
    "Sumprod": "math.sumprod((*left,), (*right,))",
    "ModfFraction": "math.modf(first)[0]",
    "ModfWhole": "math.modf(first)[1]",
    "FrexpMantissa": "math.frexp(first)[0]",
    "Nextafter": "math.nextafter(first, second)",
    "IsClose": "math.isclose(first, second, rel_tol=third, abs_tol=fourth)",
    "Inv": "1.0 / first",
}
"""Expressions in which the operands go by these names, or by the half of them."""

STEPPED = "math.nextafter(first, second, steps=third)"
"""Nextafter by more than one step."""


def real_power(x: float, y: float) -> float:
    """Return x ** y, which for a negative x and a fractional y is no real number."""
    power: float | complex = x**y
    if isinstance(power, complex):
        raise ValueError(f"{x!r} ** {y!r} is no real number")
    return power


HELPERS: dict[str, Callable[..., Any]] = {
    "Pow": real_power,
    "Sigmoid": RULES["Sigmoid"].function,
    "ReLU": RULES["ReLU"].function,
}
"""Rows that need a function of their own."""


def expression(function: str, operands: Sequence[ast.expr]) -> ast.expr:
    """Return the expression for an operation, with a call of a helper by its name where the row has one.

    >>> ast.unparse(expression("Atan2", [ast.Name("y"), ast.Name("x")]))
    'math.atan2(y, x)'
    """
    if function in COMPARISONS:
        return ast.Compare(operands[0], [COMPARISONS[function]], [operands[1]])
    if function in SIGNS:
        return ast.UnaryOp(SIGNS[function], operands[0])
    if function == "Pow" and not is_whole(operands[1]):
        return filled("helper(*operands)", operands, real_power.__name__)
    if function in OPERATORS:
        return ast.BinOp(operands[0], OPERATORS[function], operands[1])
    if function in HELPERS:
        return filled("helper(*operands)", operands, HELPERS[function].__name__)
    if function == "Nextafter" and len(operands) > 2:
        return filled(STEPPED, operands)
    return filled(EXPRESSIONS.get(function) or f"math.{RULES[function].function.__name__}(*operands)", operands)


def is_whole(exponent: ast.expr) -> bool:
    """Whether an expression is a whole number, to the power of which any number stays real."""
    if isinstance(exponent, ast.UnaryOp):
        exponent = exponent.operand
    number = exponent.value if isinstance(exponent, ast.Constant) else None
    return isinstance(number, (int, float)) and float(number).is_integer()


def is_known(function: str) -> bool:
    """Whether Python without this project can do what a row does."""
    in_table = function in COMPARISONS or function in SIGNS or function in OPERATORS or function in EXPRESSIONS
    return (
        in_table
        or function in HELPERS
        or (function in RULES and getattr(math, RULES[function].function.__name__, None) is RULES[function].function)
    )


def filled(text: str, operands: Sequence[ast.expr], helper: str = "helper") -> ast.expr:
    """Parse an expression and put operands and the name of a helper into it."""
    half = len(operands) // 2
    groups = {"operands": operands, "others": operands[1:], "left": operands[:half], "right": operands[half:]}
    words = dict(zip(("first", "second", "third", "fourth"), operands, strict=False))

    class Filling(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.expr:
            return ast.Name(helper) if node.id == "helper" else words.get(node.id, node)

        def elements(self, nodes: list[ast.expr]) -> list[ast.expr]:
            spread = [groups[ast.unparse(e.value)] if isinstance(e, ast.Starred) else [self.visit(e)] for e in nodes]
            return [operand for group in spread for operand in group]

        def visit_Tuple(self, node: ast.Tuple) -> ast.expr:
            return ast.Tuple(self.elements(node.elts), ast.Load())

        def visit_Call(self, node: ast.Call) -> ast.expr:
            keywords = [ast.keyword(keyword.arg, self.visit(keyword.value)) for keyword in node.keywords]
            return ast.Call(self.visit(node.func), self.elements(node.args), keywords)

    made: ast.expr = Filling().visit(ast.parse(text, mode="eval").body)
    return made


def helper_definition(function: Callable[..., Any]) -> ast.FunctionDef:
    """Return the definition of a plain Python function without annotations, its documentation cut to one line."""
    [definition] = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    assert isinstance(definition, ast.FunctionDef)
    summary = (ast.get_docstring(definition) or "").partition("\n")[0]
    definition.body[0] = ast.Expr(ast.Constant(summary))
    definition.returns = None
    for parameter in definition.args.args:
        parameter.annotation = None
    return definition
