"""What the writers of source share: terms and statements of no particular language.

Assignment("decay", Call("Exp", (Call("Neg", (Name("time"),)),)))        decay = math.exp(-time)
Branch("truth", Call("GT", …), True, [Return(…)])                        if …: return …
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from minitorch.autodiff.place import Place
from minitorch.machine_code.program import Constant, Outcome
from minitorch.rules.real import RULES

__all__ = [
    "Assignment", "Branch", "Call", "Name", "Refusal", "Return", "Statement", "Term", "is_truth",
    "number_of",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Name:
    """A variable.

    Args:
        text: how it is written.
        truth: whether it is the outcome of a comparison.
    """

    text: str
    truth: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """One primitive on terms.

    Args:
        function: the row of the table of rules.
        operands: what it takes.
        place: where the user's source does it.
    """

    function: str
    operands: tuple[Term, ...]
    place: Place | None = None


Term: TypeAlias = "Name | Constant | Call"


@dataclass(frozen=True, slots=True)
class Assignment:
    """A variable gets its value; without a name the operation is done only because it may raise."""

    name: str | None
    value: Call


@dataclass(frozen=True, slots=True)
class Branch:
    """What to do for one outcome of a decision.

    Args:
        kind: what is asked, one of `minitorch.autodiff.decisions.KINDS`.
        value: what is asked about.
        outcome: the answer.
        opposite: whether the body is for every other answer.
        body: statements that end in a Return or a Refusal.
        place: where the user's source asks.
    """

    kind: str
    value: Term
    outcome: Outcome
    opposite: bool
    body: list[Statement]
    place: Place | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """The end of a trace that no run took.

    Args:
        kind: what was asked.
        value: what was asked about.
        place: where the user's source asks.
    """

    kind: str
    value: Term
    place: Place | None


@dataclass(frozen=True, slots=True)
class Return:
    """The end of a trace: the outputs."""

    values: tuple[Term, ...]


Statement: TypeAlias = "Assignment | Branch | Refusal | Return"


def is_truth(term: Term) -> bool:
    """Whether a term is true or false to Python, and no float.

    >>> is_truth(Call("LT", (Name("x"), Constant(1.0)))), is_truth(Constant(1.0))
    (True, False)
    """
    if isinstance(term, Call):
        return RULES[term.function].indicator
    return term.truth if isinstance(term, Name) else type(term.value) is bool


def number_of(function: str, position: int, operands: Sequence[Term]) -> float:
    """Return the number that an operand of a row always is, as an int where the row takes no float.

    Raises:
        TypeError: the operand is computed.
    """
    operand = operands[position]
    if not isinstance(operand, Constant):
        raise TypeError(f"{function} takes a constant at position {position}")
    return int(operand.value) if RULES[function].int_input == position else operand.value
