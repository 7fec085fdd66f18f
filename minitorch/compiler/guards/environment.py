"""What a function reads besides its arguments, so that no trace outlives it.

    RATE = 0.05                        environment = Environment([price], executed)
    def price(x): return x * RATE      environment.changed()      None, or "the global 'RATE'"

From the code that ran, by the names in it: globals, closures, defaults, attributes of modules, classes and objects,
items of containers. Functions and classes are compared by identity, numbers and text by value. What can't be compared
is an obstacle to machine code; what a call of C makes of the world outside, the trace monitor sees.
"""

from __future__ import annotations

import builtins
import functools
import gc
import sys
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from enum import Enum
from types import (
    BuiltinFunctionType,
    CodeType,
    FunctionType,
    MappingProxyType,
    MethodType,
    MethodWrapperType,
    ModuleType,
    SimpleNamespace,
)
from typing import Any, Final

from minitorch.autodiff.place import is_own
from minitorch.autodiff.variable import Variable
from minitorch.compiler.capture.executed_code import (
    Executed,
    globals_in,
    is_followed,
    is_users,
    names_in,
    nested_in,
    place_of,
)
from minitorch.compiler.guards.c_objects import BUFFERS, bytes_of, has_comparable_bytes, has_hidden_state
from minitorch.compiler.guards.snapshots import (
    DESCRIPTORS,
    CellContent,
    ClassOf,
    FunctionFields,
    Items,
    Names,
    Snapshot,
    attributes_of,
    is_atom,
    is_code,
    is_special,
    items_of,
    special_methods,
)
from minitorch.scalars.pytrees import is_array
from minitorch.tracing.tracer import TOOLS

__all__ = ["Environment"]

CONTAINERS: Final = (list, tuple, dict, set, frozenset, deque)
METHODS_IN_C: Final = (BuiltinFunctionType, MethodWrapperType)
"""Types of functions of C that may belong to an object, as `rates.pop` and `rates.__len__` do."""

HARMLESS_MODULES: Final = frozenset("typing re _thread abc functools __future__".split())
"""Modules of types whose objects no number is read from."""

HARMLESS_TYPES: Final = frozenset(
    """wrapper_descriptor method_descriptor classmethod_descriptor getset_descriptor member_descriptor
    _tuplegetter GenericAlias UnionType ufunc dtype object super mappingproxy NotImplementedType cell""".split()
)
"""Names of types that are machinery of Python's."""

BUILTINS: Final = vars(builtins)

UNREAD: Final = frozenset({"__builtins__", "__class__", "__dict__", "__module__", "__weakref__"})
"""Attributes that are compared otherwise, or not read for what they hold."""

IMPORTING: Final = frozenset({"modules", "import_module", "__import__"})
"""What finds modules whose names are text."""

ANYTHING: Final = frozenset({"eval", "exec", "globals", "locals"})
"""What may read any name."""

BY_ANY_NAME: Final = frozenset(
    "getattr vars dir __dict__ __getattribute__ attrgetter methodcaller format format_map".split()
)
"""What reads attributes by names that need not stand in the code."""

MAX_VALUES: Final = 20_000
"""More values than these are not compared."""


