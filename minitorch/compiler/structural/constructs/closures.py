"""Functions made inside others: while those run they see their variables, and afterwards they keep what they were.

def scaled(factor):                 the result is a Closure with the parts of `factor`
return lambda x: factor * x
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from minitorch.compiler.structural.basis.frames import Cell, Env, Frame
from minitorch.compiler.structural.basis.kinds import Closure, Static, Tuple, Value, fields_of, static
from minitorch.compiler.structural.basis.refusals import Refused
from minitorch.compiler.structural.basis.syntax import Definition, changes_outside, names_used, scope_of
from minitorch.compiler.structural.constructs.expressions import Expressions

__all__ = ["Closures", "LocalFunction", "Partial", "keeps_nothing"]


@dataclass(eq=False)
class LocalFunction:
    """A function or lambda that was made inside.

    Args:
        node: its definition.
        frame: the function around it.
        depth: how many comprehensions of that are around it.
        defaults: of its last parameters: constants, or the cells that have them.
        only: of the parameters that are given by name alone.
        is_free: whether it uses no variables of those around it, so that it is the same wherever it is made.
    """

    node: Definition
    frame: Frame
    depth: int
    defaults: Sequence[Value | Cell]
    only: dict[str, Value | Cell]
    is_free: bool = False


@dataclass(frozen=True)
class Partial:
    """What `functools.partial` makes of a function.

    Args:
        positional: how many arguments it has by position.
        names: those that it has by name.
    """

    positional: int
    names: tuple[str, ...]


class Closures(Expressions):
    """The part of a walk that makes functions."""

    def expression_Lambda(self, node: ast.Lambda) -> Value:
        """Write `Lambda`."""
        return self.local_function(node)

    def local_function(self, node: Definition) -> Value:
        """Return a function that is made here."""
        frame, key = self.frame, self.key(node)
        by_name = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
        given = [(each.arg, default) for each, default in by_name if default is not None]
        values = [self.expression(each) for each in node.args.defaults]
        only = {name: self.expression(default) for name, default in given}
        is_repeated = bool(frame.loops or frame.hidden)
        kept: dict[str, Value | Cell] = {}
        for name, value in [*((str(index), each) for index, each in enumerate(values)), *only.items()]:
            if value.is_constant and not isinstance(value.kind, (Tuple, Closure)):
                kept[name] = value
                continue
            if is_repeated:
                raise Refused("a default that is computed in a loop")
            cell = kept[name] = Cell(f"default {name} of {key}")
            frame.cells[str(cell)] = cell
            self.env[cell] = value
        constants = [(name, repr(each.constant)) for name, each in kept.items() if isinstance(each, Value)]
        made = LocalFunction(
            node, frame, len(frame.hidden), [kept[str(index)] for index in range(len(values))],
            {name: kept[name] for name in only}, not len(frame.hidden) and self.uses_nothing(node),
        )  # fmt: skip
        known = self.memory.functions.setdefault((key, tuple(constants)), made)
        vars(known).update(vars(made))
        return static(known)

    def uses_nothing(self, node: Definition) -> bool:
        """Return whether a function uses no variables of those around it."""
        parameters = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
        used = names_used(node) - {each.arg for each in parameters}
        frame: Frame | None = self.frame
        while frame is not None:
            if used & frame.names:
                return False
            frame = frame.around
        return True

    def defaults_of(self, function: LocalFunction, env: Env) -> tuple[list[Value], dict[str, Value]]:
        """Return the defaults of a function, by position and by name."""

        def value(default: Value | Cell) -> Value:
            return self.variable(env, default) if isinstance(default, Cell) else default

        return [value(each) for each in function.defaults], {name: value(each) for name, each in function.only.items()}

    # -- functions that stay -------------------------------------------------------------------------------------------

    def outliving(self, value: Value, frame: Frame, env: Env) -> Value:
        """Return a result with the variables that functions in it need, since the one that made them ends.

        Args:
            value: the result.
            frame: of the function that ends.
            env: its variables at the end.
        """
        if isinstance(value.kind, Tuple) and any(isinstance(each, (Static, Closure)) for each in value.kind.items):
            return self.tuple_of([self.outliving(item, frame, env) for item in self.items_of(value)])
        if isinstance(value.kind, Closure):
            items = [self.outliving(item, frame, env) for item in self.items_of(value)]
            return self.closure(value.kind.function, value.kind.names, items)
        function = value.constant
        if not isinstance(function, LocalFunction) or function.frame is not frame:
            return value
        if isinstance(function.node, ast.FunctionDef) and scope_of(function.node).nonlocals:
            raise Refused("a function that changes variables of one that has ended")
        if function.depth:
            raise Refused("a function that was made in a comprehension and is kept")
        used = names_used(function.node)
        captured: Env = {}
        for name in sorted(used & frame.names):
            key = frame.cells.get(name, name)
            if key in env and env[key].constant is not function:
                captured[name] = self.outliving(self.variable(env, key), frame, env)
        values, only = self.defaults_of(function, env)
        by_place = {str(index): value for index, value in enumerate(values)} | only
        captured |= {f"default {name}": value for name, value in by_place.items()}
        place = id(function.node), None if frame.around is None else frame.around.path
        cells = {name: Cell(f"default {name}") for name in by_place}
        kept = LocalFunction(
            function.node,
            Frame({}, frame.names, frame.function, frame.around, depth=frame.depth),
            0,
            [cells[str(index)] for index in range(len(values))],
            {name: cells[name] for name in only},
        )
        # Functions of one definition are one function, wherever the one around was called, but for what they keep.
        known = self.memory.functions.setdefault(place, kept)
        vars(known).update(vars(kept))
        return self.closure(known, tuple(captured), list(captured.values()))

    def closure(self, function: Any, names: tuple[str, ...], items: Sequence[Value]) -> Value:
        """Return a function with values that belong to it."""
        kind = Closure(function, names, tuple(item.kind for item in items))
        parts = tuple(part for item in items for part in item.parts)
        assert len(parts) == len(fields_of(kind))
        return Value(kind, parts)

    def around(self, function: LocalFunction, captured: Env | None) -> Frame:
        """Return what a function finds around it.

        Args:
            function: it.
            captured: the variables that it has kept; `None` if what is around it still runs.
        """
        outer = function.frame
        if captured is not None:
            checked = outer.around
            outer = Frame(captured, outer.names, outer.function, checked, depth=outer.depth)
        else:
            checked = outer
        while checked is not None:
            if checked not in self.frames:
                raise Refused("a function that outlives the one that it was made in")
            checked = checked.around
        return outer


def keeps_nothing(function: LocalFunction) -> bool:
    """Return whether a function has no computed defaults, and changes no variables of others."""
    computed = any(isinstance(each, Cell) for each in (*function.defaults, *function.only.values()))
    return not computed and not changes_outside(function.node)
