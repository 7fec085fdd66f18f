"""Comparisons of objects: by the methods of their classes, as tuples of their fields, or whether they are one."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from enum import Enum
from types import FunctionType, MethodDescriptorType, WrapperDescriptorType
from typing import Any, Final

from minitorch.compiler.guards.snapshots import MISSING
from minitorch.compiler.structural.basis.alternatives import alternative, each_kind, has_tag, present
from minitorch.compiler.structural.basis.kinds import (
    UNKNOWN,
    Bool,
    Dict,
    Entry,
    Float,
    Int,
    List,
    OneOf,
    Record,
    Shared,
    Static,
    Tuple,
    Value,
    described,
)
from minitorch.compiler.structural.basis.refusals import Refused
from minitorch.compiler.structural.values.choices import constants_of
from minitorch.compiler.structural.values.comparisons import COMPARING as COMPARING_FUNCTIONS
from minitorch.compiler.structural.values.construction import Construction
from minitorch.compiler.structural.values.iteration import KeyValues
from minitorch.compiler.structural.values.lists import LIST_OBJECT, WORD
from minitorch.compiler.structural.values.objects import (
    has_own_metaclass,
    is_generated,
    is_instance_of_users,
    object_word,
)
from minitorch.compiler.structural.values.text import is_text

__all__ = ["ClassComparisons"]

COMPARING: Final[dict[type[ast.cmpop], tuple[str, str]]] = {
    ast.Lt: ("__lt__", "__gt__"), ast.LtE: ("__le__", "__ge__"), ast.Gt: ("__gt__", "__lt__"),
    ast.GtE: ("__ge__", "__le__"), ast.Eq: ("__eq__", "__eq__"), ast.NotEq: ("__ne__", "__ne__"),
}  # fmt: skip

COMPARING_CONSTANTS: Final[dict[type[ast.cmpop], Callable[[Any, Any], Any]]] = {
    **COMPARING_FUNCTIONS, ast.In: lambda x, y: x in y, ast.NotIn: lambda x, y: x not in y,
}  # fmt: skip


class ClassComparisons(Construction):
    """The part of a walk that compares objects."""

    def has_methods(self, value: Value) -> bool:
        """Return whether the class of a value is the user's."""
        kind = value.kind
        if isinstance(kind, Static):
            return is_instance_of_users(kind.object) and not isinstance(kind.object, (type, Enum))
        return isinstance(kind, Record) or (isinstance(kind, Tuple) and kind.cls is not tuple)

    def called(self, owner: Value, name: str, arguments: Sequence[Value]) -> Value | None:
        """Write a call of a method; `None` if there is none, or it does not know these arguments."""
        if not self.has_methods(owner):
            return None
        found = self.class_attribute(self.class_of(owner.kind), name)
        if found is MISSING or isinstance(found, (WrapperDescriptorType, MethodDescriptorType)):
            return None
        if not isinstance(found, FunctionType):
            raise Refused(f"a method {name!r} that is no function")
        key = self.place_key
        result = self.call_value(self.bound_to(found, owner, name), arguments, {})
        self.place_key = key
        if isinstance(result.kind, OneOf) and Static(NotImplemented) in result.kind.kinds:
            raise Refused("a method that knows some of its arguments, which depends on their values")
        return None if result.kind == Static(NotImplemented) else result

    def as_number(self, value: Value) -> Value:
        """Return a member of an enumeration of ints as an int."""
        thing = value.constant
        return self.of(int(thing)) if isinstance(thing, Enum) and isinstance(thing, int) else value

    def compared(self, operator: ast.cmpop, x: Value, y: Value) -> Value:
        """Write one comparison."""
        if isinstance(operator, (ast.Is, ast.IsNot)):
            truth = self.identical(x, y)
            return self.truth_value(truth if isinstance(operator, ast.Is) else self.opposite(truth))
        if is_text(x) or is_text(y):
            found = self.compared_texts(operator, x, y)
            if found is not None:
                return found
        if isinstance(operator, (ast.In, ast.NotIn)):
            found = self.contains(present(self, y), x)
            if found is None:
                return super().compared(operator, x, y)
            return found if isinstance(operator, ast.In) else self.unary(ast.Not(), found)
        if isinstance(x.kind, OneOf) and not (isinstance(y.kind, OneOf) and x.kind != y.kind):
            return self.compared_kinds(operator, x, lambda each: self.compared(operator, each, y), y)
        if isinstance(y.kind, OneOf):
            return self.compared_kinds(operator, y, lambda each: self.compared(operator, x, each), x)
        x, y = self.as_number(x), self.as_number(y)
        if self.has_methods(x) or self.has_methods(y):
            return self.compared_objects(operator, x, y)
        if isinstance(operator, (ast.Eq, ast.NotEq)) and any(isinstance(each.kind, Static) for each in (x, y)):
            return self.truth_value(self.equal_constants(operator, x, y))
        return super().compared(operator, x, y)

    def compared_texts(self, operator: ast.cmpop, x: Value, y: Value) -> Value | None:
        """Write a comparison of what is one of several constants with such, or with one; `None` if it is none such."""
        function = COMPARING_CONSTANTS.get(type(operator))
        if function is None or not any(isinstance(each.kind, (Entry, OneOf)) for each in (x, y)):
            return None
        if any(constants_of(each) is None and self.known_object(each) is UNKNOWN for each in (x, y)):
            return None
        return self.evaluated(function, [x, y], {})

    def contains(self, container: Value, item: Value) -> Value | None:
        """Write whether something is in a container; `None` for one that is not known here."""
        kind = container.kind
        if isinstance(kind, Static) and type(kind.object) is dict:
            return self.contains(self.constant_dict(kind.object), item)
        if isinstance(container.constant, KeyValues) and container.constant.part == "keys":
            return self.contains(container.constant.owner, item)
        if isinstance(kind, Dict):
            return self.truth_value(self.has_key(container, item))
        result = None if isinstance(kind, Tuple) else self.called(container, "__contains__", [item])
        if result is not None:
            return self.truth_value(self.truth_of(result))
        if isinstance(kind, Static) and type(kind.object) in (list, tuple, set, frozenset):
            self.reads.note_container(kind.object)
            items = [self.of(each) for each in kind.object]
        elif isinstance(kind, Tuple):
            items = self.items_of(container)
        else:
            return None
        if any(isinstance(each.kind, Float) for each in (item, *items)):
            return None
        truths = [self.truth_of(self.compared(ast.Eq(), item, each)) for each in items]
        if "true" in truths:
            return self.of(True)
        result = self.of(False)
        for truth in truths:
            if truth != "false":
                result = self.truth_value(
                    truth if result.is_constant else self.writer.pure(f"or i1 {result.parts[0]}, {truth}")
                )
        return result

    def compared_kinds(self, operator: ast.cmpop, one: Value, compare: Callable[[Value], Value], other: Value) -> Value:
        """Write a comparison for each kind of a value; that of one of several constants is one of numbers."""
        assert isinstance(one.kind, OneOf)
        is_equality = isinstance(operator, (ast.Eq, ast.NotEq))
        kinds = one.kind.kinds
        if is_equality and isinstance(other.kind, Static) and all(isinstance(kind, Static) for kind in kinds):
            equal = [
                index
                for index in range(len(kinds))
                if self.equal_constants(ast.Eq(), alternative(one, index), other) == "true"
            ]
            truth = has_tag(self, one, equal)
            return self.truth_value(truth if isinstance(operator, ast.Eq) else self.opposite(truth))
        return each_kind(self, one, compare, with_none=is_equality)

    def equal_constants(self, operator: ast.cmpop, x: Value, y: Value) -> str:
        """Return whether values are equal, of which at least one is a constant and no number."""
        for one, other in ((x, y), (y, x)):
            if isinstance(one.kind, Static):
                thing = one.kind.object
                if not (thing is None or isinstance(thing, (str, type, FunctionType, Enum))):
                    raise Refused(f"a comparison with {thing!r}")
                if has_own_metaclass(thing):
                    raise Refused("a comparison of a class with a metaclass")
                if isinstance(thing, Enum) and type(thing).__eq__ not in (object.__eq__, int.__eq__, str.__eq__):
                    raise Refused("a comparison of members of an enumeration that has a method for it")
                if not isinstance(other.kind, (Static, Float, Int, Bool, Tuple, List)):
                    raise Refused(f"a comparison of {described(x.kind)} with {described(y.kind)}")
        equal = isinstance(x.kind, Static) and isinstance(y.kind, Static) and x.kind == y.kind
        return "true" if equal is isinstance(operator, ast.Eq) else "false"

    def compared_objects(self, operator: ast.cmpop, x: Value, y: Value) -> Value:
        """Write a comparison of objects."""
        if type(operator) not in COMPARING:
            return super().compared(operator, x, y)
        name, reflected = COMPARING[type(operator)]
        calls = [(x, name, y), (y, reflected, x)]
        types = [self.class_of(each.kind) if self.has_methods(each) else None for each in (x, y)]
        if None not in types and types[0] is not types[1] and issubclass(types[1], types[0]):  # type: ignore[arg-type]
            calls.reverse()
        are_tuples = isinstance(x.kind, Tuple) or isinstance(y.kind, Tuple)
        for owner, method, other in calls:
            if not self.has_methods(owner):
                continue
            own = self.class_of(owner.kind)
            found = self.class_attribute(own, method)
            if is_generated(found):
                return self.compared_fields(operator, method, x, y)
            if isinstance(owner.kind, Tuple) and isinstance(other.kind, Tuple) and not isinstance(found, FunctionType):
                break
            result = self.called(owner, method, [other])
            if result is not None:
                return result
            if isinstance(found, FunctionType) and are_tuples:
                raise Refused("a comparison of a named tuple with what its class does not know")
            if method == "__ne__":
                if is_generated(self.class_attribute(own, "__eq__")):
                    return self.compared_fields(operator, "__eq__", x, y)
                result = self.called(owner, "__eq__", [other])
                if result is not None:
                    return self.unary(ast.Not(), result)
        if isinstance(operator, (ast.Eq, ast.NotEq)) and not are_tuples:
            truth = self.identical(x, y)
            return self.truth_value(truth if isinstance(operator, ast.Eq) else self.opposite(truth))
        return super().compared(operator, x, y)

    def compared_fields(self, operator: ast.cmpop, method: str, x: Value, y: Value) -> Value:
        """Write a comparison of objects of dataclasses, which is one of tuples of their fields."""
        classes = [self.class_of(each.kind) if self.has_methods(each) else None for each in (x, y)]
        cls: Any = classes[0]
        if cls is None or cls is not classes[1]:
            if not isinstance(operator, (ast.Eq, ast.NotEq)):
                raise Refused("an order of objects of different classes")
            return self.truth_value("false" if isinstance(operator, ast.Eq) else "true")
        # A class derived from a dataclass may have more fields than the method that it inherits knows.
        assert cls is not None
        bases: tuple[Any, ...] = cls.__mro__
        base = next(each for each in bases if method in vars(each))
        names = [field.name for field in vars(base)["__dataclass_fields__"].values() if field.compare]
        ours, theirs = ([self.attribute(each, name) for name in names] for each in (x, y))
        return self.compared_tuples(operator, ours, theirs)

    def identical(self, x: Value, y: Value) -> str:
        """Write whether two values are one object."""
        for one, other in ((x, y), (y, x)):
            if isinstance(one.kind, OneOf):
                truth = "false"
                for index in range(len(one.kind.kinds)):
                    same = self.identical(alternative(one, index), other)
                    if same != "false":
                        tagged = self.writer.both(has_tag(self, one, [index]), same)
                        truth = tagged if truth == "false" else self.writer.pure(f"or i1 {truth}, {tagged}")
                return truth
        if isinstance(x.kind, Static) and isinstance(y.kind, Static):
            return "true" if x.kind == y.kind else "false"
        if isinstance(x.kind, Bool) and isinstance(y.kind, Bool):
            return self.opposite(self.writer.pure(f"xor i1 {x.parts[0]}, {y.parts[0]}"))
        if isinstance(x.kind, Shared) and isinstance(y.kind, Shared):
            if x.kind != y.kind:
                if x.kind.site.outside and y.kind.site.outside:
                    raise Refused("`is` of objects from outside")
                return "false"
            return self.same_object(x, y)
        for one, other in ((x, y), (y, x)):
            if isinstance(one.kind, Static):
                if isinstance(other.kind, Shared) and other.kind.site.outside:
                    raise Refused("`is` of objects from outside")
                return "false"
        if any(isinstance(each.kind, Shared) for each in (x, y)):
            return "false"
        raise Refused("`is` of numbers")

    def same_object(self, x: Value, y: Value) -> str:
        """Write whether lists, dicts or objects of one place are one: of what is read from outside there are copies."""
        assert isinstance(x.kind, Shared)
        site, ours, theirs = x.kind.site, x.parts[0], y.parts[0]
        if site.outside:
            if not isinstance(x.kind, List):
                self.memory.note_return(site)
            word = LIST_OBJECT // WORD if isinstance(x.kind, List) else object_word(site)
            ours, theirs = (self.writer.load("ptr", self.writer.at(each, str(WORD * word))) for each in (ours, theirs))
        return self.writer.effect(f"icmp eq ptr {ours}, {theirs}")
