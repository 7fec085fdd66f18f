"""Objects in the memory of a call: the words of each attribute, behind one that says whether it is set.

    self.mass = mass      %object + 0: double, + 8: its node
    self.count = 0        %object + 16: i64

Which attributes there are is known from the walks before. One that `__init__` always sets is not asked for; while it
runs, the variables of a walk tell which of them are set so far.
"""

from __future__ import annotations

import ctypes
import struct
from abc import ABCMeta
from collections import defaultdict
from collections.abc import Callable
from enum import Enum, EnumMeta
from types import FunctionType, NoneType, SimpleNamespace
from typing import Any, Final

from minitorch.compiler.guards.followed_modules import is_users
from minitorch.compiler.guards.snapshots import attributes_of
from minitorch.compiler.structural.basis.frames import SET
from minitorch.compiler.structural.basis.kinds import (
    BOOL,
    UNKNOWN,
    Bool,
    Dict,
    Float,
    Kind,
    List,
    OneOf,
    Record,
    Site,
    Static,
    Tuple,
    Value,
    fields_of,
    shape,
)
from minitorch.compiler.structural.basis.memory import Memory
from minitorch.compiler.structural.basis.reads import Reads
from minitorch.compiler.structural.basis.refusals import Refused, Unreached
from minitorch.compiler.structural.basis.writer import BlockWriter
from minitorch.compiler.structural.values.dict_methods import DictMethods
from minitorch.compiler.structural.values.dicts import is_key
from minitorch.compiler.structural.values.dicts import words_before as words_of_dict

__all__ = ["Objects", "has_own_metaclass", "is_generated", "is_instance_of_users", "is_users_class", "object_word"]

WORD: Final = 8

DICTS: Final = (dict, defaultdict)


def is_users_class(thing: Any) -> bool:
    """Return whether something is a class in Python of the user's."""
    return isinstance(thing, type) and is_users(thing.__module__) and thing.__module__ != "builtins"


def is_instance_of_users(thing: Any) -> bool:
    """Return whether something is an object of a class of the user's, or one that holds attributes alone."""
    return is_users_class(type(thing)) or type(thing) is SimpleNamespace


def has_own_metaclass(thing: Any) -> bool:
    """Return whether something is a class whose own class may have methods for operations on it."""
    return isinstance(thing, type) and type(thing) not in (type, ABCMeta, EnumMeta)


def is_generated(function: Any) -> bool:
    """Return whether the library has made a function, as for dataclasses and named tuples."""
    return isinstance(function, FunctionType) and function.__code__.co_filename.startswith("<string>")


