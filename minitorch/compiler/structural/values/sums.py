"""Sums of lists: as `sum` adds, with one edge for each operand."""

from __future__ import annotations

import math

from minitorch.compiler.structural.basis.frames import COUNT
from minitorch.compiler.structural.basis.kinds import BOOL, Bool, Float, Int, List, Value, described
from minitorch.compiler.structural.basis.refusals import Refused
from minitorch.compiler.structural.values.iteration import listed
from minitorch.compiler.structural.values.lists import Lists
from minitorch.machine_code.lowering.exact_sequences import INTS_ARE_COMPENSATED, SUM_IS_COMPENSATED

__all__ = ["Sums"]


class Sums(Lists):
    """The part of a walk that adds the elements of lists."""

    def sum(self, values: Value, start: Value | None = None) -> Value:
        """Write `sum`."""
        return self.sum_of_list(listed(self, values), self.of(0) if start is None else start)

    def sum_of_list(self, values: Value, start: Value) -> Value:
        """Write the sum of a list: the values from the first on, and an edge for each."""
        assert isinstance(values.kind, List)
        kind = values.kind.site.element
        if kind is None:
            return start
        if not (isinstance(kind, (Float, Int)) or kind == BOOL) or not self.is_number(start):
            raise Refused(f"a sum of {described(kind)} from {described(start.kind)} on")
        if isinstance(kind, (Int, Bool)) and isinstance(start.kind, (Int, Bool)):
            return self.sum_of_ints(values, self.as_int(start))
        if isinstance(start.kind, Bool):
            raise Refused("a sum that begins with a bool")
        count = self.length(values)
        total, lost, ints = self.added(values, count, start)
        if SUM_IS_COMPENSATED:
            writer = self.writer
            small = writer.compare("olt", writer.intrinsic("fabs", lost), writer.constant(math.inf))
            counts = writer.both(small, writer.compare("une", lost, writer.constant(0.0)))
            total = writer.choose(counts, writer.exact("fadd", total, lost), total)
        operands = values
        if isinstance(start.kind, Float) and start.kind.active:
            operands = self.with_start(values, start)
        elements = operands.kind.site.element  # type: ignore[union-attr]
        if not (isinstance(elements, Float) and elements.active):
            return Value(Float(False, True), (total, ints)) if ints != "false" else Value(Float(False), (total,))
        self.env[COUNT] = self.edges_of_sum(operands, self.length(operands))
        node = self.count().parts[0]
        if ints == "false":
            return Value(Float(True), (total, node))
        return Value(Float(True, True), (total, self.writer.effect(f"select i1 {ints}, i32 0, i32 {node}"), ints))

    def sum_of_ints(self, values: Value, start: Value) -> Value:
        """Write the sum of ints, or of bools."""
        count = self.length(values)
        self.env["sum"] = start

        def add(turn: str) -> None:
            self.env["sum"] = self.of_ints("Add", self.env["sum"], self.as_int(self.get(values, turn)))

        self.loop(("sum", self.frame.path, self.place_key), ["sum"], lambda turn: self.less(turn, count), add)
        return self.env.pop("sum")

    def added(self, values: Value, count: str, start: Value) -> tuple[str, str, str]:
        """Write the addition of floats, and of ints among them.

        Returns:
            The sum, what was lost to rounding, and whether all were ints, so that the sum is one, too.
        """
        writer, env = self.writer, self.env
        may_be_int = isinstance(start.kind, Int) or (isinstance(start.kind, Float) and start.kind.whole)
        kind = Float(False, may_be_int)
        env["sum"] = Value(kind, (self.double(start), *[self.is_int(start)] * may_be_int))
        env["lost"] = Value(Float(False), ("0.0",))

        def add(turn: str) -> None:
            item, total = self.get(values, turn), self.env["sum"]
            before, x = total.parts[0], self.double(item)
            after = writer.exact("fadd", before, x)
            ints = writer.both(self.is_int(total), self.is_int(item))
            if self.is_int(item) != "false":
                large = writer.compare("ogt", writer.intrinsic("fabs", after), writer.constant(2.0**53))
                writer.fails(writer.both(ints, large))
            if SUM_IS_COMPENSATED:
                keeps = writer.compare("oge", writer.intrinsic("fabs", before), writer.intrinsic("fabs", x))
                larger, smaller = writer.choose(keeps, before, x), writer.choose(keeps, x, before)
                lost = writer.exact("fadd", writer.exact("fsub", larger, after), smaller)
                known = self.env["lost"].parts[0]
                # What is added to an int is added plainly, and up to Python 3.13 an int that is added, too.
                plain = self.is_int(total)
                if not INTS_ARE_COMPENSATED:
                    plain = writer.either(plain, self.is_int(item))
                lost = writer.choose(plain, known, writer.exact("fadd", known, lost))
                self.env["lost"] = Value(Float(False), (lost,))
            self.env["sum"] = Value(kind, (after, *[ints] * may_be_int))

        self.loop(("sum", self.frame.path, self.place_key), ["sum", "lost"], lambda turn: self.less(turn, count), add)
        total, lost = self.env.pop("sum"), self.env.pop("lost").parts[0]
        return total.parts[0], lost, self.is_int(total)

    def with_start(self, values: Value, start: Value) -> Value:
        """Write a list of the operands of a sum that begins with a number with a history."""
        made = self.list_of(self.memory.site(("sum operands", self.frame.path, self.place_key)), [start])
        key, count = ("operands of sum", self.frame.path, self.place_key), self.length(values)
        self.loop(key, [], lambda turn: self.less(turn, count), lambda turn: self.append(made, self.get(values, turn)))
        return made

    def edges_of_sum(self, values: Value, count: str) -> Value:
        """Write the edges of a sum, the last operand's first, and return how many edges there are then."""
        assert isinstance(values.kind, List)
        writer = self.writer
        before = self.count().parts[0]
        stride = self.stride(values.kind.site)
        data = writer.load("ptr", writer.effect(f"getelementptr i8, ptr {values.parts[0]}, i64 16"))
        after = writer.effect(f"call i32 @push_sum(ptr %context, i32 {before}, ptr {data}, i64 {count}, i64 {stride})")
        self.require(writer.effect(f"icmp ne i32 {after}, -1"))
        writer.reservation = None
        return Value(self.count().kind, (after,))
