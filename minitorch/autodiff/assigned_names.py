"""Which name an expression's value is assigned to: read from the source when somebody asks, never while code runs.

flow = area * speed      the product at these columns is `flow`
total += flow            the sum is `total`
return total             has no name
"""

from __future__ import annotations

import ast
import functools
import linecache
from collections.abc import Iterator

from minitorch.transformer import parse_quietly

__all__ = ["Span", "name_assigned"]

Span = tuple[int, int | None, int | None, int | None]
"""First line and column, last line, and the column after the last one; `None` for what Python does not know."""


def name_assigned(file: str, span: Span) -> str | None:
    """Return the name that the value of an expression is assigned to, `None` if there is none or no source.

    Before Python 3.11 only lines are known: there the name is that of a line's only assignment.

    Args:
        file: the file of the expression.
        span: where the expression stands in it.
    """
    names = names_in(file, _fingerprint(file))
    line, column, end_line, end_column = span
    if column is None:
        on_line = {name for known, name in names.items() if known[0] <= line <= (known[2] or line)}
        return on_line.pop() if len(on_line) == 1 else None
    return names.get((line, column, end_line or line, end_column or 0))


def _fingerprint(file: str) -> int:
    """Return what changes with the source: a cell or a file may be another one under the same name."""
    return hash(tuple(linecache.getlines(file)))


@functools.lru_cache(maxsize=256)
def names_in(file: str, fingerprint: int) -> dict[Span, str]:
    """Return the names that a file assigns, by where the expression stands whose value they get."""
    try:
        tree = parse_quietly("".join(linecache.getlines(file)))
    except (SyntaxError, ValueError):
        return {}
    names: dict[Span, str] = {}
    for node in ast.walk(tree):
        for target, value in _assignments(node):
            names.setdefault(_span(value), ast.unparse(target))
    return names


def _assignments(node: ast.AST) -> Iterator[tuple[ast.expr, ast.AST]]:
    """Yield the targets of a statement with the expressions that give them their values, tuples element by element."""
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield from _pairs(target, node.value)
    elif isinstance(node, ast.AnnAssign) and node.value is not None:
        yield from _pairs(node.target, node.value)
    elif isinstance(node, ast.AugAssign):
        yield node.target, node
    elif isinstance(node, ast.NamedExpr):
        yield node.target, node.value


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    if isinstance(target, (ast.Tuple, ast.List)):
        starred = any(isinstance(item, ast.Starred) for item in target.elts)
        if isinstance(value, (ast.Tuple, ast.List)) and len(value.elts) == len(target.elts) and not starred:
            for part, part_value in zip(target.elts, value.elts, strict=True):
                yield from _pairs(part, part_value)
    else:
        yield target, value


def _span(node: ast.AST) -> Span:
    return node.lineno, node.col_offset, node.end_lineno, node.end_col_offset  # type: ignore[attr-defined]
