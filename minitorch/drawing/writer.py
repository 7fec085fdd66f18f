"""Writes the texts of a picture's nodes: in them, and under the pointer.

x * y   becomes   (x = 3)  "x = 3.0, derivative of out by it: 4.0"
                  [Mul]    "Mul, out = 12.0, …, shop.py:3 in bill, return price * count"
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from minitorch.autodiff.place import Place
from minitorch.autodiff.topological_order import topological_sort
from minitorch.autodiff.variable import Variable, function_name, function_of, is_constant
from minitorch.drawing.array_texts import derivative_text, has_axes
from minitorch.drawing.derivatives import Derivatives
from minitorch.drawing.elements import Kind, Node, Options, counted
from minitorch.drawing.safe_text import (
    MAX_CHARACTERS,
    MAX_TITLE_CHARACTERS,
    named,
    number,
    readable,
    slope,
    source_text,
    spot_of,
    value_of,
    written,
)
from minitorch.drawing.value_labels import labels

__all__ = ["Writer"]


class Writer:
    """Writes the nodes of one picture.

    Args:
        out: the result.
        drawn: the Variables whose derivatives may be needed.
        options: what to show.
    """

    def __init__(self, out: Variable, drawn: Sequence[Variable], options: Options) -> None:
        self.out = out
        self.drawn = drawn
        self.options = options
        self.derivatives = Derivatives(out, drawn)
        self.labels = labels(topological_sort(out)) if options.names else {}

    def label(self, variable: Variable) -> str | None:
        """Return the label of a Variable, `None` if it has none."""
        return self.labels.get(variable.unique_id, variable.name)

    def assigned(self, place: Place) -> str | None:
        """Return the name that the source assigns the values of a place to, `None` without one or if not wanted."""
        return place.name if self.options.names else None

    @property
    def result_name(self) -> str:
        """The name of the result in a sentence."""
        return readable(self.label(self.out) or "the result")

    def title(self, operations: int) -> str:
        """Return the title of the picture: the result's name and the number of operations."""
        name = self.label(self.out)
        of_what = f" of {readable(name)}" if name else ""
        return f"history{of_what}: {counted(operations, ('operation', 'operations'))}"

    def oval(self, variable: Variable, kind: Kind | None = None) -> Node:
        """Make the oval of a Variable; it has no lines where there is nothing to write in it."""
        is_end = variable is self.out or is_constant(variable) or variable.is_leaf
        idle = not is_end and kind is None and self.options.derivatives and self.derivatives.is_idle(variable)
        kind = kind or ("result" if variable is self.out else "leaf" if is_end else "idle" if idle else "value")
        name, value = self.label(variable), number(value_of(variable))
        first = named(name, value if self.options.values else "")
        if not first and (is_end or kind == "cut"):
            first = {"result": "result", "leaf": "input"}.get(kind, "…")
        derivative = self.derivatives.of(variable) if self.options.derivatives and not idle else None
        lines = [first] if first else []
        if derivative is not None:
            lines.append(f"derivative {slope(derivative)}")
        title = [named(name, written_short(variable), MAX_TITLE_CHARACTERS), *self._details(variable)]
        spot = spot_of(variable.place) if variable.place else None
        return Node(f"value-{variable.unique_id}", kind, tuple(lines), "\n".join(title), spot, (variable.unique_id,))

    def box(self, variable: Variable) -> Node:
        """Make the box of the operation that computed a Variable."""
        function = readable(function_name(variable))
        name = self.label(variable)
        title = [function, named(name, written_short(variable), MAX_TITLE_CHARACTERS), *self._details(variable)]
        spot = spot_of(variable.place) if variable.place else None
        ids = (variable.unique_id,)
        kind: Kind = "operation"
        if self.derivatives.problem is not None and self.options.derivatives and lacks_backward(variable):
            kind = "underived"
            title.append(readable(self.derivatives.problem, MAX_TITLE_CHARACTERS))
        return Node(f"op-{variable.unique_id}", kind, (function,), "\n".join(title), spot, ids, operations=1)

    def constant(self, operand: Any, id: str) -> Node:
        """Make the text of an operand that no derivative passes through."""
        name = operand.name if issubclass(type(operand), Variable) else None
        value = value_of(operand)
        return Node(
            id,
            "constant",
            (named(name, number(value)),),
            named(name, readable(written(value), MAX_TITLE_CHARACTERS), MAX_TITLE_CHARACTERS),
        )

    def remarks(self) -> list[Node]:
        """Make the note that derivatives could not be computed, unless a box is marked for that."""
        problem = self.derivatives.problem
        if problem is None or not self.options.derivatives or any(map(lacks_backward, self.drawn)):
            return []
        return [Node("note-derivatives", "note", ("no derivatives",), readable(problem, MAX_TITLE_CHARACTERS))]

    def _details(self, variable: Variable) -> list[str]:
        """Return the lines to show under the pointer for a Variable: derivative, place, source text."""
        details = []
        derivative = self.derivatives.of(variable)
        if derivative is not None:
            details.append(f"derivative of {self.result_name} by it: {exactly(derivative)}")
        kept = variable.derivative
        if kept is not None and (has_axes(kept) or has_axes(derivative) or kept != derivative):
            details.append(f"derivative kept by backward: {exactly(kept)}")
        place = variable.place
        if place is not None:
            details += [str(spot_of(place)), *filter(None, [source_text(place)])]
        return details


def lacks_backward(variable: Variable) -> bool:
    """Return whether a Function without a `backward` of its own made a Variable."""
    function = function_of(variable)
    return function is not None and not function.has_backward()


def written_short(variable: Variable) -> str:
    """Return the text of a Variable's value under the pointer."""
    value = value_of(variable)
    return readable(written(value), MAX_TITLE_CHARACTERS if has_axes(value) else MAX_CHARACTERS)


def exactly(derivative: Any) -> str:
    """Return the text of a derivative under the pointer."""
    return derivative_text(derivative) if has_axes(derivative) else repr(derivative)
