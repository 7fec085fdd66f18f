"""What makes dicts, objects and named tuples of values in memory, as `results` makes lists of them."""

from __future__ import annotations

import functools
from typing import Any, Final

from minitorch.compiler.structural.basis.kinds import Dict, Kind, Record, Site
from minitorch.compiler.structural.basis.slots import Slots
from minitorch.compiler.structural.values.dicts import words_before as words_before_key
from minitorch.compiler.structural.values.objects import object_word, words_before

__all__ = ["ClassMakers"]

WORD: Final = 8


@functools.cache
def empty_maker(cls: type, factory: Any) -> functools.partial[Any]:
    """Return what makes an object of a class without attributes, or a dict without keys."""
    if issubclass(cls, dict):
        return functools.partial(cls) if factory is None else functools.partial(cls, factory)
    return functools.partial(cls.__new__, cls)


@functools.cache
def tuple_maker(cls: type) -> functools.partial[Any]:
    """Return what makes a named tuple of a tuple."""
    return functools.partial(tuple.__new__, cls)


class ClassMakers:
    """Writes the bodies of functions that make dicts, objects and named tuples.

    Args:
        slots: those for classes, names and keys.
    """

    def __init__(self, slots: Slots) -> None:
        self.slots = slots

    def function(self, kind: Kind, derivative: int = 0) -> str:
        """Return the name of a function that makes an object of a value."""
        raise NotImplementedError

    def slot(self, thing: Any) -> str:
        """Return the name of the slot for an object."""
        return self.slots.named(thing, id(thing))

    def named_tuple(self, cls: type) -> str:
        """Write how a named tuple is made of the tuple `%made`, which is given back."""
        return f"""  %maker = load ptr, ptr @{self.slot(tuple_maker(cls))}
  %given = call ptr @PyTuple_New(i64 1)
  %no.given = icmp eq ptr %given, null
  br i1 %no.given, label %drop, label %call
call:
  %given.place = getelementptr i8, ptr %given, i64 {self.first_item}
  store ptr %made, ptr %given.place
  %named = call ptr @PyObject_CallObject(ptr %maker, ptr %given)
  call void @Py_DecRef(ptr %given)
  ret ptr %named
"""

    first_item: int
    """Where a tuple has its elements."""

    def shared(self, kind: Dict | Record, derivative: int) -> str:
        """Write how a dict or an object is made, unless it was."""
        site = kind.site
        lines = [
            f"  %self = load ptr, ptr %place\n  %object.place = getelementptr i64, ptr %self, i64 {object_word(site)}\n"
        ]
        if not derivative:
            lines.append("""  %known = load ptr, ptr %object.place
  %is.known = icmp ne ptr %known, null
  br i1 %is.known, label %share, label %new
share:
  call void @Py_IncRef(ptr %known)
  ret ptr %known
new:
""")
        lines.append(f"""  %maker = load ptr, ptr @{self.slot(empty_maker(site.cls, site.factory))}
  %made = call ptr @PyObject_CallNoArgs(ptr %maker)
  %none = icmp eq ptr %made, null
  br i1 %none, label %short, label %begin
begin:
{"" if derivative else "  store ptr %made, ptr %object.place"}
""")
        if isinstance(kind, Dict) and not site.is_fixed:
            lines.append(self.keys_in_their_order(site, derivative))
        else:
            lines.append("  br label %item0\n")
            for index, name in enumerate(site.fields):
                lines.append(f"item{index}:\n{self.item(kind, name, index, derivative)}")
                lines.append(f"put{index}:\n  br label %item{index + 1}\n")
            lines.append(f"item{len(site.fields)}:\n  br label %done\n")
        lines.append("""done:
  ret ptr %made
drop:
  call void @Py_DecRef(ptr %made)
  br label %short
short:
  ret ptr null
""")
        return "".join(lines)

    def item(self, kind: Dict | Record, name: Any, index: int, derivative: int) -> str:
        """Write how one attribute, or the value of one key, is made and set."""
        site = kind.site
        words = words_before(site, name) if isinstance(kind, Record) else words_before_key(site, name)
        words += isinstance(kind, Dict) and not site.is_fixed
        put = "@PyObject_GenericSetAttr" if isinstance(kind, Record) else "@PyDict_SetItem"
        return f"""  %from{index} = getelementptr i64, ptr %self, i64 {words}
  %value{index} = call ptr {self.function(site.fields[name], derivative)}(ptr %from{index}, ptr %adjoints)
  %no{index} = icmp eq ptr %value{index}, null
  br i1 %no{index}, label %drop, label %set{index}
set{index}:
  %name{index} = load ptr, ptr @{self.slot(name)}
  %status{index} = call i32 {put}(ptr %made, ptr %name{index}, ptr %value{index})
  call void @Py_DecRef(ptr %value{index})
  %failed{index} = icmp ne i32 %status{index}, 0
  br i1 %failed{index}, label %drop, label %put{index}
"""

    def keys_in_their_order(self, site: Site, derivative: int) -> str:
        """Write how the keys of a dict are set as they came."""
        cases = " ".join(f"i64 {index}, label %item{index}" for index in range(len(site.fields)))
        lines = [
            f"""  %count = load i64, ptr %self
  br label %next
next:
  %turn = phi i64 [ 0, %begin ], [ %following, %put ]
  %more = icmp slt i64 %turn, %count
  br i1 %more, label %choose, label %done
choose:
  %following = add i64 %turn, 1
  %number.place = getelementptr i64, ptr %self, i64 %following
  %number = load i64, ptr %number.place
  switch i64 %number, label %put [ {cases} ]
"""
        ]
        for index, name in enumerate(site.fields):
            lines.append(f"item{index}:\n{self.item(Dict(site), name, index, derivative)}")
            lines.append(f"put{index}:\n  br label %put\n")
        lines.append("put:\n  br label %next\n")
        return "".join(lines)
