"""Colours, fonts and shapes of each kind of node, on light pages and on dark ones.

Tints and lines are those of the Okabe-Ito palette, which stays apart for every kind of colour blindness; shape, dash
and width tell the kinds apart without colour, too. Every text that matters stands on a fill of its own, and edges and
their texts have a colour that can be read on white and on black: a picture is readable also where a page is not
as dark or light as the reader's system says.

    STYLES["leaf"].light.line, STYLES["leaf"].dark.line   are   "#0072b2", "#56b4e9"
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from minitorch.drawing.elements import Kind

__all__ = ["FONT", "FRAME", "LOOSE", "LOOSE_DARK", "MONOSPACE", "STYLES", "Paint", "Style", "style_sheet"]

FONT: Final = "Helvetica,Arial,sans-serif"
MONOSPACE: Final = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace"

LOOSE: Final = "#757575"
"""The colour of edges, their texts and the frames of groups, which lie on the page itself."""
LOOSE_DARK: Final = "#8f8f8f"

FRAME: Final = "#80808014"
"""The fill of groups, which darkens white and lightens black."""


@dataclass(frozen=True)
class Paint:
    """The colours of a node."""

    fill: str
    line: str
    text: str


@dataclass(frozen=True)
class Style:
    """The look of a kind of node."""

    shape: Literal["oval", "box", "chip"]
    light: Paint
    dark: Paint
    width: float = 1.0
    dashed: bool = False
    monospace: bool = False


STYLES: Final[dict[Kind, Style]] = {
    "leaf": Style("oval", Paint("#d6eaf8", "#0072b2", "#10212e"), Paint("#0d3450", "#56b4e9", "#e8f4fc"), 1.4),
    "value": Style("oval", Paint("#ffffff", "#7f7f7f", "#1a1a1a"), Paint("#25282d", "#9299a1", "#eeeeee")),
    "idle": Style("oval", Paint("#ffffff", "#8c8c8c", "#555555"), Paint("#1f2124", "#7d848c", "#b4b4b4"), 0.5),
    "result": Style("oval", Paint("#fde8c8", "#d55e00", "#2b1a08"), Paint("#4f2c08", "#e69f00", "#fdf0dc"), 2.4),
    "cut": Style("oval", Paint("#f4f4f4", "#7f7f7f", "#1a1a1a"), Paint("#303338", "#9299a1", "#eeeeee"), dashed=True),
    "operation": Style("box", Paint("#e9e9e9", "#4d4d4d", "#1a1a1a"), Paint("#3b4047", "#b4bac2", "#f2f2f2")),
    "underived": Style(
        "box", Paint("#fff6d6", "#8a6d00", "#2e2600"), Paint("#3a3210", "#d8bf52", "#fbf3d4"), 1.4, dashed=True
    ),
    "constant": Style("chip", Paint("#f6f6f6", "none", "#333333"), Paint("#2b2e33", "none", "#dddddd")),
    "note": Style("box", Paint("#fff6d6", "#8a6d00", "#2e2600"), Paint("#3a3210", "#d8bf52", "#fbf3d4"), dashed=True),
    "line": Style(
        "box", Paint("#ffffff", "#4d4d4d", "#1a1a1a"), Paint("#25282d", "#b4bac2", "#eeeeee"), monospace=True
    ),
    "function": Style("box", Paint("#dff3ec", "#00795a", "#0a2a20"), Paint("#0d3a2e", "#3fd0a5", "#e4f8f1"), 1.4),
}


def style_sheet() -> str:
    """Return the CSS rules for a picture on a dark page.

    >>> "prefers-color-scheme: dark" in style_sheet()
    True
    """
    rules = [
        _rule("edge path", "stroke", LOOSE_DARK),
        _rule("edge polygon", "fill", LOOSE_DARK, "stroke", LOOSE_DARK),
        _rule("edge text", "fill", LOOSE_DARK),
        _rule("cluster text", "fill", LOOSE_DARK),
        _rule("graph>text", "fill", LOOSE_DARK),
    ]
    for kind, style in STYLES.items():
        outline = ":is(ellipse,polygon,path,rect)"
        rules.append(_rule(f"{kind} {outline}", "fill", style.dark.fill, "stroke", style.dark.line))
        rules.append(_rule(f"{kind} text", "fill", style.dark.text))
    return "@media (prefers-color-scheme: dark){" + "".join(rules) + "}"


def _rule(selector: str, *declarations: str) -> str:
    pairs = zip(declarations[::2], declarations[1::2], strict=True)
    return f".minitorch-graph .{selector}{{{';'.join(f'{name}:{value}' for name, value in pairs)}}}"
