"""What the languages differ in: how a number, a list, a branch or a loop is written."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from minitorch.compiler.structural.basis.kinds import Kind
from minitorch.machine_code.export.terms import Call, Term
from minitorch.machine_code.program import Constant, Node

if TYPE_CHECKING:
    from minitorch.compiler.emission.statements import Statements
    from minitorch.compiler.emission.writing import Writing

__all__ = ["Kept", "Language", "WithStatus", "parameters_of_partial"]

Kept: TypeAlias = "Sequence[tuple[str, bool]]"
"""What is kept for adjoints, and whether it is a float that derivatives pass through."""

WithStatus: TypeAlias = "tuple[str, bool]"
"""A function, and whether it gets a place for a status."""


class Language(ABC):
    """A language that functions are written in.

    Attributes:
        name: what it is called.
        reserved: words that no variable may be called.
        is_checked: whether the language itself raises where an operation has no result.
        title: the same, for the reader.
        work: what each function gets first.
    """

    name: str
    title: str
    reserved: frozenset[str]
    is_checked: bool
    work: str
    true: str
    false: str
    none: str
    otherwise: str
    end: str

    @abstractmethod
    def is_known(self, row: str) -> bool:
        """Return whether it can write a row by itself."""

    @abstractmethod
    def can_write(self, row: str, arity: int) -> bool:
        """Return whether it can write a row at all."""

    @abstractmethod
    def text(self, term: Term, tight: bool = False) -> str:
        """Return a number; in brackets where it must bind tightly."""

    @abstractmethod
    def condition(self, term: Term) -> str:
        """Return the outcome of a comparison."""

    @abstractmethod
    def value(self, cell: str) -> str:
        """Return the value of a float that derivatives pass through."""

    @abstractmethod
    def number(self, value: Any) -> str:
        """Return a constant."""

    @abstractmethod
    def as_int(self, text: str) -> str:
        """Return a number that is known to be an int as one."""

    @abstractmethod
    def as_float(self, text: str) -> str:
        """Return a number as a float."""

    @abstractmethod
    def plain(self, text: str) -> str:
        """Return a float without a history as one that derivatives may pass through."""

    @abstractmethod
    def truncated(self, text: str) -> str:
        """Return the int of a float."""

    @abstractmethod
    def absolute(self, text: str) -> str:
        """Return the size of an int."""

    @abstractmethod
    def of_ints(self, row: str) -> str:
        """Return the function for an operation on ints."""

    @abstractmethod
    def power(self, base: Term, exponent: Constant) -> Term:
        """Return a power in a partial derivative, which is infinite where Python raises."""

    @abstractmethod
    def guarded(self, writing: Writing, call: Call) -> Term:
        """Return an operation behind a check that Python would not raise, where the language has none itself."""

    @abstractmethod
    def negated(self, condition: str) -> str:
        """Return the opposite of a condition."""

    @abstractmethod
    def joined(self, is_and: bool, conditions: Sequence[str]) -> str:
        """Return whether all conditions are true, or one of them."""

    @abstractmethod
    def choice(self, condition: str, yes: str, no: str) -> str:
        """Return one of two values."""

    @abstractmethod
    def start(self, word: str, condition: str) -> str:
        """Return the line that begins a block: `if`, or `while`."""

    @abstractmethod
    def defined(self, kind: Kind, name: str, text: str) -> str:
        """Return the line that gives a new variable its value."""

    def fixed(self, kind: Kind, name: str, text: str) -> str:
        """Return the line that gives a new variable its value, which nothing changes."""
        return self.defined(kind, name, text)

    @abstractmethod
    def assigned(self, name: str, text: str) -> str:
        """Return the line that gives a variable a value."""

    @abstractmethod
    def declared(self, kind: Kind, name: str) -> str:
        """Return the declaration of a variable."""

    @abstractmethod
    def dropped(self, text: str) -> str:
        """Return a statement that computes something nobody uses."""

    @abstractmethod
    def failure(self, text: str = "") -> str:
        """Return the statement that leaves where Python raises, by the user's own words if there are any."""

    @abstractmethod
    def label(self, text: str) -> str:
        """Return what an expression is called on the tape."""

    @abstractmethod
    def function(self, writing: Statements, title: str) -> list[str]:
        """Return the text of a function."""

    @abstractmethod
    def takes_work(self, writing: Statements) -> bool:
        """Return whether a function gets the memory of the call, or the tape."""

    @abstractmethod
    def statement(self, text: str) -> str:
        """Return the line that does something."""

    @abstractmethod
    def comment(self, text: str) -> str:
        """Return a line that says something to the reader."""

    @abstractmethod
    def tuple_of(self, kind: Kind, texts: Sequence[str]) -> str:
        """Return a tuple."""

    @abstractmethod
    def item(self, text: str, index: int) -> str:
        """Return an element of a tuple."""

    @abstractmethod
    def length(self, text: str) -> str:
        """Return how long a list is."""

    @abstractmethod
    def element(self, kind: Kind, text: str, index: str) -> str:
        """Return an element of a list."""

    @abstractmethod
    def surely(self, text: str, index: str) -> str:
        """Return an element of a list that is known to be there."""

    @abstractmethod
    def put(self, kind: Kind, text: str, index: str, item: str) -> str:
        """Return the line that changes an element of a list."""

    @abstractmethod
    def appended(self, kind: Kind, text: str, item: str) -> str:
        """Return the line that appends to a list."""

    @abstractmethod
    def of_list(self, what: str, kind: Kind, text: str, *others: str) -> str:
        """Return what comes of a list, such as its "sum" or its "largest" element."""

    @abstractmethod
    def sliced(self, kind: Kind, text: str, lower: str | None, upper: str | None) -> str:
        """Return a slice."""

    @abstractmethod
    def bisected(self, what: str, kind: Kind, text: str, wanted: str) -> str:
        """Return where a number belongs in a sorted list."""

    @abstractmethod
    def extreme(self, what: str, kind: Kind, texts: Sequence[str]) -> str:
        """Return the largest or smallest of several numbers."""

    @abstractmethod
    def constant(self, name: str, thing: Any, kind: Kind | None) -> str:
        """Return the definition of a constant."""

    @abstractmethod
    def give(self, name: str, share: str) -> str:
        """Return the statement that adds to an adjoint."""

    @abstractmethod
    def partial_function(self, title: str, row: str, arity: int, index: int, program: Node) -> WithStatus:
        """Return a function for a partial derivative, and whether it gets a place for a status."""

    @abstractmethod
    def noted(self, value: str, label: str, kept: Kept) -> tuple[list[str], str]:
        """Return the lines that keep what the adjoints of an expression need, and the float with its value.

        Args:
            value: the value.
            label: tells the expression from others.
            kept: what is kept, and whether it is a float that derivatives pass through.
        """

    @abstractmethod
    def case(self, label: str, source: str, kept: Kept, lines: Sequence[str]) -> list[str]:
        """Return the adjoints of an expression as a part of the reverse pass.

        Args:
            label: tells the expression from others.
            source: the user's line.
            kept: what was kept, by its name there, and whether it is a float that derivatives pass through.
            lines: the adjoints.
        """

    @abstractmethod
    def bare(self, text: str) -> str:
        """Return a text without its comments."""


def parameters_of_partial(arity: int) -> list[str]:
    """Return what the operands of a partial derivative are called.

    >>> parameters_of_partial(2)
    ['x', 'y']
    """
    return ["x", "y", "z"][:arity] if arity <= 3 else [f"x{index}" for index in range(arity)]
