"""A small layered drawing of a directed graph as SVG, for machines on which no Graphviz runs.

Nodes stand in columns, each to the right of everything it is made from; long edges bend through the columns between.
The looks (`STYLES`, `FONT`) are those that the Graphviz pictures use, too.

    [Node("a", "leaf", ("a",)), Node("f", "operation", ("Sin",))], [Edge("a", "f", "0")]   becomes   <svg …>…</svg>
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Literal

__all__ = ["FONT", "STYLES", "Edge", "Kind", "Node", "Style", "svg"]

Kind = Literal["leaf", "value", "result", "cut", "operation", "constant", "note"]

FONT = "Helvetica,Arial,sans-serif"


@dataclass(frozen=True)
class Style:
    """How a kind of node looks; shape, dash and width tell the kinds apart without colour, too."""

    shape: Literal["oval", "box", "text"]
    fill: str
    line: str
    text: str = "#1a1a1a"
    width: float = 1.0
    dashed: bool = False


# Tints and lines of the Okabe-Ito palette, which stays apart for every kind of colour blindness.
STYLES: dict[Kind, Style] = {
    "leaf": Style("oval", "#d6eaf8", "#0072b2", width=1.4),
    "value": Style("oval", "#ffffff", "#8a8a8a"),
    "result": Style("oval", "#fde8c8", "#d55e00", width=2.2),
    "cut": Style("oval", "#f4f4f4", "#8a8a8a", dashed=True),
    "operation": Style("box", "#eeeeee", "#444444"),
    "constant": Style("text", "none", "none", text="#444444"),
    "note": Style("box", "#fffbe6", "#8a8a8a", dashed=True),
}


@dataclass(frozen=True)
class Node:
    """One thing to draw: lines of text in the looks of its kind, and a hint shown under the pointer."""

    key: str
    kind: Kind
    lines: tuple[str, ...]
    hint: str = ""

    @property
    def width(self) -> float:
        widest = max(len(line) for line in self.lines)
        return 7.3 * widest + {"oval": 34.0, "box": 24.0, "text": 8.0}[STYLES[self.kind].shape]

    @property
    def height(self) -> float:
        return 17.0 * len(self.lines) + 12.0


@dataclass(frozen=True)
class Edge:
    """An arrow from one node key to another, with a short text."""

    tail: str
    head: str
    text: str = ""


@dataclass
class _Place:
    """A node, or the bend of a long edge, in its column: `before` are the places its edges come from."""

    node: Node | None
    column: int
    before: list[_Place]
    after: list[_Place]
    y: float = 0.0

    @property
    def height(self) -> float:
        return self.node.height if self.node else 6.0


def svg(nodes: Sequence[Node], edges: Sequence[Edge]) -> str:
    """Draw an acyclic graph as SVG text.

    >>> picture = svg([Node("a", "leaf", ("a < 1",)), Node("f", "operation", ("Sin",))], [Edge("a", "f", "0")])
    >>> picture.startswith("<svg"), "a &lt; 1" in picture
    (True, True)
    """
    columns = _column_of_each(nodes, edges)
    places = {node.key: _Place(node, columns[node.key], [], []) for node in nodes}
    routes = [(edge, _route(places[edge.tail], places[edge.head])) for edge in edges]
    grid: list[list[_Place]] = [[] for _ in range(max(columns.values(), default=-1) + 1)]
    for place in [*places.values(), *(bend for _, route in routes for bend in route[1:-1])]:
        grid[place.column].append(place)
    _arrange(grid)
    return _draw(grid, routes)


def _column_of_each(nodes: Sequence[Node], edges: Sequence[Edge]) -> dict[str, int]:
    """Put each node right of all it is made from, and what is made from nothing next to its first use."""
    before: dict[str, list[str]] = defaultdict(list)
    after: dict[str, list[str]] = defaultdict(list)
    for edge in edges:
        before[edge.head].append(edge.tail)
        after[edge.tail].append(edge.head)
    columns = dict.fromkeys((node.key for node in nodes), 0)
    waiting = {node.key: len(before[node.key]) for node in nodes}
    ready = [key for key, count in waiting.items() if count == 0]
    for key in ready:
        for head in after[key]:
            columns[head] = max(columns[head], columns[key] + 1)
            waiting[head] -= 1
            if waiting[head] == 0:
                ready.append(head)
    for key in columns:
        if not before[key] and after[key]:
            columns[key] = min(columns[head] for head in after[key]) - 1
    return columns


def _route(tail: _Place, head: _Place) -> list[_Place]:
    """Join two places through one bend in every column between them."""
    route = [tail, *(_Place(None, column, [], []) for column in range(tail.column + 1, head.column)), head]
    for left, right in pairwise(route):
        left.after.append(right)
        right.before.append(left)
    return route


def _arrange(grid: list[list[_Place]]) -> None:
    """Order every column by the mean height of its neighbours, in sweeps to and fro, and stack it there."""
    for column in grid:
        _stack(column)
    for sweep in range(12):
        forward = sweep % 2 == 0
        for column in grid if forward else reversed(grid):
            for place in column:
                neighbours = place.before if forward else place.after
                if neighbours:
                    place.y = sum(other.y for other in neighbours) / len(neighbours)
            column.sort(key=lambda place: place.y)
            _stack(column)


def _stack(column: list[_Place]) -> None:
    """Push overlapping places apart, keeping their order and their common middle."""
    wanted = sum(place.y for place in column)
    for upper, lower in pairwise(column):
        lower.y = max(lower.y, upper.y + (upper.height + lower.height) / 2 + 14.0)
    shift = (wanted - sum(place.y for place in column)) / max(len(column), 1)
    for place in column:
        place.y += shift


def _draw(grid: list[list[_Place]], routes: list[tuple[Edge, list[_Place]]]) -> str:
    everything = [place for column in grid for place in column]
    top = min((place.y - place.height / 2 for place in everything), default=0.0) - 10.0
    bottom = max((place.y + place.height / 2 for place in everything), default=0.0) + 10.0
    widths = [max((place.node.width for place in column if place.node), default=0.0) for column in grid]
    middles = [10.0 + sum(widths[:i]) + 44.0 * i + width / 2 for i, width in enumerate(widths)]
    right = (middles[-1] + widths[-1] / 2 if grid else 0.0) + 10.0
    size = f'width="{right:.0f}" height="{bottom - top:.0f}" viewBox="0 {top:.1f} {right:.1f} {bottom - top:.1f}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{FONT}" font-size="13">',
        '<defs><marker id="arrow" viewBox="0 0 8 6" refX="8" refY="3" markerWidth="8" markerHeight="6" orient="auto">'
        '<path d="M0,0 L8,3 L0,6 z" fill="#555555"/></marker></defs>',
        f'<rect x="0" y="{top:.1f}" width="{right:.1f}" height="{bottom - top:.1f}" fill="white"/>',
    ]
    parts += [_draw_edge(edge, route, middles) for edge, route in routes]
    parts += [_draw_node(place.node, middles[place.column], place.y) for place in everything if place.node]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _draw_edge(edge: Edge, route: list[_Place], middles: list[float]) -> str:
    points = [(middles[place.column], place.y) for place in route]
    tail, head = route[0].node, route[-1].node
    assert tail is not None and head is not None
    points[0] = (points[0][0] + tail.width / 2, points[0][1])
    points[-1] = (points[-1][0] - head.width / 2, points[-1][1] + _entry(edge, head))
    path = f"M{points[0][0]:.1f},{points[0][1]:.1f}"
    for (x1, y1), (x2, y2) in pairwise(points):
        half = (x1 + x2) / 2
        path += f" C{half:.1f},{y1:.1f} {half:.1f},{y2:.1f} {x2:.1f},{y2:.1f}"
    arrow = f'<path d="{path}" fill="none" stroke="#555555" marker-end="url(#arrow)"/>'
    if not edge.text:
        return arrow
    x, y = points[-1]
    place = f'x="{x - 13:.1f}" y="{y - 4:.1f}" font-size="10" text-anchor="middle" fill="#555555"'
    return f"{arrow}<text {place}>{escape(edge.text)}</text>"


def _entry(edge: Edge, head: Node) -> float:
    """Spread the arrows that enter a box by argument position, so that equal operands stay two arrows."""
    return 0.0 if not edge.text.isdigit() else min(12.0 * int(edge.text) - 6.0, head.height / 2 - 4.0)


def _draw_node(node: Node, x: float, y: float) -> str:
    style = STYLES[node.kind]
    width, height = node.width, node.height
    look = f'fill="{style.fill}" stroke="{style.line}" stroke-width="{style.width:g}"'
    look += ' stroke-dasharray="4 3"' if style.dashed else ""
    outline = {
        "oval": f'<ellipse cx="{x:.1f}" cy="{y:.1f}" rx="{width / 2:.1f}" ry="{height / 2:.1f}" {look}/>',
        "box": f'<rect x="{x - width / 2:.1f}" y="{y - height / 2:.1f}" '
        f'width="{width:.1f}" height="{height:.1f}" {look}/>',
        "text": "",
    }[style.shape]
    first = y + 4.5 - 8.5 * (len(node.lines) - 1)
    texts = "".join(
        f'<text x="{x:.1f}" y="{first + 17.0 * i:.1f}" text-anchor="middle" fill="{style.text}">{escape(line)}</text>'
        for i, line in enumerate(node.lines)
    )
    return f"<g><title>{escape(node.hint or node.key)}</title>{outline}{texts}</g>"
