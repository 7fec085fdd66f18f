"""A picture as a graphviz object, which can be restyled, and saved or shown as DOT, SVG, PNG or PDF.

Node("op-2", "operation", ("Mul",))   becomes   "op-2" [label=Mul id="op-2" class=operation shape=box …]
"""

from __future__ import annotations

import math
from typing import Any

import graphviz

from minitorch.drawing import layered
from minitorch.drawing.elements import Edge, Node, Picture
from minitorch.drawing.render import RenderError, convert, has_dot, render
from minitorch.drawing.sizes import CAPTION_SIZE, FONT_SIZE, MONOSPACE_FONT_SIZE, width_of
from minitorch.drawing.style import FRAME, LOOSE, STYLES
from minitorch.drawing.svg import finished

__all__ = ["Diagram", "diagram"]

# Graphviz knows the widths of these fonts; those that the finished picture asks for have the same widths.
MEASURED_FONT = "Helvetica"
MEASURED_MONOSPACE_FONT = "Courier"

MAX_ROW = 1300.0
"""Inputs that are wider together do not stand in one row above the lines that use them."""

GRAPH_ATTRIBUTES = {
    # Without a bound, a hundred long edges keep the layout busy for minutes.
    "nslimit": "4",
    "ranksep": "0.36",
    "nodesep": "0.22",
    "bgcolor": "transparent",
    "fontname": MEASURED_FONT,
    "fontsize": "12",
    "fontcolor": LOOSE,
}
NODE_ATTRIBUTES = {"fontname": MEASURED_FONT, "fontsize": f"{FONT_SIZE:g}", "width": "0.6", "height": "0.36"}
EDGE_ATTRIBUTES = {
    "fontname": MEASURED_FONT,
    "fontsize": "10",
    "fontcolor": LOOSE,
    "color": LOOSE,
    "arrowsize": "0.65",
    "labeldistance": "1.6",
    "labelangle": "-22",
}


class Diagram(graphviz.Digraph):  # type: ignore[misc]
    """A `graphviz.Digraph` that keeps its picture as data, and can be shown without an installed Graphviz.

    Attributes:
        picture: what is drawn, as plain data.
    """

    picture: Picture = Picture("")

    def svg(self) -> str:
        """Return the picture as SVG text, which begins with its `<svg` element."""
        try:
            laid_out = render(str(self.source)).decode("utf-8")
        except RenderError:
            # No Graphviz in any form, or a broken one: the picture matters more than its layout.
            laid_out = layered.svg(self.picture)
        return finished(laid_out, self.picture)

    def pipe(self, format: str | None = None, *, encoding: str | None = None, **options: Any) -> Any:
        """Return the picture in a format, as `graphviz.Digraph.pipe` does: bytes, or text with an encoding.

        Args:
            format: "svg", "png" or "pdf", or another format of Graphviz, which must be installed for that.
            encoding: the encoding of the text to return.
            options: further arguments of `graphviz.Digraph.pipe`, for those other formats.

        Raises:
            RenderError: nothing that is installed makes this format; the message says what would.
        """
        format = format or str(self.format)
        if format == "svg":
            content = self.svg().encode("utf-8")
        elif format in ("png", "pdf"):
            content = render(str(self.source), format) if has_dot() else convert(self.svg(), format)
        else:
            content = super().pipe(format, **options)
        return content if encoding is None else content.decode(encoding)

    def copy(self) -> Diagram:
        """Return a copy that can be restyled by itself."""
        other: Diagram = super().copy()
        other.picture = self.picture
        return other

    def _repr_svg_(self) -> str:
        return self.svg()


def diagram(picture: Picture, lr: bool) -> Diagram:
    """Make the graphviz object of a picture.

    Args:
        picture: what is drawn.
        lr: whether it runs from left to right, or else from top to bottom.
    """
    direction = {"rankdir": "LR" if lr else "TB"}
    result = Diagram(graph_attr=GRAPH_ATTRIBUTES | direction, node_attr=NODE_ATTRIBUTES, edge_attr=EDGE_ATTRIBUTES)
    result.picture = picture
    for group in picture.groups:
        with result.subgraph(name=f"cluster-{group.id}") as frame:
            frame.attr(label=dot_text(group.text), id=group.id, tooltip=dot_hint(group.text), labeljust="l")
            frame.attr(style="filled,rounded", color=LOOSE, fillcolor=FRAME, penwidth="0.8", margin="12")
            _add_nodes(frame, picture, group.id)
    _add_nodes(result, picture, None)
    _arrange(result, picture)
    if picture.caption:
        lines = {
            "label": dot_text(*picture.caption),
            "labelloc": "b",
            "fontsize": f"{CAPTION_SIZE:g}",
            "fontcolor": LOOSE,
        }
        result.attr(**lines)
    computed = {node.id for node in picture.nodes if node.kind in ("operation", "underived", "value", "idle")}
    for number, edge in enumerate(picture.edges):
        ends, attributes = (edge.tail, edge.head), _edge_attributes(edge, f"edge-{number}", edge.tail in computed)
        if edge.back:
            # What ran first stands first, also where values come back to it.
            ends, attributes["dir"] = ends[::-1], "back"
        result.edge(*ends, **attributes)
    return result


