"""Calls of builtins, and of what `itertools` has, that take generators or give some."""

from __future__ import annotations

import ast
import builtins
import collections
import functools
import itertools
import math
import operator
import sys
from collections.abc import Callable, Hashable, Sequence
from types import FunctionType
from typing import Any, Final

from minitorch.compiler.structural.basis.frames import COUNT, Frame, Generator, carried
from minitorch.compiler.structural.basis.kinds import Int, Value, static
from minitorch.compiler.structural.basis.refusals import Refused
from minitorch.compiler.structural.basis.syntax import Definition, scope_of
from minitorch.compiler.structural.constructs.comprehension_functions import (
    Comprehension,
    comprehension_function,
    element_function,
)
from minitorch.compiler.structural.constructs.functions import definition_node, is_generator
from minitorch.compiler.structural.constructs.generators import Generators
from minitorch.compiler.structural.values import generator_functions
from minitorch.compiler.structural.values.iteration import Iterated, Mapped, Range, Zipped, iterated, listed
from minitorch.compiler.structural.values.iterator_calls import slice_bounds
from minitorch.transformer import signature_of

__all__ = ["GeneratorCalls"]

LISTED: Final = frozenset({
    sum, list, tuple, sorted, max, min, math.fsum, math.prod, getattr(math, "sumprod", math.fsum), dict,
    collections.deque, itertools.product, itertools.combinations, itertools.permutations,
})  # fmt: skip
"""What takes all values of a generator at once, before it does anything else."""


TAKERS: Final[dict[Any, str]] = {
    any: "any_given", all: "all_given", next: "next_given", max: "largest", min: "smallest",
    functools.reduce: "reduced_given", reversed: "not_reversed", enumerate: "enumerated_given", zip: "zipped_given",
    itertools.chain: "chained_given", itertools.chain.from_iterable: "flattened_given",
    itertools.pairwise: "paired_given", itertools.islice: "sliced_given",
}  # fmt: skip
"""What calls do with generators, by the name of the method that writes it."""

MAKERS: Final[dict[Any, str]] = {
    iter: "iterator", map: "mapped_all", filter: "filtered", itertools.starmap: "starmapped",
    itertools.accumulate: "accumulated", itertools.takewhile: "taken", itertools.dropwhile: "dropped",
    itertools.count: "counted", itertools.cycle: "cycled",
}  # fmt: skip
"""What gives generators, whatever it is given."""


def is_given(values: Sequence[Value]) -> bool:
    """Return whether there is a generator among values."""
    return any(isinstance(each.constant, Generator) for each in values)


