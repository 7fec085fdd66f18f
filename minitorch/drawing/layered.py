"""A small layered layout of a picture as SVG, for machines on which no Graphviz runs.

Nodes stand in columns, each to the right of everything it is computed from; long edges bend through the columns
between, and edges that lead back in a loop bend below. There are no frames: where there are several groups, each box
names its own.

    Node("value-1", …), Node("op-2", …), Edge("value-1", "op-2", "0")   becomes   <svg …>…</svg>
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import pairwise

from minitorch.drawing.elements import Edge, Node, Picture
from minitorch.drawing.sizes import CAPTION_SIZE, LINE_HEIGHT, PADDING, height_of, width_of
from minitorch.drawing.style import FONT, LOOSE, MONOSPACE, STYLES
from minitorch.drawing.text_widths import text_width

__all__ = ["svg"]


@dataclass
class Slot:
    """A node, or the bend of a long edge, in its column, with the slots `before` and `after` it along edges."""

    node: Node | None
    column: int
    before: list[Slot]
    after: list[Slot]
    y: float = 0.0

    @property
    def height(self) -> float:
        """The height of the node, or of a bend."""
        return height_of(self.node) if self.node else 6.0


def svg(picture: Picture) -> str:
    """Draw a picture as SVG text, with the ids and classes that Graphviz would give it.

    >>> drawn = svg(Picture("", [Node("a", "leaf", ("a < 1",)), Node("f", "operation", ("Sin",))], [Edge("a", "f")]))
    >>> drawn.startswith("<svg"), "a &lt; 1" in drawn
    (True, True)
    """
    texts = {group.id: group.text for group in picture.groups} if len(picture.groups) > 1 else {}
    nodes = [replace(n, lines=(texts[n.group], *n.lines)) if n.group in texts else n for n in picture.nodes]
    forward = [edge for edge in picture.edges if not edge.back]
    columns = columns_of(nodes, forward)
    slots = {node.id: Slot(node, columns[node.id], [], []) for node in nodes}
    routes = {id(edge): _route(slots[edge.tail], slots[edge.head]) for edge in forward}
    grid: list[list[Slot]] = [[] for _ in range(max(columns.values(), default=-1) + 1)]
    for slot in [*slots.values(), *(bend for route in routes.values() for bend in route[1:-1])]:
        grid[slot.column].append(slot)
    _arrange(grid)
    routes |= {id(edge): [slots[edge.tail], slots[edge.head]] for edge in picture.edges if edge.back}
    return _draw(grid, [(edge, routes[id(edge)]) for edge in picture.edges], picture.caption)


def columns_of(nodes: Sequence[Node], edges: Sequence[Edge]) -> dict[str, int]:
    """Return the column of each node: right of all it is computed from; leaves stand next to their first use."""
    before: dict[str, list[str]] = defaultdict(list)
    after: dict[str, list[str]] = defaultdict(list)
    for edge in edges:
        before[edge.head].append(edge.tail)
        after[edge.tail].append(edge.head)
    columns = dict.fromkeys((node.id for node in nodes), 0)
    waiting = {node.id: len(before[node.id]) for node in nodes}
    ready = [id for id, count in waiting.items() if count == 0]
    for id in ready:
        for head in after[id]:
            columns[head] = max(columns[head], columns[id] + 1)
            waiting[head] -= 1
            if waiting[head] == 0:
                ready.append(head)
    for id in columns:
        if not before[id] and after[id]:
            columns[id] = min(columns[head] for head in after[id]) - 1
    return columns


def _route(tail: Slot, head: Slot) -> list[Slot]:
    """Connect two slots through one bend in every column between them, and return all of them."""
    route = [tail, *(Slot(None, column, [], []) for column in range(tail.column + 1, head.column)), head]
    for left, right in pairwise(route):
        left.after.append(right)
        right.before.append(left)
    return route


def _arrange(grid: list[list[Slot]]) -> None:
    """Order every column by the mean height of its neighbours, in sweeps to and fro."""
    for column in grid:
        _stack(column)
    for sweep in range(12):
        forward = sweep % 2 == 0
        for column in grid if forward else reversed(grid):
            for slot in column:
                neighbours = slot.before if forward else slot.after
                if neighbours:
                    slot.y = sum(other.y for other in neighbours) / len(neighbours)
            column.sort(key=lambda slot: slot.y)
            _stack(column)


def _stack(column: list[Slot]) -> None:
    """Move overlapping slots apart, keeping their order and their common middle."""
    wanted = sum(slot.y for slot in column)
    for upper, lower in pairwise(column):
        lower.y = max(lower.y, upper.y + (upper.height + lower.height) / 2 + 14.0)
    shift = (wanted - sum(slot.y for slot in column)) / max(len(column), 1)
    for slot in column:
        slot.y += shift


def _draw(grid: list[list[Slot]], routes: list[tuple[Edge, list[Slot]]], caption: Sequence[str]) -> str:
    everything = [slot for column in grid for slot in column]
    top = min((slot.y - slot.height / 2 for slot in everything), default=0.0) - 10.0
    bottom = max((slot.y + slot.height / 2 for slot in everything), default=0.0) + 10.0
    bottom += 40.0 * any(edge.back for edge, _ in routes)
    widths = [max((width_of(slot.node) for slot in column if slot.node), default=0.0) for column in grid]
    middles = [10.0 + sum(widths[:i]) + 44.0 * i + width / 2 for i, width in enumerate(widths)]
    right = (middles[-1] + widths[-1] / 2 if grid else 0.0) + 10.0
    right = max([right, *(text_width(line, CAPTION_SIZE) + 20.0 for line in caption)])
    texts = [
        f'<text x="{right / 2:.1f}" y="{bottom + LINE_HEIGHT * row + 6.0:.1f}" text-anchor="middle" '
        f'font-family="{FONT}" font-size="{CAPTION_SIZE:g}" fill="{LOOSE}">{escape(line)}</text>'
        for row, line in enumerate(caption)
    ]
    bottom += LINE_HEIGHT * len(caption)
    size = f'width="{right:.0f}" height="{bottom - top:.0f}" viewBox="0 {top:.1f} {right:.1f} {bottom - top:.1f}"'
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{FONT}" font-size="13">']
    parts += [_draw_edge(f"edge-{number}", edge, route, middles) for number, (edge, route) in enumerate(routes)]
    parts += [_draw_node(slot.node, middles[slot.column], slot.y) for slot in everything if slot.node]
    return "\n".join([*parts, *texts, "</svg>"]) + "\n"


def _draw_edge(id: str, edge: Edge, route: list[Slot], middles: list[float]) -> str:
    points = [(middles[slot.column], slot.y) for slot in route]
    tail, head = route[0].node, route[-1].node
    assert tail is not None and head is not None
    if edge.back:
        (x1, y1), (x2, y2) = points[0], points[-1]
        x1, x2 = x1 - 12.0, x2 + 12.0
        y1, y2 = y1 + height_of(tail) / 2, y2 + height_of(head) / 2
        low = max(y1, y2) + 34.0
        path = f"M{x1:.1f},{y1:.1f} C{x1:.1f},{low:.1f} {x2:.1f},{low:.1f} {x2:.1f},{y2:.1f}"
        return _arrow(id, edge, path, (x2, y2), (0.0, -1.0), ((x1 + x2) / 2, low - 4.0))
    points[0] = (points[0][0] + width_of(tail) / 2, points[0][1])
    points[-1] = (points[-1][0] - width_of(head) / 2, points[-1][1] + _entry(edge, head))
    path = f"M{points[0][0]:.1f},{points[0][1]:.1f}"
    for (x1, y1), (x2, y2) in pairwise(points):
        half = (x1 + x2) / 2
        path += f" C{half:.1f},{y1:.1f} {half:.1f},{y2:.1f} {x2:.1f},{y2:.1f}"
    x, y = points[-1]
    return _arrow(id, edge, path, (x, y), (1.0, 0.0), (x - 13.0, y - 4.0))


def _arrow(
    id: str, edge: Edge, path: str, tip: tuple[float, float], direction: tuple[float, float], at: tuple[float, float]
) -> str:
    """Draw a line with its arrowhead and its text."""
    (x, y), (dx, dy) = tip, direction
    corners = [(x, y), (x - 8 * dx - 3 * dy, y - 8 * dy - 3 * dx), (x - 8 * dx + 3 * dy, y - 8 * dy + 3 * dx)]
    head = " ".join(f"{corner_x:.1f},{corner_y:.1f}" for corner_x, corner_y in corners)
    place = f'x="{at[0]:.1f}" y="{at[1]:.1f}" font-family="{FONT}" font-size="10" text-anchor="middle" fill="{LOOSE}"'
    text = f"<text {place}>{escape(edge.text)}</text>" if edge.text else ""
    return (
        f'<g id="{id}" class="edge"><path d="{path}" fill="none" stroke="{LOOSE}"/>'
        f'<polygon points="{head}" fill="{LOOSE}" stroke="{LOOSE}"/>{text}</g>'
    )


def _entry(edge: Edge, head: Node) -> float:
    """Return how far from a box's middle an arrow enters, by argument: equal operands have two arrows."""
    if head.kind not in ("operation", "underived") or not edge.text.isdigit():
        return 0.0
    return min(12.0 * int(edge.text) - 6.0, height_of(head) / 2 - 4.0)


