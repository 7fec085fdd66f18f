"""Texts that are known, or one of a few: methods, f-strings and conversions are evaluated while code is written."""

from __future__ import annotations

import ast
import builtins
import functools
import operator
from collections.abc import Sequence
from typing import Any, Final

from minitorch.compiler.structural.basis.kinds import UNKNOWN, Entry, List, OneOf, Static, Tuple, Value, static
from minitorch.compiler.structural.basis.refusals import Refused
from minitorch.compiler.structural.values.choices import constants_of, of_choices
from minitorch.compiler.structural.values.comparisons import is_immutable, is_immutable_constant
from minitorch.compiler.structural.values.slices import Slices

__all__ = ["Text", "is_text"]

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

    @functools.cached_property
    def tables(self) -> dict[tuple[str, str], str]:
        """The symbols of tables of constants, by what these are."""
        return {}

    def has_known_methods(self, owner: Value) -> bool:
        """Return whether a value is a list or a text, whose methods are known."""
        return isinstance(owner.kind, List) or is_text(owner)

    def method(self, owner: Value, name: str, arguments: Sequence[Value], named: dict[str, Value]) -> Value:
        """Write a call of a method of a list or a text."""
        if not is_text(owner):
            return self.list_method(owner, name, arguments, named)
        if not hasattr(str, name) and not hasattr(bytes, name):
            raise Refused(f"the method {name!r} of a text")
        return self.evaluated(method_of_texts(name), [owner, *arguments], named)

    def evaluated(self, function: Any, arguments: Sequence[Value], named: dict[str, Value]) -> Value:
        """Return what a function of constants gives.

        Raises:
            Refused: something is not constant, or the function raises an exception.
        """
        name = getattr(function, "__name__", function)
        values = [*arguments, *named.values()]
        given = [self.known_object(each) for each in values]
        choices = [constants_of(each) for each in values]
        if any(x is UNKNOWN and choice is None for x, choice in zip(given, choices, strict=True)):
            raise Refused(f"{name} of a text, and what is not known before the call")

        def called(*operands: Any) -> Any:
            return function(*operands[: len(arguments)], **dict(zip(named, operands[len(arguments) :], strict=True)))

        if any(choice is not None for choice in choices):
            return of_choices(self, name, called, values)
        try:
            result = called(*given)
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

    def sliced(self, value: Value, bounds: ast.Slice, node: ast.expr) -> Value:
        """Write the reading of a slice."""
        if not is_text(value):
            return super().sliced(value, bounds, node)
        given = [static(None) if each is None else each for each in self.bounds_of(bounds)]
        return self.evaluated(cut, [value, *given], {})

    def expression_JoinedStr(self, node: ast.JoinedStr) -> Value:
        """Write `JoinedStr`."""
        return self.evaluated(concatenated, [self.expression(each) for each in node.values], {})

    def expression_FormattedValue(self, node: ast.FormattedValue) -> Value:
        """Write `FormattedValue`."""
        value = self.expression(node.value)
        specification = self.of("") if node.format_spec is None else self.expression(node.format_spec)
        if not is_immutable_constant(value) and constants_of(value) is None:
            raise Refused("a text that depends on numbers", node)
        if node.conversion != -1:
            value = self.evaluated(FORMS[chr(node.conversion)], [value], {})
        return self.evaluated(format, [value, specification], {})


def is_text(value: Value) -> bool:
    """Return whether a value is a text that is known, or bytes, or one of several constants with such among them."""
    if isinstance(value.kind, (Entry, OneOf)):
        return any(type(each) in (str, bytes) for each in constants_of(value) or ())
    return isinstance(value.kind, Static) and type(value.constant) in (str, bytes)


def concatenated(*parts: str) -> str:
    """Return texts as one."""
    return "".join(parts)


def cut(text: str, start: int | None, stop: int | None, step: int | None) -> str:
    """Return a slice of a text."""
    return text[start:stop:step]


@functools.cache
def method_of_texts(name: str) -> Any:
    """Return a method as a function of a text and what it is given."""

    def method(text: Any, *given: Any, **named: Any) -> Any:
        return getattr(type(text), name)(text, *given, **named)

    method.__name__ = name
    return method
