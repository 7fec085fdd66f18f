"""What a recorded run leaves in the user's objects: plain numbers, since the call is one of the plain function.

A run on Variables that appends to a list, sets an attribute or a global, or fills a cell leaves Variables there. They
become constants when the recording is done, and wherever the garbage collector finds them their floats take their
place.

    >>> from minitorch.scalars.scalar import Scalar
    >>> x = Scalar(2.0)
    >>> kept = [x, (1.0, x)]
    >>> made = [x]
    >>> del x
    >>> leave_nothing(made, []), kept
    ((True, False), [2.0, (1.0, 2.0)])
"""

from __future__ import annotations

import ctypes
import functools
import gc
import sys
import traceback
from collections import Counter, OrderedDict, deque
from collections.abc import Iterable, MutableSequence, Sequence
from contextlib import suppress
from enum import Enum
from inspect import CO_ASYNC_GENERATOR, CO_COROUTINE, CO_GENERATOR, CO_NEWLOCALS
from types import (
    AsyncGeneratorType,
    CellType,
    CoroutineType,
    FrameType,
    FunctionType,
    GeneratorType,
    MethodType,
    ModuleType,
)
from typing import Any, Final

from minitorch.autodiff.place import is_own
from minitorch.autodiff.run_notes import Tie
from minitorch.autodiff.topological_order import parents_of
from minitorch.autodiff.variable import Variable, is_constant, make_constant, settle
from minitorch.compiler.capture.stopwatch import Stopwatch
from minitorch.compiler.guards.c_objects import has_hidden_state
from minitorch.compiler.guards.reads import Reads
from minitorch.compiler.guards.snapshots import attributes_of, members_of
from minitorch.compiler.result import IMMUTABLE
from minitorch.scalars.complex_scalar import ComplexScalar
from minitorch.scalars.detach import without_history
from minitorch.scalars.pytrees import is_array, is_object_array, map_leaves, unfold
from minitorch.scalars.scalar import Indicator, Scalar

__all__ = ["Run", "leave_nothing"]

FREE_REFERENCES: Final = 3
"""How many references there are to what a list or tuple has, something else and an argument."""


def references_by_name() -> int:
    """Return how many references Python counts to what one variable has that is given as an argument.

    Two, or one from Python 3.14 on, where arguments that are variables count as no reference of their own. None where
    Python counts none, and makes no recordings.
    """
    alone = object()
    return sys.getrefcount(alone) if hasattr(sys, "getrefcount") else 0


NAMED_REFERENCES: Final = references_by_name()

PLAIN: Final = frozenset(map(id, (float, *IMMUTABLE)))
"""Types without parts, by identity: a class of the user's may have no hash, or one of its own."""

MODULES_OF_PLAIN: Final = frozenset({"datetime", "decimal", "fractions", "numpy"})
"""Modules whose numbers, dates and arrays can't have Variables in them, unless they are arrays of objects."""

FRAMES: Final = {id(GeneratorType): "gi_", id(CoroutineType): "cr_", id(AsyncGeneratorType): "ag_"}
"""What the attributes of functions that wait begin with, such as `gi_frame` and `gi_running`; types as in `PLAIN`."""


WAITING: Final = CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR
"""Flags of the code of such functions."""


