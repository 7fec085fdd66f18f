"""Memory guards: words of memory that tell whether what a trace has read is as it was, compared at each call.

    RATE = 0.05                            where the module's dict keeps its keys, how many entries they have, and the
    def price(x): return x * RATE          pointers to RATE and to the function's code and defaults

Words of the second stage stand in memory that those of the first point to, so they are read only if the first hold.
Where CPython keeps what, `cpython_layout` says. On a Python that it does not know, and for values that no word tells
of, Python compares the snapshots.
"""

from __future__ import annotations

import ctypes
import functools
import types
from collections.abc import Sequence
from typing import Any, Final, TypeAlias

from minitorch.compiler.guards.snapshots import CellContent, ClassOf, FunctionFields, Items, Names, Snapshot, members_of
from minitorch.machine_code.llvm.cpython_layout import (
    DICT_USED,
    TYPE,
    DictEntries,
    cell_content,
    dict_pointer,
    function_fields,
    is_supported,
    list_places,
    mro_field,
    offset_of,
    read_pointer,
)

__all__ = ["GuardedAddresses", "MemoryGuards", "addresses_of"]

GuardedAddresses: TypeAlias = tuple[list[int], list[int]]
"""Addresses of words: those of the first stage, and those of the second."""

MAX_WORDS: Final = 512
"""To compare more words takes longer than most functions do."""


class Sample:
    """A class whose objects have a slot and a dict, to try the layout on."""

    __slots__ = ("__dict__", "slot")


@functools.cache
def layout_is_known() -> bool:
    """Return whether dicts, objects, functions and classes of this process are laid out as is known, tried on some."""
    if not is_supported():
        return False
    scope: dict[str, Any] = {f"name{index}": float(index) for index in range(100)}
    del scope["name7"]
    sample, plain = Sample(), types.SimpleNamespace(first=1.5, second=2.5)
    sample.slot, sample.rate = 3.5, 4.5  # type: ignore[attr-defined]
    for mapping in (scope, sample.__dict__, plain.__dict__):
        places = DictEntries(mapping).places
        if [read_pointer(places[name]) for name in mapping] != list(map(id, mapping.values())):
            return False
    pointers = (
        read_pointer(dict_pointer(sample)),
        read_pointer(id(Sample) + mro_field()),
        read_pointer(id(sample) + TYPE),
    )
    return pointers == (id(sample.__dict__), id(Sample.__mro__), id(Sample)) and len(function_fields()) == 3


def addresses_of(snapshot: Snapshot) -> GuardedAddresses | None:
    """Return where memory tells whether the values of a snapshot have changed; `None` where it does not."""
    if isinstance(snapshot, FunctionFields):
        return [id(snapshot.holder) + field for field in function_fields()], []
    if isinstance(snapshot, CellContent):
        return [cell_content(snapshot.holder)], []
    if isinstance(snapshot, ClassOf):
        return [id(snapshot.holder) + (mro_field() if isinstance(snapshot.holder, type) else TYPE)], []
    if isinstance(snapshot, Items):
        return addresses_of_items(snapshot.holder)
    return addresses_of_names(snapshot) if isinstance(snapshot, Names) else None


def addresses_of_items(container: Any) -> GuardedAddresses | None:
    """Return the addresses for a list or a dict; `None` for other containers."""
    if type(container) is list:
        return list_places(container)
    if type(container) is not dict:
        return None
    entries = DictEntries(container)
    # A dict that was cleared may have the same values in the same places again, under other keys.
    places = [*entries.key_places.values(), *entries.places.values()]
    return [id(container) + DICT_USED, *entries.first], [entries.count_place, *places]


def addresses_of_names(snapshot: Names) -> GuardedAddresses | None:
    """Return the addresses for attributes, or for globals; `None` if the layout of their dict is not known."""
    holder = snapshot.holder
    is_object = type(holder) is not dict and not isinstance(holder, (type, types.ModuleType))
    slots = members_of(type(holder)) if is_object else {}
    first = [id(holder) + offset_of(slots[name]) for name in snapshot.names if name in slots]
    pointer = dict_pointer(holder) if is_object else 0
    if is_object and not pointer:
        return first, []
    entries = DictEntries.of(holder)
    if entries is None:
        return None
    places = [entries.places[name] for name in snapshot.names if name in entries.places and name not in slots]
    return [*first, *([pointer] if pointer else []), *entries.first], [entries.count_place, *places]


class MemoryGuards:
    """The words that tell whether the values of some snapshots have changed; a `MemoryGuardTable` for machine code.

    Args:
        snapshots: what is compared.

    Attributes:
        table: address and expected content of each word, one after the other.
        first: how many words the first stage has.
        second: how many words the second stage has.
    """

    def __init__(self, snapshots: Sequence[Snapshot]) -> None:
        self.snapshots = snapshots
        addresses = self.addresses()
        assert addresses is not None
        self.first, self.second = map(len, addresses)
        self.table = (ctypes.c_int64 * max(2 * (self.first + self.second), 1))()
        self.fill([*addresses[0], *addresses[1]])

    @classmethod
    def of(cls, snapshots: Sequence[Snapshot]) -> MemoryGuards | None:
        """Return the guards of snapshots; `None` if memory does not tell of all, or they have too many words."""
        if not layout_is_known() or any(addresses_of(snapshot) is None for snapshot in snapshots):
            return None
        guards = cls(snapshots)
        return guards if guards.first + guards.second <= MAX_WORDS else None

    def addresses(self) -> GuardedAddresses | None:
        """Return where all words are now; `None` if memory tells no longer of all snapshots."""
        first: list[int] = []
        second: list[int] = []
        for snapshot in self.snapshots:
            addresses = addresses_of(snapshot)
            if addresses is None:
                return None
            first += addresses[0]
            second += addresses[1]
        return first, second

    def fill(self, addresses: Sequence[int]) -> None:
        """Expect what stands at addresses now."""
        for index, address in enumerate(addresses):
            self.table[2 * index] = address
            self.table[2 * index + 1] = ctypes.c_int64.from_address(address).value

    def refresh(self) -> None:
        """Find the words again, after Python has found nothing changed: a dict that grew keeps them elsewhere."""
        addresses = self.addresses()
        if addresses is not None and list(map(len, addresses)) == [self.first, self.second]:
            self.fill([*addresses[0], *addresses[1]])
