"""Where CPython keeps what machine code reads and writes: fields of types, lengths of lists, slots of Variables."""

from __future__ import annotations

import ctypes
import functools
import sys
import sysconfig
from types import FunctionType, MemberDescriptorType, ModuleType
from typing import Any, Final

__all__ = [
    "COMPARE", "DEALLOCATE", "LIST_SIZE", "NUMBER_SLOTS", "DictEntries", "cell_content", "function_fields",
    "is_supported", "number_slot", "offset_of", "read_pointer", "type_slot", "write_pointer",
]  # fmt: skip

POINTER: Final = ctypes.sizeof(ctypes.c_void_p)

DEALLOCATE: Final = 6 * POINTER
AS_NUMBER: Final = 12 * POINTER
COMPARE: Final = 25 * POINTER
"""Fields of a type object (`PyTypeObject`): `tp_dealloc`, `tp_as_number` and `tp_richcompare`."""

NUMBER_SLOTS: Final = {
    "nb_add": 0, "nb_subtract": 1, "nb_multiply": 2, "nb_power": 5, "nb_negative": 6, "nb_bool": 9,
    "nb_true_divide": 30,
}  # fmt: skip
"""The positions of operators in `PyNumberMethods`."""

LIST_SIZE: Final = 2 * POINTER
"""Where a list keeps its length."""

MEMBER: Final = 5 * POINTER
MEMBER_OFFSET: Final = 2 * POINTER
"""Where a descriptor of a slot keeps its definition, and that the offset of the slot."""


KEYS: Final = 4 * POINTER
VALUES: Final = 5 * POINTER
"""Where a dict keeps its table of keys, and values of its own if it shares one."""

INDEX_BYTES, KEYS_KIND, ENTRIES_COUNT, INDICES = 9, 10, 24, 32
"""Fields of a table of keys: the binary logarithm of the bytes of its indices, its kind, how many entries it has had,
and where the indices begin, behind which the entries stand."""

CONTENT: Final = 2 * POINTER
"""Where a closure's cell keeps its content, and a mapping proxy its mapping."""

def is_supported() -> bool:
    """Whether this Python is laid out as this module knows it: CPython from 3.11 with its global lock, on 64 bits."""
    return (
        sys.implementation.name == "cpython"
        and (3, 11) <= sys.version_info < (3, 14)
        and POINTER == 8
        and not sysconfig.get_config_var("Py_GIL_DISABLED")
        and not hasattr(sys, "gettotalrefcount")
    )


def read_pointer(address: int) -> int:
    """Return the pointer that is stored at an address."""
    return ctypes.c_void_p.from_address(address).value or 0


def write_pointer(address: int, value: int) -> None:
    """Store a pointer at an address."""
    ctypes.c_void_p.from_address(address).value = value


def number_slot(kind: type, name: str) -> int:
    """Return the address of the pointer to what does an operator of a type."""
    return read_pointer(id(kind) + AS_NUMBER) + NUMBER_SLOTS[name] * POINTER


def type_slot(kind: type, offset: int) -> int:
    """Return the address of a field of a type object."""
    return id(kind) + offset


def offset_of(descriptor: Any) -> int:
    """Return where objects keep the slot that a descriptor reads.

    >>> class Pair:
    ...     __slots__ = ("first", "second")
    >>> offset_of(Pair.second) - offset_of(Pair.first)
    8
    """
    if type(descriptor) is not MemberDescriptorType:
        raise TypeError(f"{descriptor!r} is no slot of a class")
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


class DictEntries:
    """Where a dict keeps its values.

    Args:
        mapping: a dict with a table of keys of its own.

    Attributes:
        keys_place: where the pointer to the table is.
        count_place: where the table says how many entries it has had; with each new key there is one more.

    >>> scope = {"rate": 0.05}
    >>> read_pointer(DictEntries(scope).place_of("rate")) == id(scope["rate"])
    True
    """

    def __init__(self, mapping: dict[Any, Any]) -> None:
        self.keys_place = id(mapping) + KEYS
        keys = read_pointer(self.keys_place)
        self.count_place = keys + ENTRIES_COUNT
        index_bytes, kind = (ctypes.c_uint8.from_address(keys + field).value for field in (INDEX_BYTES, KEYS_KIND))
        # Of keys that are all text the hashes are not kept.
        size, key_field = (2, 0) if kind == 1 else (3, 1)
        start = keys + INDICES + (1 << index_bytes)
        names = {id(key): key for key in mapping}
        self.places: dict[Any, int] = {}
        for entry in range(ctypes.c_ssize_t.from_address(self.count_place).value):
            place = start + (entry * size + key_field) * POINTER
            name = names.get(read_pointer(place))
            if name is not None and read_pointer(place + POINTER):
                self.places[name] = place + POINTER

    @classmethod
    def of(cls, holder: Any) -> DictEntries | None:
        """The entries of a dict of globals, or of the attributes of a module or class; None for other holders."""
        if isinstance(holder, type):
            # Each question makes a new proxy, which has to live until it is read.
            proxy = holder.__dict__
            mapping: Any = ctypes.cast(read_pointer(id(proxy) + CONTENT), ctypes.py_object).value
            del proxy
        elif type(holder) is ModuleType:
            mapping = holder.__dict__
        else:
            mapping = holder
        if type(mapping) is not dict or read_pointer(id(mapping) + VALUES):
            return None
        return cls(mapping)

    def __contains__(self, name: object) -> bool:
        return name in self.places

    def place_of(self, name: str) -> int:
        """Return where the pointer to a value is."""
        return self.places[name]
