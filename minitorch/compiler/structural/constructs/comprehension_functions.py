"""Comprehensions as functions of what their first `for` goes over, as Python sees them.

(x * k for x in xs if x > 0.0)      def values(given):
                                        for x in given:
                                            if x > 0.0:
                                                yield x * k
"""

from __future__ import annotations

import ast
import functools
from typing import Final, TypeAlias, TypeVar

from minitorch.compiler.structural.basis.refusals import Refused
from minitorch.compiler.structural.basis.syntax import MAX_KEPT, names_of_expressions

__all__ = ["GIVEN", "Comprehension", "comprehension_function", "element_function"]

GIVEN: Final = ".0"
"""What the first `for` goes over is called; no variable of the user's has such a name."""

MADE: Final = ".made"
KEY: Final = ".key"
VALUE: Final = ".value"

Node = TypeVar("Node", bound=ast.AST)

Comprehension: TypeAlias = ast.GeneratorExp | ast.ListComp | ast.DictComp


@functools.lru_cache(maxsize=MAX_KEPT)
def comprehension_function(node: Comprehension) -> ast.FunctionDef:
    """Return a comprehension as a function of what its first `for` goes over.

    Raises:
        Refused: it assigns variables of the function around it.
    """
    if names_of_expressions(node):
        raise Refused("`:=` in a comprehension over a generator", node)
    body: list[ast.stmt] = innermost(node)
    for index, each in reversed(list(enumerate(node.generators))):
        for question in reversed(each.ifs):
            body = [located(ast.If(question, body, []), question)]
        over = each.iter if index else located(ast.Name(GIVEN, ast.Load()), each.iter)
        body = [located(ast.For(each.target, over, body, []), each.iter)]
    if isinstance(node, ast.ListComp):
        body = [assigned(MADE, ast.List([], ast.Load())), *body, ast.Return(ast.Name(MADE, ast.Load()))]
    if isinstance(node, ast.DictComp):
        body = [assigned(MADE, ast.Dict([], [])), *body, ast.Return(ast.Name(MADE, ast.Load()))]
    return function_of(node, body)


@functools.lru_cache(maxsize=MAX_KEPT)
def element_function(node: ast.GeneratorExp) -> ast.FunctionDef:
    """Return what a generator expression gives for one element of what it goes over, as a function of that."""
    (over,) = node.generators
    given = located(ast.Name(GIVEN, ast.Load()), over.iter)
    body: list[ast.stmt] = [
        located(ast.Assign([over.target], given), over.iter),
        located(ast.Return(node.elt), node.elt),
    ]
    return function_of(node, body)


def function_of(node: Comprehension, body: list[ast.stmt]) -> ast.FunctionDef:
    """Return a function of what the first `for` of a comprehension goes over."""
    arguments = ast.arguments([], [ast.arg(GIVEN)], None, [], [], None, [])
    function = ast.FunctionDef(type(node).__name__, arguments, body, [], None)
    return ast.fix_missing_locations(located(function, node))


def innermost(node: Comprehension) -> list[ast.stmt]:
    """Return what a comprehension does with each element."""
    if isinstance(node, ast.GeneratorExp):
        return [located(ast.Expr(located(ast.Yield(node.elt), node.elt)), node.elt)]
    if isinstance(node, ast.ListComp):
        append = ast.Attribute(ast.Name(MADE, ast.Load()), "append", ast.Load())
        return [located(ast.Expr(located(ast.Call(append, [node.elt], []), node.elt)), node.elt)]
    place = ast.Subscript(ast.Name(MADE, ast.Load()), ast.Name(KEY, ast.Load()), ast.Store())
    # A dict gets the key first, an assignment the value.
    return [
        located(assigned(KEY, node.key), node.key),
        located(assigned(VALUE, node.value), node.value),
        located(ast.Assign([place], ast.Name(VALUE, ast.Load())), node.key),
    ]


def assigned(name: str, value: ast.expr) -> ast.stmt:
    """Return the assignment of a variable."""
    return ast.Assign([ast.Name(name, ast.Store())], value)


def located(node: Node, where: ast.AST) -> Node:
    """Return a node that stands where another does."""
    return ast.copy_location(node, where)
