"""Calls of classes and of objects: plain classes, dataclasses, named tuples, `super()`, `isinstance`."""

from __future__ import annotations

import dataclasses
import typing
from abc import ABCMeta
from collections import defaultdict
from collections.abc import Callable, Sequence
from enum import EnumMeta
from types import FunctionType, SimpleNamespace
from typing import Any, Final

from minitorch.compiler.guards.followed_modules import is_users
from minitorch.compiler.guards.snapshots import MISSING
from minitorch.compiler.structural.basis.alternatives import each_kind, truth_where
from minitorch.compiler.structural.basis.kinds import (
    Kind,
    List,
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
from minitorch.compiler.structural.values.classes import Classes
from minitorch.compiler.structural.values.objects import is_generated, is_instance_of_users, is_users_class

__all__ = ["Construction"]

BASES: Final = frozenset({"builtins", "abc", "typing"})
"""Where bases come from that add nothing to an object: `object`, `ABC`, `Generic`, `Protocol`."""


class Construction(Classes):
    """The part of a walk that makes objects and calls them."""

    def call_value(self, function: Value, arguments: Sequence[Value], named: dict[str, Value]) -> Value:
        """Write a call of a value."""
        kind = function.kind
        if isinstance(kind, OneOf):
            return each_kind(self, function, lambda each: self.call_value(each, arguments, named))
        if isinstance(kind, Method) and kind.after is None:
            owner = Value(kind.owner, function.parts, function.constant)
            if isinstance(kind.owner, Static):
                owner = static(kind.owner.object)
            if isinstance(kind.function, str):
                return self.builtin_method(kind.function, owner, arguments, named)
            return self.call(kind.function, [owner, *arguments], named)
        if isinstance(kind, Record):
            key = self.place_key
            method = self.special_method(function, "__call__")
            self.place_key = key
            return self.call_value(method, arguments, named)
        return super().call_value(function, arguments, named)

    def builtin_method(self, name: str, owner: Value, arguments: Sequence[Value], named: dict[str, Value]) -> Value:
        """Write a call of a method of a builtin class."""
        if isinstance(owner.kind, Tuple):
            return self.method_of_named_tuple(name, owner, arguments, named)
        if isinstance(owner.kind, Static):
            if name in ("keys", "values", "items") and not arguments:
                return self.items_of_constant(owner.kind.object, name)
            owner = self.constant_dict(owner.kind.object)
        return self.method_of_dict(name, owner, arguments, named)

    def special_method(self, owner: Value, name: str) -> Value:
        """Return a method that Python calls by itself, with its object."""
        found = self.class_attribute(self.class_of(owner.kind), name)
        if found is MISSING:
            raise Refused(f"{described(owner.kind)} without {name!r}")
        return self.bound_to(found, owner, name)

    def call(self, function: Any, arguments: Sequence[Value], named: dict[str, Value]) -> Value:
        """Write a call of a function, a class or an object that is known."""
        if function is super and not arguments:
            return self.super_of_frame()
        if function is isinstance and len(arguments) == 2:
            return self.instance_question(*arguments)
        if function is type and len(arguments) == 1:
            return static(self.class_of(arguments[0].kind))
        if function is defaultdict and len(arguments) == 1 and not named:
            return self.new_dict(("dict", self.frame.path, self.place_key), [], self.constant_of(arguments[0]))
        if function is dict:
            return self.made_dict(arguments, named)
        if function is object.__init__:
            return static(None)
        if any(function is each for each in (getattr, setattr, hasattr)) and type(arguments[1].constant) is str:
            return self.attribute_by_name(function, arguments)
        if function is object.__setattr__ and len(arguments) == 3 and isinstance(arguments[0].kind, Record):
            self.store_attribute(arguments[0], str(arguments[1].constant), arguments[2])
            return static(None)
        if function is dataclasses.replace and len(arguments) == 1:
            return self.replaced(arguments[0], named)
        if function is SimpleNamespace and not arguments:
            return self.made_namespace(named)
        if is_users_class(function):
            return self.made_object(function, arguments, named)
        if is_instance_of_users(function) and not isinstance(function, type):
            method = self.special_method(static(function), "__call__")
            return self.call_value(method, arguments, named)
        return super().call(function, arguments, named)

    # -- new objects ---------------------------------------------------------------------------------------------------

    def made_object(self, cls: Any, arguments: Sequence[Value], named: dict[str, Value]) -> Value:
        """Write a new object of a class."""
        key = ("object", self.frame.path, self.place_key)
        if type(cls) is EnumMeta:
            wanted = arguments[0].constant if len(arguments) == 1 and arguments[0].is_constant else None
            self.reads.note_enumeration(cls)
            if type(wanted) not in (int, float, bool, str) or wanted not in cls._value2member_map_:
                raise Refused("a member of an enumeration by its value")
            return static(cls._value2member_map_[wanted])
        if type(cls) not in (type, ABCMeta) and type(cls).__call__ is not type.__call__:
            raise Refused(f"an object of a class with a metaclass, {cls.__name__!r}")
        if issubclass(cls, tuple) and hasattr(cls, "_fields"):
            return self.made_named_tuple(cls, arguments, named)
        if any(
            base.__module__ in BASES
            and base is not object
            and hasattr(base, "__basicsize__")
            and base.__basicsize__ != object.__basicsize__
            and base.__module__ == "builtins"
            for base in cls.__mro__
        ):
            raise Refused(f"an object of {cls.__name__!r}, which is derived from a builtin class")
        if any(not is_users(base.__module__) and base.__module__ not in BASES for base in cls.__mro__):
            raise Refused(f"an object of {cls.__name__!r}, which is derived from a class of a library")
        self.check_class(cls)
        for name in ("__new__", "__del__"):
            if self.class_attribute(cls, name) not in (MISSING, object.__new__):
                raise Refused(f"a class with {name!r}")
        if getattr(cls, "__abstractmethods__", None):
            raise Refused(f"an object of the abstract class {cls.__name__!r}")
        init = self.class_attribute(cls, "__init__")

        def initialise(made: Value) -> None:
            if is_generated(init) and dataclasses.is_dataclass(cls):
                self.reads.note_function(init)
                self.set_fields_of_dataclass(cls, init, made, arguments, named)
                return
            if init is object.__init__ and (arguments or named):
                raise Refused("a call that does not fit the class")
            self.place_key = key
            self.call(init, [made, *arguments], named)

        return self.making(self.memory.site(key, cls), initialise)

    def made_namespace(self, named: dict[str, Value]) -> Value:
        """Write a new object that holds attributes alone."""

        def initialise(made: Value) -> None:
            for name, value in named.items():
                self.set_field(made, name, value)

        key = ("object", self.frame.path, self.place_key)
        return self.making(self.memory.site(key, SimpleNamespace), initialise)

    def set_fields_of_dataclass(
        self, cls: Any, init: FunctionType, made: Value, arguments: Sequence[Value], named: dict[str, Value]
    ) -> None:
        """Write what the `__init__` of a dataclass does."""
        fields = list(cls.__dataclass_fields__.values())
        if any(
            typing.get_origin(each.type) is dataclasses.InitVar
            or isinstance(each.type, dataclasses.InitVar)
            or "InitVar" in str(each.type)
            for each in fields
        ):
            raise Refused("a dataclass with an `InitVar`")
        own = {each.name: each for each in dataclasses.fields(cls)}
        positional = [name for name, each in own.items() if each.init and not each.kw_only]
        given = dict(zip(positional, arguments, strict=False)) | named
        defaults = [*(init.__defaults__ or ()), *(init.__kwdefaults__ or {}).values()]
        of_fields = [each.default for each in own.values() if each.init and each.default is not dataclasses.MISSING]
        if any(all(each is not default for default in defaults) for each in of_fields):
            raise Refused("a dataclass whose `__init__` has other defaults")
        if (
            len(arguments) > len(positional)
            or set(named) & set(positional[: len(arguments)])
            or not set(named) <= {name for name, each in own.items() if each.init}
        ):
            raise Refused("a call that does not fit the class")
        for name, each in own.items():
            if name in given:
                value = given[name]
            elif each.default is not dataclasses.MISSING:
                value = self.of(each.default)
                if not each.init:
                    continue
            elif each.default_factory is not dataclasses.MISSING:
                self.place_key = ("default", name, self.place_key)
                value = self.call(each.default_factory, [], {})
            elif each.init:
                raise Refused("a call without an argument")
            else:
                continue
            self.set_field(made, name, value)
        after = self.class_attribute(cls, "__post_init__")
        if after is not MISSING:
            self.call_value(self.bound_to(after, made, "__post_init__"), [], {})

    def replaced(self, value: Value, changes: dict[str, Value]) -> Value:
        """Write `dataclasses.replace`."""
        cls = self.class_of(value.kind)
        if not dataclasses.is_dataclass(cls):
            raise Refused("`replace` of what is no dataclass")
        key = self.place_key
        kept = {
            each.name: self.attribute(value, each.name)
            for each in dataclasses.fields(cls)
            if each.init and each.name not in changes
        }
        self.place_key = key
        return self.call(cls, [], kept | changes)

    # -- named tuples --------------------------------------------------------------------------------------------------

    def made_named_tuple(self, cls: Any, arguments: Sequence[Value], named: dict[str, Value]) -> Value:
        """Write a new named tuple."""
        new = self.class_attribute(cls, "__new__")
        new = getattr(new, "__func__", new)
        if not is_generated(new):
            raise Refused("a named tuple with a `__new__` of its own")
        self.reads.note_function(new)
        names: tuple[str, ...] = cls._fields
        given = dict(zip(names, arguments, strict=False))
        if len(arguments) > len(names) or set(named) - set(names) or set(named) & set(given):
            raise Refused("a call that does not fit the class")
        given = dict(zip(reversed(names), map(self.of, reversed(new.__defaults__ or ())), strict=False)) | given | named
        if len(given) != len(names):
            raise Refused("a call without an argument")
        return self.tuple_of([given[name] for name in names], cls)

    def method_of_named_tuple(
        self, name: str, owner: Value, arguments: Sequence[Value], named: dict[str, Value]
    ) -> Value:
        """Write a call of what all named tuples have."""
        assert isinstance(owner.kind, Tuple)
        if name == "_replace" and not arguments:
            names: Any = getattr(owner.kind.cls, "_fields")  # noqa: B009 - mypy knows of no such attribute
            if not set(named) <= set(names):
                raise Refused("a field that a named tuple does not have")
            items = [named.get(each, item) for each, item in zip(names, self.items_of(owner), strict=True)]
            return self.tuple_of(items, owner.kind.cls)
        raise Refused(f"a call of {name!r}")

    # -- questions -----------------------------------------------------------------------------------------------------

    def super_of_frame(self) -> Value:
        """Write `super()`."""
        function = self.frame.function
        if function is None or "__class__" not in function.__code__.co_freevars:
            raise Refused("`super()` outside of a method")
        cls = self.from_outside(function, "__class__").constant
        owner = self.variable(self.env, function.__code__.co_varnames[0])
        return Value(Method(None, owner.kind, cls), owner.parts, owner.constant)

    def instance_question(self, value: Value, classes: Value) -> Value:
        """Write `isinstance`."""
        wanted = self.constant_of(classes)

        def holds(kind: Kind) -> bool:
            if isinstance(kind, List):
                raise Refused("whether a list or tuple is an instance of a class")
            asked = wanted if isinstance(wanted, tuple) else (wanted,)
            cls = self.class_of(kind)
            if isinstance(kind, Static) and isinstance(kind.object, type):
                cls = type(kind.object)
            self.reads.note_class(cls)
            if not all(isinstance(each, type) for each in asked):
                raise Refused("`isinstance` of what is no class")
            if any(type(each) not in (type, EnumMeta) and each not in cls.__mro__ for each in asked):
                raise Refused("`isinstance` of a class with a metaclass")
            return issubclass(cls, asked)

        if isinstance(value.kind, OneOf):
            return truth_where(self, value, holds)
        return self.of(holds(value.kind))

    def constant_of(self, value: Value) -> Any:
        """Return what a value is known to be."""
        if isinstance(value.kind, Tuple):
            return tuple(self.constant_of(each) for each in self.items_of(value))
        if not value.is_constant:
            raise Refused(f"{described(value.kind)} where a constant is expected")
        return value.constant

    def attribute_by_name(self, function: Callable[..., Any], arguments: Sequence[Value]) -> Value:
        """Write `getattr`, `setattr` or `hasattr`."""
        owner, name = arguments[0], str(arguments[1].constant)
        if function is setattr:
            self.set_attribute(owner, name, arguments[2])
            return static(None)
        if function is getattr and len(arguments) == 2:
            return self.attribute(owner, name)
        if isinstance(owner.kind, Record):
            found = self.class_attribute(owner.kind.site.cls, name)
            truth = "true" if found is not MISSING and not hasattr(found, "__objclass__") else self.is_set(owner, name)
        elif isinstance(owner.kind, Tuple):
            truth = "true" if hasattr(owner.kind.cls, name) else "false"
        elif isinstance(owner.kind, Static) and is_instance_of_users(owner.kind.object):
            truth = "true" if self.has_attribute(owner.kind.object, name) else "false"
        else:
            raise Refused(f"`hasattr` of {described(owner.kind)}")
        if function is getattr:
            return self.choice(truth, lambda: self.attribute(owner, name), lambda: arguments[2])
        return self.truth_value(truth)

    def has_attribute(self, thing: Any, name: str) -> bool:
        """Return whether an object from outside has an attribute, and note that."""
        self.check_class(type(thing))
        self.reads.note_class(thing)
        if self.class_attribute(type(thing), name) is not MISSING:
            return True
        return self.reads.note_name(thing, name, "the attribute") is not MISSING
