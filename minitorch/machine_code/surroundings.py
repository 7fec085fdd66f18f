"""What a function reads besides its arguments, so that no recording outlives it.

    RATE = 0.05                        surroundings = Surroundings(price)
    def price(x): return x * RATE      surroundings.changed()      None, or "the global RATE"

From the code of a function and of those it can reach, by the names in it: globals, closures, defaults, attributes of
modules, classes and objects, items of containers. Numbers and text are compared, functions and modules are taken to
stay. What can't be compared, or is known to change by itself (`random`, `time`), is an obstacle to machine code.
"""

from __future__ import annotations

import builtins
import dis
import functools
import operator
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from types import (
    BuiltinFunctionType,
    CodeType,
    FunctionType,
    MethodType,
    ModuleType,
)
from typing import Any, Final

from minitorch.autodiff import Variable
from minitorch.places import is_own
from minitorch.tracing import NEVER_FOLLOWED

__all__ = ["Surroundings", "is_atom"]

ATOMS: Final = frozenset(
    {int, float, bool, str, bytes, complex, type(None), type(Ellipsis), Fraction, Decimal, range, slice}
)
"""Types whose values never change."""

NO_DATA: Final = (type, ModuleType, BuiltinFunctionType)
HARMLESS: Final = frozenset("typing logging re types _thread threading abc collections.abc __future__ builtins".split())
"""Modules of types whose objects no number is read from."""

CHANGING: Final = frozenset("random time secrets uuid numpy.random _random".split())
CHANGING_METHODS: Final = frozenset({("datetime", "now"), ("datetime", "today"), ("datetime", "utcnow")})
ASKING: Final = frozenset({"input", "open"})
TELLING: Final = frozenset({"print"})

MOST: Final = 20_000
"""More than so many values are not compared."""

MISSING: Final = object()


def is_atom(value: Any) -> bool:
    """Whether a value never changes."""
    return type(value) in ATOMS or isinstance(type(value), type(Enum))


def same(x: Any, y: Any) -> bool:
    """Whether two values are the same to a computation: one object, or equal ones of one type."""
    if x is y:
        return True
    return type(x) is type(y) and is_atom(x) and repr(x) == repr(y)


class Reading:
    """Some values of one container, as they were.

    Args:
        title: what to call it.
        read: gives its present values in order.
    """

    def __init__(self, title: str, names: list[str], read: Callable[[], list[Any]]) -> None:
        self.title = title
        self.names = names
        self.read = read
        self.values = read()

    def changed(self) -> str | None:
        """Name a value that is another one now."""
        values = self.read()
        if len(values) != len(self.values):
            return self.title
        for index, (now, before) in enumerate(zip(values, self.values, strict=True)):
            if now is not before and not same(now, before):
                return f"{self.title} {self.names[index]!r}" if self.names else self.title
        return None


