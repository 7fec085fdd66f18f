"""Calls of `itertools`: all elements at once, since what is called has no effects."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

from minitorch.compiler.structural.basis.kinds import Value, static
from minitorch.compiler.structural.basis.refusals import Refused
from minitorch.compiler.structural.values import iterator_functions
from minitorch.compiler.structural.values.iteration import Once, listed
from minitorch.compiler.structural.values.list_rows import ListRows

__all__ = ["IteratorCalls"]


class IteratorCalls(ListRows):
    """The part of a walk that calls what gives iterators."""

    def call(self, function: Any, arguments: Sequence[Value], named: dict[str, Value]) -> Value:
        """Write a call of a function that is known."""
        known: dict[Any, Callable[..., Value]] = {
            itertools.chain: self.chained,
            itertools.chain.from_iterable: self.flattened, itertools.pairwise: self.paired,
            itertools.product: self.product, itertools.combinations: self.combinations,
            itertools.permutations: self.permutations, itertools.repeat: self.repetition,
            itertools.islice: self.sliced_iterator, itertools.zip_longest: self.zipped_to_the_longest,
        }  # fmt: skip
        try:
            write = known.get(function)
        except TypeError:
            write = None
        if write is None:
            return super().call(function, arguments, named)
        try:
            return static(Once(write(*arguments, **named)))
        except TypeError as error:
            raise Refused(f"a call that {error}") from None

    def chained(self, *given: Value) -> Value:
        """Write `chain`."""
        if len(given) < 2:
            raise Refused("`chain` of less than two things")
        made, key = listed(self, given[0]), self.place_key
        for index, each in enumerate(given[1:]):
            self.place_key = ("chain", index, key)
            made = self.helped(iterator_functions.chained, made, listed(self, each))
        self.place_key = key
        return made

    def flattened(self, rows: Value) -> Value:
        """Write `chain.from_iterable`."""
        return self.helped(iterator_functions.flattened, listed(self, rows))

    def paired(self, values: Value) -> Value:
        """Write `pairwise`."""
        return self.helped(iterator_functions.paired, listed(self, values))

    def product(self, one: Value, other: Value | None = None, *, repeat: Value | None = None) -> Value:
        """Write `product` of two."""
        ours, key = listed(self, one), self.place_key
        if other is None and repeat is not None and repeat.is_constant and repeat.constant == 2:
            return self.helped(iterator_functions.product, ours, ours)
        if other is None or repeat is not None:
            raise Refused("`product` of other than two things")
        self.place_key = ("product", key)
        theirs = listed(self, other)
        self.place_key = key
        return self.helped(iterator_functions.product, ours, theirs)

    def combinations(self, values: Value, r: Value) -> Value:
        """Write `combinations` of two or three."""
        functions: dict[Any, Any] = {2: iterator_functions.pairs_apart, 3: iterator_functions.triples_apart}
        if not r.is_constant or r.constant not in functions:
            raise Refused("`combinations` of other than two or three things")
        return self.helped(functions[r.constant], listed(self, values))

    def permutations(self, values: Value, r: Value) -> Value:
        """Write `permutations` of two."""
        if not r.is_constant or r.constant != 2:
            raise Refused("`permutations` of other than two things")
        return self.helped(iterator_functions.pairs_ordered, listed(self, values))

    def repetition(self, item: Value, times: Value) -> Value:
        """Write `repeat`."""
        return self.helped(iterator_functions.repeated, item, times)

    def sliced_iterator(self, values: Value, *bounds: Value) -> Value:
        """Write `islice`."""
        start, stop, step = slice_bounds(bounds)
        values = listed(self, values)
        given = [
            self.of(0) if start is None or start.constant is None else start,
            self.length_value(values) if stop.constant is None else stop,
            self.of(1) if step is None or step.constant is None else step,
        ]
        return self.helped(iterator_functions.sliced, values, *given)

    def zipped_to_the_longest(self, one: Value, other: Value, *, fillvalue: Value | None = None) -> Value:
        """Write `zip_longest` of two."""
        ours, key = listed(self, one), self.place_key
        self.place_key = ("zip_longest", key)
        theirs = listed(self, other)
        self.place_key = key
        return self.helped(iterator_functions.zipped_to_the_longest, ours, theirs, fillvalue or static(None))


def slice_bounds(bounds: Sequence[Value]) -> tuple[Value | None, Value, Value | None]:
    """Return where `islice` begins, where it ends, and its step.

    Raises:
        TypeError: there are none, or too many.
    """
    if not 0 < len(bounds) < 4:
        raise TypeError("does not fit `islice`")
    if len(bounds) == 1:
        return None, bounds[0], None
    return bounds[0], bounds[1], bounds[2] if len(bounds) == 3 else None
