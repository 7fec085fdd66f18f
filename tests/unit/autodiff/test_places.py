"""Every operation knows file, line, columns, function, and the name that its value is assigned to."""

from __future__ import annotations

import inspect
import linecache
import math
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from both_recorders import BOTH
from module_roads import ROADS, module_by

import minitorch
from minitorch import Scalar
from minitorch.autodiff.place import Place
from minitorch.autodiff.topological_order import topological_sort
from minitorch.drawing.value_labels import labels

COLUMNS = sys.version_info >= (3, 11)


def text_of(place: Place) -> str:
    """The source at a place, of one line."""
    line = linecache.getline(place.file, place.line).encode()
    return line[place.column : place.end_column].decode() if COLUMNS else line.decode().strip()


def pressure(flow: float, area: float) -> float:
    speed = flow / area
    loss = 0.5 * speed**2
    loss += math.sqrt(speed)
    a, b = speed + 1.0, -loss
    return max(a, b) * float(loss)


EXPECTED = {
    "flow / area": "speed",
    "speed**2": None,
    "0.5 * speed**2": "loss",
    "math.sqrt(speed)": None,
    "loss += math.sqrt(speed)": "loss",
    "speed + 1.0": "a",
    "-loss": "b",
    "max(a, b) * float(loss)": None,
}


def places(out: Any) -> dict[str, str | None]:
    """What is known of the operations behind a result."""
    found = {}
    for node in topological_sort(out):
        place = node.place
        if place is not None:
            assert place.function == "pressure" and place.file == __file__
            found[text_of(place)] = place.name
    return found


def test_operations_know_where_they_are_done() -> None:
    flow, area = Scalar(3.0, name="flow"), Scalar(2.0)
    found = places(minitorch.trace(pressure)(flow, area))
    if COLUMNS:
        # The larger of a and b is a: what made b does not matter to the result.
        assert found == {text: name for text, name in EXPECTED.items() if text != "-loss"}
    else:
        assert found.keys() == {"speed = flow / area", "loss = 0.5 * speed**2", "loss += math.sqrt(speed)",
                                "a, b = speed + 1.0, -loss", "return max(a, b) * float(loss)"}  # fmt: skip
    speed = flow / area
    assert speed.place is not None and speed.place.name == "speed"


def test_lines_are_known_on_every_python() -> None:
    start = pressure.__code__.co_firstlineno
    nodes = topological_sort(minitorch.trace(pressure)(Scalar(3.0), Scalar(2.0)))
    lines = {node.place.line - start for node in nodes if node.place is not None}
    assert lines == {1, 2, 3, 4, 5}


@pytest.mark.parametrize("package", BOTH.values(), ids=BOTH)
def test_both_recorders_know_the_same(package: Any) -> None:
    x = package.Scalar(2.0)
    y = [x, x * x]
    sizes = [abs(v) for v in y]
    nested = (lambda v: v - 1.0)(x)
    assert [v.place.line for v in (y[1], sizes[0], nested) if v.place] == [
        inspect.currentframe().f_lineno - 4 + i
        for i in range(3)  # type: ignore[union-attr]
    ]
    assert nested.place is not None and nested.place.function.endswith("<lambda>" if COLUMNS else "lambda>")


LIBRARY = """
import math

class Pump:
    def __init__(self, gain):
        self.gain = gain

    def head(self, flow):
        total = 0.0
        for k in range(3):
            term = flow * self.gain
            total += math.exp(-term)
        return total
"""


@ROADS
def test_a_module_names_its_own_lines(road: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    name = f"pump_{road}"
    (tmp_path / f"{name}.py").write_text(LIBRARY)
    module: ModuleType = module_by(road, name)
    head: Callable[..., Any] = module.Pump(2.0).head
    out = (minitorch.trace(head) if road == "decorator" else head)(Scalar(0.5, name="flow"))
    nodes = [node for node in topological_sort(out) if node.place is not None]
    assert {Path(node.place.file).name for node in nodes if node.place} == {f"{name}.py"}
    shown = labels(nodes)
    assert {"term[0]", "term[1]", "term[2]", "total[0]", "total[1]", "total[2]"} <= set(shown.values())


def test_code_without_source_has_lines() -> None:
    namespace: dict[str, Any] = {}
    exec(compile("def f(x):\n    y = x * 2.0\n    return y\n", "<made up>", "exec"), namespace)
    place = namespace["f"](Scalar(1.0)).place
    assert str(place) == "<made up>:2" and place.name is None


def test_equal_code_in_two_files_is_told_apart() -> None:
    found = []
    for file in ("one.py", "two.py"):
        namespace: dict[str, Any] = {"x": Scalar(1.0)}
        exec(compile("y = x * 2.0", file, "exec"), namespace)
        found.append(str(namespace["y"].place))
    assert found == ["one.py:1", "two.py:1"]


def test_users_names_win() -> None:
    x = Scalar(1.0)
    y = x * 2.0
    z = x * 3.0
    z.name = "mine"
    assert set(labels([x, y, z]).values()) >= {"y", "mine"}


def test_leaves_and_constants_are_made_by_nobody() -> None:
    assert Scalar(1.0).place is None and Scalar(1.0, None).place is None and (Scalar(1.0, None) * 2.0).place is None
