"""The picture of a computation by its source: one box per line that ran, or per function, and the values between them.

for price in prices:            (2 inputs) ─2─▸ ┌ 3  total += price ┐ ─▸ ((total[1] = 5))
    total += price      becomes                 └ 2 operations      ┘
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from minitorch.autodiff.topological_order import topological_sort
from minitorch.autodiff.variable import Variable, is_constant
from minitorch.drawing.array_texts import derivative_text, has_axes
from minitorch.drawing.elements import Collapse, Edge, Group, Kind, Node, Options, Picture, Spot, checked, counted
from minitorch.drawing.flow import Flow, Step, flow_of
from minitorch.drawing.safe_text import (
    MAX_CHARACTERS,
    MAX_TITLE_CHARACTERS,
    named,
    number,
    readable,
    short_file,
    slope,
    source_lines,
    source_text,
    spot_of,
    value_of,
    written,
)
from minitorch.drawing.writer import Writer

__all__ = ["picture_of_places"]

MAX_NAMES = 12
OPERATIONS = ("operation", "operations")
NO_SOURCE = "source unknown"


def picture_of_places(out: Variable, options: Options, collapse: Collapse) -> Picture:
    """Make the picture with one box per line or function, up to the limit."""
    checked(out)
    order = [out] if is_constant(out) else topological_sort(out)[::-1]
    writer = Writer(out, order, options)
    result = writer.oval(out)
    flow = flow_of(order, collapse)
    if not flow.steps:
        return Picture(writer.title(0), [result], down=True)
    last = next(step.id for step in flow.steps.values() if step.variables[-1] is out)
    drawn = flow.nearest(last, options.limit)
    groups = Groups()
    nodes = [_input(id, leaves, writer) for id, leaves in flow.leaves.items() if id in drawn]
    for id, step in flow.steps.items():
        if id in drawn:
            nodes.append(_line(step, writer, groups.of(step)) if collapse == "line" else _function(step))
    edges = [*_edges(flow, drawn, writer), Edge(last, result.id)]
    nodes += [result, *writer.remarks()]
    _mark_cut(flow, drawn, nodes, edges, collapse)
    operations = sum(node.operations for node in nodes)
    return Picture(writer.title(operations), nodes, edges, groups.all, operations, down=True)


class Groups:
    """The frames of functions around their lines."""

    def __init__(self) -> None:
        self.all: list[Group] = []
        self._ids: dict[tuple[str, str], str] = {}

    def of(self, step: Step) -> str | None:
        """Return the id of the frame around a line, a new one if need be; `None` for a line without a source."""
        file, function, _ = step.key
        if not file:
            return None
        if (file, function) not in self._ids:
            id = self._ids[file, function] = f"group-{len(self._ids) + 1}"
            self.all.append(Group(id, f"{readable(function)} · {short_file(file)}"))
        return self._ids[file, function]


def _line(step: Step, writer: Writer, group: str | None) -> Node:
    """Make the box of a line: its number and source, how much ran there, what it computed."""
    count = counted(len(step.variables), OPERATIONS)
    place = step.variables[-1].place
    if place is None:
        return _node(step, "line", [NO_SOURCE, count], [NO_SOURCE, count])
    runs = step.runs()
    most = max(map(len, runs))
    count += f" in {most:,} runs" if most > 1 else ""
    # The values that the line assigns or returns: that of its only run, or those of the first and the last.
    ends = runs[-1] if len(runs[-1]) == 1 else [runs[-1][0], runs[-1][-1]]
    name = (writer.label(ends[0]) if len(ends) == 1 else writer.assigned(place)) or "value"
    values = [value_of(variable) for variable in ends]
    derivatives = [d for d in map(writer.derivatives.of, ends) if d is not None]
    spot = spot_of(place)
    title = [str(spot), source_text(place), count, named(name, _ends(values, written))]
    details = [count]
    if writer.options.values:
        details.append(named(name, _ends(values, number)))
    if derivatives:
        title.append(f"derivative of {writer.result_name} by it: {_ends(derivatives, slope_written)}")
        if writer.options.derivatives:
            details.append(f"derivative {_ends(derivatives, slope)}")
    margin = " " * len(f"{spot.line}  ")
    source, *continued = source_lines(place)
    lines = [f"{spot.line}  {source}", *(margin + more for more in (*(f"    {part}" for part in continued), *details))]
    return _node(step, "line", lines, title, spot, group)


def _function(step: Step) -> Node:
    """Make the box of a function: its name and file, how much ran there."""
    count = counted(len(step.variables), OPERATIONS)
    places = [run[0].place for run in step.runs() if run[0].place is not None]
    if not places:
        return _node(step, "function", [NO_SOURCE, count], [NO_SOURCE, count])
    first = min(places, key=lambda place: place.line)
    spot = spot_of(first)
    on_lines = f"{count} on {counted(len({place.line for place in places}), ('line', 'lines'))}"
    lines = [readable(first.function), f"{short_file(first.file)}:{spot.line}", on_lines]
    return _node(step, "function", lines, [str(spot), on_lines], spot)


def _node(
    step: Step, kind: Kind, lines: list[str], title: list[str], spot: Spot | None = None, group: str | None = None
) -> Node:
    ids = tuple(variable.unique_id for variable in step.variables)
    return Node(step.id, kind, tuple(lines), "\n".join(filter(None, title)), spot, ids, len(ids), group)


def _input(id: str, leaves: Sequence[Variable], writer: Writer) -> Node:
    """Make the oval of a leaf, or of several that are used alike."""
    if len(leaves) == 1:
        return writer.oval(leaves[0])
    title = "\n".join(named(writer.label(leaf), written(value_of(leaf))) for leaf in leaves[:MAX_NAMES])
    more = f"\n… and {len(leaves) - MAX_NAMES:,} more" if len(leaves) > MAX_NAMES else ""
    lines = [f"{len(leaves):,} inputs"]
    first, last = writer.label(leaves[0]), writer.label(leaves[-1])
    if first and last:
        lines.append(f"{readable(first)} … {readable(last)}")
    return Node(id, "leaf", tuple(lines), title + more, variables=tuple(leaf.unique_id for leaf in leaves))


def _ends(numbers: Sequence[Any], write: Callable[[Any], str]) -> str:
    """Write one number, or the first and the last of several, with `write`."""
    longest = MAX_TITLE_CHARACTERS if any(map(has_axes, numbers)) else MAX_CHARACTERS
    return " → ".join(readable(write(number), longest) for number in numbers)


def slope_written(derivative: Any) -> str:
    """Return the text of a derivative under the pointer."""
    return derivative_text(derivative) if has_axes(derivative) else repr(derivative)


def _edges(flow: Flow, drawn: set[str], writer: Writer) -> list[Edge]:
    """Make the arrows between what is drawn."""
    position = {id: index for index, id in enumerate([*flow.leaves, *flow.steps])}
    edges = []
    for (tail, head), values in flow.values.items():
        if tail in drawn and head in drawn:
            count = len(values)
            title = f"{counted(count, ('value', 'values'))}: {_names(values.values(), writer)}"
            back = position[tail] >= position[head]
            edges.append(Edge(tail, head, f"{count:,}" if count > 1 else "", title, count, back))
    return edges


def _names(values: Iterable[Variable], writer: Writer) -> str:
    """List the names of values; a value without a name is listed as a number."""
    names = [readable(writer.label(value) or number(value_of(value))) for value in values]
    more = f" and {len(names) - MAX_NAMES:,} more" if len(names) > MAX_NAMES else ""
    return ", ".join(names[:MAX_NAMES]) + more


def _mark_cut(flow: Flow, drawn: set[str], nodes: list[Node], edges: list[Edge], collapse: Collapse) -> None:
    """Add a note on how much is not drawn, with arrows to where it would join."""
    steps = [step for id, step in flow.steps.items() if id not in drawn]
    leaves = [leaf for id, same in flow.leaves.items() if id not in drawn for leaf in same]
    if not steps and not leaves:
        return
    operations = counted(sum(len(step.variables) for step in steps), OPERATIONS)
    missing = [f"{counted(len(steps), (collapse, f'{collapse}s'))} with {operations}"] if steps else []
    missing += [counted(len(leaves), ("input", "inputs"))] if leaves else []
    lines = (" and ".join(missing), "are left out; the nearest to the result are drawn")
    nodes.append(Node("note-cut", "note", lines))
    joined = dict.fromkeys(head for tail, head in flow.values if tail not in drawn and head in drawn)
    edges += [Edge("note-cut", head) for head in joined]