class Objects(DictMethods):
    """The part of a walk that keeps objects.

    Attributes:
        being_made: those whose `__init__` runs, and where they have their names.
        laid_out_objects: those from outside whose attributes this walk has noted.
    """

    def __init__(self, memory: Memory, reads: Reads) -> None:
        super().__init__(memory, reads)
        self.being_made: list[tuple[Value, BlockWriter]] = []
        self.laid_out_objects: set[int] = set()

    def new_object(self, site: Site) -> Value:
        """Write a new object without attributes."""
        writer, site = self.writer, site.root()
        size = WORD * (1 + words_before(site, None))
        made = writer.effect(f"call ptr @allocate(ptr %context, i64 {size})")
        self.require(writer.effect(f"icmp ne ptr {made}, null"))
        self.set_object(Value(Record(site), (made,)), "null")
        for name in site.fields:
            if name in site.unset:
                writer.store("i64", "0", writer.at(made, str(WORD * words_before(site, name))))
        return Value(Record(site), (made,))

    def is_set(self, owner: Value, name: str) -> str:
        """Write whether an object has an attribute of its own; "true" where it must have."""
        assert isinstance(owner.kind, Record)
        site, known = owner.kind.site, self.env.get(set_name(owner, name))
        if name not in site.fields:
            return "false"
        if known is not None and known.bound is None:
            return "true"
        if name not in site.unset:
            if not self.is_being_made(site):
                return "true"
            self.memory.note_unset(site, {name})
        place = self.writer.at(owner.parts[0], str(WORD * words_before(site, name)))
        return self.writer.effect(f"icmp ne i64 {self.writer.load('i64', place)}, 0")

    def field_place(self, site: Site, owner: Value, name: str) -> str:
        """Write where the value of an attribute stands."""
        words = words_before(site, name) + (name in site.unset)
        return self.writer.at(owner.parts[0], str(WORD * words))

    def field(self, owner: Value, name: str) -> Value:
        """Write the reading of an attribute that is set."""
        assert isinstance(owner.kind, Record)
        site = owner.kind.site
        if name not in site.fields:
            raise Unreached
        return self.loaded(site.fields[name], self.field_place(site, owner, name))

    def fields_that_are_set(self, owner: Value) -> list[Value]:
        """Write the reading of the attributes that objects always have, other objects aside."""
        assert isinstance(owner.kind, Record)
        site = owner.kind.site
        names = [
            name for name, kind in site.fields.items() if name not in site.unset and isinstance(kind, (Float, Tuple))
        ]
        return [self.field(owner, name) for name in names]

    def set_field(self, owner: Value, name: str, value: Value) -> None:
        """Write the setting of an attribute."""
        assert isinstance(owner.kind, Record)
        self.store_field(owner, name, value)
        site = owner.kind.site
        if self.is_being_made(site):
            self.env[set_name(owner, name)] = Value(BOOL, ("true",))
        if all(each.parts != owner.parts or writer is not self.writer for each, writer in self.being_made):
            self.memory.note_change(site)

    def store_field(self, owner: Value, name: str, value: Value) -> None:
        """Write an attribute to memory."""
        assert isinstance(owner.kind, Record)
        kind = self.memory.widen_field(owner.kind.site, name, value.kind)
        site = owner.kind.site
        if name in site.unset:
            self.writer.store("i64", "1", self.writer.at(owner.parts[0], str(WORD * words_before(site, name))))
        self.stored(kind, self.field_place(site, owner, name), value)

    def set_object(self, value: Value, thing: str) -> None:
        """Write which object a list, a dict or an object is to Python, where that matters."""
        kind = value.kind
        if isinstance(kind, List):
            super().set_object(value, thing)
        elif isinstance(kind, (Dict, Record)) and kind.site.is_returned:
            self.writer.store("ptr", thing, self.writer.at(value.parts[0], str(WORD * object_word(kind.site))))

    def is_being_made(self, site: Site) -> bool:
        """Return whether `__init__` of an object that may be one of these runs."""
        return any(isinstance(each.kind, Record) and each.kind.site is site for each, _ in self.being_made)

    def making(self, site: Site, initialise: Callable[[Value], None]) -> Value:
        """Write a new object and what sets its attributes; note which of them it may be without then."""
        made = self.new_object(site)
        self.being_made.append((made, self.writer))
        try:
            initialise(made)
        finally:
            self.being_made.pop()
        site = site.root()
        known = {name: self.env.pop(set_name(made, name), None) for name in site.fields}
        self.memory.note_unset(site, {name for name, truth in known.items() if truth is None or truth.bound})
        return made

    # -- constants -----------------------------------------------------------------------------------------------------

    def constant_kind(self, thing: Any, is_flat: bool) -> Kind:
        """Return the kind of a constant in a container."""
        if isinstance(thing, tuple) and hasattr(thing, "_fields"):
            return Tuple(tuple(self.constant_kind(item, True) for item in thing), type(thing))
        if isinstance(thing, (Enum, type, FunctionType)) or type(thing) in (str, NoneType):
            return Static(thing)
        if type(thing) is dict:
            return self.constant_dict(thing).kind
        if not is_instance_of_users(thing):
            return super().constant_kind(thing, is_flat)
        self.check_class(type(thing))
        site = self.memory.site(("constant", id(thing)), type(thing))
        site.outside = True
        self.memory.check(site)
        if id(thing) not in self.laid_out_objects:
            self.laid_out_objects.add(id(thing))
            attributes = self.reads.note_object(thing)
            for name, value in attributes.items():
                self.memory.widen_field(site, name, self.constant_kind(value, False))
            self.memory.note_unset(site, set(site.root().fields) - set(attributes))
        return Record(site)

    def constant_dict(self, thing: dict[Any, Any]) -> Value:
        """Return a dict from outside as one in memory."""
        if not all(is_key(key) or type(key) in (int, float, bool) for key in thing):
            raise Refused("a dict with such keys")
        site = self.memory.site(("constant", id(thing)), dict)
        site.outside = True
        self.memory.check(site)
        if id(thing) not in self.laid_out_objects:
            self.laid_out_objects.add(id(thing))
            self.reads.note_container(thing)
            for key, value in thing.items():
                self.memory.widen_field(site, key, self.constant_kind(value, False))
            self.memory.note_keys(site, tuple(thing))
        site = site.root()
        return Value(Dict(site), (self.outside(thing, self.laid_out_object(thing, site)),))

    def packed(self, thing: Any, kind: Kind | None) -> bytes:
        """Return a constant as it stands in memory."""
        if isinstance(kind, (Record, Dict)):
            return struct.pack("<q", self.laid_out_object(thing, kind.site))
        if isinstance(kind, Static):
            return b""
        if isinstance(kind, Bool):
            return struct.pack("<qq"[: 1 + len(fields_of(kind))], thing)
        if isinstance(kind, OneOf):
            wanted = shape(self.constant_kind(thing, True))
            tag = next((place for place, each in enumerate(kind.kinds) if shape(each) == wanted), None)
            if tag is None:
                raise Refused("tuples that stand in a list as what is of fixed and of changing length")
            empty = [bytes(WORD * len(fields_of(each))) for each in kind.kinds]
            empty[tag] = self.packed(thing, kind.kinds[tag])
            return struct.pack("<q", tag) + b"".join(empty)
        return super().packed(thing, kind)

    def laid_out_object(self, thing: Any, site: Site) -> int:
        """Lay an object from outside out in memory, unless that was done in this walk, and return where."""
        key = id(thing), f"object in walk {self.memory.walks}"
        if key not in self.memory.layouts:
            is_dict = type(thing) is dict
            size = words_of_dict(site, UNKNOWN) if is_dict else words_before(site, None)
            block = ctypes.create_string_buffer(WORD * (1 + size))
            self.memory.layouts[key] = block, thing
            attributes, data = (thing, b"") if is_dict else (attributes_of(thing), b"")
            if is_dict and not site.is_fixed:
                numbers = [list(site.fields).index(name) for name in thing]
                data = struct.pack(
                    f"<{len(site.fields) + 1}q", len(thing), *numbers, *[0] * (len(site.fields) - len(thing))
                )
            for name, kind in site.fields.items():
                is_set = name in attributes
                flag = struct.pack("<q", is_set) if name in site.unset or (is_dict and not site.is_fixed) else b""
                data += flag + (self.packed(attributes[name], kind) if is_set else bytes(WORD * len(fields_of(kind))))
            block.raw = data.ljust(WORD * size, b"\0") + struct.pack("<Q", id(thing))
        return ctypes.addressof(self.memory.layouts[key][0])

    def check_class(self, cls: type) -> None:
        """Refuse a class with methods that change what an attribute is."""
        raise NotImplementedError


def set_name(owner: Value, name: str) -> str:
    """Return under which name among the variables it stands whether an attribute is set."""
    return f"{SET}{owner.parts[0]} {name}"


def words_before(site: Site, name: str | None) -> int:
    """Return how many words of an object come before those of an attribute; `None` for behind all."""
    words = 0
    for each, kind in site.fields.items():
        if each == name:
            break
        words += len(fields_of(kind)) + (each in site.unset)
    return words


def object_word(site: Site) -> int:
    """Return which word of a dict or an object tells what it is to Python."""
    return words_of_dict(site, UNKNOWN) if site.cls in DICTS else words_before(site, None)
