"""Whatever is installed makes pictures, or says what to install; without Graphviz there is a plainer layout."""

from __future__ import annotations

import stat
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pictures import LOOP, SVG, computed, elements, texts

import minitorch
from minitorch import Scalar, drawing
from minitorch.cli import main
from minitorch.drawing import Edge, Group, Node, Picture, layered, render
from minitorch.drawing.elements import Kind
from minitorch.drawing.render import RenderError


@pytest.fixture
def no_programs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder that is all of PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


@pytest.fixture
def no_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "is_installed", lambda package: False)


def install_dot(folder: Path, body: str) -> None:
    program = folder / "dot"
    program.write_text(f"#!{sys.executable}\nimport sys\n{body}\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)


# ----- what is installed -----


def test_dot_renders_where_it_is_installed(no_programs: Path) -> None:
    install_dot(no_programs, "sys.stdin.read(); print('<?xml?><!DOCTYPE svg><svg>' + sys.argv[2] + '</svg>')")
    assert render.render("digraph {}") == b"<svg>-Tsvg</svg>\n"
    assert b"-Tpng" in render.render("digraph {}", "png")
    assert b"-Tpdf" in minitorch.graph(Scalar(1.0) * 2).pipe("pdf")


def test_what_dot_complains_of_is_said(no_programs: Path) -> None:
    install_dot(no_programs, "sys.exit('syntax error\\nin line 1')")
    with pytest.raises(RenderError, match="`dot` failed: syntax error in line 1"):
        render.render("digraph {")


def test_what_dot_warns_of_is_not_said(no_programs: Path, capfd: pytest.CaptureFixture[str]) -> None:
    install_dot(no_programs, "sys.stdin.read(); print('<svg/>'); sys.stderr.write('a font is missing')")
    assert render.render("digraph {}") == b"<svg/>\n"
    assert capfd.readouterr().err == ""


def test_without_dot_render_makes_svg_alone(no_programs: Path) -> None:
    with pytest.raises(RenderError, match=r"PNG needs Graphviz.*apt install graphviz.*choose SVG"):
        render.render("digraph {}", "png")


@pytest.mark.usefixtures("no_programs", "no_packages")
def test_without_any_renderer_the_error_says_what_to_install() -> None:
    with pytest.raises(RenderError, match="no renderer: install Graphviz"):
        render.render("digraph {}")
    for format in ("png", "pdf"):
        message = f"{format.upper()} needs Graphviz's `dot` program or vl-convert: .*`pip install vl-convert-python`"
        with pytest.raises(RenderError, match=message):
            minitorch.graph(Scalar(1.0) * 2).pipe(format)
    assert "x = 1" in texts(drawing.make_graph(Scalar(1.0, name="x") * 2))


@pytest.mark.usefixtures("no_programs")
@pytest.mark.parametrize(("format", "start"), [("png", b"\x89PNG\r\n"), ("pdf", b"%PDF-")])
@pytest.mark.parametrize("collapse", [None, "line"])
def test_png_and_pdf_need_no_graphviz(format: str, start: bytes, collapse: drawing.Collapse | None) -> None:
    made = minitorch.graph(computed(LOOP, "grow.py", x=1.0, rate=0.5), collapse=collapse).pipe(format)
    assert made.startswith(start) and len(made) > 5000


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(RenderError, match="unknown picture format 'gif': use one of svg, png, pdf"):
        render.render("digraph {}", "gif")
    with pytest.raises(RenderError, match="unknown picture format 'svg': use one of png, pdf"):
        render.convert("<svg/>", "svg")


def test_bad_text_is_refused_in_one_line_and_the_next_picture_works() -> None:
    with pytest.raises(RenderError):
        render.render("digraph {")
    with pytest.raises(RenderError, match=r"vl-convert failed: .") as caught:
        render.convert("<svg", "png")
    assert "\n" not in str(caught.value)
    assert "x = 1" in texts(drawing.make_graph(Scalar(1.0, name="x")))


# ----- the layout of machines without Graphviz -----


def node(id: str, kind: Kind = "operation", group: str | None = None) -> Node:
    return Node(id, kind, (id,), group=group)


def positions(svg: str) -> dict[str, tuple[float, float]]:
    return {e.text or "": (float(e.attrib["x"]), float(e.attrib["y"])) for e in elements(svg, "text")}


def test_columns_follow_the_computation() -> None:
    nodes = [node("x", "leaf"), node("f"), node("2", "constant"), node("y", "result")]
    at = positions(layered.svg(Picture("", nodes, [Edge("x", "f", "0"), Edge("f", "y"), Edge("2", "f", "1")])))
    assert at["x"][0] == at["2"][0] < at["f"][0] < at["y"][0]


def test_nodes_do_not_overlap() -> None:
    nodes = [node(f"n{k}") for k in range(30)]
    edges = [Edge(f"n{k}", f"n{j}") for k in range(30) for j in range(k + 1, 30) if (7 * k + 3 * j) % 5 == 0]
    svg = layered.svg(Picture("", nodes, edges))
    boxes = [tuple(float(box.attrib[name]) for name in ("x", "y", "width", "height")) for box in elements(svg, "rect")]
    for number, (x1, y1, width1, height1) in enumerate(boxes):
        for x2, y2, width2, height2 in boxes[number + 1 :]:
            assert x1 + width1 <= x2 or x2 + width2 <= x1 or y1 + height1 <= y2 or y2 + height2 <= y1


def test_what_goes_back_does_not_move_columns_and_stays_inside() -> None:
    nodes = [node("a", "line"), node("b", "line")]
    edges = [Edge("a", "b"), Edge("b", "a", "7", back=True), Edge("b", "b", "3", back=True)]
    svg = layered.svg(Picture("", nodes, edges))
    at = positions(svg)
    assert at["a"][0] < at["b"][0]
    bottom = sum(float(part) for part in ElementTree.fromstring(svg).attrib["viewBox"].split()[1::2])
    assert max(at["7"][1], at["3"][1]) < bottom


def test_boxes_of_several_groups_say_in_which_they_are() -> None:
    nodes = [node("a", "line", "group-1"), node("b", "line", "group-2"), node("c", "result")]
    picture = Picture("", nodes, [Edge("a", "b"), Edge("b", "c")], [Group("group-1", "one"), Group("group-2", "two")])
    assert texts(layered.svg(picture)) == ["one", "a", "two", "b", "c"]
    assert texts(layered.svg(Picture("", nodes[:1], [], picture.groups[:1]))) == ["a"]


def test_an_empty_graph_is_a_picture() -> None:
    assert ElementTree.fromstring(layered.svg(Picture(""))).tag == SVG + "svg"


# ----- the command -----

MODULE = """
def grow(x, rate):
    for _ in range(3):
        x = x + rate * x
    return x
"""


@pytest.fixture
def grow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A target: a function in a file of a folder of its own."""
    name = f"growing_{tmp_path.name}"
    (tmp_path / f"{name}.py").write_text(MODULE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    return f"{name}:grow"


COMMANDS: list[tuple[str, list[str], list[str]]] = [
    ("", ["x = 1", "derivative 3.375", "Mul", "x[0] = 1.5", "grow = 3.375"], []),
    ("--collapse line", ["4  x = x + rate * x", "   6 operations in 3 runs", "   x = 1.5 → 3.375"], ["Mul"]),
    ("--collapse function", ["grow", "6 operations on 1 line"], ["Mul"]),
    ("--no-values", ["x", "x[0]", "Mul"], ["x = 1", "x[0] = 1.5"]),
    ("--no-derivatives", ["x = 1"], ["derivative 3.375"]),
    ("--no-names", ["x = 1", "1.5"], ["x[0] = 1.5"]),
    ("--limit 5 --collapse none", ["4 earlier operations are left out;"], []),
]


@pytest.mark.parametrize(("options", "shown", "not_shown"), COMMANDS)
def test_the_command_has_all_options(grow: str, options: str, shown: list[str], not_shown: list[str]) -> None:
    main(["graph", grow, "x=1.0", "rate=0.5", *options.split(), "-o", "grow.svg"])
    seen = texts(Path("grow.svg").read_text(encoding="utf-8"))
    assert [text for text in shown if text not in seen] == []
    assert [text for text in not_shown if text in seen] == []


@pytest.mark.parametrize(
    ("options", "direction"),
    [("", "LR"), ("--down", "TB"), ("--collapse line", "TB"), ("--collapse line --right", "LR")],
)
def test_the_command_draws_to_the_right_or_down(grow: str, options: str, direction: str) -> None:
    main(["graph", grow, "x=1.0", "rate=0.5", *options.split(), "-o", "grow.dot"])
    assert f"rankdir={direction}" in Path("grow.dot").read_text(encoding="utf-8")


@pytest.mark.usefixtures("no_programs")
def test_the_command_makes_png_and_pdf_without_graphviz(grow: str) -> None:
    for format in ("png", "pdf"):
        main(["graph", grow, "x=1.0", "rate=0.5", "-o", f"grow.{format}"])
        assert format.upper().encode() in Path(f"grow.{format}").read_bytes()[:8]


@pytest.mark.usefixtures("no_programs", "no_packages")
def test_the_command_says_what_png_needs(grow: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["graph", grow, "x=1.0", "rate=0.5", "-o", "grow.png"])
    assert caught.value.code == 2
    assert "PNG needs Graphviz" in capsys.readouterr().err
    assert not Path("grow.png").exists()


def test_the_command_refuses_other_ways_to_collapse(grow: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["graph", grow, "x=1.0", "rate=0.5", "--collapse", "file"])
    assert "'file' is not one of 'auto', 'none', 'line', 'function'" in capsys.readouterr().err
