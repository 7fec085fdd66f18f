"""What operations on an object read of it: an attribute, an element, an iteration, and what a call reads of arguments.

Code in Python is looked at while it runs, so a call of it reads nothing by itself. Of functions of C a few are known
that read little, such as `len`, `isinstance` and `dict.get`; all others read all that can be reached from what they get.
"""

from __future__ import annotations

import functools
import operator
import types
import weakref
from collections import deque
from collections.abc import Callable, Sequence
from types import FunctionType, MethodType, ModuleType
from typing import Any, Final

from minitorch.autodiff.place import is_own
from minitorch.compiler.capture.executed_code import is_followed
from minitorch.compiler.guards.c_objects import BUFFERS
from minitorch.compiler.guards.kinds import (
    CONTAINERS,
    HEAP_TYPE,
    has_own_attributes,
    is_followed_class,
    is_immutable,
    is_of_python,
    is_plain_key,
)
from minitorch.compiler.guards.reads import VIEWS, Reads, of
from minitorch.compiler.guards.snapshots import MISSING, Snapshot, is_special, items_of, own_attribute
from minitorch.machine_code.llvm.frame_layout import EMPTY
from minitorch.scalars.pytrees import is_array
from minitorch.tracing.tracer import dispatcher

__all__ = ["CallReads"]

FUNCTION_FIELDS: Final = frozenset({"__code__", "__defaults__", "__kwdefaults__"})

C_METHODS: Final = (
    types.BuiltinFunctionType, types.MethodDescriptorType, types.WrapperDescriptorType, types.MethodWrapperType,
    types.ClassMethodDescriptorType, staticmethod, classmethod,
)  # fmt: skip

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

CONVERTING: Final = frozenset(
    {list, tuple, set, frozenset, dict, deque, enumerate, zip, reversed, iter, sum, min, max, any, all, sorted,
     map, filter}
)  # fmt: skip
"""Callables that go through their arguments, and ask the items their operators."""


