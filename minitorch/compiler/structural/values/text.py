"""Texts that are known: their methods, f-strings and conversions are evaluated while code is written."""

from __future__ import annotations

import ast
import builtins
import operator
from collections.abc import Sequence
from typing import Any, Final

from minitorch.compiler.structural.basis.kinds import UNKNOWN, List, Static, Tuple, Value
from minitorch.compiler.structural.basis.refusals import Refused
from minitorch.compiler.structural.values.comparisons import is_immutable, is_immutable_constant
from minitorch.compiler.structural.values.slices import Slices

__all__ = ["Text"]

OPERATORS: Final[dict[type[ast.operator], Any]] = {
    ast.Add: operator.add, ast.Mult: operator.mul, ast.Mod: operator.mod,
}  # fmt: skip

CONVERSIONS: Final = frozenset({
    builtins.str, builtins.repr, builtins.int, builtins.float, builtins.ord, builtins.chr, builtins.bool,
    builtins.ascii, builtins.len, builtins.format,
})  # fmt: skip
"""Builtins whose result depends on their arguments alone, if these never change."""


FORMS: Final[dict[str, Any]] = {"s": str, "r": repr, "a": ascii}
"""What a field of an f-string turns into a text by."""


class Text(Slices):
    """The part of a walk that knows texts."""

    def has_known_methods(self, owner: Value) -> bool:
        """Return whether a value is a list or a text, whose methods are known."""
        return isinstance(owner.kind, List) or is_text(owner)

    def method(self, owner: Value, name: str, arguments: Sequence[Value], named: dict[str, Value]) -> Value:
        """Write a call of a method of a list or a text."""
        if not is_text(owner):
            return self.list_method(owner, name, arguments, named)
        found = getattr(type(owner.constant), name, None)
        if found is None:
            raise Refused(f"the method {name!r} of a text")
        return self.evaluated(found, [owner, *arguments], named)

    def evaluated(self, function: Any, arguments: Sequence[Value], named: dict[str, Value]) -> Value:
        """Return what a function of constants gives.

        Raises:
            Refused: something is not constant, or the function raises an exception.
        """
        name = getattr(function, "__name__", function)
        given = [self.known_object(each) for each in arguments]
        by_name = {key: self.known_object(each) for key, each in named.items()}
        if UNKNOWN in given or UNKNOWN in by_name.values():
            raise Refused(f"{name} of a text, and what is not known before the call")
        try:
            result = function(*given, **by_name)
        except Exception as error:
            raise Refused(f"{name} of a text, which raises {type(error).__name__}") from error
        if type(result) is list:
            return self.list_of(
                self.memory.site(("texts", self.frame.path, self.place_key)), list(map(self.of, result))
            )
        if type(result) is tuple:
            return self.tuple_of(list(map(self.of, result)))
        if not is_immutable(result):
            raise Refused(f"{name} of a text")
        return self.of(result)

    def known_object(self, value: Value) -> Any:
        """Return what a value is, if it is known and never changes; otherwise UNKNOWN."""
        if isinstance(value.kind, Tuple):
            items = [self.known_object(each) for each in self.items_of(value)]
            return UNKNOWN if UNKNOWN in items else tuple(items)
        return value.constant if is_immutable_constant(value) else UNKNOWN

    def call(self, function: Any, arguments: Sequence[Value], named: dict[str, Value]) -> Value:
        """Write a call of a function that is known."""
        of_texts = any(map(is_text, arguments)) or function in (str, repr, chr)
        if of_texts and isinstance(function, (type, type(len))) and function in CONVERSIONS:
            return self.evaluated(function, arguments, named)
        return super().call(function, arguments, named)

    def binary(self, operator: type[ast.operator], x: Value, y: Value) -> Value:
        """Write an operator of two operands."""
        if (is_text(x) or is_text(y)) and operator in OPERATORS:
            return self.evaluated(OPERATORS[operator], [x, y], {})
        return super().binary(operator, x, y)

    def subscript(self, value: Value, index: Value) -> Value:
        """Write the reading of an element."""
        return (
            self.evaluated(operator.getitem, [value, index], {}) if is_text(value) else super().subscript(value, index)
        )

    def expression_JoinedStr(self, node: ast.JoinedStr) -> Value:
        """Write `JoinedStr`."""
        return self.of("".join(str(self.expression(each).constant) for each in node.values))

    def expression_FormattedValue(self, node: ast.FormattedValue) -> Value:
        """Write `FormattedValue`."""
        value = self.expression(node.value)
        specification = self.of("") if node.format_spec is None else self.expression(node.format_spec)
        if not is_immutable_constant(value):
            raise Refused("a text that depends on numbers", node)
        if node.conversion != -1:
            value = self.evaluated(FORMS[chr(node.conversion)], [value], {})
        return self.evaluated(format, [value, specification], {})


def is_text(value: Value) -> bool:
    """Return whether a value is a text that is known, or bytes."""
    return isinstance(value.kind, Static) and type(value.constant) in (str, bytes)
