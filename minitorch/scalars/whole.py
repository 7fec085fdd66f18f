"""Whole numbers with a history: what `int(x)` gives where rounding is differentiated straight through.

Such a number is an int to the code that has it: it counts, indexes and prints as one, and arithmetic with ints gives
ints. Only what has no derivative whatever is done of it (bits, indices, ranges) makes a plain int of it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

from minitorch.autodiff.decisions import decide
from minitorch.autodiff.history import History
from minitorch.scalars.lost_history import history_ends
from minitorch.scalars.scalar import Scalar

__all__ = ["Whole", "floats_of"]


class Whole(Scalar):
    """An int that knows how it was made.

    Args:
        v: the value.
        back: how it was made; by default it is a leaf, with `None` a constant.
        name: what reports and pictures call it.

    >>> n = Whole(7, None)
    >>> isinstance(n, int), list(range(n))[-1], n * 2, n / 2, "abcdefgh"[n]
    (True, 6, Scalar(14), Scalar(3.5), 'h')
    """

    __slots__ = ("whole",)

    def __init__(self, v: int, back: History | None = None, name: str | None = None) -> None:
        Scalar.__init__(self, float(v) if abs(v) < 1 << 53 else 0.0, back, name)
        self.whole = v

    @property  # type: ignore[misc]
    def __class__(self) -> type[Any]:
        return int

    @property
    def data(self) -> Any:
        """The plain number, exactly."""
        return self.whole

    @data.setter
    def data(self, value: float) -> None:
        """Keep nothing: the plain number is `whole`."""

    def get_data(self) -> Any:
        """Return the plain value."""
        return self.whole

    def __index__(self) -> int:
        return decide("int", self, self.whole)

    def __int__(self) -> int:
        return decide("int", self, self.whole)

    def __trunc__(self) -> Any:
        return self

    def __floor__(self) -> Any:
        return self

    def __ceil__(self) -> Any:
        return self

    def __round__(self, ndigits: int | None = None) -> Any:
        return self if ndigits is None or ndigits >= 0 else round(operator.index(self), ndigits)

    def __lshift__(self, count: Any) -> Any:
        return self * (1 << operator.index(count))

    def __rshift__(self, count: Any) -> Any:
        return self // (1 << operator.index(count))

    def __pow__(self, other: Any, modulo: Any = None) -> Any:
        if modulo is not None:
            return pow(operator.index(self), operator.index(other), operator.index(modulo))
        return super().__pow__(other)

    def __rpow__(self, other: Any, modulo: Any = None) -> Any:
        if modulo is not None:
            return pow(operator.index(other), operator.index(self), operator.index(modulo))
        return super().__rpow__(other)

    @property
    def imag(self) -> Any:
        """The imaginary part of a whole number."""
        return 0

    @property
    def numerator(self) -> Any:
        """The number itself."""
        return self

    @property
    def denominator(self) -> int:
        """That of a whole number."""
        return 1

    def as_integer_ratio(self) -> tuple[Any, int]:
        """Return the number itself, and one."""
        return self, 1

    def __getattr__(self, name: str) -> Any:
        # What else an int has: `bit_length`, `to_bytes`.
        if not hasattr(int, name):
            raise AttributeError(f"'int' object has no attribute {name!r}")
        return getattr(operator.index(self), name)

    def __reduce_ex__(self, protocol: Any) -> Any:
        if self.creator is None:
            return int, (self.whole,)
        return super().__reduce_ex__(protocol)


def on_bits(function: Callable[..., Any], is_reflected: bool = False) -> Callable[..., Any]:
    """Make a method that has no derivative, of plain ints."""

    def method(self: Whole, *others: Any) -> Any:
        if not all(isinstance(other, int) for other in others):
            return NotImplemented
        operands = [operator.index(each) for each in (self, *others)]
        return function(*(reversed(operands) if is_reflected else operands))

    return method


for _name in ("and", "or", "xor"):
    setattr(Whole, f"__{_name}__", on_bits(getattr(operator, f"__{_name}__")))
    setattr(Whole, f"__r{_name}__", on_bits(getattr(operator, f"__{_name}__"), is_reflected=True))
for _name in ("lshift", "rshift"):
    setattr(Whole, f"__r{_name}__", on_bits(getattr(operator, f"__{_name}__"), is_reflected=True))
setattr(Whole, "__invert__", on_bits(operator.invert))  # noqa: B010  mypy takes no method for what is assigned


def floats_of(values: Sequence[Any], int_input: int | None, inputs: Sequence[Any]) -> list[Any]:
    """Return operands as floats, at which partial derivatives are taken.

    Args:
        values: plain numbers.
        int_input: the position of one that has to be an int.
        inputs: the operands themselves, with a whole number among them.

    Raises:
        HistoryLostError: one is larger than any float.
    """
    try:
        return [float(x) if type(x) is int and place != int_input else x for place, x in enumerate(values)]
    except OverflowError:
        held = [x for x in inputs if type(x) is Whole]
        attempt = "arithmetic of ints larger than any float"
        raise history_ends(attempt, held[0].label(), "Compute with floats there.", held) from None
