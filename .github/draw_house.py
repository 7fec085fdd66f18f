"""Draws `house.svg`, the picture of the packages in CONTRIBUTING.md, from what the packages import.

    python .github/draw_house.py

The rooms and their order are those of `tests/contract/test_layers.py`. An arrow that follows from other arrows is left
out: it could only repeat them. The picture keeps the DOT text that it was drawn from, which a test compares.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Final, NamedTuple
from xml.sax.saxutils import escape

import graphviz

HERE: Final = Path(__file__).resolve().parent
PICTURE: Final = HERE / "house.svg"
sys.path[:0] = [str(HERE.parent / folder) for folder in ("", "tests/support", "tests/contract")]

from test_layers import IMPORTS, ROOMS, room  # noqa: E402

from minitorch.drawing.render import render  # noqa: E402
from minitorch.drawing.style import FONT, LOOSE  # noqa: E402


class Purpose(NamedTuple):
    """What several rooms are for, and the colours of their boxes: fill, then line."""

    fill: str
    line: str


CODE: Final = Purpose("#d6eaf8", "#0072b2")
VALUES: Final = Purpose("#fde8c8", "#d55e00")
DERIVATIVES: Final = Purpose("#dff3ec", "#00795a")
SPEED: Final = Purpose("#f6e3ef", "#a8457f")
SEEING: Final = Purpose("#fff6d6", "#8a6d00")
DOORS: Final = Purpose("#eeeeee", "#5f5f5f")

BOXES: Final = {
    "transformer": (CODE, "rewrites Python syntax,", "functions and imports"),
    "minitorch.operators": (VALUES, "plain functions of floats", "with the course's names"),
    "minitorch.rules": (VALUES, "the table: a row per primitive,", "with its partial derivatives"),
    "minitorch.autodiff": (VALUES, "variables, histories,", "the reverse pass"),
    "minitorch.scalars": (VALUES, "Scalar, complex numbers,", "a Function for each row"),
    "minitorch.arrays": (VALUES, "Tensor: a numpy array", "that knows how it was made"),
    "minitorch.scipy_functions": (VALUES, "scipy's values with", "histories of formulas"),
    "minitorch.implicit": (DERIVATIVES, "roots, minima, integrals:", "what an equation defines"),
    "minitorch.drawing": (SEEING, "pictures of histories", "as DOT and SVG"),
    "minitorch.tracing": (CODE, "what runs in place of operators,", "builtins and library functions"),
    "minitorch.machine_code": (SPEED, "programs of float operations,", "lowered to LLVM, C or Python"),
    "minitorch.derivatives": (DERIVATIVES, "grad, vjp, jvp, jacobian,", "hessian, uncertainties"),
    "minitorch.recorder": (SPEED, "recording and reverse pass,", "in C or in Python"),
    "minitorch.reporting": (SEEING, "a run explained", "line by line"),
    "minitorch.compiler": (SPEED, "compile: traces, guards,", "batches"),
    "minitorch.cli": (DOORS, "the command", "for terminals"),
    "minitorch.ipython": (DOORS, "magics for", "notebooks"),
    "minitorch": (DOORS, "the public names:", "all that users import"),
}
"""Every room: what it is for, in two short lines."""

PART_OF: Final = {"minitorch.transformer": "transformer", "minitorch.__main__": "minitorch.cli"}
"""Rooms of a few lines, drawn as part of another one."""

LEFT_OUT: Final = {"minitorch.names", "minitorch.version"}
"""The room that is one constant."""


def box_of(module: str) -> str:
    """Return the box that a module is drawn in."""
    return PART_OF.get(room(module), room(module))


def needed() -> dict[str, set[str]]:
    """Return the boxes that each box imports from, whether directly or through others."""
    needs: dict[str, set[str]] = {}
    for box in sorted({*map(box_of, IMPORTS)} - LEFT_OUT, key=ROOMS.index):
        direct = {box_of(other.module) for name, imports in IMPORTS.items() if box_of(name) == box for other in imports}
        needs[box] = {further for below in direct - {box, *LEFT_OUT} for further in (below, *needs[below])}
    return needs


def arrows(needs: dict[str, set[str]]) -> list[tuple[str, str]]:
    """Return the arrows that do not follow from others."""
    return [
        (box, below)
        for box, all_below in needs.items()
        for below in sorted(all_below)
        if not any(below in needs[between] for between in all_below)
    ]


def floors(needs: dict[str, set[str]]) -> list[list[str]]:
    """Return the boxes by floor, from the ground: each stands on the highest floor that it needs."""
    floor: dict[str, int] = {}
    for box, all_below in needs.items():
        floor[box] = 1 + max((floor[below] for below in all_below), default=-1)
    return [[box for box in needs if floor[box] == height] for height in range(max(floor.values()) + 1)]


def label(box: str, lines: list[str]) -> str:
    """Return the text of a box: the name of the folder, and below it what it is for."""
    name = box.replace(".", "/")
    if box == "minitorch":
        title = "minitorch/__init__.py"
    else:
        title = box.removeprefix("minitorch.") + (".py" if (HERE.parent / f"{name}.py").is_file() else "/")
    return "\n".join([title, *filter(None, lines)])


def house() -> str:
    """Return the DOT text of the picture."""
    needs = needed()
    graph = graphviz.Digraph("house")
    graph.attr(bgcolor="transparent", ranksep="0.42", nodesep="0.35", pad="0.15")
    graph.attr("node", shape="box", style="filled,rounded", fontname=FONT, fontsize="12", margin="0.32,0.1")
    graph.attr("edge", color=LOOSE, arrowsize="0.7")
    for boxes in reversed(floors(needs)):
        with graph.subgraph() as floor:
            floor.attr(rank="same")
            for box in boxes:
                purpose, *lines = BOXES[box]
                floor.node(box, label(box, lines), fillcolor=purpose.fill, color=purpose.line)
    for box, below in arrows(needs):
        graph.edge(box, below)
    return str(graph.source)


def main() -> None:
    """Write the picture."""
    dot = house()
    opening, _, drawing = render(dot).decode("utf-8").partition(">")
    # The first line of a box is its name. Graphviz for WebAssembly has no bold text within a label.
    drawing = re.sub(r'(class="node".*?<text )', r'\1font-weight="bold" ', drawing, flags=re.DOTALL)
    PICTURE.write_text(f"{opening}>\n<metadata>{escape(dot)}</metadata>{drawing}", encoding="utf-8")


if __name__ == "__main__":
    main()
