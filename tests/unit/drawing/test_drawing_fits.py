"""What is drawn of a history when nobody has chosen: all of it where that fits on a page, else lines or functions."""

from __future__ import annotations

import math
from typing import Any

import pytest
from pictures import computed, texts

import minitorch
from minitorch import Scalar, drawing
from minitorch.autodiff.variable import Variable
from minitorch.cli import main
from minitorch.drawing import Picture

DRAWS_ALL = "collapse=None draws each of them"


def lines(count: int) -> str:
    """A program whose lines each compute a value from the one before."""
    return "".join(f"y{k + 1} = y{k} * 1.5 + y{k}\n" for k in range(count)) + f"out = y{count} * y{count}"


def functions(count: int) -> str:
    """A program of functions of more lines than fit on a page."""
    return "".join(
        f"def f{k}(y0):\n" + "".join(f"    y{i + 1} = y{i} * 1.5\n" for i in range(12)) + "    return y12\n"
        for k in range(count)
    ) + "out = " + "(".join(f"f{k}" for k in range(count)) + "(y0" + ")" * count  # fmt: skip


HISTORIES: list[tuple[str, tuple[str, ...], bool]] = [
    ("out = y0 * 2", (), False),
    ("out = y0 * 2 + y0 * 3", (), False),
    (lines(8), ("17 operations drawn as 9 lines of source", DRAWS_ALL), True),
    ("out = " + "(" * 10 + "y0" + " * y0)" * 10, (), True),
    ("out = " + "(" * 200 + "y0" + " * y0)" * 200, ("200 operations drawn as 1 line of source", DRAWS_ALL), True),
    (functions(5), ("60 operations drawn as 5 functions", DRAWS_ALL), True),
    (
        "out = y0\nfor k in range(10_000):\n    out = out + y0",
        ("10,000 operations drawn as 1 line of source", DRAWS_ALL),
        True,
    ),
]


@pytest.mark.parametrize(("source", "caption", "down"), HISTORIES)
def test_what_fits_is_drawn_and_what_was_collapsed_is_said(source: str, caption: tuple[str, ...], down: bool) -> None:
    out = computed(source, "chain.py", y0=1.0)
    picture = drawing.picture(out)
    assert (picture.caption, picture.down) == (caption, down)
    assert picture.collapsed == (None if not caption else "function" if "function" in caption[0] else "line")
    drawn = drawing.graph(out)
    assert [text for text in texts(drawn.svg()) if text in caption] == list(caption)
    assert f"rankdir={'TB' if down else 'LR'}" in drawn.source


@pytest.mark.parametrize("collapse", [None, "line", "function"])
def test_what_is_asked_for_is_drawn_without_a_word(collapse: drawing.Collapse | None) -> None:
    picture = drawing.picture(computed(lines(30), "chain.py", y0=1.0), collapse=collapse)
    assert (picture.caption, picture.collapsed, picture.down) == ((), None, collapse is not None)
    assert sum(node.kind in ("operation", "line", "function") for node in picture.nodes) == {
        None: 61, "line": 31, "function": 1
    }[collapse]  # fmt: skip


@pytest.mark.parametrize(("lr", "rankdir"), [(True, "LR"), (False, "TB")])
def test_the_direction_that_is_asked_for_is_kept(lr: bool, rankdir: str) -> None:
    for source in ("out = y0 * 2", lines(8), functions(5)):
        assert f"rankdir={rankdir}" in drawing.graph(computed(source, "chain.py", y0=1.0), lr).source


def test_down_is_asked_for_and_fits() -> None:
    assert drawing.graph(computed(lines(8), "chain.py", y0=1.0), lr=False).picture.collapsed is None


def test_without_a_source_the_operations_nearest_to_the_result_are_drawn() -> None:
    out = Scalar(1.0, name="x")
    for _ in range(1000):
        out = out * 1.5
    node: Any = out
    for variable in minitorch.topological_sort(node):
        variable.code = None
    picture = drawing.picture(out)
    assert picture.collapsed is None and any(node.id == "note-cut" for node in picture.nodes)


def test_the_command_says_on_stderr_what_was_collapsed(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "chained.py").write_text(
        "def chain(y0):\n    " + lines(8).replace("\n", "\n    ") + "\n    return out\n"
    )
    monkeypatch.chdir(tmp_path)
    main(["graph", "chained.py:chain", "y0=1.0"])
    said = capsys.readouterr()
    assert said.err == "17 operations drawn as 9 lines of source; --collapse none draws each of them\n"
    assert said.out == "graph.svg\n"
    main(["graph", "chained.py:chain", "y0=1.0", "--collapse", "none"])
    assert capsys.readouterr().err == ""


# ----- values without influence -----


def ovals(out: Variable) -> dict[str, str]:
    """The kinds of the values of a picture, by their first line."""
    picture: Picture = drawing.picture(out, collapse=None)
    return {node.lines[0]: node.kind for node in picture.nodes if node.id.startswith("value-")}


def test_values_before_one_without_influence_are_thin_and_counted() -> None:
    out = computed("a = x * 2\nb = a + 1\nc = b * 0\nout = c + x", x=3.0)
    assert ovals(out) == {"x = 3": "leaf", "a = 6": "idle", "b = 7": "value", "c = 0": "value", "out = 3": "result"}
    picture = drawing.picture(out, collapse=None)
    (thin,) = (node for node in picture.nodes if node.kind == "idle")
    assert thin.lines == ("a = 6",) and "derivative of out by it: 0.0" in thin.title
    (b,) = (node for node in picture.nodes if node.lines[0] == "b = 7")
    assert b.lines == ("b = 7", "derivative 0")
    assert picture.caption == ("1 thin oval: derivative 0, as of all that follows",)
    assert drawing.picture(out, collapse=None, derivatives=False).caption == ()


def test_what_cancels_is_said_where_it_cancels() -> None:
    out = computed("a = x * 3\nb = a + 1\nout = b * 2 - b * 2 + x", x=1.0)
    kinds = ovals(out)
    assert (kinds["a = 3"], kinds["b = 4"], kinds["x = 1"]) == ("idle", "value", "leaf")


# ----- numbers -----


@pytest.mark.parametrize(
    ("value", "text"),
    [(1e-07, "1e-7"), (1e21, "1e21"), (-math.inf, "-∞"), (math.nan, "nan"), (2 / 3, "0.666667"), (3.0, "3")],
)
def test_numbers_are_written_as_in_reports(value: float, text: str) -> None:
    assert f"x = {text}" in texts(drawing.make_graph(Scalar(value, name="x") * 2, derivatives=False))


def test_the_whole_name_is_under_the_pointer() -> None:
    name = "x" * 60
    picture = drawing.picture(Scalar(1.0, name=name) * 2)
    assert any(node.title.startswith(f"{name} = 1.0") for node in picture.nodes)
    assert any(node.lines[0] == f"{name[:39]}… = 1" for node in picture.nodes)
