"""What pages find in an SVG: ids, places, titles, colours for every reader."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from paths import ROOT
from pictures import LOOP, SVG, computed, elements, groups, lines_in, texts, titles, without_graphviz

from minitorch import Scalar, drawing
from minitorch.drawing.style import FRAME, LOOSE, LOOSE_DARK, STYLES, Paint, style_sheet


@pytest.fixture(params=["graphviz", "layered"])
def any_layout(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw on a machine with Graphviz, in one form or other, and on one without."""
    if request.param == "layered":
        without_graphviz(monkeypatch)


# ----- what a page can rely on -----


@pytest.mark.usefixtures("any_layout")
@pytest.mark.parametrize("collapse", [None, "line", "function"])
def test_every_node_and_edge_can_be_found(collapse: drawing.Collapse | None) -> None:
    graph = drawing.graph(computed(LOOP, "grow.py", x=1.0, rate=0.5), collapse=collapse)
    picture, svg = graph.picture, graph.svg()
    found = groups(svg)
    for node in picture.nodes:
        group = found[node.id]
        assert group.attrib["class"].split() == ["node", node.kind]
        assert group[0].tag == SVG + "title" and group[0].text == (node.title or "\n".join(node.lines))
        assert lines_in(group)[-len(node.lines) :] == list(node.lines)
        spot = node.spot and (node.spot.file, str(node.spot.line), node.spot.function)
        place = tuple(group.attrib.get(f"data-{name}") for name in ("file", "line", "function"))
        assert place == (spot or (None, None, None))
        count = str(node.operations) if node.kind == collapse else None
        assert group.attrib.get("data-operations") == count
    for number, edge in enumerate(picture.edges):
        group = found[f"edge-{number}"]
        assert group.attrib["class"] == "edge"
        assert (group.attrib["data-tail"], group.attrib["data-head"]) == (edge.tail, edge.head)
        assert (titles(svg).get(f"edge-{number}") or "") == edge.title


@pytest.mark.usefixtures("any_layout")
def test_boxes_are_named_after_the_values_they_made() -> None:
    x = Scalar(3.0, name="x")
    out = x * 2
    found = groups(drawing.make_graph(out))
    assert {f"op-{out.unique_id}", f"value-{out.unique_id}", f"value-{x.unique_id}"} <= found.keys()


@pytest.mark.usefixtures("any_layout")
def test_the_picture_says_what_it_is() -> None:
    root = ElementTree.fromstring(drawing.make_graph(computed("out = x * 2", x=1.0)))
    assert root.attrib["class"] == "minitorch-graph"
    assert root.attrib["role"] == "graphics-document document"
    assert root.attrib["aria-label"] == "history of out: 1 operation"
    assert root.attrib["width"].replace(".", "").isdigit()
    # A title of the whole would show wherever the pointer is.
    assert all(child.tag != SVG + "title" for child in [*root, *root[1]])


def test_titles_tell_place_source_value_and_derivative() -> None:
    out = computed("y = x * 3\nout = y * y", "shop.py", x=2.0)
    shown = titles(drawing.make_graph(out))
    assert shown[f"op-{out.unique_id}"].splitlines() == [
        "Mul",
        "out = 36.0",
        "derivative of out by it: 1.0",
        "shop.py:2 in <module>",
        "out = y * y",
    ]
    (line,) = [title for title in titles(drawing.make_graph(out, collapse="line")).values() if "x * 3" in title]
    assert line.splitlines() == [
        "shop.py:1 in <module>",
        "y = x * 3",
        "1 operation",
        "y = 6.0",
        "derivative of out by it: 12.0",
    ]


def test_files_are_shown_from_the_working_folder_or_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(str(tmp_path))
    monkeypatch.syspath_prepend(str(tmp_path / "deep" / "down"))
    for file, shown in {"a/b.py": "a/b.py", "deep/down/pump/head.py": "pump/head.py"}.items():
        svg = drawing.make_graph(computed("out = x * 2", str(tmp_path / file), x=1.0))
        assert str(tmp_path) not in svg
        assert f'data-file="{shown}"' in svg
    assert 'data-file="/elsewhere/c.py"' in drawing.make_graph(computed("out = x * 2", "/elsewhere/c.py", x=1.0))


@pytest.mark.usefixtures("any_layout")
def test_copied_source_is_source() -> None:
    svg = drawing.make_graph(computed("out = x  *  2", x=1.0), collapse="line")
    assert "1  out = x  *  2" in texts(svg)
    assert "\xa0" not in svg


# ----- colours -----


def luminance(colour: str) -> float:
    """As WCAG 2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


PAINTS = [
    pytest.param(paint, page, id=f"{kind}-{name}")
    for kind, style in STYLES.items()
    for name, paint, page in (("light", style.light, "#ffffff"), ("dark", style.dark, "#0d1117"))
]


@pytest.mark.parametrize(("paint", "page"), PAINTS)
def test_text_and_outlines_can_be_read(paint: Paint, page: str) -> None:
    assert contrast(paint.text, paint.fill) >= 7
    if paint.line != "none":
        assert contrast(paint.line, page) >= 3 and contrast(paint.line, paint.fill) >= 3


@pytest.mark.parametrize("colour", [LOOSE, LOOSE_DARK])
@pytest.mark.parametrize("page", ["#ffffff", "#1e1e1e", "#0d1117", "#000000"])
def test_what_lies_on_the_page_can_be_read_on_any(colour: str, page: str) -> None:
    assert contrast(colour, page) >= 3


def test_kinds_differ_without_colour() -> None:
    looks = [(style.shape, style.dashed, style.width, style.monospace) for style in STYLES.values()]
    assert len(set(looks)) == len(looks)


def test_the_page_shows_through_and_dark_pages_have_rules_of_their_own() -> None:
    svg = drawing.make_graph(computed(LOOP, "grow.py", x=1.0, rate=0.5), collapse="line")
    (style,) = elements(svg, "style")
    assert style.text == style_sheet()
    assert all(f".minitorch-graph .{kind} text" in style_sheet() for kind in STYLES)
    fills = {shape.get("fill") for tag in ("polygon", "ellipse", "rect") for shape in elements(svg, tag)}
    known = {style.light.fill for style in STYLES.values()} | {LOOSE, FRAME[:7], "none", "transparent"}
    assert fills <= known


def test_committed_pictures_are_what_the_examples_draw(tmp_path: Path) -> None:
    root = ROOT
    environment = {**os.environ, "PYTHONPATH": str(root)}
    subprocess.run([sys.executable, str(root / "examples/06_draw.py")], cwd=tmp_path, env=environment, check=True)
    made = (tmp_path / "swing.svg").read_text(encoding="utf-8")
    committed = (root / "examples/pictures/swing.svg").read_text(encoding="utf-8")
    boxes = {id: lines_in(group) for id, group in groups(made).items() if id.startswith("line-")}
    expected = {id: lines_in(group) for id, group in groups(committed).items() if id.startswith("line-")}
    assert boxes.keys() == expected.keys()
    # Without Graphviz a first line says in which function it is.
    assert {id: lines[-len(expected[id]) :] for id, lines in boxes.items()} == expected
    assert str(root) not in committed
