"""What compiled code has read from outside, as snapshots that memory tells of: names, cells, functions and lists."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from enum import EnumMeta
from types import FunctionType, MappingProxyType
from typing import Any

from minitorch.compiler.guards.memory import MemoryGuards
from minitorch.compiler.guards.snapshots import (
    MISSING,
    CellContent,
    ClassOf,
    FunctionFields,
    Items,
    Names,
    PartialFields,
    Snapshot,
    attributes_of,
)
from minitorch.compiler.structural.basis.refusals import Refused
from minitorch.compiler.structural.basis.slots import Slots

__all__ = ["Reads"]


class Reads:
    """What was read.

    Attributes:
        snapshots: what is compared before each call, by what holds it.
        slots: for what machine code reads by its address.
        has_sets: whether it matters how sets are ordered, which is another order in another process.
        made: by identity the containers that nobody else knows, so that nothing in them is compared.
    """

    def __init__(self) -> None:
        self.slots = Slots()
        self.has_sets = False
        self.made: Mapping[int, Any] = MappingProxyType({})
        self.snapshots: dict[tuple[type, int], Snapshot] = {}

    def note_name(self, holder: Any, name: str, title: str) -> Any:
        """Note a global, or an attribute of a module, and return it; MISSING if there is none."""
        known = self.snapshots.setdefault((Names, id(holder)), Names(title, holder))
        assert isinstance(known, Names)
        known.add(name)
        return known.values[list(known.names).index(name)]

    def note_cell(self, cell: Any, name: str) -> Any:
        """Note a variable of a closure, and return it."""
        snapshot = self.snapshots.setdefault((CellContent, id(cell)), CellContent(f"the variable {name!r}", cell))
        return snapshot.values[0] if snapshot.values else MISSING

    def note_function(self, function: FunctionType) -> None:
        """Note the code and the defaults of a function."""
        title = f"the function {function.__name__!r}"
        self.snapshots.setdefault((FunctionFields, id(function)), FunctionFields(title, function, with_code=True))
        if function.__kwdefaults__:
            self.note_items(f"the defaults of {function.__name__!r}", function.__kwdefaults__)

    def note_partial(self, partial: functools.partial[Any]) -> None:
        """Note what a partial is made of."""
        title = f"a partial of {getattr(partial.func, '__name__', partial.func)!r}"
        self.snapshots.setdefault((PartialFields, id(partial)), PartialFields(title, partial))
        self.note_items(title, partial.keywords)

    def note_enumeration(self, cls: EnumMeta) -> None:
        """Note the members of an enumeration."""
        for name in ("_member_map_", "_member_names_", "_value2member_map_"):
            members = self.note_name(cls, name, f"the attribute {{}} of the class {cls.__name__!r}")
            self.note_items(f"the members of {cls.__name__!r}", members)

    def note_class(self, thing: Any) -> None:
        """Note the class of an object, or the bases of a class."""
        title = f"the class {(thing if isinstance(thing, type) else type(thing)).__name__!r}"
        self.snapshots.setdefault((ClassOf, id(thing)), ClassOf(title, thing))

    def note_object(self, thing: Any) -> dict[str, Any]:
        """Note an object with all its attributes, and return them."""
        self.note_class(thing)
        attributes = attributes_of(thing)
        title = f"the attribute {{}} of an object of {type(thing).__name__!r}"
        everything = Names(title, thing, attributes, with_keys=True)
        known = self.snapshots.setdefault((Names, id(thing)), everything)
        known.take_in(everything)
        return attributes

    def note_container(self, container: Any) -> None:
        """Note the lists and dicts in a container with all that they hold."""
        if type(container) is list:
            self.note_items("a list that it reads", container)
        if type(container) is dict:
            self.note_items("a dict that it reads", container)
            container = tuple(container.values())
        if type(container) is set:
            self.note_items("a set that it reads", container)
        if type(container) in (list, tuple) and not {list, tuple, dict}.isdisjoint(map(type, container)):
            for item in container:
                if type(item) in (list, tuple, dict):
                    self.note_container(item)

    def note_items(self, title: str, container: Any) -> None:
        """Note what a list or a dict holds, but not what is in that."""
        if id(container) not in self.made and (Items, id(container)) not in self.snapshots:
            self.snapshots[Items, id(container)] = Items(title, container)

    def guards(self) -> MemoryGuards | None:
        """Return what machine code compares.

        Raises:
            Refused: memory does not tell of all that was read.
        """
        if not self.snapshots:
            return None
        guards, others = MemoryGuards.of(list(self.snapshots.values()))
        if others:
            raise Refused(f"{others[0].title} can't be compared in memory")
        return guards

    def holders(self) -> list[tuple[type, Any]]:
        """Return what was read from, and the class of its snapshot."""
        return [(cls, each.holder) for (cls, _), each in self.snapshots.items()]

    def changed(self) -> str | None:
        """Return what to call a value that is not what it was; `None` if all are."""
        return next((found for each in self.snapshots.values() if (found := each.changed()) is not None), None)