class GeneratorCalls(Generators):
    """The part of a walk that calls what takes generators or gives some."""

    # -- functions ---------------------------------------------------------------------------------------------------

    def expression_GeneratorExp(self, node: ast.GeneratorExp) -> Value:
        """Write `GeneratorExp`."""
        first = self.expression(node.generators[0].iter)
        made = self.comprehension_call(node, first)
        (over, *others) = node.generators
        if not others and not over.ifs and not isinstance(first.constant, Generator):
            made.constant.mapped = lambda: Mapped(
                iterated(self, first), lambda item: self.comprehension_call(node, item, element_function(node))
            )
        return made

    def run_comprehension(self, node: Comprehension, first: Value) -> Value:
        """Write a comprehension as a function of its own."""
        made = self.comprehension_call(node, first)
        return self.all_of(made) if isinstance(node, ast.GeneratorExp) else made

    def comprehension_call(self, node: Comprehension, first: Value, function: ast.FunctionDef | None = None) -> Value:
        """Write the call of a comprehension as a function.

        Args:
            node: the comprehension.
            first: what its first `for` goes over.
            function: it, unless it is the whole of it.
        """
        frame = Frame({}, frozenset(), None, self.frame, len(self.frame.hidden))
        return self.begun(function or comprehension_function(node), [first], frame)

    def asked(self, function: Callable[..., Any], *arguments: Value) -> Value:
        """Write a call of a function of `generator_functions`."""
        assert type(function) is FunctionType
        key = self.place_key
        result = self.begun(definition_node(function), arguments, Frame({}, frozenset(), function))
        self.place_key = key
        return result

    def begun(self, node: Definition, arguments: Sequence[Value], frame: Frame) -> Value:
        """Write a call of a function that may be given anything that can be gone over."""
        scope = scope_of(node)
        frame.names, frame.path = scope.names, (*self.frame.path, self.place_key, id(node))
        frame.env = {each.arg: value for each, value in zip(node.args.args, arguments, strict=True)}
        if is_generator(node):
            return self.generator_of(node, frame)
        frame.env |= {COUNT: self.count()} | carried(self.env)
        return self.run(node, frame)

    def all_of(self, value: Value) -> Value:
        """Write a list of all values of a generator."""
        return self.asked(generator_functions.listed, value)

    # -- calls -------------------------------------------------------------------------------------------------------

    def call(self, function: Any, arguments: Sequence[Value], named: dict[str, Value]) -> Value:
        """Write a call of a function that is known."""
        if type(function) is FunctionType and function.__globals__ is vars(generator_functions):
            return self.own_call(function, arguments)
        given, name, is_listed = is_given([*arguments, *named.values()]), None, False
        if isinstance(function, Hashable):
            name = MAKERS.get(function) or (TAKERS.get(function) if given else None)
            is_listed = given and function in LISTED
        if name is not None:
            write: Callable[..., Value | None] = getattr(self, name)
            try:
                signature_of(write).bind(*arguments, **named)
            except TypeError:
                raise Refused(f"a call of {function.__name__!r} with such arguments") from None
            result = write(*arguments, **named)
            if result is not None:
                return result
        if is_listed:
            arguments = [self.all_of(each) if is_given([each]) else each for each in arguments]
            if function is builtins.list and len(arguments) == 1 and not named:
                return arguments[0]
        return super().call(function, arguments, named)

    def own_call(self, function: Any, arguments: Sequence[Value]) -> Value:
        """Write a call of a function of `generator_functions`."""
        if function is generator_functions.has_item:
            over, place = arguments
            return self.truth_value(over.constant.more(self, self.as_int(place).parts[0]))
        if function is generator_functions.item_at:
            over, place = arguments
            item: Value = over.constant.item(self, self.as_int(place).parts[0])
            return item
        return self.asked(function, *arguments)

    # -- what takes generators ---------------------------------------------------------------------------------------

    def any_given(self, items: Value) -> Value:
        """Write `any`."""
        return self.asked(generator_functions.any_true, items)

    def all_given(self, items: Value) -> Value:
        """Write `all`."""
        return self.asked(generator_functions.all_true, items)

    def next_given(self, items: Value, *default: Value) -> Value:
        """Write `next` of a generator, which ends with it."""
        if len(default) == 1:
            return self.asked(generator_functions.first_or, items, *default)
        return self.asked(generator_functions.first_of, items)

    def largest(self, *items: Value, key: Value | None = None, **named: Value) -> Value | None:
        """Write `max` by a key."""
        return self.extreme(builtins.max, items, key, named)

    def smallest(self, *items: Value, key: Value | None = None, **named: Value) -> Value | None:
        """Write `min` by a key."""
        return self.extreme(builtins.min, items, key, named)

    def extreme(
        self, function: Any, items: Sequence[Value], key: Value | None, named: dict[str, Value]
    ) -> Value | None:
        """Write `max` or `min` by a key; `None` if there is none."""
        if key is None or key.constant is None:
            return None
        if len(items) != 1 or named:
            raise Refused("an extreme by a key, with a default")
        is_better = static(operator.gt if function is builtins.max else operator.lt)
        empty = static(f"{function.__name__}() arg is an empty sequence")
        return self.asked(generator_functions.extreme_by, items[0], key, is_better, empty)

    def reduced_given(self, function: Value, items: Value, *start: Value) -> Value:
        """Write `reduce`."""
        own = generator_functions.reduced_from if start else generator_functions.reduced
        return self.asked(own, function, items, *start)

    def not_reversed(self, items: Value) -> Value:
        """Refuse `reversed`."""
        raise Refused("`reversed` of a generator")

    def compared(self, operator: ast.cmpop, x: Value, y: Value) -> Value:
        """Write one comparison."""
        if isinstance(y.constant, Generator) and isinstance(operator, (ast.In, ast.NotIn)):
            found = self.asked(generator_functions.contains, y, x)
            return found if isinstance(operator, ast.In) else self.unary(ast.Not(), found)
        return super().compared(operator, x, y)

    def list_extend(self, owner: Value, more: Value) -> Value:
        """Write `extend`."""
        if isinstance(more.constant, Generator):
            return self.asked(generator_functions.extend, owner, more)
        return super().list_extend(owner, more)

    # -- what gives generators ---------------------------------------------------------------------------------------

    def iterator(self, items: Value) -> Value:
        """Write `iter`."""
        return items if isinstance(items.constant, Generator) else self.asked(generator_functions.iterated, items)

    def enumerated_given(self, items: Value, start: Value | None = None) -> Value:
        """Write `enumerate`."""
        return self.asked(generator_functions.enumerated, items, start or self.of(0))

    def zipped_given(self, *items: Value, strict: Value | None = None) -> Value:
        """Write `zip`: of several generators those that give one value for each element are asked for it."""
        if strict is not None and not (strict.is_constant and not strict.constant):
            raise Refused("`zip` of generators that have to be of one length")
        given = [index for index, each in enumerate(items) if isinstance(each.constant, Generator)]
        runs = next((index for index in given if items[index].constant.mapped is None), given[0])
        if len(given) > 1 and items[runs].constant.mapped is not None:
            return static(Zipped([self.side(each) for each in items]))
        before, after = ([self.side(each) for each in part] for part in (items[:runs], items[runs + 1 :]))
        return self.asked(generator_functions.zipped, static(Zipped(before)), items[runs], static(Zipped(after)))

    def side(self, value: Value) -> Iterated:
        """Return what stands beside a generator in a `zip`."""
        generator = value.constant
        if not isinstance(generator, Generator):
            return iterated(self, value)
        if generator.mapped is None:
            raise Refused("`zip` of several generators")
        self.note_use(generator)
        over: Iterated = generator.mapped()
        return over

    def mapped_all(self, function: Value, *items: Value) -> Value:
        """Write `map`."""
        if len(items) > 1:
            return self.asked(generator_functions.starmapped, function, self.call(builtins.zip, items, {}))
        made = self.asked(generator_functions.mapped, function, *items)
        if not is_given(items):
            key = self.place_key

            def write(item: Value) -> Value:
                self.place_key = ("map", key)
                return self.call_value(function, [item], {})

            made.constant.mapped = lambda: Mapped(iterated(self, *items), write)
        return made

    def starmapped(self, function: Value, items: Value) -> Value:
        """Write `starmap`."""
        return self.asked(generator_functions.starmapped, function, items)

    def filtered(self, function: Value, items: Value) -> Value:
        """Write `filter`."""
        if function.constant is None:
            return self.asked(generator_functions.filtered_truths, items)
        return self.asked(generator_functions.filtered, function, items)

    def accumulated(self, items: Value, func: Value | None = None, *, initial: Value | None = None) -> Value:
        """Write `accumulate`."""
        if func is None or func.constant is None:
            func = static(generator_functions.total_after)
        if initial is None or initial.constant is None:
            return self.asked(generator_functions.accumulated, items, func)
        return self.asked(generator_functions.accumulated_from, items, func, initial)

    def chained_given(self, *items: Value) -> Value:
        """Write `chain`."""
        first, *rest = items
        if not rest:
            return self.iterator(first)
        for index, each in enumerate(rest):
            self.place_key = ("chain", index, self.place_key)
            first = self.asked(generator_functions.chained, first, each)
        return first

    def flattened_given(self, rows: Value) -> Value:
        """Write `chain.from_iterable`."""
        return self.asked(generator_functions.flattened, rows)

    def paired_given(self, items: Value) -> Value:
        """Write `pairwise`."""
        return self.asked(generator_functions.paired, items)

    def sliced_given(self, items: Value, *bounds: Value) -> Value:
        """Write `islice`."""
        start, stop, step = slice_bounds(bounds)
        given = [
            self.of(default) if each is None or each.constant is None else each
            for each, default in ((start, 0), (stop, sys.maxsize), (step, 1))
        ]
        return self.asked(generator_functions.sliced, items, *given)

    def taken(self, predicate: Value, items: Value) -> Value:
        """Write `takewhile`."""
        return self.asked(generator_functions.taken, predicate, items)

    def dropped(self, predicate: Value, items: Value) -> Value:
        """Write `dropwhile`."""
        return self.asked(generator_functions.dropped, predicate, items)

    def counted(self, start: Value | None = None, step: Value | None = None) -> Value:
        """Write `count`."""
        number, by = start or self.of(0), step or self.of(1)
        if not all(isinstance(each.kind, Int) for each in (number, by)):
            # Such steps are added up, or multiplied, as Python's version has it.
            raise Refused("`count` by other steps than ints")
        made = self.asked(generator_functions.counted, number, by)
        made.constant.mapped = lambda: Mapped(
            Range(self, [self.of(2**62)]), lambda turn: self.binary(ast.Add, number, self.binary(ast.Mult, turn, by))
        )
        return made

    def cycled(self, items: Value) -> Value:
        """Write `cycle`."""
        return self.asked(generator_functions.cycled, listed(self, items))
