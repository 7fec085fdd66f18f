"""Moves the texts of edges and frames to where no line and no node lies over them, once a picture is laid out.

Graphviz keeps edges off nodes, but not off the titles of frames and the numbers at arrowheads. A text that lies free
stays. The title of a frame that is too crowded loses its file, which stays under the pointer.

    ──price · sh|op.py──────   becomes   ────────────|──price · shop.py──
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple, TypeAlias

from minitorch.drawing.text_widths import text_width

__all__ = ["make_room"]

Point: TypeAlias = tuple[float, float]

STEP = 2.5
"""How far apart the points of a line are that are looked at; no text is narrower."""
CELL = 16.0
GAP = 1.0
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")
CAPITALS, DESCENDERS = 0.74, 0.22
"""How far letters rise above their line and hang below it, in parts of the size of the font."""


class Box(NamedTuple):
    """A rectangle."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Return whether two rectangles overlap."""
        beside = self.right < other.left or other.right < self.left
        return not beside and self.top <= other.bottom and other.top <= self.bottom

    def at(self, x: float, y: float) -> Box:
        """Return a rectangle of the same size around a middle."""
        width, height = (self.right - self.left) / 2, (self.bottom - self.top) / 2
        return Box(x - width, y - height, x + width, y + height)


class Oval(NamedTuple):
    """An ellipse."""

    x: float
    y: float
    rx: float
    ry: float

    def meets(self, box: Box) -> bool:
        """Return whether a rectangle overlaps."""
        x, y = min(max(self.x, box.left), box.right), min(max(self.y, box.top), box.bottom)
        return ((x - self.x) / self.rx) ** 2 + ((y - self.y) / self.ry) ** 2 < 1


