"""Snapshots: values of one container as they were when a call was recorded, to compare them later."""

from __future__ import annotations

import functools
import operator
from collections import OrderedDict, deque
from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from types import FunctionType, MappingProxyType, MemberDescriptorType, ModuleType
from typing import Any, Final

__all__ = [
    "DESCRIPTORS", "MISSING", "CellContent", "ClassOf", "FunctionFields", "Items", "Names", "Snapshot", "attributes_of",
    "is_atom", "is_code", "is_special", "items_of", "members_of", "special_methods",
]  # fmt: skip

ATOMS: Final = frozenset(
    {int, float, bool, str, bytes, complex, type(None), type(Ellipsis), Fraction, Decimal, range, slice}
)
"""Types whose values never change."""

DESCRIPTORS: Final = (staticmethod, classmethod, property, functools.cached_property)
"""Types that classes have functions wrapped in."""

MISSING: Final = object()


def is_atom(value: Any) -> bool:
    """Return whether a value never changes.

    >>> is_atom(2.5), is_atom([2.5])
    (True, False)
    """
    return type(value) in ATOMS or isinstance(type(value), type(Enum))


def same(x: Any, y: Any) -> bool:
    """Return whether two values are the same to a computation: one object, or equal ones of one immutable type."""
    if x is y:
        return True
    return type(x) is type(y) and is_atom(x) and not isinstance(x, Enum) and repr(x) == repr(y)


class Snapshot:
    """Some values of one container, as they were.

    Args:
        title: what to call it.
        read: returns its present values in order.

    >>> rates = [1.0, 2.0]
    >>> snapshot = Items("the global 'rates'", rates)
    >>> snapshot.changed(), rates.append(3.0), snapshot.changed()
    (None, None, "the global 'rates'")
    """

    def __init__(self, title: str, read: Callable[[], list[Any]]) -> None:
        self.title = title
        self.read = read
        self.values = read()

    def name(self, index: int) -> str:
        """Return what to call one of the values."""
        return self.title

    def unchanged(self) -> bool:
        """Return whether the same objects are there as before; `changed` also takes equal ones for the same."""
        values = self.read()
        return len(values) == len(self.values) and all(map(operator.is_, values, self.values))

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
        title: what to call the holder, as what the name belongs to.
        holder: a dict of globals, or what has attributes.
        names: those that are compared.
        with_keys: whether no others may come, either.
    """

    def __init__(self, title: str, holder: Any, names: list[str], with_keys: bool = False) -> None:
        self.holder = holder
        self.names = names
        self.with_keys = with_keys
        super().__init__(title, self.present)

    def present(self) -> list[Any]:
        """Return the present values."""
        own = self.holder if type(self.holder) is dict else attributes_of(self.holder)
        values = [own.get(name, MISSING) for name in self.names]
        if self.with_keys:
            values.append(len(own))
        # A special method that is new is found without being named.
        return [*values, len(special_methods(own))] if isinstance(self.holder, type) else values

    def name(self, index: int) -> str:
        """Return the holder's title and the name of the value."""
        return f"{self.title} {self.names[index]!r}" if index < len(self.names) else f"{self.title} attributes"


class Items(Snapshot):
    """The items of a container.

    Args:
        title: what to call it.
        container: the container.
    """

    def __init__(self, title: str, container: Any) -> None:
        self.container = container
        super().__init__(title, functools.partial(items_of, container))


class ClassOf(Snapshot):
    """The class of an object, or the bases of a class.

    Args:
        title: what to call it.
        holder: the object, or the class.
    """

    def __init__(self, title: str, holder: Any) -> None:
        self.holder = holder
        super().__init__(title, lambda: list(holder.__mro__) if isinstance(holder, type) else [type(holder)])


class CellContent(Snapshot):
    """The value in a cell of a closure.

    Args:
        title: what to call it.
        cell: the cell.
    """

    def __init__(self, title: str, cell: Any) -> None:
        self.cell = cell
        super().__init__(title, self.content)

    def content(self) -> list[Any]:
        """Return the value in a list, which is empty if there is none."""
        try:
            return [self.cell.cell_contents]
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
        self.function = function
        self.with_code = with_code
        super().__init__(title, self.fields)

    def fields(self) -> list[Any]:
        """Return the present fields."""
        code = [self.function.__code__] if self.with_code else []
        return [*code, self.function.__defaults__, self.function.__kwdefaults__, bool(self.function.__dict__)]


def is_special(name: str) -> bool:
    """Return whether Python gives a name its meaning, as it does for `__call__`."""
    return name.startswith("__") and name.endswith("__")


def is_code(value: Any) -> bool:
    """Return whether an attribute of a class is code: a function, or one in a wrapper."""
    return isinstance(value, (FunctionType, *DESCRIPTORS))


def special_methods(own: dict[str, Any]) -> set[str]:
    """Return the names of the special methods among the attributes of a class."""
    return {name for name, value in own.items() if is_special(name) and is_code(value)}


def attributes_of(holder: Any) -> dict[str, Any]:
    """Return the attributes that an object, class or module has itself, without running any code of its own."""
    if isinstance(holder, (type, ModuleType)):
        return dict(vars(holder))
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


def items_of(container: Any) -> list[Any]:
    """Return the items of a container, of a dict keys and values."""
    if type(container) in (OrderedDict, MappingProxyType):
        return [*container.keys(), *container.values()]
    if isinstance(container, dict):
        return [*dict.keys(container), *dict.values(container)]
    bases: tuple[Any, ...] = (list, tuple, set, frozenset, deque)
    for base in bases:
        if isinstance(container, base):
            return list(base.__iter__(container))
    return list(container)
