"""How large nodes are, estimated from their texts: for layouts without Graphviz, and to see what fits on a page.

Node("op-2", "operation", ("Mul",))   ->   49 by 29
"""

from __future__ import annotations

import math
from typing import Final

from minitorch.drawing.elements import Node
from minitorch.drawing.style import STYLES
from minitorch.drawing.text_widths import text_width

__all__ = [
    "CAPTION_SIZE",
    "FONT_SIZE",
    "LINE_HEIGHT",
    "MONOSPACE_FONT_SIZE",
    "PADDING",
    "height_of",
    "text_width_of",
    "width_of",
]

FONT_SIZE: Final = 13.0
MONOSPACE_FONT_SIZE: Final = 12.0
CAPTION_SIZE: Final = 11.0
LINE_HEIGHT: Final = 17.0
PADDING: Final = {"oval": 6.0, "box": 24.0, "chip": 12.0}


def width_of(node: Node) -> float:
    """Estimate the width of a node."""
    shape = STYLES[node.kind].shape
    # An oval is as much larger than its texts as a circle is than the square in it.
    return text_width_of(node) * (math.sqrt(2.0) if shape == "oval" else 1.0) + PADDING[shape]


def height_of(node: Node) -> float:
    """Return the height of a node."""
    return LINE_HEIGHT * len(node.lines) + (12.0 if STYLES[node.kind].shape != "chip" else 4.0)


def text_width_of(node: Node) -> float:
    """Estimate the width of the widest text in a node."""
    monospace = STYLES[node.kind].monospace
    size = MONOSPACE_FONT_SIZE if monospace else FONT_SIZE
    return max((text_width(line, size, monospace) for line in node.lines), default=0.0)
