"""What one run has read besides its arguments, noted as it is read: the snapshots of exactly that.

    TABLE[3]          Elements of TABLE: 3           sum(TABLE)       all items of TABLE
    self.rate         Names of self: 'rate', of its class and their bases: that 'rate' is not there
    json.dumps(obj)   all that can be reached from obj, since code of C may look at any of it

Invariants.
1. A snapshot is taken before the instruction that reads or writes what it holds. So when the run has ended, whatever
   differs from its snapshot was changed by the run itself, and no trace of it may be kept.
2. Every look-up is noted with what it did not find on its way: a class without the attribute, globals without the
   builtin's name, a dict without the key.
3. What the run has made itself is nobody's environment: its snapshots are dropped at the end. Containers and objects
   are told by the garbage collector's youngest generation, which is empty when the run begins and is not collected
   while it lasts; others by having been referred to by the evaluation stack alone. What other threads make meanwhile
   is young, too, and is told by having been found in something older.
4. What is not known to read less reads all: unknown instructions, functions of C, unknown types, which are refused.
"""

from __future__ import annotations

import functools
import gc
from collections import defaultdict
from collections.abc import Callable
from enum import Enum
from types import (
    BuiltinFunctionType,
    FunctionType,
    MappingProxyType,
    MethodType,
    MethodWrapperType,
    ModuleType,
    SimpleNamespace,
)
from typing import Any, Final

from minitorch.autodiff.place import is_own
from minitorch.compiler.guards.c_objects import has_comparable_bytes
from minitorch.compiler.guards.followed_modules import is_users
from minitorch.compiler.guards.kinds import (
    CONTAINERS,
    FROZEN,
    HEAP_TYPE,
    VIEWS,
    asks_outside,
    functions_in,
    has_own_attributes,
    is_followed_class,
    is_harmless,
    is_immutable,
    is_of_python,
    shown,
)
from minitorch.compiler.guards.parts import ArrayContent, Elements, Length
from minitorch.compiler.guards.snapshots import (
    CellContent,
    ClassOf,
    FunctionFields,
    Items,
    Names,
    PartialFields,
    Snapshot,
    attributes_of,
    items_of,
    special_methods,
)
from minitorch.compiler.guards.young_objects import young_objects
from minitorch.scalars.pytrees import is_array
from minitorch.tracing.tracer import TOOLS

__all__ = ["Reads", "of"]

MAX_VISITED: Final = 300_000
"""More values than these are not looked at in one run."""

MAX_SNAPSHOTS: Final = 50_000
"""More containers and objects than these are not compared."""


