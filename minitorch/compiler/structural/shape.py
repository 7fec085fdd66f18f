"""The shape of a function's syntax, with that of the functions it names: how large it is, and whether its ways are few.

def area(x, y): return x * math.hypot(x, y)         no loop, no branch: one trace is all of it
def root(x): while …: x -= step(x)                  a loop: the ways are many
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from types import FunctionType, MethodType, ModuleType
from typing import Any, Final

from minitorch.compiler.guards.followed_modules import is_users
from minitorch.compiler.method import CompiledMethod
from minitorch.compiler.shortcuts import Shortcuts
from minitorch.tracing.tracer import dispatcher
from minitorch.transformer import RewriteError, syntax_of

__all__ = ["Shape", "cells_of", "is_read", "python_function", "shape_of", "uncompiled", "value_of"]

LOOPS: Final = (ast.For, ast.While, ast.AsyncFor, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
BRANCHES: Final = (ast.If, ast.IfExp, ast.BoolOp, ast.Match, ast.Try)

LOOPING_FUNCTIONS: Final = frozenset({"map", "filter", "reduce", "accumulate"})
"""What calls a function for each element."""

MAX_FUNCTIONS: Final = 200
"""No more functions are looked at."""


@dataclass
class Shape:
    """What there is in a function and in those it names.

    Attributes:
        nodes: how many nodes the syntax trees have.
        has_loops: whether there is a loop, a comprehension or a recursion.
        has_branches: whether there is a branch.
    """

    nodes: int = 0
    has_loops: bool = False
    has_branches: bool = False


def uncompiled(thing: Any) -> Any:
    """Return the plain function of one that is compiled, which does the same; anything else as it is."""
    # What only says that it is of such a class is none.
    if issubclass(type(thing), (Shortcuts, CompiledMethod)):
        return uncompiled(thing.plain)
    return thing


def python_function(thing: Any) -> FunctionType | None:
    """Return the Python function that runs where something is called; `None` if that is not known.

    >>> python_function(functools.partial(has_circle)) is has_circle, python_function(len)
    (True, None)
    """
    thing = uncompiled(thing)
    if type(thing) is functools.partial:
        return python_function(thing.func)
    if type(thing) is MethodType:
        return python_function(thing.__func__)
    if type(thing) is FunctionType:
        return thing
    return None


def shape_of(function: FunctionType) -> Shape | None:
    """Return the shape of a function; `None` if its source is not found.

    >>> def power(x, n):
    ...     return x if n < 2 else x * power(x, n - 1)
    >>> shape_of(lambda x: x + 1.0), shape_of(power).has_loops
    (Shape(nodes=8, has_loops=False, has_branches=False), True)
    """
    shape = Shape()
    calls: dict[FunctionType, set[FunctionType]] = {}
    pending: list[FunctionType] = [function]
    while pending and len(calls) < MAX_FUNCTIONS:
        current = pending.pop()
        if current in calls:
            continue
        calls[current] = set()
        try:
            tree = syntax_of(current.__code__, current.__globals__)
        except RewriteError:
            if current is function:
                return None
            continue
        for node in ast.walk(tree):
            shape.nodes += 1
            shape.has_loops |= isinstance(node, LOOPS) or getattr(node, "id", None) in LOOPING_FUNCTIONS
            shape.has_loops |= isinstance(node, ast.FunctionDef) and names_itself(node)
            shape.has_branches |= isinstance(node, BRANCHES)
        for named in named_objects(current, tree):
            if is_read(named):
                calls[current].add(named)
                pending.append(named)
            elif isinstance(named, type):
                pending += filter(is_read, map(uncompiled, vars(named).values()))
    shape.has_loops |= has_circle(calls)
    return shape


def named_objects(function: FunctionType, tree: ast.AST) -> Iterator[Any]:
    """Yield what the names in a function stand for, and the attributes of modules and classes in it."""
    cells = cells_of(function)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield uncompiled(value_of(node.id, cells, function.__globals__))
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            owner = value_of(node.value.id, cells, function.__globals__)
            if isinstance(owner, (ModuleType, type)):
                yield uncompiled(vars(owner).get(node.attr))


def cells_of(function: FunctionType) -> dict[str, Any]:
    """Return the cells of a function's variables from around it, by name."""
    return dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))


def names_itself(definition: ast.FunctionDef) -> bool:
    """Return whether a function names itself, be it as a method of its first parameter."""
    owner = definition.args.args[0].arg if definition.args.args else ""
    for node in (inner for statement in definition.body for inner in ast.walk(statement)):
        if isinstance(node, ast.Name) and node.id == definition.name:
            return True
        if (
            isinstance(node, ast.Attribute)
            and node.attr == definition.name
            and getattr(node.value, "id", None) == owner
        ):
            return True
    return False


def value_of(name: str, cells: dict[str, Any], module_globals: dict[str, Any]) -> Any:
    """Return what a name stands for; `None` where that is not known."""
    if name not in cells:
        return module_globals.get(name)
    try:
        return cells[name].cell_contents
    except ValueError:
        return None


def is_read(thing: Any) -> bool:
    """Return whether something is a function whose text counts."""
    return (
        type(thing) is FunctionType
        and is_users(thing.__globals__.get("__name__"))
        and dispatcher.replacement(thing) is None
    )


def has_circle(calls: dict[FunctionType, set[FunctionType]]) -> bool:
    """Return whether a function may come to call itself.

    >>> has_circle({len: {min}, min: set()}), has_circle({len: {min}, min: {len}})
    (False, True)
    """
    remaining = {function: set(called) for function, called in calls.items()}
    while True:
        ends = {function for function, called in remaining.items() if not called & remaining.keys()}
        if not ends:
            return bool(remaining)
        for function in ends:
            del remaining[function]
