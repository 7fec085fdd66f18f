"""Operators, truths and elements of objects, by the methods of their classes."""

from __future__ import annotations

import ast
import builtins
import math
from collections.abc import Sequence
from typing import Any, Final

from minitorch.compiler.guards.snapshots import MISSING
from minitorch.compiler.structural.basis.alternatives import each_kind, has_tag, present
from minitorch.compiler.structural.basis.kinds import (
    UNKNOWN,
    Dict,
    List,
    OneOf,
    Record,
    Static,
    Tuple,
    Value,
    described,
)
from minitorch.compiler.structural.basis.refusals import Refused
from minitorch.compiler.structural.values.class_comparisons import ClassComparisons
from minitorch.compiler.structural.values.iteration import KeyValues
from minitorch.compiler.structural.values.objects import has_own_metaclass
from minitorch.compiler.structural.values.text import is_text

__all__ = ["ClassOperators"]

METHODS: Final[dict[type[ast.operator], str]] = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "truediv", ast.FloorDiv: "floordiv", ast.Mod: "mod",
    ast.Pow: "pow", ast.MatMult: "matmul", ast.BitAnd: "and", ast.BitOr: "or", ast.BitXor: "xor",
    ast.LShift: "lshift", ast.RShift: "rshift",
}  # fmt: skip

UNARY: Final[dict[type[ast.unaryop], str]] = {ast.USub: "__neg__", ast.UAdd: "__pos__", ast.Invert: "__invert__"}

CONVERSIONS: Final[dict[Any, str]] = {
    builtins.abs: "__abs__", builtins.len: "__len__", builtins.float: "__float__", builtins.int: "__int__",
    builtins.bool: "__bool__", builtins.round: "__round__", math.floor: "__floor__", math.ceil: "__ceil__",
}  # fmt: skip
"""Methods that builtins call."""


class ClassOperators(ClassComparisons):
    """The part of a walk that knows what operators of objects do."""

    # -- operators -----------------------------------------------------------------------------------------------------

    def binary(self, operator: type[ast.operator], x: Value, y: Value) -> Value:
        """Write an operator of two operands."""
        if is_text(x) or is_text(y):
            return super().binary(operator, x, y)
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
        if isinstance(kind, Static) and has_own_metaclass(kind.object):
            raise Refused("the truth of a class with a metaclass")
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
            return isinstance(kind, Static) and has_own_metaclass(kind.object)
        cls = self.class_of(kind)
        return any(self.class_attribute(cls, name) is not MISSING for name in ("__bool__", "__len__"))

    # -- elements ------------------------------------------------------------------------------------------------------

    def subscript(self, value: Value, index: Value) -> Value:
        """Write the reading of an element."""
        if is_text(value):
            return super().subscript(value, index)
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
        if is_text(value):
            return self.evaluated(len, [value], {})
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
