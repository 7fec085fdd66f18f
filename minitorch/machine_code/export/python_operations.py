"""How Python writes each row of the table of rules: an operator, or an expression over its operands.

    Mul: first * second      Sin: math.sin(first)      Dist: math.dist((*left,), (*right,))

A row whose plain function is in `math` needs no entry; one whose plain function is Python is written out with it.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import keyword
import math
import textwrap
from collections.abc import Callable, Sequence
from typing import Any

from minitorch.machine_code.export.expansion import function_name
from minitorch.rules.real import RULES
from minitorch.transformer import parse_quietly

__all__ = ["HELPERS", "RESERVED", "expression", "helper_definition", "is_known", "stands_alone"]

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
}
"""Expressions in which the operands go by these names, or by the half of them."""

STEPPED = "math.nextafter(first, second, steps=third)"
"""Nextafter by more than one step."""


def real_power(x: float, y: float) -> float:
    """Return x ** y, which for a negative x and a fractional y is not a real number."""
    power: float | complex = x**y
    if isinstance(power, complex):
        raise ValueError(f"{x!r} ** {y!r} is no real number")
    return power


HELPERS: dict[str, Callable[..., Any]] = {"Pow": real_power}
"""Rows that need a function of their own."""


RESERVED = frozenset({*keyword.kwlist, *dir(builtins), "math", *(function.__name__ for function in HELPERS.values())})
"""What no variable and no function of the source may be called."""


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
    if not is_known(function):
        return filled("helper(*operands)", operands, function_name(function, len(operands), RESERVED))
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

    made: ast.expr = Filling().visit(parse_quietly(text, mode="eval").body)
    return made


def stands_alone(function: Callable[..., Any], name: str) -> bool:
    """Return whether the source of a function needs nothing but `math` and builtins, and defines this name."""
    code = function.__code__
    is_plain = code.co_name == name and not code.co_freevars and function.__globals__.get("math") is math
    if not is_plain or not {*code.co_names} <= {"math", *dir(math), *dir(builtins)}:
        return False
    try:
        return inspect.getsource(function).lstrip().startswith("def ")
    except (OSError, TypeError):
        return False


def helper_definition(function: Callable[..., Any]) -> ast.FunctionDef:
    """Return the definition of a plain Python function without annotations, its documentation cut to one line."""
    [definition] = parse_quietly(textwrap.dedent(inspect.getsource(function))).body
    assert isinstance(definition, ast.FunctionDef)
    documentation = ast.get_docstring(definition)
    if documentation:
        definition.body[0] = ast.Expr(ast.Constant(documentation.partition("\n")[0]))
    definition.returns = None
    for parameter in definition.args.args:
        parameter.annotation = None
    return definition
