"""What a call reads: of the arguments, by the callee.

Code in Python is looked at while it runs, so a call of it reads nothing by itself. Of functions of C a few are known
that read little, such as `len`, `isinstance` and `dict.get`; all others read all that can be reached from what they
get.
"""

from __future__ import annotations

import abc
import functools
import operator
import sys
import types
import weakref
from collections import deque
from collections.abc import Callable, Sequence
from types import FunctionType, MethodType, ModuleType
from typing import Any, Final

from minitorch.autodiff.place import is_own
from minitorch.compiler.capture.read_objects import C_METHODS, ObjectReads
from minitorch.compiler.guards.kinds import (
    CONTAINERS,
    is_immutable,
    is_of_python,
    is_plain_key,
)
from minitorch.compiler.guards.reads import Reads
from minitorch.compiler.guards.snapshots import PartialFields, Snapshot
from minitorch.recorder import usual_of
from minitorch.scalars.containers import MAPPINGS
from minitorch.tracing.tracer import dispatcher

__all__ = ["CallReads"]

LRU_CACHE: Final = functools._lru_cache_wrapper
PASSING: Final = frozenset({id(dispatcher.resolve), id(dispatcher.follow)})
"""Functions of this project that look at nothing."""

OPERATORS: Final = frozenset(
    id(getattr(operator, name)) for name in operator.__all__
    if name not in ("attrgetter", "itemgetter", "methodcaller", "call", "length_hint", "countOf", "indexOf")
)  # fmt: skip

MOVING: Final = frozenset(
    """append appendleft extend extendleft insert pop popleft popitem clear copy keys values items setdefault update add
    discard reverse rotate move_to_end fromkeys""".split()
)
"""Methods of containers that look at no item."""

BEGINS_ITERATION: Final = sys.version_info >= (3, 15)
"""Whether a generator expression asks for its first iterator when it is made, before it has begun."""

CONVERTING: Final = frozenset(
    map(id, (list, tuple, set, frozenset, dict, deque, enumerate, zip, reversed, iter, sum, min, max, any, all, sorted,
             map, filter))
)  # fmt: skip
"""Callables that go through their arguments, and ask the items their operators; by identity, since others may have no
hash, or one of the user's."""


class CallReads(ObjectReads):
    """Notes what operations and calls read.

    Args:
        reads: where it is noted.

    Attributes:
        is_cached: whether the result of the call that is about to happen may have been made before.
    """

    def __init__(self, reads: Reads) -> None:
        super().__init__(reads)
        self.is_cached = False

    def call(self, callee: Any, arguments: Sequence[Any]) -> None:
        """Note what a call reads."""
        if id(callee) in PASSING:
            return
        callee = usual_of(callee)
        kind = type(callee)
        if kind is FunctionType:
            self.call_of_function(callee, arguments)
        elif kind is MethodType:
            self.call(callee.__func__, (callee.__self__, *arguments))
        elif isinstance(callee, type):
            self.call_of_class(callee, arguments)
        elif isinstance(callee, functools.partial):
            self.reads.note(PartialFields, callee)
            self.operand_class(callee)
            self.reads.everything(callee.keywords)
            self.call(callee.func, (*callee.args, *callee.keywords.values(), *arguments))
        elif isinstance(callee, LRU_CACHE):
            self.call_of_cache(callee, arguments)
        elif isinstance(callee, weakref.ref):
            self.reads.note(Referent, callee)
        elif is_of_python(kind):
            self.reads.class_of(callee)
        else:
            self.call_of_c(callee, arguments)

    def call_of_function(self, function: FunctionType, arguments: Sequence[Any]) -> None:
        """Note what a call of a Python function reads before it runs, and of this project's all that it may."""
        if not is_own(function.__code__):
            self.reads.function(function)
            if BEGINS_ITERATION and function.__code__.co_name == "<genexpr>":
                self.iteration(*arguments)
            return
        for cell in function.__closure__ or ():
            if isinstance(cell_value(cell), LRU_CACHE):
                self.call_of_cache(cell_value(cell), arguments)
        for argument in arguments:
            self.argument(argument)

    def call_of_cache(self, cache: Any, arguments: Sequence[Any]) -> None:
        """Note what a call of a function with a cache reads; what it returns may be there already."""
        self.is_cached = True
        self.call(cache.__wrapped__, ())
        for argument in arguments:
            self.argument(argument)

    def call_of_class(self, cls: type, arguments: Sequence[Any]) -> None:
        """Note what making an object reads."""
        self.reads.special_methods(cls)
        if id(cls) in CONVERTING:
            self.go_through(arguments)
        elif cls is type or cls is super:
            return
        elif not is_of_python(cls):
            for argument in arguments:
                self.argument(argument)

    def go_through(self, arguments: Sequence[Any]) -> None:
        """Note what goes through containers, and asks their items their operators."""
        for argument in arguments:
            if isinstance(argument, CONTAINERS):
                self.whole_container(argument)
                self.operand_class(argument)
            elif is_called(argument):
                self.reads.callable(argument)
            else:
                self.iteration(argument)

    def argument(self, value: Any) -> None:
        """Note what a function of C may read of an argument."""
        if isinstance(value, (FunctionType, MethodType, type)):
            self.reads.callable(value)
            if type(value) is MethodType and not is_of_python(type(value.__self__)):
                self.reads.everything(value.__self__)
        else:
            self.reads.everything(value)

    def call_of_c(self, callee: Any, arguments: Sequence[Any]) -> None:
        """Note what a call of a function of C reads."""
        self.reads.outside(callee)
        owner = getattr(callee, "__self__", None)
        owners = [] if owner is None or isinstance(owner, ModuleType) else [owner]
        known = FUNCTIONS.get(id(callee))
        if known is not None:
            known(self, *arguments)
        elif id(callee) in OPERATORS:
            for argument in arguments:
                self.operand(argument)
        elif id(callee) in CONVERTING:
            self.go_through(arguments)
        else:
            self.call_of_method(callee, getattr(callee, "__name__", ""), [*owners, *arguments])

    def call_of_method(self, callee: Any, name: str, arguments: list[Any]) -> None:
        """Note what a method of C reads, with what it is a method of first among the arguments."""
        first = arguments[0] if arguments else None
        if isinstance(first, CONTAINERS) and name in MOVING:
            self.moved(first, name, arguments[1:])
        elif (isinstance(first, MAPPINGS) and name in ("get", "__getitem__", "__setitem__") and len(arguments) > 1) or (
            isinstance(first, (list, tuple, deque)) and name == "__getitem__" and len(arguments) > 1
        ):
            self.element(first, arguments[1])
        elif name in ("__getattribute__", "__setattr__", "__delattr__") and len(arguments) > 1:
            self.attribute_named(*arguments[:2])
        elif name == "__subclasses__":
            self.reads.refuse(f"{self.reads.title(first)} is asked for its subclasses, and any code may derive another")
        elif name in LOOKING_AT_CLASSES:
            if name.startswith("_abc_"):
                self.reads.note(Registrations, abc.get_cache_token)
            self.classes_of(*arguments)
        else:
            for argument in arguments:
                self.argument(argument)
            if not isinstance(callee, C_METHODS):
                self.reads.everything(callee)

    def moved(self, container: Any, name: str, arguments: Sequence[Any]) -> None:
        """Note what a method of a container reads that looks at no item."""
        if isinstance(container, dict) and name in ("setdefault", "pop") and arguments and is_plain_key(arguments[0]):
            self.reads.element(container, arguments[0])
        self.reads.items(container)
        self.operand_class(container)
        for argument in arguments if name in ("extend", "extendleft", "update") else ():
            self.iteration(argument)

    def attribute_named(self, holder: Any, name: Any, *default: Any) -> None:
        """Note an attribute whose name is given as text."""
        if isinstance(name, str):
            self.attribute(holder, name)

    def attributes_of(self, *holders: Any) -> None:
        """Note all attributes of an object."""
        for holder in holders:
            self.reads.everything(holder)

    def classes_of(self, *values: Any) -> None:
        """Note the classes of values, and of classes their bases."""
        for value in values:
            if isinstance(value, type):
                self.reads.special_methods(value)
            elif not is_immutable(value):
                self.operand_class(value)

    def nothing(self, *values: Any) -> None:
        """Note nothing."""

    def next_item(self, iterator: Any, *default: Any) -> None:
        """Note what `next` reads."""
        self.next_of(iterator)


