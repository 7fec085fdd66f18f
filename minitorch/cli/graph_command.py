"""`minitorch graph`: the history of a result as a picture file."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Final

import click

from minitorch import drawing
from minitorch.autodiff.variable import Variable, value_of
from minitorch.cli.arguments import call_from, evaluate, target_options
from minitorch.cli.failures import BadInput, in_one_line
from minitorch.cli.outputs import check_output, json_option, write_output, written
from minitorch.cli.table import print_lines
from minitorch.drawing.elements import Collapsing
from minitorch.scalars.scalar import Scalar

if TYPE_CHECKING:
    from minitorch.drawing.diagram import Diagram

__all__ = ["graph"]

COLLAPSING: Final[dict[str, Collapsing]] = {"auto": "auto", "none": None, "line": "line", "function": "function"}
_SUFFIXES = (".svg", ".png", ".pdf", ".dot", ".html")

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>body {{ margin: 1em; overflow-x: auto }}</style>
{picture}
</html>
"""


@click.command()
@target_options
@click.option(
    "-o",
    "output",
    default="graph.svg",
    show_default=True,
    metavar="FILE",
    help=f"A file that ends in {', '.join(_SUFFIXES)}; - is standard output, as SVG unless --format says otherwise.",
)
@click.option("--format", "format_", type=click.Choice([s[1:] for s in _SUFFIXES]), help="Whatever the file is called.")
@click.option("--limit", default=300, show_default=True, type=click.IntRange(min=1), help="Draw about this many nodes.")
@click.option(
    "--collapse",
    type=click.Choice(["auto", "none", "line", "function"]),
    default="auto",
    show_default=True,
    help="Draw a box per operation (none), line of source or function; auto takes the first that fits on a page.",
)
@click.option("--no-values", is_flag=True, help="Leave the values out.")
@click.option("--no-derivatives", is_flag=True, help="Leave the derivatives of the result out.")
@click.option("--no-names", is_flag=True, help="Leave out the names that the source gives to values.")
@json_option
@click.option("--down/--right", default=None, help="Which way it runs.  [default: right; lines and functions: down]")
def graph(
    words: tuple[str, ...],
    expression: str | None,
    modules: tuple[str, ...],
    hooks: tuple[str, ...],
    fixed: tuple[str, ...],
    output: str,
    format_: str | None,
    limit: int,
    collapse: str,
    no_values: bool,
    no_derivatives: bool,
    no_names: bool,
    as_json: bool,
    down: bool | None,
) -> None:
    """Draw what a value was computed from.

    The picture shows the Functions, the values between them, and the derivatives of the result; of more operations than
    fit on a page it shows the lines of source, or the functions, that did them.

    \b
    minitorch graph pump.py:power dp=2e5 flow=0.01 -o power.svg
    minitorch graph survey.py:area width=12 --fixed steps=1000 --collapse line
    """
    suffix = check_output(output, _SUFFIXES, as_json, anything=format_ is not None)
    kind = suffix[1:] if format_ is None else format_
    call, values = call_from(words, expression, modules, hooks, fixed)
    leaves = [Scalar(value, name=name) for name, value in zip(call.names, values, strict=True)]
    result = evaluate(call, leaves)
    if not issubclass(type(result), Variable):
        raise BadInput(f"nothing to draw: {call.label} returns {result!r}, which was not computed from the arguments")
    if result.name is None:
        result.name = call.label
    diagram = drawing.graph(
        result,
        lr=None if down is None else not down,
        limit=limit,
        values=not no_values,
        derivatives=not no_derivatives,
        names=not no_names,
        collapse=COLLAPSING[collapse],
    )
    write_output(output, _content(diagram, kind, call.label))
    if diagram.picture.collapsed is not None:
        print_lines([in_one_line(f"{diagram.picture.caption[0]}; --collapse none draws each of them")], err=True)
    about = {"function": call.label, "value": value_of(result), "format": kind}
    written(output, about if as_json else None)
    if call.left_whole:
        print_lines([in_one_line(call.kept_in_words())], err=True)


def _content(diagram: Diagram, kind: str, label: str) -> bytes:
    """Return a picture as a file of some kind has it."""
    from minitorch.drawing.render import RenderError

    try:
        if kind == "dot":
            return str(diagram.source).encode()
        content: bytes = diagram.pipe("svg" if kind == "html" else kind)
    except RenderError as error:
        raise BadInput(str(error)) from None
    return _PAGE.format(title=html.escape(label), picture=content.decode()).encode() if kind == "html" else content
