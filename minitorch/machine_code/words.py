"""Words of memory that tell whether what a recording has read is still there: compared by machine code, at each call.

    RATE = 0.05                            where the module's dict keeps its keys, how many entries they have, and the
    def price(x): return x * RATE          pointers to RATE and to the function's code and defaults

Words of the second stage stand in memory that those of the first point to, so they are looked at if the first hold.
Where CPython keeps what, `native.layout` says; on a Python that it does not know, and for values that no word tells of,
Python compares.
"""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Sequence
from typing import Any, Final

from minitorch.machine_code.readings import CellContent, FunctionFields, Names, Reading
from minitorch.native.layout import DictEntries, cell_content, function_fields, is_supported, read_pointer

__all__ = ["Stages", "Words", "words_of"]

Stages = tuple[list[int], list[int]]
"""Addresses of the first stage and of the second."""

MOST: Final = 256
"""Of more words the comparison takes longer than most functions do."""


@functools.cache
def layout_is_known() -> bool:
    """Whether dicts and functions of this process are laid out as is known, tried on some."""
    if not is_supported():
        return False

    scope: dict[str, Any] = {f"name{index}": float(index) for index in range(100)}
    del scope["name7"]
    entries = DictEntries(scope)
    values = [read_pointer(entries.place_of(name)) for name in scope]
    return values == list(map(id, scope.values())) and len(function_fields()) == 3


def words_of(reading: Reading) -> Stages | None:
    """Where memory tells whether a reading has changed; None where it does not."""
    if isinstance(reading, FunctionFields):
        return [id(reading.function) + field for field in function_fields()], []
    if isinstance(reading, CellContent):
        return [cell_content(reading.cell)], []
    if isinstance(reading, Names):
        entries = DictEntries.of(reading.holder)
        if entries is None:
            return None
        values = [entries.place_of(name) for name in reading.names if name in entries]
        return [entries.keys_place], [entries.count_place, *values]
    return None


class Words:
    """The words of some readings.

    Args:
        readings: what is compared.

    Attributes:
        table: address and expected word of each, one after the other.
        first, second: how many there are in each stage.
    """

    def __init__(self, readings: Sequence[Reading]) -> None:
        self.readings = readings
        stages = self.stages()
        assert stages is not None
        self.first, self.second = map(len, stages)
        self.table = (ctypes.c_int64 * max(2 * (self.first + self.second), 1))()
        self.fill([*stages[0], *stages[1]])

    @classmethod
    def of(cls, readings: Sequence[Reading]) -> Words | None:
        """The words of readings; None if not all have some."""
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
