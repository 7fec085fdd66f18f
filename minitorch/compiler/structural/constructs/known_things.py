"""Constants that code depends on which is run while machine code is written, and what such code has made."""

from __future__ import annotations

import ast
import functools
import itertools
from collections.abc import Hashable, Iterable, Sequence
from types import ModuleType
from typing import Any, Final

from minitorch.compiler.structural.basis.kinds import UNKNOWN, Entry, Static, Tuple, Value
from minitorch.compiler.structural.basis.memory import Memory
from minitorch.compiler.structural.basis.reads import Reads
from minitorch.compiler.structural.basis.refusals import Refused, Unreached
from minitorch.compiler.structural.constructs.matching import Matching
from minitorch.compiler.structural.constructs.pure_code import Impure, attributes_read
from minitorch.compiler.structural.constructs.pure_run import CONTAINERS, SCALARS, ModuleView, is_pure
from minitorch.compiler.structural.values.entries import entries_of, known_thing

__all__ = ["KnownThings", "has_more_than_numbers"]

MAX_ITEMS: Final = 8
"""Tuples of more elements are tables."""

LOOKED_AT: Final = 16
"""So many elements of a container are looked at to see what it is for."""

READ: Final = (list, dict, tuple, set, frozenset)
"""Types of containers from outside that code may read."""

VIEWS: Final[tuple[type, ...]] = (type({}.keys()), type({}.values()), type({}.items()))


