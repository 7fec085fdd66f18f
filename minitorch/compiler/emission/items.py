"""Values while text is written: what is known of each, and how it is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from minitorch.compiler.structural.basis.kinds import UNKNOWN, Bool, Float, Int, Kind, List, Static, Tuple, join
from minitorch.compiler.structural.basis.refusals import Refused
from minitorch.machine_code.export.terms import Term

__all__ = [
    "MAX_BITS",
    "ActiveOperation",
    "Item",
    "Unwritten",
    "covering",
    "is_active",
    "is_simple",
    "shape",
    "words_in",
]

MAX_BITS: Final = 62
"""An int of so many bits needs no check of its own."""


class Unwritten(ValueError):
    """A function does what can't be written down in the language that was asked for."""


@dataclass(eq=False)
class Item:
    """A value.

    Args:
        kind: its kind.
        text: how it is written as a whole; of a float that derivatives pass through, the object that has it.
        term: how it is written as a number, or as the outcome of a comparison.
        operation: what gives it, where that is not on the tape yet.
        items: its elements, of a tuple where they are known one by one.
        constant: what it is, where that is known.
        bits: of an int, how many bits it has at most.
        varies: whether it is known in this call alone, so that it is not written as a number.
    """

    kind: Kind
    text: str = ""
    term: Term | None = None
    operation: ActiveOperation | None = None
    items: list[Item] | None = None
    constant: Any = UNKNOWN
    bits: int = 64
    varies: bool = False

    @property
    def is_constant(self) -> bool:
        """Whether it is known."""
        return self.constant is not UNKNOWN

    @property
    def is_literal(self) -> bool:
        """Whether it can be written as a number."""
        return self.is_constant and not self.varies

    def but(self, **changes: Any) -> Item:
        """Return another one like it."""
        return replace(self, **changes)


@dataclass(eq=False)
class ActiveOperation:
    """An operation that derivatives pass through.

    Args:
        name: the row of the table of rules.
        operands: what it takes.
    """

    name: str
    operands: list[Item]


def is_active(kind: Kind) -> bool:
    """Return whether derivatives pass through a number."""
    return isinstance(kind, Float) and kind.active


def shape(kind: Kind) -> str:
    """Return what tells variables of one name apart that hold different things at different times."""
    if isinstance(kind, (Int, Float)):
        return "number"
    if isinstance(kind, Tuple):
        return f"tuple of {len(kind.items)}"
    if isinstance(kind, Static):
        return "static"
    return {Bool: "truth", List: "list"}.get(type(kind), "mixed")


def covering(kinds: Iterable[Kind]) -> Kind | None:
    """Return the kind that covers several; `None` if there is none."""
    whole: Kind | None = None
    for kind in kinds:
        try:
            whole = kind if whole is None else join(whole, kind, lambda one, other: None)
        except Refused:
            return None
    return whole


def is_simple(text: str) -> bool:
    """Return whether a text is a name or a number, which may be written more than once."""
    return re.fullmatch(r"-?[\w.]+", text) is not None


def words_in(texts: Sequence[str]) -> set[str]:
    """Return the words of texts."""
    return {word for text in texts for word in re.findall(r"\w+", text)}
