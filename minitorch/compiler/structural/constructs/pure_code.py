"""Python code that depends on constants alone, run by Python while machine code is written.

for line in TEXT.splitlines():            method@(TEXT, "splitlines")
    item, count = line.split(";")             turn@(); item, count = method@(line, "split", ";")
    found.setdefault(item, []).append(…)      method@(method@(found, "setdefault", item, []), "append", …)

Each call, and each operator whose result may be huge, goes through a function of `Run`, which knows what has no
effects. A container that the code has not made itself is not changed. Anything else is `Impure`: there is no answer.
"""

from __future__ import annotations

import ast
import copy
import functools
import re
from typing import Any, Final

__all__ = ["Impure", "attributes_read", "check_format", "expression_code", "free_names", "statements_code"]

WIDE: Final = re.compile(r"\d{4}|\*|\{[^{}]*\{|n\}|n$")
"""In what says how something is formatted: a width that is too large, or not known, or the locale's way."""

KNOWN: Final = (
    ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr, ast.For, ast.While, ast.If, ast.Break, ast.Continue, ast.Pass,
    ast.Delete, ast.Try, ast.Raise, ast.Assert, ast.Constant, ast.Name, ast.Tuple, ast.List, ast.Set, ast.Dict,
    ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.Call, ast.IfExp, ast.Attribute, ast.Subscript, ast.Slice,
    ast.JoinedStr, ast.FormattedValue, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda,
    ast.Starred, ast.NamedExpr,
)  # fmt: skip
"""Statements and expressions that are run so."""

FORBIDDEN: Final = (ast.Invert, ast.LShift, ast.RShift, ast.MatMult)
"""Operators that are not."""


class Impure(BaseException):
    """Code does what has effects, or may take too long; no `except` of that code catches it."""


# -- code --------------------------------------------------------------------------------------------------------------


