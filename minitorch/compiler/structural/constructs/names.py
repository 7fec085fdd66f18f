"""Names: variables of a function and of those around it, globals and builtins.

A variable that an inner function changes (`nonlocal`) is a cell: each function that runs carries it among its own
variables, under a name that no other variable has, from where it is called to where it returns.
"""

from __future__ import annotations

import ast
import builtins
from types import FunctionType
from typing import Any

from minitorch.compiler.guards.deferred_imports import is_deferred
from minitorch.compiler.guards.snapshots import MISSING
from minitorch.compiler.structural.basis.frames import Env, Frame
from minitorch.compiler.structural.basis.kinds import Value
from minitorch.compiler.structural.basis.refusals import Refused, Unreached
from minitorch.compiler.structural.values.builtin_calls import BuiltinCalls

__all__ = ["Names"]


class Names(BuiltinCalls):
    """The part of a walk that looks names up."""

    def expression_Name(self, node: ast.Name) -> Value:
        """Write `Name`."""
        return self.named(node.id)

    def named(self, name: str) -> Value:
        """Return what a name is."""
        frame: Frame | None = self.frame
        depth = len(self.frame.hidden)
        while frame is not None and name not in self.frame.outside:
            if name in frame.names or (frame.env is not None and name in frame.env):
                return self.variable_of(frame, depth, name)
            if frame.function is not None:
                break
            depth, frame = frame.depth, frame.around
        while frame is not None and frame.function is None:
            frame = frame.around
        if frame is None:
            raise Refused(f"the name {name!r}")
        return self.from_outside(frame.function, name)

    def variable_of(self, frame: Frame, depth: int, name: str) -> Value:
        """Return a variable of a function that runs, as code sees it that stands in some of its comprehensions."""
        hidden = frame.hidden[depth:]
        if name in frame.cells and not any(name in names for names, _ in frame.hidden[:depth]):
            return self.variable(self.env, frame.cells[name])
        env = frame.env or {}
        for names, outer in reversed(hidden):
            if name in names:
                env = outer
        return self.variable(env, name)

    def variable(self, env: Env, name: str) -> Value:
        """Return what a variable is; leave where it has no value."""
        value = env.get(name)
        if value is None:
            raise Unreached
        if value.bound is not None:
            self.unbound.add((self.frame.path, name))
            self.require(value.bound)
            value = Value(value.kind, value.parts, value.constant)
            if env is self.frame.env:
                env[name] = value
        kind = value.kind
        if hasattr(kind, "reason"):
            raise Refused(f"{name!r}: {kind.reason}")
        return value

    def key_of(self, name: str) -> tuple[Env, str]:
        """Return where a variable is kept that the function assigns."""
        frame: Frame | None = self.frame
        if any(name in names for names, _ in self.frame.hidden):
            return self.env, name
        if name in self.frame.outside:
            raise Refused(f"a change of the global {name!r}")
        while frame is not None and name in frame.nonlocals:
            frame = frame.around
            while frame is not None and name not in frame.names and name not in frame.nonlocals:
                frame = frame.around
        if frame is None:
            raise Refused(f"a change of {name!r}, which is of a function that has ended")
        if frame is not self.frame and name not in frame.cells:
            raise Refused(f"a change of {name!r} from inside")
        return self.env, frame.cells.get(name, name)

    def set_variable(self, name: str, value: Value) -> None:
        """Write the assignment of a variable."""
        env, key = self.key_of(name)
        env[key] = value

    def delete_variable(self, name: str) -> None:
        """Write the end of a variable."""
        env, key = self.key_of(name)
        self.variable(env, key)
        del env[key]

    def from_outside(self, function: FunctionType, name: str) -> Value:
        """Return what a name is that a function finds around it."""
        if name in function.__code__.co_freevars:
            cell = (function.__closure__ or ())[function.__code__.co_freevars.index(name)]
            return self.known(self.reads.note_cell(cell, name), name)
        found = self.reads.note_name(function.__globals__, name, "the global")
        if found is MISSING:
            found = self.reads.note_name(builtins, name, "the builtin")
        return self.known(found, name)

    def known(self, found: Any, name: str) -> Value:
        """Return what was found under a name."""
        if found is MISSING:
            raise Refused(f"the name {name!r} is not there")
        if is_deferred(found):
            # No run has come here yet, whose reading would have imported it.
            raise Unreached
        return self.of(found)
