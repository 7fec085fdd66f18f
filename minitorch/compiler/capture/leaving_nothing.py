"""What a recorded run leaves in the user's objects: plain numbers, since the call is one of the plain function.

A run on Variables that appends to a list, sets an attribute or a global, or fills a cell leaves Variables there. They
become constants when the recording is done, and wherever the garbage collector finds them their floats take their
place.

    >>> from minitorch.scalars.scalar import Scalar
    >>> x = Scalar(2.0)
    >>> kept = [x, (1.0, x)]
    >>> made = [x]
    >>> del x
    >>> leave_nothing(made), kept
    (True, [2.0, (1.0, 2.0)])
"""

from __future__ import annotations

import gc
import sys
from collections import deque
from types import CellType, FrameType
from typing import Any, Final

from minitorch.autodiff.variable import Variable, is_constant, is_settled, parents_of
from minitorch.scalars.complex_scalar import ComplexScalar
from minitorch.scalars.scalar import Indicator, Scalar

__all__ = ["Run", "leave_nothing"]

FREE_REFERENCES: Final = 3
"""How many references there are to a Variable that nobody but `leave_nothing` has: a list, a name and an argument."""

MAX_DEPTH: Final = 4
"""How deeply tuples may lie in tuples."""


class Run:
    """What there is of a run on Variables, whatever became of its recording.

    Attributes:
        made: its inputs and what it has made of them, in order.
        returned: its result, if it has one that answers the call.
        differs: whether it may have done otherwise than the plain function.
    """

    def __init__(self) -> None:
        self.made: list[Variable] = []
        self.returned: list[Any] = []
        self.differs = False

    def finish(self) -> bool:
        """Make what it left behind plain; return whether it depends on nothing but its own inputs."""
        return leave_nothing(self.made)

    def answer(self) -> Any:
        """Return its result, which is plain unless it depends on Variables of others."""
        result = self.returned[0]
        return result.data if type(result) is Scalar and is_constant(result) else result


def leave_nothing(made: list[Variable]) -> bool:
    """Make the Variables of a run constants, and put floats in their place wherever they are kept.

    Args:
        made: the inputs of the run, and what it made in order; it is used up.

    Returns:
        Whether all of them depend on those inputs alone; what depends on Variables of others stays what it is.
    """
    alone = True
    for variable in made:
        # What it was made from has become constant before it, unless it belongs to somebody else.
        if variable.is_leaf() or all(is_constant(x) or is_settled(x) for x in parents_of(variable)):
            variable.history = None
        else:
            alone = False
    kept = []
    while made:
        variable = made.pop()
        if is_constant(variable) and sys.getrefcount(variable) >= FREE_REFERENCES:
            kept.append(variable)
    if kept:
        replace({id(x): (x, bool(x) if type(x) is Indicator else x.get_data()) for x in kept}, MAX_DEPTH)
    return alone


def replace(plain: dict[int, tuple[Any, Any]], depth: int) -> None:
    """Put plain objects in the place of others, in all that the garbage collector knows.

    Args:
        plain: by identity, the objects and what takes their place.
        depth: how many more times tuples may be made anew.
    """
    own = {id(plain), id(sys._getframe())}
    own.update(map(id, plain.values()))
    tuples: dict[int, tuple[Any, Any]] = {}
    objects = [old for old, _ in plain.values()]
    own.add(id(objects))
    for holder in gc.get_referrers(*objects):
        if id(holder) in own or type(holder) is FrameType or issubclass(type(holder), Variable):
            continue
        if type(holder) is tuple:
            tuples[id(holder)] = (holder, tuple(plain[id(x)][1] if id(x) in plain else x for x in holder))
        elif type(holder) is ComplexScalar:
            if is_constant(holder.real) and is_constant(holder.imag):
                tuples[id(holder)] = (holder, holder.data)
        else:
            replace_in(holder, plain)
    if tuples and depth:
        replace(tuples, depth - 1)


def replace_in(holder: Any, plain: dict[int, tuple[Any, Any]]) -> None:
    """Put plain objects in the place of others, in one list, dict, set, cell or object."""
    kind = type(holder)
    if issubclass(kind, (list, deque)):
        for index, item in enumerate(holder):
            if id(item) in plain:
                holder[index] = plain[id(item)][1]
    elif issubclass(kind, dict):
        for key, item in list(dict.items(holder)):
            if id(item) in plain:
                dict.__setitem__(holder, key, plain[id(item)][1])
            if id(key) in plain:
                # A Variable as a key is equal to its number.
                value = dict.pop(holder, key)
                dict.__setitem__(holder, plain[id(key)][1], value)
    elif issubclass(kind, set):
        for item in [item for item in holder if id(item) in plain]:
            holder.discard(item)
            holder.add(plain[id(item)][1])
    elif kind is CellType:
        if id(holder.cell_contents) in plain:
            holder.cell_contents = plain[id(holder.cell_contents)][1]
    elif issubclass(kind, BaseException):
        if id(holder.args) in plain:
            holder.args = plain[id(holder.args)][1]
    elif kind.__module__.partition(".")[0] != "minitorch":
        for name, item in attributes_of(holder):
            if id(item) in plain:
                object.__setattr__(holder, name, plain[id(item)][1])


def attributes_of(holder: Any) -> list[tuple[str, Any]]:
    """Return the attributes that an object keeps itself, in its dict and its slots."""
    found = list(getattr(holder, "__dict__", {}).items())
    for cls in type(holder).__mro__:
        slots = vars(cls).get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            member: Any = vars(cls).get(name)
            if hasattr(member, "__get__") and hasattr(holder, name):
                found.append((name, member.__get__(holder)))
    return found
