"""Decisions: whenever a value with a history becomes control flow, or any other plain answer.

`if x > 0`, `int(x)`, a value as a key of a dict: what follows depends on the answer, but no derivative shows it. Within
`observed()` each such question is written down, with the place of the code that asked.

    >>> from minitorch.scalars.scalar import Scalar
    >>> x = Scalar(2.5)
    >>> with observed() as decisions:
    ...     answer = int(x) if x > 1 else 0
    >>> [(decision.kind, decision.outcome) for decision in decisions]
    [('truth', True), ('int', 2)]
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, NamedTuple, TypeVar

from minitorch.autodiff.grad_mode import set_within
from minitorch.autodiff.place import Origin, Place, origin_of_caller

__all__ = ["KINDS", "Decision", "decide", "observed", "observing"]

KINDS: Final = {
    "truth": "whether the value is other than zero",
    "int": "the value rounded towards zero, as an int",
    "floor": "the next int below",
    "ceil": "the next int above",
    "round": "the nearest int, the even one of two",
    "is_integer": "whether the value is whole",
    "value": "the value itself, to the last bit: as a key, as text, as a ratio, detached",
}
"""What can be asked of a value."""


class Decision(NamedTuple):
    """One question and its answer.

    Args:
        kind: what was asked, one of `KINDS`.
        variable: what was asked; the Indicator of a comparison has that comparison as its history.
        outcome: the answer.
        origin: where the code that asked stands.
    """

    kind: str
    variable: Any
    outcome: Any
    origin: Origin | None

    @property
    def place(self) -> Place | None:
        """Where the code that asked stands, in terms of the source."""
        return None if self.origin is None else Place.of(self.origin)


T = TypeVar("T")

observing: list[object] = []
"""Holds something while anybody observes; a list, since asking one costs next to nothing."""

_decisions: ContextVar[list[Decision] | None] = ContextVar("decisions", default=None)


@contextmanager
def observed() -> Iterator[list[Decision]]:
    """Note every decision made within, in this thread and context, in the list that is given."""
    decisions: list[Decision] = []
    with set_within(_decisions, decisions, observing):
        yield decisions


def decide(kind: str, variable: Any, outcome: T) -> T:
    """Return a plain answer about a Variable, noted where somebody observes."""
    if observing and variable.creator is not None:
        decisions = _decisions.get()
        if decisions is not None:
            # That of a tuple is in C: whoever watches what runs has nothing to look at.
            decisions.append(tuple.__new__(Decision, (kind, variable, outcome, origin_of_caller())))
    return outcome