class Run:
    """What there is of a run on Variables, whatever became of its recording.

    Attributes:
        made: its inputs and what it has made of them, in order.
        returned: its result, if it has one that answers the call.
        differs: whether it may have done otherwise than the plain function.
        acts: whether it printed, or asked or changed the world outside.
        is_alone: whether it depends on nothing but its own inputs; known when it is finished.
        reads: what it has read besides its arguments.
        is_derivative: whether its result is plain whatever its numbers are.
        ties: where it is at a special point.
        is_kept: whether something still keeps its Variables then, where their floats could not take their place.

    Args:
        stopwatch: ends it if it takes too long; `None` to let it take any time.
    """

    def __init__(self, stopwatch: Stopwatch | None = None) -> None:
        self.stopwatch = stopwatch or Stopwatch()
        self.made: list[Variable] = []
        self.returned: list[Any] = []
        self.reads = Reads()
        self.differs = self.acts = self.is_kept = False
        self.is_alone, self.is_derivative = True, False
        self.ties: Sequence[Tie] = ()

    def finish(self, dropped: Exception | None = None, raised: Exception | None = None) -> None:
        """Make what it left behind plain.

        Args:
            raised: what ended it and goes on to the caller.
            dropped: what ended it and goes no further: its traceback, and those of the errors that it was raised
                from, would keep all that the run has made.
        """
        if dropped is not None:
            dropped.__traceback__ = dropped.__context__ = dropped.__cause__ = None
        holders = [x for each in self.reads.snapshots.values() for x in (each.holder, each.values)]
        self.is_alone, self.is_kept = leave_nothing(self.made, self.returned, holders, raised, self.ties)
        if self.is_derivative:
            plain = [without_history(result, lambda x: not settle(x)) for result in self.returned]
            # Of an array without axes derivative functions return a number of Python's.
            self.returned = [map_leaves(lambda x: float(x) if isinstance(x, float) else x, each) for each in plain]

    def drop(self, stopped: BaseException) -> None:
        """Make what it made constants, having been ended in its midst: nothing of the user's keeps any of it."""
        stopped.__traceback__ = stopped.__context__ = None
        end_histories(self.made)
        self.made.clear()

    def is_repeatable(self) -> bool:
        """Return whether nobody notices that the call is done again: what it did to others would happen twice."""
        return not self.acts and self.reads.obstacle is None and self.reads.written() is None

    def has_answer(self) -> bool:
        """Return whether its result is what the plain function returns, or part of somebody else's derivative."""
        if not self.returned or self.differs:
            return False
        if not self.is_alone:
            return True
        try:
            leaves = unfold(self.returned[0])[0]
        except TypeError:
            return not self.is_kept
        if any(issubclass(type(leaf), Variable) or is_object_array(leaf) for leaf in leaves):
            return False
        return not self.is_kept or all(is_plain(leaf) or (self.is_derivative and is_array(leaf)) for leaf in leaves)

    def answer(self) -> Any:
        """Return its result, which is plain unless it depends on Variables of others."""
        result = self.returned[0]
        return result.data if type(result) is Scalar and is_constant(result) else result


def is_plain(leaf: Any) -> bool:
    """Return whether a leaf of a result, which is no Variable, can't have Variables in it."""
    kind = type(leaf)
    return id(kind) in PLAIN or kind.__module__ in MODULES_OF_PLAIN or issubclass(kind, Enum)


def leave_nothing(
    made: list[Variable],
    returned: MutableSequence[Any],
    holders: Sequence[Any] = (),
    raised: Exception | None = None,
    ties: Sequence[Tie] = (),
) -> tuple[bool, bool]:
    """Make the Variables of a run constants, and put floats in their place wherever they are kept.

    Args:
        made: the inputs of the run, and what it made in order; it is used up.
        returned: a list of its result.
        holders: what it has read or written besides.
        raised: the error that ended it, whose frames keep their variables.
        ties: what is to be said of it, which keeps Variables, too.

    Returns:
        Whether all of them depend on those inputs alone (what depends on Variables of others stays what it is), and
        whether something still keeps Variables.
    """
    in_frames = objects_in_frames(raised)
    counted = Counter(map(id, in_frames))
    counted.update(id(number) for tie in ties for number in (tie.left, tie.right))
    is_alone = end_histories(made)
    plain = take_kept(made)
    # To look through all objects of a process takes long; most often what is known to the run keeps something, if any.
    for index in range(len(returned)):
        if type(returned[index]) is tuple and sys.getrefcount(returned[index]) < FREE_REFERENCES:
            returned[index] = with_plain(returned[index], plain)
    for known in ([returned], holders, in_frames):
        replace_in_known(known, plain)
    del in_frames, known
    plain = {i: pair for i, pair in plain.items() if sys.getrefcount(pair[0]) >= FREE_REFERENCES + counted[i]}
    if plain:
        replace(plain)
    return is_alone, any([sys.getrefcount(variable) > 1 + NAMED_REFERENCES for variable, _ in plain.values()])


def replace_in_known(holders: Sequence[Any], plain: dict[int, tuple[Any, Any]]) -> None:
    """Put plain objects in the place of others, in those of some holders that have such."""
    for holder in holders:
        if any(id(item) in plain for item in direct_parts(holder)):
            replace_in(holder, plain)


