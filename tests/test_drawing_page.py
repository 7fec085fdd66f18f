"""What pages find in an SVG: ids, places, titles, colours for every reader; and no text that is taken for markup."""

from __future__ import annotations

import linecache
from collections.abc import Callable, Iterator
from xml.etree import ElementTree

import pytest
from pictures import AWKWARD, LOOP, SVG, computed, elements, texts, titles

from minitorch import Scalar, ScalarFunction, drawing
from minitorch.autodiff import Context, Variable
from minitorch.drawing import Picture, diagram
from minitorch.drawing.render import RenderError, render
from minitorch.drawing.style import FRAME, LOOSE, LOOSE_DARK, STYLES, Paint, style_sheet
from minitorch.drawing.text import readable

XLINK = "{http://www.w3.org/1999/xlink}"


@pytest.fixture(params=["graphviz", "layered"])
def any_layout(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw on a machine with Graphviz, in one form or other, and on one without."""

    def refuse(dot: str) -> bytes:
        raise RenderError("no renderer")

    if request.param == "layered":
        monkeypatch.setattr(diagram, "render", refuse)


def groups(svg: str) -> dict[str, ElementTree.Element]:
    return {group.attrib["id"]: group for group in elements(svg, "g") if "id" in group.attrib}


def lines_in(group: ElementTree.Element) -> list[str]:
    """The texts of a node; without Graphviz, a first one may say what it would stand in."""
    return [text.text or "" for text in group.iter(SVG + "text")]


def drawn(out: Variable, collapse: drawing.Collapse | None) -> tuple[Picture, str]:
    graph = drawing.graph(out, collapse=collapse)
    return graph.picture, graph.svg()


# ----- what a page can rely on -----


@pytest.mark.usefixtures("any_layout")
@pytest.mark.parametrize("collapse", [None, "line", "function"])
def test_every_node_and_edge_can_be_found(collapse: drawing.Collapse | None) -> None:
    picture, svg = drawn(computed(LOOP, "grow.py", x=1.0, rate=0.5), collapse)
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


def test_frames_surround_the_lines_of_functions() -> None:
    picture, svg = drawn(computed(LOOP, "grow.py", x=1.0, rate=0.5), "line")
    found = groups(svg)
    for group in picture.groups:
        assert "cluster" in found[group.id].attrib["class"]
        assert titles(svg)[group.id] == group.text in texts(svg)


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


def test_files_are_shown_from_the_working_folder_or_the_path(
    tmp_path: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(str(tmp_path))
    monkeypatch.syspath_prepend(str(tmp_path / "deep" / "down"))  # type: ignore[operator]
    for file, shown in {"a/b.py": "a/b.py", "deep/down/pump/head.py": "pump/head.py"}.items():
        svg = drawing.make_graph(computed("out = x * 2", str(tmp_path / file), x=1.0))  # type: ignore[operator]
        assert str(tmp_path) not in svg
        assert f'data-file="{shown}"' in svg
    assert 'data-file="/elsewhere/c.py"' in drawing.make_graph(computed("out = x * 2", "/elsewhere/c.py", x=1.0))


@pytest.mark.usefixtures("any_layout")
def test_copied_source_is_source() -> None:
    svg = drawing.make_graph(computed("out = x  *  2", x=1.0), collapse="line")
    assert "1  out = x  *  2" in texts(svg)
    assert "\xa0" not in svg


# ----- no text is taken for markup -----

AWKWARD_NAMES = [text for text in AWKWARD if "\0" not in text]


class Taking(ScalarFunction):
    """Takes an operand that is no number."""

    @staticmethod
    def forward(ctx: Context, x: float, other: object) -> float:
        return x

    @staticmethod
    def backward(ctx: Context, d_output: float) -> tuple[float, float]:
        return d_output, 0.0


def in_name(text: str) -> Variable:
    return Scalar(1.0, name=text) * 2


def in_result(text: str) -> Variable:
    out = Scalar(1.0) * 2
    out.name = text
    return out


def in_constant(text: str) -> Variable:
    return Taking.apply(Scalar(1.0), text)


def in_constant_name(text: str) -> Variable:
    return Scalar(1.0) * Scalar(2.0, back=None, name=text)


def in_function_name(text: str) -> Variable:
    renamed = type(Taking)(text.encode("ascii", "replace").decode().replace("\0", "0"), (Taking,), {})
    return renamed.apply(Scalar(1.0), 0.0)  # type: ignore[attr-defined, no-any-return]


def in_source(text: str) -> Variable:
    comment = text.splitlines()[0].replace("\0", "").encode(errors="replace").decode()
    return computed(f"rows = {{}}\nrows[{text!r}] = x * 2  # {comment}\nout = rows[{text!r}] + 1", x=1.0)


def in_file(text: str) -> Variable:
    return computed("out = x * 2", text, x=1.0)


def in_code_name(text: str) -> Variable:
    namespace: dict[str, object] = {}
    source = "def f(x):\n    return x * 2\n"
    linecache.cache["named.py"] = (len(source), None, source.splitlines(keepends=True), "named.py")
    exec(compile(source, "named.py", "exec"), namespace)
    function = namespace["f"]
    code = function.__code__  # type: ignore[attr-defined]
    names = {"co_name": text} | ({"co_qualname": text} if hasattr(code, "co_qualname") else {})
    function.__code__ = code.replace(**names)  # type: ignore[attr-defined]
    out: Variable = function(Scalar(1.0))  # type: ignore[operator]
    return out


def in_error(text: str) -> Variable:
    class Failing(ScalarFunction):
        @staticmethod
        def forward(ctx: Context, x: float) -> float:
            return x

        @staticmethod
        def backward(ctx: Context, d_output: float) -> float:
            raise ValueError(text)

    return Failing.apply(Scalar(1.0)) * 2


PLACES: list[Callable[[str], Variable]] = [
    in_name, in_result, in_constant, in_constant_name, in_function_name, in_source, in_file, in_code_name, in_error,
]  # fmt: skip


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
    for text in AWKWARD_NAMES if place is in_file else AWKWARD:
        picture, svg = drawn(place(text), collapse)
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
    if text in AWKWARD_NAMES:
        svg = drawing.make_graph(in_file(text), collapse="line")
        assert any(group.attrib.get("data-file") == full for group in elements(svg, "g"))
        assert f"<module> · {full if len(full) < 64 else '…' + full[-63:]}" in texts(svg)


@pytest.mark.usefixtures("clean_linecache")
@pytest.mark.parametrize("place", PLACES)
def test_dot_text_shows_the_same_to_whoever_renders_it(place: Callable[[str], Variable]) -> None:
    for text in AWKWARD_NAMES if place is in_file else AWKWARD:
        graph = drawing.graph(place(text))
        svg = render(str(graph.source)).decode()
        hints = {link.get(XLINK + "title", "").replace("\xa0", " ") for link in elements(svg, "a")}
        assert {node.title for node in graph.picture.nodes if node.title} <= hints
        shown = {line for node in graph.picture.nodes for line in node.lines}
        assert shown <= {text.replace("\xa0", " ") for text in texts(svg)}


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
