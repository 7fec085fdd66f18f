"""What every part of a walk needs: the variables, and the joins of ways through the code."""

from __future__ import annotations

import ast
from collections.abc import Hashable, Sequence
from typing import Any, Final

from minitorch.compiler.structural.basis.alternatives import ZEROS, as_one_of
from minitorch.compiler.structural.basis.frames import COUNT, Env, Frame, Way
from minitorch.compiler.structural.basis.kinds import (
    BOOL,
    COUNTER,
    INT,
    Closure,
    Float,
    Int,
    Kind,
    Method,
    Mixed,
    OneOf,
    Static,
    Tuple,
    Value,
    fields_of,
    static,
)
from minitorch.compiler.structural.basis.memory import Memory
from minitorch.compiler.structural.basis.reads import Reads
from minitorch.compiler.structural.basis.refusals import Refused, Unreached
from minitorch.compiler.structural.basis.writer import BlockWriter
from minitorch.machine_code.llvm.emitter import Declarations

__all__ = ["EXACT", "Walk"]

EXACT: Final = 2**53
"""Up to this size every int is a float."""


class Walk:
    """One walk over a function.

    Args:
        memory: what is known from walks before.
        reads: gets what is read from outside.

    Attributes:
        writer: writes the code.
        orders: whether `max` or `min` chooses among numbers with a history.
        equates: whether such numbers are asked whether they are equal.
        rounds: whether such numbers are rounded.
        notes: for who writes the function down in another language: the values of expressions, by call and node.
        noted: the same in the order in which they were noted.
        place_key: tells the place in the function that makes a list next.
        paths: of a call of a function of its own the path that its code has.
        unbound: the variables that were read where they may have no value, by call and name.
    """

    def __init__(self, memory: Memory, reads: Reads) -> None:
        self.memory = memory
        self.reads = reads
        self.writer = BlockWriter(Declarations())
        self.frames: list[Frame] = []
        self.orders = self.equates = self.rounds = False
        self.notes: dict[tuple[tuple[Any, ...], int], list[Value]] = {}
        self.noted: list[tuple[tuple[tuple[Any, ...], int], Value]] = []
        self.place_key: Any = None
        self.paths: dict[tuple[Any, ...], tuple[Any, ...]] = {}
        self.unbound: set[tuple[tuple[Any, ...], str]] = set()
        self.size = 0

    @property
    def frame(self) -> Frame:
        """The function that runs."""
        return self.frames[-1]

    @property
    def env(self) -> Env:
        """Its variables."""
        env = self.frames[-1].env
        if env is None:
            raise Unreached
        return env

    # -- constants -----------------------------------------------------------------------------------------------------

    def of(self, thing: Any) -> Value:
        """Return an object as a value."""
        if type(thing) is float:
            return Value(Float(False), (self.writer.constant(thing),), thing)
        if type(thing) is bool:
            return Value(BOOL, ("true" if thing else "false",), thing)
        if type(thing) is int and -(2**63) < thing < 2**63:
            return Value(INT, (str(thing),), thing)
        if isinstance(thing, tuple) and hasattr(thing, "_fields"):
            return self.tuple_of([self.of(each) for each in thing], type(thing))
        return static(thing)

    def opposite(self, truth: str) -> str:
        """Write whether a condition is false, which is known if it is."""
        known = {"true": "false", "false": "true"}.get(truth)
        return self.writer.negation(truth) if known is None else known

    def opened(self, value: Value) -> Value:
        """Return what is gone over as a tuple, where there is more to know then."""
        return value

    def known_elements(self, value: Value) -> Any:
        """Return what goes over a container that is kept as a table; `None` if it is none that is kept so."""
        return None

    def keep_thing(self, thing: Any) -> None:
        """Refuse a container that was made while code was written, where it is changed or handed out."""

    def truth_value(self, truth: str) -> Value:
        """Return a truth as a value."""
        return self.of(truth == "true") if truth in ("true", "false") else Value(BOOL, (truth,))

    def key(self, node: ast.AST) -> Hashable:
        """Return what tells a place in a function from others, and from itself in other calls."""
        return (*self.frame.path, id(node))

    def note(self, node: ast.AST, value: Value) -> Value:
        """Note the value of an expression, and return it."""
        self.note_at((self.frame.path, id(node)), value)
        return value

    def note_at(self, place: tuple[tuple[Any, ...], int], value: Value) -> None:
        """Note the value of an expression by call and node."""
        self.notes.setdefault(place, []).append(value)
        self.noted.append((place, value))

    def outside(self, thing: Any, address: int, layout: Kind | None = None) -> str:
        """Write the reading of where something from outside is laid out; arguments as of `Slots.named`."""
        name = self.reads.slots.named(thing, address, layout)
        return self.writer.pure(f"load ptr, ptr @{name}, !invariant.load !1")

    # -- conversions ---------------------------------------------------------------------------------------------------

    def converted(self, value: Value, kind: Kind) -> tuple[str, ...]:
        """Return the parts of a value as one of a kind that covers its own."""
        own = value.kind
        if own == kind:
            return value.parts
        if isinstance(kind, Mixed):
            return ()
        if isinstance(kind, Float):
            double = self.double(value)
            node = self.node_of(value)
            return (double, *[node] * kind.active, *[self.is_int(value)] * kind.whole)
        if isinstance(kind, OneOf):
            return as_one_of(self, value, kind)
        if isinstance(kind, Method) and isinstance(own, Method):
            return self.converted(Value(own.owner, value.parts, value.constant), kind.owner)
        if isinstance(kind, (Tuple, Closure)) and isinstance(own, type(kind)):
            pairs = zip(self.items_of(value), kind.items, strict=True)
            return tuple(part for item, wanted in pairs for part in self.converted(item, wanted))
        if isinstance(kind, type(own)) and fields_of(kind) == fields_of(own):
            return value.parts
        raise Refused(f"{own} is no {kind}")

    def double(self, value: Value) -> str:
        """Return a number as a float."""
        if isinstance(value.kind, Float):
            return value.parts[0]
        if isinstance(value.kind, Int):
            if value.is_constant:
                if abs(value.constant) > EXACT:
                    raise Refused("an int that no float can hold")
                return self.writer.constant(float(value.constant))
            self.check_exact(value.parts[0])
            return self.writer.effect(f"sitofp i64 {value.parts[0]} to double")
        if value.kind == BOOL:
            return self.writer.effect(f"uitofp i1 {value.parts[0]} to double")
        raise Refused("what is no number is used as one")

    def check_exact(self, number: str) -> None:
        """Leave where an int is larger than floats can hold exactly."""
        moved = self.writer.effect(f"add i64 {number}, {EXACT}")
        self.writer.fails(self.writer.effect(f"icmp ugt i64 {moved}, {2 * EXACT}"))

    def node_of(self, value: Value) -> str:
        """Return the node of a number; 0 without a history."""
        return value.parts[1] if isinstance(value.kind, Float) and value.kind.active else "0"

    def is_int(self, value: Value) -> str:
        """Return whether a number is an int to Python."""
        if isinstance(value.kind, Float):
            return value.parts[-1] if value.kind.whole else "false"
        return "true"

    def items_of(self, value: Value) -> list[Value]:
        """Return the elements of a tuple."""
        assert isinstance(value.kind, (Tuple, Closure))
        if value.is_constant:
            return list(value.constant)
        items, start = [], 0
        for kind in value.kind.items:
            size = len(fields_of(kind))
            item = Value(kind, value.parts[start : start + size])
            items.append(static(kind.object) if isinstance(kind, Static) else item)
            start += size
        return items

    def tuple_of(self, items: Sequence[Value], cls: type = tuple) -> Value:
        """Return values as a tuple, or a named one, which keeps what is known of them."""
        kind = Tuple(tuple(item.kind for item in items), cls)
        return Value(kind, tuple(part for item in items for part in item.parts), tuple(items))

    # -- ways ----------------------------------------------------------------------------------------------------------

    def way(self) -> Way:
        """End the block with a way that `merge` leads on."""
        label = self.writer.new_label()
        self.writer.jump(label)
        return Way(label, dict(self.env))

    def merge(self, mark: int, ways: Sequence[Way]) -> None:
        """Go on where several ways lead, with the variables that they have.

        Args:
            mark: of the writer, before the ways parted.
            ways: the ways.
        """
        writer = self.writer
        writer.forget(mark)
        if len(ways) < 2:
            if ways:
                writer.start(ways[0].label)
            self.frame.env = ways[0].env if ways else None
            return
        merged: Env = {}
        phis: list[tuple[str, Kind, bool]] = []
        for name in dict.fromkeys(name for way in ways for name in way.env):
            values = [way.env.get(name) for way in ways]
            first = values[0]
            if all(same(value, first) for value in values[1:]):
                assert first is not None
                merged[name] = first
                continue
            known = [value for value in values if value is not None]
            kind = known[0].kind
            for value in known[1:]:
                kind = self.memory.covering(kind, value.kind)
            phis.append((name, kind, len(known) < len(ways) or any(value.bound for value in known)))
        label = writer.new_label()
        blocks = []
        for way in ways:
            writer.start(way.label)
            parts = [self.parts_for(way.env.get(name), kind, flagged) for name, kind, flagged in phis]
            writer.jump(label)
            blocks.append((writer.block, parts))
        writer.start(label)
        for index, (name, kind, flagged) in enumerate(phis):
            merged[name] = self.joined(kind, flagged, [(block, parts[index]) for block, parts in blocks])
        self.frame.env = merged

    def parts_for(self, value: Value | None, kind: Kind, flagged: bool) -> list[str]:
        """Return the parts of a variable for a join, at its end whether it has a value."""
        if value is None:
            parts = [ZEROS[each] for each in fields_of(kind)]
        else:
            parts = [] if isinstance(kind, Mixed) else list(self.converted(value, kind))
        if flagged:
            parts.append("false" if value is None else value.bound or "true")
        return parts

    def joined(self, kind: Kind, flagged: bool, ways: Sequence[tuple[str, Sequence[str]]]) -> Value:
        """Return a value that is another one on each way."""
        names = []
        for index, each in enumerate([*fields_of(kind), *(["i1"] if flagged else [])]):
            place = self.writer.phi(each)
            self.writer.fill(place, [(parts[index], block) for block, parts in ways])
            names.append(self.writer.lines[place][0])
        bound = names.pop() if flagged else None
        constant = {"constant": kind.object} if isinstance(kind, Static) else {}
        return Value(kind, tuple(names), bound=bound, **constant)

    def leave(self) -> None:
        """End the block: no call is known to come here, and one that does has met an error."""
        self.writer.failure = None
        self.writer.line("br label %leave")
        self.frame.env = None

    # -- what may fail -------------------------------------------------------------------------------------------------

    def require(self, condition: str) -> None:
        """Leave at once unless a condition is true."""
        self.writer.require(condition)

    def count(self) -> Value:
        """Return how many edges there are."""
        return self.env.get(COUNT, Value(COUNTER, ("0",)))


def same(one: Value | None, other: Value | None) -> bool:
    """Return whether two values are one and the same."""
    if one is None or other is None:
        return False
    return one is other or (one.kind == other.kind and one.parts == other.parts and one.bound == other.bound)