class Instrumenter(ast.NodeTransformer):
    """Has calls and operators go through functions of `Run`, whose names no other code can have."""

    def __init__(self) -> None:
        self.temporaries = 0

    def visit(self, node: ast.AST) -> Any:
        """Return what stands for a node."""
        if isinstance(node, FORBIDDEN) or (isinstance(node, (ast.stmt, ast.expr)) and not isinstance(node, KNOWN)):
            raise Impure
        return super().visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Return a call by `Run.call` or `Run.method`."""
        if isinstance(node.func, ast.Attribute):
            first = [self.visit(node.func.value), ast.Constant(node.func.attr)]
            name = "method@"
        else:
            first, name = [self.visit(node.func)], "call@"
        keywords = [ast.keyword(each.arg, self.visit(each.value)) for each in node.keywords]
        return ast.Call(named(name), [*first, *map(self.visit, node.args)], keywords)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """Return a reading by `Run.attribute`."""
        if not isinstance(node.ctx, ast.Load):
            raise Impure
        return called("attribute@", self.visit(node.value), ast.Constant(node.attr))

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        """Return a reading by `Run.item`, or a change of what `Run.own` lets pass."""
        owner, index = self.visit(node.value), self.visit(node.slice)
        if isinstance(node.ctx, ast.Load) and not isinstance(node.slice, ast.Slice):
            return called("item@", owner, index)
        return ast.Subscript(owner if isinstance(node.ctx, ast.Load) else called("own@", owner), index, node.ctx)

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """Return an operator, by `Run.computed` if its result may be huge, or a set."""
        left, right = self.visit(node.left), self.visit(node.right)
        self.visit(node.op)
        if isinstance(node.op, (ast.Div, ast.FloorDiv)):
            return ast.BinOp(left, node.op, right)
        return called("computed@", ast.Constant(type(node.op).__name__), left, right)

    def visit_Set(self, node: ast.Set | ast.SetComp) -> ast.AST:
        """Return a set, of which `Run.noted` is told."""
        self.generic_visit(node)
        return called("noted@", node)

    visit_SetComp = visit_Set

    def visit_AugAssign(self, node: ast.AugAssign) -> Any:
        """Return an assignment of what `Run.changed` gives."""
        self.visit(node.op)
        kind, given = ast.Constant(type(node.op).__name__), self.visit(node.value)
        if isinstance(node.target, ast.Name):
            now: ast.expr = ast.Name(node.target.id, ast.Load())
            return ast.Assign([node.target], called("changed@", kind, now, given))
        if not isinstance(node.target, ast.Subscript):
            raise Impure
        self.temporaries += 1
        owner, index = f"owner@{self.temporaries}", f"index@{self.temporaries}"
        now = called("item@", named(owner), named(index))
        target = ast.Subscript(named(owner), named(index), ast.Store())
        return [
            ast.Assign([ast.Name(owner, ast.Store())], called("own@", self.visit(node.target.value))),
            ast.Assign([ast.Name(index, ast.Store())], self.visit(node.target.slice)),
            ast.Assign([target], called("changed@", kind, now, given)),
        ]

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Any:
        """Return an assignment, whose annotation nobody evaluates."""
        if node.value is None:
            return ast.Pass()
        return ast.Assign([self.visit(node.target)], self.visit(node.value))

    def visit_FormattedValue(self, node: ast.FormattedValue) -> ast.AST:
        """Return a field of an f-string whose width is known to be small."""
        if node.format_spec is not None:
            assert isinstance(node.format_spec, ast.JoinedStr)
            parts = [each.value if isinstance(each, ast.Constant) else "*" for each in node.format_spec.values]
            check_format("".join(map(str, parts)))
        return self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        """Return a comparison; `is` may only be asked of None and truths."""
        operands = [node.left, *node.comparators]
        for index, each in enumerate(node.ops):
            pair = operands[index : index + 2]
            if isinstance(each, (ast.Is, ast.IsNot)) and not any(is_singleton(operand) for operand in pair):
                raise Impure
        return self.generic_visit(node)

    def visit_For(self, node: ast.For | ast.While) -> ast.AST:
        """Return a loop that counts its turns."""
        self.generic_visit(node)
        node.body.insert(0, ast.Expr(called("turn@")))
        return node

    visit_While = visit_For

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        """Return a loop of a comprehension that counts its turns."""
        if node.is_async:
            raise Impure
        self.generic_visit(node)
        node.ifs.insert(0, called("turn@"))
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        """Return a function whose calls are counted as turns."""
        self.generic_visit(node)
        node.body = ast.BoolOp(ast.And(), [called("turn@"), node.body])
        return node

    def visit_Try(self, node: ast.Try) -> ast.AST:
        """Return a `try` with handlers of errors alone, which do not look at them."""
        if node.finalbody or any(each.type is None or each.name is not None for each in node.handlers):
            raise Impure
        return self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        """Return a call that ends the run."""
        return ast.Expr(called("raised@"))


def named(name: str) -> ast.Name:
    """Return the reading of a name."""
    return ast.Name(name, ast.Load())


def called(name: str, *arguments: ast.expr) -> ast.Call:
    """Return a call."""
    return ast.Call(named(name), list(arguments), [])


def is_singleton(node: ast.expr) -> bool:
    """Return whether an expression is None or a truth value."""
    return isinstance(node, ast.Constant) and (node.value is None or isinstance(node.value, bool))


def check_format(text: str) -> None:
    """Refuse what would format something into a huge text, or as the locale says."""
    if WIDE.search(text):
        raise Impure


@functools.lru_cache(maxsize=1024)
def statements_code(nodes: tuple[ast.stmt, ...]) -> Any:
    """Return code that runs statements, whose variables are its globals; `None` if they are none that are run so."""
    try:
        changer = Instrumenter()
        body: list[ast.stmt] = []
        for node in copy.deepcopy(nodes):
            made = changer.visit(node)
            body += made if isinstance(made, list) else [made]
        return compile(ast.fix_missing_locations(ast.Module(body, [])), "<constants>", "exec")
    except (Impure, SyntaxError, ValueError, RecursionError):
        return None


@functools.lru_cache(maxsize=4096)
def expression_code(node: ast.expr, parameters: tuple[str, ...]) -> Any:
    """Return code that gives a function of some of the names in an expression; `None` if it is not run so."""
    try:
        body = Instrumenter().visit(copy.deepcopy(node))
        given = ast.arguments([], [ast.arg(name) for name in parameters], None, [], [], None, [])
        made = ast.copy_location(ast.Lambda(given, body), node)
        return compile(ast.fix_missing_locations(ast.Expression(made)), "<constants>", "eval")
    except (Impure, SyntaxError, ValueError, RecursionError):
        return None


# -- what code reads ---------------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=4096)
def free_names(node: ast.AST) -> frozenset[str]:
    """Return the names that code reads, but for the variables of its comprehensions and lambdas."""
    names: set[str] = set()
    own: set[str] = set()
    for each in ast.walk(node):
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load):
            names.add(each.id)
        elif isinstance(each, ast.AugAssign) and isinstance(each.target, ast.Name):
            names.add(each.target.id)
        elif isinstance(each, ast.comprehension):
            own |= {name.id for name in ast.walk(each.target) if isinstance(name, ast.Name)}
        elif isinstance(each, ast.Lambda):
            own |= {name.arg for name in ast.walk(each.args) if isinstance(name, ast.arg)}
    return frozenset(names - own)


@functools.lru_cache(maxsize=4096)
def attributes_read(node: ast.AST, name: str) -> tuple[str, ...]:
    """Return the attributes that code reads of what a name stands for."""
    found = (
        each.attr for each in ast.walk(node)
        if isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name) and each.value.id == name
    )  # fmt: skip
    return tuple(dict.fromkeys(found))
