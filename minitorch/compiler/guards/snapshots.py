"""Snapshots: values of one container as they were when a call was recorded, to compare them later."""

from __future__ import annotations

import builtins
import functools
import operator
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from types import FunctionType, MappingProxyType, MemberDescriptorType, ModuleType
from typing import Any, Final

from minitorch.machine_code.llvm.cpython_layout import LIST_ITEMS, POINTER, read_pointer
from minitorch.machine_code.llvm.layout_check import unknown_layout
from minitorch.machine_code.llvm.memory_comparison import memory_comparison
from minitorch.scalars.containers import FROZEN_DICTS, MAPPINGS

__all__ = [
    "BY_IDENTITY", "DESCRIPTORS", "MISSING", "CellContent", "ClassOf", "FunctionFields",
    "Items", "Names", "PartialFields", "Snapshot", "attributes_of", "entry_of", "is_atom", "is_code", "is_special",
    "items_of", "member_of", "own_attribute", "special_methods",
]  # fmt: skip

SENTINELS: Final[tuple[Any, ...]] = tuple(filter(None, [getattr(builtins, "sentinel", None)]))
"""The class of names that stand for themselves, where this Python has it."""

ATOMS: Final = frozenset(
    {int, float, bool, str, bytes, complex, type(None), type(Ellipsis), Fraction, Decimal, range, slice, *SENTINELS}
)
"""Types whose values never change."""

ATOM_IDENTITIES: Final = frozenset(map(id, ATOMS))
"""Those by identity: a class of the user's may have no hash, or one of its own."""

BY_IDENTITY: Final[tuple[Any, ...]] = (Enum, *SENTINELS)
"""Types of values that never change, of which others may look the same."""

DESCRIPTORS: Final = (staticmethod, classmethod, property, functools.cached_property)
"""Types that classes have functions wrapped in."""

MISSING: Final = object()

LONG_LIST: Final = 64
"""Of lists with fewer items Python compares one after the other as fast."""


def is_atom(value: Any) -> bool:
    """Return whether a value never changes.

    >>> is_atom(2.5), is_atom([2.5])
    (True, False)
    """
    return id(type(value)) in ATOM_IDENTITIES or isinstance(type(value), type(Enum))


def same(x: Any, y: Any) -> bool:
    """Return whether two values are the same to a computation: one object, or equal ones of one immutable type."""
    if x is y:
        return True
    return type(x) is type(y) and is_atom(x) and not isinstance(x, BY_IDENTITY) and repr(x) == repr(y)


class Snapshot:
    """Some values of one container, as they were.

    Args:
        title: what to call it.
        read: returns its present values in order.

    Attributes:
        holder: the container, or what stands for it; it is kept alive, so that nothing else gets its identity.
        values: what they were.
        place: where the user's code read all of it; empty if it did not.

    >>> rates = [1.0, 2.0]
    >>> snapshot = Items("the global 'rates'", rates)
    >>> snapshot.changed(), rates.append(3.0), snapshot.changed()
    (None, None, "the global 'rates'")
    """

    holder: Any = None

    def __init__(self, title: str, read: Callable[[], list[Any]]) -> None:
        self.title = title
        self.read = read
        self.values = read()
        self.place = ""

    @property
    def size(self) -> int:
        """How much there is to compare."""
        return len(self.values)

    def name(self, index: int) -> str:
        """Return what to call one of the values."""
        return self.title

    def take_in(self, other: Snapshot) -> None:
        """Compare what another snapshot of the same holder compares, too: here the same."""

    def unchanged(self) -> bool:
        """Return whether the same objects are there as before; `changed` also takes equal ones for the same."""
        values = self.read()
        return len(values) == len(self.values) and all(map(operator.is_, values, self.values))

    def renew(self) -> None:
        """Keep the present values, which were found to be the same as before."""
        self.values = self.read()

    def changed(self) -> str | None:
        """Return what to call a value that is another one now; `None` if there is no such value."""
        values = self.read()
        if len(values) != len(self.values):
            return self.title
        for index, (now, before) in enumerate(zip(values, self.values, strict=True)):
            if now is not before and not same(now, before):
                return self.name(index)
        return None

    def written(self) -> str | None:
        """Return what to call a value that was assigned since, be it an equal one; `None` if there is no such value."""
        values = self.read()
        if len(values) != len(self.values):
            return self.title
        for index, (now, before) in enumerate(zip(values, self.values, strict=True)):
            if now is not before and (type(now) is float or not same(now, before)):
                return self.name(index)
        return None


