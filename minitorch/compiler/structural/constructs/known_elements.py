"""What is done with entries of tables, and with containers that were made while code was written."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Sequence
from typing import Any

from minitorch.compiler.structural.basis.alternatives import present
from minitorch.compiler.structural.basis.errors import Raised
from minitorch.compiler.structural.basis.kinds import Entry, Int, Kind, Static, Value
from minitorch.compiler.structural.basis.refusals import Refused
from minitorch.compiler.structural.basis.tables import Table
from minitorch.compiler.structural.constructs.folding import Folding
from minitorch.compiler.structural.constructs.known_things import READ
from minitorch.compiler.structural.constructs.pure_code import Impure
from minitorch.compiler.structural.constructs.pure_run import CONTAINERS
from minitorch.compiler.structural.values.entries import entry_value
from minitorch.compiler.structural.values.iteration import EntriesOfTable, gathered

__all__ = ["KnownElements"]

ITERABLE = (list, tuple, dict, set, frozenset, str)


class KnownElements(Folding):
    """The part of a walk that goes over tables, and takes entries apart."""

    # -- elements ------------------------------------------------------------------------------------------------------

    def elements_of(self, value: Value) -> Sequence[Any] | None:
        """Return the elements of a container that is kept as a table; `None` if it is no such container."""
        thing = value.kind.object if isinstance(value.kind, Static) else None
        if not self.memory.folds or type(thing) not in (*READ, *CONTAINERS) or not self.has_texts(value):
            return None
        try:
            self.admit_container(thing)
        except Impure:
            return None
        return tuple(thing)  # type: ignore[arg-type]

    def table_of_elements(self, value: Value) -> Table | None:
        """Return the table of the elements of a container; `None` if it is none that is kept so."""
        elements = self.elements_of(value)
        if elements is None:
            return None
        thing = value.kind.object  # type: ignore[union-attr]
        table: Table = self.memory.once(("elements", self.identity_of(thing)), thing, lambda: Table(elements))
        return table

    def known_elements(self, value: Value) -> EntriesOfTable | None:
        """Return what goes over a container that is kept as a table, or one of several; `None` for any other."""
        table = self.table_of_elements(value)
        if table is not None:
            return EntriesOfTable(table, str(len(table.entries)))
        if not isinstance(value.kind, Entry):
            return None
        table = value.kind.table
        if not all(type(each) in ITERABLE for each in table.entries):
            raise Refused("a loop over what is a container for some texts only")
        rows = [tuple(each) for each in table.entries]
        flat = table.derive("flat", lambda: Table(list(itertools.chain(*rows))))
        lengths = table.derive("lengths", lambda: Table([len(each) for each in rows]))
        starts = table.derive("starts", lambda: Table(list(itertools.accumulate(map(len, rows[:-1]), initial=0))))
        count, start = (entry_value(self, each, value.parts[0]).parts[0] for each in (lengths, starts))
        return EntriesOfTable(flat, count, start)

    def opened(self, value: Value) -> Value:
        """Return what is gone over as a tuple, where there is more to know then."""
        is_table = isinstance(value.kind, Entry) or self.elements_of(value) is not None
        return value if is_table else super().opened(value)

    def as_list(self, value: Value) -> Value:
        """Return what is gone over as a list in memory."""
        over = self.known_elements(value) if isinstance(value.kind, (Entry, Static)) else None
        return super().as_list(value) if over is None else gathered(self, over)

    def subscript(self, value: Value, index: Value) -> Value:
        """Write the reading of an element."""
        index = present(self, index)
        if isinstance(index.kind, Int) and not index.is_constant:
            over = self.known_elements(value) if isinstance(value.kind, (Static, Entry)) else None
            if over is not None and self.is_sequence(value):
                return over.item(self, self.place_in(over.count, index))
        return super().subscript(value, index)

    def is_sequence(self, value: Value) -> bool:
        """Return whether a container has numbered elements."""
        kind = value.kind
        things = kind.table.entries if isinstance(kind, Entry) else [value.constant]
        return all(type(each) in (list, tuple, str) for each in things)

    def taken_apart(self, value: Value, targets: Sequence[ast.expr]) -> Value:
        """Return an entry of a table as a tuple of as many elements as there are targets."""
        assert isinstance(value.kind, Entry)
        table, count = value.kind.table, len(targets)
        starred = next((place for place, each in enumerate(targets) if isinstance(each, ast.Starred)), None)
        if not all(type(each) in ITERABLE for each in table.entries):
            raise Refused("the elements of what is a container for some texts only")
        rows = [apart(tuple(each), count, starred) for each in table.entries]
        if not any(rows):
            self.raise_always(Raised(ValueError))
        if not all(rows):
            wrong = table.derive(("wrong", count, starred), lambda: Table([not row for row in rows]))
            self.raises(ValueError, entry_value(self, wrong, value.parts[0]).parts[0])
            self.writer.check()
        fine, key = next(filter(None, rows)), self.key(targets[0])
        tuples = table.derive(
            ("apart", count, starred), lambda: Table([self.data(row or fine, key) for row in rows])
        )  # fmt: skip
        return entry_value(self, tuples, value.parts[0])

    # -- questions -----------------------------------------------------------------------------------------------------

    def truth_of(self, value: Value) -> str:
        """Write whether a value is true."""
        if isinstance(value.kind, Entry):
            table = value.kind.table
            truths = table.derive("truths", lambda: Table([bool(each) for each in table.entries]))
            return super().truth_of(entry_value(self, truths, value.parts[0]))
        return super().truth_of(value)

    def identical(self, x: Value, y: Value) -> str:
        """Write whether two values are one object."""
        for one, other in ((x, y), (y, x)):
            if isinstance(one.kind, Entry):
                if other.kind != Static(None):
                    raise Refused("`is` of constants")
                table = one.kind.table
                nones = table.derive("nones", lambda: Table([each is None for each in table.entries]))  # noqa: B023
                return self.truth_of(entry_value(self, nones, one.parts[0]))
        return super().identical(x, y)

    # -- what is not to be changed -------------------------------------------------------------------------------------

    def attribute(self, owner: Value, name: str) -> Value:
        """Write the reading of an attribute."""
        self.keep(owner)
        return super().attribute(owner, name)

    def set_item(self, owner: Value, index: Value, value: Value) -> None:
        """Write the setting of an element."""
        self.keep(owner)
        super().set_item(owner, index, value)

    def in_place(self, operator: type[ast.operator], x: Value, y: Value) -> Value:
        """Write an operator that may change its left operand, such as `+=`."""
        self.keep(x)
        return super().in_place(operator, x, y)

    def materialized(self, thing: Any) -> Value:
        """Return a constant container as a list."""
        self.keep_thing(thing)
        return super().materialized(thing)

    def constant_dict(self, thing: dict[Any, Any]) -> Value:
        """Return a dict from outside as one in memory."""
        self.keep_thing(thing)
        return super().constant_dict(thing)

    def constant_kind(self, thing: Any, is_flat: bool) -> Kind:
        """Return the kind of a constant in a container."""
        self.keep_thing(thing)
        return super().constant_kind(thing, is_flat)


def apart(row: tuple[Any, ...], count: int, starred: int | None) -> tuple[Any, ...]:
    """Return what several targets get of the elements of a container; nothing if these are too many, or too few.

    Args:
        row: the elements.
        count: how many targets there are.
        starred: which of them gets a list of all that the others don't; `None` if there is none such.

    >>> apart((1, 2, 3), 2, 1), apart((1, 2, 3), 2, None)
    ((1, [2, 3]), ())
    """
    if starred is None:
        return row if len(row) == count else ()
    last = len(row) - (count - starred - 1)
    return (*row[:starred], list(row[starred:last]), *row[last:]) if last >= starred else ()
