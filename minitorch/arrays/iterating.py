"""Loops over the elements of arrays with histories: `numpy.nditer` and `numpy.ndenumerate`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy

from minitorch.arrays.makers import asarray, detached, is_plain
from minitorch.arrays.tensor import Tensor, current
from minitorch.scalars.lost_history import history_ends

__all__ = ["ITERATING", "Elements", "enumerated", "iterated"]

OF_POSITIONS: Final = ("order", "op_axes", "itershape")
"""Arguments of `numpy.nditer` that say where it goes."""


def enumerated(arr: Any) -> Any:
    """`numpy.ndenumerate`: the index and the value of each element."""
    if is_plain(arr):
        return numpy.ndenumerate(detached(arr))
    x = asarray(arr)
    return ((index, x[index]) for index in numpy.ndindex(x.shape))


class Elements:
    """`numpy.nditer` over arrays of which one has a history; numpy's own iterator says where it is.

    Args:
        operands: the arrays, Tensors among them.
        plain: numpy's iterator over as many arrays of positions.
    """

    def __init__(self, operands: Sequence[Any], plain: Any) -> None:
        self.operands = tuple(operands)
        self.plain = plain

    def __iter__(self) -> Iterator[Any]:
        for positions in self.plain:
            yield self.at(positions)

    def at(self, positions: Any) -> Any:
        """Return the elements at some positions, views that can be written to."""
        places = positions if isinstance(positions, tuple) else (positions,)
        found = tuple(map(element, self.operands, places))
        return found if len(found) > 1 else found[0]

    def __next__(self) -> Any:
        return self.at(next(self.plain))

    def __enter__(self) -> Elements:
        return self

    def __exit__(self, *_: object) -> None:
        self.plain.close()

    def __getitem__(self, key: Any) -> Any:
        value = self.value
        return (value if isinstance(value, tuple) else (value,))[key]

    def __setitem__(self, key: Any, given: Any) -> None:
        self[key][...] = given

    def __len__(self) -> int:
        return len(self.operands)

    @property
    def value(self) -> Any:
        """The elements where it is."""
        return self.at(self.plain.value)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.plain, name)


def element(x: Any, place: Any) -> Any:
    """Return the element of an array at a position, or a row of them at several."""
    numbers = numpy.asarray(place)
    if numbers.ndim:
        return numpy.reshape(x, -1)[numbers]
    index: Any = (*numpy.unravel_index(int(numbers), x.shape), ...)
    return x[index]


def iterated(op: Any, flags: Any = None, op_flags: Any = None, **kwargs: Any) -> Any:
    """`numpy.nditer`, whose elements keep their histories; an operand without an array is one of zeros."""
    if is_plain(op):
        named = {name: value for name, value in (("flags", flags), ("op_flags", op_flags)) if value is not None}
        return numpy.nditer(detached(op), **named, **kwargs)
    several = isinstance(op, (list, tuple)) and any(x is None or type(x) is Tensor or numpy.ndim(x) for x in op)
    operands = list(op) if several else [op]
    flags = tuple(flags or ())
    shape = numpy.broadcast_shapes(*(numpy.shape(detached(x)) for x in operands if x is not None))
    made = [asarray(numpy.zeros(shape)) if x is None else asarray(x) for x in operands]
    numbers = [numpy.arange(x.size).reshape(x.shape) for x in made]
    if "external_loop" in flags and any("read" not in f or "write" in f for f in flat_words(op_flags)):
        cure = "Leave the flag 'external_loop' out: single elements can be written to."
        raise history_ends("writing by numpy.nditer in rows", made[0].label(), cure, [current(made[0])])
    where: Any = {name: value for name, value in kwargs.items() if name in OF_POSITIONS}
    return Elements(made, numpy.nditer(numbers, [f for f in flags if f not in ("buffered", "refs_ok")], **where))


def flat_words(flags: Any) -> list[str]:
    """Return the words in nested lists."""
    return [flags] if isinstance(flags, str) else [word for item in flags or () for word in flat_words(item)]


ITERATING: Final[dict[Any, Any]] = {numpy.nditer: iterated, numpy.ndenumerate: enumerated}
"""By class of numpy's: what stands in for it."""
