"""The one function that rewrites: plain code in, code that reaches the target table's functions out.

    def f(x, y):                    def f(x, y):
        return math.sin(x) * y          return resolve(math.sin)(x) * y

Printed source shows an operator by its name in the table: `return Mul.apply(resolve(math.sin)(x), y)`.
The decorator, the import hook, the command line and the printed source all call it.
"""

from __future__ import annotations

import ast
import sys
import threading
from collections.abc import Iterator, Set
from contextlib import contextmanager

from .bodies import Bodies
from .brackets import taken
from .callees import Callees
from .expressions import Expressions
from .questions import imported_names
from .targets import Targets
from .walk import map_children

__all__ = ["deep_recursion", "imported_packages", "imports_any", "rewrite"]

MIN_RECURSION_LIMIT = 30_000
_recursion_lock = threading.RLock()


def rewrite(
    tree: ast.Module,
    targets: Targets,
    callees: Callees,
    two_bodies: bool = True,
    for_plain_values: bool = True,
    imported: Set[str] = frozenset(),
) -> tuple[ast.Module, int]:
    """Rewrite a module's tree.

    Args:
        tree: the tree that `ast.parse` gave; it is not changed, and shares nodes with the result.
        targets: what becomes of which node.
        callees: how the result refers to the runtime (`Constants()` to run it, `Names(…)` to read it).
        two_bodies: let each function carry its plain body as well, chosen at entry by the targets' switch.
        for_plain_values: whether the code knows nothing of the special values, and so of attributes that they have.
        imported: names that imports outside the tree bind.

    Returns:
        the rewritten tree and the number of nodes that were rewritten or are operators of the table.
    """
    with deep_recursion():
        needs_names = targets.subscripts or (for_plain_values and targets.questions is not None)
        known = imported | imported_names(tree) if needs_names else imported
        expressions = Expressions(targets, callees, for_plain_values, known)
        new = Bodies(expressions, callees).module(tree) if two_bodies else map_children(tree, expressions.visit)
    return new, expressions.rewritten


@contextmanager
def deep_recursion() -> Iterator[None]:
    """Allow, for a `with` block, expressions nested as deeply as the compiler takes them."""
    with taken(_recursion_lock):
        limit = sys.getrecursionlimit()
        try:
            sys.setrecursionlimit(max(limit, MIN_RECURSION_LIMIT))
            yield
        finally:
            sys.setrecursionlimit(limit)


def imports_any(tree: ast.Module, modules: frozenset[str]) -> bool:
    """Return whether `tree` imports one of the named top-level modules, anywhere.

    >>> imports_any(ast.parse("def f(): from os.path import join"), frozenset({"os"}))
    True
    """
    return any(
        imported_packages(node) & modules
        for node in (ast.walk(tree) if modules else ())
        if isinstance(node, (ast.Import, ast.ImportFrom))
    )


def imported_packages(statement: ast.Import | ast.ImportFrom) -> set[str]:
    """Return the top-level modules that an import statement names.

    >>> imported_packages(ast.parse("import os.path, sys").body[0]) == {"os", "sys"}
    True
    """
    if isinstance(statement, ast.ImportFrom):
        return {(statement.module or "").partition(".")[0]}
    return {alias.name.partition(".")[0] for alias in statement.names}
