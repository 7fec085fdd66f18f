"""Which functions a program calls from several places, as far as names tell before anything is written."""

from __future__ import annotations

import ast
from collections import Counter
from types import FunctionType

from minitorch.compiler.structural.basis.refusals import Refused
from minitorch.compiler.structural.basis.syntax import Definition, node_count
from minitorch.compiler.structural.constructs.functions import definition_node
from minitorch.compiler.structural.constructs.out_of_line import MIN_NODES
from minitorch.compiler.structural.shape import cells_of, is_read, uncompiled, value_of

__all__ = ["called_from_several_places"]


def called_from_several_places(function: FunctionType) -> set[Definition]:
    """Return the definitions of large functions that several calls name, in a function and in those that it calls.

    >>> def area(x):
    ...     return x * x
    >>> called_from_several_places(lambda x: area(x) + area(2.0 * x))
    set()
    """
    places: Counter[FunctionType] = Counter()
    pending = [function]
    while pending:
        current = pending.pop()
        cells = cells_of(current)
        for node in ast.walk(known_definition(current) or ast.Pass()):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                called = uncompiled(value_of(node.func.id, cells, current.__globals__))
                if is_read(called):
                    if called not in places and called is not function:
                        pending.append(called)
                    places[called] += 1
    several = [known_definition(called) for called, count in places.items() if count > 1]
    return {node for node in several if node is not None and node_count(node) >= MIN_NODES}


def known_definition(function: FunctionType) -> Definition | None:
    """Return the syntax tree of a function; `None` if there is none, or it is not one of a plain function."""
    try:
        return definition_node(function)
    except Refused:
        return None
