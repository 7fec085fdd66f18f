"""Calls of builtins: sums, extremes, conversions, and what `math` has."""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable, Sequence
from typing import Any, Final

from minitorch.compiler.structural.basis.errors import Raised
from minitorch.compiler.structural.basis.kinds import BOOL, INT, Bool, Float, Int, Tuple, Value, described, static
from minitorch.compiler.structural.basis.refusals import Refused
from minitorch.compiler.structural.values.iteration import (
    Enumerated,
    Range,
    Reversed,
    Zipped,
    gathered,
    iterated,
    listed,
)
from minitorch.compiler.structural.values.sums import Sums
from minitorch.rules.real import RULES

__all__ = ["ROWS", "BuiltinCalls"]

ROWS: Final[dict[Any, str]] = {
    plain: rule.name
    for rule in RULES.values()
    if rule.flatten_arguments is None and not rule.indicator
    for plain in rule.callables
}
ROWS[math.nextafter] = "Nextafter"
"""The rows that callables stand for."""


PARAMETERS: Final[dict[Any, tuple[str, ...]]] = {
    math.isclose: ("a", "b", "rel_tol", "abs_tol"), builtins.round: ("number", "ndigits"),
    builtins.enumerate: ("iterable", "start"), builtins.sum: ("iterable", "start"),
    builtins.pow: ("base", "exp", "mod"),
}  # fmt: skip
"""The parameters of builtins that are also given by name."""


