"""Collapsed pictures: one box per line or function, with all that ran there and the values that went between."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from pictures import LOOP, computed, texts, titles

import minitorch
from minitorch import Scalar, drawing, topological_sort
from minitorch.drawing import Picture

LONG = """\
def advance(position, speed):
    speed = speed - position * 0.01
    position = position + speed * 0.01
    return position, speed

def run(position, speed):
    for _ in range(2500):
        position, speed = advance(position, speed)
    return position

out = run(position, speed)
"""


def grown(collapse: drawing.Collapse) -> Picture:
    return drawing.picture(computed(LOOP, "grow.py", x=1.0, rate=0.5), collapse=collapse)


def said(picture: Picture, kind: str) -> list[tuple[str, ...]]:
    """The texts of all nodes of a kind, without the margins that align them."""
    return [tuple(line.strip() for line in node.lines) for node in picture.nodes if node.kind == kind]


def flows(picture: Picture) -> list[tuple[str, str, int, bool]]:
    """All arrows between boxes."""
    boxes = {node.id for node in picture.nodes if node.kind in ("line", "function")}
    return [(edge.tail, edge.head, edge.values, edge.back) for edge in picture.edges if {edge.tail, edge.head} <= boxes]


def test_lines_say_what_ran_and_what_it_made() -> None:
    picture = grown("line")
    assert said(picture, "line") == [
        ("3  x = x + rate * x", "6 operations in 3 runs", "x = 1.5 → 3.375", "derivative 4.5 → 2"),
        ("8  return size * 2 + rate", "2 operations", "value = 7.25", "derivative 1"),
    ]
    assert [group.text for group in picture.groups] == ["grow · grow.py", "total · grow.py"]
    assert picture.title == "history: 8 operations"
    assert picture.operations == 8


def test_functions_say_what_ran() -> None:
    assert said(grown("function"), "function") == [
        ("grow", "grow.py:3", "6 operations on 1 line"),
        ("total", "grow.py:8", "2 operations on 1 line"),
    ]


def test_values_flow_between_lines_and_from_run_to_run() -> None:
    assert ("line-1", "line-2", 1, False) in flows(grown("line"))
    assert flows(grown("function")) == [("function-1", "function-2", 1, False)]
    # Two values go from run to run: each is used twice in the next.
    carried = [flow for flow in flows(grown("line")) if flow[3]]
    assert carried == ([("line-1", "line-1", 2, True)])


def test_edges_name_the_values() -> None:
    (title,) = [edge.title for edge in grown("line").edges if edge.back]
    assert title == "2 values: x[0], x[1]"


def test_a_line_that_ran_once_has_no_arrow_to_itself() -> None:
    picture = drawing.picture(computed("out = (x * 2 + 1) * (x - 1)", x=3.0), collapse="line")
    assert flows(picture) == []
    assert said(picture, "line") == [("1  out = (x * 2 + 1) * (x - 1)", "4 operations", "out = 14", "derivative 1")]


def test_boxes_stand_for_the_values_made_there() -> None:
    out = computed(LOOP, "grow.py", x=1.0, rate=0.5)
    picture = drawing.picture(out, collapse="line")
    stood_for = [id for node in picture.nodes if node.kind == "line" for id in node.variables]
    made = [variable.unique_id for variable in topological_sort(out) if not variable.is_leaf()]
    assert sorted(stood_for) == sorted(made)
    assert picture.node("line-2").variables[-1] == out.unique_id


OPTIONS = [
    ({}, ("x = 1.5 → 3.375", "derivative 4.5 → 2")),
    ({"values": False}, ("derivative 4.5 → 2",)),
    ({"derivatives": False}, ("x = 1.5 → 3.375",)),
    ({"names": False}, ("value = 1.5 → 3.375", "derivative 4.5 → 2")),
    ({"values": False, "derivatives": False, "names": False}, ()),
]


@pytest.mark.parametrize(("options", "details"), OPTIONS)
def test_options_choose_what_lines_say(options: dict[str, bool], details: Sequence[str]) -> None:
    picture = drawing.picture(computed(LOOP, "grow.py", x=1.0, rate=0.5), collapse="line", **options)  # type: ignore[arg-type]
    assert said(picture, "line")[0] == ("3  x = x + rate * x", "6 operations in 3 runs", *details)


@pytest.mark.parametrize("collapse", ["line", "function"])
def test_ten_thousand_operations_are_a_few_boxes(collapse: drawing.Collapse) -> None:
    out = computed(LONG, "orbit.py", position=1.0, speed=0.0)
    picture = drawing.picture(out, collapse=collapse)
    assert picture.operations == 10_000
    assert len(picture.nodes) < 8
    svg = drawing.make_graph(out, collapse=collapse)
    assert sum(" operations" in text for text in texts(svg)) == len(said(picture, collapse))
    assert [text.strip() for text in texts(svg)].count("2,499") == (3 if collapse == "line" else 0)


def test_every_run_is_counted_also_when_python_specialises_what_runs_often() -> None:
    picture = drawing.picture(computed(LONG, "orbit.py", position=1.0, speed=0.0), collapse="line")
    assert [lines[1] for lines in said(picture, "line")] == ["5,000 operations in 2,500 runs"] * 2


def test_many_inputs_that_are_used_alike_are_one_oval() -> None:
    xs = [Scalar(float(k), name=f"x{k}") for k in range(20)]
    out = computed("out = start * 1\nfor x in xs:\n    out = out + x", xs=xs, start=1.0)
    picture = drawing.picture(out, collapse="line")
    assert said(picture, "leaf") == [("20 inputs", "x0 … x19"), ("start = 1", "derivative 1")]
    (many,) = (node for node in picture.nodes if node.lines[0] == "20 inputs")
    assert many.variables == tuple(x.unique_id for x in xs)
    assert many.title.endswith("x11 = 11.0\n… and 8 more")
    assert [edge.text for edge in picture.edges if edge.tail == many.id] == ["20"]


def test_two_files_and_a_recursion() -> None:
    first = computed("def half(x):\n    return x if x < 1 else half(x / 2)\nout = half(x)", "halves.py", x=8.0)
    out = computed("out = y * 3", "main.py", y=first)
    lines = drawing.picture(out, collapse="line")
    assert [group.text for group in lines.groups] == ["half · halves.py", "<module> · main.py"]
    assert flows(lines)[-1] == ("line-1", "line-2", 1, False)
    functions = drawing.picture(out, collapse="function")
    assert said(functions, "function")[0] == ("half", "halves.py:2", "4 operations on 1 line")


def test_the_limit_keeps_the_lines_nearest_to_the_result() -> None:
    source = "".join(f"y{k + 1} = y{k} * 2\n" for k in range(50)) + "out = y50 + z"
    out = computed(source, y0=1.0, z=2.0)
    picture = drawing.picture(out, limit=10, collapse="line")
    assert len(said(picture, "line")) == 9
    (note,) = said(picture, "note")
    assert note == ("42 lines with 42 operations and 1 input", "are left out; the nearest to the result are drawn")
    assert [edge.head for edge in picture.edges if edge.tail == "note-cut"] == ["line-43"]
    assert said(picture, "leaf") == [("z = 2", "derivative 1")]
    svg = drawing.make_graph(out, limit=10, collapse="line")
    assert "42 lines with 42 operations and 1 input" in texts(svg)


def test_what_was_made_without_a_source() -> None:
    out = computed("out = x * 2", "somewhere.py", x=1.0)
    out.code = None
    for collapse in ("line", "function"):
        picture = drawing.picture(out, collapse=collapse)  # type: ignore[arg-type]
        assert said(picture, collapse)[0][:2] == ("source unknown", "1 operation")
        assert "source unknown" in texts(drawing.make_graph(out, collapse=collapse))  # type: ignore[arg-type]


@pytest.mark.parametrize("collapse", ["line", "function"])
@pytest.mark.parametrize("back", [None, "leaf"])
def test_a_value_alone_is_a_picture(collapse: drawing.Collapse, back: str | None) -> None:
    value = Scalar(2.0, name="x") if back else Scalar(2.0, back=None, name="x")
    assert texts(drawing.make_graph(value, collapse=collapse))[0] == "x = 2"


def test_lines_run_down_and_operations_right_unless_told() -> None:
    out = computed(LOOP, "grow.py", x=1.0, rate=0.5)
    for collapse, lr, rankdir in [(None, None, "LR"), ("line", None, "TB"), ("line", True, "LR"), (None, False, "TB")]:
        assert f"rankdir={rankdir}" in drawing.graph(out, lr, collapse=collapse).source  # type: ignore[arg-type]


def test_the_lines_of_a_library_through_the_hook() -> None:
    with minitorch.install_import_hook(["geographiclib"], reload=True):
        from geographiclib.geodesic import Geodesic
    place = [Scalar(value, name=name) for name, value in zip("abcd", (40.6, -73.8, 51.6, -0.5), strict=True)]
    distance = Geodesic.WGS84.Inverse(*place)["s12"]
    picture = drawing.picture(distance, collapse="function")
    files = {node.spot.file for node in picture.nodes if node.spot}
    assert files == {"geographiclib/geodesic.py", "geographiclib/geomath.py"}
    functions = {lines[0].rpartition(".")[2] for lines in said(picture, "function")}
    assert {"_Lambda12", "_SinCosSeries", "polyval"} <= functions
    assert picture.operations > 1000
    svg = drawing.make_graph(distance, collapse="line")
    assert any(title.startswith("geographiclib/geodesic.py:") for title in titles(svg).values())
