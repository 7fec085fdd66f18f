"""Where CPython keeps what machine code reads: fields of types, lengths of lists, entries of dicts."""

from __future__ import annotations

import ctypes
import functools
import sys
from collections.abc import Collection, Iterable
from types import FunctionType, MemberDescriptorType
from typing import Any, Final

__all__ = [
    "BYTES_START", "DICT_USED", "LIST_ITEMS", "LIST_SIZE", "POINTER", "TUPLE_SIZE", "TYPE", "DictEntries",
    "cell_content", "dict_pointer", "function_fields", "list_places", "mro_field", "offset_of", "partial_fields",
    "read_pointer",
]  # fmt: skip

POINTER: Final = ctypes.sizeof(ctypes.c_void_p)

TUPLE_SIZE: Final = 2 * POINTER
"""Where a tuple keeps its length; its items stand behind all of its fields, from Python 3.14 on behind its hash."""

LIST_SIZE: Final = 2 * POINTER
LIST_ITEMS: Final = 3 * POINTER
"""Where a list keeps its length, and the pointer to its items."""

BYTES_START: Final = 4 * POINTER
"""Where bytes begin in a bytes object."""

DICT_USED: Final = 2 * POINTER
"""Where a dict keeps how many items it has."""

TYPE: Final = POINTER
"""Where an object keeps its type."""

MEMBER: Final = 5 * POINTER
MEMBER_OFFSET: Final = 2 * POINTER
"""Where a descriptor of a slot keeps its definition, and that the offset of the slot."""


KEYS: Final = 4 * POINTER
VALUES: Final = 5 * POINTER
"""Where a dict keeps its table of keys, and values of its own if it shares one."""

INDEX_BYTES, KEYS_KIND, ROOM, ENTRIES_COUNT, INDICES = 9, 10, 16, 24, 32
"""Fields of a table of keys: the binary logarithm of the bytes of its indices, its kind, for how many new keys it has
room, how many entries it has, and where the indices begin, behind which the entries stand."""

INDEX_COUNT_3_10, ROOM_3_10, ENTRIES_COUNT_3_10, INDICES_3_10 = 8, 24, 32, 40
"""The same in Python 3.10: how many indices there are, the room, how many entries, and where the indices begin."""

CONTENT: Final = 2 * POINTER
"""Where a closure's cell keeps its content, and a mapping proxy its mapping."""


def read_pointer(address: int) -> int:
    """Return the pointer that is stored at an address."""
    return ctypes.c_void_p.from_address(address).value or 0


def offset_of(descriptor: Any) -> int:
    """Return where objects keep the slot that a descriptor reads.

    >>> class Pair:
    ...     __slots__ = ("first", "second")
    >>> offset_of(Pair.second) - offset_of(Pair.first)
    8
    """
    if type(descriptor) is not MemberDescriptorType:
        raise TypeError(f"{descriptor!r} is not a slot of a class")
    definition = read_pointer(id(descriptor) + MEMBER)
    return ctypes.c_ssize_t.from_address(definition + MEMBER_OFFSET).value


def cell_content(cell: Any) -> int:
    """Return the address of the pointer to what a closure's cell holds."""
    return id(cell) + CONTENT


@functools.cache
def function_fields() -> tuple[int, ...]:
    """Return where a function keeps its code, its defaults and its defaults by keyword, each a pointer or null."""

    def sample(x: float = 1.5, *, y: float = 2.5) -> float:
        return x + y

    fields = range(2 * POINTER, FunctionType.__basicsize__, POINTER)
    wanted = (sample.__code__, sample.__defaults__, sample.__kwdefaults__)
    return tuple(next(field for field in fields if read_pointer(id(sample) + field) == id(value)) for value in wanted)


@functools.cache
def partial_fields() -> tuple[int, ...]:
    """Return where a partial keeps its function, its positional arguments and its dict of those by name."""
    sample: functools.partial[Any] = functools.partial(dict, [("x", 1.5)], y=2.5)
    fields = range(2 * POINTER, functools.partial.__basicsize__, POINTER)
    wanted = (sample.func, sample.args, sample.keywords)
    return tuple(next(field for field in fields if read_pointer(id(sample) + field) == id(value)) for value in wanted)


@functools.cache
def mro_field() -> int:
    """Return where a class keeps the tuple of itself and its bases."""

    class Sample:
        """A class to look at."""

    size: Any = type.__basicsize__
    fields = range(2 * POINTER, size, POINTER)
    return next(field for field in fields if read_pointer(id(Sample) + field) == id(Sample.__mro__))