class Names(Snapshot):
    """Values by name: of the globals of a module, of a class, a module or an object.

    Args:
        title: what to call a value, with `{}` for its name, which else follows it.
        holder: a dict of globals, or what has attributes.
        names: those that are compared.
        with_keys: whether no others may come, either.
    """

    def __init__(self, title: str, holder: Any, names: Iterable[str] = (), with_keys: bool = False) -> None:
        self.holder = holder
        self.names = dict.fromkeys(names)
        self.with_keys = with_keys
        super().__init__(title, self.present)

    def add(self, name: str) -> None:
        """Have another name compared from now on."""
        if name not in self.names:
            self.values.insert(len(self.names), own_attribute(self.holder, name))
            self.names[name] = None

    def take_in(self, other: Snapshot) -> None:
        """Have the names compared that another snapshot compares."""
        assert type(other) is Names
        for name, value in zip(other.names, other.values, strict=False):
            if name not in self.names:
                self.values.insert(len(self.names), value)
                self.names[name] = None
        if other.with_keys and not self.with_keys:
            self.with_keys = True
            self.values.insert(len(self.names), other.values[len(other.names)])

    def present(self) -> list[Any]:
        """Return the present values."""
        values = [own_attribute(self.holder, name) for name in self.names]
        if self.with_keys:
            values.append(len(attributes_of(self.holder)))
        # A special method that is new is found without being named.
        return [*values, len(special_methods(vars(self.holder)))] if isinstance(self.holder, type) else values

    def name(self, index: int) -> str:
        """Return the holder's title and the name of the value."""
        if index >= len(self.names):
            return self.title.replace("attribute {}", "attributes")
        name = repr(list(self.names)[index])
        return self.title.replace("{}", name) if "{}" in self.title else f"{self.title} {name}"


class Items(Snapshot):
    """The items of a container.

    Args:
        title: what to call it.
        container: the container.
    """

    def __init__(self, title: str, container: Any) -> None:
        self.holder = container
        super().__init__(title, functools.partial(items_of, container))

    def unchanged(self) -> bool:
        """Return whether the same objects are there as before: of a long list the C library compares the pointers."""
        container, size = self.holder, len(self.values)
        if type(container) is not list or size < LONG_LIST or unknown_layout() is not None:
            return super().unchanged()
        if len(container) != size:
            return False
        now, before = (read_pointer(id(items) + LIST_ITEMS) for items in (container, self.values))
        return memory_comparison()(now, before, size * POINTER) == 0


class ClassOf(Snapshot):
    """The class of an object, of a class its bases, too.

    Args:
        title: what to call it.
        holder: the object, or the class.
    """

    def __init__(self, title: str, holder: Any) -> None:
        self.holder = holder
        super().__init__(title, lambda: [type(holder), *holder.__mro__] if isinstance(holder, type) else [type(holder)])


class CellContent(Snapshot):
    """The value in a cell of a closure.

    Args:
        title: what to call it.
        cell: the cell.
    """

    def __init__(self, title: str, cell: Any) -> None:
        self.holder = cell
        super().__init__(title, self.content)

    def content(self) -> list[Any]:
        """Return the value in a list, which is empty if there is none."""
        try:
            return [self.holder.cell_contents]
        except ValueError:
            return []


class FunctionFields(Snapshot):
    """The fields of a function that may be assigned: its defaults, its code, and whether it has attributes.

    Args:
        title: what to call them.
        function: the function.
        with_code: whether its code is compared: not where that is still to be converted.
    """

    def __init__(self, title: str, function: FunctionType, with_code: bool) -> None:
        self.holder = function
        self.with_code = with_code
        super().__init__(title, self.fields)

    def fields(self) -> list[Any]:
        """Return the present fields."""
        code = [self.holder.__code__] if self.with_code else []
        return [*code, self.holder.__defaults__, self.holder.__kwdefaults__]


