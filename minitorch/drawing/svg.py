"""Finishes an SVG that a layout made: adds what pages, pointers and screen readers look for in it.

<g id="op-2" class="node operation"><title>op-2</title>…   becomes
<g id="op-2" class="node operation" data-line="41" …><title>Mul …</title>…
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from xml.dom import minidom

from minitorch.drawing.elements import Edge, Node, Picture
from minitorch.drawing.label_room import make_room
from minitorch.drawing.style import FONT, MONOSPACE, style_sheet

__all__ = ["finished"]

FONTS = {"Helvetica": FONT, "Courier": MONOSPACE}
"""The fonts to show, each by the font of the same widths that the layout measured."""


def finished(svg: str, picture: Picture) -> str:
    """Give an SVG the style sheet, titles and attributes that `minitorch.drawing` promises.

    Args:
        svg: the picture as Graphviz or `layered` laid it out; elements that a user has added stay.
        picture: what is drawn.
    """
    document = minidom.parseString(svg.encode("utf-8"))
    root: Any = document.documentElement
    known = {node.id: _of_node(node) for node in picture.nodes}
    known |= {f"edge-{number}": _of_edge(edge) for number, edge in enumerate(picture.edges)}
    known |= {group.id: {"title": group.text} for group in picture.groups}
    for element in list(root.getElementsByTagName("g")):
        if {"node", "edge", "cluster"} & set(element.getAttribute("class").split()):
            _unwrap_hints(element)
            _describe(element, known.get(element.getAttribute("id"), {}))
        elif "graph" in element.getAttribute("class").split():
            # Its title is the graph's name in DOT, which would show wherever the pointer is.
            _remove(_titles(element))
    for text in root.getElementsByTagName("text"):
        font = text.getAttribute("font-family")
        text.setAttribute("font-family", FONTS.get(font.partition(",")[0], font))
        # Graphviz writes non-breaking spaces, with which source that is copied from the picture would not run.
        text.setAttribute("xml:space", "preserve")
        for part in text.childNodes:
            part.data = part.data.replace("\xa0", " ")
    make_room(root)
    _remove([child for child in _everything(root) if child.nodeType == child.COMMENT_NODE])
    for side in ("width", "height"):
        # Graphviz counts in points, which would make text a third larger than the page's.
        root.setAttribute(side, root.getAttribute(side).removesuffix("pt"))
    root.setAttribute("class", "minitorch-graph")
    root.setAttribute("role", "graphics-document document")
    root.setAttribute("aria-label", picture.title)
    style = document.createElement("style")
    style.appendChild(document.createTextNode(style_sheet()))
    root.insertBefore(style, root.firstChild)
    return str(root.toxml()) + "\n"


def _of_node(node: Node) -> dict[str, str]:
    """Return the attributes of a node's element; `title` is the text under the pointer."""
    attributes = {"title": node.title or "\n".join(node.lines), "role": "graphics-symbol img"}
    if node.spot is not None:
        attributes |= {"data-file": node.spot.file, "data-line": str(node.spot.line)}
        attributes["data-function"] = node.spot.function
    if node.kind in ("line", "function"):
        attributes["data-operations"] = str(node.operations)
    return attributes


def _of_edge(edge: Edge) -> dict[str, str]:
    return {"title": edge.title, "data-tail": edge.tail, "data-head": edge.head}


def _unwrap_hints(element: Any) -> None:
    """Replace the links to nowhere, as whose title Graphviz writes a tooltip, by the title alone."""
    for link in list(element.getElementsByTagName("a")):
        if link.hasAttribute("xlink:href"):
            continue
        _set_title(element, link.getAttribute("xlink:title"))
        frame = link.parentNode
        for child in list(link.childNodes):
            frame.parentNode.insertBefore(child, frame)
        frame.parentNode.removeChild(frame)


def _describe(element: Any, attributes: dict[str, str]) -> None:
    for name, value in attributes.items():
        if name == "title":
            _set_title(element, value)
        else:
            element.setAttribute(name, value)


def _set_title(element: Any, text: str) -> None:
    document = element.ownerDocument
    _remove(_titles(element))
    if text:
        title = document.createElement("title")
        title.appendChild(document.createTextNode(text))
        element.insertBefore(title, element.firstChild)


def _titles(element: Any) -> list[Any]:
    return [child for child in element.childNodes if child.nodeName == "title"]


def _everything(element: Any) -> list[Any]:
    nodes: list[Any] = [element]
    for node in nodes:
        nodes.extend(node.childNodes)
    return nodes


def _remove(nodes: Iterable[Any]) -> None:
    for node in nodes:
        node.parentNode.removeChild(node)
