"""Pictures show every operation, name and argument position, whatever the size of the graph and the text in it."""

from __future__ import annotations

import re
import stat
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from xml.dom import minidom
from xml.etree import ElementTree

import pytest

from minitorch import Mul, Scalar, ScalarFunction, drawing, layered, render
from minitorch.autodiff import Context, Variable
from minitorch.layered import Edge, Node
from minitorch.render import RenderError


class TimesFive(ScalarFunction):
    @staticmethod
    def forward(ctx: Context, x: float) -> float:
        return x * 5

    @staticmethod
    def backward(ctx: Context, d_output: float) -> float:
        return 5 * d_output


def texts(svg: str) -> list[str]:
    """The texts that a reader of the picture sees."""
    root = ElementTree.fromstring(svg)
    return [element.text or "" for element in root.iter() if element.tag.endswith("}text")]


def no_renderer(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(dot: str) -> bytes:
        raise RenderError("no renderer")

    monkeypatch.setattr(drawing, "render", refuse)


def whatever_renders(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the renderer that this machine has."""


@pytest.fixture(params=[no_renderer, whatever_renders])
def make_graph(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """`make_graph` on a machine with Graphviz, in one form or other, and on one without."""
    request.param(monkeypatch)
    return drawing.make_graph


def edges(dot: str) -> list[tuple[str, str, str]]:
    return re.findall(r"(\w+) -> (\w+) \[headlabel=(\d*)", dot)


def course_example() -> tuple[Variable, Variable, Variable]:
    x, y = Scalar(10.0, name="x"), Scalar(5.0, name="y")
    z = TimesFive.apply(x)
    out = TimesFive.apply(z)
    out.name = "out"
    return out, Mul.apply(z, y), x


def test_the_course_example(make_graph: Callable[..., str]) -> None:
    out, out2, x = course_example()
    svg = make_graph(out)
    assert svg.startswith("<svg")
    assert sorted(texts(svg)) == ["0", "0", "50", "TimesFive", "TimesFive", "out = 250", "x = 10"]
    out.backward()
    assert "derivative 25" in texts(make_graph(out))
    assert sorted(texts(make_graph(out2)))[:4] == ["0", "0", "1", "250"]
    assert x.name == "x"


def test_the_svg_is_what_ipython_parses(make_graph: Callable[..., str]) -> None:
    svg = make_graph(course_example()[0])
    # IPython.display.SVG looks for the svg element with minidom.
    document = minidom.parseString(svg.encode())
    assert document.documentElement.tagName == "svg"
    assert "DOCTYPE" not in svg


def test_functions_are_boxes_variables_ovals_constants_text() -> None:
    x = Scalar(3.0, name="x")
    constant = Scalar(4.0, back=None, name="k")
    dot = drawing.graph((x + constant) * 2.0).source
    shapes = re.findall(r'\[label="?([^"]*?)"? (?:color|fillcolor|fontcolor)=.*? shape=(\w+)', dot)
    assert sorted(shapes) == [
        ("14", "ellipse"),
        ("2", "plaintext"),
        ("7", "ellipse"),
        ("Add", "box"),
        ("Mul", "box"),
        ("k = 4", "plaintext"),
        ("x = 3", "ellipse"),
    ]


def test_edges_carry_argument_positions_left_to_right() -> None:
    x = Scalar(3.0, name="x")
    dot = drawing.graph(2.0 - x).source
    assert "rankdir=LR" in dot
    (_, _, first), (constant, box, zero), (leaf, same_box, one) = edges(dot)
    assert (first, zero, one) == ("", "0", "1")
    assert constant.startswith("c") and leaf.startswith("v") and box == same_box
    assert "rankdir=TB" in drawing.graph(2.0 - x, lr=False).source


def test_an_operand_used_twice_has_two_numbered_edges(make_graph: Callable[..., str]) -> None:
    x = Scalar(3.0, name="x")
    numbered = [edge for edge in edges(drawing.graph(x * x).source) if edge[2]]
    assert [number for _, _, number in numbered] == ["0", "1"]
    assert len({tail for tail, _, _ in numbered}) == 1
    assert sorted(texts(make_graph(x * x))) == ["0", "1", "9", "Mul", "x = 3"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("<script>alert(1)</script>", "<script>alert(1)</script> = 1"),
        ("<b>bold</b>", "<b>bold</b> = 1"),
        ("&lt;&amp;", "&lt;&amp; = 1"),
        ('a "quoted" name', 'a "quoted" name = 1'),
        ("back\\slash \\N \\l \\", "back\\slash \\N \\l \\ = 1"),
        ("two\nlines\r", "two\\nlines\\r = 1"),
        ("zero\0 \x07 \ud800", "zero\\x00 \\x07 \\ud800 = 1"),
        ("größe θ 温度", "größe θ 温度 = 1"),
        ("node", "node = 1"),
        ("x" * 100, "x" * 39 + "… = 1"),
        ("", "1"),
    ],
)
def test_names_are_shown_as_they_are(make_graph: Callable[..., str], name: str, shown: str) -> None:
    svg = make_graph(Scalar(1.0, name=name) * 2.0)
    assert shown in texts(svg)
    assert "<script" not in svg


def test_a_leaf_and_a_constant_alone_are_pictures(make_graph: Callable[..., str]) -> None:
    assert texts(make_graph(Scalar(3.0, name="x"))) == ["x = 3"]
    assert texts(make_graph(Scalar(3.0, back=None))) == ["3"]


@pytest.mark.parametrize("value", [3.0, None, "x", [Scalar(1.0)]])
def test_what_has_no_history_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="a picture needs the Variable"):
        drawing.make_graph(value)  # type: ignore[arg-type]


def test_a_million_operations_are_cut_promptly(make_graph: Callable[..., str]) -> None:
    x = out = Scalar(1.0, name="x")
    for _ in range(1_000_000):
        out = out * 1.0
    started = time.perf_counter()
    shown = texts(make_graph(out))
    assert time.perf_counter() - started < 20.0
    assert "999,900 earlier operations are left out;" in shown
    assert shown.count("Mul") == 100
    assert x.derivative is None


def test_operations_left_out_are_counted_once(make_graph: Callable[..., str]) -> None:
    out = Scalar(1.0, name="x")
    for _ in range(1000):
        out = out + out
    shown = texts(make_graph(out, limit=31))
    assert shown.count("Add") == 15
    assert "985 earlier operations are left out;" in shown
    assert "the 15 nearest to the result are drawn" in shown


def test_one_function_of_thousands_of_operands(make_graph: Callable[..., str]) -> None:
    class Total(ScalarFunction):
        @staticmethod
        def forward(ctx: Context, *values: float) -> float:
            return sum(values)

    x = Scalar(1.0, name="x")
    shown = texts(make_graph(Total.apply(*[x * float(i) for i in range(5000)])))
    assert "… and 4,960 more operands" in shown
    assert "4,960 earlier operations are left out;" in shown


def test_many_long_edges_stay_quick(make_graph: Callable[..., str]) -> None:
    x, out = Scalar(0.9, name="x"), Scalar(0.0, name="start")
    for k in range(70):
        out = out * x + float(k)
    started = time.perf_counter()
    make_graph(out)
    assert time.perf_counter() - started < 20.0


def test_threads_draw_at_the_same_time() -> None:
    outs = [Scalar(float(i), name=f"x{i}") * 2.0 for i in range(8)]
    pictures: dict[int, str] = {}

    def draw(i: int) -> None:
        pictures[i] = drawing.make_graph(outs[i])

    threads = [threading.Thread(target=draw, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(f"x{i} = {i}" in texts(pictures[i]) for i in range(8))


def test_a_hundred_pictures_in_one_process() -> None:
    for i in range(100):
        x = out = Scalar(0.5, name=f"x{i}")
        for k in range(2 + i % 7):
            out = out * x + float(k) / (x + out)
        assert texts(drawing.make_graph(out)).count("Add") == 2 * (2 + i % 7)


# ----- rendering -----


@pytest.fixture
def no_programs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder that is all of PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def install_dot(folder: Path, body: str) -> None:
    program = folder / "dot"
    program.write_text(f"#!{sys.executable}\nimport sys\n{body}\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)


def test_dot_renders_where_it_is_installed(no_programs: Path) -> None:
    install_dot(no_programs, "sys.stdin.read(); print('<?xml?><!DOCTYPE svg><svg>' + sys.argv[2] + '</svg>')")
    assert render.render("digraph {}") == b"<svg>-Tsvg</svg>\n"
    assert b"-Tpng" in render.render("digraph {}", "png")


def test_what_dot_complains_of_is_said(no_programs: Path) -> None:
    install_dot(no_programs, "sys.exit('syntax error\\nin line 1')")
    with pytest.raises(RenderError, match="`dot` failed: syntax error in line 1"):
        render.render("digraph {")


def test_without_dot_png_says_what_to_install(no_programs: Path) -> None:
    with pytest.raises(RenderError, match=r"PNG needs Graphviz.*apt install graphviz.*choose SVG"):
        render.render("digraph {}", "png")


def test_without_any_renderer_the_error_says_what_to_install(
    no_programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(render, "_has_webassembly", lambda: False)
    with pytest.raises(RenderError, match="no renderer: install Graphviz"):
        render.render("digraph {}")


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(RenderError, match="unknown picture format 'gif'"):
        render.render("digraph {}", "gif")


def test_bad_dot_text_is_refused_and_the_next_picture_works() -> None:
    with pytest.raises(RenderError):
        render.render("digraph {")
    assert "x = 1" in texts(drawing.make_graph(Scalar(1.0, name="x")))


# ----- the layout of machines without Graphviz -----


def positions(svg: str) -> dict[str, float]:
    root = ElementTree.fromstring(svg)
    return {e.text or "": float(e.attrib["x"]) for e in root.iter() if e.tag.endswith("}text")}


def test_columns_follow_the_computation() -> None:
    nodes = [Node("x", "leaf", ("x",)), Node("f", "operation", ("Sin",)), Node("c", "constant", ("2",))]
    nodes.append(Node("y", "result", ("y",)))
    at = positions(layered.svg(nodes, [Edge("x", "f", "0"), Edge("f", "y"), Edge("c", "f", "1")]))
    assert at["x"] == at["2"] < at["Sin"] < at["y"]


def test_an_empty_graph_is_a_picture() -> None:
    assert ElementTree.fromstring(layered.svg([], [])).tag.endswith("svg")
