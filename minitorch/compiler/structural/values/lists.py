"""Lists in the memory of a call: a header of four words, and elements of a word for each part.

    header    { i64 length, i64 capacity, ptr elements, ptr object }      the object that it is to Python, or null

Constant containers of numbers are laid out the same way, once.
"""

from __future__ import annotations

import ctypes
import re
import struct
from collections.abc import Sequence
from typing import Any, Final

from minitorch.compiler.structural.basis.errors import Raised
from minitorch.compiler.structural.basis.kinds import (
    INT,
    Dict,
    Float,
    Int,
    Kind,
    List,
    Mixed,
    OneOf,
    Record,
    Site,
    Static,
    Tuple,
    Value,
    described,
    fields_of,
    is_kept,
    join,
    static,
)
from minitorch.compiler.structural.basis.memory import Memory
from minitorch.compiler.structural.basis.reads import Reads
from minitorch.compiler.structural.basis.refusals import Refused, Unreached
from minitorch.compiler.structural.constructs.parameters import Keywords
from minitorch.compiler.structural.values.whole_numbers import WholeNumbers

__all__ = ["LIST_OBJECT", "LIST_RUNTIME", "WORD", "Lists"]

WORD: Final = 8
LIST_OBJECT: Final = 24
"""Where the header of a list keeps the object that it is to Python."""

FLAT: Final = 4
"""Tuples of up to so many elements are kept in a list part by part."""

STRIDE: Final = re.compile(r"\bstride\.(\d+)")

LIST_RUNTIME: Final = """
; A new list; null where memory is short.
define internal ptr @new_list(ptr %context, i64 %length, i64 %stride) {
  %huge = icmp ugt i64 %length, 268435456
  br i1 %huge, label %short, label %begin
begin:
  %room = call i64 @llvm.umax.i64(i64 %length, i64 4)
  %size = mul i64 %room, %stride
  %bytes = add i64 %size, 32
  %list = call ptr @allocate(ptr %context, i64 %bytes)
  %none = icmp eq ptr %list, null
  br i1 %none, label %short, label %fill
fill:
  %room.place = getelementptr i8, ptr %list, i64 8
  %data.place = getelementptr i8, ptr %list, i64 16
  %object.place = getelementptr i8, ptr %list, i64 24
  %data = getelementptr i8, ptr %list, i64 32
  store i64 %length, ptr %list
  store i64 %room, ptr %room.place
  store ptr %data, ptr %data.place
  store ptr null, ptr %object.place
  ret ptr %list
short:
  ret ptr null
}

; The place of one more element; null where memory is short.
define internal ptr @append(ptr %context, ptr %list, i64 %stride) {
  %length = load i64, ptr %list
  %room.place = getelementptr i8, ptr %list, i64 8
  %data.place = getelementptr i8, ptr %list, i64 16
  %room = load i64, ptr %room.place
  %data = load ptr, ptr %data.place
  %longer = add i64 %length, 1
  %used = mul i64 %length, %stride
  %fits = icmp ult i64 %length, %room
  br i1 %fits, label %done, label %more
more:
  %twice = shl i64 %room, 1
  %bytes = mul i64 %twice, %stride
  %new = call ptr @allocate(ptr %context, i64 %bytes)
  %none = icmp eq ptr %new, null
  br i1 %none, label %short, label %move
move:
  call void @llvm.memcpy.p0.p0.i64(ptr %new, ptr %data, i64 %used, i1 false)
  store ptr %new, ptr %data.place
  store i64 %twice, ptr %room.place
  br label %done
done:
  %elements = phi ptr [ %data, %0 ], [ %new, %move ]
  store i64 %longer, ptr %list
  %place = getelementptr i8, ptr %elements, i64 %used
  ret ptr %place
short:
  ret ptr null
}
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
"""


