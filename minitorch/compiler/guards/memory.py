"""Memory guards: words of memory that tell whether what a trace has read is as it was, compared at each call.

    RATE = 0.05                            where the module's dict keeps its keys, how many entries they have, and the
    def price(x): return x * RATE          pointers to RATE and to the function's code and defaults

Words of the second stage stand in memory that those of the first point to, so they are read only if the first hold;
so do blocks, such as the pointers to the items of a list and the numbers of an array.
Where CPython keeps what, `cpython_layout` says. On a Python that it does not know, and for values that no word tells
of, Python compares the snapshots.
"""

from __future__ import annotations

import ctypes
import timeit
import types
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

from minitorch.compiler.guards.parts import ArrayContent, Elements, Length
from minitorch.compiler.guards.snapshots import (
    CellContent,
    ClassOf,
    FunctionFields,
    Items,
    Names,
    PartialFields,
    Snapshot,
    member_of,
)
from minitorch.machine_code.llvm.cpython_layout import (
    BYTES_START,
    DICT_USED,
    LIST_SIZE,
    POINTER,
    TYPE,
    DictEntries,
    cell_content,
    dict_pointer,
    function_fields,
    list_places,
    mro_field,
    offset_of,
    partial_fields,
    read_pointer,
)
from minitorch.machine_code.llvm.layout_check import unknown_layout
from minitorch.machine_code.llvm.memory_comparison import memory_comparison
from minitorch.scalars.pytrees import is_array

__all__ = ["GuardedAddresses", "MemoryGuards", "addresses_of"]

GuardedAddresses: TypeAlias = tuple[list[int], list[int], list[tuple[int, int]]]
"""Addresses of words: those of the first stage, those of the second; and of blocks with their size in bytes."""

MAX_TABLE_BYTES: Final = 8_192
"""Of longer tables of keys Python tells faster that a key is not there."""

MAX_WORDS: Final = 65_536
"""More words are not compared: to find them again takes too long."""

FREE_BYTES: Final = 64
"""Shorter blocks are compared as words."""


def addresses_of(snapshot: Snapshot) -> GuardedAddresses | None:
    """Return where memory tells whether the values of a snapshot have changed; `None` where it does not."""
    find = ADDRESSES.get(type(snapshot))
    return None if find is None else find(snapshot)


def addresses_of_function(snapshot: Snapshot) -> GuardedAddresses:
    """Return the addresses for the fields of a function."""
    return [id(snapshot.holder) + field for field in function_fields()], [], []


def addresses_of_partial(snapshot: Snapshot) -> GuardedAddresses:
    """Return the addresses for what a partial is made of."""
    return [id(snapshot.holder) + field for field in partial_fields()], [], []


def addresses_of_cell(snapshot: Snapshot) -> GuardedAddresses:
    """Return the address for the content of a cell."""
    return [cell_content(snapshot.holder)], [], []


def addresses_of_class(snapshot: Snapshot) -> GuardedAddresses:
    """Return the address for the class of an object, of a class for its bases, too."""
    bases = [mro_field()] if isinstance(snapshot.holder, type) else []
    return [id(snapshot.holder) + field for field in (TYPE, *bases)], [], []


def addresses_of_items(snapshot: Snapshot) -> GuardedAddresses | None:
    """Return the addresses for a list or a dict; `None` for other containers."""
    container = snapshot.holder
    if type(container) is list:
        first, places = list_places(container)
        if len(places) * POINTER <= FREE_BYTES:
            return first, places, []
        return first, [], [(places[0], len(places) * POINTER)]
    if type(container) is not dict:
        return None
    entries = DictEntries(container)
    # A dict that was cleared may have the same values in the same places again, under other keys.
    places = [*entries.key_places.values(), *entries.places.values()]
    return [id(container) + DICT_USED, *entries.first], [entries.room_place, *places], []


