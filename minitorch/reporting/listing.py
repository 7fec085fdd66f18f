"""Groups operations by the line of source that did them: function by function, line by line, run by run.

area = math.pi * r * r      line 4 of `area`: `math.pi * r`, and `math.pi * r * r`, which is called `area`
"""

from __future__ import annotations

import functools
import inspect
import math
from collections.abc import Callable, Collection, Iterable, Sequence
from types import CodeType
from typing import Any

from minitorch.autodiff.place import Place
from minitorch.autodiff.variable import Variable, function_name
from minitorch.drawing.array_texts import has_axes, norm_text
from minitorch.drawing.safe_text import readable, shown_file
from minitorch.reporting.array_summaries import size_of, slope_of, summary_of
from minitorch.reporting.branches import SYMBOLS
from minitorch.reporting.model import Expression, Function, Input, Line, RunText
from minitorch.reporting.numerals import numeral
from minitorch.reporting.plain_values import Seen
from minitorch.reporting.sources import Definition, definition_at, definition_of, is_call, lines_of, text_at
from minitorch.reporting.watch import RETURNED, Track
from minitorch.scalars.scalar import Indicator

__all__ = ["Listing", "code_of", "real_part"]

Binding = tuple[list[int], Expression]
"""What a name got, with the moments at which the Variables were made that it got."""

MAX_NAME_CHARACTERS = 80
MAX_LINE_CHARACTERS = 4000
MAX_REPEATED_INPUTS = 8
"""At most so many inputs are shown again at the line that defines the function."""


class Listing:
    """Collects operations in the order in which they were done.

    Args:
        since: the `unique_id` that moments are counted from.
    """

    def __init__(self, since: int) -> None:
        self.since = since
        self._by_origin: dict[tuple[int, int, str], Expression] = {}
        self._by_place: dict[tuple[Place, str, int], Expression] = {}
        self._bindings: list[tuple[CodeType, int, list[int], Expression]] = []

    def add(self, node: Variable, derivative: Any, rounding: float) -> None:
        """Add the operation that computed a Variable."""
        origin = origin_of(node)
        if origin is None:
            return
        expression = self._by_origin.get(origin)
        if expression is None:
            expression = self._by_origin[origin] = self._expression(node, origin[2])
        value, moment = node.get_data(), node.unique_id - self.since
        if has_axes(value):
            expression.add(moment, size_of(value), slope_of(value, derivative), rounding, summary_of(value, derivative))
        else:
            expression.add(moment, real_part(value), real_part(derivative), rounding)

    def bind(self, track: Track, derivatives: dict[int, Any]) -> None:
        """Add what a name got, or what was returned, while a line ran."""
        operation = "returned" if track.name == RETURNED else "assigned"
        found = Expression(track.name, operation, track.name, seen=track.times, stride=track.stride)
        for moment, value in zip(track.moments, track.values, strict=True):
            derivative = derivatives.get(value.unique_id, 0.0)
            slope = math.nan if has_axes(derivative) else real_part(derivative)
            found.add(moment - self.since, value.number, slope, 0.0)
            found.texts.append(binding_text(value, derivative))
        self._bindings.append((track.code, track.line, [x.unique_id - self.since for x in track.values], found))

    def expression_of(self, node: Variable) -> Expression | None:
        """Return the expression that computed a Variable; `None` for inputs."""
        origin = origin_of(node)
        return None if origin is None else self._by_origin.get(origin)

    def _expression(self, node: Variable, operation: str) -> Expression:
        """Return the expression at a place, one even if Python compiled it several times, as the test of a loop."""
        place = node.place
        if place is None:
            raise ValueError("the operation has no place")
        # Where only lines are known, instructions alone tell the operations of a line apart.
        key = place, operation, node.instruction if place.column is None else 0
        known = self._by_place.get(key)
        if known is None:
            span = None
            if place.column is not None:
                span = (place.line, place.column), (place.end_line or place.line, place.end_column or 0)
            truth = type(node) is Indicator
            # What a call is assigned to is what it returns, not what it compares on the way.
            inner = operation in SYMBOLS and is_call(place)
            name = None if inner else place.name
            known = Expression(text_at(place), operation, name, span, truth, inner)
            self._by_place[key] = known
        return known

    def functions(
        self,
        entry: Callable[..., Any],
        inputs: Sequence[Input],
        called: Iterable[CodeType] = (),
        is_internal: Callable[[str], bool] = lambda file: False,
    ) -> list[Function]:
        """Return the functions that ran, the reported one first, which also shows what it was called with.

        Args:
            entry: the function.
            inputs: what it was called with.
            called: functions that ran, in the order of their first calls.
            is_internal: whether a file is that of a library, of which only functions that computed something are shown.
        """
        expressions: dict[Definition, dict[int, list[Expression]]] = {}
        for (place, *_), expression in self._by_place.items():
            definition = definition_at(place.file, place.line, place.column, place.function)
            expressions.setdefault(definition, {}).setdefault(place.line, []).append(expression)
        turns: dict[Definition, int] = {}
        for code in called:
            turns.setdefault(definition_of(code), len(turns))
            expressions.setdefault(definition_of(code), {})
        own = code_of(entry)
        first = None if own is None else definition_of(own)
        if first is not None and lines_of(first):
            expressions.setdefault(first, {}).setdefault(first.header, [])[:0] = map(
                given_as, inputs[:MAX_REPEATED_INPUTS]
            )
        bound: dict[Definition, dict[int, list[Binding]]] = {}
        for code, number, ids, binding in self._bindings:
            bound.setdefault(definition_of(code), {}).setdefault(number, []).append((ids, binding))
        for inner, outer in nested(list(expressions)):
            for number, of_line in expressions.pop(inner).items():
                expressions[outer].setdefault(number, []).extend(of_line)
            for number, bindings in bound.pop(inner, {}).items():
                bound.setdefault(outer, {}).setdefault(number, []).extend(bindings)
        functions = {
            definition: function_of(definition, lines, bound.get(definition, {}))
            for definition, lines in expressions.items()
            if not is_internal(definition.file) or any(computes(x) for of_line in lines.values() for x in of_line)
        }

        def order(definition: Definition) -> tuple[bool, float, float]:
            own = first is not None and definition.holds(first)
            return not own, turns.get(definition, math.inf), functions[definition].first_moment

        return [functions[definition] for definition in sorted(functions, key=order)]


