"""Dicts whose keys are constants, in the memory of a call: a place for each key that may be there.

prices = {"bolt": x}     what is known: the key "bolt", always there; no more words than a float has
groups[region] = …       any of the keys that `region` may be: each has a word that says whether it is there,
and in front of all stand the number of keys and their numbers in the order they came
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from enum import Enum
from types import FunctionType
from typing import Any, Final

from minitorch.compiler.structural.basis.alternatives import has_tag
from minitorch.compiler.structural.basis.errors import Raised
from minitorch.compiler.structural.basis.kinds import (
    INT,
    UNKNOWN,
    Dict,
    Entry,
    Int,
    Kind,
    OneOf,
    Site,
    Static,
    Tuple,
    Value,
    described,
    fields_of,
)
from minitorch.compiler.structural.basis.refusals import Refused, Unreached
from minitorch.compiler.structural.basis.tables import Table
from minitorch.compiler.structural.values.entries import read_number
from minitorch.compiler.structural.values.text import Text

__all__ = ["Dicts", "is_key", "words_before"]

WORD: Final = 8

MAX_KEYS: Final = 256
"""A key that is known while the code runs is one of so many at most."""


class Dicts(Text):
    """The part of a walk that keeps dicts."""

    # -- keys ----------------------------------------------------------------------------------------------------------

    def known_key(self, value: Value) -> Any:
        """Return a key that is known; UNKNOWN if it is not."""
        if isinstance(value.kind, Tuple):
            items = [self.known_key(item) for item in self.items_of(value)]
            return UNKNOWN if any(item is UNKNOWN for item in items) else tuple(items)
        if isinstance(value.kind, Static):
            return value.kind.object if is_key(value.kind.object) else UNKNOWN
        return value.constant

    def keys_of(self, value: Value) -> list[Any]:
        """Return the keys that a value may be."""
        if isinstance(value.kind, OneOf):
            kinds = value.kind.kinds
            if all(isinstance(kind, Static) and is_key(kind.object) for kind in kinds):
                return [kind.object for kind in kinds]  # type: ignore[union-attr]
        if isinstance(value.kind, Entry):
            entries = value.kind.table.entries
            if all(map(is_key, entries)) and len(set(entries)) <= MAX_KEYS:
                return list(entries)
        raise Refused(f"{described(value.kind)} as a key")

    def key_number(self, site: Site, value: Value) -> str:
        """Write the number of a key that is known while the code runs; -1 if it can't be in the dict."""
        writer, names = self.writer, list(site.fields)
        if isinstance(value.kind, Int):
            number = "-1"
            for index, name in enumerate(names):
                if type(name) is int:
                    number = writer.pure(
                        f"select i1 {writer.pure(f'icmp eq i64 {value.parts[0]}, {name}')}, i64 {index}, i64 {number}"
                    )
            return number
        keys = self.keys_of(value)
        if isinstance(value.kind, Entry):
            numbers = tuple(names.index(key) if key in names else -1 for key in keys)
            table = self.memory.once(("numbers", numbers), None, lambda: Table(numbers))
            return read_number(self, table, "int", value.parts[0])
        places = [names.index(key) if key in names else -1 for key in keys]
        if places == list(range(len(places))):
            return writer.pure(f"zext i32 {value.parts[0]} to i64")
        number = "-1"
        for tag, place in enumerate(places):
            if place >= 0:
                number = writer.pure(f"select i1 {has_tag(self, value, [tag])}, i64 {place}, i64 {number}")
        return number

    def key_value(self, site: Site, number: str) -> Value:
        """Write the key of a number."""
        names = list(site.fields)
        if not names:
            raise Unreached
        if all(type(name) is int for name in names):
            key = str(names[0])
            for index, name in enumerate(names[1:], 1):
                here = self.writer.pure(f"icmp eq i64 {number}, {index}")
                key = self.writer.pure(f"select i1 {here}, i64 {name}, i64 {key}")
            return Value(INT, (key,))
        if len(names) == 1:
            return self.of(names[0])
        kinds = tuple(self.of(name).kind for name in names)
        if not all(isinstance(kind, Static) for kind in kinds):
            raise Refused("a dict with keys of several kinds")
        return Value(OneOf(kinds), (self.writer.effect(f"trunc i64 {number} to i32"),))

    # -- memory --------------------------------------------------------------------------------------------------------

    def new_dict(self, key: Hashable, items: Sequence[tuple[Any, Value]], factory: Any = None) -> Value:
        """Write a new dict with some items, and what makes the values of missing keys if there is such a thing."""
        writer, site = self.writer, self.memory.site((key, factory), dict if factory is None else defaultdict)
        site.factory = factory
        for name, value in items:
            self.memory.widen_field(site, name, value.kind)
        site = site.root()
        self.memory.note_keys(site, tuple(dict.fromkeys(name for name, _ in items)))
        made = writer.effect(f"call ptr @allocate(ptr %context, i64 {WORD * (1 + words_before(site, UNKNOWN))})")
        self.require(writer.effect(f"icmp ne ptr {made}, null"))
        owner = Value(Dict(site), (made,))
        self.set_object(owner, "null")
        if not site.is_fixed:
            writer.store("i64", "0", made)
            for name in site.fields:
                writer.store("i64", "0", self.flag_place(owner, name))
        for name, value in items:
            self.set_known(owner, name, value)
        return owner

    def flag_place(self, owner: Value, name: Any) -> str:
        """Write where it stands whether a key is there."""
        assert isinstance(owner.kind, Dict)
        return self.writer.at(owner.parts[0], str(WORD * words_before(owner.kind.site, name)))

    def item_place(self, owner: Value, name: Any) -> str:
        """Write where the value of a key stands."""
        assert isinstance(owner.kind, Dict)
        site = owner.kind.site
        return self.writer.at(owner.parts[0], str(WORD * (words_before(site, name) + (not site.is_fixed))))

    def has_known(self, owner: Value, name: Any) -> str:
        """Write whether a key that is known is in a dict."""
        assert isinstance(owner.kind, Dict)
        site = owner.kind.site
        if name not in site.fields:
            return "false"
        if site.is_fixed:
            return "true"
        flag = self.writer.load("i64", self.flag_place(owner, name))
        return self.writer.effect(f"icmp ne i64 {flag}, 0")

    def get_known(self, owner: Value, name: Any) -> Value:
        """Write the reading of a key that is there."""
        assert isinstance(owner.kind, Dict)
        return self.loaded(owner.kind.site.fields[name], self.item_place(owner, name))

    def set_known(self, owner: Value, name: Any, value: Value) -> None:
        """Write the setting of a key that is known."""
        assert isinstance(owner.kind, Dict)
        if owner.kind.site.is_fixed and name not in owner.kind.site.fields:
            self.memory.note_keys(owner.kind.site, None)
        kind = self.memory.widen_field(owner.kind.site, name, value.kind)
        if not owner.kind.site.is_fixed:
            self.note_order(owner, self.flag_place(owner, name), str(list(owner.kind.site.fields).index(name)))
        self.stored(kind, self.item_place(owner, name), value)

    def note_order(self, owner: Value, flag_place: str, number: str) -> None:
        """Write that a key is there, the last one if it is new."""
        writer = self.writer
        writer.check()
        new = writer.effect(f"icmp eq i64 {writer.load('i64', flag_place)}, 0")
        adding, on = writer.new_label(), writer.new_label()
        writer.branch(new, adding, on)
        writer.label(adding)
        count = writer.load("i64", owner.parts[0])
        following = writer.effect(f"add i64 {count}, 1")
        writer.store("i64", number, writer.effect(f"getelementptr i64, ptr {owner.parts[0]}, i64 {following}"))
        writer.store("i64", following, owner.parts[0])
        writer.store("i64", "1", flag_place)
        writer.line(f"br label %{on}")
        writer.label(on)

    def numbered_place(self, owner: Value, number: str) -> tuple[Kind, str]:
        """Write where the words of a key stand of which the number is known while the code runs."""
        assert isinstance(owner.kind, Dict)
        site = owner.kind.site
        kind = self.memory.unify_fields(site)
        first = words_before(site, next(iter(site.fields), UNKNOWN))
        stride = len(fields_of(kind)) + (not site.is_fixed)
        offset = self.writer.effect(f"add i64 {self.writer.effect(f'mul i64 {number}, {stride}')}, {first}")
        return kind, self.writer.effect(f"getelementptr i64, ptr {owner.parts[0]}, i64 {offset}")

    # -- items ---------------------------------------------------------------------------------------------------------

    def has_key(self, owner: Value, key: Value) -> str:
        """Write whether a key is in a dict."""
        assert isinstance(owner.kind, Dict)
        known = self.known_key(key)
        if known is not UNKNOWN:
            return self.has_known(owner, known)
        number = self.key_number(owner.kind.site, key)
        possible = self.writer.pure(f"icmp sge i64 {number}, 0")
        if owner.kind.site.is_fixed or not owner.kind.site.fields:
            return possible
        # Of a key that can't be there the place of the first is asked.
        _, place = self.numbered_place(owner, self.writer.intrinsic_of_ints("smax", number, "0"))
        there = self.writer.effect(f"icmp ne i64 {self.writer.load('i64', place)}, 0")
        return self.writer.both(possible, there)

    def get_key(self, owner: Value, key: Value) -> Value:
        """Write the reading of a key, which must be there, or is made."""
        assert isinstance(owner.kind, Dict)
        truth = self.has_key(owner, key)
        factory = owner.kind.site.factory
        if factory is not None:

            def put() -> Value:
                self.set_key(owner, key, self.of(factory()) if factory in (int, float) else self.call(factory, [], {}))
                return self.get_there(owner, key)

            return self.choice(truth, lambda: self.get_there(owner, key), put)
        if truth == "false":
            self.raise_always(Raised(KeyError))
        if truth != "true":
            self.raises(KeyError, self.writer.negation(truth))
            self.writer.check()
        return self.get_there(owner, key)

    def get_there(self, owner: Value, key: Value) -> Value:
        """Write the reading of a key that is there."""
        assert isinstance(owner.kind, Dict)
        known = self.known_key(key)
        if known is not UNKNOWN:
            return self.get_known(owner, known)
        if not owner.kind.site.fields:
            raise Unreached
        return self.get_numbered(owner, self.key_number(owner.kind.site, key))

    def get_numbered(self, owner: Value, number: str) -> Value:
        """Write the reading of a key of which the number is known while the code runs."""
        assert isinstance(owner.kind, Dict)
        kind, place = self.numbered_place(owner, number)
        return self.loaded(kind, place if owner.kind.site.is_fixed else self.writer.at(place, str(WORD)))

    def set_key(self, owner: Value, key: Value, value: Value) -> None:
        """Write the setting of a key."""
        assert isinstance(owner.kind, Dict)
        self.memory.note_change(owner.kind.site)
        known = self.known_key(key)
        if known is not UNKNOWN:
            self.set_known(owner, known, value)
            return
        site = owner.kind.site
        if isinstance(key.kind, (Entry, OneOf)):
            for name in dict.fromkeys(self.keys_of(key)):
                if name not in site.root().fields:
                    self.memory.note_keys(site, None)
                self.memory.widen_field(site, name, value.kind)
        elif not isinstance(key.kind, Int) or not site.fields:
            raise Refused(f"{described(key.kind)} as a new key of a dict")
        site = owner.kind.site
        for name in site.fields:
            self.memory.widen_field(site, name, value.kind)
        number = self.key_number(site, key)
        self.require(self.writer.pure(f"icmp sge i64 {number}, 0"))
        kind, place = self.numbered_place(owner, number)
        if not owner.kind.site.is_fixed:
            self.note_order(owner, place, number)
            place = self.writer.at(place, str(WORD))
        self.stored(kind, place, value)

    def dict_length(self, owner: Value) -> Value:
        """Write how many keys a dict has."""
        assert isinstance(owner.kind, Dict)
        if owner.kind.site.is_fixed:
            return self.of(len(owner.kind.site.fields))
        return Value(INT, (self.writer.load("i64", owner.parts[0]),))

    def constant_dict(self, thing: dict[Any, Any]) -> Value:
        """Return a dict from outside as one in memory."""
        raise NotImplementedError


def is_key(thing: Any) -> bool:
    """Return whether something is a key that no code of the user's compares with others."""
    if isinstance(thing, Enum):
        return type(thing).__eq__ is object.__eq__
    return thing is None or isinstance(thing, (type, FunctionType)) or type(thing) in (str, bytes)


def words_before(site: Site, name: Any) -> int:
    """Return how many words of a dict come before those of a key; UNKNOWN for behind all."""
    words = 0 if site.is_fixed else 1 + len(site.fields)
    for each, kind in site.fields.items():
        if name is not UNKNOWN and each == name:
            break
        words += len(fields_of(kind)) + (not site.is_fixed)
    return words