def addresses_of_elements(snapshot: Snapshot) -> GuardedAddresses | None:
    """Return the addresses for some elements of a list, a dict or an array; `None` for other containers."""
    assert isinstance(snapshot, Elements)
    container, keys = snapshot.holder, list(snapshot.keys.values())
    if type(container) is list:
        first, places = list_places(container)
        return first, [places[key] for key in keys if -len(places) <= key < len(places)], []
    if type(container) is dict:
        entries = DictEntries(container, set(keys))
        places = [place[key] for place in (entries.key_places, entries.places) for key in keys if key in place]
        blocks = blocks_of_absent(entries, any(key not in container for key in keys))
        return None if blocks is None else (entries.first, [entries.room_place, *places], blocks)
    if is_array(container) and type(container).__module__ == "numpy" and container.dtype.itemsize == POINTER:
        start = address_of_array(container)
        places = [start + offset_in(container, key) for key in keys]
        return *addresses_of_shape(container), [(place, POINTER) for place in places]
    return None


def blocks_of_absent(entries: DictEntries, are_absent: bool) -> list[tuple[int, int]] | None:
    """Return the blocks that tell whether absent keys have come to a dict; `None` if there is too much of them.

    A dict that was cleared may have a table in the same place again, with as much room, but with other keys.
    """
    if not are_absent:
        return []
    return None if entries.block[1] > MAX_TABLE_BYTES else [entries.block]


def addresses_of_length(snapshot: Snapshot) -> GuardedAddresses | None:
    """Return the address for the length of a list or a dict; `None` for other containers."""
    kind = type(snapshot.holder)
    place = LIST_SIZE if kind is list else DICT_USED
    return ([id(snapshot.holder) + place], [], []) if kind in (list, dict) else None


def addresses_of_array(snapshot: Snapshot) -> GuardedAddresses | None:
    """Return the addresses for all numbers in an array; `None` where they do not stand one after the other."""
    array = snapshot.holder
    if not is_array(array) or type(array).__module__ != "numpy" or not array.flags.c_contiguous:
        return None
    blocks = [] if not array.nbytes else [(address_of_array(array), int(array.nbytes))]
    return *addresses_of_shape(array), blocks


def addresses_of_shape(array: Any) -> tuple[list[int], list[int]]:
    """Return the addresses for where an array has its numbers, and for its shape, strides and type."""
    fields = [id(array) + field for field in ARRAY_FIELDS]
    lengths = [read_pointer(place) for place in fields[1:3]]
    return fields, [start + POINTER * axis for start in lengths for axis in range(array.ndim)]


def address_of_array(array: Any) -> int:
    """Return where an array has its numbers."""
    return int(array.__array_interface__["data"][0])


def offset_in(array: Any, key: Any) -> int:
    """Return how many bytes after the first one an element of an array stands."""
    keys = key if type(key) is tuple else (key,)
    return sum(each % size * stride for each, size, stride in zip(keys, array.shape, array.strides, strict=True))


def addresses_of_names(snapshot: Snapshot) -> GuardedAddresses | None:
    """Return the addresses for attributes, or for globals; `None` if the layout of their dict is not known."""
    assert isinstance(snapshot, Names)
    holder = snapshot.holder
    is_object = type(holder) is not dict and not isinstance(holder, (type, types.ModuleType))
    slots = {name: member for name in snapshot.names if (member := member_of(type(holder), name))} if is_object else {}
    first = [id(holder) + offset_of(member) for member in slots.values()]
    pointer = dict_pointer(holder) if is_object else 0
    if is_object and not pointer:
        return first, [], []
    entries = DictEntries.of(holder, snapshot.names)
    if entries is None:
        return None
    places = [entries.places[name] for name in snapshot.names if name in entries.places and name not in slots]
    if not is_object:
        return [*first, *entries.first], [entries.room_place, *places], []
    own = holder.__dict__
    if snapshot.with_keys:
        # A name that others have already is no new key of a table that they share.
        places.append(id(own) + DICT_USED)
    # Nobody clears the names of a module or a class; `vars(self).clear()` is a habit.
    places += [entries.key_places[name] for name in snapshot.names if name in entries.places and name not in slots]
    blocks = blocks_of_absent(entries, any(name not in own for name in snapshot.names if name not in slots))
    return None if blocks is None else ([*first, pointer, *entries.first], [entries.room_place, *places], blocks)


ARRAY_FIELDS: Final = tuple(POINTER * field for field in (2, 4, 5, 7))
"""Where an array of numpy has the pointers to its numbers, its shape, its strides and its type."""

