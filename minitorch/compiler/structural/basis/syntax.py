"""What syntax trees tell of names and nodes, found once for all walks."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

__all__ = ["Definition", "Scope", "assigned_names", "changes_outside", "has", "names_of_expressions", "names_read",
           "names_stored", "names_used", "node_count", "own_nodes", "scope_of", "statements_of"]  # fmt: skip

Definition: TypeAlias = ast.FunctionDef | ast.Lambda

INSIDE: Final = frozenset({ast.FunctionDef, ast.Lambda, ast.ClassDef})
"""What has nodes of its own."""

KEEPING_NOTHING: Final = ("sorted", "min", "max", "list", "sum", "any", "all")
"""Builtins that are done with a function when they return."""

MAX_KEPT: Final = 4096
"""Trees of which something is remembered."""


@functools.lru_cache(maxsize=MAX_KEPT)
def own_nodes(node: ast.AST) -> tuple[ast.AST, ...]:
    """Return the nodes of a function, without those of functions inside."""
    return tuple(nodes_below(node))


def nodes_below(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes below one, without those of functions inside."""
    pending = children_of(node)[::-1]
    while pending:
        child = pending.pop()
        if type(child) not in INSIDE:
            yield child
            pending += children_of(child)[::-1]


def children_of(node: ast.AST) -> list[ast.AST]:
    """Return the nodes right below one but for those that say how a name is used; quicker than `ast` does."""
    found: list[ast.AST] = []
    for name in node._fields:
        value = getattr(node, name, None)
        if type(value) is list:
            found += [each for each in value if isinstance(each, ast.AST)]
        elif name != "ctx" and isinstance(value, ast.AST):
            found.append(value)
    return found


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
        if isinstance(each, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and each.name is not None:
            names[each.name] = None
        if isinstance(each, ast.stmt):
            names |= {child.name: None for child in children_of(each) if isinstance(child, ast.FunctionDef)}
    if isinstance(node, ast.FunctionDef):
        names[node.name] = None
    return tuple(names)


@functools.lru_cache(maxsize=MAX_KEPT)
def names_stored(node: ast.AST) -> tuple[str, ...]:
    """Return the names that anything in a tree assigns."""
    stored = (each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store))
    return tuple(dict.fromkeys(stored))


@functools.lru_cache(maxsize=MAX_KEPT)
def names_of_expressions(node: ast.AST) -> frozenset[str]:
    """Return what `:=` assigns anywhere in a tree."""
    return frozenset(each.target.id for each in ast.walk(node) if isinstance(each, ast.NamedExpr))


@functools.lru_cache(maxsize=MAX_KEPT)
def names_used(node: ast.AST) -> frozenset[str]:
    """Return the names that anything in a tree reads or assigns."""
    return frozenset(each.id for each in ast.walk(node) if isinstance(each, ast.Name))


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


@dataclass(frozen=True)
class Scope:
    """What a definition says of names.

    Args:
        names: its own variables.
        nonlocals: those of functions around it.
        outside: globals.
        cells: its own ones that inner functions change.
        kept: those that inner functions use which are kept: all but lambdas that are given to builtins.
    """

    names: frozenset[str]
    nonlocals: frozenset[str]
    outside: frozenset[str]
    cells: frozenset[str]
    kept: frozenset[str]


@functools.lru_cache(maxsize=MAX_KEPT)
def scope_of(node: Definition) -> Scope:
    """Return what a definition says of names."""
    given = node.args
    parameters = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
    own = own_nodes(node)
    nonlocals = {name for each in own if isinstance(each, ast.Nonlocal) for name in each.names}
    outside = {name for each in own if isinstance(each, ast.Global) for name in each.names}
    names = {*assigned_names(statements_of(node)), *(each.arg for each in parameters if each is not None)}
    names -= nonlocals | outside
    inner = {name for each in ast.walk(node) if isinstance(each, ast.Nonlocal) for name in each.names}
    given_away = {id(each) for call in ast.walk(node) if is_of_builtin(call) for each in ast.walk(call)}
    functions = (
        each for each in ast.walk(node) if each is not node and isinstance(each, (ast.FunctionDef, ast.Lambda))
    )
    kept = {name for each in functions if id(each) not in given_away for name in names_used(each)}
    return Scope(frozenset(names), frozenset(nonlocals), frozenset(outside), frozenset(inner & names), frozenset(kept))


def is_of_builtin(node: ast.AST) -> bool:
    """Return whether something is a call of a builtin that keeps no function which it is given."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEEPING_NOTHING


@functools.lru_cache(maxsize=MAX_KEPT)
def changes_outside(node: Definition) -> bool:
    """Return whether a function, or one inside it, may change variables of a function around it."""
    names = {name for each in ast.walk(node) if isinstance(each, ast.Nonlocal) for name in each.names}
    return not names <= scope_of(node).names
