"""Snapshots of parts: single elements of containers, their lengths, and the numbers in arrays and buffers."""

from __future__ import annotations

from collections import deque
from typing import Any, Final

from minitorch.compiler.guards.c_objects import bytes_of
from minitorch.compiler.guards.snapshots import MISSING, Snapshot, entry_of
from minitorch.machine_code.llvm.memory_comparison import memory_comparison
from minitorch.scalars.containers import MAPPINGS
from minitorch.scalars.pytrees import is_array

__all__ = ["ArrayContent", "Elements", "Length", "element_of", "length_of"]

BASES: Final[tuple[type, ...]] = (list, tuple, deque)


def element_of(container: Any, key: Any) -> Any:
    """Return an element of a container by Python's own look-up, whatever its class does; `MISSING` if there is none.

    >>> element_of({"a": 1.0}, "a"), element_of([1.0], 3) is MISSING
    (1.0, True)
    """
    if isinstance(container, MAPPINGS):
        return entry_of(container, key, MISSING)
    base: Any = next((base for base in BASES if isinstance(container, base)), type(container))
    try:
        element = base.__getitem__(container, key)
    except LookupError:
        return MISSING
    if is_array(container):
        # An element of an array is a new object every time.
        return element if container.dtype.hasobject else f"{element.dtype}{element.shape}".encode() + element.tobytes()
    return element


class Elements(Snapshot):
    """Some elements of a container by index or key.

    Args:
        title: what to call the container.
        container: a list, a dict, an array or another container of Python's own.

    >>> table = [1.0, 2.0]
    >>> elements = Elements("the table", table)
    >>> elements.add(0), table.append(3.0), elements.changed(), table.insert(0, 0.0), elements.changed()
    (None, None, None, None, 'the table')
    """

    def __init__(self, title: str, container: Any) -> None:
        self.holder = container
        self.keys: dict[tuple[type, Any], Any] = {}
        super().__init__(title, self.present)

    def add(self, key: Any) -> None:
        """Have another element compared from now on."""
        if (type(key), key) not in self.keys:
            self.keys[type(key), key] = key
            self.values.append(element_of(self.holder, key))

    def take_in(self, other: Snapshot) -> None:
        """Have the elements compared that another snapshot compares."""
        assert type(other) is Elements
        for known, value in zip(other.keys.items(), other.values, strict=True):
            if known[0] not in self.keys:
                self.keys[known[0]] = known[1]
                self.values.append(value)

    def written(self) -> str | None:
        """Return the title if an element was assigned since; those of arrays are new objects every time."""
        return super().written() if isinstance(self.holder, (dict, *BASES)) else self.changed()

    def present(self) -> list[Any]:
        """Return the present elements."""
        return [element_of(self.holder, key) for key in self.keys.values()]


def length_of(container: Any) -> int:
    """Return how many items a container has, whatever its class says."""
    bases = (list, dict, set, frozenset, tuple, deque, bytearray)
    base: Any = next((base for base in bases if isinstance(container, base)), type(container))
    return int(base.__len__(container))


class Length(Snapshot):
    """How many items a container has.

    Args:
        title: what to call it.
        container: the container.
    """

    def __init__(self, title: str, container: Any) -> None:
        self.holder = container
        super().__init__(title, lambda: [length_of(container)])


class ArrayContent(Snapshot):
    """All numbers in an array of numpy, or the bytes of a buffer.

    Args:
        title: what to call it.
        array: the array or buffer.
    """

    def __init__(self, title: str, array: Any) -> None:
        self.holder = array
        self.content = b""
        super().__init__(title, self.description)
        self.content = content_of(array)

    @property
    def size(self) -> int:
        """How many bytes there are to compare."""
        return len(self.content)

    def description(self) -> list[Any]:
        """Return what is compared besides the content."""
        if not is_array(self.holder):
            return []
        objects = list(self.holder.flat) if self.holder.dtype.hasobject else []
        return [str(self.holder.shape), str(self.holder.strides), str(self.holder.dtype), *objects]

    def unchanged(self) -> bool:
        """Return whether the content is as it was."""
        return (super().unchanged() and self.has_same_content()) or self.changed() is None

    def changed(self) -> str | None:
        """Return the title if the content is another one."""
        return super().changed() or (None if self.has_same_content() else self.title)

    def written(self) -> str | None:
        """Return the title if the content is another one."""
        return self.changed()

    def has_same_content(self) -> bool:
        """Return whether the bytes are as they were."""
        address = address_of(self.holder)
        if address is None:
            return content_of(self.holder) == self.content
        return memory_comparison()(address, self.content, len(self.content)) == 0


def content_of(array: Any) -> bytes:
    """Return the bytes of an array or a buffer."""
    return bytes(array.tobytes()) if is_array(array) else b"".join(bytes_of(array))


def address_of(array: Any) -> int | None:
    """Return where an array has its bytes; `None` if they do not stand one after the other."""
    if not is_array(array) or not array.flags.c_contiguous:
        return None
    return int(array.__array_interface__["data"][0])
