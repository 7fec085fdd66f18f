"""The four roads of a program at a point: plain floats, operators on Scalars, the decorator, the import hook.

The first gives a value; the other three give value, derivatives and history graph, which must not depend on the road.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import sys
from collections.abc import Callable, Iterable, Iterator
from types import ModuleType
from typing import Any, NamedTuple

from references import MODULES, Program

import minitorch

PLAIN, OPERATORS, DECORATOR, HOOK = "plain", "operators", "decorator", "hook"


class Outcome(NamedTuple):
    """What a road gives: the plain value, a derivative per argument, and a line per operation of the history."""

    value: float
    derivatives: tuple[float, ...] = ()
    graph: tuple[str, ...] = ()


def tracing_roads(program: Program) -> list[str]:
    """The roads that give derivatives of this program."""
    return [OPERATORS, DECORATOR, HOOK] if program.operators else [DECORATOR, HOOK]


@contextlib.contextmanager
def _not_imported(modules: Iterable[ModuleType]) -> Iterator[None]:
    """As if these modules had not been imported yet; afterwards they are in their place again."""
    kept = {module.__name__: sys.modules.pop(module.__name__) for module in modules}
    try:
        yield
    finally:
        sys.modules.update(kept)


def _fresh(module: ModuleType) -> ModuleType:
    """Import a module anew."""
    with _not_imported([module]):
        return importlib.import_module(module.__name__)


@functools.cache
def _hooked() -> dict[str, ModuleType]:
    """All program modules, imported through the hook."""
    names = [module.__name__ for module in MODULES]
    with _not_imported(MODULES), minitorch.install_import_hook(names):
        return {name: importlib.import_module(name) for name in names}


@functools.cache
def _function(road: str, function: Callable[..., float]) -> Callable[..., Any]:
    """The program's function as one road has it, from a module of its own, so that no road helps another."""
    if road == PLAIN:
        return function
    if road == HOOK:
        return getattr(_hooked()[function.__module__], function.__name__)  # type: ignore[no-any-return]
    plain = getattr(_fresh(sys.modules[function.__module__]), function.__name__)
    return minitorch.trace(plain) if road == DECORATOR else plain


@functools.cache
def run(road: str, function: Callable[..., float], point: tuple[float, ...]) -> Outcome:
    """Run a program at a point on one road.

    >>> import programs
    >>> run(DECORATOR, programs.signs, (2.0, 3.0)).derivatives
    (-4.0, -1.0)
    """
    travelled = _function(road, function)
    if road == PLAIN:
        return Outcome(travelled(*point))
    leaves = [minitorch.Scalar(value, name=f"x{i}") for i, value in enumerate(point)]
    out = travelled(*leaves)
    graph = _graph(out)
    out.backward()
    return Outcome(out.data, tuple(0.0 if leaf.derivative is None else leaf.derivative for leaf in leaves), graph)


def _graph(out: minitorch.Variable) -> tuple[str, ...]:
    """The history as text: one line per Variable in the order of creation, operands by their place or their value."""
    variables = sorted(minitorch.topological_sort(out), key=lambda variable: variable.unique_id)
    place = {id(variable): f"#{i}" for i, variable in enumerate(variables)}
    lines = []
    for variable in variables:
        history = variable.history
        if history is None or history.last_fn is None:
            lines.append(f"leaf {variable.name}")
        else:
            operands = [place.get(id(operand), repr(operand)) for operand in history.inputs]
            lines.append(f"{history.last_fn.__name__}({', '.join(operands)})")
    return tuple(lines)
