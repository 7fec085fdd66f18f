"""Attributes, looked up as Python does it: descriptors of the class, what the object has, what classes have.

All that is looked at in classes, and in objects that come from outside, is noted.
"""

from __future__ import annotations

import ast
import functools
import itertools
from enum import Enum, EnumMeta
from types import FunctionType, MemberDescriptorType, ModuleType, SimpleNamespace
from typing import Any, Final, NamedTuple

from minitorch.compiler.guards.snapshots import MISSING
from minitorch.compiler.structural.basis.alternatives import each_kind, present
from minitorch.compiler.structural.basis.errors import Raised
from minitorch.compiler.structural.basis.kinds import (
    Bool,
    Dict,
    Float,
    Int,
    Kind,
    Method,
    OneOf,
    Record,
    Static,
    Tuple,
    Value,
    described,
    static,
)
from minitorch.compiler.structural.basis.refusals import Refused
from minitorch.compiler.structural.constructs.closures import Partial
from minitorch.compiler.structural.shape import uncompiled
from minitorch.compiler.structural.values.objects import (
    Objects,
    has_own_metaclass,
    is_generated,
    is_instance_of_users,
    is_users_class,
)
from minitorch.compiler.structural.values.whole_numbers import METHODS

__all__ = ["Classes"]

HOOKS: Final = ("__getattr__", "__getattribute__", "__delattr__", "__setattr__")
"""Methods that change what an attribute is."""