def direct_parts(holder: Any) -> Iterable[Any]:
    """Return what a container or an object has, but for classes and modules, whose names are in dicts of their own."""
    if isinstance(holder, (type, ModuleType)) or issubclass(type(holder), Variable):
        return ()
    return [*gc.get_referents(holder), *attributes_of(holder).values()]


def objects_in_frames(error: Exception | None) -> list[Any]:
    """Return what the user's frames refer to in the tracebacks of an error and of those that it was raised from.

    Frames of this project are made to let go of what they have: each frame of a traceback keeps those that called it.
    """
    frames: dict[int, FrameType] = {}
    chain: BaseException | None = error
    while chain is not None:
        frames.update({id(frame): frame for frame, _ in traceback.walk_tb(chain.__traceback__)})
        chain = chain.__context__
    for key, frame in [*frames.items()]:
        if is_own(frame.f_code):
            del frames[key]
            with suppress(RuntimeError):  # It still runs.
                frame.clear()
                copied_locals(frame)
    copies = [copied_locals(frame) for frame in frames.values()]
    own = set(map(id, copies))
    found = [x for x in gc.get_referents(*frames.values()) if id(x) not in own]
    return [*found, *[x for copy in copies for x in copy.values()]]


def copied_locals(frame: FrameType) -> dict[str, Any]:
    """Return the copy of its variables that a frame keeps up to Python 3.12, brought up to date; empty later."""
    has_copy = sys.version_info < (3, 13) and frame.f_code.co_flags & CO_NEWLOCALS
    return frame.f_locals if has_copy else {}


def end_histories(made: list[Variable]) -> bool:
    """Make the Variables of a run constants, but for those that depend on Variables of others; return whether all are.

    Args:
        made: the inputs of the run, and what it made in order.
    """
    of_others: set[int] = set()
    for variable in made:
        # What it was made from has become constant before it, unless it belongs to somebody else.
        if not variable.is_leaf:
            parents = [x for x in parents_of(variable) if not is_constant(x)]
            foreign = [x.unique_id for x in parents if x.unique_id in of_others or not settle(x)]
            if foreign:
                of_others.update(foreign, (variable.unique_id,))
                continue
        make_constant(variable)
    return not of_others


def take_kept(made: list[Variable]) -> dict[int, tuple[Variable, Any]]:
    """Take constants out of a list one by one; return by identity those that something else keeps, with their numbers.

    The list is empty then.
    """
    kept: dict[int, tuple[Variable, Any]] = {}
    while made:
        variable = made.pop()
        if is_constant(variable) and sys.getrefcount(variable) > NAMED_REFERENCES:
            number = bool(variable) if type(variable) is Indicator else variable.get_data()
            # Another float than what the caller has: whoever looks sees that something was assigned.
            number = number * 1.0 if type(number) is float else number
            kept[id(variable)] = variable, number
    return kept


def replace(plain: dict[int, tuple[Any, Any]]) -> None:
    """Put plain objects in the place of others, in all that the garbage collector knows.

    Args:
        plain: by identity, the objects and what takes their place.
    """
    own = {id(plain), id(sys._getframe())}
    own.update(map(id, plain.values()))
    tuples: dict[int, tuple[Any, Any]] = {}
    # A tuple is handed on as it is: another one made for the call would be found among those that refer to them.
    objects = tuple([old for old, _ in plain.values()])
    own.add(id(objects))
    for holder in gc.get_referrers(*objects):
        # Nobody has what only the list of holders has, such as the arguments of the call that found them.
        if id(holder) in own or issubclass(type(holder), Variable) or sys.getrefcount(holder) <= 1 + NAMED_REFERENCES:
            continue
        if issubclass(type(holder), (tuple, frozenset)) and not has_hidden_state(type(holder)):
            tuples[id(holder)] = holder, with_plain(holder, plain)
        elif type(holder) is ComplexScalar:
            if is_constant(holder.real) and is_constant(holder.imag):
                tuples[id(holder)] = (holder, holder.data)
        elif type(holder) is MethodType:
            if id(holder.__self__) in plain and hasattr(plain[id(holder.__self__)][1], holder.__name__):
                tuples[id(holder)] = (holder, getattr(plain[id(holder.__self__)][1], holder.__name__))
        else:
            replace_in(holder, plain)
    if tuples:
        replace(tuples)


