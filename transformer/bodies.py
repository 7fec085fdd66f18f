"""Two bodies in one function: the plain one, unrewritten, and the traced one; a switch chooses at entry.

    def f(x):                     def f(x):
        y = g(x)                      if <the switch is down>:
        return y                          y = g(x)
                                          return y
                                      else:
                                          y = resolve(g)(x)
                                          return y

So code that sees no Variable runs as it did, at its own speed; a function that only computes has both, too, so that
its code shows that it was rewritten.  Functions made while the traced body runs have a traced body alone, which is
right for plain values too; those made in the plain body carry both.  Code that runs once (modules, classes) is traced
only, except its loops.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from .callees import RESOLVE, Callees, at
from .expressions import Expressions
from .questions import BLOCKS
from .walk import SCOPES, first_to_run, map_children, map_list, replaced

__all__ = ["Bodies"]

_LOOPS = frozenset({ast.For, ast.While})
_DECLARATIONS = (ast.Global, ast.Nonlocal)
_BLOCKS = frozenset({"Module", "ClassDef", "If", "With", "Try", "TryStar", "ExceptHandler", "Match", "match_case"})


class Bodies:
    """Gives each function of a tree its two bodies.

    Args:
        expressions: makes the traced code.
        callees: makes the test of the switch.
    """

    def __init__(self, expressions: Expressions, callees: Callees) -> None:
        self.expressions = expressions
        self.callees = callees

    def module(self, tree: ast.Module) -> ast.Module:
        """Return a module whose functions have two bodies each."""
        return self.run_once(tree)  # type: ignore[no-any-return]

    def run_once(self, node: Any) -> Any:
        """Return a statement or expression of a module or class, traced, its functions with two bodies."""
        kind = type(node)
        if kind in SCOPES:
            return self.function(node, self.run_once)
        if kind in _LOOPS:
            return self.loop(node)
        return self.block(node) if kind.__name__ in _BLOCKS else self.traced_once(node)

    def traced_once(self, node: Any) -> Any:
        """Trace code of a module or class, and give its functions two bodies."""
        with self.expressions.scopes_become(lambda scope: self.function(scope, self.run_once)):
            return self.expressions.visit(node)

    def block(self, node: Any) -> Any:
        """Rewrite the blocks of a compound statement that runs once one by one, and trace its own expressions."""
        blocks = {name: getattr(node, name) for name in BLOCKS if getattr(node, name, None)}
        bare = replaced(node, **{name: [] for name in blocks})
        head = self.traced_once(bare) if type(node) is ast.If else map_children(bare, self.run_once)
        return replaced(head, **{name: map_list(statements, self.run_once) for name, statements in blocks.items()})

    def loop(self, node: Any) -> Any:
        """Return both forms of a loop, which runs once, but its body often; the traced one if it defines something."""
        expressions = self.expressions
        rewritten, scopes = expressions.rewritten, expressions.scopes
        with expressions.keeping_declarations(False):
            traced = expressions.visit(node)
        if expressions.scopes > scopes:
            return self.block(node)
        return self.choice([traced], [node]) if expressions.rewritten > rewritten else node

    def function(self, node: Any, outer: Callable[[Any], Any]) -> Any:
        """Return a function or lambda with two bodies.

        Args:
            node: the definition.
            outer: rewrites its decorators and defaults, which belong to the code around it.
        """
        self.expressions.enter(node)
        if type(node) is ast.Lambda:
            return replaced(node, args=outer(node.args), body=self.lambda_body(node.body))
        decorators = map_list(node.decorator_list, outer)
        return replaced(node, decorator_list=decorators, args=outer(node.args), body=self.function_body(node.body))

    def lambda_body(self, body: ast.expr) -> ast.expr:
        """Return an expression that chooses between the plain and the traced body of a lambda."""
        (traced,), own, inner = self.traced_with_counts([body])
        plain = self.plain(body) if inner else body
        if not own:
            return plain
        test = self.switch(body)
        return at(test, ast.IfExp(test=test, body=plain, orelse=traced))

    def function_body(self, body: list[ast.stmt]) -> list[ast.stmt]:
        """Return the statements of a function, with a choice between its plain and its traced ones."""
        start = leading_statements(body)
        head, rest = body[:start], body[start:]
        traced, own, inner = self.traced_with_counts(rest)
        if not own:
            return head + map_list(rest, self.plain) if inner else body
        return [*head, self.choice(traced, map_list(rest, self.plain) if inner else rest)]

    def plain(self, node: Any) -> Any:
        """Leave code of a plain body as it is, but give the functions that it makes two bodies."""
        return self.function(node, self.plain) if type(node) in SCOPES else map_children(node, self.plain)

    def traced_with_counts(self, code: list[Any]) -> tuple[list[Any], int, int]:
        """Return the traced form of code, and count the nodes rewritten outside inner functions, and those functions.

        The traced form leaves out declarations: the plain body, which stands before it in the same scope, makes them.
        """
        expressions = self.expressions
        rewritten, scopes = expressions.rewritten, expressions.scopes
        inside = 0

        def traced_only(node: Any) -> Any:
            nonlocal inside
            before, inside_before = expressions.rewritten, inside
            with expressions.keeping_declarations():
                new = map_children(node, expressions.visit)
            inside = inside_before + expressions.rewritten - before
            return new

        with expressions.scopes_become(traced_only), expressions.keeping_declarations(False):
            traced = map_list(code, expressions.visit)
        return traced, expressions.rewritten - rewritten - inside, expressions.scopes - scopes

    def choice(self, traced: list[Any], plain: list[Any]) -> ast.stmt:
        """Return the statement that runs the plain or the traced statements, as the switch says."""
        test = self.switch(plain[0])
        return at(test, ast.If(test=test, body=plain, orelse=traced))

    def switch(self, code: ast.AST) -> ast.expr:
        """Return the test that chooses the plain body, in the place where code begins to run."""
        place = first_to_run(code)
        if not self.expressions.subscripts:
            return self.callees.switch(place)
        # The quickest question that an object in C can be asked.
        is_up = at(place, ast.UnaryOp(op=ast.USub(), operand=self.callees.value(RESOLVE, place)))
        return at(place, ast.UnaryOp(op=ast.Not(), operand=is_up))


def leading_statements(body: list[ast.stmt]) -> int:
    """Count the statements that must stay at the top of a function: its docstring and its first declarations."""
    count = 0
    if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        count = isinstance(body[0].value.value, str)
    while count < len(body) and isinstance(body[count], _DECLARATIONS):
        count += 1
    return count
