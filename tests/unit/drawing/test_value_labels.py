"""Values are called what their Variables were named, or what the source assigns them to, run by run."""

from __future__ import annotations

import sys

import pytest
from pictures import computed

import minitorch
from minitorch import Scalar, topological_sort
from minitorch.drawing.value_labels import labels, numbered


def called(out: minitorch.Variable) -> list[str]:
    """What the values behind a result are called, in the order in which they were made."""
    variables = topological_sort(out)
    names = labels(variables)
    return [names.get(variable.unique_id, "-") for variable in reversed(variables)]


TABLE = [
    ("out = x + 1", ["x", "out"]),
    ("y = x * 2 + 1\nout = y * y", ["x", "-", "y", "out"]),
    ("out = (x * 2) * (x + 1)", ["x", "-", "-", "out"]),
    ("total = x\nfor k in range(3):\n    total = total * k\nout = -total", "x total[0] total[1] total[2] out".split()),
    ("total = x\nfor k in range(2):\n    total += k\nout = -total", "x total[0] total[1] out".split()),
    ("out = x\nwhile out < 9:\n    out = out + x * 2", ["x", "-", "out[0]", "-", "out[1]"]),
    ("def f(x):\n    y = x * 2\n    return y\nout = f(x) + f(x)", ["x", "y[0]", "y[1]", "out"]),
    ("rows = [0, 0]\nfor i in range(2):\n    rows[i] = x + i\nout = rows[0] * rows[1]",
     ["x", "rows[i] (0)", "rows[i] (1)", "out"]),
    ("class C: pass\nc = C()\nc.size = x * 2\nout = c.size + 1", ["x", "c.size", "out"]),
    ("y = x * 2\ny = y + 1\nout = y * 3", ["x", "y", "y", "out"]),
    ("out = [x * k for k in range(1, 3)][1] + x", ["x", "-", "out"]),
    ("y: float = x * 2\nout = -y", ["x", "y", "out"]),
]  # fmt: skip


@pytest.mark.parametrize(("source", "names"), TABLE)
def test_names_come_from_the_source(source: str, names: list[str]) -> None:
    assert called(computed(source, x=2.0)) == names


ONE_LINE = [
    ("y = x * 2; z = y + 1\nout = -z", ["x", "y", "z", "out"], ["x", "-", "-", "out"]),
    ("y, z = x * 2, x * 3\nout = y + z", ["x", "y", "z", "out"], ["x", "-", "-", "out"]),
    ("out = (y := x * 2) + 1", ["x", "y", "out"], ["x", "-", "-"]),
]


@pytest.mark.parametrize(("source", "names", "names_without_columns"), ONE_LINE)
def test_names_on_one_line_are_told_apart_where_code_knows_columns(
    source: str, names: list[str], names_without_columns: list[str]
) -> None:
    assert called(computed(source, x=2.0)) == (names if sys.version_info >= (3, 11) else names_without_columns)


def test_a_name_given_by_the_user_wins_and_still_counts_as_a_run() -> None:
    made = []
    value = Scalar(1.0, name="x")
    for _ in range(3):
        value = value * 2
        made.append(value)
    made[1].name = "middle"
    assert called(value) == ["x", "value[0]", "middle", "value[2]"]


def test_an_empty_name_is_none() -> None:
    assert labels([Scalar(1.0, name=""), Scalar(2.0)]) == {}
    assert labels([]) == {}


@minitorch.trace
def iterated(x: float) -> float:
    for _ in range(100):
        angle = float(x) * 0.5
        x = abs(angle)
    return x


def test_runs_keep_counting_when_python_specialises_what_runs_often() -> None:
    names = called(iterated(Scalar(3.0, name="start")))
    assert names == ["start", *(name for run in range(100) for name in (f"angle[{run}]", f"x[{run}]"))]


def test_functions_traced_apart_are_one_place() -> None:
    first, second = minitorch.trace(doubled), minitorch.trace(doubled)
    assert called(second(first(Scalar(1.0, name="x")))) == ["x", "twice[0]", "twice[1]"]


def doubled(x: float) -> float:
    twice = x * 2
    return twice


def test_the_order_of_the_variables_does_not_matter() -> None:
    variables = topological_sort(computed("y = x\nfor _ in range(4):\n    y = y * 2\nout = -y", x=1.0))
    assert labels(variables) == labels(variables[::-1]) == labels(variables[1:] + variables[:1])


def test_without_a_source_there_are_no_names() -> None:
    namespace = {"x": Scalar(1.0, name="x")}
    exec(compile("y = x * 2\nout = y + 1", "nowhere.py", "exec"), namespace)
    assert called(namespace["out"]) == ["x", "-", "-"]


@pytest.mark.parametrize(("name", "run", "text"), [("v", 3, "v[3]"), ("a.b", 0, "a.b[0]"), ("r[i]", 1, "r[i] (1)")])
def test_numbers_are_not_taken_for_subscripts(name: str, run: int, text: str) -> None:
    assert numbered(name, run) == text
