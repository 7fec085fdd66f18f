"""What operations on an object read of it: an attribute, an element, an iteration, its truth, its operators."""

from __future__ import annotations

import types
from collections import deque
from collections.abc import Sequence
from types import FunctionType, MethodType, ModuleType
from typing import Any, Final

from minitorch.autodiff.place import is_own
from minitorch.compiler.guards.c_objects import BUFFERS
from minitorch.compiler.guards.kinds import (
    CONTAINERS,
    HEAP_TYPE,
    VIEWS,
    has_own_attributes,
    is_followed_class,
    is_immutable,
    is_of_python,
    is_plain_key,
)
from minitorch.compiler.guards.reads import Reads, of
from minitorch.compiler.guards.snapshots import MISSING, entry_of, is_special, items_of, own_attribute
from minitorch.machine_code.llvm.frame_layout import EMPTY
from minitorch.scalars.containers import MAPPINGS
from minitorch.scalars.pytrees import is_array

__all__ = ["C_METHODS", "ObjectReads"]

FUNCTION_FIELDS: Final = frozenset({"__code__", "__defaults__", "__kwdefaults__"})

C_METHODS: Final = (
    types.BuiltinFunctionType, types.MethodDescriptorType, types.WrapperDescriptorType, types.MethodWrapperType,
    types.ClassMethodDescriptorType, staticmethod, classmethod,
)  # fmt: skip


class ObjectReads:
    """Notes what operations on objects read.

    Args:
        reads: where it is noted.
    """

    def __init__(self, reads: Reads) -> None:
        self.reads = reads

    # -- attributes --------------------------------------------------------------------------------------------------

    def attribute(self, holder: Any, name: str) -> None:
        """Note an attribute that is looked up, set or deleted."""
        kind: Any = type(holder)
        if is_immutable(holder):
            return
        if isinstance(holder, ModuleType):
            self.attribute_of_module(holder, name)
        elif isinstance(holder, type):
            self.attribute_of_class(mro_of(holder), name)
            self.reads.special_methods(holder)
            if type(holder) is not type:
                self.attribute_of_class(mro_of(type(holder)), name)
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
        """Note an attribute of a module: tests put functions of their own in the place of Python's, too."""
        value = own_attribute(module, name)
        title = of(f"the module {module.__name__}")
        self.reads.call_it(value, title.replace("{}", repr(name)))
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
        elif (
            name != "__class__" and not isinstance(found, property) and not (is_special(name) and found is not MISSING)
        ):
            title = of(self.reads.title(holder))
            self.reads.named(holder, name, title)
            self.reads.call_it(own_attribute(holder, name), title.replace("{}", repr(name)))

    # -- containers --------------------------------------------------------------------------------------------------

    def element(self, container: Any, key: Any) -> None:
        """Note what `container[key]` reads."""
        kind: Any = type(container)
        if is_immutable(container):
            return
        self.operand(key)
        if kind.__flags__ & HEAP_TYPE:
            self.reads.class_of(container)
        if isinstance(container, type):
            self.reads.special_methods(container)
        elif isinstance(container, MAPPINGS) and not is_plain_key(key):
            self.whole_container(container)
        elif isinstance(container, (list, tuple, deque, *MAPPINGS)):
            self.sequence_element(container, key)
        elif (is_array(container) and not container.dtype.hasobject and is_place(key, container)) or (
            type(key) is int and isinstance(container, BUFFERS)
        ):
            self.reads.element(container, key)
        elif not is_of_python(kind):
            self.reads.everything(container)

    def sequence_element(self, container: Any, key: Any) -> None:
        """Note an element of a list, tuple, deque or dict of Python's own."""
        is_mapping = isinstance(container, MAPPINGS)
        if is_mapping or type(key) in (int, bool):
            self.reads.element(container, key)
            value = None if is_mapping and not is_plain_key(key) else found_in(container, key)
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
        if isinstance(container, MAPPINGS) and is_plain_key(item) and not is_overridden(container, "__contains__"):
            self.reads.element(container, item)
        elif isinstance(container, CONTAINERS):
            self.whole_container(container)
        elif hasattr(type(container), "__next__") and not hasattr(type(container), "__contains__"):
            self.next_of(container)
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
            self.reads.items(value)
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

    # -- operators -----------------------------------------------------------------------------------------------

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


def is_place(key: Any, array: Any) -> bool:
    """Return whether a key names one element of an array."""
    keys = key if type(key) is tuple else (key,)
    return len(keys) == array.ndim and all(type(each) is int for each in keys)


def found_in(container: Any, key: Any) -> Any:
    """Return an element, or `None` where there is no such."""
    if isinstance(container, MAPPINGS):
        return entry_of(container, key)
    return container[key] if -len(container) <= key < len(container) else None


def is_overridden(container: Any, name: str) -> bool:
    """Return whether the class of a container has a method of Python's of this name."""
    return type(defined(type(container), name)) is FunctionType


def defined(cls: type, name: str) -> Any:
    """Return what a class or one of its bases defines under a name; `None` if none does."""
    return next((vars(base)[name] for base in cls.__mro__ if name in vars(base)), None)


def mro_of(cls: Any) -> tuple[type, ...]:
    """Return a class and its bases, in the order in which Python looks attributes up."""
    return cls.__mro__  # type: ignore[no-any-return]