class Classes(Objects):
    """The part of a walk that looks attributes up."""

    def expression_Attribute(self, node: ast.Attribute) -> Value:
        """Write `Attribute`."""
        owner = self.expression(node.value)
        self.place_key = id(node)
        return self.attribute(owner, self.mangled(node.attr))

    def mangled(self, name: str) -> str:
        """Return the name that an attribute has in a class, where it begins with `__`."""
        if not name.startswith("__") or name.endswith("__"):
            return name
        frame: Any = self.frame
        while frame.function is None:
            frame = frame.around
        return next(
            (each for each in frame.function.__code__.co_names if each[:1] == "_" and each.endswith(name)), name
        )

    def attribute(self, owner: Value, name: str) -> Value:
        """Write the reading of an attribute."""
        kind = owner.kind
        if isinstance(kind, OneOf):
            return each_kind(self, owner, lambda each: self.attribute(each, name))
        if isinstance(kind, Dict) or (isinstance(kind, Static) and type(kind.object) is dict):
            return Value(Method(name, kind), owner.parts)
        if isinstance(kind, Record):
            return self.attribute_of_object(owner, kind, name)
        if isinstance(kind, Static):
            return self.attribute_of_constant(kind.object, name)
        if isinstance(kind, Tuple) and kind.cls is not tuple:
            return self.attribute_of_named_tuple(owner, kind, name)
        method = METHODS.get((type(kind), name))
        if method is not None and not getattr(kind, "whole", False):
            return self.closure(Partial(1, ()), (), [static(method), owner])
        if isinstance(kind, Method) and kind.after is not None:
            found = self.class_attribute(self.class_of(kind.owner), name, kind.after)
            return self.bound_to(found, Value(kind.owner, owner.parts), name)
        raise Refused(f"the attribute {name!r} of {described(kind)}")

    def attribute_of_object(self, owner: Value, kind: Record, name: str) -> Value:
        """Write the reading of an attribute of an object that was made in the call."""
        if name == "__class__":
            return static(kind.site.cls)
        found = self.class_attribute(kind.site.cls, name)
        if isinstance(found, property):
            return self.bound_to(found, owner, name)
        truth = self.is_set(owner, name)
        if truth == "true":
            return self.field(owner, name)
        if found is MISSING or isinstance(found, MemberDescriptorType):
            # Without it Python raises an error.
            if truth == "false":
                self.raise_always(Raised(AttributeError))
            self.raises(AttributeError, self.writer.negation(truth))
            self.writer.check()
            return self.field(owner, name)
        if truth == "false":
            return self.bound_to(found, owner, name)
        return self.choice(truth, lambda: self.field(owner, name), lambda: self.bound_to(found, owner, name))

    def attribute_of_constant(self, thing: Any, name: str) -> Value:
        """Write the reading of an attribute of an object, class or module that is known."""
        if isinstance(thing, ModuleType):
            return self.known(self.reads.note_name(thing, name, "the attribute"), name)
        if type(thing) is EnumMeta and name in thing.__members__:
            self.reads.note_enumeration(thing)
            return static(thing[name])
        if name == "__class__":
            self.reads.note_class(thing)
            return static(type(thing))
        if thing is itertools.chain and name == "from_iterable":
            return static(itertools.chain.from_iterable)
        if isinstance(thing, type) and thing.__module__ == "builtins" and hasattr(thing, name):
            return static(getattr(thing, name))
        if is_users_class(thing):
            if has_own_metaclass(thing):
                raise Refused(f"the attribute {name!r} of a class with a metaclass")
            found = self.class_attribute(thing, name)
            if isinstance(found, staticmethod):
                return self.of(found.__func__)
            if isinstance(found, classmethod):
                return Value(Method(found.__func__, Static(thing)))
            return self.plain_attribute(found, name)
        if not is_instance_of_users(thing):
            raise Refused(f"the attribute {name!r} of {thing!r}")
        self.check_class(type(thing))
        self.reads.note_class(thing)
        found = self.class_attribute(type(thing), name)
        if isinstance(found, property):
            return self.bound_to(found, static(thing), name)
        if isinstance(thing, Enum) and found is vars(Enum).get(name) and name in ("name", "value"):
            found, name = MISSING, f"_{name}_"
        index, own = field_index(found), MISSING
        if not isinstance(thing, tuple):
            own = self.reads.note_name(thing, name, f"the attribute {{}} of an object of {type(thing).__name__!r}")
        elif index is not None:
            own = thing[index]
        if own is not MISSING:
            return self.of(own)
        return self.bound_to(found, static(thing), name)

    def attribute_of_named_tuple(self, owner: Value, kind: Tuple, name: str) -> Value:
        """Write the reading of an attribute of a named tuple."""
        found = self.class_attribute(kind.cls, name)
        index = field_index(found)
        if index is not None:
            return list(self.items_of(owner))[index]
        if name in ("_replace", "_asdict") and getattr(found, "__module__", "") == "collections":
            return Value(Method(name, kind), owner.parts, owner.constant)
        return self.bound_to(found, owner, name)

    def class_of(self, kind: Kind) -> type:
        """Return the class that objects of a kind have."""
        if isinstance(kind, Record):
            return kind.site.cls
        if isinstance(kind, Tuple):
            return kind.cls
        if isinstance(kind, Static):
            if isinstance(kind.object, Raised):
                return kind.object.error
            if is_instance_of_users(kind.object):
                self.reads.note_class(kind.object)
            return kind.object if is_users_class(kind.object) else type(kind.object)
        known = {Float: float, Int: int, Bool: bool}.get(type(kind))
        if known is None or (isinstance(kind, Float) and kind.whole):
            raise Refused(f"the class of {described(kind)}")
        return known

    def class_attribute(self, cls: type, name: str, after: type | None = None) -> Any:
        """Return what a class has under a name, without its binding to anything; note where it was looked for.

        Args:
            cls: the class.
            name: the name.
            after: if given, classes that come before and this one are not asked.

        Returns:
            MISSING if there is nothing.
        """
        bases = cls.__mro__
        self.reads.note_class(cls)
        for base in bases[bases.index(after) + 1 if after is not None else 0 :]:
            if base.__module__ == "builtins":
                found = vars(base).get(name, MISSING)
            else:
                found = self.reads.note_name(base, name, f"the attribute {{}} of the class {base.__name__!r}")
            if found is not MISSING:
                return found
        return MISSING

    def bound_to(self, found: Any, owner: Value, name: str) -> Value:
        """Return what a class has as an attribute of an object."""
        found = uncompiled(found)
        if isinstance(found, property):
            return self.call(found.fget, [owner], {})
        if isinstance(found, FunctionType):
            return Value(Method(found, owner.kind), owner.parts, owner.constant)
        if isinstance(found, staticmethod):
            return self.of(found.__func__)
        if isinstance(found, classmethod):
            return Value(Method(found.__func__, Static(self.class_of(owner.kind))))
        return self.plain_attribute(found, name)

    def plain_attribute(self, found: Any, name: str) -> Value:
        """Return what a class has where nothing is bound."""
        found = uncompiled(found)
        if found is MISSING:
            raise Refused(f"the attribute {name!r} is not there")
        if isinstance(found, FunctionType):
            return static(found)
        if isinstance(found, functools.cached_property) or hasattr(type(found), "__get__"):
            raise Refused(f"the attribute {name!r}, a {type(found).__name__}")
        return self.of(found)

    def check_class(self, cls: type) -> None:
        """Refuse a class with methods that change what an attribute is."""
        for name in HOOKS:
            found = self.class_attribute(cls, name)
            is_usual = any(found is vars(base).get(name) for base in (object, SimpleNamespace))
            if found is not MISSING and not is_usual and not is_generated(found):
                raise Refused(f"a class with {name!r}")

    # -- changes -------------------------------------------------------------------------------------------------------

    def set_attribute(self, owner: Value, name: str, value: Value) -> None:
        """Write the setting of an attribute."""
        owner = present(self, owner)
        if isinstance(owner.kind, OneOf):

            def set_each(each: Value) -> Value:
                self.set_attribute(each, name, value)
                return static(None)

            each_kind(self, owner, set_each)
            return
        if not isinstance(owner.kind, Record):
            raise Refused(f"a change of the attribute {name!r} of {described(owner.kind)}")
        cls = owner.kind.site.cls
        if self.class_attribute(cls, "__setattr__") is not object.__setattr__:
            raise Refused("a change of a frozen object")
        found = self.class_attribute(cls, name)
        if isinstance(found, property):
            if found.fset is None:
                self.raise_always(Raised(AttributeError))
            self.call(found.fset, [owner, value], {})
            return
        self.store_attribute(owner, name, value)

    def store_attribute(self, owner: Value, name: str, value: Value) -> None:
        """Write the setting of an attribute as `object.__setattr__` does it."""
        assert isinstance(owner.kind, Record)
        cls = owner.kind.site.cls
        found = self.class_attribute(cls, name)
        if isinstance(found, MemberDescriptorType):
            self.set_field(owner, name, value)
            return
        if hasattr(type(found), "__set__") or not getattr(cls, "__dictoffset__", 0):
            raise Refused(f"a change of the attribute {name!r} of {described(owner.kind)}")
        self.set_field(owner, name, value)


class Sample(NamedTuple):
    """A named tuple to look at."""

    x: float


FIELD: Final = type(vars(Sample)["x"])
"""What reads a field of named tuples."""


def field_index(found: Any) -> int | None:
    """Return which field of a named tuple an attribute of its class reads; `None` if it does something else."""
    return int(found.__reduce__()[1][0]) if type(found) is FIELD else None