class CallReads:
    """Notes what operations read.

    Args:
        reads: where it is noted.

    Attributes:
        is_cached: whether the result of the call that is about to happen may have been made before.
    """

    def __init__(self, reads: Reads) -> None:
        self.reads = reads
        self.is_cached = False

    # -- attributes --------------------------------------------------------------------------------------------------

    def attribute(self, holder: Any, name: str) -> None:
        """Note an attribute that is looked up, set or deleted."""
        kind = type(holder)
        if is_immutable(holder):
            return
        if isinstance(holder, ModuleType):
            self.attribute_of_module(holder, name)
        elif isinstance(holder, type):
            self.attribute_of_class(holder.__mro__, name)
            self.reads.special_methods(holder)
            if type(holder) is not type:
                self.attribute_of_class(type(holder).__mro__, name)
        elif kind is FunctionType:
            self.attribute_of_function(holder, name)
        elif kind is MethodType:
            self.attribute(holder.__func__, name)
        elif kind is super:
            self.attribute_of_super(holder.__self__, name)
        elif has_own_attributes(kind):
            self.attribute_of_object(holder, name)
        elif not isinstance(defined(kind, name), C_METHODS):
            self.reads.everything(holder)

    def attribute_of_module(self, module: ModuleType, name: str) -> None:
        """Note an attribute of a module: of Python's own ones only data."""
        value = own_attribute(module, name)
        title = of(f"the module {module.__name__}")
        self.reads.call_it(value, title.replace("{}", repr(name)))
        if is_followed(module.__name__) or not (callable(value) or isinstance(value, ModuleType)):
            self.reads.named(module, name, title)
            if value is MISSING:
                self.reads.named(module, "__getattr__", title)

    def attribute_of_class(self, bases: Sequence[type], name: str) -> Any:
        """Note the attribute of the first of some classes that has it, and that those before have not; return it."""
        for base in bases:
            value = vars(base).get(name, MISSING)
            if is_followed_class(base):
                self.reads.named(base, name, of(self.reads.title(base)))
            if value is not MISSING:
                self.reads.functions_in(value)
                self.reads.call_it(value, of(self.reads.title(base)).replace("{}", repr(name)))
                return value
        return MISSING

    def attribute_of_super(self, holder: Any, name: str) -> None:
        """Note an attribute that is looked up from the bases of a class on."""
        if holder is not None:
            self.reads.class_of(holder)
            self.attribute_of_class(holder.__mro__ if isinstance(holder, type) else type(holder).__mro__, name)

    def attribute_of_function(self, function: FunctionType, name: str) -> None:
        """Note an attribute of a function."""
        if name in FUNCTION_FIELDS:
            self.reads.function(function)
        elif name == "__dict__":
            self.reads.everything(function.__dict__)
        elif not is_own(function.__code__) and (not is_special(name) or name == "__wrapped__"):
            self.reads.named(function, name, of(function.__qualname__))

    def attribute_of_object(self, holder: Any, name: str) -> None:
        """Note an attribute of an object whose class is written in Python."""
        self.reads.class_of(holder)
        found = self.attribute_of_class(type(holder).__mro__, name)
        if name == "__dict__":
            self.reads.attributes(holder)
            own = object.__getattribute__(holder, "__dict__")
            self.reads.owners[id(own)] = holder
            self.reads.kept[id(own)] = own
        elif name != "__class__" and not isinstance(found, property) and not (is_special(name) and found is not MISSING):
            title = of(self.reads.title(holder))
            self.reads.named(holder, name, title)
            self.reads.call_it(own_attribute(holder, name), title.replace("{}", repr(name)))

    # -- containers --------------------------------------------------------------------------------------------------

    def element(self, container: Any, key: Any) -> None:
        """Note what `container[key]` reads."""
        kind = type(container)
        if is_immutable(container):
            return
        self.operand(key)
        if kind.__flags__ & HEAP_TYPE:
            self.reads.class_of(container)
        if isinstance(container, type):
            self.reads.special_methods(container)
        elif isinstance(container, dict) and not is_plain_key(key):
            self.whole_container(container)
        elif isinstance(container, (list, dict, tuple, deque)):
            self.sequence_element(container, key)
        elif is_array(container) and not container.dtype.hasobject and is_place(key, container):
            self.reads.element(container, key)
        elif type(key) is int and isinstance(container, BUFFERS):
            self.reads.element(container, key)
        elif not is_of_python(kind):
            self.reads.everything(container)

    def sequence_element(self, container: Any, key: Any) -> None:
        """Note an element of a list, tuple, deque or dict of Python's own."""
        if isinstance(container, dict) or type(key) in (int, bool):
            self.reads.element(container, key)
            value = None if isinstance(container, dict) and not is_plain_key(key) else found_in(container, key)
            self.reads.call_it(value, self.reads.title(container))
        else:
            self.reads.items(container)

    def whole_container(self, container: Any) -> None:
        """Note all items of a container, and what their operators read."""
        self.reads.items(container)
        for item in items_of(container):
            self.operand(item)

    def membership(self, container: Any, item: Any) -> None:
        """Note what `item in container` reads."""
        if is_immutable(container):
            return
        self.operand(item)
        if isinstance(container, dict) and is_plain_key(item) and not is_overridden(container, "__contains__"):
            self.reads.element(container, item)
        elif isinstance(container, CONTAINERS):
            self.whole_container(container)
        self.operand_class(container)

    def iteration(self, value: Any) -> None:
        """Note what going through a value reads: which items it has, but nothing of them."""
        if is_immutable(value):
            return
        if isinstance(value, CONTAINERS):
            self.reads.items(value)
            if type(value).__flags__ & HEAP_TYPE:
                self.reads.class_of(value)
        elif isinstance(value, VIEWS):
            self.reads.everything(value.mapping)
        elif isinstance(value, type):
            self.reads.special_methods(value)
        elif hasattr(type(value), "__next__"):
            self.next_of(value)
        elif is_of_python(type(value)):
            self.reads.class_of(value)
        else:
            self.reads.everything(value)

    def next_of(self, value: Any) -> None:
        """Note what asking an iterator for its next item reads."""
        if is_immutable(value):
            return
        if is_of_python(type(value)):
            self.reads.class_of(value)
        else:
            self.reads.consumed(value)

    def truth(self, value: Any) -> None:
        """Note what asking whether a value is true, or how long it is, reads."""
        if is_immutable(value):
            return
        if isinstance(value, CONTAINERS):
            self.reads.length(value)
            if type(value).__flags__ & HEAP_TYPE:
                self.reads.class_of(value)
        else:
            self.operand(value)

    # -- operators and calls -----------------------------------------------------------------------------------------

    def operand(self, value: Any) -> None:
        """Note what an operator reads of an operand: all that is in it, of an object of Python's only its class."""
        if value is EMPTY or is_immutable(value) or isinstance(value, (FunctionType, ModuleType)):
            return
        if isinstance(value, type):
            self.reads.special_methods(value)
        elif is_of_python(type(value)):
            self.reads.class_of(value)
        elif isinstance(value, CONTAINERS):
            self.whole_container(value)
            self.operand_class(value)
        else:
            self.reads.everything(value)

    def operand_class(self, value: Any) -> None:
        """Note the class of a value, if it is not built in."""
        if type(value).__flags__ & HEAP_TYPE:
            self.reads.class_of(value)

    def call(self, callee: Any, arguments: Sequence[Any]) -> None:
        """Note what a call reads."""
        kind = type(callee)
        if kind is FunctionType:
            self.call_of_function(callee, arguments)
        elif kind is MethodType:
            self.call(callee.__func__, (callee.__self__, *arguments))
        elif isinstance(callee, type):
            self.call_of_class(callee, arguments)
        elif isinstance(callee, functools.partial):
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
            return
        if id(function) in PASSING:
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
        if cls in CONVERTING:
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
        elif callee in CONVERTING_FUNCTIONS:
            self.go_through(arguments)
        else:
            self.call_of_method(callee, getattr(callee, "__name__", ""), [*owners, *arguments])

    def call_of_method(self, callee: Any, name: str, arguments: list[Any]) -> None:
        """Note what a method of C reads, with what it is a method of first among the arguments."""
        first = arguments[0] if arguments else None
        if isinstance(first, CONTAINERS) and name in MOVING:
            self.moved(first, name, arguments[1:])
        elif isinstance(first, dict) and name in ("get", "__getitem__", "__setitem__") and len(arguments) > 1:
            self.element(first, arguments[1])
        elif isinstance(first, (list, tuple, deque)) and name == "__getitem__" and len(arguments) > 1:
            self.element(first, arguments[1])
        elif name in ("__getattribute__", "__setattr__", "__delattr__") and len(arguments) > 1:
            self.attribute_named(*arguments[:2])
        elif name in LOOKING_AT_CLASSES:
            for argument in arguments:
                self.operand_class(argument)
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
        """Note the classes of values."""
        for value in values:
            if not is_immutable(value):
                self.operand_class(value)

    def nothing(self, *values: Any) -> None:
        """Note nothing."""

    def next_item(self, iterator: Any, *default: Any) -> None:
        """Note what `next` reads."""
        self.next_of(iterator)