class PartialFields(Snapshot):
    """What a partial is made of: its function, its arguments and the dict of those by name.

    Args:
        title: what to call it.
        partial: it.
    """

    def __init__(self, title: str, partial: functools.partial[Any]) -> None:
        self.holder = partial
        super().__init__(title, lambda: [partial.func, partial.args, partial.keywords])


def is_special(name: str) -> bool:
    """Return whether Python gives a name its meaning, as it does for `__call__`."""
    return name.startswith("__") and name.endswith("__")


def is_code(value: Any) -> bool:
    """Return whether an attribute of a class is code: a function, or one in a wrapper."""
    return isinstance(value, (FunctionType, *DESCRIPTORS))


def special_methods(own: Mapping[str, Any]) -> set[str]:
    """Return the names of the special methods among the attributes of a class: any object to call may be one.

    >>> cls = type("Rates", (), {"__bool__": functools.partial(bool, False), "__hash__": None, "rate": 2.0})
    >>> sorted(special_methods(vars(cls)))
    ['__bool__', '__hash__']
    """
    return {name for name, value in own.items() if is_special(name) and is_method(name, value)}


def is_method(name: str, value: Any) -> bool:
    """Return whether Python may call an attribute of a class for an operation, or by `None` knows there is no such."""
    if value is None:
        return name != "__doc__"
    return is_code(value) or callable(value) or isinstance(value, functools.partialmethod)


def own_attribute(holder: Any, name: str) -> Any:
    """Return an attribute that an object, class or module has itself, or an entry of a dict of globals.

    Returns:
        `MISSING` if there is none.
    """
    if type(holder) is dict:
        return holder.get(name, MISSING)
    if isinstance(holder, (type, ModuleType)):
        return vars(holder).get(name, MISSING)
    member = member_of(type(holder), name)
    if member is not None:
        return slot_value(member, holder)
    try:
        return object.__getattribute__(holder, "__dict__").get(name, MISSING)
    except AttributeError:
        return MISSING


def member_of(cls: type, name: str) -> Any:
    """Return the slot of a name in a class or its bases; `None` if there is none."""
    for base in cls.__mro__:
        member = vars(base).get(name)
        if type(member) is MemberDescriptorType and not name.startswith("__"):
            return member
    return None


def attributes_of(holder: Any) -> dict[str, Any]:
    """Return the attributes that an object, class or module has itself, without running any code of its own."""
    if isinstance(holder, (type, ModuleType)):
        return dict(vars(holder))
    if type(holder) is dict:
        return holder
    try:
        attributes = dict(object.__getattribute__(holder, "__dict__"))
    except AttributeError:
        attributes = {}
    for name, member in members_of(type(holder)).items():
        value = slot_value(member, holder)
        if value is not MISSING:
            attributes[name] = value
    return attributes


def members_of(cls: type) -> dict[str, Any]:
    """Return the slots of a class and its bases."""
    return {
        name: member
        for base in reversed(cls.__mro__)
        for name, member in vars(base).items()
        if type(member) is MemberDescriptorType and not name.startswith("__")
    }


def slot_value(member: Any, holder: Any) -> Any:
    """Return what a slot holds."""
    try:
        return member.__get__(holder)
    except AttributeError:
        return MISSING


def entry_of(mapping: Any, key: Any, default: Any = None) -> Any:
    """Return what a dict has under a key by Python's own look-up, whatever its class does."""
    base: Any = next(base for base in MAPPINGS if isinstance(mapping, base))
    return base.get(mapping, key, default)


def items_of(container: Any) -> list[Any]:
    """Return the items of a container, of a dict keys and values."""
    if type(container) in (OrderedDict, MappingProxyType) or isinstance(container, FROZEN_DICTS):
        return [*container.keys(), *container.values()]
    if isinstance(container, dict):
        return [*dict.keys(container), *dict.values(container)]
    bases: tuple[Any, ...] = (list, tuple, set, frozenset, deque)
    for base in bases:
        if isinstance(container, base):
            return list(base.__iter__(container))
    return list(container)
