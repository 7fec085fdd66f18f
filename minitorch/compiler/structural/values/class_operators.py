"""Operators, comparisons, truths and elements of objects, by the methods of their classes."""

from __future__ import annotations

import ast
import builtins
import math
from collections.abc import Callable, Sequence
from enum import Enum
from types import FunctionType
from typing import Any, Final

from minitorch.compiler.guards.snapshots import MISSING
from minitorch.compiler.structural.basis.alternatives import alternative, each_kind, has_tag, present
from minitorch.compiler.structural.basis.kinds import (
    UNKNOWN,
    Bool,
    Dict,
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
from minitorch.compiler.structural.values.construction import Construction
from minitorch.compiler.structural.values.iteration import KeyValues
from minitorch.compiler.structural.values.lists import LIST_OBJECT, WORD
from minitorch.compiler.structural.values.objects import is_generated, is_instance_of_users, object_word

__all__ = ["ClassOperators"]

METHODS: Final[dict[type[ast.operator], str]] = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "truediv", ast.FloorDiv: "floordiv", ast.Mod: "mod",
    ast.Pow: "pow", ast.MatMult: "matmul", ast.BitAnd: "and", ast.BitOr: "or", ast.BitXor: "xor",
    ast.LShift: "lshift", ast.RShift: "rshift",
}  # fmt: skip

COMPARING: Final[dict[type[ast.cmpop], tuple[str, str]]] = {
    ast.Lt: ("__lt__", "__gt__"), ast.LtE: ("__le__", "__ge__"), ast.Gt: ("__gt__", "__lt__"),
    ast.GtE: ("__ge__", "__le__"), ast.Eq: ("__eq__", "__eq__"), ast.NotEq: ("__ne__", "__ne__"),
}  # fmt: skip

UNARY: Final[dict[type[ast.unaryop], str]] = {ast.USub: "__neg__", ast.UAdd: "__pos__", ast.Invert: "__invert__"}

CONVERSIONS: Final[dict[Any, str]] = {
    builtins.abs: "__abs__", builtins.len: "__len__", builtins.float: "__float__", builtins.int: "__int__",
    builtins.bool: "__bool__", builtins.round: "__round__", math.floor: "__floor__", math.ceil: "__ceil__",
}  # fmt: skip
"""Methods that builtins call."""


