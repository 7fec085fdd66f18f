"""Names, constants, files, functions, source and errors are text in every picture, whatever is in them."""

from __future__ import annotations

import linecache
from collections.abc import Callable, Iterator
from xml.etree import ElementTree

import pytest
from awkward_texts import AWKWARD, FILE_NAMES, PLACES, in_code_name, in_constant_name, in_file, in_name, in_result
from pictures import SVG, elements, groups, has_graphviz, lines_in, texts, titles, without_graphviz

from minitorch import drawing
from minitorch.autodiff.variable import Variable
from minitorch.drawing.render import render
from minitorch.drawing.safe_text import readable

XLINK = "{http://www.w3.org/1999/xlink}"


@pytest.fixture(params=["graphviz", "layered"])
def any_layout(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw on a machine with Graphviz, in one form or other, and on one without."""
    if request.param == "layered":
        without_graphviz(monkeypatch)


@pytest.fixture
def clean_linecache() -> Iterator[None]:
    before = dict(linecache.cache)
    yield
    linecache.cache.clear()
    linecache.cache.update(before)


@pytest.mark.usefixtures("any_layout", "clean_linecache")
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("collapse", [None, "line", "function"])
def test_awkward_texts_are_text_wherever_they_stand(
    place: Callable[[str], Variable], collapse: drawing.Collapse | None
) -> None:
    for text in FILE_NAMES if place is in_file else AWKWARD:
        graph = drawing.graph(place(text), collapse=collapse)
        picture, svg = graph.picture, graph.svg()
        tags = {element.tag.removeprefix(SVG) for element in ElementTree.fromstring(svg).iter()}
        assert tags <= {"svg", "style", "g", "title", "text", "path", "polygon", "ellipse", "rect"}
        found = groups(svg)
        for node in picture.nodes:
            assert lines_in(found[node.id])[-len(node.lines) :] == list(node.lines)
            assert titles(svg)[node.id] == (node.title or "\n".join(node.lines))


@pytest.mark.usefixtures("clean_linecache")
@pytest.mark.parametrize(("text", "shown"), AWKWARD.items())
def test_each_place_shows_an_awkward_text(text: str, shown: str) -> None:
    assert f"{shown} = 1" in texts(drawing.make_graph(in_name(text)))
    assert f"{shown} = 2" in texts(drawing.make_graph(in_result(text)))
    assert f"{shown} = 2" in texts(drawing.make_graph(in_constant_name(text)))
    assert shown in texts(drawing.make_graph(in_code_name(text), collapse="function"))
    full = readable(text, 200)
    assert any(title.splitlines()[0] == f"named.py:2 in {full}" for title in
               titles(drawing.make_graph(in_code_name(text), collapse="line")).values())  # fmt: skip
    if text in FILE_NAMES:
        graph = drawing.graph(in_file(text), collapse="line")
        assert any(group.attrib.get("data-file") == full for group in elements(graph.svg(), "g"))
        assert graph.picture.groups[0].text == f"<module> · {full if len(full) < 64 else '…' + full[-63:]}"


if has_graphviz():

    @pytest.mark.usefixtures("clean_linecache")
    @pytest.mark.parametrize("place", PLACES)
    def test_dot_text_shows_the_same_to_whoever_renders_it(place: Callable[[str], Variable]) -> None:
        for text in FILE_NAMES if place is in_file else AWKWARD:
            graph = drawing.graph(place(text))
            svg = render(str(graph.source)).decode()
            hints = {link.get(XLINK + "title", "").replace("\xa0", " ") for link in elements(svg, "a")}
            assert {node.title for node in graph.picture.nodes if node.title} <= hints
            shown = {line for node in graph.picture.nodes for line in node.lines}
            assert shown <= {text.replace("\xa0", " ") for text in texts(svg)}