class Room:
    """What is taken of the page: by lines as points, by nodes and by texts that were placed as shapes."""

    def __init__(self) -> None:
        self.shapes: list[Box | Oval] = []
        self._points: dict[tuple[int, int], list[Point]] = defaultdict(list)

    def add_line(self, points: Sequence[Point]) -> None:
        """Take the points of a line from corner to corner."""
        for (x1, y1), (x2, y2) in pairwise(points):
            parts = max(1, math.ceil(math.hypot(x2 - x1, y2 - y1) / STEP))
            for part in range(parts + 1):
                x, y = x1 + (x2 - x1) * part / parts, y1 + (y2 - y1) * part / parts
                self._points[int(x // CELL), int(y // CELL)].append((x, y))

    def taken(self, box: Box) -> int:
        """Return how much lies in a rectangle: 0 if it is free."""
        count = sum(shape.meets(box) for shape in self.shapes) * 1000
        for column in range(int(box.left // CELL), int(box.right // CELL) + 1):
            for row in range(int(box.top // CELL), int(box.bottom // CELL) + 1):
                for x, y in self._points.get((column, row), ()):
                    count += box.left <= x <= box.right and box.top <= y <= box.bottom
        return count


def make_room(root: Any) -> None:
    """Move the texts of edges and frames in an SVG that something lies over.

    Args:
        root: the `<svg>` element, by `xml.dom`.
    """
    groups = {kind: _groups(root, kind) for kind in ("node", "edge", "cluster")}
    room = Room()
    room.shapes += [shape for node in groups["node"] for shape in _shapes(node)]
    paths = {
        id(edge): [point for path in _children(edge, "path") for point in _points(path)] for edge in groups["edge"]
    }
    for edge in groups["edge"]:
        room.add_line(paths[id(edge)])
        for head in _children(edge, "polygon"):
            room.add_line(_corners(head))
    for edge in groups["edge"]:
        for text in _children(edge, "text"):
            _place(room, text, _beside(paths[id(edge)], text))
    for frame in groups["cluster"]:
        outline = [point for path in _children(frame, "path") for point in _points(path)]
        outline += [corner for polygon in _children(frame, "polygon") for corner in _corners(polygon)]
        for text in _children(frame, "text"):
            if outline:
                _place_title(room, text, _bounds(outline))


def _place_title(room: Room, text: Any, frame: Box) -> None:
    """Move the title of a frame: along its upper edge, without its file if need be, or else along the lower one."""
    full = text.firstChild.data
    short = full.partition(" · ")[0]
    if _place(room, text, _along(frame, text, _middle(_box_of(text)))):
        return
    for title, below in ((short, False), (full, True), (short, True)):
        text.firstChild.data = title
        own = _box_of(text)
        y = frame.bottom - (own.bottom - own.top) / 2 - 5.0 if below else _middle(own)
        if _place(room, text, _along(frame, text, y), stays=False):
            return
    text.firstChild.data = full


def _place(room: Room, text: Any, candidates: Iterator[Box], stays: bool = True) -> bool:
    """Move a text to the first free one of some places, and take that; one that is free stays, if it may.

    Returns:
        Whether there was a free place.
    """
    own = _box_of(text)
    best = own
    if not stays or room.taken(own):
        best = next((box for box in candidates if not room.taken(_wider(box))), own)
    if best is not own:
        text.setAttribute("text-anchor", "middle")
        text.setAttribute("x", f"{(best.left + best.right) / 2:.2f}")
        text.setAttribute("y", f"{float(text.getAttribute('y')) + best.top - own.top:.2f}")
    free = best is not own or not room.taken(own)
    room.shapes += [best] if free else []
    return free


def _beside(path: Sequence[Point], text: Any) -> Iterator[Box]:
    """Yield places beside an edge: a number of values near its middle, an argument's position near its head."""
    own = _box_of(text)
    middle = ((own.left + own.right) / 2, (own.top + own.bottom) / 2)
    for (x1, y1), (x2, y2) in sorted(pairwise(path), key=lambda part: math.dist(part[0], middle)):
        length = math.hypot(x2 - x1, y2 - y1)
        if not length:
            continue
        across, up = -(y2 - y1) / length, (x2 - x1) / length
        half = abs(across) * (own.right - own.left) / 2 + abs(up) * (own.bottom - own.top) / 2
        for gap in (2.5, 5.0, 9.0):
            for side in (1, -1):
                yield own.at(x1 + side * across * (half + gap), y1 + side * up * (half + gap))


def _along(frame: Box, text: Any, y: float) -> Iterator[Box]:
    """Yield places in a frame at some height, the nearest to the left first."""
    own = _box_of(text)
    half = (own.right - own.left) / 2
    x = frame.left + 8.0 + half
    while x + half + 4.0 <= frame.right:
        yield own.at(x, y)
        x += 4.0


def _middle(box: Box) -> float:
    return (box.top + box.bottom) / 2


def _box_of(text: Any) -> Box:
    """Return the rectangle of the letters of a text."""
    size, x, y = (float(text.getAttribute(name)) for name in ("font-size", "x", "y"))
    content = text.firstChild.data.strip() if text.firstChild else ""
    width = text_width(content, size)
    left = {"start": x, "middle": x - width / 2}.get(text.getAttribute("text-anchor"), x - width)
    below = 0.0 if content.replace(",", "").isdigit() else DESCENDERS * size
    return Box(left, y - CAPITALS * size, left + width, y + below)


def _wider(box: Box) -> Box:
    return Box(box.left - GAP, box.top - GAP, box.right + GAP, box.bottom + GAP)


def _groups(root: Any, kind: str) -> list[Any]:
    return [group for group in root.getElementsByTagName("g") if kind in group.getAttribute("class").split()]


def _children(element: Any, name: str) -> list[Any]:
    return [child for child in element.childNodes if child.nodeName == name]


def _shapes(node: Any) -> Iterator[Box | Oval]:
    """Yield the outlines of a node."""
    for oval in _children(node, "ellipse"):
        yield Oval(*(float(oval.getAttribute(name)) for name in ("cx", "cy", "rx", "ry")))
    for box in _children(node, "rect"):
        x, y, width, height = (float(box.getAttribute(name)) for name in ("x", "y", "width", "height"))
        yield Box(x, y, x + width, y + height)
    for outline in [*map(_corners, _children(node, "polygon")), *map(_points, _children(node, "path"))]:
        yield _bounds(outline)


def _bounds(points: Sequence[Point]) -> Box:
    xs, ys = zip(*points, strict=True)
    return Box(min(xs), min(ys), max(xs), max(ys))


def _corners(polygon: Any) -> list[Point]:
    numbers = [float(number) for number in NUMBER.findall(polygon.getAttribute("points"))]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _points(path: Any) -> list[Point]:
    """Return points of a path of Bézier curves, which begins with `M` and goes on with `C`."""
    numbers = [float(number) for number in NUMBER.findall(path.getAttribute("d"))]
    given = list(zip(numbers[::2], numbers[1::2], strict=True))
    points = given[:1]
    for start in range(0, len(given) - 3, 3):
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = given[start : start + 4]
        parts = max(4, math.ceil((abs(x3 - x0) + abs(y3 - y0)) / 8))
        for part in range(1, parts + 1):
            t = part / parts
            a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
            points.append((a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3))
    return points
