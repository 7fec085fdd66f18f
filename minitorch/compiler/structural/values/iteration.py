"""What `for` goes over: ranges, lists, `zip`, `enumerate` and `reversed` of them, an element per turn."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from minitorch.compiler.structural.basis.frames import Generator
from minitorch.compiler.structural.basis.kinds import INT, Dict, List, Static, Tuple, Value, described
from minitorch.compiler.structural.basis.refusals import Refused, Unreached
from minitorch.compiler.structural.basis.tables import Table
from minitorch.compiler.structural.values.entries import entry_value

if TYPE_CHECKING:
    from minitorch.compiler.structural.values.lists import Lists

__all__ = [
    "Columns", "Elements", "EntriesOfTable", "Enumerated", "Iterated", "KeyValues", "Mapped", "Once", "Range",
    "Reversed", "Zipped", "gathered", "iterated", "listed", "refuse_to_keep", "refuse_to_pass",
]  # fmt: skip


class Elements:
    """The elements of a list, which may change meanwhile."""

    def __init__(self, value: Value) -> None:
        self.value = value

    def more(self, walk: Lists, turn: str) -> str:
        """Write whether there is an element for a turn."""
        return walk.less(turn, walk.length(self.value))

    def item(self, walk: Lists, turn: str) -> Value:
        """Write what a turn gets."""
        return walk.get(self.value, turn)

    def length(self, walk: Lists) -> str:
        """Write how many elements there are."""
        return walk.length(self.value)


class Once(Elements):
    """The elements of a list that can be gone over only once."""


class Range:
    """The ints of a range.

    Args:
        walk: the walk.
        bounds: what `range` was called with.
    """

    def __init__(self, walk: Lists, bounds: Sequence[Value]) -> None:
        bounds = [walk.as_int(bound) for bound in bounds]
        start, stop, step = {1: [walk.of(0), *bounds, walk.of(1)], 2: [*bounds, walk.of(1)], 3: bounds}[len(bounds)]
        if not step.is_constant or step.constant == 0:
            raise Refused("a range with a step that is not known")
        self.start, self.step = start.parts[0], step.constant
        self.known: range | None = None
        writer = walk.writer
        if start.is_constant and stop.is_constant:
            self.known = range(start.constant, stop.constant, step.constant)
            self.count = str(len(range(start.constant, stop.constant, step.constant)))
            return
        ends = (stop.parts[0], start.parts[0]) if self.step > 0 else (start.parts[0], stop.parts[0])
        distance = walk.with_overflow("ssub", *ends)
        writer.check()
        size = abs(self.step)
        if size > 1:
            distance = writer.effect(f"sdiv i64 {walk.with_overflow('sadd', distance, str(size - 1))}, {size}")
        self.count = writer.intrinsic_of_ints("smax", distance, "0")

    def more(self, walk: Lists, turn: str) -> str:
        """Write whether there is an int for a turn."""
        return walk.less(turn, self.count)

    def item(self, walk: Lists, turn: str) -> Value:
        """Write what a turn gets."""
        scaled = turn if self.step == 1 else walk.writer.effect(f"mul i64 {turn}, {self.step}")
        return Value(INT, (scaled if self.start == "0" else walk.writer.effect(f"add i64 {scaled}, {self.start}"),))

    def length(self, walk: Lists) -> str:
        """Write how many there are."""
        return self.count


@dataclass
class EntriesOfTable:
    """Some entries of a table, one after the other.

    Args:
        table: it.
        count: how many they are.
        start: the first one.
    """

    table: Table
    count: str
    start: str = "0"

    def more(self, walk: Lists, turn: str) -> str:
        """Write whether there is an entry for a turn."""
        return walk.less(turn, self.count)

    def item(self, walk: Lists, turn: str) -> Value:
        """Write what a turn gets."""
        place = turn if self.start == "0" else walk.writer.integers("add", self.start, turn)
        return entry_value(walk, self.table, place)

    def length(self, walk: Lists) -> str:
        """Write how many entries there are."""
        return self.count


@dataclass
class Enumerated:
    """What is numbered.

    Args:
        inner: what is.
        start: the first number.
    """

    inner: Iterated
    start: str

    def more(self, walk: Lists, turn: str) -> str:
        """Write whether there is an element for a turn."""
        return self.inner.more(walk, turn)

    def item(self, walk: Lists, turn: str) -> Value:
        """Write what a turn gets."""
        number = turn if self.start == "0" else walk.writer.effect(f"add i64 {turn}, {self.start}")
        return walk.tuple_of([Value(INT, (number,)), self.inner.item(walk, turn)])

    def length(self, walk: Lists) -> str:
        """Write how many elements there are."""
        return self.inner.length(walk)


@dataclass
class Zipped:
    """Several things side by side, up to the end of the shortest."""

    inner: Sequence[Iterated]

    def more(self, walk: Lists, turn: str) -> str:
        """Write whether there is an element of each for a turn."""
        writer = walk.writer
        truths = [each.more(walk, turn) for each in self.inner]
        rest = "true"
        for inner, truth in reversed(list(zip(self.inner, truths, strict=True))):
            if isinstance(inner, Mapped) and rest != "true":
                # Python calls the function once more before it finds that another ends.
                writer.fails(writer.both(truth, writer.negation(rest)))
            rest = writer.both(truth, rest)
        return rest

    def item(self, walk: Lists, turn: str) -> Value:
        """Write what a turn gets."""
        return walk.tuple_of([each.item(walk, turn) for each in self.inner])

    def length(self, walk: Lists) -> str:
        """Write how many elements there are."""
        first, *rest = (each.length(walk) for each in self.inner)
        for each in rest:
            first = walk.writer.intrinsic_of_ints("smin", first, each)
        return first


class Mapped:
    """What a function gives for each element of something: it is called where a turn gets that.

    Args:
        inner: what is gone over.
        write: writes the call.
    """

    def __init__(self, inner: Iterated, write: Callable[[Value], Value]) -> None:
        self.inner = inner
        self.write = write

    def more(self, walk: Lists, turn: str) -> str:
        """Write whether there is an element for a turn."""
        return self.inner.more(walk, turn)

    def item(self, walk: Lists, turn: str) -> Value:
        """Write what a turn gets."""
        return self.write(self.inner.item(walk, turn))

    def length(self, walk: Lists) -> str:
        """Refuse to tell how many there are, as Python does."""
        raise Refused("the length of an iterator")


class Reversed:
    """Something from its end on."""

    def __init__(self, walk: Lists, inner: Iterated) -> None:
        self.inner = inner
        self.count = inner.length(walk)
        self.last = walk.writer.effect(f"sub i64 {self.count}, 1")

    def more(self, walk: Lists, turn: str) -> str:
        """Write whether there is an element for a turn."""
        return walk.less(turn, self.count)

    def item(self, walk: Lists, turn: str) -> Value:
        """Write what a turn gets."""
        return self.inner.item(walk, walk.writer.effect(f"sub i64 {self.last}, {turn}"))

    def length(self, walk: Lists) -> str:
        """Write how many elements there are."""
        return self.count


class Columns:
    """The columns of a list of lists, `zip(*rows)`, each a list of its own.

    Args:
        walk: the walk.
        rows: the list.
        key: tells the place in the code from others.
    """

    def __init__(self, walk: Lists, rows: Value, key: Hashable) -> None:
        self.rows = rows
        self.key = key
        self.height = walk.length(rows)
        env = walk.env
        env["width"] = Value(INT, (str(2**62),))

        def narrow(turn: str) -> None:
            width = walk.writer.intrinsic_of_ints("smin", walk.env["width"].parts[0], self.row_length(walk, turn))
            walk.env["width"] = Value(INT, (width,))

        walk.loop((key, "width"), ["width"], lambda turn: walk.less(turn, self.height), narrow)
        some = walk.writer.effect(f"icmp ne i64 {self.height}, 0")
        width = walk.env.pop("width").parts[0]
        self.count = walk.writer.effect(f"select i1 {some}, i64 {width}, i64 0")

    def row_length(self, walk: Lists, turn: str) -> str:
        """Write how long a row is."""
        return walk.length(walk.as_list(walk.get(self.rows, turn)))

    def more(self, walk: Lists, turn: str) -> str:
        """Write whether there is a column for a turn."""
        return walk.less(turn, self.count)

    def item(self, walk: Lists, turn: str) -> Value:
        """Write what a turn gets."""
        site = walk.memory.site((self.key, "column"))
        rows = self.rows.kind
        inner = rows.site.element if isinstance(rows, List) else None
        if not isinstance(inner, List) or inner.site.element is None:
            raise Unreached
        walk.memory.widen(site, inner.site.element)
        made = walk.new_list(site.root(), self.height)

        def copy(row: str) -> None:
            walk.put(made, row, walk.get(walk.get(self.rows, row), turn))

        walk.loop((self.key, "copy"), [], lambda row: walk.less(row, self.height), copy)
        return made

    def length(self, walk: Lists) -> str:
        """Write how many there are."""
        return self.count


class KeyValues:
    """The keys, the values or the items of a dict.

    Args:
        owner: the dict.
        part: which of them: "keys", "values" or "items".
    """

    def __init__(self, owner: Value, part: str) -> None:
        self.owner = owner
        self.part = part
        self.count: str | None = None

    def more(self, walk: Any, turn: str) -> str:
        """Write whether there is one for a turn; leave where the dict has got keys meanwhile."""
        count: str = self.length(walk)
        if self.count is not None and count != self.count:
            walk.require(walk.writer.effect(f"icmp eq i64 {count}, {self.count}"))
        return str(walk.less(turn, count))

    def item(self, walk: Any, turn: str) -> Value:
        """Write what a turn gets."""
        assert isinstance(self.owner.kind, Dict)
        site, number = self.owner.kind.site, turn
        if not site.is_fixed:
            place = walk.writer.effect(f"getelementptr i64, ptr {self.owner.parts[0]}, i64 {turn}")
            number = walk.writer.load("i64", walk.writer.at(place, "8"))
        values: list[Value] = []
        if self.part != "values":
            values.append(walk.key_value(site, number))
        if self.part != "keys":
            values.append(walk.get_numbered(self.owner, number))
        return values[0] if len(values) == 1 else walk.tuple_of(values)

    def length(self, walk: Any) -> str:
        """Write how many there are."""
        return str(walk.dict_length(self.owner).parts[0])

    def begun(self, walk: Any) -> KeyValues:
        """Return it as it is gone over from now on."""
        started = KeyValues(self.owner, self.part)
        started.count = self.length(walk)
        return started


Iterated: TypeAlias = KeyValues | Elements | EntriesOfTable | Range | Enumerated | Zipped | Mapped | Reversed | Columns


def iterated(walk: Lists, value: Value) -> Iterated:
    """Return what goes over a value."""
    value = walk.opened(value)
    known: EntriesOfTable | None = walk.known_elements(value)
    if known is not None:
        return known
    thing = value.constant
    if isinstance(value.kind, Dict):
        thing = KeyValues(value, "keys")
    if isinstance(thing, Iterated):
        return thing.begun(walk) if isinstance(thing, KeyValues) else thing
    if isinstance(value.kind, (List, Tuple)) or (
        isinstance(value.kind, Static) and type(value.kind.object) in (list, tuple)
    ):
        return Elements(walk.as_list(value))
    if isinstance(value.kind, Static) and type(value.kind.object) in (str, bytes):
        return Elements(walk.as_list(walk.tuple_of(list(map(walk.of, value.kind.object)))))
    if isinstance(thing, Generator):
        raise Refused("a generator beside others")
    raise Refused(f"a loop over {described(value.kind)}")


def gathered(walk: Lists, over: Iterated, own_type: type = list) -> Value:
    """Write a new list, or a tuple of any length, of all elements."""
    key = (own_type.__name__, walk.frame.path, walk.place_key)
    made = walk.list_of(walk.memory.site(key), [], own_type)
    walk.loop(key, [], lambda turn: over.more(walk, turn), lambda turn: walk.append(made, over.item(walk, turn)))
    return made


def listed(walk: Lists, value: Value) -> Value:
    """Return what can be gone over as a list in memory, a new one unless it is one."""
    return gathered(walk, value.constant) if isinstance(value.constant, Iterated) else walk.as_list(value)


def refuse_to_keep(value: Value) -> None:
    """Refuse to give a name, or a place, to what can be gone over only once."""
    if isinstance(value.constant, Generator):
        raise Refused("a generator that is kept")
    refuse_to_pass(value)


def refuse_to_pass(value: Value) -> None:
    """Refuse to give to a function what can be gone over only once; of generators it is known whether they are."""
    if isinstance(value.constant, (Enumerated, Zipped, Mapped, Reversed, Columns, Once)):
        raise Refused("an iterator that is kept")