class Referent(Snapshot):
    """Whether what a weak reference refers to is gone: it never refers to anything else.

    Args:
        title: what to call it.
        reference: the weak reference.
    """

    def __init__(self, title: str, reference: weakref.ref[Any]) -> None:
        self.holder = reference
        # What it refers to must not live on for being compared.
        super().__init__(title, lambda: [reference() is None])


class Registrations(Snapshot):
    """How often classes have been registered with abstract ones, which decides what is an instance of those.

    Args:
        title: what to call it.
        token: returns that number.
    """

    def __init__(self, title: str, token: Callable[[], object]) -> None:
        self.holder = token
        super().__init__("what is registered with an abstract class", lambda: [token()])


LOOKING_AT_CLASSES: Final = frozenset(
    "__init__ __new__ __init_subclass__ __class_getitem__ __subclasshook__ _abc_instancecheck "
    "_abc_subclasscheck".split()
)
"""Methods of `object` and of abstract classes that read no attribute."""

FUNCTIONS: Final[dict[int, Callable[..., None]]] = {
    id(getattr): CallReads.attribute_named,
    id(hasattr): CallReads.attribute_named,
    id(setattr): CallReads.attribute_named,
    id(delattr): CallReads.attribute_named,
    id(vars): CallReads.attributes_of,
    id(dir): CallReads.attributes_of,
    id(len): CallReads.truth,
    id(next): CallReads.next_item,
    id(isinstance): CallReads.classes_of,
    id(issubclass): CallReads.classes_of,
    id(id): CallReads.nothing,
    id(callable): CallReads.classes_of,
    id(operator.is_): CallReads.nothing,
    id(operator.is_not): CallReads.nothing,
    id(operator.getitem): CallReads.element,
    id(operator.setitem): lambda self, container, key, value: CallReads.element(self, container, key),
    id(operator.contains): CallReads.membership,
    id(operator.truth): CallReads.truth,
    id(operator.not_): CallReads.truth,
}


def is_called(value: Any) -> bool:
    """Return whether a value is given to be called, or is nothing to go through."""
    return isinstance(value, (FunctionType, MethodType, type, types.BuiltinFunctionType, functools.partial))


def cell_value(cell: Any) -> Any:
    """Return what a cell holds; `None` if it is empty."""
    try:
        return cell.cell_contents
    except ValueError:
        return None
