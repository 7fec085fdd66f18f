"""What a row of the table of rules says about a primitive, and how a row is added.

rule("Sin", math.sin, lambda x, y: math.cos(x), libm="sin")
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["RULES", "Gradient", "Partial", "Rule", "for_every_rule", "rule"]

Partial = Callable[..., Any]
Gradient = Callable[[Sequence[Any], Any], Sequence[Any]]


@dataclass(frozen=True)
class Rule:
    """One primitive.

    Args:
        name: the name of its Function class.
        function: the plain operation, called with the inputs one by one.
        partials: one per input, called as `partial(*inputs, output)`.
        gradient: instead of partials, for any number of inputs: `gradient(inputs, output)` gives all of them.
        callables: the plain callables that this row stands for.
        flatten_arguments: turns the arguments of such a callable into inputs, where they are not the inputs already.
        iterable_arguments: how many leading arguments of such a callable are iterables of inputs.
        in_place: what an augmented assignment does, for operators.
        dispatches: whether Python asks the operands what to do (`*`), or wants plain numbers (`math.sin`).
        indicator: whether the output is true or false.
        domain: tells of inputs whether the function has a value there; it raises exactly where this is false. It uses
            comparisons and `abs` alone. `None`: it raises only where the result is not finite, if at all.
        never_raises: whether the function gives a float for any floats.
        libm: the function of the C library that gives the same floats within the domain.
        keeps_int: whether the output of whole numbers is a whole number to Python.
        int_input: the position of an input that is an int, never a float.
        numpy: the names of the ufuncs that have these partials.
        ulps: how many units in the last place the output may be off: half a one where it is rounded once, as IEEE 754
            has it, 0 where it is exact. For functions what the GNU C Library's manual lists as known maximum errors,
            and Python's sources say of its own.
    """

    name: str
    function: Callable[..., Any]
    partials: tuple[Partial, ...] = ()
    gradient: Gradient | None = None
    callables: tuple[Callable[..., Any], ...] = ()
    flatten_arguments: Callable[..., Sequence[Any]] | None = None
    iterable_arguments: int = 0
    in_place: Callable[[Any, Any], Any] | None = None
    dispatches: bool = False
    indicator: bool = False
    domain: Callable[..., Any] | None = None
    never_raises: bool = False
    libm: str = ""
    keeps_int: bool = False
    int_input: int | None = None
    numpy: tuple[str, ...] = ()
    ulps: float = 1.0

    def partials_at(
        self,
        wanted: Sequence[int],
        inputs: Sequence[Any],
        output: Any,
        through: Callable[[Partial], Partial] = lambda partial: partial,
    ) -> list[Any]:
        """Evaluate the partial derivatives by some of the inputs.

        Args:
            wanted: the positions of those inputs; no other partial is evaluated.
            inputs: all inputs.
            output: what the function gave.
            through: what a partial goes through before it is called, such as a rewriter.

        >>> RULES["Mul"].partials_at([0], [2.0, 3.0], 6.0)
        [3.0]
        """
        if self.gradient is not None:
            every = through(self.gradient)(inputs, output)
            return [every[index] for index in wanted]
        return [through(self.partials[index])(*inputs, output) for index in wanted]


RULES: dict[str, Rule] = {}

_listeners: list[Callable[[Rule], object]] = []


def rule(name: str, function: Callable[..., Any], *partials: Partial, **details: Any) -> Rule:
    """Add a row; unless it says otherwise it stands for its own function.

    Args:
        name: the name of the primitive.
        function: its plain function. Written in Python it is recorded wherever it must be lowered or exported.
        partials: its partial derivatives, one per input.
        details: what else `Rule` has.

    Returns:
        The row, which everything that makes something of each row has heard of by then.
    """
    details.setdefault("callables", (function,))
    row = RULES[name] = Rule(name, function, partials, **details)
    for listener in _listeners:
        listener(row)
    return row


def for_every_rule(listener: Callable[[Rule], object], from_now_on: bool = False) -> None:
    """Call a function with each row of the table, now, and with each row that is added later.

    Args:
        listener: makes something of a row, such as its Function.
        from_now_on: whether only rows that are added later matter.
    """
    for row in () if from_now_on else RULES.values():
        listener(row)
    _listeners.append(listener)
