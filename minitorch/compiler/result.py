"""What a function returned, as a number of outputs and the form that they are put into.

    (x * y, [z > 0, "warm"])      outputs x * y, z > 0      form (float, [bool, 'warm'])

Floats that depend on no input are outputs, too; whole numbers, text and the like belong to the form.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from minitorch.compiler.aliasing import keys_in_order
from minitorch.scalars.pytrees import Layout, Leaf, flatten
from minitorch.scalars.scalar import Indicator, Scalar

__all__ = ["IMMUTABLE", "Answer", "Result", "Returned", "Unrecordable", "shape_of"]

FLOAT: Final = "float"
TRUTH: Final = "bool"

IMMUTABLE: Final = frozenset({int, bool, str, bytes, type(None), complex, type(Ellipsis)})
"""Types of which one value is as good as another that is equal."""


@dataclass(frozen=True, slots=True)
class Result:
    """How outputs make what a function returns.

    Args:
        layout: where numbers stand.
        numbers: for each of them FLOAT, TRUTH, or a tuple with the plain number itself.
        exact: what tells forms apart that Python takes for equal: keys in order, and types and texts of constants.
    """

    layout: Layout
    numbers: tuple[Any, ...]
    exact: tuple[Any, ...] = ()

    @property
    def outputs(self) -> int:
        """How many numbers are outputs."""
        return sum(number in (FLOAT, TRUTH) for number in self.numbers)

    @property
    def is_number(self) -> bool:
        """Whether it is one real number and nothing else."""
        return self.layout.spec is None and len(self.layout.leaves) == 1 and self.layout.leaves[0].is_number

    @property
    def floats(self) -> int | None:
        """How many floats it is: -1 for one alone, else the length of a plain tuple of floats; `None` for all else."""
        if any(number != FLOAT for number in self.numbers) or not all(leaf.is_number for leaf in self.layout.leaves):
            return None
        if self.layout.spec is None:
            return -1 if self.is_number else None
        length = len(self.numbers)
        rebuilt = self.layout.rebuild([0.0] * length)
        return length if type(rebuilt) is tuple and rebuilt == (0.0,) * length else None

    def fill(self, outputs: Sequence[float]) -> Any:
        """Return what the function returns, with some numbers for its outputs.

        >>> result, outputs = shape_of((1.5, [2, True]))
        >>> outputs, result.fill([2.5])
        ([1.5], (2.5, [2, True]))
        """
        following = iter(outputs)
        filled: list[Any] = []
        for number in self.numbers:
            if type(number) is tuple:
                filled.append(number[0])
            else:
                output = next(following)
                filled.append(output if number == FLOAT else bool(output))
        return self.layout.fill(filled)


class Returned:
    """The result of a call itself, in the place of a form that is filled with outputs.

    Args:
        value: the result.
    """

    def __init__(self, value: Any) -> None:
        self.value = value

    def fill(self, outputs: Sequence[float]) -> Any:
        """Return the result."""
        return self.value


Answer: TypeAlias = tuple[Result | Returned, list[float]]
"""The form of a result, or the result itself, and the outputs."""


class Unrecordable(Exception):
    """A run could not be repeated by machine code; the message says why.

    Args:
        reason: the message.
        answer: what the run came to all the same, the form of its result and the outputs; `None` if that is not known.
        final: whether no other run could be repeated, either.
    """

    def __init__(self, reason: str, answer: tuple[Result, list[float]] | None = None, final: bool = False) -> None:
        super().__init__(reason)
        self.answer = answer
        self.final = final


def shape_of(returned: Any) -> tuple[Result, list[Any]]:
    """Return the form of a result and its outputs, Variables and plain floats.

    Raises:
        Unrecordable: there is something in it of which each call may return another one.
    """
    try:
        values, layout = flatten(returned)
    except TypeError as error:
        raise Unrecordable(f"its result {error}") from error
    for leaf in layout.leaves:
        check_leaf(leaf)
    numbers: list[Any] = []
    outputs = []
    for value in values:
        number_type = type(value)
        if number_type in (Scalar, Indicator, float):
            numbers.append(TRUTH if number_type is Indicator else FLOAT)
            outputs.append(value)
        elif number_type in IMMUTABLE:
            numbers.append((value,))
        else:
            raise Unrecordable(f"its result has a number of type {number_type.__name__}")
    constants = [leaf.value for leaf in layout.leaves if leaf.shape is None]
    constants += [number[0] for number in numbers if type(number) is tuple]
    exact = keys_in_order(returned), tuple((type(constant), repr(constant)) for constant in constants)
    return Result(layout, tuple(numbers), exact), outputs


def check_leaf(leaf: Leaf) -> None:
    """Raise for a leaf that is not a number and may change or have numbers inside.

    Raises:
        Unrecordable: it is such a leaf.
    """
    if leaf.shape is None and type(leaf.value) not in IMMUTABLE:
        raise Unrecordable(f"its result has an object of type {type(leaf.value).__name__}")
    if leaf.shape is not None and not leaf.is_number:
        raise Unrecordable("its result has an array")
