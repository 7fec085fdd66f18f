"""Comparisons of lists, tuples and constants, and `in`; what they do is written in `list_functions`."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any, Final

from minitorch.compiler.structural.basis.frames import Frame
from minitorch.compiler.structural.basis.kinds import BOOL, UNKNOWN, Float, Kind, List, Static, Tuple, Value, static
from minitorch.compiler.structural.basis.refusals import Refused
from minitorch.compiler.structural.constructs.functions import Functions, definition_node
from minitorch.compiler.structural.constructs.parameters import Keywords
from minitorch.compiler.structural.values import list_functions
from minitorch.compiler.structural.values.iteration import listed

__all__ = ["COMPARING", "Comparisons"]

COMPARING: Final[dict[type[ast.cmpop], Callable[[Any, Any], Any]]] = {
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge, ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}  # fmt: skip

OPERATORS: Final = {function: node for node, function in COMPARING.items()}

IMMUTABLE: Final = (str, bytes, int, float, bool, complex, type(None))


class Comparisons(Functions):
    """The part of a walk that compares containers."""

    def compared(self, operator: ast.cmpop, x: Value, y: Value) -> Value:
        """Write one comparison."""
        if isinstance(operator, (ast.In, ast.NotIn)):
            found = self.is_in(y, x)
            return found if isinstance(operator, ast.In) else self.unary(ast.Not(), found)
        compare = COMPARING.get(type(operator))
        if compare is None:
            return super().compared(operator, x, y)
        if is_immutable(known(x)) and is_immutable(known(y)):
            try:
                return self.of(compare(known(x), known(y)))
            except TypeError:
                raise Refused("a comparison that Python does not know") from None
        types = [self.container_type(each) for each in (x, y)]
        if None in types:
            return super().compared(operator, x, y)
        if types[0] is not types[1]:
            if not isinstance(operator, (ast.Eq, ast.NotEq)):
                raise Refused("an order of a list and a tuple")
            return self.of(isinstance(operator, ast.NotEq))
        if isinstance(x.kind, Tuple) and isinstance(y.kind, Tuple):
            return self.compared_tuples(operator, self.items_of(x), self.items_of(y))
        ours, theirs = listed(self, x), listed(self, y)
        if isinstance(operator, (ast.Eq, ast.NotEq)):
            # A function that calls itself has one kind of lists; so rows have one of their own.
            are_rows = any(isinstance(self.element_of(each), List) for each in (ours, theirs))
            equal = self.helped(list_functions.equal_rows if are_rows else list_functions.equal, ours, theirs)
            return equal if isinstance(operator, ast.Eq) else self.unary(ast.Not(), equal)
        return self.helped(list_functions.ordered, ours, theirs, static(compare))

    def element_of(self, values: Value) -> Kind | None:
        """Return the kind of a list's elements."""
        return values.kind.site.element if isinstance(values.kind, List) else None

    def container_type(self, value: Value) -> type | None:
        """Return whether a value is a list or a tuple, also a named one; `None` for anything else."""
        kind = value.kind
        if isinstance(kind, Tuple):
            return tuple
        if isinstance(kind, List):
            return self.type_of(value)
        return type(kind.object) if isinstance(kind, Static) and type(kind.object) in (list, tuple) else None

    def compared_tuples(self, operator: ast.cmpop, ours: Sequence[Value], theirs: Sequence[Value]) -> Value:
        """Write a comparison of tuples: that of the first elements that differ, or else of the lengths."""
        writer = self.writer
        truth = self.truth_of(self.compared(operator, self.of(len(ours)), self.of(len(theirs))))
        if isinstance(operator, (ast.Eq, ast.NotEq)) and len(ours) != len(theirs):
            return self.of(isinstance(operator, ast.NotEq))
        for x, y in reversed(list(zip(ours, theirs, strict=False))):
            equal = self.truth_of(self.same_or_equal(x, y))
            if equal == "true":
                continue
            if isinstance(operator, ast.Eq):
                here = "false"
            elif isinstance(operator, ast.NotEq):
                here = "true"
            else:
                here = self.truth_of(self.compared(operator, x, y))
            truth = writer.pure(f"select i1 {equal}, i1 {truth}, i1 {here}")
        return self.of(truth == "true") if truth in ("true", "false") else Value(BOOL, (truth,))

    def same_or_equal(self, x: Value, y: Value) -> Value:
        """Write whether two elements of containers count as equal; leave at nan, which is equal to itself there."""
        if isinstance(x.kind, Float) and isinstance(y.kind, Float):
            self.writer.fails(
                self.writer.both(
                    self.writer.compare("uno", x.parts[0], x.parts[0]),
                    self.writer.compare("uno", y.parts[0], y.parts[0]),
                )
            )
        return self.compared(ast.Eq(), x, y)

    def is_in(self, container: Value, item: Value) -> Value:
        """Write `item in container`."""
        if isinstance(container.constant, Keywords) and item.is_constant:
            return self.of(item.constant in container.constant.values)
        if is_immutable_constant(container) or (
            isinstance(container.kind, Static) and type(container.kind.object) in (tuple, frozenset, range)
        ):
            thing = container.constant
            if is_immutable_constant(item) and is_immutable(thing):
                try:
                    return self.of(item.constant in thing)
                except TypeError:
                    raise Refused("`in` of what Python does not look into") from None
        if isinstance(container.kind, Tuple):
            truth = "false"
            for each in self.items_of(container):
                truth = self.writer.either(truth, self.truth_of(self.same_or_equal(each, item)))
                if "true" in truth:
                    return self.of(True)
            return Value(BOOL, (truth,)) if truth != "false" else self.of(False)
        return self.helped(list_functions.contains, listed(self, container), item)

    # -- helpers -------------------------------------------------------------------------------------------------------

    def helped(self, function: Any, *arguments: Value) -> Value:
        """Write a call of a function of `list_functions`."""
        assert type(function) is FunctionType
        key = self.place_key
        node = definition_node(function)
        result = self.inlined(node, arguments, {}, [], {}, Frame({}, frozenset(), function))
        self.place_key = key
        return result

    def call(self, function: Any, arguments: Sequence[Value], named: dict[str, Value]) -> Value:
        """Write a call of a function that is known."""
        if type(function) is FunctionType and function.__globals__ is vars(list_functions):
            if function is list_functions.same_or_equal:
                return self.same_or_equal(*arguments)
            return self.helped(function, *arguments)
        if function in OPERATORS and len(arguments) == 2 and not named:
            return self.compared(OPERATORS[function](), *arguments)
        return super().call(function, arguments, named)


def is_immutable_constant(value: Value) -> bool:
    """Return whether a value is known and never changes."""
    return value.is_constant and is_immutable(value.constant)


def known(value: Value) -> Any:
    """Return what a value is, also a tuple of what is known; `UNKNOWN` where that is not known."""
    if isinstance(value.kind, Tuple) and value.is_constant:
        items = tuple(map(known, value.constant))
        return UNKNOWN if value.kind.cls is not tuple or any(each is UNKNOWN for each in items) else items
    return value.constant


def is_immutable(thing: Any) -> bool:
    """Return whether an object never changes, with all that is in it."""
    if type(thing) is frozenset or (isinstance(thing, tuple) and type(thing).__lt__ is tuple.__lt__):
        return all(map(is_immutable, thing))
    return type(thing) in IMMUTABLE or type(thing) is range
