"""`minitorch graph`: the history of a result as a picture file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from minitorch import drawing
from minitorch.autodiff.variable import Variable
from minitorch.cli.arguments import call_from, evaluate, target_options
from minitorch.cli.failures import BadInput
from minitorch.drawing.elements import Collapsing
from minitorch.scalars.scalar import Scalar

if TYPE_CHECKING:
    from minitorch.drawing.diagram import Diagram

__all__ = ["graph"]

COLLAPSING: Final[dict[str, Collapsing]] = {"auto": "auto", "none": None, "line": "line", "function": "function"}
_SUFFIXES = (".svg", ".png", ".pdf", ".dot")


@click.command()
@target_options
@click.option("-o", "output", default="graph.svg", show_default=True, metavar="FILE", help=f"{', '.join(_SUFFIXES)}.")
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
@click.option("--down/--right", default=None, help="Which way it runs.  [default: right; lines and functions: down]")
def graph(
    words: tuple[str, ...],
    expression: str | None,
    modules: tuple[str, ...],
    hooks: tuple[str, ...],
    fixed: tuple[str, ...],
    output: str,
    limit: int,
    collapse: str,
    no_values: bool,
    no_derivatives: bool,
    no_names: bool,
    down: bool | None,
) -> None:
    """Draw what a value was computed from.

    The picture shows the Functions, the values between them, and the derivatives of the result; of more operations than
    fit on a page it shows the lines of source, or the functions, that did them.

    \b
    minitorch graph pump.py:power dp=2e5 flow=0.01 -o power.svg
    minitorch graph survey.py:area width=12 --fixed steps=1000 --collapse line
    """
    file = Path(output)
    if file.suffix.lower() not in _SUFFIXES:
        raise BadInput(f"-o {output}: unknown suffix {file.suffix!r}, use one of {', '.join(_SUFFIXES)}")
    if not file.parent.is_dir():
        raise BadInput(f"-o {output}: there is no folder {file.parent}")
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
    picture = _content(diagram, file.suffix.lower())
    try:
        file.write_bytes(picture)
    except OSError as error:
        raise BadInput(f"-o {output}: {error.strerror}") from None
    if diagram.picture.collapsed is not None:
        click.echo(f"{diagram.picture.caption[0]}; --collapse none draws each of them", err=True)
    click.echo(output)


def _content(diagram: Diagram, suffix: str) -> bytes:
    """Return the content of a file with this suffix."""
    from minitorch.drawing.render import RenderError

    try:
        content: bytes = str(diagram.source).encode() if suffix == ".dot" else diagram.pipe(suffix[1:])
    except RenderError as error:
        raise BadInput(str(error)) from None
    return content