class KnownThings(Matching):
    """The part of a walk that knows what constants are, and which containers were made of them."""

    def __init__(self, memory: Memory, reads: Reads) -> None:
        super().__init__(memory, reads)
        reads.made = memory.folded

    @functools.cached_property
    def admitted_containers(self) -> dict[int, Any]:
        """The containers from outside that this walk has noted, by identity."""
        return {}

    def values_named(self, names: Iterable[str]) -> dict[str, Value]:
        """Return the constants, and entries of tables, that names stand for.

        Raises:
            Impure: one of them is something else.
        """
        frame = self.frame
        values: dict[str, Value] = {}
        for name in sorted(names, key=lambda each: (each not in frame.names, each)):
            if name in frame.names or name in self.env:
                value = self.env.get(frame.cells.get(name, name))
                if value is None or value.bound is not None:
                    raise Impure
            else:
                try:
                    value = self.named(name)
                except (Refused, Unreached):
                    raise Impure from None
            if known_thing(value) is UNKNOWN and entries_of(value) is None:
                raise Impure
            values[name] = value
        return values

    def has_texts(self, value: Value) -> bool:
        """Return whether a constant is a text, or a container that is not of numbers alone."""
        thing = known_thing(value)
        if type(thing) not in (list, tuple):
            return has_more_than_numbers(thing)
        known = self.memory.texts
        if id(thing) not in known:
            known[id(thing)] = has_more_than_numbers(thing), thing
        return known[id(thing)][0] or id(thing) in self.memory.folded

    def admitted(self, value: Value, name: str, node: ast.AST) -> Any:
        """Return a constant that code reads under a name, and note what is in it.

        Raises:
            Impure: code must not depend on it.
        """
        thing = known_thing(value)
        if thing is UNKNOWN:
            raise Impure
        if type(thing) is ModuleType:
            names = attributes_read(node, name)
            return ModuleView({each: self.attribute_admitted(thing, each) for each in names})
        if type(thing) not in SCALARS and not is_pure(thing):
            self.admit_container(thing)
        return thing

    def attribute_admitted(self, module: ModuleType, name: str) -> Any:
        """Return what code reads of a module."""
        found = self.reads.note_name(module, name, "the attribute")
        if type(found) not in SCALARS and not is_pure(found):
            raise Impure
        return found

    def admit_container(self, thing: Any) -> None:
        """Note what is in a container from outside, unless that was done in this walk."""
        if id(thing) in self.memory.folded or id(thing) in self.admitted_containers:
            return
        if type(thing) not in READ:
            raise Impure
        self.admitted_containers[id(thing)] = thing
        if type(thing) in (set, frozenset):
            self.memory.has_sets = True
        if type(thing) in (list, dict, set):
            self.reads.note_items(f"a {type(thing).__name__} that it reads", thing)
        for each in itertools.chain(thing, thing.values() if type(thing) is dict else ()):
            if type(each) not in SCALARS:
                self.admit_container(each)

    def identity(self, given: dict[str, Any]) -> Hashable:
        """Return what tells constants, and entries of tables, by name, from others, as long as they live."""
        return tuple((name, self.identity_of(thing)) for name, thing in sorted(given.items()))

    def identity_of(self, thing: Any) -> Hashable:
        """Return what tells a constant, or a value, from others, as long as it lives."""
        if isinstance(thing, Value):
            if isinstance(thing.kind, Entry):
                return "entry", id(thing.kind.table)
            if thing.entry is not None:
                return "entry", id(thing.entry[0])
            if isinstance(thing.kind, Tuple):
                return tuple(map(self.identity_of, thing.constant))
            return self.identity_of(known_thing(thing))
        if type(thing) is ModuleView:
            return tuple((name, self.identity_of(each)) for name, each in thing.attributes.items())
        if type(thing) is tuple:
            return tuple(map(self.identity_of, thing))
        if type(thing) in SCALARS:
            return type(thing), thing if type(thing) is str else repr(thing)
        return id(thing)

    # -- what was made -------------------------------------------------------------------------------------------------

    def data(self, thing: Any, key: Hashable) -> Any:
        """Return what was made by code that was run, and note the containers in it.

        Args:
            thing: it.
            key: tells the code from other.

        Raises:
            Impure: it is no data.
        """
        if type(thing) in VIEWS:
            thing = tuple(thing)
        if type(thing) in SCALARS or id(thing) in self.memory.folded or id(thing) in self.admitted_containers:
            return thing
        if type(thing) not in (tuple, frozenset, *CONTAINERS):
            raise Impure
        if thing or type(thing) in CONTAINERS:
            self.memory.folded[id(thing)] = key, thing
        for each in itertools.chain(thing, thing.values() if isinstance(thing, dict) else ()):
            if type(each) not in SCALARS:
                self.data(each, key)
        return thing

    def constant_value(self, thing: Any) -> Value:
        """Return what was made by code that was run as a value."""
        if type(thing) is tuple and len(thing) <= MAX_ITEMS:
            return self.tuple_of([self.constant_value(each) for each in thing])
        return self.of(thing)

    def made_of(self, value: Value) -> Sequence[Any]:
        """Return the containers that code which was run has made, and that a value may be or hold."""
        kind = value.kind
        things = kind.table.entries if isinstance(kind, Entry) else [kind.object] if isinstance(kind, Static) else []
        return [each for each in things if id(each) in self.memory.folded or type(each) is tuple]

    def keep(self, value: Value) -> None:
        """Refuse to change a container, or to hand it out, that was made by code which was run; write that code."""
        for thing in self.made_of(value):
            self.keep_thing(thing)

    def keep_thing(self, thing: Any) -> None:
        """Refuse a container that was made by code which was run, and have that code written in the next walk."""
        if id(thing) in self.memory.folded and type(thing) in CONTAINERS:
            self.memory.written.add(self.memory.folded[id(thing)][0])
            self.memory.is_rewritten = True
            raise Refused("a container that was made while code was written, and is changed or handed out")
        if type(thing) is tuple and self.memory.folded:
            for each in thing:
                self.keep_thing(each)


def has_more_than_numbers(thing: Any) -> bool:
    """Return whether a constant is, or holds among its first elements, more than numbers and lists of them."""
    if type(thing) in (list, tuple):
        return any(map(has_more_than_numbers, thing[:LOOKED_AT]))
    return type(thing) in (str, *READ, *CONTAINERS)
