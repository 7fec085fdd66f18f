"""`minitorch source`: the source of a function after rewriting."""

from __future__ import annotations

import click

from minitorch.cli.calls import find_function
from minitorch.cli.failures import BadInput
from minitorch.tracing.tracer import traced_source

__all__ = ["source"]


@click.command()
@click.argument("target")
def source(target: str) -> None:
    """Print the source of a function after rewriting.

    The text is highlighted on a terminal and plain in a pipe.

    \b
    minitorch source pump.py:power
    """
    function = find_function(target)
    try:
        text = traced_source(function)
    except SyntaxError as error:
        raise BadInput(f"{target}: {error}") from None

    from rich.console import Console
    from rich.syntax import Syntax

    console = Console()
    if console.is_terminal:
        console.print(Syntax(text.rstrip(), "python", background_color="default"))
    else:
        click.echo(text.rstrip())