ADDRESSES: Final[dict[type, Callable[[Snapshot], GuardedAddresses | None]]] = {
    FunctionFields: addresses_of_function,
    PartialFields: addresses_of_partial,
    CellContent: addresses_of_cell,
    ClassOf: addresses_of_class,
    Items: addresses_of_items,
    Elements: addresses_of_elements,
    Length: addresses_of_length,
    ArrayContent: addresses_of_array,
    Names: addresses_of_names,
}


class MemoryGuards:
    """The memory that tells whether the values of some snapshots have changed; a `MemoryGuardTable` for machine code.

    Args:
        snapshots: what is compared; memory tells of all of it.

    Attributes:
        table: address and expected content of each word, one after the other.
        first: how many words the first stage has.
        second: how many words the second stage has.
        blocks: address, address of the expected content, and size of each block.
        count: how many blocks there are.
    """

    def __init__(self, snapshots: Sequence[Snapshot]) -> None:
        self.snapshots = snapshots
        addresses = self.addresses()
        assert addresses is not None
        self.first, self.second, self.count = (len(part) for part in addresses)
        self.table = (ctypes.c_int64 * max(2 * (self.first + self.second), 1))()
        self.blocks = (ctypes.c_int64 * max(3 * self.count, 1))()
        self.contents: list[bytes] = []
        self.fill(addresses)

    @classmethod
    def of(cls, snapshots: Sequence[Snapshot]) -> tuple[MemoryGuards | None, list[Snapshot]]:
        """Return the guards of those snapshots that memory tells of, and the others, which Python has to compare."""
        if unknown_layout() is not None:
            return None, list(snapshots)
        told = [snapshot for snapshot in snapshots if addresses_of(snapshot) is not None]
        if not told:
            return None, list(snapshots)
        guards = cls(told)
        if guards.first + guards.second > MAX_WORDS:
            return None, list(snapshots)
        known = set(map(id, told))
        return guards, [snapshot for snapshot in snapshots if id(snapshot) not in known]

    @property
    def nanoseconds(self) -> float:
        """About how long a comparison takes."""
        rows = [self.blocks[3 * index : 3 * index + 3] for index in range(self.count)]
        compare = memory_comparison()
        seconds = min(timeit.repeat(lambda: [compare(*row) for row in rows], number=1, repeat=2))
        by_row = min(timeit.repeat(lambda: [compare(*row[:2], 0) for row in rows], number=1, repeat=2))
        return (self.first + self.second) * WORD_NANOSECONDS + max(seconds - by_row, 0.0) * 1e9

    def addresses(self) -> GuardedAddresses | None:
        """Return where all words and blocks are now; `None` if memory tells no longer of all snapshots."""
        first: list[int] = []
        second: list[int] = []
        blocks: list[tuple[int, int]] = []
        for snapshot in self.snapshots:
            addresses = addresses_of(snapshot)
            if addresses is None:
                return None
            first += addresses[0]
            second += addresses[1]
            blocks += addresses[2]
        return first, second, blocks

    def fill(self, addresses: GuardedAddresses) -> None:
        """Expect what stands at addresses now."""
        first, second, blocks = addresses
        words: list[ctypes.c_int64 | int] = [
            word for address in (*first, *second) for word in (address, ctypes.c_int64.from_address(address).value)
        ]
        contents = [ctypes.string_at(address, size) for address, size in blocks]
        rows: list[ctypes.c_int64 | int] = [
            word
            for (address, size), content in zip(blocks, contents, strict=True)
            for word in (address, id(content) + BYTES_START, size)
        ]
        # Between two of these lines machine code may run in another thread: it must not read where nothing is any more.
        if self.table[0]:
            self.table[1] = ~ctypes.c_int64.from_address(self.table[0]).value
        self.blocks[: len(rows)] = rows
        self.contents = contents
        self.table[: len(words)] = words

    def refresh(self) -> None:
        """Find the words again, after Python has found nothing changed: a dict that grew keeps them elsewhere."""
        # Equal numbers may have taken the place of those that were compared; they have to live as long as the words.
        for snapshot in self.snapshots:
            snapshot.renew()
        addresses = self.addresses()
        if addresses is not None and [len(part) for part in addresses] == [self.first, self.second, self.count]:
            self.fill(addresses)


WORD_NANOSECONDS: Final = 1.0
"""About how long it takes to compare a word."""
