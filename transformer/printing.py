"""Prints trees as source with astor, and adds what astor's generator does not know.

`match`, `except*`, type parameters and `type` statements came after it; so did quotes inside f-strings.
"""

from __future__ import annotations

import ast
from typing import Any

try:
    import astor
except ModuleNotFoundError:
    raise ModuleNotFoundError(
        "Source text of rewritten code needs astor, which is not installed: `pip install astor`", name="astor"
    ) from None

from .rewriter import deep_recursion
from .walk import replaced

__all__ = ["to_source"]


def to_source(tree: ast.AST) -> str:
    """Return the source text of a tree: Python that parses to an equal tree.

    >>> print(to_source(ast.parse("match p:\\n  case [x, *_] if x: pass")), end="")
    match p:
        case [x, *_] if x:
            pass
    """
    with deep_recursion():
        return astor.to_source(tree, source_generator_class=Generator)  # type: ignore[no-any-return]


class Generator(astor.SourceGenerator):  # type: ignore[misc]
    """astor's generator for all of today's syntax."""

    def visit_FunctionDef(self, node: Any, is_async: bool = False) -> None:
        super().visit_FunctionDef(with_type_parameters(node), is_async)

    def visit_ClassDef(self, node: Any) -> None:
        super().visit_ClassDef(with_type_parameters(node))

    def visit_TypeAlias(self, node: Any) -> None:
        self.statement(node, "type ", ast.unparse(node.name), type_parameters(node), " = ", node.value)

    def visit_TryStar(self, node: Any) -> None:
        # The marker goes where `visit_ExceptHandler` writes; tries nest, so it is kept per handler.
        super().visit_Try(replaced(node, handlers=[replaced(handler, star=True) for handler in node.handlers]))

    def visit_ExceptHandler(self, node: Any) -> None:
        self.statement(node, "except*" if getattr(node, "star", False) else "except")
        if self.conditional_write(" ", node.type):
            self.conditional_write(" as ", node.name)
        self.write(":")
        self.body(node.body)

    def visit_Match(self, node: Any) -> None:
        self.statement(node, "match ", node.subject, ":")
        self.indentation += 1
        for case in node.cases:
            self.statement(case, "case ", ast.unparse(case.pattern))
            self.conditional_write(" if ", case.guard)
            self.write(":")
            self.body(case.body)
        self.indentation -= 1

    def visit_JoinedStr(self, node: Any) -> None:
        self.write(ast.unparse(node))

    def visit_arguments(self, node: Any) -> None:
        # astor counts defaults wrongly where some parameters are positional only.
        if node.posonlyargs:
            self.write(ast.unparse(node))
        else:
            super().visit_arguments(node)


def with_type_parameters(node: Any) -> Any:
    """Return a definition whose name carries its type parameters."""
    return replaced(node, name=node.name + type_parameters(node))


def type_parameters(node: Any) -> str:
    """Return the type parameters of a definition in brackets; an empty text if it has none."""
    parameters = getattr(node, "type_params", None)
    return f"[{', '.join(map(ast.unparse, parameters))}]" if parameters else ""
