"""What a walk read, as a recipe that another process can follow on its own objects, to compare what it finds.

def f(x): return x * RATE      ["function", 0, "the function 'f'", digest]           0 is f; 1 are its globals
RATE = 0.05                    ["names", 1, "the global", digest, ["RATE"], false]

Each digest is one of all values up to there, so that nothing is read of an object that was not found to be the same.
"""

from __future__ import annotations

import ctypes
import hashlib
import struct
import sys
from collections.abc import Callable, Iterator
from typing import Any, Final

from minitorch.compiler.guards.snapshots import CellContent, FunctionFields, Items, Names, PartialFields, Snapshot
from minitorch.compiler.structural.basis.kinds import List
from minitorch.compiler.structural.basis.memory import Memory
from minitorch.compiler.structural.basis.reads import Reads
from minitorch.compiler.structural.basis.slots import Slots
from minitorch.compiler.structural.constructs.statements import Statements
from minitorch.compiler.structural.manifest.encounters import Encounters, Unportable
from minitorch.compiler.structural.manifest.portable_kinds import kind_from, portable

__all__ = ["fill_slots", "recipe_of", "replayed", "slots_of"]

MAKERS: Final[dict[str, Callable[..., Snapshot]]] = {
    "names": Names,
    "cell": CellContent,
    "function": lambda title, function: FunctionFields(title, function, with_code=True),
    "partial": PartialFields,
    "items": Items,
}
"""What makes snapshots, given their titles, holders and the rest of a row."""

NAMES: Final = {Names: "names", CellContent: "cell", FunctionFields: "function", PartialFields: "partial",
                Items: "items"}  # fmt: skip


class Values:
    """A digest of all values so far.

    Args:
        met: the objects that were met.
    """

    def __init__(self, met: Encounters) -> None:
        self.met = met
        self.hash = hashlib.sha256()

    def digest(self, snapshot: Snapshot) -> str:
        """Take in the values of a snapshot, and return the digest.

        Raises:
            Unportable: one of them has no description.
        """
        values = snapshot.values
        if values and set(map(type, values)) == {float}:
            self.hash.update(b"floats %d " % len(values) + struct.pack(f"<{len(values)}d", *values))
            values = []
        for value in values:
            self.hash.update(self.met.description(value).encode("utf-8", "backslashreplace"))
            self.hash.update(b"\0")
        self.hash.update(b"\1")
        return self.hash.hexdigest()[:32]


def recipe_of(reads: Reads, met: Encounters) -> list[list[Any]]:
    """Return what was read, as rows of JSON.

    Args:
        reads: what was read.
        met: the function and its arguments; gets what else there is.

    Raises:
        Unportable: another process could not find it, or not compare it.
    """
    if reads.has_sets:
        raise Unportable
    values, rows = Values(met), []
    for snapshot in reads.snapshots.values():
        name = NAMES.get(type(snapshot))
        if name is None:
            raise Unportable
        row = [name, holder_number(met, snapshot.holder), snapshot.title, values.digest(snapshot)]
        rows.append([*row, list(snapshot.names), snapshot.with_keys] if isinstance(snapshot, Names) else row)
    return rows


def holder_number(met: Encounters, holder: Any) -> int:
    """Return the number of what was read from; the builtins are the same everywhere."""
    return -1 if holder is sys.modules["builtins"] else met.number(holder)


def replayed(rows: list[list[Any]], met: Encounters) -> Reads | None:
    """Read again what a recipe tells; `None` if something is not as it was.

    Args:
        rows: the recipe.
        met: the function and its arguments; gets what else there is.
    """
    reads, values = Reads(), Values(met)
    for name, number, title, digest, *rest in rows:
        holder = sys.modules["builtins"] if number < 0 else met.things[number]
        snapshot = MAKERS[name](title, holder, *rest)
        try:
            if values.digest(snapshot) != digest:
                return None
        except Unportable:
            return None
        reads.snapshots[type(snapshot), id(holder)] = snapshot
    return reads


# -- slots -------------------------------------------------------------------------------------------------------------


def slots_of(slots: Slots, met: Encounters) -> list[list[Any]]:
    """Return what machine code reads by its address, as rows of JSON.

    Raises:
        Unportable: something has no such description.
    """
    return list(rows_of_slots(slots, met))


def rows_of_slots(slots: Slots, met: Encounters) -> Iterator[list[Any]]:
    """Yield what stands in each slot."""
    for (name, address), thing in zip(slots.addresses.items(), slots.keeps, strict=True):
        kind = slots.layouts.get(name)
        if isinstance(thing, ctypes.Array) and address == ctypes.addressof(thing):
            yield [name, "numbers", bytes(thing).hex()]
        elif kind is not None:
            yield [name, "laid out", met.number(thing), portable(kind)]
        elif address != id(thing):
            raise Unportable
        elif type(thing) is str:
            yield [name, "text", thing]
        elif thing is None or type(thing) is bool:
            yield [name, "constant", thing]
        else:
            yield [name, "thing", met.number(thing)]


def fill_slots(rows: list[list[Any]], met: Encounters, reads: Reads) -> Any:
    """Put what `slots_of` has described in the slots of what was read; return what has to live as long as they do."""
    walk = Statements(Memory(), reads)
    for name, what, *parts in rows:
        thing = met.things[parts[0]] if what in ("laid out", "thing") else parts[0]
        # Texts may be names of arguments.
        thing = sys.intern(thing) if what == "text" else thing
        address = id(thing)
        if what == "numbers":
            thing = ctypes.create_string_buffer(bytes.fromhex(thing), len(thing) // 2)
            address = ctypes.addressof(thing)
        if what == "laid out":
            kind = kind_from(parts[1])
            assert isinstance(kind, List)
            address = walk.laid_out(thing, kind)
        reads.slots.put(name, thing, address)
    return walk.memory.layouts
