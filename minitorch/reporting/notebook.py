"""The report as a notebook shows it: the page in a frame; on paper, or where no frame may be, diagram and tables.

<style>    says which of the two is seen
<iframe>   the page; a viewer that distrusts the notebook leaves it out, and the style with it
<div>      diagram and tables as plain HTML, which is then all there is
"""

from __future__ import annotations

import base64
import html
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from minitorch.drawing.render import RenderError
from minitorch.reporting.linked_diagram import svg_of
from minitorch.reporting.model import Analysis
from minitorch.reporting.page import page_of
from minitorch.reporting.terminal import Fitted, parts_of

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["notebook_html"]

FRAME_HEIGHT: Final = 720

STYLE: Final = (
    "<style>.minitorch-plain{display:none}"
    "@media print{.minitorch-page{display:none}.minitorch-plain{display:block}}</style>"
)
"""The page on a screen, diagram and tables on paper."""


def notebook_html(analysis: Analysis) -> str:
    """Lay a report out for a notebook; a frame keeps the page's style and script away from those around it."""
    page = html.escape(page_of(analysis), quote=True)
    title = html.escape(f"report of {analysis.title}", quote=True)
    # A frame that is loaded late stays empty where a notebook is printed that nobody has scrolled through.
    frame = (
        f'<iframe class="minitorch-page" srcdoc="{page}" title="{title}" sandbox="allow-scripts" allow="fullscreen" '
        f'style="width:100%;height:{FRAME_HEIGHT}px;border:0"></iframe>'
    )
    return f'{STYLE}{frame}<div class="minitorch-plain">{plain_html(analysis)}</div>'


def plain_html(analysis: Analysis) -> str:
    """Return diagram and tables without style, script or frame."""
    heading, *parts = map(part_html, parts_of(analysis))
    return "\n".join([heading, image_of(analysis), *parts])


def image_of(analysis: Analysis) -> str:
    """Return the diagram as an image, which no viewer takes for code; nothing where none can be drawn."""
    try:
        svg = "" if analysis.diagram is None else svg_of(analysis.diagram.picture)
    except RenderError:
        svg = ""
    if not svg:
        return ""
    data = base64.b64encode(svg.encode()).decode()
    return f'<img alt="diagram" style="max-width:100%" src="data:image/svg+xml;base64,{data}">'


def part_html(part: Any) -> str:
    """Return a paragraph or a table of the report on a terminal as HTML."""
    return table_html(part.table) if isinstance(part, Fitted) else f"<p>{html.escape(str(part))}</p>"


def table_html(table: Table) -> str:
    """Return a table of the report on a terminal as HTML."""
    head = row_html("th", [str(column.header) for column in table.columns])
    rows = zip(*(column.cells for column in table.columns), strict=True)
    body = "".join(row_html("td", [str(cell) for cell in row]) for row in rows)
    caption = html.escape(str(table.title or ""))
    return f"<table><caption>{caption}</caption><thead>{head}</thead><tbody>{body}</tbody></table>"


def row_html(tag: str, cells: Sequence[str]) -> str:
    """Return one row of a table.

    >>> row_html("td", ["x", "< 2"])
    '<tr><td>x</td><td>&lt; 2</td></tr>'
    """
    return "<tr>" + "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in cells) + "</tr>"
