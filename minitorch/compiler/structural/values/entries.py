"""Values that are entries of a table: numbers are read from memory, tuples are taken apart, all else is its place.

for key in KEYS:              key: Entry(KEYS), the number of the turn
    n = len(rows[key])        n: read from the table of the lengths, at that place
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from minitorch.compiler.structural.basis.kinds import BOOL, INT, UNKNOWN, Entry, Float, Static, Tuple, Value
from minitorch.compiler.structural.basis.refusals import Unreached
from minitorch.compiler.structural.basis.tables import Table

if TYPE_CHECKING:
    from minitorch.compiler.structural.basis.walk import Walk

__all__ = ["MAX_ELEMENTS", "entries_of", "entry_value", "known_thing", "read_number"]

MAX_ELEMENTS: Final = 64
"""Tuples of more elements are not taken apart."""


def entry_value(walk: Walk, table: Table, index: str) -> Value:
    """Return an entry of a table as a value.

    Args:
        walk: the walk.
        table: it.
        index: which entry, as an i64.
    """
    entries = table.entries
    if not entries:
        raise Unreached
    same = table.derive("same", lambda: are_same(entries))
    if same:
        return walk.of(entries[0])
    if index.isdigit():
        return walk.of(entries[int(index)])
    known = (table, index)
    if table.numbers == "int":
        return Value(INT, (read_number(walk, table, "int", index),), entry=known)
    if table.numbers == "bool":
        word = read_number(walk, table, "bool", index)
        return Value(BOOL, (walk.writer.pure(f"icmp ne i64 {word}, 0"),), entry=known)
    if table.numbers:
        parts = [read_number(walk, table, "float", index)]
        if table.numbers == "whole":
            parts.append(walk.writer.pure(f"icmp ne i64 {read_number(walk, table, 'is int', index)}, 0"))
        return Value(Float(False, table.numbers == "whole"), tuple(parts), entry=known)
    if table.derive("are tuples", lambda: are_tuples(entries)):
        return walk.tuple_of([entry_value(walk, table.column(place), index) for place in range(len(entries[0]))])
    return Value(Entry(table), (index,))


def read_number(walk: Walk, table: Table, name: str, index: str) -> str:
    """Write the reading of a number of a table, as `Table.words` keeps it."""
    words = table.words(name)
    start = walk.outside(words, ctypes.addressof(words))
    kind = "double" if name == "float" else "i64"
    place = walk.writer.pure(f"getelementptr {kind}, ptr {start}, i64 {index}")
    return walk.writer.pure(f"load {kind}, ptr {place}, !invariant.load !1")


def entries_of(value: Value) -> tuple[Sequence[Any], str] | None:
    """Return what a value may be and which of that it is, as an i64; `None` if it is no entry of a table."""
    if isinstance(value.kind, Entry):
        return value.kind.table.entries, value.parts[0]
    if value.entry is not None:
        return value.entry[0].entries, value.entry[1]
    if not isinstance(value.kind, Tuple) or not value.is_constant or value.kind.cls is not tuple:
        return None
    found = [entries_of(each) for each in value.constant]
    known = [known_thing(each) for each in value.constant]
    places = {each[1] for each in found if each is not None}
    if len(places) != 1 or any(one is None and thing is UNKNOWN for one, thing in zip(found, known, strict=True)):
        return None
    count = next(len(each[0]) for each in found if each is not None)
    columns = [[thing] * count if one is None else one[0] for one, thing in zip(found, known, strict=True)]
    return list(zip(*columns, strict=True)), places.pop()


def known_thing(value: Value) -> Any:
    """Return the object that a value is known to be, a tuple of such included; UNKNOWN if it is not known."""
    if isinstance(value.kind, Tuple):
        if not value.is_constant or value.kind.cls is not tuple:
            return UNKNOWN
        items = [known_thing(each) for each in value.constant]
        return UNKNOWN if any(each is UNKNOWN for each in items) else tuple(items)
    return value.kind.object if isinstance(value.kind, Static) else value.constant


def are_same(entries: Sequence[Any]) -> bool:
    """Return whether all entries are one and the same text, number or None."""
    first = entries[0]
    if is_changeable(first):
        return all(each is first for each in entries)
    return all(each is first or (type(each) is type(first) and repr(each) == repr(first)) for each in entries)


def is_changeable(thing: Any) -> bool:
    """Return whether an object is something else than a text, a number or None."""
    return type(thing) not in (str, int, float, bool, type(None))


def are_tuples(entries: Sequence[Any]) -> bool:
    """Return whether all entries are tuples of as many elements, which are not too many to be taken apart."""
    lengths = {len(each) if type(each) is tuple else -1 for each in entries}
    return len(lengths) == 1 and 0 < lengths.pop() <= MAX_ELEMENTS
