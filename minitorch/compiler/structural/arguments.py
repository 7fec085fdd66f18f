"""What the arguments of a call are, and how machine code reads them.

    1.5                    "float"
    [[1.0, 2.0], [3.0]]    Listed(Listed("float"))           lengths are read at each call
    (1.0, [2, 3.5])        Fixed(("float", Listed("mixed")))
    "call", None, f        Known(…)                          compared at each call

The form of the arguments is the key of a program. A list is copied into the memory of the call, its numbers with nodes
in the order in which they stand there; a call with arguments of another form is for another program.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import BuiltinFunctionType, FunctionType
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from minitorch.compiler.structural.frames import COUNT
from minitorch.compiler.structural.kinds import COUNTER, INT, Bool, Float, List, Value, static
from minitorch.machine_code.llvm.cpython_layout import LIST_ITEMS, LIST_SIZE
from minitorch.machine_code.llvm.runtime import FLOAT_OFFSET, ITEMS_OFFSET, TYPE_OFFSET

if TYPE_CHECKING:
    from minitorch.compiler.structural.lists import Lists

__all__ = [
    "OTHER_ARGUMENTS",
    "TUPLE_SIZE",
    "Argument",
    "Fixed",
    "Form",
    "Known",
    "Listed",
    "forms_of",
    "read_arguments",
]

OTHER_ARGUMENTS: Final = "other.arguments"
"""The block that says that an argument is of another form."""

MAX_FIXED: Final = 16
"""The length of a longer tuple is read at each call, as that of a list is."""

TUPLE_SIZE: Final = ITEMS_OFFSET - 8
"""Where a tuple keeps its length."""


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


@dataclass(frozen=True)
class Listed:
    """A list, or a long tuple, of any length.

    Args:
        item: the form of all elements; `None` of a list without.
        is_tuple: whether it is a tuple.
    """

    item: Form | None
    is_tuple: bool = False


@dataclass(frozen=True)
class Fixed:
    """A tuple of elements of these forms."""

    items: tuple[Form, ...]


Form: TypeAlias = "str | Known | Listed | Fixed"
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
        if not is_active and has_any(form):
            # What is differentiated by counts as floats; otherwise a bool is no int to Python.
            return None
        if form is None or (is_active and isinstance(form, Known)):
            return None
        found.append(Argument(form, is_active, name))
    return tuple(found)


def form_of(value: Any) -> Form | None:
    """Return what a value is; `None` if its form is not known."""
    kind = type(value)
    if kind in NUMBERS:
        return NUMBERS[kind]
    if kind in COMPARED:
        return Known(value)
    if kind is list or (kind is tuple and len(value) > MAX_FIXED):
        items = form_of_items(value)
        return None if items is NO_FORM else Listed(items, kind is tuple)
    if kind is tuple:
        forms = [form_of(item) for item in value]
        return None if None in forms else Fixed(tuple(form for form in forms if form is not None))
    return None


NO_FORM: Final[Any] = object()


def form_of_items(values: Sequence[Any]) -> Any:
    """Return the form of all elements; `None` if there are no elements, NO_FORM if there is none."""
    kinds = set(map(type, values))
    if kinds <= NUMBERS.keys():
        return joined_numbers({NUMBERS[kind] for kind in kinds}) if kinds else None
    form: Any = None
    for each in map(form_of, values):
        form = each if form is None else NO_FORM if each is None else joined(form, each)
        if form is NO_FORM or form is None:
            return NO_FORM
    return form


def joined_numbers(names: Collection[str]) -> str:
    """Return the form of numbers of which there are several."""
    if len(names) == 1:
        return next(iter(names))
    return "any" if "bool" in names or "any" in names else "mixed"


def has_any(form: Form | None) -> bool:
    """Return whether there are bools among other numbers."""
    if isinstance(form, Fixed):
        return any(map(has_any, form.items))
    return has_any(form.item) if isinstance(form, Listed) else form == "any"


def joined(one: Form, other: Form) -> Any:
    """Return the form that covers two; NO_FORM if there is none."""
    if one == other:
        return one
    if isinstance(one, str) and isinstance(other, str):
        return joined_numbers({one, other})
    if isinstance(one, Fixed) and isinstance(other, Fixed) and len(one.items) == len(other.items):
        items = [joined(x, y) for x, y in zip(one.items, other.items, strict=True)]
        return NO_FORM if NO_FORM in items else Fixed(tuple(items))
    if isinstance(one, Listed) and isinstance(other, Listed) and one.is_tuple == other.is_tuple:
        if one.item is None or other.item is None:
            return one if other.item is None else other
        item = joined(one.item, other.item)
        return NO_FORM if item is NO_FORM else Listed(item, one.is_tuple)
    return NO_FORM


# -- reading -----------------------------------------------------------------------------------------------------------


def read_arguments(walk: Lists, arguments: Sequence[Argument]) -> tuple[list[Value], list[Value]]:
    """Write the reading of all arguments; inputs get the nodes from 1 on.

    Args:
        walk: the walk.
        arguments: what they are.

    Returns:
        Their values, and those of the arguments that are differentiated by, which the code does not change: derivatives
        are returned in their structure.
    """
    writer = walk.writer
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
    """Yield the sites of all lists in a value."""
    pending: list[Any] = [value.kind]
    while pending:
        kind = pending.pop()
        if isinstance(kind, List):
            yield kind.site
        pending += getattr(kind, "items", ())
        if isinstance(kind, List) and kind.site.element is not None:
            pending.append(kind.site.element)


class Reader:
    """Reads one argument.

    Args:
        walk: the walk.
        active: whether it is differentiated by.
    """

    def __init__(self, walk: Lists, active: bool) -> None:
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
            self.expect(self.is_of(thing, "PyTuple_Type"))
            size = self.at(thing, TUPLE_SIZE, "i64")
            self.expect(self.writer.effect(f"icmp eq i64 {size}, {len(form.items)}"))
            return self.walk.tuple_of([
                self.value(self.at(thing, ITEMS_OFFSET + 8 * index, "ptr"), item, (key, index))
                for index, item in enumerate(form.items)
            ])  # fmt: skip
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
