"""Methods of lists, and builtins that order, choose or ask; what most of them do is written in `list_functions`."""

from __future__ import annotations

import ast
import bisect
import builtins
import operator
import sys
from collections.abc import Callable, Sequence
from typing import Any, Final

from minitorch.compiler.structural.basis.kinds import Float, Kind, List, OneOf, Record, Static, Tuple, Value, static
from minitorch.compiler.structural.basis.refusals import Refused, Unreached
from minitorch.compiler.structural.values import list_functions
from minitorch.compiler.structural.values.comparisons import Comparisons
from minitorch.compiler.structural.values.iteration import (
    Enumerated,
    Zipped,
    gathered,
    iterated,
    listed,
    refuse_to_keep,
)

__all__ = ["ListMethods"]

CHANGING: Final = frozenset({"append", "clear", "extend", "insert", "pop", "remove", "repeat", "reverse", "sort"})

HELPED: Final[dict[str, tuple[Any, int]]] = {
    "insert": (list_functions.insert, 2), "remove": (list_functions.remove, 1), "count": (list_functions.count, 1),
    "reverse": (list_functions.reverse, 0), "repeat": (list_functions.repeat, 1),
}  # fmt: skip
"""Methods, and `*=` as one, that are functions of the list and so many arguments."""


class ListMethods(Comparisons):
    """The part of a walk that calls methods of lists."""

    def list_method(self, owner: Value, name: str, arguments: Sequence[Value], named: dict[str, Value]) -> Value:
        """Write a call of a method of a list."""
        for value in (*arguments, *named.values()):
            if name != "extend":
                refuse_to_keep(value)
        if not isinstance(owner.kind, List):
            raise Refused(f"the method {name!r} of a list that is known before the call")
        if self.type_of(owner) is tuple and name not in ("count", "index"):
            raise Refused(f"the method {name!r} of a tuple")
        if name in CHANGING:
            self.memory.note_change(owner.kind.site)
        if name in HELPED and len(arguments) == HELPED[name][1] and not named:
            return self.helped(HELPED[name][0], owner, *arguments)
        method: Any = getattr(self, f"list_{name}", None)
        if method is None:
            raise Refused(f"the method {name!r} of a list")
        try:
            result: Value = method(owner, *arguments, **named)
        except TypeError as error:
            raise Refused(f"a call that {error}") from None
        return result

    def list_append(self, owner: Value, item: Value) -> Value:
        """Write `append`."""
        self.append(owner, item)
        return static(None)

    def list_pop(self, owner: Value, place: Value | None = None) -> Value:
        """Write `pop`."""
        if place is not None and not (place.is_constant and place.constant == -1):
            return self.helped(list_functions.pop_at, owner, place)
        writer, length = self.writer, self.length(owner)
        self.raises(IndexError, writer.effect(f"icmp eq i64 {length}, 0"))
        writer.check()
        last = writer.effect(f"sub i64 {length}, 1")
        item = self.get(owner, last)
        writer.store("i64", last, owner.parts[0])
        return item

    def list_clear(self, owner: Value) -> Value:
        """Write `clear`."""
        self.writer.store("i64", "0", owner.parts[0])
        return static(None)

    def list_copy(self, owner: Value) -> Value:
        """Write `copy`."""
        return gathered(self, iterated(self, owner))

    def list_extend(self, owner: Value, more: Value) -> Value:
        """Write `extend`."""
        return self.helped(list_functions.extend, owner, listed(self, more))

    def list_index(self, owner: Value, item: Value, start: Value | None = None, stop: Value | None = None) -> Value:
        """Write `index`."""
        return self.helped(list_functions.index, owner, item, start or self.of(0), stop or self.of(sys.maxsize))

    def list_sort(self, owner: Value, *, key: Value | None = None, reverse: Value | None = None) -> Value:
        """Write `sort`."""
        return self.helped(list_functions.rearrange, owner, self.order_of(owner, key, reverse))

    # -- orders --------------------------------------------------------------------------------------------------------

    def sorted(self, values: Value, *, key: Value | None = None, reverse: Value | None = None) -> Value:
        """Write `sorted`."""
        values = listed(self, values)
        return self.helped(list_functions.rearranged, values, self.order_of(values, key, reverse))

    def order_of(self, values: Value, key: Value | None, reverse: Value | None) -> Value:
        """Write the places of the elements of a list in their order."""
        keys = values
        if key is not None and key.constant is not None:
            keys = self.mapped(key, values)
        self.leave_at_nan(keys)
        return self.helped(list_functions.sorted_indices, keys, reverse or self.of(False))

    def mapped(self, function: Value, values: Value) -> Value:
        """Write a list of what a function gives for each element."""
        place = ("mapped", self.frame.path, self.place_key)
        made = self.list_of(self.memory.site(place), [])
        length = self.length(values)

        def append(turn: str) -> None:
            key = self.place_key
            self.place_key = place
            self.append(made, self.call_value(function, [self.get(values, turn)], {}))
            self.place_key = key

        self.loop(place, [], lambda turn: self.less(turn, length), append)
        return made

    def leave_at_nan(self, values: Value) -> None:
        """Leave where there is nan in a list: its order depends on the way that it is found."""
        length = self.length(values)

        def look(turn: str) -> None:
            self.fail_at_nan(self.get(values, turn))

        try:
            self.loop(("nan", self.frame.path, self.place_key), [], lambda turn: self.less(turn, length), look)
        except Unreached:
            return

    def fail_at_nan(self, value: Value) -> None:
        """Leave where a number is nan, or one in a tuple."""
        if isinstance(value.kind, Float):
            self.writer.fails(self.writer.compare("uno", value.parts[0], value.parts[0]))
        elif isinstance(value.kind, Tuple):
            for item in self.items_of(value):
                self.fail_at_nan(item)
        elif isinstance(value.kind, Record):
            for item in self.fields_that_are_set(value):
                self.fail_at_nan(item)
        elif isinstance(value.kind, List):
            raise Refused("an order of lists")
        self.writer.check()

    def fields_that_are_set(self, owner: Value) -> list[Value]:
        """Write the reading of the attributes that objects always have."""
        raise NotImplementedError

    # -- builtins ------------------------------------------------------------------------------------------------------

    def call(self, function: Any, arguments: Sequence[Value], named: dict[str, Value]) -> Value:
        """Write a call of a function that is known."""
        by_keyword: dict[Any, Callable[..., Value]] = {
            builtins.sorted: self.sorted, builtins.sum: self.sum, builtins.zip: self.zipped,
            builtins.enumerate: self.numbered, builtins.any: self.any_true, builtins.all: self.all_true,
            builtins.divmod: self.divided, builtins.pow: self.power,
            bisect.bisect_right: self.bisected_right, bisect.bisect_left: self.bisected_left,
            bisect.insort_right: self.inserted_right, bisect.insort_left: self.inserted_left,
        }  # fmt: skip
        try:
            known = by_keyword.get(function)
            if known is not None:
                return known(*arguments, **named)
            if function in (builtins.max, builtins.min) and not self.are_numbers(arguments, named):
                return self.chosen(function, arguments, **named)
        except TypeError as error:
            raise Refused(f"a call that {error}") from None
        return super().call(function, arguments, named)

    def are_numbers(self, arguments: Sequence[Value], named: dict[str, Value]) -> bool:
        """Return whether `max` and `min` choose one of numbers, without more ado."""
        if named or not arguments:
            return False
        if len(arguments) > 1:
            return all(self.is_number(each) for each in arguments)
        kind = arguments[0].kind
        if isinstance(kind, Static) and type(kind.object) in (list, tuple):
            return all(type(each) in (float, int, bool) for each in kind.object)
        kinds = kind.items if isinstance(kind, Tuple) else [kind.site.element] if isinstance(kind, List) else []
        return not any(isinstance(each, (Tuple, List, Record, Static)) or is_choice(each) for each in kinds)

    def chosen(
        self, function: Any, arguments: Sequence[Value], *, key: Value | None = None, default: Value | None = None
    ) -> Value:
        """Write `max` or `min` of what need not be numbers."""
        is_largest = function is builtins.max
        values = listed(self, self.tuple_of(arguments) if len(arguments) > 1 else arguments[0])
        if key is not None and key.constant is None:
            key = None
        if default is not None:
            if key is not None or len(arguments) > 1:
                raise Refused("an extreme by a key, with a default")
            return self.helped(list_functions.maximum_or if is_largest else list_functions.minimum_or, values, default)
        own_key = static(list_functions.itself) if key is None else key
        is_better, empty = (
            static(operator.gt if is_largest else operator.lt),
            f"{function.__name__}() arg is an empty sequence",
        )
        return self.helped(list_functions.extreme_by, values, own_key, is_better, static(empty))

    def zipped(self, *given: Value, strict: Value | None = None) -> Value:
        """Write `zip`."""
        inner = [iterated(self, each) for each in given]
        if not inner:
            raise Refused("`zip` of nothing")
        if strict is not None and not (strict.is_constant and not strict.constant):
            first, *rest = (each.length(self) for each in inner)
            for each in rest:
                differs = self.writer.effect(f"icmp ne i64 {first}, {each}")
                self.writer.fails(self.writer.both(differs, self.truth_of(strict)))
            self.writer.check()
        return static(Zipped(inner))

    def numbered(self, iterable: Value, start: Value | None = None) -> Value:
        """Write `enumerate`."""
        return static(Enumerated(iterated(self, iterable), "0" if start is None else self.as_int(start).parts[0]))

    # -- searches ------------------------------------------------------------------------------------------------------

    def bisected(
        self,
        function: Any,
        values: Value,
        x: Value,
        lo: Value | None = None,
        hi: Value | None = None,
        *,
        key: Value | None = None,
    ) -> Value:
        """Write a search in a list that is ordered."""
        values = self.as_list(values)
        if hi is None or hi.constant is None:
            hi = self.length_value(values)
        own_key = static(list_functions.itself) if key is None or key.constant is None else key
        return self.helped(function, values, x, lo or self.of(0), hi, own_key)

    def bisected_right(self, a: Value, x: Value, *given: Value, **named: Value) -> Value:
        """Write `bisect_right`."""
        return self.bisected(list_functions.bisect_right, a, x, *given, **named)

    def bisected_left(self, a: Value, x: Value, *given: Value, **named: Value) -> Value:
        """Write `bisect_left`."""
        return self.bisected(list_functions.bisect_left, a, x, *given, **named)

    def inserted_right(self, a: Value, x: Value) -> Value:
        """Write `insort_right`."""
        return self.list_method(a, "insert", [self.bisected_right(a, x), x], {})

    def inserted_left(self, a: Value, x: Value) -> Value:
        """Write `insort_left`."""
        return self.list_method(a, "insert", [self.bisected_left(a, x), x], {})

    # -- questions and numbers -----------------------------------------------------------------------------------------

    def any_true(self, values: Value) -> Value:
        """Write `any`."""
        return self.helped(list_functions.any_true, listed(self, values))

    def all_true(self, values: Value) -> Value:
        """Write `all`."""
        return self.helped(list_functions.all_true, listed(self, values))

    def divided(self, x: Value, y: Value) -> Value:
        """Write `divmod`."""
        return self.tuple_of([self.binary(ast.FloorDiv, x, y), self.binary(ast.Mod, x, y)])

    def power(self, base: Value, exp: Value, mod: Value | None = None) -> Value:
        """Write `pow`."""
        return self.binary(ast.Pow, base, exp) if mod is None else super().call(builtins.pow, [base, exp, mod], {})


def is_choice(kind: Kind | None) -> bool:
    """Return whether a kind is that of one of several objects that are known."""
    return isinstance(kind, OneOf) and all(isinstance(each, Static) for each in kind.kinds)
