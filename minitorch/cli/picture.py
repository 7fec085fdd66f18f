"""`minitorch graph`: the history of a result as a picture file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from minitorch.cli.arguments import call_from, evaluate, target_options
from minitorch.cli.failures import BadInput, describe

__all__ = ["graph"]

_SUFFIXES = (".svg", ".png", ".pdf", ".dot")


@click.command()
@target_options
@click.option("-o", "output", default="graph.svg", show_default=True, metavar="FILE", help=f"{', '.join(_SUFFIXES)}.")
@click.option("--limit", default=300, show_default=True, type=click.IntRange(min=1), help="Draw about this many nodes.")
def graph(
    words: tuple[str, ...],
    expression: str | None,
    modules: tuple[str, ...],
    hooks: tuple[str, ...],
    fixed: tuple[str, ...],
    output: str,
    limit: int,
) -> None:
    """Draw what a value was computed from.

    The picture shows the Functions, the values between them, and the derivatives at the inputs.

    \b
    minitorch graph pump.py:power dp=2e5 flow=0.01 -o power.svg
    """
    file = Path(output)
    if file.suffix.lower() not in _SUFFIXES:
        raise BadInput(f"-o {output}: unknown suffix {file.suffix!r}, use one of {', '.join(_SUFFIXES)}")
    if not file.parent.is_dir():
        raise BadInput(f"-o {output}: there is no folder {file.parent}")
    from minitorch.scalar import Scalar

    call, values = call_from(words, expression, modules, hooks, fixed)
    leaves = [Scalar(value, name=name) for name, value in zip(call.names, values, strict=True)]
    picture = _draw(evaluate(call, leaves), call.label, file.suffix.lower(), limit)
    try:
        file.write_bytes(picture)
    except OSError as error:
        raise BadInput(f"-o {output}: {error.strerror}") from None
    click.echo(output)


def _draw(result: Any, label: str, suffix: str, limit: int) -> bytes:
    from minitorch import drawing
    from minitorch.autodiff import Variable
    from minitorch.render import RenderError, render

    if not issubclass(type(result), Variable):
        raise BadInput(f"nothing to draw: {label} returns {result!r}, which was not computed from the arguments")
    try:
        result.backward()
    except (ArithmeticError, TypeError, ValueError) as error:
        raise BadInput(f"backward: {describe(error)}") from None
    if result.name is None:
        result.name = label
    try:
        if suffix == ".svg":
            return drawing.make_graph(result, limit=limit).encode()
        source = str(drawing.graph(result, limit=limit).source)
        return source.encode() if suffix == ".dot" else render(source, suffix[1:])
    except RenderError as error:
        raise BadInput(str(error)) from None
