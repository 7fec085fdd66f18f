"""Results: how the body of a function leaves them in memory, and what makes Python's objects of them.

A result stands in `%outputs` as an element of a list would, a word for each part. A list knows the object that it is to
Python: an argument and a constant from the start, any other one from when it is made, so that one list that stands in
two places of a result is one object. Derivatives are made in the same way of the arguments, the adjoint of its node
in the place of each float.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Final

from minitorch.compiler.structural.basis.kinds import (
    Bool,
    Dict,
    Entry,
    Float,
    Int,
    Kind,
    List,
    Mixed,
    OneOf,
    Record,
    Shared,
    Site,
    Static,
    Tuple,
    Value,
    described,
    fields_of,
)
from minitorch.compiler.structural.basis.refusals import Refused
from minitorch.compiler.structural.basis.slots import Slots
from minitorch.compiler.structural.values.class_makers import ClassMakers
from minitorch.compiler.structural.values.lists import LIST_OBJECT, WORD, Lists
from minitorch.machine_code.llvm.cpython_layout import LIST_ITEMS
from minitorch.machine_code.llvm.runtime import ITEMS_OFFSET

__all__ = ["ObjectMakers", "store_result", "word_count"]

RESULT_TYPES: Final = (
    "int", "float", "bool", "str", "bytes", "NoneType", "complex", "list", "tuple", "dict", "set", "frozenset", "range",
    "function", "builtin_function_or_method", "type", "module", "ellipsis",
)  # fmt: skip
"""The types of known objects that are results as they are: what a walk knows by other objects is none of Python's."""


def word_count(kind: Kind) -> int:
    """Return how many words a value takes in memory."""
    return len(fields_of(kind))


def store_result(walk: Lists, value: Value, place: str) -> None:
    """Write a result to memory.

    Args:
        walk: the walk.
        value: the result.
        place: where it goes.
    """
    check_result(walk, value.kind, [])
    walk.store_parts(value.kind, place, value)


def check_result(walk: Lists, kind: Kind, around: Sequence[Site]) -> None:
    """Refuse a result that no object is made of; note those of which it matters which objects they are.

    Args:
        walk: the walk.
        kind: of the result, or of a part.
        around: what it is a part of.
    """
    if isinstance(kind, Tuple):
        for item in kind.items:
            check_result(walk, item, around)
    elif isinstance(kind, Shared):
        site = kind.site
        if any(site is each for each in around):
            raise Refused("its result holds itself")
        if isinstance(kind, List) and len(site.types) > 1:
            raise Refused("its result is a list or a tuple")
        if isinstance(kind, Record) and site.unset:
            raise Refused("its result is an object with attributes that may not be set")
        if not isinstance(kind, List):
            check_class(site)
            walk.memory.note_return(site)
        for each in [*site.fields.values(), *([] if site.element is None else [site.element])]:
            check_result(walk, each, [*around, site])
    elif isinstance(kind, OneOf):
        for each in kind.kinds:
            check_result(walk, each, around)
    elif isinstance(kind, (Entry, Static)):
        for thing in kind.table.entries if isinstance(kind, Entry) else (kind.object,):
            walk.keep_thing(thing)
            if type(thing).__name__ not in RESULT_TYPES or type(thing).__module__ != "builtins":
                raise Refused(f"its result is {described(kind)}")
    elif isinstance(kind, Mixed) or not isinstance(kind, (Float, Int, Bool)):
        raise Refused(f"its result is {described(kind)}")


def check_class(site: Site) -> None:
    """Refuse a result that is made of what the walk alone knows."""
    if type(site.factory).__module__.startswith("minitorch."):
        raise Refused("its result is a dict that makes values by a function of its own")


