"""astor's generator of source text, and what it does not know: loaded when something is printed.

`match`, `except*`, type parameters, `type` statements, template strings, lazy imports and unpacking in comprehensions
came after it; so did quotes inside f-strings.
"""

from __future__ import annotations

import ast
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .compiler_warnings import parse_quietly
from .walk import replaced


@contextmanager
def imports_of_astor() -> Iterator[None]:
    """Import as astor needs it, for a `with` block: its package wants its modules at once, and `ast` warns of it."""
    set_laziness = getattr(sys, "set_lazy_imports", None)
    laziness = None if set_laziness is None else sys.get_lazy_imports()  # type: ignore[attr-defined]
    if set_laziness is not None:
        set_laziness("normal")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        if set_laziness is not None:
            set_laziness(laziness)


try:
    with imports_of_astor():
        import astor
except ModuleNotFoundError:
    raise ModuleNotFoundError(
        "Source text of rewritten code needs astor, which is not installed: `pip install astor`",
        # From 3.15 on Python adds a module of a name that is nearly the same, which is no way out.
        name=None if sys.version_info >= (3, 15) else "astor",
    ) from None

__all__ = ["generated"]


def generated(tree: ast.AST, max_line: int) -> str:
    """Return the source text of a tree, its lines wrapped where they are longer than `max_line` characters."""

    def wrapped(pieces: Any) -> str:
        return "".join(astor.source_repr.split_lines(pieces, maxline=max_line))

    text: str = astor.to_source(tree, source_generator_class=Generator, pretty_source=wrapped)
    return text


Precedence: Any = astor.op_util.Precedence
"""How tightly operators bind: what stands in a place and binds less gets brackets."""


class Generator(astor.SourceGenerator):  # type: ignore[misc]
    """astor's generator for all of today's syntax."""

    def visit_FunctionDef(self, node: Any, is_async: bool = False) -> None:
        super().visit_FunctionDef(with_type_parameters(node), is_async)

    def visit_ClassDef(self, node: Any) -> None:
        super().visit_ClassDef(with_type_parameters(node))

    def visit_TypeAlias(self, node: Any) -> None:
        self.statement(node, "type ", ast.unparse(node.name), type_parameters(node), " = ", node.value)

    def visit_Comment(self, node: Any) -> None:
        self.statement(node, f"# {node.text}")

    def visit_Import(self, node: Any) -> None:
        self.statement(node, laziness(node), "import ")
        self.comma_list(node.names)

    def visit_ImportFrom(self, node: Any) -> None:
        self.statement(node, laziness(node), "from ", node.level * ".", node.module or "", " import ")
        self.comma_list(node.names)

    def visit_Delete(self, node: Any) -> None:
        # In two pieces, so that what wraps lines puts no brackets around the targets, which would be another target.
        self.statement(node, "del", " ")
        self.comma_list(node.targets)

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
        self.write(ast.unparse(Interpolations().visit(node)))

    def visit_TemplateStr(self, node: Any) -> None:
        self.write(ast.unparse(Interpolations().visit(node)))

    def visit_Dict(self, node: Any) -> None:
        with self.delimit("{}"):
            for index, (key, value) in enumerate(zip(node.keys, node.values, strict=True)):
                astor.code_gen.set_precedence(Precedence.Comma if key else Precedence.BitOr, value)
                self.write(", " if index else "", key or "", ": " if key else "**", value)

    def visit_Slice(self, node: Any) -> None:
        astor.code_gen.set_precedence(Precedence.Comma, node.lower, node.upper, node.step)
        self.conditional_write(node.lower)
        self.write(":")
        self.conditional_write(node.upper)
        self.conditional_write(":", node.step)

    def visit_DictComp(self, node: Any) -> None:
        if node.value is not None:
            super().visit_DictComp(node)
            return
        with self.delimit("{}"):
            self.write("**", node.key, *node.generators)

    def visit_arguments(self, node: Any) -> None:
        # astor counts defaults wrongly where some parameters are positional only.
        if node.posonlyargs:
            self.write(ast.unparse(node))
        else:
            super().visit_arguments(node)


class Interpolations(ast.NodeTransformer):
    """Leaves out what an interpolation says of its text where that is another expression than runs."""

    def visit_Interpolation(self, node: Any) -> Any:
        node = replaced(node, value=self.visit(node.value))
        try:
            same = ast.dump(parse_quietly(f"({node.str}\n)", mode="eval").body) == ast.dump(node.value)
        except SyntaxError:
            same = False
        return node if same else replaced(node, str=None)

    def generic_visit(self, node: Any) -> Any:
        """Visit what is in a node, and leave the node itself as it is."""
        return super().generic_visit(replaced(node, **{name: copied(value) for name, value in ast.iter_fields(node)}))


def copied(value: Any) -> Any:
    """Return a list of its own for a list, which may then change; anything else as it is."""
    return list(value) if isinstance(value, list) else value


def laziness(node: Any) -> str:
    """Return what stands before an import statement that takes place when its names are first used."""
    return "lazy " if getattr(node, "is_lazy", False) else ""


def with_type_parameters(node: Any) -> Any:
    """Return a definition whose name carries its type parameters."""
    return replaced(node, name=node.name + type_parameters(node))


def type_parameters(node: Any) -> str:
    """Return the type parameters of a definition in brackets; an empty text if it has none."""
    parameters = getattr(node, "type_params", None)
    return f"[{', '.join(map(ast.unparse, parameters))}]" if parameters else ""