def real_part(value: Any) -> float:
    """Return a number as a float; of a complex one the real part."""
    return float(value.real) if isinstance(value, complex) else float(value)


def origin_of(node: Variable) -> tuple[int, int, str] | None:
    """Return the code, instruction and Function of an operation; code by its id, as comparing code is slow."""
    function = function_name(node)
    return (id(node.code), node.instruction, function) if node.code is not None and function else None


def given_as(given: Input) -> Expression:
    """Return the expression that shows an input at the line of a function's parameters."""
    expression = Expression(given.name, "input", given.name)
    expression.add(given.moment, given.value, given.derivative, 0.0, given.array)
    return expression


def nested(definitions: list[Definition]) -> list[tuple[Definition, Definition]]:
    """Return the definitions inside others, each with the outermost of those, so that lines are shown once."""

    def size(definition: Definition) -> tuple[int, int, str]:
        # On one line the outer one has the shorter name.
        return definition.first - definition.last, len(definition.name), definition.name

    pairs = []
    for inner in definitions:
        around = [outer for outer in definitions if outer.holds(inner) and size(outer) < size(inner)]
        if around:
            pairs.append((inner, min(around, key=size)))
    return pairs


def function_of(
    definition: Definition, expressions: dict[int, list[Expression]], bound: dict[int, list[Binding]]
) -> Function:
    """Make a function of the lines of a definition, by line number.

    Args:
        definition: where the function stands.
        expressions: what was computed on each line.
        bound: what names got there, and what was returned.
    """
    for of_line in expressions.values():
        of_line.sort(key=lambda expression: expression.moments[0])
    texts = lines_of(definition)
    numbered = dict(enumerate(texts, start=definition.first)) or dict.fromkeys(sorted(expressions), "")
    every = [expression for of_line in expressions.values() for expression in of_line]
    lines = []
    for number, text in numbered.items():
        of_line = expressions.get(number, [])
        bindings = bound.get(number, [])
        if bound:
            unname(of_line, {binding.name for _, binding in bindings})
        lines.append(line_of(number, harmless(text), of_line, every, bindings))
    return Function(readable(definition.name, MAX_NAME_CHARACTERS), readable(shown_file(definition.file), 200), lines)