class Surroundings:
    """What can be reached from a function.

    Args:
        roots: the function, and objects among its arguments.

    Attributes:
        obstacle: why it can't be compared; None if it can.
        told: what it does besides computing, such as printing, and where.
    """

    def __init__(self, *roots: Any) -> None:
        self.obstacle: str | None = None
        self.told: list[str] = []
        self.names: set[str] = set()
        self.seen: dict[int, Any] = {}
        self.holders: list[tuple[Any, str]] = []
        self.taken: set[tuple[int, str]] = set()
        self.slots: dict[int, tuple[str, Any, list[str]]] = {}
        self.readings: list[Reading] = []
        for root in roots:
            self.visit(root, "an argument")
        known = -1
        while known != len(self.taken) + len(self.names) + len(self.seen):
            known = len(self.taken) + len(self.names) + len(self.seen)
            for holder, title in list(self.holders):
                self.read_attributes(holder, title)
        self.readings += [
            Reading(title, names, functools.partial(read_names, holder, tuple(names)))
            for title, holder, names in self.slots.values()
        ]
        if len(self.seen) > MOST:
            self.obstacle = f"it reaches more than {MOST} values"

    def changed(self) -> str | None:
        """Name something that is not what it was; None if all is."""
        for reading in self.readings:
            found = reading.changed()
            if found is not None:
                return found
        return None

    def unchanged(self) -> bool:
        """Whether all is what it was, asked in a hurry."""
        for reading in self.readings:
            values = reading.read()
            if len(values) != len(reading.values) or not all(map(operator.is_, values, reading.values)):
                return self.changed() is None
        return True

    def refuse(self, reason: str) -> None:
        """Keep the first reason."""
        self.obstacle = self.obstacle or reason

    # -- from value to value -----------------------------------------------------------------------------------------

    def visit(self, value: Any, title: str) -> None:
        """Find out what a value is, and go on to what can be reached from it."""
        if is_atom(value) or id(value) in self.seen or len(self.seen) > MOST:
            return
        self.seen[id(value)] = value
        kind = type(value)
        if issubclass(kind, Variable):
            self.refuse(f"{title} is a Variable")
        elif kind is FunctionType:
            self.visit_function(value)
        elif kind is MethodType:
            self.visit(value.__func__, title)
            self.visit(value.__self__, title)
        elif kind is functools.partial:
            self.visit_parts([value.func, value.args, value.keywords], title)
        elif kind in (staticmethod, classmethod):
            self.visit(value.__func__, title)
        elif kind is property:
            self.visit_parts([value.fget, value.fset], title)
        elif kind is functools.cached_property:
            self.visit(value.func, title)
        elif isinstance(value, type):
            self.visit_class(value, title)
        elif kind is ModuleType:
            self.holders.append((value, f"{value.__name__}'s"))
        elif isinstance(value, (list, tuple, dict, set, frozenset)):
            self.visit_container(value, title)
        elif hasattr(kind, "__wrapped__") or hasattr(value, "__wrapped__"):
            self.visit(value.__wrapped__, title)
        else:
            self.visit_object(value, title)

    def visit_parts(self, parts: Iterable[Any], title: str) -> None:
        """Go on to several values."""
        for part in parts:
            self.visit(part, title)

    def visit_function(self, function: FunctionType) -> None:
        """Go on to what a function's code names."""
        code = function.__code__
        if is_own(code) or not is_followed(function.__module__):
            if function.__module__ in CHANGING:
                self.refuse(f"{function.__module__}.{function.__name__} gives another value every time")
            return
        scope = function.__globals__
        names = set(names_in(code))
        self.names |= names
        self.visit_parts([function.__defaults__, function.__kwdefaults__], f"a default of {function.__qualname__}")
        for name, cell in zip(code.co_freevars, function.__closure__ or (), strict=False):
            self.slot(cell, "cell_contents", f"{function.__qualname__}'s closure")
            content = getattr(cell, "cell_contents", None)
            self.visit(content, f"the variable {name!r} of {function.__qualname__}'s closure")
        for name in sorted(names):
            if name in scope:
                self.slot(scope, name, "the global")
                self.judge(scope[name], name, code)
                self.visit(scope[name], f"the global {name!r}")
            elif name in ASKING and hasattr(builtins, name):
                self.refuse(f"{name}() at {place_of(code, name)} gives another value every time")
            elif name in TELLING:
                self.told.append(f"{name}() at {place_of(code, name)}")

    def judge(self, value: Any, name: str, code: CodeType) -> None:
        """Refuse what is known to give another value every time."""
        module = getattr(value, "__module__", None) or ""
        if isinstance(value, ModuleType) and value.__name__ in CHANGING:
            self.refuse(f"{value.__name__} at {place_of(code, name)} gives another value every time")
        elif isinstance(value, BuiltinFunctionType):
            owner = value.__self__
            if module in CHANGING or type(owner).__module__ in CHANGING:
                self.refuse(f"{name} at {place_of(code, name)} gives another value every time")
        elif isinstance(value, MethodType) and type(value.__self__).__module__ in CHANGING:
            self.refuse(f"{name} at {place_of(code, name)} gives another value every time")

    def visit_class(self, cls: type, title: str) -> None:
        """Go on to the methods and the data of a class and its bases."""
        for base in cls.__mro__:
            if is_followed(base.__module__) and base not in (object,):
                self.holders.append((base, f"{base.__qualname__}'s"))
                self.visit_parts((x for x in vars(base).values() if is_code(x)), title)

    def visit_container(self, value: Any, title: str) -> None:
        """Go on to the items of a container."""
        if not isinstance(value, (tuple, frozenset)):
            self.readings.append(Reading(title, [], functools.partial(items_of, value)))
        self.visit_parts(items_of(value), title)
        if type(value) not in (list, tuple, dict, set, frozenset):
            self.visit_class(type(value), title)
            self.holders.append((value, f"the {type(value).__name__}'s"))

    def visit_object(self, value: Any, title: str) -> None:
        """Go on to the attributes of an object."""
        kind = type(value)
        if kind.__module__ == "numpy" and kind.__name__ == "ndarray":
            self.readings.append(Reading(title, [], lambda: [value.shape, str(value.dtype), value.tobytes()]))
            return
        if kind.__module__ in HARMLESS or isinstance(value, NO_DATA) or kind.__name__ == "ufunc":
            return
        if not is_followed(kind.__module__):
            self.refuse(f"{title} is an object of type {kind.__qualname__}, which can't be compared")
            return
        self.visit_class(kind, title)
        self.holders.append((value, f"the {kind.__name__}'s"))

    # -- attributes --------------------------------------------------------------------------------------------------

    def read_attributes(self, holder: Any, title: str) -> None:
        """Go on to those attributes of a module, class or object that some code names."""
        own = attributes_of(holder)
        followed = not isinstance(holder, ModuleType) or is_followed(holder.__name__)
        for name in sorted(self.names):
            if (id(holder), name) in self.taken:
                continue
            self.taken.add((id(holder), name))
            value = own.get(name, MISSING)
            if isinstance(holder, ModuleType) and (holder.__name__, name) in CHANGING_METHODS:
                self.refuse(f"{holder.__name__}.{name} gives another value every time")
            if followed or is_atom(value):
                self.slot(holder, name, title)
                if value is not MISSING:
                    self.visit(value, f"{title} attribute {name!r}")
            elif isinstance(value, ModuleType) and value.__name__ in CHANGING:
                self.refuse(f"{value.__name__} gives another value every time")

    def slot(self, holder: Any, name: str, title: str) -> None:
        """Compare a value by name, if it is data or none yet."""
        value = read_names(holder, (name,))[0]
        if isinstance(value, (FunctionType, MethodType, *NO_DATA)) or is_code(value):
            return
        if value is MISSING and not isinstance(holder, dict) and isinstance(holder, (type, ModuleType)):
            return
        _, _, names = self.slots.setdefault(id(holder), (title, holder, []))
        if name not in names:
            names.append(name)
            self.seen[id(holder)] = holder


