"""Functions of texts, and other constants, of which it is known while the code runs which of a few they are.

word: OneOf((Static("North"), Static("South")))     word.lower(): the same tag, of OneOf((Static("north"), …))
                                                    len(word), word < "P": read from a table by the tag

Python evaluates such a function for each of them while code is written.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from minitorch.compiler.structural.basis.alternatives import each_kind
from minitorch.compiler.structural.basis.kinds import (
    BOOL,
    INT,
    Entry,
    Float,
    OneOf,
    Static,
    Value,
    fields_of,
    shortened,
)
from minitorch.compiler.structural.basis.refusals import Refused
from minitorch.compiler.structural.basis.tables import Table
from minitorch.compiler.structural.values.comparisons import is_immutable
from minitorch.compiler.structural.values.entries import entry_value, read_number

if TYPE_CHECKING:
    from minitorch.compiler.structural.values.text import Text

__all__ = ["constants_of", "of_choices", "table_entry"]

MAX_COMBINATIONS: Final = 4096
"""A function is not evaluated more often for one call."""

CONSTANTS: Final = (str, bytes, int, float, bool, type(None))


def constants_of(value: Value) -> list[Any] | None:
    """Return the constants that a value is one of; `None` if it is something else."""
    if isinstance(value.kind, Entry):
        entries = value.kind.table.entries
        return list(entries) if all(type(each) in CONSTANTS for each in entries) else None
    if not isinstance(value.kind, OneOf):
        return None
    kinds = value.kind.kinds
    if all(isinstance(kind, Static) and type(kind.object) in CONSTANTS for kind in kinds):
        return [kind.object for kind in kinds]  # type: ignore[union-attr]
    return None


def of_choices(walk: Text, name: str, function: Callable[..., Any], given: Sequence[Value]) -> Value:
    """Write a function of constants, some of which are known while the code runs.

    Args:
        walk: the walk.
        name: what it is called in messages.
        function: it.
        given: its arguments, each known or one of several.

    Raises:
        Refused: it does not give the same kind of thing for all, or raises an exception for some.
    """
    given = [compressed(walk, each) for each in given]
    choices = [constants_of(each) for each in given]
    constants = [walk.known_object(each) for each in given]
    each_of = [[known] if choice is None else choice for choice, known in zip(choices, constants, strict=True)]
    count = 1
    for each in each_of:
        count *= len(each)
    if count > MAX_COMBINATIONS:
        raise Refused(f"{name} of too many texts")
    results: list[Any] = []
    raising: list[int] = []
    for index, operands in enumerate(itertools.product(*each_of)):
        try:
            results.append(function(*operands))
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            raising.append(index)
            results.append(None)
    different = {len(each) for each in results if type(each) is list}
    if not isinstance(given[0].kind, Entry) and len(different) > 1 and sum(len(each) > 1 for each in each_of) == 1:
        place = next(index for index, each in enumerate(each_of) if len(each) > 1)

        def of_one(each: Value) -> Value:
            return walk.evaluated(function, [*given[:place], each, *given[place + 1 :]], {})

        return each_kind(walk, given[place], of_one, with_none=True)
    tag = "0"
    for value, each in zip(given, each_of, strict=True):
        if len(each) > 1:
            scaled = tag if tag == "0" else walk.writer.integers("mul", tag, str(len(each)))
            is_entry = isinstance(value.kind, Entry)
            own = value.parts[0] if is_entry else walk.writer.pure(f"zext i32 {value.parts[0]} to i64")
            tag = own if tag == "0" else walk.writer.integers("add", scaled, own)
    if raising:
        if len(raising) == count:
            raise Refused(f"{name} of such texts, which raises an exception")
        fine = next(result for index, result in enumerate(results) if index not in raising)
        entries = ["true" if index in raising else "false" for index in range(count)]
        walk.writer.fails(table_entry(walk, "i1", entries, tag))
        walk.writer.check()
        results = [fine if index in raising else result for index, result in enumerate(results)]
    if any(isinstance(each.kind, Entry) for each in given):
        if not all(map(is_immutable, results)):
            raise Refused(f"{name} of texts, which gives {shortened(results)}")
        return entry_value(walk, walk.memory.once((name, repr(results)), None, lambda: Table(results)), tag)
    return of_results(walk, name, results, tag)


def compressed(walk: Text, value: Value) -> Value:
    """Return an entry of a table as one of a table in which each constant stands once."""
    constants = constants_of(value)
    if constants is None or not isinstance(value.kind, Entry):
        return value
    table = value.kind.table
    places = {repr(each): each for each in constants}
    if len(places) == len(constants):
        return value
    numbers = table.derive("numbers", lambda: Table([list(places).index(repr(each)) for each in constants]))
    distinct = table.derive("distinct", lambda: Table(list(places.values())))
    if len(places) == 1:
        return walk.of(constants[0])
    return Value(Entry(distinct), (read_number(walk, numbers, "int", value.parts[0]),))


def of_results(walk: Text, name: str, results: Sequence[Any], tag: str) -> Value:
    """Return one of several results as a value, given which of them it is."""
    types = set(map(type, results))
    if types in ({tuple}, {list}) and len(set(map(len, results))) == 1:
        items = [of_results(walk, name, column, tag) for column in zip(*results, strict=True)]
        if types == {tuple}:
            return walk.tuple_of(items)
        return walk.list_of(walk.memory.site(("texts", walk.frame.path, walk.place_key)), items)
    if not types <= set(CONSTANTS):
        raise Refused(f"{name} of texts, which gives {' or '.join(sorted(each.__name__ for each in types))}")
    values = [walk.of(each) for each in results]
    kinds = list(dict.fromkeys(value.kind for value in values))
    if len(kinds) == 1 and isinstance(kinds[0], Static):
        return values[0]
    if all(isinstance(kind, Static) for kind in kinds):
        tags = [str(kinds.index(value.kind)) for value in values]
        return Value(OneOf(tuple(kinds)), (table_entry(walk, "i32", tags, tag),))
    if len(kinds) != 1 or kinds[0] not in (INT, BOOL, Float(False)):
        raise Refused(f"{name} of texts, which gives results of several kinds")
    (field,) = fields_of(kinds[0])
    return Value(kinds[0], (table_entry(walk, field, [value.parts[0] for value in values], tag),))


def table_entry(walk: Any, field: str, entries: Sequence[str], index: str) -> str:
    """Write the reading of a constant from a table.

    Args:
        walk: the walk.
        field: the LLVM type of the entries.
        entries: them.
        index: which one is wanted, as an i64.
    """
    if len(set(entries)) == 1:
        return entries[0]
    writer = walk.writer
    text = ", ".join(f"{field} {entry}" for entry in entries)
    size = f"[{len(entries)} x {field}]"
    known = walk.tables.setdefault((field, text), f"@table.{len(walk.tables)}")
    writer.declarations.setdefault(known, f"{known} = private unnamed_addr constant {size} [{text}]")
    place = writer.pure(f"getelementptr {size}, ptr {known}, i64 0, i64 {index}")
    return str(writer.pure(f"load {field}, ptr {place}, !invariant.load !1"))