def _arrange(graph: Diagram, picture: Picture) -> None:
    """Keep the order of arguments, or of lines with the result at the end."""
    if all(node.kind not in ("line", "function") for node in picture.nodes):
        graph.attr(ordering="in")
        return
    if picture.groups:
        # With frames, Graphviz 2.43 loses edges unless it ranks anew.
        graph.attr(newrank="true")
    leaves = [node for node in picture.nodes if node.kind == "leaf"]
    if sum(map(width_of, leaves)) > MAX_ROW:
        leaves = []
    for rank, row in (("source", leaves), ("sink", [node for node in picture.nodes if node.kind == "result"])):
        with graph.subgraph() as end:
            end.attr(rank=rank)
            for node in row:
                end.node(node.id)


def _add_nodes(graph: graphviz.Digraph, picture: Picture, group: str | None) -> None:
    """Add the nodes of a group, or those outside of all groups for `None`."""
    for node in picture.nodes:
        if node.group == group:
            graph.node(node.id, **_node_attributes(node))


def _node_attributes(node: Node) -> dict[str, str]:
    style = STYLES[node.kind]
    attributes = {
        "id": node.id,
        "class": node.kind,
        "label": dot_text(*node.lines, left=style.monospace),
        "tooltip": dot_hint(node.title),
        "shape": "ellipse" if style.shape == "oval" else "box",
        "style": ",".join(["filled", *["dashed"] * style.dashed, *["rounded"] * (style.shape == "chip")]),
        "fillcolor": style.light.fill,
        "color": style.light.line,
        "fontcolor": style.light.text,
        "penwidth": f"{style.width:g}",
        "margin": {"oval": "0.03,0.03", "box": "0.13,0.06", "chip": "0.07,0.02"}[style.shape],
    }
    if style.shape == "chip":
        attributes |= {"width": "0", "height": "0.24", "color": style.light.fill}
    if style.monospace:
        attributes |= {"fontname": MEASURED_MONOSPACE_FONT, "fontsize": f"{MONOSPACE_FONT_SIZE:g}"}
    unknown = any(letter > "\u00ff" and letter not in "…→∞·" for line in node.lines for letter in line)
    if unknown or node.kind in ("function", "note"):
        # Graphviz takes long texts for narrower than browsers do, and knows no widths of letters beyond Latin-1.
        attributes["width"] = f"{width_of(node) / 72:.2f}"
    return attributes


def _edge_attributes(edge: Edge, id: str, computed: bool) -> dict[str, str]:
    attributes = {
        "id": id,
        "tooltip": dot_hint(edge.title),
        # The chain of computed values lies straight; leaves and constants join it from the side.
        "weight": "6" if computed else "1",
        "penwidth": f"{1 + math.log10(max(edge.values, 1)) / 4:.3g}",
    }
    if edge.text:
        # An argument position belongs to the end of its arrow, a number of values to the middle.
        attributes |= {"headlabel": dot_text(edge.text)} if edge.values == 1 else {"label": f" {dot_text(edge.text)} "}
    return attributes


def dot_text(*lines: str, left: bool = False) -> str:
    """Write the lines of a label as a DOT string that shows exactly these characters.

    >>> print(dot_text('say "a & b"', "twice"))
    say \\"a &amp; b\\"\\ntwice
    """
    # Graphviz reads `&lt;` in a label as `<`, so that an ampersand of the text needs a spelling of its own.
    escaped = [line.replace("&", "&amp;").replace("\\", r"\\").replace('"', r"\"") for line in lines]
    text: str = graphviz.nohtml("".join(rf"{line}\l" for line in escaped) if left else r"\n".join(escaped))
    return text


def dot_hint(text: str) -> str:
    """Write the text of a tooltip as a DOT string: Graphviz reads its escapes twice.

    >>> print(dot_hint("back\\\\slash"))
    back\\\\\\\\slash
    """
    return dot_text(*text.replace("\\", r"\\").split("\n"))