class Lists(WholeNumbers):
    """The part of a walk that keeps lists.

    Attributes:
        new_lists: what is known of the lists that are made, by the number that their code names them by.
    """

    def __init__(self, memory: Memory, reads: Reads) -> None:
        super().__init__(memory, reads)
        self.new_lists: list[Site] = []

    def stride(self, site: Site) -> int:
        """Return how many bytes an element takes."""
        return WORD * max(1, len(fields_of(site.element)) if site.element is not None else 1)

    def new_list(self, site: Site, length: str, own_type: type = list) -> Value:
        """Write a new list of a length, or a tuple; its elements are not filled in.

        What they are may be found out later, so that their size is not written yet (see `with_strides`).
        """
        writer = self.writer
        self.memory.note_type(site, own_type)
        made = writer.effect(f"call ptr @new_list(ptr %context, i64 {length}, i64 stride.{len(self.new_lists)})")
        self.new_lists.append(site)
        self.require(writer.effect(f"icmp ne ptr {made}, null"))
        return Value(List(site), (made,))

    def with_strides(self, text: str) -> str:
        """Return code in which new lists are told how many bytes an element takes, when all is known of them."""
        return STRIDE.sub(lambda found: str(self.stride(self.new_lists[int(found[1])].root())), text)

    def set_object(self, value: Value, thing: str) -> None:
        """Write which object a list is to Python."""
        writer = self.writer
        writer.store("ptr", thing, writer.effect(f"getelementptr i8, ptr {value.parts[0]}, i64 {LIST_OBJECT}"))

    def list_of(self, site: Site, items: Sequence[Value], own_type: type = list) -> Value:
        """Write a new list of elements, or a tuple."""
        for item in items:
            self.memory.widen(site, item.kind)
        made = self.new_list(site.root(), str(len(items)), own_type)
        for index, item in enumerate(items):
            self.put(made, str(index), item)
        return made

    def type_of(self, value: Value) -> type:
        """Return whether a list is a list or a tuple."""
        assert isinstance(value.kind, List)
        types = value.kind.site.types
        if len(types) != 1:
            raise Refused("what may be a list or a tuple")
        return next(iter(types))

    def length(self, value: Value) -> str:
        """Return how long a list is."""
        return self.writer.load("i64", value.parts[0])

    def place(self, value: Value, index: str) -> str:
        """Return where an element is."""
        writer = self.writer
        data = writer.load("ptr", writer.at(value.parts[0], "16"))
        assert isinstance(value.kind, List)
        return writer.effect(f"getelementptr [{self.stride(value.kind.site)} x i8], ptr {data}, i64 {index}")

    def get(self, value: Value, index: str) -> Value:
        """Read an element that is there."""
        assert isinstance(value.kind, List)
        kind = value.kind.site.element
        if kind is None:
            raise Unreached
        return self.loaded(kind, self.place(value, index))

    def loaded(self, kind: Kind, place: str) -> Value:
        """Read a value from memory."""
        if isinstance(kind, Mixed):
            raise Refused(kind.reason)
        if isinstance(kind, Static):
            return static(kind.object)
        writer, parts = self.writer, []
        for offset, field in enumerate(fields_of(kind)):
            parts.append(writer.load(field, writer.at(place, str(WORD * offset))))
        return Value(kind, tuple(parts))

    def put(self, value: Value, index: str, item: Value) -> None:
        """Write an element that has a place."""
        assert isinstance(value.kind, List)
        kind = self.memory.widen(value.kind.site, item.kind)
        self.stored(kind, self.place(value, index), item)

    def stored(self, kind: Kind, place: str, item: Value) -> None:
        """Write a value to memory."""
        if not is_kept(item.kind):
            raise Refused(f"a list of {described(item.kind)}")
        self.store_parts(kind, place, item)

    def store_parts(self, kind: Kind, place: str, item: Value) -> None:
        """Write the parts of a value to memory."""
        writer = self.writer
        for offset, (field, part) in enumerate(zip(fields_of(kind), self.converted(item, kind), strict=True)):
            writer.store(field, part, writer.at(place, str(WORD * offset)))

    def append(self, value: Value, item: Value) -> None:
        """Write one more element."""
        assert isinstance(value.kind, List)
        site = value.kind.site
        kind = self.memory.widen(site, item.kind)
        writer = self.writer
        parts = Value(kind, self.converted(item, kind))
        place = writer.effect(f"call ptr @append(ptr %context, ptr {value.parts[0]}, i64 {self.stride(site.root())})")
        self.require(writer.effect(f"icmp ne ptr {place}, null"))
        self.stored(kind, place, parts)

    def index_of(self, value: Value, index: Value) -> str:
        """Return the number of an element that is there, from the front; leave where it is not."""
        return self.place_in(self.length(value), self.as_int(index))

    def truth_of(self, value: Value) -> str:
        """Write whether a value is true."""
        if isinstance(value.kind, List):
            return self.writer.effect(f"icmp ne i64 {self.length(value)}, 0")
        if isinstance(value.kind, Static) and type(value.kind.object) is list:
            self.reads.note_container(value.kind.object)
        return super().truth_of(value)

    # -- constants -----------------------------------------------------------------------------------------------------

    def materialized(self, thing: Any) -> Value:
        """Return a constant container as a list."""
        key = ("constant", id(thing))
        self.reads.note_container(thing)
        site = self.memory.site(key)
        kind = self.constant_element(thing)
        if kind is not None:
            self.memory.widen(site, kind)
        site = site.root()
        site.outside = True
        self.memory.check(site)
        self.memory.note_type(site, type(thing))
        kind = List(site)
        return Value(kind, (self.outside(thing, self.laid_out(thing, kind), kind),))

    def constant_element(self, thing: Any) -> Kind | None:
        """Return the kind of the elements of a constant container."""
        if set(map(type, thing)) == {float}:
            return Float(False)
        is_flat = len({len(item) for item in thing if type(item) in (list, tuple)}) == 1
        kinds = [self.constant_kind(item, is_flat) for item in thing]
        kind = kinds[0] if kinds else None
        for each in kinds[1:]:
            assert kind is not None
            kind = join(kind, each, self.memory.unite)
        return kind

    def constant_kind(self, thing: Any, is_flat: bool) -> Kind:
        """Return the kind of a constant in a container, where tuples may be kept part by part."""
        if type(thing) in (float, int, bool):
            return self.of(thing).kind
        if type(thing) is tuple and is_flat and 0 < len(thing) <= FLAT:
            return Tuple(tuple(self.constant_kind(item, True) for item in thing))
        if type(thing) in (list, tuple):
            site = self.memory.site(("constant", id(thing)))
            kind = self.constant_element(thing)
            if kind is not None:
                self.memory.widen(site, kind)
            site.root().outside = True
            self.memory.note_type(site, type(thing))
            return List(site)
        raise Refused(f"a constant container of {type(thing).__name__}")

    def laid_out(self, thing: Any, kind: List) -> int:
        """Lay a constant container out in memory, unless that was done in a walk before, and return where."""
        key = id(thing), signature(kind)
        if key not in self.memory.layouts:
            element = kind.site.element
            if element == Float(False) and set(map(type, thing)) == {float}:
                data = struct.pack(f"<{len(thing)}d", *thing)
            else:
                data = b"".join(self.packed(item, element) for item in thing) if element is not None else b""
            elements = ctypes.create_string_buffer(data, len(data) + WORD)
            address = ctypes.addressof(elements)
            header = ctypes.create_string_buffer(struct.pack("<qqQQ", len(thing), len(thing), address, id(thing)))
            self.memory.layouts[key] = header, elements, thing
        return ctypes.addressof(self.memory.layouts[key][0])

    def packed(self, thing: Any, kind: Kind | None) -> bytes:
        """Return a constant as it stands in memory."""
        if isinstance(kind, Float):
            node = struct.pack("<q", 0) if kind.active else b""
            return (
                struct.pack("<d", float(thing)) + node + (struct.pack("<q", type(thing) is int) if kind.whole else b"")
            )
        if isinstance(kind, Int):
            return struct.pack("<q", thing)
        if isinstance(kind, Tuple):
            return b"".join(self.packed(item, each) for item, each in zip(thing, kind.items, strict=True))
        if isinstance(kind, List):
            return struct.pack("<q", self.laid_out(thing, kind))
        raise Refused("a constant container of such things")

    # -- subscripts ----------------------------------------------------------------------------------------------------

    def subscript(self, value: Value, index: Value) -> Value:
        """Write the reading of an element."""
        kind = value.kind
        if isinstance(value.constant, Keywords):
            if type(index.constant) is not str:
                raise Refused("a name that is computed")
            return self.under_key(value.constant.values, index.constant)
        if isinstance(kind, Static) and type(kind.object) in (list, tuple):
            if index.is_constant and type(index.constant) is int:
                self.reads.note_container(kind.object)
                try:
                    return self.of(kind.object[index.constant])
                except IndexError:
                    self.raise_always(Raised(IndexError))
            value = self.materialized(kind.object)
            kind = value.kind
        if isinstance(kind, Tuple):
            return self.item_of_tuple(value, index)
        if not isinstance(kind, List):
            raise Refused(f"an element of {described(kind)}")
        return self.get(value, self.index_of(value, index))

    def item_of_tuple(self, value: Value, index: Value) -> Value:
        """Write the reading of an element of a tuple."""
        items = self.items_of(value)
        if index.is_constant:
            if type(index.constant) is not int:
                raise Refused("an element that a tuple does not have")
            if not -len(items) <= index.constant < len(items):
                self.raise_always(Raised(IndexError))
            return items[index.constant]
        return self.subscript(
            self.list_of(self.memory.site(("tuple", self.frame.path, value.parts)), items, tuple), index
        )

    def less(self, x: str, y: str) -> str:
        """Write whether an int is less than another."""
        return self.writer.effect(f"icmp slt i64 {x}, {y}")

    def as_list(self, value: Value) -> Value:
        """Return a list or tuple as a list in memory."""
        if isinstance(value.kind, Static) and type(value.kind.object) in (list, tuple):
            return self.materialized(value.kind.object)
        if isinstance(value.kind, Tuple):
            return self.list_of(self.memory.site(("tuple", self.frame.path, value.parts)), self.items_of(value), tuple)
        if isinstance(value.kind, List):
            return value
        raise Refused(f"{described(value.kind)} in the place of a list")

    def length_value(self, value: Value) -> Value:
        """Write `len`."""
        if isinstance(value.kind, Static) and isinstance(value.kind.object, (list, tuple, str)):
            if not isinstance(value.kind.object, str):
                self.reads.note_container(value.kind.object)
            return self.of(len(value.kind.object))
        if isinstance(value.kind, Tuple):
            return self.of(len(value.kind.items))
        if isinstance(value.kind, List):
            return Value(INT, (self.length(value),))
        raise Refused(f"the length of {described(value.kind)}")


def signature(kind: Kind | None) -> str:
    """Return what tells how values of a kind are laid out, with what they point to."""
    if isinstance(kind, List):
        return f"[{signature(kind.site.element)}]"
    if isinstance(kind, Tuple):
        return f"({''.join(map(signature, kind.items))})"
    if isinstance(kind, OneOf):
        return f"<{'|'.join(map(signature, kind.kinds))}>"
    if isinstance(kind, (Record, Dict)):
        return f"{{{id(kind.site)}}}"
    return "" if kind is None else f"{fields_of(kind)}"