class Environment:
    """What can be reached from functions.

    Args:
        roots: the function, and objects among its arguments.
        executed: the code that ran, by its id; `None` for all that can be reached.

    Attributes:
        obstacle: why it can't be compared; `None` if it can.
        seen: the values that were reached, by identity.
        snapshots: what they were, to be compared.
    """

    def __init__(self, roots: Iterable[Any], executed: Mapping[int, Executed] | None) -> None:
        self.executed = executed
        self.obstacle: str | None = None
        self.names: set[str] = set()
        self.all_attributes = False
        self.with_keys: set[int] = set()
        self.seen: dict[int, Any] = {}
        self.visited: set[int] = set()
        self.holders: list[tuple[Any, str]] = []
        self.taken: set[tuple[int, str]] = set()
        self.slots: dict[int, tuple[str, Any, list[str]]] = {}
        self.snapshots: list[Snapshot] = []
        for root in roots:
            self.visit(root, "an argument")
        self.read_holders()
        if executed is not None:
            self.visit_unreached(executed)
            self.read_holders()
        self.snapshots += [
            Names(title, holder, names, id(holder) in self.with_keys) for title, holder, names in self.slots.values()
        ]
        if len(self.seen) > MAX_VALUES:
            self.refuse(f"it reaches more than {MAX_VALUES} values")

    def changed(self) -> str | None:
        """Return what to call a value that is not what it was; `None` if all are."""
        return next(filter(None, (snapshot.changed() for snapshot in self.snapshots)), None)

    def written(self) -> str | None:
        """Return what to call a value that was assigned since, be it an equal one; `None` if none was."""
        return next(filter(None, (snapshot.written() for snapshot in self.snapshots)), None)

    def unchanged(self) -> bool:
        """Return whether all is what it was: first quickly by identity, then as `changed` does."""
        return all(snapshot.unchanged() for snapshot in self.snapshots) or self.changed() is None

    def refuse(self, reason: str) -> None:
        """Keep the reason why values can't be compared, if it is the first."""
        self.obstacle = self.obstacle or reason

    # -- from value to value -----------------------------------------------------------------------------------------

    def visit(self, value: Any, title: str) -> None:
        """Take a snapshot of a value that may change, and go on to what can be reached from it."""
        if isinstance(value, Enum):
            self.visit(value._value_, title)
        elif is_atom(value):
            return
        if id(value) in self.seen or len(self.seen) > MAX_VALUES:
            return
        self.seen[id(value)] = value
        value_type = type(value)
        if issubclass(value_type, Variable):
            self.refuse(f"{title} is a Variable")
        elif value_type is FunctionType:
            self.visit_function(value)
        elif value_type is MethodType:
            self.visit_parts([value.__func__, value.__self__], title)
        elif value_type is functools.partial:
            parts = functools.partial(parts_of_partial, value)
            self.snapshots.append(Snapshot(title, parts))
            self.visit_parts([value.func, value.args, value.keywords], title)
            if asks_outside(value.func):
                self.refuse(f"{title} gives another value every time")
        elif isinstance(value, DESCRIPTORS):
            names = ("__func__", "fget", "fset", "func")
            self.visit_parts((getattr(value, name, None) for name in names), title)
        elif isinstance(value, type):
            self.all_attributes = self.all_attributes or value.__name__ in BY_ANY_NAME
            self.visit_class(value, title)
        elif value_type is ModuleType:
            self.holders.append((value, f"{value.__name__}'s"))
        elif isinstance(value, (*CONTAINERS, MappingProxyType)):
            self.visit_container(value, title)
        else:
            self.visit_object(value, title)

    def visit_parts(self, parts: Iterable[Any], title: str) -> None:
        """Go on to several values."""
        for part in parts:
            self.visit(part, title)

    def visit_function(self, function: FunctionType) -> None:
        """Go on to the defaults, the closure and the globals of a function, if its code ran."""
        code = function.__code__
        if is_own(code) or not is_users(function.__module__):
            return
        if function.__dict__:
            self.holders.append((function, f"{function.__qualname__}'s"))
        if self.executed is not None and id(code) not in self.executed:
            return
        self.visited.add(id(code))
        title = function.__qualname__
        fields = FunctionFields(f"the code or a default of {title}", function, self.executed is not None)
        self.snapshots.append(fields)
        self.visit_parts([function.__defaults__, function.__kwdefaults__], f"a default of {title}")
        if function.__dict__:
            self.visit(function.__dict__.get("__wrapped__"), title)
        for name, cell in zip(code.co_freevars, function.__closure__ or (), strict=False):
            snapshot = CellContent(f"the variable {name!r} of {title}'s closure", cell)
            self.snapshots.append(snapshot)
            self.visit_parts(snapshot.values, snapshot.title)
        self.visit_code(code, function.__globals__)

    def visit_code(self, code: CodeType, scope: dict[str, Any]) -> None:
        """Go on to the globals that code names."""
        self.names |= names_in(code)
        names = globals_in(code)
        self.all_attributes = self.all_attributes or not names_in(code).isdisjoint(BY_ANY_NAME)
        if not names_in(code).isdisjoint(IMPORTING):
            names |= names_in(code) & sys.modules.keys()
        for name in sorted(names):
            self.slot(scope, name, "the global")
            if name in scope:
                self.visit(scope[name], f"the global {name!r}")
            elif name in ANYTHING and self.executed is not None:
                self.refuse(f"{name}() at {place_of(code, name)} may read anything")
            elif name in sys.modules:
                self.visit(sys.modules[name], f"the module {name}")
            elif name in BUILTINS:
                self.slot(BUILTINS, name, "the builtin")
                self.visit(BUILTINS[name], f"the builtin {name!r}")

    def visit_unreached(self, executed: Mapping[int, Executed]) -> None:
        """Go on to functions that ran but were found by no name: in tables, by `getattr`, or made on the way."""
        nested = {id(inner) for known in executed.values() for inner in nested_in(known.code)}
        for known in list(executed.values()):
            code = known.code
            if id(code) in self.visited or id(code) in nested or not is_users(known.scope.get("__name__")):
                continue
            owners = [owner for owner in gc.get_referrers(code) if type(owner) is FunctionType]
            if owners:
                self.visit_parts(owners, code.co_name)
            else:
                self.visit_code(code, known.scope)

    def visit_class(self, cls: type, title: str) -> None:
        """Go on to the methods and the data of a class and its bases."""
        for base in cls.__mro__:
            if base is not object and is_followed(base.__module__):
                self.holders.append((base, f"{base.__qualname__}'s"))
                self.names.update(vars(base).get("__match_args__", ()))
                self.visit_parts((x for x in vars(base).values() if is_code(x)), title)
        if cls.__mro__[0] is cls and is_followed(cls.__module__):
            self.snapshots.append(ClassOf(f"the bases of {cls.__qualname__}", cls))
        if type(cls) is not type:
            self.visit(type(cls), title)

    def visit_container(self, value: Any, title: str) -> None:
        """Go on to the items of a container."""
        if not isinstance(value, (tuple, frozenset)):
            self.snapshots.append(Items(title, value))
        self.visit_parts(items_of(value), title)
        if isinstance(value, defaultdict):
            self.snapshots.append(Snapshot(f"the default of {title}", lambda: [value.default_factory]))
            self.visit(value.default_factory, f"the default of {title}")
        if type(value) not in (*CONTAINERS, MappingProxyType) and is_followed(type(value).__module__):
            self.visit_class(type(value), title)
            self.holders.append((value, f"the {type(value).__name__}'s"))

    def visit_object(self, value: Any, title: str) -> None:
        """Go on to the attributes of an object."""
        value_type = type(value)
        if has_comparable_bytes(value):
            self.snapshots.append(Snapshot(title, functools.partial(bytes_of, value)))
            if value_type not in BUFFERS:
                self.visit_own_parts(value, title)
        elif is_array(value):
            self.snapshots.append(Snapshot(title, lambda: [str(value.shape), str(value.dtype), value.tobytes()]))
            if value_type.__module__ != "numpy":
                self.holders.append((value, f"the {value_type.__name__}'s"))
        elif isinstance(value, BaseException):
            self.snapshots.append(Snapshot(title, lambda: list(value.args)))
            self.holders.append((value, f"the {value_type.__name__}'s"))
        elif value_type.__name__ == "_local":
            self.refuse(f"{title} is another one in each thread")
        elif hasattr(value_type, "__next__"):
            self.refuse(f"{title} is used up as it is read (its type is {value_type.__name__})")
        elif isinstance(value, METHODS_IN_C):
            # Under another name they are the same.
            self.all_attributes = self.all_attributes or value.__name__ in BY_ANY_NAME
            if getattr(value, "__module__", None) is None:
                # A method of an object, not a function of a module.
                self.visit(value.__self__, title)
        elif value_type.__name__ in HARMLESS_TYPES:
            self.all_attributes = self.all_attributes or getattr(value, "__name__", None) in BY_ANY_NAME
        elif is_followed(value_type.__module__) or value_type.__module__ == "types":
            if has_hidden_state(value_type):
                self.refuse(f"{title} is an object of type {value_type.__qualname__}, whose values C code keeps")
            self.visit_own_parts(value, title)
        elif hasattr(value, "__wrapped__") or hasattr(value, "pyfunc"):
            self.visit(value.__wrapped__ if hasattr(value, "__wrapped__") else value.pyfunc, title)
        elif value_type.__module__ not in HARMLESS_MODULES and value_type.__module__.partition(".")[0] not in TOOLS:
            self.refuse(f"{title} is an object of type {value_type.__qualname__}, which can't be compared")

    def visit_own_parts(self, value: Any, title: str) -> None:
        """Go on to the class of an object and to the attributes that it keeps itself, unless its class is Python's."""
        value_type = type(value)
        if is_followed(value_type.__module__) or value_type.__module__ == "types":
            self.visit_class(value_type, title)
            self.snapshots.append(ClassOf(f"the class of {title}", value))
            self.holders.append((value, f"the {value_type.__name__}'s"))

    # -- attributes --------------------------------------------------------------------------------------------------

    def read_holders(self) -> None:
        """Go on to the attributes that code names, until nothing new is found."""
        known = -1
        while known != len(self.taken) + len(self.names) + len(self.seen):
            known = len(self.taken) + len(self.names) + len(self.seen)
            for holder, title in list(self.holders):
                self.read_attributes(holder, title)

    def read_attributes(self, holder: Any, title: str) -> None:
        """Go on to those attributes of a module, class or object that some code names."""
        own = attributes_of(holder)
        followed = not isinstance(holder, ModuleType) or is_followed(holder.__name__)
        # What is not there yet may come, and hide what a base or a default has given.
        names = set(self.names) if followed else self.names & own.keys()
        if isinstance(holder, type):
            names |= special_methods(own)
        # Namespaces are compared and shown by all that they hold.
        if (self.all_attributes and followed) or isinstance(holder, SimpleNamespace):
            names |= {name for name in own if not is_special(name)}
            self.with_keys.add(id(holder))
        for name in sorted(names - UNREAD):
            if (id(holder), name) in self.taken:
                continue
            self.taken.add((id(holder), name))
            value = own.get(name)
            if asks_outside(value):
                self.refuse(f"{title} {name}() gives another value every time")
            elif followed or is_atom(value) or (self.executed is not None and self.is_data_of_others(value)):
                self.slot(holder, name, title)
                if name in own:
                    self.visit(own[name], f"{title} attribute {name!r}")

    @staticmethod
    def is_data_of_others(value: Any) -> bool:
        """Return whether a value in a module of Python's own is looked at where code names it, as `sys.argv` is."""
        return isinstance(value, (*CONTAINERS, ModuleType)) and value is not sys.modules

    def slot(self, holder: Any, name: str, title: str) -> None:
        """Have a value compared by its name in a holder."""
        _, _, names = self.slots.setdefault(id(holder), (title, holder, []))
        if name not in names:
            names.append(name)
            self.seen.setdefault(id(holder), holder)


def parts_of_partial(value: functools.partial[Any]) -> list[Any]:
    """Return what a partial function calls, and with what."""
    return [value.func, *value.args, *value.keywords, *value.keywords.values()]


def asks_outside(value: Any) -> bool:
    """Return whether a callable draws random numbers or reads a clock without Python noticing that it is called."""
    if isinstance(value, type) or not callable(value):
        return False
    module = str(getattr(value, "__module__", None) or type(getattr(value, "__self__", None)).__module__)
    is_builtin = type(value) is BuiltinFunctionType
    return module.startswith("numpy.random") or (is_builtin and module in ("time", "_random"))