def computes(expression: Expression) -> bool:
    """Return whether an expression makes a number, and does not only ask a question."""
    return not expression.truth and not expression.inner


def unname(expressions: Iterable[Expression], names: Collection[str | None]) -> None:
    """Take back names that the line gave nothing: where Python gives no columns, they were guessed from the line."""
    for x in expressions:
        if x.span is None and x.operation != "input" and x.name not in names:
            x.name = None


def line_of(
    number: int, text: str, expressions: list[Expression], every: list[Expression], bound: list[Binding]
) -> Line:
    """Make a line, with those bindings that show more than its operations do."""
    bindings = []
    results = results_among(expressions, every)
    given = [x.text for x in expressions if x.operation == "input"]
    for ids, binding in bound:
        # What a function was called with is shown by its numbers.
        if binding.name == "_" or any(x.startswith((f"{binding.text}.", f"{binding.text}[")) for x in given):
            continue
        made = next((x for x in results if is_made_by(binding, ids, x)), None)
        if made is None:
            bindings.append(binding)
        elif made.name is None and binding.name != RETURNED:
            made.name = binding.name
    # What a name got is more than an operation of that name made: runs on which nothing depends, or other branches.
    results = [x for x in results if x.operation == "input" or all(x.name != binding.name for binding in bindings)]
    if any(text is None or not text.is_plain for binding in bindings for text in binding.texts):
        results = [x for x in results if x.name is not None]
    return Line(number, text, expressions, results + bindings, bindings)


def is_made_by(binding: Expression, ids: list[int], operation: Expression) -> bool:
    """Return whether what a name got is, run by run, what an operation of the line made."""
    moments = operation.moments
    if binding.stride == 1:
        return ids == moments
    return binding.times == operation.times and (ids[0], ids[-1]) == (moments[0], moments[-1])


def binding_text(value: Seen, derivative: Any) -> RunText | None:
    """Return what is shown of a value that a name got; `None` for a number with a derivative."""
    if value.text is None and not value.is_plain:
        return None
    slope = norm_text(derivative) if has_axes(derivative) else ""
    return RunText(numeral(value.number) if value.text is None else value.text, slope, value.is_plain)


def results_among(expressions: Sequence[Expression], every: Sequence[Expression]) -> list[Expression]:
    """Return the expressions of a line whose values a reader looks for.

    Args:
        expressions: the expressions of the line.
        every: the expressions of the whole function, of which one may go over several lines.
    """
    named = [x for x in expressions if x.name is not None]
    shown = named or [x for x in expressions if not x.inner and not any(other.holds(x) for other in every)]
    if any(x.span is None and x.operation != "input" for x in shown):
        # Where Python gives no columns, the last operation of a line computes its value.
        return [max(shown, key=lambda x: x.moments[-1])]
    # Of several operations at one stretch of source, as in `divmod`, the last one computes the value.
    latest = {(x.span, x.name): x for x in sorted(shown, key=lambda x: x.moments[-1])}
    return sorted(latest.values(), key=lambda x: x.span or ())


def harmless(text: str) -> str:
    """Return a line of source as text safe for any terminal and page: characters that can't be printed are escaped."""
    return readable(text.expandtabs(), MAX_LINE_CHARACTERS)


def code_of(f: Callable[..., Any]) -> CodeType | None:
    """Return the code of a function; `None` if it is not written in Python."""
    while isinstance(f, functools.partial):
        f = f.func
    return getattr(inspect.unwrap(f), "__code__", None)