def _draw_node(node: Node, x: float, y: float) -> str:
    style = STYLES[node.kind]
    width, height = width_of(node), height_of(node)
    look = f'fill="{style.light.fill}" stroke="{style.light.line}" stroke-width="{style.width:g}"'
    look += ' stroke-dasharray="4 3"' if style.dashed else ""
    if style.shape == "oval":
        outline = f'<ellipse cx="{x:.1f}" cy="{y:.1f}" rx="{width / 2:.1f}" ry="{height / 2:.1f}" {look}/>'
    else:
        corner = f'x="{x - width / 2:.1f}" y="{y - height / 2:.1f}" rx="{5 if style.shape == "chip" else 0}"'
        outline = f'<rect {corner} width="{width:.1f}" height="{height:.1f}" {look}/>'
    first = y + 4.5 - LINE_HEIGHT / 2 * (len(node.lines) - 1)
    start = x - width / 2 + PADDING["box"] / 2 if style.monospace else x
    anchor = "start" if style.monospace else "middle"
    looks = f'font-family="{MONOSPACE if style.monospace else FONT}" font-size="{12 if style.monospace else 13}"'
    texts = "".join(
        f'<text x="{start:.1f}" y="{first + LINE_HEIGHT * i:.1f}" xml:space="preserve" text-anchor="{anchor}" {looks} '
        f'fill="{style.light.text}">{escape(line)}</text>'
        for i, line in enumerate(node.lines)
    )
    return f'<g id="{node.id}" class="node {node.kind}">{outline}{texts}</g>'
