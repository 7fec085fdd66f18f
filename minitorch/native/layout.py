"""Where CPython keeps what machine code reads and writes: fields of types, lengths of lists, slots of Variables."""

from __future__ import annotations

import ctypes
import sys
import sysconfig
from types import MemberDescriptorType
from typing import Any, Final

__all__ = [
    "COMPARE", "DEALLOCATE", "LIST_SIZE", "NUMBER_SLOTS", "is_supported", "number_slot", "offset_of", "read_pointer",
    "type_slot", "write_pointer",
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
