"""Walking a syntax tree without changing it: a changed child gives a new parent, everything else is shared.

The tree that comes out may share nodes with the one that went in; compiling only reads them.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from typing import Any

__all__ = ["SCOPES", "fields", "first_to_run", "map_children", "map_list", "replaced"]

# Fields that hold no expression to rewrite: names and contexts, and what Python evaluates as a type or a pattern.
_SKIPPED_FIELDS = frozenset(
    "ctx op ops annotation returns type_params pattern type_comment names name arg attr id kind level module asname "
    "simple is_async conversion rest kwd_attrs cls type_ignores posonlyargs kwonlyargs vararg kwarg tag n s".split()
)
_LEAVES = frozenset({ast.Constant, ast.Name, ast.Global, ast.Nonlocal, ast.Import, ast.ImportFrom, ast.Pass})
SCOPES: frozenset[type[ast.AST]] = frozenset({ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda})


def _fields_of(node_class: type[ast.AST]) -> tuple[str, ...]:
    if node_class in _LEAVES or issubclass(node_class, (ast.expr_context, ast.operator, ast.unaryop, ast.cmpop)):
        return ()
    if node_class.__name__ in ("TypeAlias", "TypeVar", "ParamSpec", "TypeVarTuple"):
        return ()
    if node_class is ast.arguments:
        return ("defaults", "kw_defaults")
    return tuple(name for name in node_class._fields if name not in _SKIPPED_FIELDS)


_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {}


def fields(node: ast.AST) -> tuple[str, ...]:
    """Return the fields of `node` that can hold code that runs."""
    kind = type(node)
    known = _FIELDS.get(kind)
    if known is None:
        known = _FIELDS[kind] = _fields_of(kind)
    return known


def replaced(node: Any, **changes: Any) -> Any:
    """Return a copy of `node` with some fields changed."""
    kind: Any = type(node)
    # Not `kind()`, which warns of fields that are missing.
    copy = kind.__new__(kind)
    copy.__dict__.update(node.__dict__)
    copy.__dict__.update(changes)
    return copy


def map_children(node: Any, visit: Callable[[Any], Any]) -> Any:
    """Return `node` with every child replaced by what `visit` makes of it; `node` itself if none changes."""
    changes: dict[str, Any] | None = None
    values = node.__dict__
    for name in fields(node):
        value = values.get(name)
        if value is None:
            continue
        if type(value) is list:
            new: Any = map_list(value, visit)
        elif isinstance(value, ast.AST):
            new = visit(value)
        else:
            continue
        if new is not value:
            if changes is None:
                changes = {}
            changes[name] = new
    return node if changes is None else replaced(node, **changes)


def map_list(nodes: list[Any], visit: Callable[[Any], Any]) -> list[Any]:
    """Return the list of what `visit` makes of each node; the same list if none changes.

    A node that becomes `None` is left out; a `pass` takes the place of a list that would be empty.
    """
    new = nodes
    for index, node in enumerate(nodes):
        result = node if node is None else visit(node)
        if result is not node and new is nodes:
            new = nodes[:index]
        if new is not nodes and (result is not None or node is None):
            new.append(result)
    if nodes and not new:
        new = [ast.copy_location(ast.Pass(), nodes[0])]
    return new


# Before Python 3.12 a comprehension is a function, which is made before it is called with what it goes over.
_COMPREHENSION_FIRST = ("generators",) if sys.version_info >= (3, 12) else ()

# What of a node runs first, where that is not its first field.
_FIRST_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {
    ast.Assign: ("value",),
    ast.AnnAssign: ("value",),
    ast.AugAssign: ("target",),
    ast.NamedExpr: ("value",),
    ast.For: ("iter",),
    ast.Raise: ("exc",),
    ast.FunctionDef: ("decorator_list",),
    ast.AsyncFunctionDef: ("decorator_list",),
    ast.ClassDef: ("decorator_list",),
    ast.Try: (),
    ast.Dict: ("keys",),
    ast.ListComp: _COMPREHENSION_FIRST,
    ast.SetComp: _COMPREHENSION_FIRST,
    ast.GeneratorExp: (),
    ast.DictComp: _COMPREHENSION_FIRST,
    ast.comprehension: ("iter",),
    ast.Lambda: (),
    ast.With: ("items",),
    ast.withitem: ("context_expr",),
}


def first_to_run(node: Any) -> Any:
    """Return the node whose code runs first when `node` runs: a tracer of lines sees `node` start at its place."""
    while True:
        names = _FIRST_FIELDS.get(type(node), fields(node)[:1])
        value = getattr(node, names[0], None) if names else None
        first = value[0] if type(value) is list and value else value
        if not isinstance(first, ast.AST) or (not hasattr(first, "lineno") and not fields(first)):
            return node
        node = first