class Referent(Snapshot):
    """What a weak reference refers to.

    Args:
        title: what to call it.
        reference: the weak reference.
    """

    def __init__(self, title: str, reference: weakref.ref[Any]) -> None:
        self.holder = reference
        super().__init__(title, lambda: [reference()])


LOOKING_AT_CLASSES: Final = frozenset(
    "__init__ __new__ __init_subclass__ __class_getitem__ __subclasshook__ _abc_instancecheck _abc_subclasscheck".split()
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

CONVERTING_FUNCTIONS: Final = frozenset(function for function in CONVERTING if not isinstance(function, type))


def is_place(key: Any, array: Any) -> bool:
    """Return whether a key names one element of an array."""
    keys = key if type(key) is tuple else (key,)
    return len(keys) == array.ndim and all(type(each) is int for each in keys)


def found_in(container: Any, key: Any) -> Any:
    """Return an element, or `None` where there is no such."""
    if isinstance(container, dict):
        return dict.get(container, key)
    return container[key] if -len(container) <= key < len(container) else None


def is_overridden(container: Any, name: str) -> bool:
    """Return whether the class of a container has a method of Python's of this name."""
    return type(defined(type(container), name)) is FunctionType


def is_called(value: Any) -> bool:
    """Return whether a value is given to be called, or is nothing to go through."""
    return isinstance(value, (FunctionType, MethodType, type, types.BuiltinFunctionType, functools.partial))


def cell_value(cell: Any) -> Any:
    """Return what a cell holds; `None` if it is empty."""
    try:
        return cell.cell_contents
    except ValueError:
        return None


def defined(cls: type, name: str) -> Any:
    """Return what a class or one of its bases defines under a name; `None` if none does."""
    return next((vars(base)[name] for base in cls.__mro__ if name in vars(base)), None)
