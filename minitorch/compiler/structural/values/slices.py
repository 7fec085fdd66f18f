"""Slices of lists and tuples: read, assigned and deleted."""

from __future__ import annotations

import ast
from typing import Final

from minitorch.compiler.structural.basis.kinds import INT, Bool, Int, List, Tuple, Value, described
from minitorch.compiler.structural.basis.refusals import Refused
from minitorch.compiler.structural.values import list_functions
from minitorch.compiler.structural.values.iteration import Elements, gathered, listed
from minitorch.compiler.structural.values.iterator_calls import IteratorCalls

__all__ = ["Slices"]

MAX_ITEMS: Final = 64
"""A tuple of so many elements is still kept part by part."""


class Slices(IteratorCalls):
    """The part of a walk that cuts lists."""

    def sliced(self, value: Value, bounds: ast.Slice, node: ast.expr) -> Value:
        """Write the reading of a slice."""
        lower, upper, step = self.bounds_of(bounds)
        known = [each is None or each.is_constant for each in (lower, upper, step)]
        chosen = slice(*(None if each is None else each.constant for each in (lower, upper, step)))
        if isinstance(value.kind, Tuple) and all(known):
            return self.tuple_of(self.items_of(value)[chosen])
        self.place_key = id(node)
        values = self.as_list(value)
        if step is None or (step.is_constant and step.constant in (1, None)):
            first, last = self.ends_of(values, lower, upper)
            return self.part_of(values, first, last)
        zero, has_lower, has_upper = self.of(0), self.of(lower is not None), self.of(upper is not None)
        made = self.helped(list_functions.stepped, values, lower or zero, upper or zero, step, has_lower, has_upper)
        return gathered(self, Elements(made), tuple) if self.type_of(values) is tuple else made

    def bounds_of(self, bounds: ast.Slice) -> list[Value | None]:
        """Write the bounds of a slice, and its step."""
        nodes = (bounds.lower, bounds.upper, bounds.step)
        values = [None if each is None else self.expression(each) for each in nodes]
        return [None if each is not None and each.constant is None else each for each in values]

    def ends_of(self, values: Value, lower: Value | None, upper: Value | None) -> tuple[str, str]:
        """Write where a slice begins and ends in a list, within its bounds."""
        writer, length = self.writer, self.length(values)

        def end(given: Value | None, otherwise: str) -> str:
            if given is None:
                return otherwise
            number = self.as_int(given).parts[0]
            negative = writer.effect(f"icmp slt i64 {number}, 0")
            moved = writer.effect(f"add i64 {number}, {length}")
            number = writer.effect(f"select i1 {negative}, i64 {moved}, i64 {number}")
            return writer.intrinsic_of_ints("smin", writer.intrinsic_of_ints("smax", number, "0"), length)

        return end(lower, "0"), end(upper, length)

    def part_of(self, values: Value, first: str, last: str, own_type: type | None = None) -> Value:
        """Write a copy of a part of a list, of its own type unless another one is given."""
        assert isinstance(values.kind, List)
        writer = self.writer
        count = writer.intrinsic_of_ints("smax", writer.effect(f"sub i64 {last}, {first}"), "0")
        key = ("slice", self.frame.path, self.place_key)
        site, own_type = self.memory.site(key), own_type or self.type_of(values)
        element = values.kind.site.element
        if element is None:
            return self.list_of(site, [], own_type)
        self.memory.widen(site, element)
        made = self.new_list(site.root(), count, own_type)

        def copy(turn: str) -> None:
            self.put(made, turn, self.get(values, writer.effect(f"add i64 {turn}, {first}")))

        self.loop(key, [], lambda turn: self.less(turn, count), copy)
        return made

    # -- changes -------------------------------------------------------------------------------------------------------

    def changed_part(self, target: ast.Subscript) -> tuple[Value, Value, Value]:
        """Write which part of which list is to be changed: the list, and where the part begins and ends."""
        assert isinstance(target.slice, ast.Slice)
        values = self.expression(target.value)
        if not isinstance(values.kind, List) or self.type_of(values) is tuple:
            raise Refused(f"a change of {described(values.kind)}")
        lower, upper, step = self.bounds_of(target.slice)
        if step is not None and not (step.is_constant and step.constant == 1):
            raise Refused("a change of a slice with a step")
        self.memory.note_change(values.kind.site)
        first, last = self.ends_of(values, lower, upper)
        return values, Value(INT, (first,)), Value(INT, (last,))

    def assign_slice(self, target: ast.Subscript, value: Value) -> None:
        """Write `values[first:last] = value`."""
        more = listed(self, value)
        values, first, last = self.changed_part(target)
        self.place_key = id(target)
        self.helped(list_functions.assign_slice, values, first, last, more)

    def delete_items(self, target: ast.Subscript) -> None:
        """Write `del values[…]`."""
        if isinstance(target.slice, ast.Slice):
            part = self.changed_part(target)
            self.place_key = id(target)
            self.helped(list_functions.delete_slice, *part)
            return
        values = self.expression(target.value)
        if not isinstance(values.kind, List):
            raise Refused(f"a change of {described(values.kind)}")
        index = self.expression(target.slice)
        self.place_key = id(target)
        self.list_method(values, "pop", [index], {})

    def changed_by_operator(self, operator: type[ast.operator], values: Value, other: Value) -> Value:
        """Write `+=` or `*=` of a list, which changes it and returns it."""
        if operator not in (ast.Add, ast.Mult) or self.type_of(values) is tuple:
            return self.binary(operator, values, other)
        name = "extend" if operator is ast.Add else "repeat"
        self.list_method(values, name, [other], {})
        return values

    # -- operators -----------------------------------------------------------------------------------------------------

    def of_containers(self, name: str, x: Value, y: Value) -> Value:
        """Write the sum of two lists, and `[x] * n`."""
        types = [self.container_type(each) for each in (x, y)]
        if types[1] is not None and isinstance(x.kind, (Int, Bool)):
            x, y, types = y, x, types[::-1]
        if name == "Mul" and types[0] is not None and isinstance(y.kind, (Int, Bool)):
            return self.repeated(x, self.as_int(y))
        if name != "Add" or None in types or types[0] is not types[1]:
            return super().of_containers(name, x, y)
        key = self.place_key
        whole = gathered(self, Elements(listed(self, x)), types[0] or list)
        more = listed(self, y)
        length = self.length(more)
        self.loop(
            ("joined", self.frame.path, key),
            [],
            lambda turn: self.less(turn, length),
            lambda turn: self.append(whole, self.get(more, turn)),
        )
        return whole

    def repeated(self, x: Value, times: Value) -> Value:
        """Write a list or a tuple several times over."""
        if isinstance(x.kind, Tuple) and times.is_constant and len(x.kind.items) * times.constant <= MAX_ITEMS:
            return self.tuple_of(self.items_of(x) * times.constant)
        x, key = self.as_list(x), ("repeat", self.frame.path, self.place_key)
        assert isinstance(x.kind, List)
        writer, element = self.writer, x.kind.site.element
        site = self.memory.site(key) if x.kind.site.outside else x.kind.site
        if element is not None:
            self.memory.widen(site, element)
        length = self.length(x)
        positive = writer.intrinsic_of_ints("smax", times.parts[0], "0")
        total = self.with_overflow("smul", length, positive)
        writer.check()
        made = self.new_list(site.root(), total, self.type_of(x))

        def body(turn: str) -> None:
            self.put(made, turn, self.get(x, writer.effect(f"urem i64 {turn}, {length}")))

        if element is not None:
            self.loop(key, [], lambda turn: self.less(turn, total), body)
        return made
