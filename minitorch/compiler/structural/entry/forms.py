"""What the arguments of a call are: their forms, which are the key of a program.

1.5                    "float"
[[1.0, 2.0], [3.0]]    Listed(Listed("float"))           lengths are read at each call
(1.0, [2, 3.5])        Fixed(("float", Listed("mixed")))
{"mass": 2.0}          Keyed(("mass",), ("float",))
Body(2.0, [0.0])       Held(Body, ("mass", "at"), ("float", Listed("float")))
"call", None, f        Known(…)                          compared at each call
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import BuiltinFunctionType, FunctionType
from typing import Any, Final, TypeAlias

from minitorch.compiler.guards.snapshots import attributes_of
from minitorch.compiler.structural.basis.kinds import shortened
from minitorch.compiler.structural.values.objects import is_generated, is_instance_of_users
from minitorch.scalars.containers import is_opened_by_fields

__all__ = ["Argument", "Fixed", "Form", "Held", "Keyed", "Known", "Listed", "Unread", "forms_of"]

MAX_FIXED: Final = 16
"""The length of a longer tuple is read at each call, as that of a list is."""

MAX_DEPTH: Final = 16
"""Containers inside each other: objects may hold themselves."""


@dataclass(frozen=True)
class Known:
    """A text, None or a function: each call compares it."""

    value: Any

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Known) and (
            self.value is other.value or (type(self.value) is type(other.value) is str and self.value == other.value)
        )

    def __hash__(self) -> int:
        return hash(self.value) if type(self.value) is str else id(self.value)

    def __str__(self) -> str:
        """Return its name, or what it is."""
        return getattr(self.value, "__qualname__", None) or shortened(self.value)


@dataclass(frozen=True)
class Listed:
    """A list, or a long tuple, of any length.

    Args:
        item: the form of all elements; `None` of a list without.
        is_tuple: whether it is a tuple.
    """

    item: Form | None
    is_tuple: bool = False

    def __str__(self) -> str:
        """Return it as an annotation."""
        item = "" if self.item is None else str(self.item)
        return f"tuple[{item}, ...]" if self.is_tuple else f"list[{item}]"


@dataclass(frozen=True)
class Fixed:
    """A tuple of elements of these forms.

    Args:
        items: their forms.
        cls: its class: `tuple`, or that of a named tuple.
    """

    items: tuple[Form, ...]
    cls: type = tuple

    def __str__(self) -> str:
        """Return it as an annotation."""
        return f"{self.cls.__qualname__}[{', '.join(map(str, self.items))}]"


@dataclass(frozen=True)
class Keyed:
    """A dict.

    Args:
        keys: its keys, which are texts, in their order.
        items: the forms of their values.
    """

    keys: tuple[str, ...]
    items: tuple[Form, ...]

    def __str__(self) -> str:
        """Return it as a dict of annotations."""
        return f"{{{', '.join(f'{key!r}: {item}' for key, item in zip(self.keys, self.items, strict=True))}}}"


@dataclass(frozen=True)
class Held:
    """An object of a class in Python.

    Args:
        cls: the class.
        names: of the attributes that it has itself, in their order.
        items: their forms.
    """

    cls: type
    names: tuple[str, ...]
    items: tuple[Form, ...]

    def __str__(self) -> str:
        """Return the name of the class, with annotations of the attributes."""
        attributes = (f"{name}: {item}" for name, item in zip(self.names, self.items, strict=True))
        return f"{self.cls.__qualname__}({', '.join(attributes)})"


@dataclass(frozen=True)
class Unread:
    """What tells objects of a list apart, as their names do: no code may read it."""

    def __str__(self) -> str:
        """Return what stands for anything."""
        return "…"


Form: TypeAlias = "str | Known | Listed | Fixed | Keyed | Held | Unread"
"""A number is "float", "int" or "bool"; in a list where some are floats and some are ints it is "mixed", and where
there are bools beside others "any"."""


@dataclass(frozen=True)
class Argument:
    """What an argument is.

    Args:
        kind: its form.
        active: whether it is differentiated by.
        name: what it is called in the call, `None` by position.
    """

    kind: Form
    active: bool
    name: str | None = None

    def __str__(self) -> str:
        """Return its form, and its name if it is given by that."""
        return f"{self.name}={self.kind}" if self.name else str(self.kind)


NUMBERS: Final[dict[type, str]] = {float: "float", int: "int", bool: "bool"}
COMPARED: Final = (str, type(None), FunctionType, BuiltinFunctionType)


def forms_of(args: Sequence[Any], kwargs: Mapping[str, Any], active: Sequence[int]) -> tuple[Argument, ...] | None:
    """Return what arguments are; `None` if some are of no form that is known.

    Args:
        args: the positional arguments.
        kwargs: the keyword arguments.
        active: the positions of those that are differentiated by.

    >>> [argument.kind for argument in forms_of((1.5, [1, 2.0]), {"n": 3}, [0])]
    ['float', Listed(item='mixed', is_tuple=False), 'int']
    """
    found = []
    named = [(None, value) for value in args] + list(kwargs.items())
    for position, (name, value) in enumerate(named):
        form = form_of(value)
        is_active = position in active
        if is_active and not (form is not None and is_opened(form, value)):
            return None
        if not is_active and has_any(form):
            # What is differentiated by counts as floats; otherwise a bool is no int to Python.
            return None
        if form is None or (is_active and (isinstance(form, Known) or has_whole(form))):
            return None
        found.append(Argument(form, is_active, name))
    return tuple(found)


def form_of(value: Any, depth: int = 0) -> Form | None:
    """Return what a value is; `None` if its form is not known."""
    kind = type(value)
    if kind in NUMBERS:
        return NUMBERS[kind]
    if kind in COMPARED:
        return Known(value)
    if depth > MAX_DEPTH:
        return None
    if kind is list or (kind is tuple and len(value) > MAX_FIXED):
        items = form_of_items(value, depth)
        return None if items is NO_FORM else Listed(items, kind is tuple)
    if kind is tuple or (isinstance(value, tuple) and is_named_tuple(kind)):
        forms = known_forms(value, depth)
        return None if forms is None else Fixed(forms, kind)
    if kind is dict:
        forms = known_forms(value.values(), depth) if set(map(type, value)) <= {str} else None
        return None if forms is None else Keyed(tuple(value), forms)
    if is_instance_of_users(value) and not isinstance(value, (type, tuple, list, dict)):
        attributes = attributes_of(value)
        forms = known_forms(attributes.values(), depth)
        return None if forms is None else Held(kind, tuple(attributes), forms)
    return None


def known_forms(values: Collection[Any], depth: int) -> tuple[Form, ...] | None:
    """Return what several values are; `None` if the form of one is not known."""
    forms = [form_of(value, depth + 1) for value in values]
    return None if None in forms else tuple(form for form in forms if form is not None)


def is_named_tuple(kind: type) -> bool:
    """Return whether a class is one of named tuples, which are made as usual."""
    return hasattr(kind, "_fields") and is_generated(kind.__new__)


def is_opened(form: Form, value: Any) -> bool:
    """Return whether derivatives are taken by each number in a value, in the structure that machine code gives them."""
    if isinstance(form, Listed):
        return form.item is None or all(is_opened(form.item, item) for item in value)
    if isinstance(form, Fixed):
        return all(map(is_opened, form.items, value))
    if isinstance(form, Keyed):
        return all(map(is_opened, form.items, value.values()))
    if isinstance(form, Held):
        if not (dataclasses.is_dataclass(form.cls) and is_opened_by_fields(value)):
            return False
        names = [field.name for field in dataclasses.fields(form.cls)]
        return set(names) == set(form.names) and all(
            is_opened(item, getattr(value, name)) for name, item in zip(form.names, form.items, strict=True)
        )
    return not isinstance(form, Unread)


NO_FORM: Final[Any] = object()


def form_of_items(values: Sequence[Any], depth: int) -> Any:
    """Return the form of all elements; `None` if there are no elements, NO_FORM if there is none."""
    kinds = set(map(type, values))
    if kinds <= NUMBERS.keys():
        return joined_numbers({NUMBERS[kind] for kind in kinds}) if kinds else None
    form: Any = None
    for value in values:
        each = form_of(value, depth + 1)
        form = each if form is None else NO_FORM if each is None else joined(form, each)
        if form is NO_FORM or form is None:
            return NO_FORM
    return form


def joined_numbers(names: Collection[str]) -> str:
    """Return the form of numbers of which there are several."""
    if len(names) == 1:
        return next(iter(names))
    return "any" if "bool" in names or "any" in names else "mixed"


def has_whole(form: Form, outside: bool = True) -> bool:
    """Return whether there are whole numbers in a structure, which stay whole where it is differentiated by.

    Args:
        form: what a value is.
        outside: whether it is an argument itself; a number, or numbers of a list or tuple, are floats then.
    """
    if isinstance(form, str):
        return form != "float" and not outside
    if isinstance(form, Listed):
        return form.item is not None and has_whole(form.item, outside and isinstance(form.item, str))
    if not isinstance(form, (Fixed, Keyed, Held)):
        return False
    are_numbers = isinstance(form, Fixed) and form.cls is tuple and all(isinstance(item, str) for item in form.items)
    return any(has_whole(item, outside and are_numbers) for item in form.items)


def has_any(form: Form | None) -> bool:
    """Return whether there are bools among other numbers."""
    if isinstance(form, (Fixed, Keyed, Held)):
        return any(map(has_any, form.items))
    return has_any(form.item) if isinstance(form, Listed) else form == "any"


def joined(one: Form, other: Form) -> Any:
    """Return the form that covers two; NO_FORM if there is none."""
    if one == other:
        return one
    if isinstance(one, str) and isinstance(other, str):
        return joined_numbers({one, other})
    if isinstance(one, (Fixed, Keyed, Held)) and type(one) is type(other) and frame_of(one) == frame_of(other):
        items = [joined(x, y) for x, y in zip(one.items, other.items, strict=True)]
        if isinstance(one, Held):
            texts = [is_text(x) and is_text(y) for x, y in zip(one.items, other.items, strict=True)]
            items = [
                Unread() if is_text and item is NO_FORM else item for is_text, item in zip(texts, items, strict=True)
            ]
        return NO_FORM if NO_FORM in items else dataclasses.replace(one, items=tuple(items))
    if isinstance(one, Listed) and isinstance(other, Listed) and one.is_tuple == other.is_tuple:
        if one.item is None or other.item is None:
            return one if other.item is None else other
        item = joined(one.item, other.item)
        return NO_FORM if item is NO_FORM else Listed(item, one.is_tuple)
    return NO_FORM


def frame_of(form: Fixed | Keyed | Held) -> Any:
    """Return what is the same for two forms whose elements correspond."""
    names = form.keys if isinstance(form, Keyed) else form.names if isinstance(form, Held) else ()
    return getattr(form, "cls", dict), names, len(form.items)


def is_text(form: Form) -> bool:
    """Return whether a form is that of texts."""
    return isinstance(form, Unread) or (isinstance(form, Known) and type(form.value) is str)
