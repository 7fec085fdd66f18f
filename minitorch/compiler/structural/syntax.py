"""What syntax trees tell of names and nodes, found once for all walks."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator, Sequence
from typing import Final

__all__ = ["assigned_names", "has", "names_read", "names_stored", "node_count", "own_nodes",
           "statements_of"]  # fmt: skip

MAX_KEPT: Final = 4096
"""Trees of which something is remembered."""


@functools.lru_cache(maxsize=MAX_KEPT)
def own_nodes(node: ast.AST) -> tuple[ast.AST, ...]:
    """Return the nodes of a function, without those of functions inside."""
    return tuple(nodes_below(node))


def nodes_below(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes below one, without those of functions inside."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, (ast.FunctionDef, ast.Lambda, ast.ClassDef)):
            yield child
            yield from nodes_below(child)


@functools.lru_cache(maxsize=MAX_KEPT)
def has(node: ast.AST, *classes: type[ast.AST]) -> bool:
    """Return whether a function has nodes of some classes, outside of functions inside."""
    return any(isinstance(each, classes) for each in own_nodes(node))


@functools.lru_cache(maxsize=MAX_KEPT)
def statements_of(node: ast.FunctionDef | ast.Lambda) -> Sequence[ast.stmt]:
    """Return the statements of a function."""
    return [ast.copy_location(ast.Return(node.body), node)] if isinstance(node, ast.Lambda) else node.body


def assigned_names(nodes: Sequence[ast.stmt]) -> list[str]:
    """Return the variables that statements assign."""
    return list(dict.fromkeys(name for node in nodes for name in names_assigned_by(node)))


@functools.lru_cache(maxsize=MAX_KEPT)
def names_assigned_by(node: ast.stmt) -> tuple[str, ...]:
    """Return the variables that a statement assigns."""
    names: dict[str, None] = {}
    for each in (node, *own_nodes(node)):
        if isinstance(each, ast.Name) and isinstance(each.ctx, (ast.Store, ast.Del)):
            names[each.id] = None
        if isinstance(each, ast.ExceptHandler) and each.name is not None:
            names[each.name] = None
        for child in ast.iter_child_nodes(each):
            if isinstance(child, ast.FunctionDef):
                names[child.name] = None
    if isinstance(node, ast.FunctionDef):
        names[node.name] = None
    return tuple(names)


@functools.lru_cache(maxsize=MAX_KEPT)
def names_stored(node: ast.AST) -> tuple[str, ...]:
    """Return the names that anything in a tree assigns."""
    stored = (each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store))
    return tuple(dict.fromkeys(stored))


@functools.lru_cache(maxsize=MAX_KEPT)
def names_read(node: ast.AST) -> frozenset[str]:
    """Return the names that anything in a tree reads."""
    return frozenset(
        each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)
    )


@functools.lru_cache(maxsize=MAX_KEPT)
def node_count(node: ast.AST) -> int:
    """Return how many nodes a tree has."""
    return sum(1 for _ in ast.walk(node))
