"""Kinds of values, as they are known while code is written, and the values themselves.

Float(active=True)     a double, and an i32: the number of its node, 0 for none
Float(…, whole=True)   an i1 behind these: whether it is an int to Python, of the same value
Int()                  an i64; what would not fit leaves
Tuple((Int(), …))      the parts of its elements, one after the other
List(site)             a pointer to {i64 length, i64 capacity, ptr elements}
Record(site)           a pointer to the attributes of an object of a class
Dict(site)             a pointer to the values of constant keys
Static(object)         nothing: the object is known
Method(function, …)    the parts of the object that it is a method of
OneOf((Static(None), Float(True)))   an i32: which of these; and the parts of all of them, zero but for the one that is
Entry(table)           an i64: which of the objects in a table it is
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from minitorch.compiler.structural.basis.refusals import Refused
from minitorch.compiler.structural.basis.sites import Site
from minitorch.compiler.structural.basis.tables import Table

__all__ = [
    "BOOL", "COUNTER", "INT", "UNKNOWN", "Bool", "Closure", "Counter", "Dict", "Entry", "Float", "Int", "Kind", "List",
    "Method", "Mixed", "OneOf", "Record", "Shared", "Site", "Static", "Tuple", "Value", "fields_of", "is_kept", "join",
    "shape", "shortened", "static",
]  # fmt: skip

MAX_SHOWN: Final = 40
"""So many letters are shown of the text of an object."""

MAX_KINDS: Final = 64
"""A variable of more kinds is not compiled."""

UNKNOWN: Final = object()
"""In the place of a constant: the value is not known yet."""


@dataclass(frozen=True)
class Float:
    """A float.

    Args:
        active: whether it may have a history.
        whole: whether it may be an int to Python, of the same value; then it is known at run time.
    """

    active: bool
    whole: bool = False


@dataclass(frozen=True)
class Int:
    """An int of 64 bits."""


@dataclass(frozen=True)
class Bool:
    """A truth value.

    Args:
        active: whether it was asked of a number that may have a history, so that arithmetic with it has one.
    """

    active: bool = False


@dataclass(frozen=True)
class Counter:
    """How many edges there are on the tape."""


@dataclass(frozen=True)
class Static:
    """An object that is known: None, a text, a function, a module, a container of constants."""

    object: Any

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Static) and (
            self.object is other.object or (type(self.object) is str and self.object == other.object)
        )

    def __hash__(self) -> int:
        return hash(self.object) if type(self.object) is str else id(self.object)


@dataclass(frozen=True)
class Tuple:
    """A tuple of values of these kinds.

    Args:
        items: their kinds.
        cls: its class: `tuple`, or that of a named tuple.
    """

    items: tuple[Kind, ...]
    cls: type = tuple


@dataclass(frozen=True)
class Closure:
    """A function with values that belong to it: of variables around it, or arguments that it was given before.

    Args:
        function: it.
        names: what the values are called; they are all that is known of some of them.
        items: their kinds.
    """

    function: Any
    names: tuple[str, ...]
    items: tuple[Kind, ...]


class Shared:
    """What several variables may hold; two are equal if their sites were united."""

    def __init__(self, site: Site) -> None:
        self.own = site

    @property
    def site(self) -> Site:
        """What is known of it."""
        return self.own.root()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Shared) and type(other) is type(self) and self.site is other.site

    def __hash__(self) -> int:
        return id(self.site)


class List(Shared):
    """A list, or a tuple of changing length."""


class Record(Shared):
    """An object of a class, with its attributes in the memory of the call."""


class Dict(Shared):
    """A dict whose keys are constants."""


@dataclass(frozen=True)
class Method:
    """A function with its first argument, an object of some kind.

    Args:
        function: the function.
        owner: the kind of the object.
        after: of `super()` the class that comes before those where attributes are looked for; it has no function.
    """

    function: Any
    owner: Kind
    after: type | None = None


@dataclass(frozen=True)
class OneOf:
    """A value of one of several kinds, which is known while the code runs."""

    kinds: tuple[Kind, ...]


@dataclass(frozen=True)
class Entry:
    """An object out of a table; which of them is known while the code runs."""

    table: Table


@dataclass(frozen=True)
class Mixed:
    """Of another kind on each way here; nobody may use it."""

    reason: str


Kind: TypeAlias = (
    "Float | Int | Bool | Counter | Static | Tuple | Closure | List | Record | Dict | Method | OneOf | Entry | Mixed"
)

INT, BOOL, COUNTER = Int(), Bool(), Counter()


@dataclass(frozen=True)
class Value:
    """A value while code is written.

    Args:
        kind: its kind.
        parts: the LLVM names of its parts.
        constant: what it is, where that is known.
        bound: the name of the truth whether the variable has a value at all; `None` if it has.
        entry: the table that a number was read from, and which entry it is, as an i64.
    """

    kind: Kind
    parts: tuple[str, ...] = ()
    constant: Any = UNKNOWN
    bound: str | None = None
    entry: tuple[Table, str] | None = None

    @property
    def is_constant(self) -> bool:
        """Whether it is known."""
        return self.constant is not UNKNOWN


def static(thing: Any) -> Value:
    """Return a known object as a value."""
    return Value(Static(thing), (), thing)


def fields_of(kind: Kind) -> list[str]:
    """Return the LLVM types of the parts of a value.

    >>> fields_of(Tuple((Float(True), INT)))
    ['double', 'i32', 'i64']
    """
    if isinstance(kind, Float):
        return ["double", *["i32"] * kind.active, *["i1"] * kind.whole]
    if isinstance(kind, (Tuple, Closure)):
        return [field for item in kind.items for field in fields_of(item)]
    if isinstance(kind, OneOf):
        return ["i32", *(field for each in kind.kinds for field in fields_of(each))]
    if isinstance(kind, Method):
        return fields_of(kind.owner)
    if isinstance(kind, Shared):
        return ["ptr"]
    simple = {Int: "i64", Bool: "i1", Counter: "i32", Entry: "i64"}.get(type(kind))
    return [] if simple is None else [simple]


def join(one: Kind, other: Kind, unite: Callable[[Site, Site], None]) -> Kind:
    """Return the kind that covers two.

    Args:
        one: a kind.
        other: another.
        unite: has the lists of two sites count as the same.

    Raises:
        Refused: there is none.

    >>> join(INT, Float(True), print)
    Float(active=True, whole=True)
    """
    if one == other:
        return one
    numbers = [kind for kind in (one, other) if isinstance(kind, (Float, Int))]
    if len(numbers) == 2:
        floats = [kind for kind in numbers if isinstance(kind, Float)]
        return Float(any(each.active for each in floats), len(floats) < 2 or any(each.whole for each in floats))
    if isinstance(one, Bool) and isinstance(other, Bool):
        return Bool(True)
    if isinstance(one, Mixed) or isinstance(other, Mixed):
        return one if isinstance(one, Mixed) else other
    if isinstance(one, Tuple) and isinstance(other, Tuple) and shape(one) == shape(other):
        return Tuple(tuple(join(x, y, unite) for x, y in zip(one.items, other.items, strict=True)), one.cls)
    if isinstance(one, Closure) and isinstance(other, Closure) and shape(one) == shape(other):
        items = (join(x, y, unite) for x, y in zip(one.items, other.items, strict=True))
        return Closure(one.function, one.names, tuple(items))
    if isinstance(one, Shared) and isinstance(other, Shared) and one.site.cls is other.site.cls:
        unite(one.site, other.site)
        return one
    if isinstance(one, Method) and isinstance(other, Method) and shape(one) == shape(other):
        return Method(one.function, join(one.owner, other.owner, unite), one.after)
    return one_of(one, other, unite)


def shape(kind: Kind) -> object:
    """Return what is the same for kinds that one kind other than `OneOf` covers."""
    if isinstance(kind, (Static, Entry)):
        return kind
    if isinstance(kind, Tuple):
        return kind.cls, len(kind.items)
    if isinstance(kind, Closure):
        return kind.function, kind.names
    if isinstance(kind, Shared):
        return kind.site.cls
    if isinstance(kind, Method):
        return kind.function, kind.after, shape(kind.owner)
    return Float if isinstance(kind, Int) else type(kind)


def one_of(one: Kind, other: Kind, unite: Callable[[Site, Site], None]) -> Kind:
    """Return the kind of what is of one kind or of another; of each shape there is one."""
    kinds = list(one.kinds if isinstance(one, OneOf) else (one,))
    for kind in other.kinds if isinstance(other, OneOf) else (other,):
        same = next((index for index, each in enumerate(kinds) if shape(each) == shape(kind)), None)
        if same is None:
            kinds.append(kind)
        else:
            kinds[same] = join(kinds[same], kind, unite)
    if len(kinds) > MAX_KINDS or not all(map(is_kept, kinds)):
        raise Refused(f"a variable is {described(one)} on one way and {described(other)} on another")
    return OneOf(tuple(kinds))


def is_kept(kind: Kind) -> bool:
    """Return whether a variable may be of a kind on one way and of another on another way."""
    if isinstance(kind, Static):
        # What a walk makes is another object in the next walk.
        own = type(kind.object).__module__.startswith("minitorch.compiler.structural")
        return not own or getattr(kind.object, "is_free", False)
    return not isinstance(kind, (Mixed, Counter))


def described(kind: Kind) -> str:
    """Return a kind in words."""
    if isinstance(kind, Static):
        return shortened(kind.object)
    if isinstance(kind, Record):
        return f"an object of {kind.site.cls.__name__!r}"
    if isinstance(kind, OneOf):
        return " or ".join(map(described, kind.kinds))
    if isinstance(kind, Entry):
        return f"one of {shortened(list(kind.table.entries))}"
    words = {Float: "a float", Int: "an int", Bool: "a bool", Tuple: "a tuple", List: "a list", Method: "a method",
             Closure: "a function", Dict: "a dict"}  # fmt: skip
    return words.get(type(kind), "something else")


def shortened(thing: object) -> str:
    """Return what represents a thing, and of a long one the beginning.

    >>> shortened([1.5]), shortened("a" * 100)
    ('[1.5]', "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…")
    """
    text = repr(thing)
    return text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 3]}…"
