"""Texts that only an exception is made with: what numbers look like in them need not be known.

raise ValueError(f"no root below {x:.3f}")      `x` is evaluated, and Python would write it in any case
"""

from __future__ import annotations

import ast
import builtins
import math
from collections.abc import Callable, Sequence
from typing import Any, Final

from minitorch.compiler.structural.basis.kinds import Bool, Float, Int, List, Tuple, Value, described, static
from minitorch.compiler.structural.basis.refusals import Refused
from minitorch.compiler.structural.constructs.out_of_line import OutOfLine
from minitorch.compiler.structural.values.comparisons import is_immutable_constant

__all__ = ["Messages", "SomeText"]

FORMS: Final[dict[str, Callable[[Any], str]]] = {"s": str, "r": repr, "a": ascii}

NUMBERS: Final[dict[type, tuple[Any, ...]]] = {
    Float: (1.5, math.nan, math.inf), Int: (1, -1, 2**62), Bool: (True, False, True),
}  # fmt: skip
"""Numbers of which it depends on the format whether they have a text in it."""

WHOLE: Final = (1.5, -1, math.nan)


class SomeText:
    """A text that is not known."""

    def __str__(self) -> str:
        """Return something in its place."""
        return "…"


class Messages(OutOfLine):
    """The part of a walk that writes the arguments of exceptions."""

    def message(self, node: ast.expr) -> list[Value]:
        """Write an argument of an exception; a text in which there are numbers is `SomeText`."""
        if isinstance(node, ast.JoinedStr):
            return [self.text_of([value for each in node.values for value in self.field_of(each)], join)]
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and is_textual(node):
            return [self.text_of([*self.message(node.left), *self.message(node.right)], join)]
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) and is_textual(node):
            return [self.text_of([self.expression(node.left), self.expression(node.right)], lambda x, y: x % y)]
        if isinstance(node, ast.Call) and not node.keywords and is_textual(node):
            function = self.expression(node.func) if isinstance(node.func, ast.Name) else None
            if function is None:
                owner = self.expression(node.func.value)  # type: ignore[attr-defined]
                return [self.text_of([owner, *self.several(node.args)], str.format)]
            if function.constant in (str, repr) and len(node.args) == 1:
                return [self.text_of(self.several(node.args), function.constant)]
            return [self.call_value(function, *self.arguments_of(node, False))]
        return self.several([node])

    def field_of(self, node: ast.expr) -> list[Value]:
        """Write a part of an f-string."""
        if not isinstance(node, ast.FormattedValue):
            return [self.expression(node)]
        value = self.expression(node.value)
        specification = self.of("") if node.format_spec is None else self.expression(node.format_spec)
        if type(specification.constant) is not str:
            raise Refused("a text that is formatted as numbers tell", node)

        def written(thing: Any, form: str) -> str:
            return format(FORMS[chr(node.conversion)](thing) if node.conversion != -1 else thing, form)

        return [self.text_of([value, specification], written)]

    def text_of(self, given: Sequence[Value], function: Callable[..., Any]) -> Value:
        """Return what a function makes of values: a text that is known if they are."""
        try:
            for which in range(len(NUMBERS[Float])):
                result = function(*(self.example(each, which) for each in given))
        except (TypeError, ValueError, LookupError, OverflowError) as error:
            raise Refused(f"the text of an exception, which raises {type(error).__name__}") from None
        if type(result) is not str:
            raise Refused("the text of an exception")
        is_known = all(self.is_written(each) for each in given)
        return self.of(result) if is_known else static(SomeText())

    def is_written(self, value: Value) -> bool:
        """Return whether it is known what a value looks like."""
        if isinstance(value.kind, Tuple):
            return all(map(self.is_written, self.items_of(value)))
        return is_immutable_constant(value)

    def example(self, value: Value, which: int) -> Any:
        """Return something like a value: what can be made of a text with all of these can be made with the value."""
        kind = value.kind
        if isinstance(value.constant, SomeText):
            return str(value.constant)
        if is_immutable_constant(value):
            return value.constant
        if isinstance(kind, Tuple) and kind.cls is tuple:
            return tuple(self.example(each, which) for each in self.items_of(value))
        if isinstance(kind, List) and kind.site.element is not None:
            return self.type_of(value)([self.example(Value(kind.site.element), which)])
        if isinstance(kind, (Float, Int, Bool)):
            return WHOLE[which] if isinstance(kind, Float) and kind.whole else NUMBERS[type(kind)][which]
        raise Refused(f"a text with {described(kind)}")


def join(*parts: str) -> str:
    """Return texts as one."""
    return "".join(parts)


def is_textual(node: ast.expr) -> bool:
    """Return whether an expression gives a text whatever the names in it are, or calls `str` or `repr`."""
    if isinstance(node, ast.Constant):
        return type(node.value) is str
    if isinstance(node, ast.BinOp):
        return is_textual(node.left) and (isinstance(node.op, ast.Mod) or is_textual(node.right))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr == "format" and is_textual(node.func.value)
    is_named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    return isinstance(node, ast.JoinedStr) or (is_named and node.func.id in (builtins.str.__name__, "repr"))  # type: ignore[attr-defined]