class Reads:
    """What a run has read.

    Attributes:
        snapshots: by kind and identity of what they hold.
        titles: what to call objects, by identity.
        obstacle: why what it reads can't be compared; `None` if it can.
        events: how many instructions have read something.
        nanoseconds: how long functions of C took that read whole containers.
    """

    def __init__(self) -> None:
        self.snapshots: dict[tuple[type, int], Snapshot] = {}
        self.titles: dict[int, str] = {}
        self.kept: dict[int, Any] = {}
        self.made: dict[int, Any] = {}
        self.untracked: set[int] = set()
        self.owners: dict[int, Any] = {}
        self.functions: dict[int, FunctionType] = {}
        self.classes: dict[int, type] = {}
        self.doubts: dict[int, tuple[Any, str]] = {}
        self.young: set[int] = set()
        self.found: set[int] = set()
        self.obstacle: str | None = None
        self.place: Callable[[], str] = str
        self.events = self.visited = self.nanoseconds = 0

    def refuse(self, reason: str) -> None:
        """Keep the reason why what was read can't be compared, if it is the first."""
        self.obstacle = self.obstacle or reason

    def doubt(self, value: Any, reason: str) -> None:
        """Keep a reason that counts unless the run itself has made the value."""
        self.doubts.setdefault(id(value), (value, reason))

    def title(self, value: Any) -> str:
        """Return what to call an object."""
        known = self.titles.get(id(value))
        if known is not None:
            return known
        return f"the class {value.__qualname__}" if isinstance(value, type) else f"the {type(value).__name__}"

    def call_it(self, value: Any, title: str) -> None:
        """Call an object by the name that it was found under, the first one that is known."""
        if id(value) not in self.titles and not is_immutable(value):
            self.titles[id(value)] = title
            self.kept[id(value)] = value

    # -- single reads ------------------------------------------------------------------------------------------------

    def note(self, kind: type[Snapshot], holder: Any, title: str = "") -> Any:
        """Return the snapshot of a kind of an object, a new one if there is none yet."""
        snapshot = self.snapshots.get((kind, id(holder)))
        if snapshot is None:
            snapshot = kind(title or self.title(holder), holder)
            self.snapshots[kind, id(holder)] = snapshot
            if type(holder) is dict and not gc.is_tracked(holder):
                # When it is given something to collect, the garbage collector takes it for a young one.
                self.untracked.add(id(holder))
            if len(self.snapshots) > MAX_SNAPSHOTS:
                self.refuse(f"it reads more than {MAX_SNAPSHOTS} containers and objects")
        return snapshot

    def named(self, holder: Any, name: str, title: str) -> None:
        """Note an attribute that an object, class or module has itself, or a global."""
        self.note(Names, holder, title).add(name)

    def cell(self, cell: Any, name: str, function: str) -> None:
        """Note the variable in a closure's cell."""
        snapshot = self.note(CellContent, cell, f"the variable {name!r} of {function}'s closure")
        for value in snapshot.values:
            self.call_it(value, snapshot.title)

    def function(self, function: FunctionType) -> None:
        """Note a function that is called or may be."""
        if id(function) not in self.functions and is_users(function.__module__) and not is_own(function.__code__):
            self.functions[id(function)] = function

    def element(self, container: Any, key: Any) -> None:
        """Note an element of a container of Python's own."""
        container = shown(container)
        if isinstance(container, dict):
            if isinstance(container, defaultdict):
                self.snapshots.setdefault(
                    (defaultdict, id(container)),
                    Snapshot(f"the default of {self.title(container)}", lambda: [container.default_factory]),
                ).holder = container
                self.callable(container.default_factory)
        elif isinstance(container, FROZEN):
            return
        self.note(Elements, container).add(key)

    def length(self, container: Any) -> None:
        """Note how many items a container has."""
        container = shown(container)
        if not isinstance(container, FROZEN):
            self.note(Length, container)

    def items(self, container: Any) -> None:
        """Note which objects a container has, and in which order, but nothing in them."""
        container = shown(container)
        if not isinstance(container, FROZEN):
            snapshot = self.note(Items, container)
            snapshot.place = snapshot.place or self.place()

    def class_of(self, value: Any) -> None:
        """Note the class of an object, with the methods that Python finds without their being named."""
        self.note(ClassOf, value, f"the class of {self.title(value)}")
        self.special_methods(type(value))

    def special_methods(self, cls: type) -> None:
        """Note the methods of a class that Python finds without their being named."""
        if id(cls) in self.classes:
            return
        self.classes[id(cls)] = cls
        if type(cls) is not type:
            self.special_methods(type(cls))
        if is_followed_class(cls):
            self.note(ClassOf, cls, f"the bases of {cls.__qualname__}")
        for base in cls.__mro__:
            if is_followed_class(base):
                snapshot = self.note(Names, base, of(self.title(base)))
                for name in special_methods(vars(base)):
                    snapshot.add(name)
                    self.functions_in(vars(base)[name])

    def functions_in(self, value: Any) -> None:
        """Note the functions that an attribute of a class is made of."""
        for function in functions_in(value):
            self.function(function)

    def callable(self, value: Any) -> None:
        """Note what is given away to be called."""
        if type(value) is MethodType:
            value = value.__func__
        if type(value) is FunctionType:
            self.function(value)
        elif isinstance(value, type):
            self.special_methods(value)
        elif isinstance(value, functools.partial):
            self.everything(value)
        elif isinstance(value, functools._lru_cache_wrapper):
            self.callable(value.__wrapped__)
        elif is_of_python(type(value)):
            self.class_of(value)
        else:
            self.outside(value)

    def outside(self, callee: Any) -> None:
        """Refuse a callable of C that gives another value every time."""
        if asks_outside(callee):
            self.refuse(f"{callee.__name__}() gives another value every time")

    # -- whole objects -----------------------------------------------------------------------------------------------

    def everything(self, value: Any) -> None:
        """Note all that can be reached from a value, except through the code of functions, classes and modules."""
        pending, seen = [value], set()
        while pending and self.obstacle is None:
            value = pending.pop()
            if is_immutable(value) or id(value) in seen:
                continue
            seen.add(id(value))
            self.kept[id(value)] = value
            self.visited += 1
            if self.visited > MAX_VISITED:
                self.refuse(f"it hands more than {MAX_VISITED} values to functions of C, which may read all of them")
            parts = self.parts(value)
            title = self.title(value)
            for part in parts:
                self.titles.setdefault(id(part), title)
            pending += parts

    def parts(self, value: Any) -> list[Any]:
        """Note what a value is made of, and return that."""
        kind = type(value)
        if kind is FunctionType or isinstance(value, type):
            self.callable(value)
            return []
        if kind is MethodType:
            self.callable(value)
            return [value.__self__]
        if isinstance(value, functools.partial):
            self.note(PartialFields, value)
            return [value.func, *value.args, value.keywords]
        if isinstance(value, Enum):
            return [value._value_]
        if isinstance(value, (*CONTAINERS, MappingProxyType)):
            self.items(value)
            return [*items_of(value), *self.attributes(value)]
        if has_comparable_bytes(value) or is_array(value):
            self.array(value)
            has_objects = is_array(value) and value.dtype.hasobject
            return [*(value.flat if has_objects else ()), *self.attributes(value)]
        if isinstance(value, BaseException):
            self.note(Arguments, value)
            return [*value.args, *self.attributes(value)]
        return self.parts_of_object(value)

    def parts_of_object(self, value: Any) -> list[Any]:
        """Note what an object is made of that is not a container, and return that."""
        kind = type(value)
        if kind.__name__ == "_local":
            self.doubt(value, f"{self.title(value)} is another one in each thread")
        elif hasattr(kind, "__next__") and not is_of_python(kind):
            self.consumed(value)
        elif isinstance(value, ModuleType):
            return []
        elif has_own_attributes(kind):
            return self.attributes(value)
        elif isinstance(value, (BuiltinFunctionType, MethodWrapperType)):
            self.outside(value)
            return [value.__self__]
        elif is_harmless(value) or kind.__module__.partition(".")[0] in TOOLS:
            return []
        elif hasattr(value, "__wrapped__") or hasattr(value, "pyfunc"):
            return [value.__wrapped__ if hasattr(value, "__wrapped__") else value.pyfunc]
        elif isinstance(value, VIEWS):
            return [shown(value)]
        else:
            self.doubt(value, f"{self.title(value)} is an object of type {kind.__qualname__}, which can't be compared")
        return []

    def attributes(self, value: Any) -> list[Any]:
        """Note all attributes that an object has itself, and return them."""
        kind = type(value)
        if kind.__flags__ & HEAP_TYPE or isinstance(value, SimpleNamespace):
            self.class_of(value)
            snapshot = self.note(Names, value, of(self.title(value)))
            own = attributes_of(value)
            if not snapshot.with_keys:
                snapshot.take_in(Names(snapshot.title, value, own, with_keys=True))
            return list(own.values())
        return []

    def array(self, value: Any) -> None:
        """Note all numbers of an array or buffer."""
        snapshot = self.note(ArrayContent, value)
        snapshot.place = snapshot.place or self.place()

    def consumed(self, iterator: Any) -> None:
        """Note an iterator that is used up as it is read."""
        self.doubt(iterator, f"{self.title(iterator)} is used up as it is read (its type is {type(iterator).__name__})")

    # -- the end -----------------------------------------------------------------------------------------------------

    def made_now(self, value: Any) -> None:
        """Note an object that only the evaluation stack refers to: the run itself has just made it."""
        self.made[id(value)] = value

    def made_so_far(self) -> set[int]:
        """Return the identities of what the run itself has made, as long as nothing else has made anything since."""
        return young_objects(self.snapshots, self.made.keys(), self.untracked, self.owners)

    def has_written(self) -> bool:
        """Return whether the run, which goes on, has changed what it reads and has not made itself."""
        young = self.made_so_far()
        return any(each.written() is not None for key, each in self.snapshots.items() if key[1] not in young)

    def finish(self) -> None:
        """Drop what concerns objects that the run itself has made; to be called before anything else is made."""
        young = self.made_so_far()
        for value, reason in self.doubts.values():
            if id(value) not in young:
                self.refuse(reason)
        made = [*self.made.values(), *(each.holder for key, each in self.snapshots.items() if key[1] in young)]
        for kind in map(type, made):
            if type(getattr(kind, "__del__", None)) is FunctionType:
                # It is called when nobody looks any more, and a trace does not make the object again.
                self.refuse(f"it makes an object of type {kind.__qualname__}, whose __del__ may do anything")
        for key in [key for key in self.snapshots if key[1] in young]:
            # A snapshot may refer to itself; what the run has made must not wait for the garbage collector with it.
            dropped = self.snapshots.pop(key)
            dropped.holder, dropped.values = None, []
        del made
        for function in self.functions.values():
            if id(function) not in young:
                title = f"the code or a default of {function.__qualname__}"
                self.snapshots[FunctionFields, id(function)] = FunctionFields(title, function, True)
                if function.__kwdefaults__:
                    self.note(Items, function.__kwdefaults__, title)
        self.young, self.found = young, set(self.titles)
        for forgotten in (self.kept, self.made, self.owners, self.functions, self.titles, self.classes):
            forgotten.clear()
        self.doubts.clear()

    def is_made(self, value: Any) -> bool:
        """Return whether the run has made a list, a dict or an object that is still there, when it is finished."""
        return id(value) in self.young or not (gc.is_tracked(value) or id(value) in self.found)

    @property
    def plain_nanoseconds(self) -> float:
        """About how long the run takes as plain Python."""
        return self.events * NANOSECONDS_PER_READ + self.nanoseconds

    def written(self) -> str | None:
        """Return what to call something that was written since it was read, be it by an equal number."""
        return next(filter(None, (each.written() for each in self.snapshots.values() if not each.unchanged())), None)


NANOSECONDS_PER_READ: Final = 30
"""About how long plain Python takes for each instruction that reads something, with those around it."""


def of(title: str) -> str:
    """Return what to call an attribute of something, with a gap for its name."""
    return f"{title}, its attribute {{}}" if title.endswith("'") else f"{title}'s attribute {{}}"


class Arguments(Snapshot):
    """The arguments of an exception.

    Args:
        title: what to call it.
        value: the exception.
    """

    def __init__(self, title: str, value: BaseException) -> None:
        self.holder = value
        super().__init__(title, lambda: list(value.args))