def attributes_of(holder: Any) -> dict[str, Any]:
    """The attributes that an object, class or module has itself."""
    found = dict(getattr(holder, "__dict__", {}))
    if not isinstance(holder, (type, ModuleType)):
        for base in type(holder).__mro__:
            slots = vars(base).get("__slots__", ())
            for name in (slots,) if isinstance(slots, str) else slots:
                value = getattr(holder, name, MISSING) if not name.startswith("__") else MISSING
                if value is not MISSING:
                    found[name] = value
    return found


def read_names(holder: Any, names: tuple[str, ...]) -> list[Any]:
    """Values by name, of a dict of globals, a closure's cell, or an object."""
    if type(holder) is dict:
        return [holder.get(name, MISSING) for name in names]
    if type(holder).__name__ == "cell":
        return [getattr(holder, "cell_contents", MISSING)]
    own = vars(holder) if isinstance(holder, (type, ModuleType)) else attributes_of(holder)
    return [own.get(name, MISSING) for name in names]


def items_of(container: Any) -> list[Any]:
    """The items of a container, of a dict keys and values."""
    if isinstance(container, dict):
        return [*container.keys(), *container.values()]
    return list(container)


def is_code(value: Any) -> bool:
    """Whether a class has a value to run it."""
    kinds = (FunctionType, staticmethod, classmethod, property, functools.cached_property)
    return isinstance(value, kinds)


def is_followed(module: Any) -> bool:
    """Whether calls convert the functions of a module."""
    return isinstance(module, str) and module.partition(".")[0] not in NEVER_FOLLOWED


def names_in(code: CodeType) -> Iterator[str]:
    """The names in code and in the code nested in it, also those in text that could be attributes."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from names_in(constant)
        elif isinstance(constant, str) and constant.isidentifier():
            yield constant


def place_of(code: CodeType, name: str) -> str:
    """Where code first uses a name."""
    line = code.co_firstlineno
    for instruction in dis.get_instructions(code):
        if instruction.starts_line is not None and not isinstance(instruction.starts_line, bool):
            line = instruction.starts_line
        if instruction.argval == name:
            line = getattr(instruction, "line_number", None) or line
            break
    return f"{code.co_filename}:{line}"
