"""Whether Python's objects lie in memory as is known here: by the versions that were tried, and by looking at some.

unknown_layout()      None, or whose layout isn't known
"""

from __future__ import annotations

import ctypes
import functools
import sys
import sysconfig
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, Final

from minitorch.machine_code.llvm.cpython_layout import (
    BYTES_START,
    DICT_USED,
    LIST_ITEMS,
    LIST_SIZE,
    POINTER,
    TUPLE_SIZE,
    TYPE,
    DictEntries,
    cell_content,
    dict_pointer,
    function_fields,
    mro_field,
    offset_of,
    partial_fields,
    read_pointer,
)
from minitorch.machine_code.llvm.frame_layout import cell_at, cell_names, local_at, stack_values
from minitorch.machine_code.llvm.runtime import FLOAT_OFFSET, ITEMS_OFFSET

__all__ = ["unknown_layout"]

FIRST: Final = (3, 10)
AFTER_LAST: Final = (3, 16)
"""The versions of Python that were tried: from the first one on, and before the other."""


class Sample:
    """A class whose objects have a slot and a dict, to try the layout on."""

    __slots__ = ("__dict__", "slot")


@functools.cache
def unknown_layout() -> str | None:
    """Return which objects don't lie in memory as is known here; `None` where all do.

    >>> unknown_layout()
    """
    if (
        sys.implementation.name != "cpython"
        or not FIRST <= sys.version_info < AFTER_LAST
        or POINTER != 8
        or sysconfig.get_config_var("Py_GIL_DISABLED")
        # Python built with --with-trace-refs links objects to one another by what stands before their fields.
        or hasattr(sys, "getobjects")
    ):
        return "objects"
    return next((what for what, holds in CHECKS.items() if not holds()), None)


def word_at(address: int) -> int:
    """Return the number that stands at an address."""
    return ctypes.c_ssize_t.from_address(address).value


def items_at(start: int, items: Any) -> bool:
    """Return whether pointers to some items stand one after the other from an address on."""
    return [read_pointer(start + POINTER * index) for index in range(len(items))] == list(map(id, items))


def floats_hold() -> bool:
    """Return whether a float has its type and its number where it should."""
    number = float("1.25")
    at = ctypes.c_double.from_address(id(number) + FLOAT_OFFSET).value
    return (at, read_pointer(id(number) + TYPE)) == (number, id(float))


def sequences_hold() -> bool:
    """Return whether tuples and lists have their lengths and items, and bytes their first byte, where they should."""
    items, numbers, text = (1.5, "two", None), [2.5, 3.5], b"some bytes"
    return (
        word_at(id(items) + TUPLE_SIZE) == len(items)
        and items_at(id(items) + ITEMS_OFFSET, items)
        and word_at(id(numbers) + LIST_SIZE) == len(numbers)
        and items_at(read_pointer(id(numbers) + LIST_ITEMS), numbers)
        and ctypes.string_at(id(text) + BYTES_START, len(text)) == text
    )


def dicts_hold() -> bool:
    """Return whether dicts have their entries where they should: those of scopes, of objects and of Python's own."""
    scope: dict[Any, Any] = {f"name{index}": float(index) for index in range(100)}
    del scope["name7"]
    sample, plain = Sample(), SimpleNamespace(first=1.5, second=2.5)
    sample.rate = 4.5  # type: ignore[attr-defined]
    mixed: dict[Any, Any] = {1: 1.5, "two": 2.5}
    for mapping in (scope, mixed, sample.__dict__, plain.__dict__):
        places = DictEntries(mapping).places
        if word_at(id(mapping) + DICT_USED) != len(mapping):
            return False
        if [read_pointer(places[name]) for name in mapping] != list(map(id, mapping.values())):
            return False
    return read_pointer(dict_pointer(sample)) == id(sample.__dict__)


def objects_hold() -> bool:
    """Return whether objects have their class and slots where they should, and classes, functions and cells theirs."""
    sample, content = Sample(), 5.5
    sample.slot = slotted = 3.5  # type: ignore[attr-defined]

    def reads_content() -> float:
        return content

    (cell,) = reads_content.__closure__ or ()
    return (
        read_pointer(id(sample) + TYPE) == id(Sample)
        and read_pointer(id(sample) + offset_of(vars(Sample)["slot"])) == id(slotted)
        and read_pointer(id(Sample) + mro_field()) == id(Sample.__mro__)
        and read_pointer(cell_content(cell)) == id(content)
        and len(function_fields()) == 3
        and len(partial_fields()) == 3
    )


def frames_hold() -> bool:
    """Return whether frames have their variables, their cells and their stack where they should."""
    outer = object()

    def lowest_of_caller(argument: Any) -> tuple[Any, Any, Any]:
        frame = sys._getframe()
        cell = cell_at(frame, cell_names(frame.f_code).index("outer"))
        return local_at(frame, 0), cell.cell_contents is outer, stack_values(sys._getframe(1), 1, 1)[0]

    def found(value: object) -> tuple[Any, ...]:
        return value, lowest_of_caller(value)

    value = object()
    return found(value) == (value, (value, True, value))


CHECKS: Final[dict[str, Callable[[], bool]]] = {
    "floats": floats_hold,
    "tuples, lists and bytes": sequences_hold,
    "dicts": dicts_hold,
    "objects and functions": objects_hold,
    "frames": frames_hold,
}