class ClassOperators(Construction):
    """The part of a walk that knows what operators of objects do."""

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
        if found is MISSING or not isinstance(found, FunctionType):
            return None
        key = self.place_key
        result = self.call_value(self.bound_to(found, owner, name), arguments, {})
        self.place_key = key
        if isinstance(result.kind, OneOf) and Static(NotImplemented) in result.kind.kinds:
            raise Refused("a method that knows some of its arguments, which depends on their values")
        return None if result.kind == Static(NotImplemented) else result

    # -- operators -----------------------------------------------------------------------------------------------------

    def binary(self, operator: type[ast.operator], x: Value, y: Value) -> Value:
        """Write an operator of two operands."""
        if isinstance(x.kind, OneOf):
            return each_kind(self, x, lambda each: self.binary(operator, each, y))
        if isinstance(y.kind, OneOf):
            return each_kind(self, y, lambda each: self.binary(operator, x, each))
        x, y = self.as_number(x), self.as_number(y)
        if self.has_methods(x) or self.has_methods(y):
            name = METHODS[operator]
            calls = [(x, f"__{name}__", y), (y, f"__r{name}__", x)]
            types = [self.class_of(each.kind) if self.has_methods(each) else None for each in (x, y)]
            if None not in types and types[0] is not types[1] and issubclass(types[1], types[0]):  # type: ignore[arg-type]
                calls.reverse()
            for owner, method, other in calls:
                result = self.called(owner, method, [other])
                if result is not None:
                    return result
        return super().binary(operator, x, y)

    def in_place(self, operator: type[ast.operator], x: Value, y: Value) -> Value:
        """Write an operator that may change its left operand, such as `+=`."""
        x = present(self, x)
        if isinstance(x.kind, List):
            return self.changed_by_operator(operator, x, y)
        if self.has_methods(x) and not isinstance(x.kind, Tuple):
            result = self.called(x, f"__i{METHODS[operator]}__", [y])
            if result is not None:
                return result
        return self.binary(operator, x, y)

    def set_item(self, owner: Value, index: Value, value: Value) -> None:
        """Write the setting of an element."""
        owner = present(self, owner)
        if isinstance(owner.kind, Dict):
            self.set_key(owner, index, value)
        elif isinstance(owner.kind, List):
            self.memory.note_change(owner.kind.site)
            self.put(owner, self.index_of(owner, present(self, index)), value)
        elif self.called(owner, "__setitem__", [index, value]) is None:
            raise Refused(f"a change of {described(owner.kind)}")

    def as_number(self, value: Value) -> Value:
        """Return a member of an enumeration of ints as an int."""
        thing = value.constant
        return self.of(int(thing)) if isinstance(thing, Enum) and isinstance(thing, int) else value

    def unary(self, operator: ast.unaryop, x: Value) -> Value:
        """Write an operator of one operand."""
        if isinstance(operator, ast.Not):
            if isinstance(x.kind, OneOf) or self.has_methods(x):
                return self.truth_value(self.opposite(self.truth_of(x)))
            return super().unary(operator, x)
        if isinstance(x.kind, OneOf):
            return each_kind(self, x, lambda each: self.unary(operator, each))
        result = self.called(x, UNARY[type(operator)], [])
        return super().unary(operator, self.as_number(x)) if result is None else result

    # -- comparisons ---------------------------------------------------------------------------------------------------

    def compared(self, operator: ast.cmpop, x: Value, y: Value) -> Value:
        """Write one comparison."""
        if isinstance(operator, (ast.Is, ast.IsNot)):
            truth = self.identical(x, y)
            return self.truth_value(truth if isinstance(operator, ast.Is) else self.opposite(truth))
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
        for owner, method, other in ((x, name, y), (y, reflected, x)):
            if not self.has_methods(owner):
                continue
            found = self.class_attribute(self.class_of(owner.kind), method)
            if is_generated(found):
                return self.compared_fields(operator, x, y)
            result = self.called(owner, method, [other])
            if result is not None:
                return result
            if method == "__ne__":
                result = self.called(owner, "__eq__", [other])
                if result is not None:
                    return self.unary(ast.Not(), result)
                if is_generated(self.class_attribute(self.class_of(owner.kind), "__eq__")):
                    return self.compared_fields(operator, x, y)
        if (
            isinstance(operator, (ast.Eq, ast.NotEq))
            and not isinstance(x.kind, Tuple)
            and not isinstance(y.kind, Tuple)
        ):
            truth = self.identical(x, y)
            return self.truth_value(truth if isinstance(operator, ast.Eq) else self.opposite(truth))
        return super().compared(operator, x, y)

    def compared_fields(self, operator: ast.cmpop, x: Value, y: Value) -> Value:
        """Write `==` or `!=` of objects of dataclasses: their fields are compared."""
        if not isinstance(operator, (ast.Eq, ast.NotEq)):
            raise Refused("an order of dataclasses")
        classes = [self.class_of(each.kind) if self.has_methods(each) else None for each in (x, y)]
        if classes[0] is not classes[1]:
            return self.truth_value("false" if isinstance(operator, ast.Eq) else "true")
        result = "true"
        cls: Any = classes[0]
        for field in cls.__dataclass_fields__.values():
            if field.compare:
                ours, theirs = self.attribute(x, field.name), self.attribute(y, field.name)
                if any(isinstance(each.kind, Float) for each in (ours, theirs)):
                    raise Refused("a comparison of objects with floats")
                result = self.writer.both(result, self.truth_of(self.compared(ast.Eq(), ours, theirs)))
        return self.truth_value(result if isinstance(operator, ast.Eq) else self.opposite(result))

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

    def truth_of(self, value: Value) -> str:
        """Write whether a value is true."""
        kind = value.kind
        if isinstance(kind, OneOf):
            simple = [index for index, each in enumerate(kind.kinds) if isinstance(each, (Static, Record))]
            if len(simple) == len(kind.kinds) and not any(self.asks_for_truth(each) for each in kind.kinds):
                true = [i for i, each in enumerate(kind.kinds) if isinstance(each, Record) or each.object]  # type: ignore[union-attr]
                return has_tag(self, value, true)
            return each_kind(self, value, lambda each: self.truth_value(self.truth_of(each)), with_none=True).parts[0]
        if isinstance(kind, Dict):
            return super().truth_of(self.dict_length(value))
        if self.has_methods(value) and not isinstance(kind, Tuple):
            for name in ("__bool__", "__len__"):
                result = self.called(value, name, [])
                if result is not None:
                    return self.truth_of(result)
            return "true"
        return super().truth_of(value)

    def asks_for_truth(self, kind: Any) -> bool:
        """Return whether a method tells the truth of an object."""
        if not self.has_methods(Value(kind)):
            return False
        cls = self.class_of(kind)
        return any(self.class_attribute(cls, name) is not MISSING for name in ("__bool__", "__len__"))

    # -- elements ------------------------------------------------------------------------------------------------------

    def subscript(self, value: Value, index: Value) -> Value:
        """Write the reading of an element."""
        if isinstance(value.kind, OneOf):
            return each_kind(self, value, lambda each: self.subscript(each, index))
        if isinstance(value.kind, Static) and type(value.kind.object) is dict:
            known = self.known_key(index)
            if known is not UNKNOWN and known in value.kind.object:
                self.reads.note_container(value.kind.object)
                return self.of(value.kind.object[known])
            value = self.constant_dict(value.kind.object)
        if isinstance(value.kind, Dict):
            return self.get_key(value, index)
        if not isinstance(value.kind, Tuple):
            result = self.called(value, "__getitem__", [index])
            if result is not None:
                return result
        return super().subscript(value, present(self, index))

    def length_value(self, value: Value) -> Value:
        """Write `len`."""
        if isinstance(value.kind, OneOf):
            return each_kind(self, value, self.length_value)
        if isinstance(value.kind, Dict):
            return self.dict_length(value)
        if isinstance(value.constant, KeyValues):
            return self.dict_length(value.constant.owner)
        if isinstance(value.kind, Static) and type(value.kind.object) is dict:
            self.reads.note_container(value.kind.object)
            return self.of(len(value.kind.object))
        result = None if isinstance(value.kind, Tuple) else self.called(value, "__len__", [])
        return super().length_value(value) if result is None else result

    def call_builtin(self, function: Any, arguments: Sequence[Value]) -> Value | None:
        """Write a call of a builtin; `None` if this is none that is known."""
        arguments = [present(self, each) for each in arguments]
        for index, value in enumerate(arguments):
            if isinstance(value.kind, OneOf):
                return self.builtin_of_each(function, arguments, index)
        if function in CONVERSIONS and arguments and not isinstance(arguments[0].kind, Tuple):
            result = self.called(arguments[0], CONVERSIONS[function], arguments[1:])
            if result is not None:
                return result
        return super().call_builtin(function, arguments)

    def builtin_of_each(self, function: Any, arguments: Sequence[Value], index: int) -> Value:
        """Write a call of a builtin for each kind of one of its arguments."""

        def call(each: Value) -> Value:
            result = self.call_builtin(function, [*arguments[:index], each, *arguments[index + 1 :]])
            if result is None:
                raise Refused(f"a call of {getattr(function, '__name__', function)!r}")
            return result

        return each_kind(self, arguments[index], call)
