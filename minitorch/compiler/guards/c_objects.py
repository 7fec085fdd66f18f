"""Objects whose values C code keeps, where no attribute shows them: their memory is compared, or nothing is.

a ctypes.Structure of numbers, an mmap           its bytes are compared
a sqlite3 connection, an element of XML          what it would answer is not known: it is refused
"""

from __future__ import annotations

import array
import ctypes
import datetime
import mmap
from types import MemberDescriptorType
from typing import Any, Final

from minitorch.compiler.guards.snapshots import ATOMS
from minitorch.scalars.containers import MAPPINGS

__all__ = ["BUFFERS", "bytes_of", "has_comparable_bytes", "has_hidden_state"]

BUFFERS: Final = (bytearray, memoryview, array.array, mmap.mmap)

C_DATA: Final = (ctypes.Structure, ctypes.Union, ctypes.Array, ctypes._SimpleCData)

C_NUMBERS: Final = frozenset("cbBhHiIlLqQfdg?uv")
"""Codes of the simple types of ctypes that are no pointers."""

SHOWN: Final = frozenset(
    map(id, (object, list, tuple, set, frozenset, *MAPPINGS, *ATOMS, datetime.date, datetime.time, datetime.timedelta))
)
"""Types of C whose values are compared otherwise, or never change; by identity, as `snapshots.ATOM_IDENTITIES`."""

MAX_BYTES: Final = 1 << 20
"""More bytes than these are not compared."""

WORD: Final = ctypes.sizeof(ctypes.c_void_p)


def has_comparable_bytes(value: Any) -> bool:
    """Return whether the bytes of an object's memory tell all that it holds.

    >>> has_comparable_bytes(bytearray(b"12")), has_comparable_bytes(ctypes.c_double(2.0))
    (True, True)
    >>> has_comparable_bytes([1.0]), has_comparable_bytes(ctypes.pointer(ctypes.c_double(2.0)))
    (False, False)
    """
    if isinstance(value, C_DATA):
        return ctypes.sizeof(value) <= MAX_BYTES and not has_pointers(type(value))
    return isinstance(value, (bytearray, array.array)) or (isinstance(value, BUFFERS) and len(value) <= MAX_BYTES)


def bytes_of(value: Any) -> list[bytes]:
    """Return the present bytes of an object's memory in a list, which is empty if it has been closed."""
    try:
        return [bytes(value)]
    except ValueError:
        return []


def has_pointers(cls: Any) -> bool:
    """Return whether objects of a type of ctypes point to other memory."""
    if issubclass(cls, ctypes._SimpleCData):
        return cls._type_ not in C_NUMBERS
    if issubclass(cls, ctypes.Array):
        return has_pointers(cls._type_)
    if issubclass(cls, (ctypes.Structure, ctypes.Union)):
        return any(has_pointers(field[1]) for base in cls.__mro__ for field in vars(base).get("_fields_", ()))
    return True


def has_hidden_state(cls: type) -> bool:
    """Return whether objects of a class have memory of their own besides the attributes that Python shows.

    A class that is written in Python adds its slots to the memory that objects of its base have, a dict and a place for
    weak references; what is written in C adds fields that have no names.

    >>> import random
    >>> has_hidden_state(random.Random), has_hidden_state(type("Rates", (), {})), has_hidden_state(float)
    (True, False, False)
    """
    while id(cls) not in SHOWN and not issubclass(cls, (BaseException, datetime.tzinfo)):
        base = cls.__base__
        assert base is not None
        usual = sum(type(member) is MemberDescriptorType for member in vars(cls).values())
        usual += (cls.__dictoffset__ > base.__dictoffset__) + (cls.__weakrefoffset__ > base.__weakrefoffset__)
        if cls.__basicsize__ - base.__basicsize__ > WORD * usual or cls.__itemsize__ != base.__itemsize__:
            return True
        cls = base
    return False
