"""The diagram of a report: every operation where there are few, else the lines or functions that did them.

Its boxes are linked with the lines of source that they stand for:

    <g id="op-17">   ->   Link(lines=((0, 12),), moment=17)     line 12 of the first function, at that moment of the run
"""

from __future__ import annotations

from collections.abc import Sequence

from minitorch.autodiff.variable import Variable
from minitorch.drawing import Collapse, Node, Picture, picture
from minitorch.reporting.listing import Listing
from minitorch.reporting.model import Diagram, Expression, Function, Link

__all__ = ["diagram_of", "svg_of"]

MAX_OPERATIONS = 40
"""A run of more operations is drawn line by line."""

MAX_LINES = 60
"""A run of more lines is drawn function by function."""


def diagram_of(out: Variable, nodes: Sequence[Variable], listing: Listing, functions: Sequence[Function]) -> Diagram:
    """Make the diagram of a run, and link its boxes with the source.

    Args:
        out: the output.
        nodes: all Variables of the run.
        listing: the expressions that the Variables are results of.
        functions: the functions in which those expressions stand.
    """
    drawn = picture(out, collapse=collapse_for(functions))
    by_id = {node.unique_id: node for node in nodes}
    stands: dict[int, tuple[int, int]] = {}
    inputs: dict[int, tuple[int, int]] = {}
    for index, function in enumerate(functions):
        for line in function.lines:
            for expression in line.expressions:
                stands[id(expression)] = index, line.number
                if expression.operation == "input":
                    inputs[expression.moments[0]] = index, line.number

    def link_of(box: Node) -> Link | None:
        lines: dict[tuple[int, int], None] = {}
        for unique_id in box.variables:
            node = by_id.get(unique_id)
            expression: Expression | None = None if node is None else listing.expression_of(node)
            if expression is not None and id(expression) in stands:
                lines[stands[id(expression)]] = None
            elif unique_id - listing.since in inputs:
                lines[inputs[unique_id - listing.since]] = None
        moment = box.variables[0] - listing.since if len(box.variables) == 1 else None
        return Link(tuple(lines), moment) if lines else None

    links = {box.id: link for box in drawn.nodes if (link := link_of(box)) is not None}
    return Diagram(drawn, links)


def collapse_for(functions: Sequence[Function]) -> Collapse | None:
    """Choose whether to draw operations, lines or functions, by how many there are."""
    if sum(function.operations for function in functions) <= MAX_OPERATIONS:
        return None
    lines = sum(1 for function in functions for line in function.lines if line.expressions)
    return "line" if lines <= MAX_LINES else "function"


def svg_of(drawn: Picture) -> str:
    """Draw a picture.

    Raises:
        RenderError: no renderer is installed.
    """
    from minitorch.drawing.diagram import diagram

    # The picture is shown beside the source, and runs down as that does.
    svg = diagram(drawn, lr=False).svg()
    # On paper it has the colours of a light page, as the page itself has.
    return svg.replace("@media (prefers-color-scheme: dark)", "@media screen and (prefers-color-scheme: dark)")