@functools.cache
def first_value() -> int:
    """Return where an object's values begin in the table that its dict shares the keys of."""

    class Sample:
        """A class whose objects have attributes."""

    sample = Sample()
    sample.attribute = value = object()  # type: ignore[attr-defined]
    values = read_pointer(id(sample.__dict__) + VALUES)
    fields = range(0, 4 * POINTER, POINTER)
    return next((field for field in fields if values and read_pointer(values + field) == id(value)), 0)


def dict_pointer(holder: Any) -> int:
    """Return where an object has the pointer to its dict, 0 if it has none."""
    find = ctypes.pythonapi._PyObject_GetDictPtr
    find.restype, find.argtypes = ctypes.c_void_p, (ctypes.py_object,)
    return int(find(holder) or 0)


def list_places(items: list[Any]) -> tuple[list[int], list[int]]:
    """Return where a list has the pointer to its items and their number, and where the items are.

    >>> numbers = [1.5, 2.5]
    >>> [read_pointer(place) for place in list_places(numbers)[1]] == [id(number) for number in numbers]
    True
    """
    start = read_pointer(id(items) + LIST_ITEMS)
    return [id(items) + LIST_ITEMS, id(items) + LIST_SIZE], [start + POINTER * index for index in range(len(items))]


def table_of_keys(keys: int) -> tuple[int, int, int, bool]:
    """Return where a table of keys has its room, how many entries, where they begin, and if each begins with a hash."""
    if sys.version_info < (3, 11):
        indices = ctypes.c_ssize_t.from_address(keys + INDEX_COUNT_3_10).value
        bytes_each = next(size for size in (1, 2, 4, 8) if indices < 1 << 8 * size)
        count = ctypes.c_ssize_t.from_address(keys + ENTRIES_COUNT_3_10).value
        return keys + ROOM_3_10, count, keys + INDICES_3_10 + indices * bytes_each, True
    index_bytes, kind = (ctypes.c_uint8.from_address(keys + field).value for field in (INDEX_BYTES, KEYS_KIND))
    # Of keys that are all text the hashes are not kept.
    count = ctypes.c_ssize_t.from_address(keys + ENTRIES_COUNT).value
    return keys + ROOM, count, keys + INDICES + (1 << index_bytes), kind == 0


class DictEntries:
    """Where a dict keeps its values.

    Args:
        mapping: the dict; that of an object may share its keys with others.
        wanted: the keys whose places are asked for; `None` for all.

    Attributes:
        first: where the pointers to the tables are.
        room_place: where the table of keys says for how many new keys it has room: each one takes some, and none that
            goes gives it back, whereas `dict.popitem` takes entries back.
        block: where all entries are, and their bytes; without any if the keys are shared, which then stay for good.
        places: where the pointer to the value of each key is, null for one that only others have.
        key_places: where the pointer to each key is.

    >>> scope = {"rate": 0.05}
    >>> read_pointer(DictEntries(scope).places["rate"]) == id(scope["rate"])
    True
    """

    def __init__(self, mapping: dict[Any, Any], wanted: Collection[Any] | None = None) -> None:
        self.first = [id(mapping) + KEYS, id(mapping) + VALUES]
        keys, values = map(read_pointer, self.first)
        self.room_place, count, start, has_hashes = table_of_keys(keys)
        size, key_field = (3, 1) if has_hashes else (2, 0)
        self.places: dict[Any, int] = {}
        self.key_places: dict[Any, int] = {}
        self.block = start, 0 if values else count * size * POINTER
        entries: Iterable[int] = range(count)
        if wanted is not None and not values and count == len(mapping):
            # No key was taken out, so entries stand in the order of the dict.
            entries = [entry for entry, key in enumerate(mapping) if key in wanted]
        for entry in entries:
            place = start + (entry * size + key_field) * POINTER
            own = values + first_value() + entry * POINTER if values else place + POINTER
            if read_pointer(place):
                key = ctypes.cast(read_pointer(place), ctypes.py_object).value
                self.places[key], self.key_places[key] = own, place

    @classmethod
    def of(cls, holder: Any, wanted: Collection[Any] | None = None) -> DictEntries | None:
        """Return the entries of a dict, or of the attributes of a module, class or object; `None` without any."""
        if isinstance(holder, type):
            # Each question makes a new proxy, which has to live until it is read.
            proxy = holder.__dict__
            mapping: Any = ctypes.cast(read_pointer(id(proxy) + CONTENT), ctypes.py_object).value
            del proxy
        elif type(holder) is dict:
            mapping = holder
        else:
            mapping = getattr(holder, "__dict__", None)
        return cls(mapping, wanted) if type(mapping) is dict else None
