"""Chooses how a history is drawn that nobody has chosen for: in full where that can be read, else collapsed.

A picture that is larger than a page is scrolled to and fro, or shown with letters too small to read. So the first of
these that fits is taken: every operation from left to right; the lines of source; every operation from top to bottom,
for what one line computes; the functions. The picture says so where it is not the first.

    history of 26 operations, 3,500 px wide   becomes   6 lines of source, 1,300 px wide
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from minitorch.autodiff.variable import Variable
from minitorch.drawing.elements import Collapse, Node, Options, Picture, checked, counted
from minitorch.drawing.layered import columns_of
from minitorch.drawing.operation_picture import choose, picture_of_operations
from minitorch.drawing.sizes import height_of, width_of
from minitorch.drawing.source_picture import picture_of_places

__all__ = ["MAX_HEIGHT", "MAX_WIDTH", "estimated_size", "picture_that_fits"]

MAX_WIDTH: Final = 1600.0
"""How many pixels a page is wide at most, in which the letters of a picture are as large as those of the page."""

MAX_HEIGHT: Final = 2400.0

EDGES_BESIDE: Final = 1.4
"""How much wider a row of nodes is with the edges that pass beside them."""

SLACK: Final = 1.1
"""How much wider nodes are estimated than Graphviz makes them."""

THINGS: Final[dict[Collapse, tuple[str, str]]] = {
    "line": ("line of source", "lines of source"),
    "function": ("function", "functions"),
}


def picture_that_fits(out: Variable, options: Options, lr: bool | None = None) -> Picture:
    """Make the first of the possible pictures that fits on a page, or that of functions if none does.

    Args:
        out: the result.
        options: what to show.
        lr: the direction, if it is given.
    """
    checked(out)
    picture = None
    for picture in _candidates(out, options, lr):
        if fits(picture, picture.down if lr is None else not lr):
            break
    assert picture is not None
    return picture


def _candidates(out: Variable, options: Options, lr: bool | None) -> Iterator[Picture]:
    """Yield the pictures that could be drawn, the most telling one first; the last is taken if none fits."""
    full = None if choose(out, options.limit).left_out else picture_of_operations(out, options)
    if full is not None:
        yield full
    by_line = picture_of_places(out, options, "line")
    boxes = [node for node in by_line.nodes if node.kind == "line"]
    known = any(node.spot is not None for node in boxes)
    if known and len(boxes) > 1:
        yield _captioned(by_line, "line")
    if full is not None and lr is None:
        yield replace(full, down=True)
    if not known:
        yield full or picture_of_operations(out, options)
        return
    if len(boxes) == 1:
        yield _captioned(by_line, "line")
    yield _captioned(picture_of_places(out, options, "function"), "function")


def _captioned(picture: Picture, collapse: Collapse) -> Picture:
    """Say below a picture what was collapsed, and how to draw all."""
    boxes = sum(node.kind == collapse for node in picture.nodes)
    operations = counted(picture.operations, ("operation", "operations"))
    caption = f"{operations} drawn as {counted(boxes, THINGS[collapse])}", "collapse=None draws each of them"
    return replace(picture, collapsed=collapse, caption=caption)


def fits(picture: Picture, down: bool) -> bool:
    """Return whether a picture can be read on a page without scrolling to and fro."""
    width, height = estimated_size(picture, down)
    return width <= MAX_WIDTH and height <= MAX_HEIGHT


def estimated_size(picture: Picture, down: bool) -> tuple[float, float]:
    """Estimate the width and height of a picture as Graphviz lays it out."""
    columns = columns_of(picture.nodes, [edge for edge in picture.edges if not edge.back])
    ranks: dict[int, list[Node]] = defaultdict(list)
    for node in picture.nodes:
        ranks[columns[node.id]].append(node)
    measure = (height_of, width_of) if down else (width_of, height_of)
    along = sum(max(measure[0](node) for node in rank) + 26.0 for rank in ranks.values()) - 26.0
    across = max((sum(measure[1](node) + 16.0 for node in rank) for rank in ranks.values()), default=0.0)
    along += 26.0 * len(picture.groups)
    return (across * EDGES_BESIDE, along) if down else (along / SLACK, across)