def with_plain(holder: Any, plain: dict[int, tuple[Any, Any]]) -> Any:
    """Return a tuple or a frozen set like another one, with plain objects in the place of others."""
    kind = type(holder)
    base: Any = tuple if issubclass(kind, tuple) else frozenset
    made = base.__new__(kind, [plain[id(x)][1] if id(x) in plain else x for x in base.__iter__(holder)])
    for name, value in attributes_of(holder).items():
        set_attribute(made, name, value)
    return made


def replace_in(holder: Any, plain: dict[int, tuple[Any, Any]]) -> None:
    """Put plain objects in the place of others, in one list, dict, set, cell, object or function that waits."""
    kind = type(holder)
    if id(kind) in FRAMES:
        if not getattr(holder, FRAMES[id(kind)] + "running"):
            replace_in_frame(getattr(holder, FRAMES[id(kind)] + "frame"), plain)
    elif kind is FrameType:
        # Up to Python 3.10 the frame of a function that waits holds its variables; later that function does itself.
        may_wait = sys.version_info < (3, 11) and holder.f_code.co_flags & WAITING
        for waiting in gc.get_referrers(holder) if may_wait else ():
            if id(type(waiting)) in FRAMES:
                replace_in(waiting, plain)
    elif issubclass(kind, (list, deque)):
        base: Any = list if issubclass(kind, list) else deque
        for index, item in enumerate(base.__iter__(holder)):
            if id(item) in plain:
                base.__setitem__(holder, index, plain[id(item)][1])
    elif issubclass(kind, dict):
        replace_in_dict(holder, plain)
    elif issubclass(kind, set):
        for item in [item for item in set.__iter__(holder) if id(item) in plain]:
            set.discard(holder, item)
            set.add(holder, plain[id(item)][1])
    elif kind is CellType:
        if id(holder.cell_contents) in plain:
            holder.cell_contents = plain[id(holder.cell_contents)][1]
    elif kind is FunctionType:
        if id(holder.__defaults__) in plain:
            holder.__defaults__ = plain[id(holder.__defaults__)][1]
    elif issubclass(kind, functools.partial):
        function, arguments, keywords, attributes = holder.__reduce__()[2]
        if id(arguments) in plain:
            holder.__setstate__((function, plain[id(arguments)][1], keywords, attributes))
    elif issubclass(kind, BaseException):
        if id(holder.args) in plain:
            holder.args = plain[id(holder.args)][1]
    elif kind.__module__.partition(".")[0] != "minitorch":
        for name, item in attributes_of(holder).items():
            if id(item) in plain:
                set_attribute(holder, name, plain[id(item)][1])


def replace_in_dict(holder: Any, plain: dict[int, tuple[Any, Any]]) -> None:
    """Put plain objects in the place of others, among the values and keys of a dict, which keeps its order."""
    base: Any = OrderedDict if issubclass(type(holder), OrderedDict) else dict
    # What a class is asked for, Python keeps elsewhere too, and must be told.
    classes = [x for x in gc.get_referrers(holder) if isinstance(x, type)] if "__doc__" in holder else []
    items = [(key, plain[id(item)][1] if id(item) in plain else item) for key, item in base.items(holder)]
    if any(id(key) in plain for key, _ in items):
        base.clear(holder)
    for key, item in items:
        if id(key) in plain:
            base.__setitem__(holder, plain[id(key)][1], item)
        elif not classes:
            base.__setitem__(holder, key, item)
        elif item is not vars(classes[0])[key]:
            type.__setattr__(classes[0], key, item)


def set_attribute(holder: Any, name: str, value: Any) -> None:
    """Set an attribute that an object keeps itself, in a slot or its dict, without running any code of its own."""
    member = members_of(type(holder)).get(name)
    if member is None:
        object.__getattribute__(holder, "__dict__")[name] = value
    else:
        member.__set__(holder, value)


def replace_in_frame(frame: FrameType, plain: dict[int, tuple[Any, Any]]) -> None:
    """Put plain objects in the place of others, in the variables of a function that waits."""
    variables: Any = frame.f_locals
    for name, value in list(variables.items()):
        if id(value) in plain:
            variables[name] = plain[id(value)][1]
    if type(variables) is dict:
        # Up to Python 3.12 these are a copy, which debuggers write back in this way.
        ctypes.pythonapi.PyFrame_LocalsToFast(ctypes.py_object(frame), ctypes.c_int(0))
