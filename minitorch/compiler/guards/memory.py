"""Memory guards: words of memory that tell whether what a recording has read is as it was, compared at each call.

    RATE = 0.05                            where the module's dict keeps its keys, how many entries they have, and the
    def price(x): return x * RATE          pointers to RATE and to the function's code and defaults

Words of the second stage stand in memory that those of the first point to, so they are looked at if the first hold.
Where CPython keeps what, `cpython_layout` says; on a Python that it does not know, and for values that no word tells
of, Python compares.
"""

from __future__ import annotations

import ctypes
import functools
import types
from collections.abc import Sequence
from typing import Any, Final

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

__all__ = ["MemoryGuards", "Stages", "words_of"]

Stages = tuple[list[int], list[int]]
"""Addresses of the first stage and of the second."""

MOST: Final = 512
"""Of more words the comparison takes longer than most functions do."""


class Sample:
    """An object to look at."""

    __slots__ = ("__dict__", "slot")


@functools.cache
def layout_is_known() -> bool:
    """Whether dicts, objects, functions and classes of this process are laid out as is known, tried on some."""
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
    found = read_pointer(dict_pointer(sample)), read_pointer(id(Sample) + mro_field()), read_pointer(id(sample) + TYPE)
    return found == (id(sample.__dict__), id(Sample.__mro__), id(Sample)) and len(function_fields()) == 3


def words_of(reading: Snapshot) -> Stages | None:
    """Where memory tells whether a reading has changed; None where it does not."""
    if isinstance(reading, FunctionFields):
        return [id(reading.function) + field for field in function_fields()], []
    if isinstance(reading, CellContent):
        return [cell_content(reading.cell)], []
    if isinstance(reading, ClassOf):
        return [id(reading.holder) + (mro_field() if isinstance(reading.holder, type) else TYPE)], []
    if isinstance(reading, Items):
        return words_of_items(reading.container)
    return words_of_names(reading) if isinstance(reading, Names) else None


def words_of_items(container: Any) -> Stages | None:
    """Return the words of a list or a dict; `None` for other containers."""
    if type(container) is list:
        return list_places(container)
    if type(container) is not dict:
        return None
    entries = DictEntries(container)
    # A dict that was cleared may have the same values in the same places again, under other keys.
    places = [*entries.key_places.values(), *entries.places.values()]
    return [id(container) + DICT_USED, *entries.first], [entries.count_place, *places]


def words_of_names(reading: Names) -> Stages | None:
    """Return the words of attributes, or of globals."""
    holder = reading.holder
    is_object = type(holder) is not dict and not isinstance(holder, (type, types.ModuleType))
    slots = members_of(type(holder)) if is_object else {}
    first = [id(holder) + offset_of(slots[name]) for name in reading.names if name in slots]
    pointer = dict_pointer(holder) if is_object else 0
    if is_object and not pointer:
        return first, []
    entries = DictEntries.of(holder)
    if entries is None:
        return None
    places = [entries.places[name] for name in reading.names if name in entries.places and name not in slots]
    return [*first, *([pointer] if pointer else []), *entries.first], [entries.count_place, *places]


class MemoryGuards:
    """The words of some readings.

    Args:
        readings: what is compared.

    Attributes:
        table: address and expected word of each, one after the other.
        first, second: how many there are in each stage.
    """

    def __init__(self, readings: Sequence[Snapshot]) -> None:
        self.readings = readings
        stages = self.stages()
        assert stages is not None
        self.first, self.second = map(len, stages)
        self.table = (ctypes.c_int64 * max(2 * (self.first + self.second), 1))()
        self.fill([*stages[0], *stages[1]])

    @classmethod
    def of(cls, readings: Sequence[Snapshot]) -> MemoryGuards | None:
        """Return the words of readings; `None` if not all have some."""
        if not layout_is_known() or any(words_of(reading) is None for reading in readings):
            return None
        words = cls(readings)
        return words if words.first + words.second <= MOST else None

    def stages(self) -> Stages | None:
        """Where all words are now."""
        first: list[int] = []
        second: list[int] = []
        for reading in self.readings:
            found = words_of(reading)
            if found is None:
                return None
            first += found[0]
            second += found[1]
        return first, second

    def fill(self, places: Sequence[int]) -> None:
        """Expect what stands there now."""
        for index, place in enumerate(places):
            self.table[2 * index] = place
            self.table[2 * index + 1] = ctypes.c_int64.from_address(place).value

    def refresh(self) -> None:
        """Look for the words anew: nothing has changed, but a dict may have grown and keep them elsewhere."""
        stages = self.stages()
        if stages is not None and list(map(len, stages)) == [self.first, self.second]:
            self.fill([*stages[0], *stages[1]])
