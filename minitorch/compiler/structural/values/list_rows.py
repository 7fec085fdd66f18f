"""Rows of as many operands as a list has elements: `math.prod`, `fsum`, `hypot` and `dist`.

The value is Python's own, the partial derivatives are those that the row gives, and there is an edge for each operand.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Hashable, Sequence
from types import FunctionType
from typing import Any, Final

from minitorch.compiler.structural.basis.frames import COUNT
from minitorch.compiler.structural.basis.kinds import Float, Int, List, Value, described
from minitorch.compiler.structural.basis.refusals import Refused, Unreached
from minitorch.compiler.structural.values import list_functions
from minitorch.compiler.structural.values.iteration import listed
from minitorch.compiler.structural.values.list_methods import ListMethods
from minitorch.machine_code.llvm.runtime import runtime_declarations
from minitorch.machine_code.llvm.symbols import define_python_callable
from minitorch.rules import special
from minitorch.rules.real import RULES

__all__ = ["ListRows"]

MAX_OPERANDS: Final = 1 << 14
"""So many objects are made on the stack for Python at most."""

KEEPING_INTS: Final = ("Prod",)
"""Rows that give an int for ints."""

GRADIENTS: Final[dict[str, Any]] = {"Hypot": special.unit_vector, "Dist": special.unit_vector_between}
"""Those of rows of functions that structural code calls: the values of the rows' own."""


class ListRows(ListMethods):
    """The part of a walk that calls rows of lists."""

    def call(self, function: Any, arguments: Sequence[Value], named: dict[str, Value]) -> Value:
        """Write a call of a function that is known."""
        if function is math.prod and len(arguments) == 1 and not named.keys() - {"start"}:
            values, start = listed(self, arguments[0]), named.get("start") or self.of(1)
            assert isinstance(values.kind, List)
            if isinstance(values.kind.site.element, Int) and isinstance(start.kind, Int):
                return self.product_of_ints(values, start)
            return self.of_operands("Prod", [start], [values])
        if function is math.fsum and len(arguments) == 1 and not named:
            return self.of_operands("Fsum", [], [listed(self, arguments[0])])
        if function is math.dist and len(arguments) == 2 and not named:
            lists = [listed(self, each) for each in arguments]
            one, other = map(self.length, lists)
            self.raises(ValueError, self.writer.effect(f"icmp ne i64 {one}, {other}"))
            self.writer.check()
            return self.of_operands("Dist", [], lists)
        if type(function) is FunctionType and function.__globals__ is vars(special):
            return self.helped(function, *arguments)
        return super().call(function, arguments, named)

    def product_of_ints(self, values: Value, start: Value) -> Value:
        """Write the product of ints."""
        self.env["product"] = self.as_int(start)

        def multiply(item: Value) -> None:
            self.env["product"] = self.of_ints("Mul", self.env["product"], item)

        length = self.length(values)
        key = ("product", self.frame.path, self.place_key)
        self.loop(key, ["product"], lambda turn: self.less(turn, length), lambda turn: multiply(self.get(values, turn)))
        return self.env.pop("product")

    def of_operands(self, name: str, first: Sequence[Value], lists: Sequence[Value]) -> Value:
        """Write a row of single operands, and of the elements of lists behind them."""
        site = self.memory.site((name, self.frame.path, self.place_key))
        plain_site = self.memory.site((name, "plain", self.frame.path, self.place_key))
        operands, plain = self.list_of(site, []), self.list_of(plain_site, [])

        def put(item: Value) -> None:
            if not isinstance(item.kind, (Float, Int)):
                raise Refused(f"`math.{name.lower()}` of {described(item.kind)}")
            if name in KEEPING_INTS and item not in first:
                self.writer.fails(self.is_int(item))
            double = self.double(item)
            self.append(operands, Value(Float(True), (double, self.node_of(item))))
            self.append(plain, Value(Float(False), (double,)))

        for item in first:
            put(item)
        for index, values in enumerate(lists):
            self.for_each((name, index, self.frame.path, self.place_key), values, put)
        kinds = [each.kind for each in first] + [each.kind.site.element for each in lists]  # type: ignore[misc,union-attr]
        has_history = any(isinstance(kind, Float) and kind.active for kind in kinds)
        return self.of_doubles(name, operands if has_history else None, plain)

    def for_each(self, key: Hashable, values: Value, body: Callable[[Value], None]) -> None:
        """Write what is done with each element of a list."""
        length = self.length(values)
        with contextlib.suppress(Unreached):
            self.loop(key, [], lambda turn: self.less(turn, length), lambda turn: body(self.get(values, turn)))

    def of_doubles(self, name: str, operands: Value | None, plain: Value) -> Value:
        """Write a row of numbers.

        Args:
            name: the row.
            operands: a list of them, if some have a history.
            plain: a list of them without.
        """
        writer, count = self.writer, self.length(plain)
        if name == "Prod":
            # The product of nothing is the start, which is an int as a rule.
            writer.fails(self.less(count, "2"))
            result = self.helped(list_functions.product, plain)
        else:
            # Of no operands it is 0.
            some = self.less("0", count)
            result = self.choice(some, lambda: self.from_python(name, plain, count), lambda: self.of(0.0))
        if operands is None:
            return result
        self.note_list_row(name)
        partials = self.helped(special.products_of_others, plain) if name == "Prod" else None
        if name in GRADIENTS:
            partials = self.helped(GRADIENTS[name], plain, result)
        if partials is None:
            self.env[COUNT] = self.edges_of_sum(operands, count)
        else:
            self.env[COUNT] = self.edges_of(operands, count, partials)
        return Value(Float(True), (result.parts[0], self.count().parts[0]))

    def note_list_row(self, name: str) -> None:
        """Note that a row of lists has a history."""

    def from_python(self, name: str, plain: Value, count: str) -> Value:
        """Write the call of a row's plain function; leave where the result is not finite."""
        writer = self.writer
        writer.fails(self.less(str(MAX_OPERANDS), count))
        writer.check()
        symbol = f'@"{define_python_callable(name, RULES[name].function)}"'
        writer.declarations.update(runtime_declarations())
        writer.declarations.setdefault(symbol, f"{symbol} = external global i8")
        result = writer.effect(
            f"call double @minitorch.call_python(ptr {symbol}, ptr {self.elements_at(plain)}, i64 {count})"
        )
        writer.fails(writer.not_finite(result))
        writer.check()
        return Value(Float(False), (result,))

    def elements_at(self, values: Value) -> str:
        """Write where the elements of a list stand."""
        return self.writer.load("ptr", self.writer.at(values.parts[0], "16"))

    def edges_of(self, operands: Value, count: str, partials: Value) -> Value:
        """Write the edges of a row, the last operand's first, and return how many edges there are then."""
        assert isinstance(operands.kind, List)
        writer = self.writer
        writer.check()
        before, stride = self.count().parts[0], self.stride(operands.kind.site)
        given = f"ptr {self.elements_at(operands)}, i64 {count}, i64 {stride}, ptr {self.elements_at(partials)}"
        after = writer.effect(f"call i32 @push_weighted(ptr %context, i32 {before}, {given})")
        self.require(writer.effect(f"icmp ne i32 {after}, -1"))
        writer.reservation = None
        return Value(self.count().kind, (after,))
