"""Objects of subclasses of `float` that are made of Variables: units and angles, `class Degrees(float)`.

Such an object is a Scalar with all that the subclass adds to floats, and calls itself one of that subclass. It is made
where the subclass makes it: in a `__new__` of its own that calls that of `float`.
"""

from __future__ import annotations

import weakref
from abc import ABCMeta
from collections.abc import Callable
from types import CellType, FunctionType, GetSetDescriptorType, MemberDescriptorType
from typing import Any, Final

from minitorch.autodiff.variable import Variable
from minitorch.recorder import ScalarBase, VariableBase
from minitorch.scalars.primitives import FUNCTIONS
from minitorch.scalars.scalar import Indicator, Scalar
from minitorch.scalars.standing_for import AbstractStandingFor

__all__ = ["new_float"]

HEAP_TYPE: Final = 1 << 9
"""Flag of classes made by a `class` statement (`Py_TPFLAGS_HEAPTYPE`)."""

RESERVED: Final = frozenset("data derivative get_data history is_leaf label unique_id".split())
"""Attributes that say what a Variable is, which no subclass can have for itself."""

BEYOND_FLOATS: Final = frozenset(name for name in dir(Scalar) if not hasattr(float, name) and name[0] != "_")
"""Attributes of Scalars that floats do not have, so that those of a base after `float` come first."""

ATTRIBUTES: Final = frozenset({GetSetDescriptorType, MemberDescriptorType})
"""The types of what keeps an attribute of an object in C."""

LEFT_OUT: Final = frozenset({"__class__", "__dict__", "__new__", "__slots__", "__weakref__"})
"""What of a class lays out or makes its objects."""

_counterparts: weakref.WeakKeyDictionary[type, type[Scalar]] = weakref.WeakKeyDictionary()


def new_float(to_float: Callable[..., Any]) -> Callable[..., Any]:
    """Make the replacement of `float.__new__`.

    Args:
        to_float: `float` that gives back a Scalar as it is.
    """

    def new(cls: type[float], *arguments: Any) -> Any:
        if len(arguments) != 1 or not issubclass(type(arguments[0]), Variable) or type(arguments[0]) is Indicator:
            return float.__new__(cls, *arguments)
        if cls is float:
            return to_float(*arguments)
        # Without one that can be made, float's own asks for a plain number, and the Variable says what gets lost.
        return made_of(cls, arguments[0]) if has_counterpart(cls) else float.__new__(cls, *arguments)

    return new


def has_counterpart(cls: type[float]) -> bool:
    """Return whether objects of a class can be Scalars.

    It must be written in Python, its objects must be ready after `__new__`, nobody may count its subclasses, and its
    names may not be those of Variables.
    """
    own = [each for each in cls.__mro__ if each not in (float, object)]
    if type(cls) not in (type, ABCMeta) or not all(each.__flags__ & HEAP_TYPE for each in own):
        return False
    clashing = any((RESERVED | {"__init__", "__init_subclass__"}) & vars(each).keys() for each in own)
    return not clashing and not any(vars(each).get("__slots__") for each in own)


def made_of(cls: type[float], x: Scalar) -> Any:
    """Return an object of the class with the value and history of a Variable."""
    counterpart: Any = counterpart_of(cls)
    same = FUNCTIONS["Pos"].record(x)
    instance = Scalar.__new__(counterpart)
    for name, attribute in vars(VariableBase).items():
        if type(attribute) in ATTRIBUTES and name != "unique_id":  # which stands for `_unique_id`, and can't be set
            attribute.__set__(instance, attribute.__get__(same))
    vars(ScalarBase)["data"].__set__(instance, x.data)
    return instance


class Subclassed(Scalar):
    """What stands where `float` stands among the bases of a class."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name in RESERVED:
            raise AttributeError(f"{type(self).__name__} object made of a Variable has no attribute {name!r} to set")
        super().__setattr__(name, value)


def counterpart_of(cls: type) -> type[Scalar]:
    """Return the class of Scalars that has what a subclass of `float` has, with bases made of its bases."""
    known = _counterparts.get(cls)
    if known is None:
        bases = tuple(
            Subclassed if base is float else counterpart_of(base) if issubclass(base, float) else base
            for base in cls.__bases__
        )
        cell = CellType()
        namespace = {name: at_home(value, cell) for name, value in vars(cls).items() if name not in LEFT_OUT}
        namespace.update(of_other_bases(cls), __class__=property(lambda self: cls))
        metaclass: Any = AbstractStandingFor if type(cls) is ABCMeta else type(Subclassed)
        known = metaclass(cls.__name__, bases, namespace)
        cell.cell_contents = known
        _counterparts[cls] = known
    return known


def of_other_bases(cls: type) -> dict[str, Any]:
    """Return what a class inherits from bases other than `float`, where Scalars have an attribute of that name."""
    owners = {name: each for each in reversed(cls.__mro__) for name in vars(each)}
    names = [name for name in BEYOND_FLOATS & owners.keys() if not issubclass(owners[name], float)]
    return {name: vars(owners[name])[name] for name in names}


def at_home(value: Any, cell: CellType) -> Any:
    """Return an attribute of a class for its counterpart: `super()` in a method means the class that has the method."""
    kind = type(value)
    if kind is property:
        get, put, delete = (at_home(each, cell) for each in (value.fget, value.fset, value.fdel))
        return property(get, put, delete, value.__doc__)
    if kind in (classmethod, staticmethod):
        return kind(at_home(value.__func__, cell))
    if kind is not FunctionType or "__class__" not in value.__code__.co_freevars:
        return value
    cells = zip(value.__code__.co_freevars, value.__closure__, strict=True)
    closure = tuple(cell if name == "__class__" else known for name, known in cells)
    method = FunctionType(value.__code__, value.__globals__, value.__name__, value.__defaults__, closure)
    method.__kwdefaults__, method.__qualname__ = value.__kwdefaults__, value.__qualname__
    method.__dict__.update(vars(value))
    return method