class ObjectMakers(ClassMakers):
    """Writes functions that make objects of values in memory.

    Args:
        slots: those for objects that are results as they are.

    Attributes:
        texts: of the functions, by name.
    """

    first_item = ITEMS_OFFSET

    def __init__(self, slots: Slots) -> None:
        super().__init__(slots)
        self.texts: dict[str, str] = {}
        self.names: dict[tuple[str, int], str] = {}
        self.rows_of: Kind | None = None

    def rows(self, kind: Kind) -> str:
        """Return the name of a function that makes second derivatives: the derivatives in place of each float.

        It takes the place of the arguments that are differentiated by, and that of pointers: to the same place, and for
        each node to a row of derivatives, which is indexed by nodes.

        Args:
            kind: of these arguments together.
        """
        self.rows_of = kind
        return self.function(kind, 2)

    def function(self, kind: Kind, derivative: int = 0) -> str:
        """Return the name of a function of the place of a value, and that of the adjoints.

        Args:
            kind: of the value.
            derivative: 1 to have floats replaced by the adjoints of their nodes, 2 by the derivatives of those.
        """
        key = name_of(kind), derivative
        if key not in self.names:
            name = self.names[key] = f"@make.{len(self.names)}"
            body = self.body(kind, derivative)
            self.texts[name] = f"define private ptr {name}(ptr %place, ptr %adjoints) {{\n{body}}}\n"
        return self.names[key]

    def body(self, kind: Kind, derivative: int) -> str:
        """Write how it is made."""
        if isinstance(kind, List):
            return self.list(kind, derivative)
        if isinstance(kind, (Dict, Record)):
            return self.shared(kind, derivative)
        if isinstance(kind, Tuple):
            return self.tuple(kind, derivative)
        if isinstance(kind, Float) and derivative == 2:
            assert self.rows_of is not None
            return f"""  %node.place = getelementptr i8, ptr %place, i64 8
  %node = load i32, ptr %node.place
  %index = zext i32 %node to i64
  %row.place = getelementptr ptr, ptr %adjoints, i64 %index
  %row = load ptr, ptr %row.place
  %arguments = load ptr, ptr %adjoints
  %made = call ptr {self.function(self.rows_of, 1)}(ptr %arguments, ptr %row)
  ret ptr %made
"""
        if isinstance(kind, Float) and derivative:
            return """  %node.place = getelementptr i8, ptr %place, i64 8
  %node = load i32, ptr %node.place
  %index = zext i32 %node to i64
  %number.place = getelementptr double, ptr %adjoints, i64 %index
  %number = load double, ptr %number.place
  %made = call ptr @PyFloat_FromDouble(double %number)
  ret ptr %made
"""
        if isinstance(kind, Float) and kind.whole:
            return f"""  %truth.place = getelementptr i8, ptr %place, i64 {WORD * (word_count(kind) - 1)}
  %number = load double, ptr %place
  %is.int = load i1, ptr %truth.place
  br i1 %is.int, label %int, label %float
int:
  %made.int = call ptr @PyLong_FromDouble(double %number)
  ret ptr %made.int
float:
  %made = call ptr @PyFloat_FromDouble(double %number)
  ret ptr %made
"""
        if isinstance(kind, Float):
            return """  %number = load double, ptr %place
  %made = call ptr @PyFloat_FromDouble(double %number)
  ret ptr %made
"""
        if isinstance(kind, Int):
            return """  %number = load i64, ptr %place
  %made = call ptr @PyLong_FromLongLong(i64 %number)
  ret ptr %made
"""
        if isinstance(kind, Bool):
            return """  %truth = load i1, ptr %place
  %made = select i1 %truth, ptr @_Py_TrueStruct, ptr @_Py_FalseStruct
  call void @Py_IncRef(ptr %made)
  ret ptr %made
"""
        if isinstance(kind, OneOf):
            return self.one_of(kind, derivative)
        if isinstance(kind, Entry):
            return self.entry(kind)
        assert isinstance(kind, Static)
        return f"""  %made = load ptr, ptr @{self.slots.named(kind.object, id(kind.object))}
  call void @Py_IncRef(ptr %made)
  ret ptr %made
"""

    def entry(self, kind: Entry) -> str:
        """Write how an object out of a table is found."""
        objects = kind.table.words("object")
        return f"""  %index = load i64, ptr %place
  %objects = load ptr, ptr @{self.slots.named((objects, kind.table), ctypes.addressof(objects))}
  %from = getelementptr ptr, ptr %objects, i64 %index
  %made = load ptr, ptr %from
  call void @Py_IncRef(ptr %made)
  ret ptr %made
"""

    def one_of(self, kind: OneOf, derivative: int) -> str:
        """Write how a value of one of several kinds is made."""
        lines, offset = ["  %tag = load i32, ptr %place\n  br label %ask0\n"], 1
        for index, each in enumerate(kind.kinds):
            lines.append(f"""ask{index}:
  %is{index} = icmp eq i32 %tag, {index}
  br i1 %is{index}, label %make{index}, label %ask{index + 1}
make{index}:
  %from{index} = getelementptr i8, ptr %place, i64 {WORD * offset}
  %object{index} = call ptr {self.function(each, derivative)}(ptr %from{index}, ptr %adjoints)
  ret ptr %object{index}
""")
            offset += word_count(each)
        lines.append(f"ask{len(kind.kinds)}:\n  ret ptr null\n")
        return "".join(lines)

    def tuple(self, kind: Tuple, derivative: int) -> str:
        """Write how a tuple is made."""
        lines = [
            f"""  %made = call ptr @PyTuple_New(i64 {len(kind.items)})
  %none = icmp eq ptr %made, null
  br i1 %none, label %short, label %item0
"""
        ]
        offset = 0
        for index, item in enumerate(kind.items):
            lines.append(f"""item{index}:
  %from{index} = getelementptr i8, ptr %place, i64 {WORD * offset}
  %object{index} = call ptr {self.function(item, derivative)}(ptr %from{index}, ptr %adjoints)
  %no{index} = icmp eq ptr %object{index}, null
  br i1 %no{index}, label %drop, label %put{index}
put{index}:
  %to{index} = getelementptr i8, ptr %made, i64 {ITEMS_OFFSET + 8 * index}
  store ptr %object{index}, ptr %to{index}
  br label %item{index + 1}
""")
            offset += word_count(item)
        made = "  ret ptr %made\n" if kind.cls is tuple else self.named_tuple(kind.cls)
        lines.append(f"""item{len(kind.items)}:
{made}drop:
  call void @Py_DecRef(ptr %made)
  br label %short
short:
  ret ptr null
""")
        return "".join(lines)

    def list(self, kind: List, derivative: int) -> str:
        """Write how a list is made, or a tuple of any length, unless it was."""
        (own_type,) = kind.site.types
        element = kind.site.element
        known = (
            "  br label %new\n"
            if derivative
            else f"""  %known.place = getelementptr i8, ptr %header, i64 {LIST_OBJECT}
  %known = load ptr, ptr %known.place
  %is.known = icmp ne ptr %known, null
  br i1 %is.known, label %share, label %new
share:
  call void @Py_IncRef(ptr %known)
  ret ptr %known
"""
        )
        noted = "" if derivative else "  store ptr %made, ptr %known.place\n"
        at_items = f"getelementptr i8, ptr %made, i64 {ITEMS_OFFSET if own_type is tuple else LIST_ITEMS}"
        items = f"  %items = {at_items}\n"
        if own_type is list:
            items = f"  %items.place = {at_items}\n  %items = load ptr, ptr %items.place\n"
        # A list of no known elements is empty.
        made = "getelementptr i8, ptr null, i64 0"
        stride = WORD
        if element is not None:
            made = f"call ptr {self.function(element, derivative)}(ptr %from, ptr %adjoints)"
            stride = WORD * max(1, word_count(element))
        return f"""  %header = load ptr, ptr %place
{known}new:
  %length = load i64, ptr %header
  %data.place = getelementptr i8, ptr %header, i64 16
  %data = load ptr, ptr %data.place
  %made = call ptr @{"PyTuple_New" if own_type is tuple else "PyList_New"}(i64 %length)
  %none = icmp eq ptr %made, null
  br i1 %none, label %short, label %begin
begin:
{noted}{items}  br label %next
next:
  %index = phi i64 [ 0, %begin ], [ %following, %put ]
  %more = icmp slt i64 %index, %length
  br i1 %more, label %make, label %done
make:
  %offset = mul i64 %index, {stride}
  %from = getelementptr i8, ptr %data, i64 %offset
  %object = {made}
  %no.object = icmp eq ptr %object, null
  br i1 %no.object, label %drop, label %put
put:
  %to = getelementptr ptr, ptr %items, i64 %index
  store ptr %object, ptr %to
  %following = add i64 %index, 1
  br label %next
drop:
  call void @Py_DecRef(ptr %made)
  br label %short
short:
  ret ptr null
done:
  ret ptr %made
"""


def name_of(kind: Kind) -> str:
    """Return what tells kinds apart of which other functions make objects."""
    if isinstance(kind, OneOf):
        return f"one of ({','.join(map(name_of, kind.kinds))})"
    if isinstance(kind, Tuple):
        return f"{id(kind.cls)} ({','.join(map(name_of, kind.items))})"
    if isinstance(kind, Shared):
        return f"{kind.site.cls.__name__} {id(kind.site)}"
    if isinstance(kind, Static):
        return f"object {id(kind.object)}"
    if isinstance(kind, Entry):
        return f"entry of {id(kind.table)}"
    return f"{type(kind).__name__} {fields_of(kind)}"
