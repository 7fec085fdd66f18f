"""What the tests of pictures share: computations to draw, what is to be seen in an SVG, machines without Graphviz."""

from __future__ import annotations

import linecache
import re
from typing import Any
from xml.etree import ElementTree

import pytest

from minitorch import Scalar
from minitorch.autodiff.variable import Variable
from minitorch.drawing import diagram
from minitorch.drawing.render import RenderError, render

SVG = "{http://www.w3.org/2000/svg}"


def elements(svg: str, tag: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(svg).iter(SVG + tag))


def texts(svg: str) -> list[str]:
    """The texts that a reader of the picture sees."""
    return [element.text or "" for element in elements(svg, "text")]


def titles(svg: str) -> dict[str, str]:
    """The texts under the pointer, by the id of what it points to."""
    found = {}
    for group in elements(svg, "g"):
        title = group.find(SVG + "title")
        if title is not None:
            found[group.attrib["id"]] = title.text or ""
    return found


def groups(svg: str) -> dict[str, ElementTree.Element]:
    """The groups of elements that have an id, by it."""
    return {group.attrib["id"]: group for group in elements(svg, "g") if "id" in group.attrib}


def lines_in(group: ElementTree.Element) -> list[str]:
    """The texts of a node; without Graphviz, a first one may say what it would stand in."""
    return [text.text or "" for text in group.iter(SVG + "text")]


def edges(dot: str) -> list[tuple[str, str, str]]:
    """The arrows of a graph in DOT: tail, head, argument position."""
    found = []
    for tail, head, attributes in re.findall(r'"([\w-]+)" -> "([\w-]+)" \[(.*)\]', dot):
        position = re.search(r"headlabel=(\d+)", attributes)
        found.append((tail, head, position.group(1) if position else ""))
    return found


def computed(source: str, file: str = "somewhere.py", **inputs: Any) -> Variable:
    """Run source, which stands in a file that need not exist, on Scalars; give what it calls `out`."""
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    namespace: dict[str, Any] = {
        name: Scalar(value, name=name) if type(value) is float else value for name, value in inputs.items()
    }
    exec(compile(f"{source}\n__file__ = {file!r}", file, "exec"), namespace)
    out: Variable = namespace["out"]
    return out


LOOP = """\
def grow(x, rate):
    for _ in range(3):
        x = x + rate * x
    return x

def total(x, rate):
    size = grow(x, rate)
    return size * 2 + rate

out = total(x, rate)
"""


def without_graphviz(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw as on a machine on which no Graphviz runs."""

    def refuse(dot: str) -> bytes:
        raise RenderError("no renderer")

    monkeypatch.setattr(diagram, "render", refuse)


def has_graphviz() -> bool:
    """Whether some Graphviz runs here; it needs the program or Python 3.11."""
    try:
        return bool(render("digraph {}"))
    except RenderError:
        return False
