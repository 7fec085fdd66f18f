"""How machine code reads the arguments of a call.

A list, a dict or an object is copied into the memory of the call, its numbers with nodes in the order in which they
stand there; a call with arguments of another form (`forms`) is for another program.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from types import MemberDescriptorType
from typing import TYPE_CHECKING, Any, Final

from minitorch.compiler.guards.snapshots import members_of
from minitorch.compiler.structural.basis.frames import COUNT
from minitorch.compiler.structural.basis.kinds import (
    COUNTER,
    INT,
    Bool,
    Dict,
    Float,
    Mixed,
    Record,
    Shared,
    Value,
    static,
)
from minitorch.compiler.structural.basis.refusals import Refused
from minitorch.compiler.structural.entry.forms import Argument, Fixed, Form, Held, Keyed, Known, Listed, Unread
from minitorch.machine_code.llvm.cpython_layout import LIST_ITEMS, LIST_SIZE, TUPLE_SIZE
from minitorch.machine_code.llvm.runtime import FLOAT_OFFSET, ITEMS_OFFSET, TYPE_OFFSET

if TYPE_CHECKING:
    from minitorch.compiler.structural.values.classes import Classes

__all__ = ["OTHER_ARGUMENTS", "read_arguments"]

OTHER_ARGUMENTS: Final = "other.arguments"
"""The block that says that an argument is of another form."""

READING_MEMORY: Final = ("%position = alloca i64", "%key.place = alloca ptr", "%item.place = alloca ptr")
"""What going over a dict takes."""


# -- reading -----------------------------------------------------------------------------------------------------------


def read_arguments(walk: Classes, arguments: Sequence[Argument]) -> tuple[list[Value], list[Value]]:
    """Write the reading of all arguments; inputs get the nodes from 1 on.

    Args:
        walk: the walk.
        arguments: what they are.

    Returns:
        Their values, and those of the arguments that are differentiated by, which the code does not change: derivatives
        are returned in their structure.
    """
    writer = walk.writer
    for text in READING_MEMORY:
        writer.line(text)
    walk.env[COUNT] = Value(COUNTER, ("0",))
    values, kept = [], []
    for index, argument in enumerate(arguments):
        thing = writer.load("ptr", writer.effect(f"getelementptr ptr, ptr %arguments, i64 {index}"))
        before = walk.count()
        reader = Reader(walk, argument.active)
        value = reader.value(thing, argument.kind, ("argument", index))
        values.append(value)
        if not argument.active:
            continue
        if any(site.changed for site in sites_in(value)):
            # As an eager run, which is given a structure of its own.
            walk.env[COUNT] = before
            value = reader.value(thing, argument.kind, ("kept argument", index))
        kept.append(value)
    return values, kept


def sites_in(value: Value) -> Iterable[Any]:
    """Yield the sites of all lists, dicts and objects in a value."""
    pending: list[Any] = [value.kind]
    while pending:
        kind = pending.pop()
        pending += getattr(kind, "items", ())
        if isinstance(kind, Shared):
            yield kind.site
            pending += kind.site.fields.values()
            if kind.site.element is not None:
                pending.append(kind.site.element)


class Reader:
    """Reads one argument.

    Args:
        walk: the walk.
        active: whether it is differentiated by.
    """

    def __init__(self, walk: Classes, active: bool) -> None:
        self.walk = walk
        self.writer = walk.writer
        self.active = active

    def expect(self, condition: str) -> None:
        """Leave for another program unless a condition is true."""
        following = self.writer.new_label()
        self.writer.check()
        self.writer.line(f"br i1 {condition}, label %{following}, label %{OTHER_ARGUMENTS}")
        self.writer.label(following)

    def at(self, thing: str, offset: int, kind: str) -> str:
        """Write the reading of a field of an object."""
        return self.writer.load(kind, self.writer.effect(f"getelementptr i8, ptr {thing}, i64 {offset}"))

    def is_of(self, thing: str, name: str) -> str:
        """Write whether an object is of a type."""
        return self.writer.effect(f"icmp eq ptr {self.at(thing, TYPE_OFFSET, 'ptr')}, @{name}")

    def value(self, thing: str, form: Form, key: Hashable) -> Value:
        """Write the reading of an object.

        Args:
            thing: where it is.
            form: what it is.
            key: tells its place from others.
        """
        if isinstance(form, Known):
            self.compare(thing, form)
            return static(form.value)
        if isinstance(form, Listed):
            return self.listed(thing, form, key)
        if isinstance(form, Fixed):
            return self.fixed(thing, form, key)
        if isinstance(form, Keyed):
            self.expect(self.is_of(thing, "PyDict_Type"))
            return self.keyed(thing, form, key)
        if isinstance(form, Held):
            return self.held(thing, form, key)
        if isinstance(form, Unread):
            return Value(Mixed("a text that tells objects of a list apart is read"))
        if self.active:
            return self.input(self.as_double(thing, form))
        if form == "float":
            return Value(Float(False), (self.as_double(thing, form),))
        if form == "mixed":
            double = self.as_double(thing, form)
            return Value(Float(False, whole=True), (double, self.is_of(thing, "PyLong_Type")))
        if form == "bool":
            self.expect(self.is_of(thing, "PyBool_Type"))
            return Value(Bool(), (self.writer.effect(f"icmp eq ptr {thing}, @_Py_TrueStruct"),))
        self.expect(self.is_of(thing, "PyLong_Type"))
        return Value(INT, (self.as_int(thing),))

    def input(self, double: str) -> Value:
        """Give a number that is differentiated by the next node."""
        node = self.writer.effect(f"add i32 {self.walk.count().parts[0]}, 1")
        self.walk.env[COUNT] = Value(COUNTER, (node,))
        return Value(Float(True), (double, node))

    def as_int(self, thing: str) -> str:
        """Write the reading of an int."""
        writer = self.writer
        number = writer.call_with_effects(f"call i64 @PyLong_AsLongLongAndOverflow(ptr {thing}, ptr %overflow)")
        self.walk.require(writer.effect(f"icmp eq i32 {writer.load('i32', '%overflow')}, 0"))
        return number

    def as_double(self, thing: str, form: Form) -> str:
        """Write the reading of a number as a float."""
        writer = self.writer
        if form == "float":
            self.expect(self.is_of(thing, "PyFloat_Type"))
            return self.at(thing, FLOAT_OFFSET, "double")
        ways: list[tuple[str, str]] = []
        writer.check()
        end = writer.new_label()
        if form in ("mixed", "any"):
            quick, slow = writer.new_label(), writer.new_label()
            writer.line(f"br i1 {self.is_of(thing, 'PyFloat_Type')}, label %{quick}, label %{slow}")
            writer.label(quick)
            ways.append((self.at(thing, FLOAT_OFFSET, "double"), writer.block))
            writer.line(f"br label %{end}")
            writer.label(slow)
        is_int = self.is_of(thing, "PyLong_Type")
        if self.active or form == "bool":
            is_int = writer.effect(f"or i1 {is_int}, {self.is_of(thing, 'PyBool_Type')}")
        self.expect(is_int)
        number = self.as_int(thing)
        if not self.active:
            self.walk.check_exact(number)
            writer.check()
        ways.append((writer.effect(f"sitofp i64 {number} to double"), writer.block))
        writer.line(f"br label %{end}")
        writer.label(end)
        place = writer.phi("double")
        writer.fill(place, ways)
        return writer.lines[place][0]

    def listed(self, thing: str, form: Listed, key: Hashable) -> Value:
        """Write the reading of a list, or of a long tuple."""
        walk, writer = self.walk, self.writer
        if form.is_tuple:
            self.expect(self.is_of(thing, "PyTuple_Type"))
            length = self.at(thing, TUPLE_SIZE, "i64")
            items = writer.effect(f"getelementptr i8, ptr {thing}, i64 {ITEMS_OFFSET}")
        else:
            self.expect(self.is_of(thing, "PyList_Type"))
            length, items = self.at(thing, LIST_SIZE, "i64"), self.at(thing, LIST_ITEMS, "ptr")
        site = walk.memory.site(key)
        if not self.active:
            site.outside = True
            walk.memory.check(site)
        if form.item is None:
            self.expect(writer.effect(f"icmp eq i64 {length}, 0"))
        made = walk.new_list(site, length, tuple if form.is_tuple else list)
        if not self.active:
            walk.set_object(made, thing)
        item_form = form.item
        if item_form is None:
            return made

        def copy(turn: str) -> None:
            item = writer.load("ptr", writer.effect(f"getelementptr ptr, ptr {items}, i64 {turn}"))
            walk.put(made, turn, self.value(item, item_form, (key, "item")))

        walk.loop(key, [], lambda turn: walk.less(turn, length), copy)
        return made

    def fixed(self, thing: str, form: Fixed, key: Hashable) -> Value:
        """Write the reading of a tuple."""
        if form.cls is tuple:
            self.expect(self.is_of(thing, "PyTuple_Type"))
            size = self.at(thing, TUPLE_SIZE, "i64")
            self.expect(self.writer.effect(f"icmp eq i64 {size}, {len(form.items)}"))
        else:
            self.expect_class(thing, form.cls)
        return self.walk.tuple_of([
            self.value(self.at(thing, ITEMS_OFFSET + 8 * index, "ptr"), item, (key, index))
            for index, item in enumerate(form.items)
        ], form.cls)  # fmt: skip

    def expect_class(self, thing: str, cls: type) -> None:
        """Leave for another program unless an object is of a class of the user's."""
        own = self.at(thing, TYPE_OFFSET, "ptr")
        self.expect(self.writer.effect(f"icmp eq ptr {own}, {self.walk.outside(cls, id(cls))}"))

    def keyed(self, thing: str, form: Keyed, key: Hashable) -> Value:
        """Write the reading of a dict."""
        walk = self.walk
        places = self.places(thing, form.keys)
        values = [
            self.value(place, item, (key, name))
            for name, place, item in zip(form.keys, places, form.items, strict=True)
        ]
        made = walk.new_dict(key, list(zip(form.keys, values, strict=True)))
        assert isinstance(made.kind, Dict)
        self.note_outside(made.kind, made, thing)
        return made

    def note_outside(self, kind: Dict | Record, made: Value, thing: str) -> None:
        """Note that a dict or an object is the caller's; what is differentiated by is one of its own."""
        if not self.active:
            kind.site.outside = True
            self.walk.memory.check(kind.site)
            self.walk.set_object(made, thing)

    def places(self, thing: str, keys: Sequence[str]) -> list[str]:
        """Write the reading of the values of a dict, which must have these keys in this order."""
        writer, places = self.writer, []
        size = writer.effect(f"call i64 @PyDict_Size(ptr {thing})")
        self.expect(writer.effect(f"icmp eq i64 {size}, {len(keys)}"))
        writer.store("i64", "0", "%position")
        for name in keys:
            call = f"call i32 @PyDict_Next(ptr {thing}, ptr %position, ptr %key.place, ptr %item.place)"
            self.expect(writer.effect(f"icmp ne i32 {writer.call_with_effects(call)}, 0"))
            self.compare(writer.load("ptr", "%key.place"), Known(name))
            places.append(writer.load("ptr", "%item.place"))
        return places

    def held(self, thing: str, form: Held, key: Hashable) -> Value:
        """Write the reading of an object."""
        walk, writer, cls = self.walk, self.writer, form.cls
        walk.check_class(cls)
        self.expect_class(thing, cls)
        slots = [name for name in form.names if name in members_of(cls)]
        places: dict[str, str] = {}
        if len(slots) < len(form.names):
            attributes = writer.call_with_effects(f"call ptr @PyObject_GenericGetDict(ptr {thing}, ptr null)")
            walk.require(writer.effect(f"icmp ne ptr {attributes}, null"))
            # The object has it as well.
            writer.line(f"call void @Py_DecRef(ptr {attributes})")
            names = [name for name in form.names if name not in slots]
            places |= dict(zip(names, self.places(attributes, names), strict=True))
        for name in slots:
            if not isinstance(walk.class_attribute(cls, name), MemberDescriptorType):
                raise Refused(f"the attribute {name!r} of an object that has a slot for it as well")
            places[name] = self.slot(thing, name)
        site = walk.memory.site(key, cls)
        values = [
            self.value(places[name], item, (key, name)) for name, item in zip(form.names, form.items, strict=True)
        ]
        for name, value in zip(form.names, values, strict=True):
            walk.memory.widen_field(site, name, value.kind)
        made = walk.new_object(site)
        assert isinstance(made.kind, Record)
        for name, value in zip(form.names, values, strict=True):
            if not isinstance(value.kind, Mixed):
                walk.store_field(made, name, value)
        self.note_outside(made.kind, made, thing)
        return made

    def slot(self, thing: str, name: str) -> str:
        """Write the reading of an attribute that has a slot, which must be set."""
        writer = self.writer
        known = self.walk.outside(name, id(name))
        found = writer.call_with_effects(f"call ptr @PyObject_GenericGetAttr(ptr {thing}, ptr {known})")
        writer.check()
        missing, there = writer.new_label(), writer.new_label()
        writer.line(f"br i1 {writer.effect(f'icmp eq ptr {found}, null')}, label %{missing}, label %{there}")
        writer.label(missing)
        writer.line("call void @PyErr_Clear()")
        writer.line(f"br label %{OTHER_ARGUMENTS}")
        writer.label(there)
        # The object has it as well.
        writer.line(f"call void @Py_DecRef(ptr {found})")
        return found

    def compare(self, thing: str, form: Known) -> None:
        """Write the comparison of an object with the one that is known."""
        writer = self.writer
        address = self.walk.outside(form.value, id(form.value))
        same = writer.effect(f"icmp eq ptr {thing}, {address}")
        if type(form.value) is not str:
            self.expect(same)
            return
        writer.check()
        other, end = writer.new_label(), writer.new_label()
        writer.line(f"br i1 {same}, label %{end}, label %{other}")
        writer.label(other)
        self.expect(self.is_of(thing, "PyUnicode_Type"))
        difference = writer.effect(f"call i32 @PyUnicode_Compare(ptr {thing}, ptr {address})")
        self.expect(writer.effect(f"icmp eq i32 {difference}, 0"))
        writer.line(f"br label %{end}")
        writer.label(end)
