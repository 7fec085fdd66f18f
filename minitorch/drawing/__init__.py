"""Pictures of history graphs: what was computed, from what, by which Functions, on which lines of the source.

`graph` gives the graphviz object of a result, `make_graph` its SVG, `picture` what is drawn as plain data. Functions
are boxes, Variables are ovals with their names, values and derivatives, constants are plain text; edges carry the
argument position, so an operand used twice has two edges. `collapse="line"` draws one box per line of the source that
ran, with the operations done there, and `collapse="function"` one per function. A history that would be larger than a
page is collapsed without being asked for, and says so below.

    x * y   becomes   (x = 3) ──0──▸ [Mul] ──▸ ((out = 12))
                      (y = 4) ──1──▸

**What a page can rely on.** However it was laid out, the SVG is `<svg class="minitorch-graph">`, and in it

    <g id="op-17" class="node operation" data-file="pump.py" data-line="41" data-function="head">   the box of the
                                                          operation that made the Variable with unique_id 17
    <g id="value-17" class="node value">                  the oval of that Variable; class `leaf`, `result`, `cut`
                                                          and `idle`, where only what follows makes its derivative 0
    <g id="line-3" class="node line" data-file=… data-line=… data-function=… data-operations="200">
    <g id="function-2" class="node function" data-file=… data-line=… data-function=… data-operations="200">
    <g id="inputs-0" class="node leaf">                   many leaves that are used alike, in a collapsed picture
    <g id="edge-5" class="edge" data-tail="value-17" data-head="op-19">
    <g id="group-1" class="cluster">                      the frame of a function around its lines

begin with a `<title>`, which is the text under the pointer: place, source text, value, derivative. `picture(out,
…).node("line-3").variables` are the `unique_id`s of the values that a node stands for; nodes of lines and functions are
numbered in the order in which they ran first. File names are shown from the working folder or from an entry of
`sys.path`. Colours are presentation attributes for light pages, which rules of a style sheet override; a style sheet
inside, whose selectors begin with `.minitorch-graph`, has those for `prefers-color-scheme: dark`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from minitorch.autodiff.packages import require
from minitorch.autodiff.tracebacks import short_tracebacks
from minitorch.autodiff.variable import Variable
from minitorch.drawing.elements import Collapse, Collapsing, Edge, Group, Node, Options, Picture
from minitorch.drawing.fitting import picture_that_fits
from minitorch.drawing.operation_picture import picture_of_operations
from minitorch.drawing.source_picture import picture_of_places

if TYPE_CHECKING:
    from minitorch.drawing.diagram import Diagram

__all__ = ["MAX_NODES", "Collapse", "Edge", "Group", "Node", "Picture", "graph", "make_graph", "picture"]

MAX_NODES = 300


def picture(
    out: Variable,
    limit: int = MAX_NODES,
    *,
    values: bool = True,
    derivatives: bool = True,
    names: bool = True,
    collapse: Collapsing = "auto",
) -> Picture:
    """Choose what is drawn of the history of a result, as plain data.

    Takes and raises what `graph` does.

    >>> from minitorch import Scalar
    >>> [node.lines[0] for node in picture(Scalar(3.0, name="x") * 2.0).nodes]
    ['2', 'x = 3', 'Mul', '6']
    """
    return _chosen(out, Options(limit, values, derivatives, names), collapse)


def _chosen(out: Variable, options: Options, collapse: Collapsing, lr: bool | None = None) -> Picture:
    if collapse is None:
        return picture_of_operations(out, options)
    if collapse == "auto":
        return picture_that_fits(out, options, lr)
    if collapse not in ("line", "function"):
        raise ValueError(f'collapse={collapse!r}: must be "auto", None, "line" or "function"')
    return picture_of_places(out, options, collapse)


@short_tracebacks
def graph(
    out: Variable,
    lr: bool | None = None,
    limit: int = MAX_NODES,
    *,
    values: bool = True,
    derivatives: bool = True,
    names: bool = True,
    collapse: Collapsing = "auto",
) -> Diagram:
    """Build the graphviz object of a result's history, which notebooks show, and which can be restyled and saved.

    Args:
        out: the Variable that was computed.
        lr: whether it runs from left to right, or else from top to bottom; by default operations run to the right,
            lines and functions down, as source does.
        limit: about how many nodes are drawn at most: those nearest to the result.
        values: whether to show the values.
        derivatives: whether to show the derivatives of the result by the values.
        names: whether to show the names that the source assigns values to; names given to Variables are always shown.
        collapse: `None` draws every operation, "line" one box per line of the source, "function" one per function;
            "auto" chooses the first of these that fits on a page (1,600 px), and the picture says what was chosen.

    Returns:
        A `graphviz.Digraph`, whose `pipe(format)` makes SVG without an installed Graphviz, too.

    Raises:
        TypeError: `out` is not a Variable.
        ValueError: `collapse` is none of these.
        ModuleNotFoundError: the Python package graphviz is not installed.

    >>> from minitorch import Scalar
    >>> print(graph(Scalar(3.0, name="x") * 2.0).source)  # doctest: +ELLIPSIS
    digraph ...
    """
    require("A diagram", "graphviz")
    from minitorch.drawing.diagram import diagram

    chosen = _chosen(out, Options(limit, values, derivatives, names), collapse, lr)
    return diagram(chosen, not chosen.down if lr is None else lr)


@short_tracebacks
def make_graph(
    out: Variable,
    lr: bool | None = None,
    limit: int = MAX_NODES,
    *,
    values: bool = True,
    derivatives: bool = True,
    names: bool = True,
    collapse: Collapsing = "auto",
) -> str:
    """Draw the history of a result as SVG text, as `IPython.display.SVG` and HTML pages accept it.

    Takes and raises what `graph` does.

    >>> from minitorch import Scalar
    >>> make_graph(Scalar(3.0, name="x") * 2.0).startswith("<svg")
    True
    """
    drawn = graph(out, lr, limit, values=values, derivatives=derivatives, names=names, collapse=collapse)
    return drawn.svg()
