"""`match`: patterns are questions one after the other, the names in them are assigned once all are answered."""

from __future__ import annotations

import ast
from collections.abc import Hashable
from typing import Any

from minitorch.compiler.structural.basis.frames import Way
from minitorch.compiler.structural.basis.kinds import BOOL, Bool, Float, Int, List, Static, Tuple, Value, described
from minitorch.compiler.structural.basis.refusals import Refused, Unreached
from minitorch.compiler.structural.constructs.generator_calls import GeneratorCalls

__all__ = ["Matching"]


class Matching(GeneratorCalls):
    """The part of a walk that knows patterns."""

    def statement_Match(self, node: ast.Match) -> None:
        """Write `Match`."""
        subject = self.expression(node.subject)
        mark = self.writer.mark()
        ends: list[Way] = []
        for case in node.cases:
            captured: list[tuple[str, Value]] = []
            others: list[Way] = []
            self.pattern(case.pattern, subject, captured, others)
            if self.frame.env is not None:
                for name, value in captured:
                    self.set_variable(name, value)
                if case.guard is not None:
                    asked = self.expression(case.guard)
                    others += self.parted(asked, True, asked)
            self.block(case.body)
            if self.frame.env is not None:
                ends.append(self.way())
            self.merge(mark, others)
            if self.frame.env is None:
                break
        if self.frame.env is not None:
            ends.append(self.way())
        self.merge(mark, ends)

    def pattern(self, node: ast.pattern, value: Value, captured: list[tuple[str, Value]], others: list[Way]) -> None:
        """Go on where a value matches a pattern.

        Args:
            node: the pattern.
            value: the value.
            captured: gets the names in it with what they are.
            others: gets the ways where it does not match.
        """
        if self.frame.env is None:
            return
        method: Any = getattr(self, f"pattern_{type(node).__name__}", None)
        if method is None:
            raise Refused(f"the pattern {type(node).__name__}", node)
        method(node, value, captured, others)

    def goes_on(self, asked: Value, others: list[Way]) -> None:
        """Go on where an answer is yes."""
        others += self.parted(asked, True, asked)

    def pattern_MatchValue(
        self, node: ast.MatchValue, value: Value, captured: list[tuple[str, Value]], others: list[Way]
    ) -> None:
        """Write `MatchValue`."""
        wanted = self.expression(node.value)
        numbers = [self.is_number(each) for each in (value, wanted)]
        texts = [
            isinstance(each.kind, Static) and type(each.kind.object) in (str, type(None)) for each in (value, wanted)
        ]
        if not (all(numbers) or all(texts)):
            if not (isinstance(value.kind, (Tuple, List)) or numbers[0] or texts[0]) or not (numbers[1] or texts[1]):
                raise Refused(f"a match of {described(value.kind)}", node)
            self.goes_on(self.of(False), others)
            return
        self.goes_on(self.compared(ast.Eq(), value, wanted), others)

    def pattern_MatchSingleton(
        self, node: ast.MatchSingleton, value: Value, captured: list[tuple[str, Value]], others: list[Way]
    ) -> None:
        """Write `MatchSingleton`."""
        if not isinstance(value.kind, (Float, Int, Bool, Static, Tuple, List)) or value.kind == Bool(True):
            raise Refused(f"a match of {described(value.kind)}", node)
        if value.kind == BOOL and node.value is not None:
            self.goes_on(value if node.value else self.unary(ast.Not(), value), others)
            return
        self.goes_on(self.of(isinstance(value.kind, Static) and value.kind.object is node.value), others)

    def pattern_MatchAs(
        self, node: ast.MatchAs, value: Value, captured: list[tuple[str, Value]], others: list[Way]
    ) -> None:
        """Write `MatchAs`."""
        if node.pattern is not None:
            self.pattern(node.pattern, value, captured, others)
        if node.name is not None:
            captured.append((node.name, value))

    def pattern_MatchOr(
        self, node: ast.MatchOr, value: Value, captured: list[tuple[str, Value]], others: list[Way]
    ) -> None:
        """Write `MatchOr`."""
        mark = self.writer.mark()
        matching: list[Way] = []
        for each in node.patterns:
            names: list[tuple[str, Value]] = []
            following: list[Way] = []
            self.pattern(each, value, names, following)
            if names:
                raise Refused("names in alternative patterns", node)
            if self.frame.env is not None:
                matching.append(self.way())
            self.merge(mark, following)
            if self.frame.env is None:
                break
        if self.frame.env is not None:
            others.append(self.way())
        self.merge(mark, matching)

    def pattern_MatchSequence(
        self, node: ast.MatchSequence, value: Value, captured: list[tuple[str, Value]], others: list[Way]
    ) -> None:
        """Write `MatchSequence`."""
        kind = value.kind
        if self.is_number(value) or is_text(value):
            self.goes_on(self.of(False), others)
            return
        starred = [index for index, each in enumerate(node.patterns) if isinstance(each, ast.MatchStar)]
        least = len(node.patterns) - len(starred)
        if isinstance(kind, List):
            asked = "sge" if starred else "eq"
            self.goes_on(Value(BOOL, (self.writer.effect(f"icmp {asked} i64 {self.length(value)}, {least}"),)), others)
        else:
            count = len(self.unpacked(value))
            self.goes_on(self.of(count >= least if starred else count == least), others)
        if self.frame.env is None:
            return
        items = self.spread(value, len(node.patterns), starred[0] if starred else None, self.key(node))
        for each, item in zip(node.patterns, items, strict=True):
            if not isinstance(each, ast.MatchStar):
                self.pattern(each, item, captured, others)
            elif each.name is not None:
                captured.append((each.name, item))

    def spread(self, value: Value, targets: int, starred: int | None, key: Hashable) -> list[Value]:
        """Return what several targets get of something that has as many elements as they need.

        Args:
            value: the list or tuple.
            targets: how many they are.
            starred: which of them gets a list of all that the others don't; `None` if there is none such.
            key: tells the place from others.
        """
        if not isinstance(value.kind, List):
            items = self.unpacked(value)
            if starred is not None:
                end = len(items) - (targets - starred - 1)
                items[starred:end] = [self.list_of(self.memory.site((key, "rest")), items[starred:end])]
            return items
        if starred is None:
            return [self.get(value, str(index)) for index in range(targets)]
        writer, length = self.writer, self.length(value)
        count = writer.effect(f"sub i64 {length}, {targets - 1}")
        site, element = self.memory.site((key, "rest")), value.kind.site.element
        if element is None:
            raise Unreached
        self.memory.widen(site, element)
        made = self.new_list(site.root(), count)

        def copy(turn: str) -> None:
            self.put(made, turn, self.get(value, writer.effect(f"add i64 {turn}, {starred}")))

        self.loop((key, "copy"), [], lambda turn: self.less(turn, count), copy)
        items = [self.get(value, str(index)) for index in range(starred)]
        after = (writer.effect(f"sub i64 {length}, {distance}") for distance in range(targets - starred - 1, 0, -1))
        return [*items, made, *(self.get(value, index) for index in after)]

    def pattern_MatchClass(
        self, node: ast.MatchClass, value: Value, captured: list[tuple[str, Value]], others: list[Way]
    ) -> None:
        """Write `MatchClass`, of numbers and tuples."""
        wanted = self.expression(node.cls)
        classes = (float, int, bool, tuple, list, str)
        if node.kwd_patterns or len(node.patterns) > 1 or not any(wanted.constant is each for each in classes):
            raise Refused("a pattern of a class", node)
        self.goes_on(self.call(isinstance, [value, wanted], {}), others)
        for each in node.patterns:
            self.pattern(each, value, captured, others)


def is_text(value: Value) -> bool:
    """Return whether a value is a text that is known, or None."""
    return isinstance(value.kind, Static) and type(value.kind.object) in (str, type(None))