class BuiltinCalls(Sums):
    """The part of a walk that knows builtins."""

    def call_builtin(self, function: Any, arguments: Sequence[Value]) -> Value | None:
        """Write a call of a builtin; `None` if this is none that is known."""
        known: dict[Any, Callable[[Sequence[Value]], Value]] = {
            builtins.sum: lambda given: self.sum(*given), builtins.max: self.extreme_by("ogt", "sgt"),
            builtins.min: self.extreme_by("olt", "slt"), builtins.len: lambda given: self.length_value(*given),
            builtins.range: lambda given: static(Range(self, given)),
            builtins.zip: lambda given: static(Zipped([iterated(self, each) for each in given])),
            builtins.enumerate: self.enumerated, builtins.float: self.to_float,
            builtins.reversed: lambda given: static(Reversed(self, iterated(self, *given))),
            builtins.bool: lambda given: Value(BOOL, (self.truth_of(*given),)),
            builtins.list: self.copied, builtins.tuple: self.as_tuple,
        }  # fmt: skip
        if function in known:
            return known[function](arguments)
        result = self.call_with_ints(function, arguments)
        if result is not None:
            return result
        name = ROWS.get(function)
        if name is None:
            return None
        if name == "Abs" and isinstance(arguments[0].kind, (Int, Bool)):
            return self.absolute(self.as_int(arguments[0]))
        whole = [each for each in arguments if isinstance(each.kind, Float) and each.kind.whole]
        if name == "Abs" and whole:
            return self.as_whole(self.apply(name, *arguments), self.is_int(*whole))
        if RULES[name].dispatches:
            for each in whole:
                self.writer.fails(self.is_int(each))
        return self.apply(name, *arguments)

    def by_position(self, function: Any, arguments: Sequence[Value], named: dict[str, Value]) -> list[Value] | None:
        """Return all arguments of a builtin by position; `None` if that is not known."""
        if not named:
            return list(arguments)
        given = dict(zip(PARAMETERS.get(function, ()), arguments, strict=False)) | named
        if function is math.isclose and "abs_tol" in given:
            given.setdefault("rel_tol", self.of(1e-9))
        names = PARAMETERS.get(function, ())[: len(given)]
        is_known = len(given) == len(arguments) + len(named) or function is math.isclose
        return [given[name] for name in names] if is_known and given.keys() == set(names) else None

    def enumerated(self, given: Sequence[Value]) -> Value:
        """Write `enumerate`."""
        start = self.as_int(given[1]).parts[0] if len(given) > 1 else "0"
        return static(Enumerated(iterated(self, given[0]), start))

    def absolute(self, x: Value) -> Value:
        """Write the size of an int."""
        negative = self.with_overflow("ssub", "0", x.parts[0])
        return Value(INT, (self.writer.intrinsic_of_ints("smax", negative, x.parts[0]),))

    def to_float(self, given: Sequence[Value]) -> Value:
        """Write `float`."""
        (x,) = given
        if isinstance(x.kind, Float) and not x.kind.whole:
            return x
        if x.is_constant and type(x.constant) is str:
            try:
                return self.of(float(x.constant))
            except ValueError:
                self.raise_always(Raised(ValueError))
        if isinstance(x.kind, (Int, Float)) and not (isinstance(x.kind, Float) and x.kind.active):
            return self.of(float(x.constant)) if x.is_constant else Value(Float(False), (self.double(x),))
        if isinstance(x.kind, Float):
            return Value(Float(True), x.parts[:2])
        raise Refused(f"float of {described(x.kind)}")

    def copied(self, given: Sequence[Value], own_type: type = list) -> Value:
        """Write `list`, or `tuple` of what is of any length."""
        if not given:
            return self.list_of(self.memory.site(("list", self.frame.path, self.place_key)), [])
        return gathered(self, iterated(self, given[0]), own_type)

    def as_tuple(self, given: Sequence[Value]) -> Value:
        """Write `tuple`: of a list the tuple is another list, which nothing changes."""
        if given and isinstance(given[0].kind, Tuple):
            return given[0]
        return self.copied(given, tuple) if given else self.tuple_of([])

    # -- extremes ------------------------------------------------------------------------------------------------------

    def extreme_by(self, ordered: str, signed: str) -> Callable[[Sequence[Value]], Value]:
        """Make what writes `max` or `min`."""

        def extreme(given: Sequence[Value]) -> Value:
            if len(given) > 1:
                best = given[0]
                for value in given[1:]:
                    best = self.better(ordered, signed, value, best)
                return best
            values = listed(self, given[0])
            count = self.length(values)
            self.raises(ValueError, self.writer.effect(f"icmp eq i64 {count}, 0"))
            self.writer.check()
            self.env["best"] = self.get(values, "0")
            key = ("extreme", self.frame.path, self.place_key)

            def body(turn: str) -> None:
                self.env["best"] = self.better(ordered, signed, self.get(values, turn), self.env["best"])

            self.loop(key, ["best"], lambda turn: self.less(turn, count), body)
            return self.env.pop("best")

        return extreme

    def better(self, ordered: str, signed: str, new: Value, best: Value) -> Value:
        """Write the choice of one of two numbers: the new one if it compares so with the best so far."""
        writer = self.writer
        if not (self.is_number(new) and self.is_number(best)) or isinstance(new.kind, Bool):
            raise Refused(f"the larger or smaller of {described(new.kind)} and {described(best.kind)}")
        if isinstance(new.kind, Int) and isinstance(best.kind, Int):
            chosen = writer.pure(f"icmp {signed} i64 {new.parts[0]}, {best.parts[0]}")
            return Value(INT, (writer.pure(f"select i1 {chosen}, i64 {new.parts[0]}, i64 {best.parts[0]}"),))
        kind = self.memory.covering(new.kind, best.kind)
        if not isinstance(kind, Float):
            raise Refused("the larger or smaller of other things than numbers")
        self.orders = self.orders or kind.active
        ours, theirs = self.converted(new, kind), self.converted(best, kind)
        chosen = writer.compare(ordered, ours[0], theirs[0])
        parts = [writer.choose(chosen, ours[0], theirs[0])]
        if kind.active:
            parts.append(writer.pure(f"select i1 {chosen}, i32 {ours[1]}, i32 {theirs[1]}"))
        if kind.whole:
            parts.append(writer.pure(f"select i1 {chosen}, i1 {ours[-1]}, i1 {theirs[-1]}"))
        return Value(kind, tuple(parts))
