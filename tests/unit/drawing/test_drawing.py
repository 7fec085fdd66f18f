"""Pictures show every operation, name and argument position, whatever the size of the graph and the text in it."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import Any
from xml.dom import minidom

import pytest
from awkward_texts import AWKWARD
from hypothesis import given
from hypothesis import strategies as st
from pictures import LOOP, computed, edges, groups, has_graphviz, texts, titles, without_graphviz

import minitorch
from minitorch import Mul, Scalar, ScalarFunction, drawing
from minitorch.autodiff.history import Context
from minitorch.autodiff.variable import Variable


class TimesFive(ScalarFunction):
    @staticmethod
    def forward(ctx: Context, x: float) -> float:
        return x * 5

    @staticmethod
    def backward(ctx: Context, d_output: float) -> float:
        return 5 * d_output


class Total(ScalarFunction):
    @staticmethod
    def forward(ctx: Context, *values: float) -> float:
        return sum(values)


def whatever_renders(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the renderer that this machine has."""


@pytest.fixture(params=[without_graphviz, whatever_renders])
def make_graph(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """`make_graph` on a machine with Graphviz, in one form or other, and on one without."""
    request.param(monkeypatch)
    return drawing.make_graph


def course_example() -> tuple[Variable, Variable, Variable]:
    x, y = Scalar(10.0, name="x"), Scalar(5.0, name="y")
    z = TimesFive.apply(x)
    out = TimesFive.apply(z)
    out.name = "out"
    return out, Mul.apply(z, y), x


# ----- what is drawn -----


def test_the_course_example(make_graph: Callable[..., str]) -> None:
    out, out2, x = course_example()
    svg = make_graph(out)
    assert svg.startswith("<svg")
    slopes = ["derivative 1", "derivative 25", "derivative 5"]
    assert sorted(texts(svg)) == ["0", "0", "TimesFive", "TimesFive", *slopes, "out = 250", "x = 10", "z = 50"]
    assert sorted(texts(make_graph(out2, derivatives=False)))[:4] == ["0", "0", "1", "250"]
    assert x.name == "x"


def test_the_svg_is_what_ipython_parses(make_graph: Callable[..., str]) -> None:
    svg = make_graph(course_example()[0])
    # IPython.display.SVG looks for the svg element with minidom.
    document = minidom.parseString(svg.encode())
    assert document.documentElement.tagName == "svg"
    assert "DOCTYPE" not in svg


def test_functions_are_boxes_variables_ovals_constants_chips() -> None:
    x = Scalar(3.0, name="x")
    constant = Scalar(4.0, back=None, name="k")
    dot = drawing.graph((x + constant) * 2.0, derivatives=False, names=False).source
    shapes = re.findall(r'\[label="?([^"]*?)"? class=(\w+) .*? shape=(\w+)', dot)
    assert sorted(shapes) == [
        ("14", "result", "ellipse"),
        ("2", "constant", "box"),
        ("7", "value", "ellipse"),
        ("Add", "operation", "box"),
        ("Mul", "operation", "box"),
        ("k = 4", "constant", "box"),
        ("x = 3", "leaf", "ellipse"),
    ]


def test_edges_carry_argument_positions_left_to_right() -> None:
    x = Scalar(3.0, name="x")
    dot = drawing.graph(2.0 - x).source
    assert "rankdir=LR" in dot
    (_, _, first), (constant, box, zero), (leaf, same_box, one) = edges(dot)
    assert (first, zero, one) == ("", "0", "1")
    assert constant.startswith("constant-") and leaf == f"value-{x.unique_id}" and box == same_box
    assert "rankdir=TB" in drawing.graph(2.0 - x, lr=False).source


def test_an_operand_used_twice_has_two_numbered_edges(make_graph: Callable[..., str]) -> None:
    x = Scalar(3.0, name="x")
    numbered = [edge for edge in edges(drawing.graph(x * x).source) if edge[2]]
    assert [number for _, _, number in numbered] == ["0", "1"]
    assert len({tail for tail, _, _ in numbered}) == 1
    assert sorted(texts(make_graph(x * x, derivatives=False))) == ["0", "1", "9", "Mul", "x = 3"]


def test_a_leaf_and_a_constant_alone_are_pictures(make_graph: Callable[..., str]) -> None:
    assert texts(make_graph(Scalar(3.0, name="x"))) == ["x = 3", "derivative 1"]
    assert texts(make_graph(Scalar(3.0, back=None))) == ["3"]
    assert "True" in texts(make_graph(Scalar(3.0) > 2.0))


@pytest.mark.parametrize("value", [3.0, None, "x", [Scalar(1.0)]])
@pytest.mark.parametrize("collapse", [None, "line"])
def test_what_has_no_history_is_refused(value: object, collapse: drawing.Collapse | None) -> None:
    with pytest.raises(TypeError, match="a picture needs the Variable"):
        drawing.make_graph(value, collapse=collapse)  # type: ignore[arg-type]


def test_an_unknown_way_to_collapse_is_refused() -> None:
    with pytest.raises(ValueError, match=r"collapse='file': must be .auto., None"):
        drawing.graph(Scalar(1.0), collapse="file")  # type: ignore[arg-type]


# ----- values, derivatives, names -----

OPTIONS = [
    ({}, ["1.5", "derivative 1", "out = 1.5", "size = 1.5", "x = 3"]),
    ({"names": False}, ["1.5", "derivative 1", "x = 3"]),
    ({"derivatives": False}, ["1.5", "out = 1.5", "size = 1.5", "x = 3"]),
    ({"values": False}, ["derivative 1", "out", "size", "x"]),
    ({"values": False, "derivatives": False}, ["out", "size", "x"]),
    ({"values": False, "derivatives": False, "names": False}, ["input", "result", "x"]),
]


@pytest.mark.parametrize(("options", "shown"), OPTIONS)
def test_options_choose_what_ovals_say(
    make_graph: Callable[..., str], options: dict[str, bool], shown: list[str]
) -> None:
    source = "size = x * y + 0\nout = size * 1"
    x, y = Scalar(3.0, name="x"), Scalar(0.5)
    out = computed(source, x=x, y=y)
    svg = make_graph(out, **options)
    seen = set(texts(svg)) - {"0", "1", "Mul", "Add", "derivative 0.5", "derivative 3", "0.5", "input"}
    assert sorted(seen) == [text for text in shown if text != "input"]
    assert ("input" in texts(svg)) == (options.get("values") is False)


def test_values_without_anything_to_say_give_way_to_their_boxes() -> None:
    out = computed("out = (x * 2 + 1) * 3", x=1.0)
    dot = drawing.graph(out, values=False, derivatives=False).source
    boxes = [(tail, head) for tail, head, _ in edges(dot) if tail.startswith("op-") and head.startswith("op-")]
    assert len(boxes) == 2
    assert "value-" not in "".join(tail + head for tail, head in boxes)


def test_derivatives_are_those_of_the_result_by_every_value(make_graph: Callable[..., str]) -> None:
    out = computed("y = x * x\nout = y * y", x=3.0)
    shown = texts(make_graph(out))
    for name, slope in (("x = 3", 108), ("y = 9", 18), ("out = 81", 1)):
        assert shown[shown.index(name) + 1] == f"derivative {slope}"


def test_drawing_leaves_derivatives_alone_and_tells_of_those_that_were_kept() -> None:
    x = Scalar(3.0, name="x")
    out = x * x
    drawing.make_graph(out)
    assert x.derivative is None
    out.backward()
    out.backward()
    assert "derivative kept by backward: 12.0" in titles(drawing.make_graph(out))[f"value-{x.unique_id}"]
    assert x.derivative == 12.0


def test_without_a_backward_the_box_is_marked_and_the_reason_is_under_the_pointer(
    make_graph: Callable[..., str],
) -> None:
    out = Total.apply(Scalar(1.0, name="<x>"), 2.0)
    drawn = make_graph(out)
    assert "<x> = 1" in texts(drawn)
    assert not any("derivative" in text for text in texts(drawn))
    box = drawing.picture(out).node(f"op-{out.unique_id}")
    assert box.kind == "underived" and "has no backward" in box.title
    assert "has no backward" in titles(drawn)[box.id]
    assert drawing.picture(out, derivatives=False).node(box.id).kind == "operation"


def test_what_can_not_be_differentiated_is_drawn_and_says_so() -> None:
    class Wrong(ScalarFunction):
        @staticmethod
        def forward(ctx: Context, x: float) -> float:
            return x

        @staticmethod
        def backward(ctx: Context, d_output: float) -> Any:
            return d_output, d_output

    out = Wrong.apply(Scalar(1.0))
    (note,) = [node for node in drawing.picture(out).nodes if node.kind == "note"]
    assert note.lines == ("no derivatives",) and "its backward returned 2 derivatives" in note.title
    assert not [node for node in drawing.picture(out, derivatives=False).nodes if node.kind == "note"]


def test_infinite_and_undefined_derivatives_are_shown(make_graph: Callable[..., str]) -> None:
    assert "derivative ∞" in texts(make_graph(Scalar(0.0) ** 0.5))
    assert "derivative nan" in texts(make_graph((Scalar(0.0) ** 2) ** 0.5))


def test_the_runs_of_a_loop_have_their_names_and_places() -> None:
    svg = drawing.make_graph(computed(LOOP, "grow.py", x=1.0, rate=0.5), collapse=None)
    shown = texts(svg)
    assert [f"x[{run}] = {1.5 ** (run + 1):g}" in shown for run in range(3)] == [True] * 3
    (title,) = (title for id, title in titles(svg).items() if title.startswith("x[1] = "))
    assert title.splitlines() == [
        "x[1] = 2.25",
        "derivative of the result by it: 3.0",
        "grow.py:3 in grow",
        "x = x + rate * x",
    ]


# ----- awkward texts -----


@pytest.mark.parametrize(("name", "shown"), AWKWARD.items())
def test_names_are_shown_as_they_are(make_graph: Callable[..., str], name: str, shown: str) -> None:
    svg = make_graph(Scalar(1.0, name=name) * 2.0)
    assert f"{shown} = 1" in texts(svg)
    assert "<script" not in svg and "<b>" not in svg


@given(st.text(st.characters(exclude_categories=()), max_size=30))
def test_any_name_makes_a_well_formed_picture(name: str) -> None:
    x = Scalar(7.5, name=name)
    svg = drawing.make_graph(x * 2.0, derivatives=False)
    (shown,) = (text for text in texts(svg) if text.endswith("7.5"))
    assert shown.isprintable()
    assert titles(svg)[f"value-{x.unique_id}"].splitlines()[0].isprintable()


# ----- size -----


@pytest.mark.slow
def test_a_hundred_thousand_operations_are_cut(make_graph: Callable[..., str]) -> None:
    x = out = Scalar(1.0, name="x")
    for _ in range(100_000):
        out = out * 1.0
    shown = texts(make_graph(out, collapse=None))
    assert "99,900 earlier operations are left out;" in shown
    assert shown.count("Mul") == 100
    assert x.derivative is None


def test_names_count_the_runs_that_are_left_out() -> None:
    out = computed("y = x\nfor _ in range(50):\n    y = y * 1\nout = y", x=1.0)
    assert "y[49] = 1" in texts(drawing.make_graph(out, limit=20, collapse=None))


def test_operations_left_out_are_counted_once(make_graph: Callable[..., str]) -> None:
    out = Scalar(1.0, name="x")
    for _ in range(1000):
        out = out + out
    shown = texts(make_graph(out, limit=31, collapse=None))
    assert shown.count("Add") == 15
    assert "985 earlier operations are left out;" in shown
    assert "the 15 nearest to the result are drawn;" in shown


def test_one_function_of_thousands_of_operands(make_graph: Callable[..., str]) -> None:
    x = Scalar(1.0, name="x")
    shown = texts(make_graph(Total.apply(*[x * float(i) for i in range(5000)]), collapse=None))
    assert "… and 4,960 more operands" in shown
    assert "4,960 earlier operations are left out;" in shown


@pytest.mark.slow
def test_many_long_edges(make_graph: Callable[..., str]) -> None:
    x, out = Scalar(0.9, name="x"), Scalar(0.0, name="start")
    for k in range(70):
        out = out * x + float(k)
    assert texts(make_graph(out, limit=1000, collapse=None)).count("Mul") == 70


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


@pytest.mark.slow
def test_many_pictures_in_one_process() -> None:
    for i in range(40):
        x = out = Scalar(0.5, name=f"x{i}")
        for k in range(2 + i % 7):
            out = out * x + float(k) / (x + out)
        assert texts(drawing.make_graph(out, collapse=None)).count("Add") == 2 * (2 + i % 7)


# ----- the graphviz object -----


def test_notebooks_show_it_where_no_graphviz_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    shown = minitorch.graph(Scalar(3.0, name="x") * 2.0)
    assert "x = 3" in texts(shown._repr_svg_())
    assert shown._repr_mimebundle_() == {"image/svg+xml": shown._repr_svg_()}


def test_the_variables_behind_a_node_can_be_asked_for() -> None:
    x = Scalar(3.0, name="x")
    out = x * 2.0
    picture = drawing.picture(out)
    assert picture.node(f"op-{out.unique_id}").variables == (out.unique_id,)
    assert picture.node(f"value-{x.unique_id}").variables == (x.unique_id,)
    assert picture.title == "history of out: 1 operation"
    with pytest.raises(KeyError):
        picture.node("op-0")


def test_a_copy_knows_its_picture() -> None:
    original = minitorch.graph(Scalar(3.0, name="x") * 2.0)
    assert texts(original.copy().svg()) == texts(original.svg())
    assert original.copy().picture is original.picture


if has_graphviz():

    def test_it_can_be_restyled() -> None:
        original = minitorch.graph(Scalar(3.0, name="x") * 2.0)
        restyled = original.copy()
        restyled.node("mine", "by hand", tooltip="my own", URL="https://example.org")
        restyled.edge("mine", next(node.id for node in restyled.picture.nodes if node.kind == "result"), label="see")
        svg = restyled.pipe("svg", encoding="utf-8")
        assert {"by hand", "see", "x = 3"} <= set(texts(svg))
        assert 'xlink:href="https://example.org"' in svg and 'xlink:title="my own"' in svg
        assert "by hand" not in texts(original.svg())

    def test_frames_surround_the_lines_of_functions() -> None:
        graph = drawing.graph(computed(LOOP, "grow.py", x=1.0, rate=0.5), collapse="line")
        svg = graph.svg()
        for group in graph.picture.groups:
            assert "cluster" in groups(svg)[group.id].attrib["class"]
            assert titles(svg)[group.id] == group.text
            # A title that edges would cross goes without its file.
            assert {group.text, group.text.partition(" · ")[0]} & set(texts(svg))
