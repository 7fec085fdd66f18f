"""`minitorch source`: the source of a function after rewriting."""

from __future__ import annotations

import click

from minitorch.cli.completion_command import complete_target
from minitorch.cli.failures import BadInput
from minitorch.cli.modules import find_function
from minitorch.cli.outputs import check_output, json_option, print_json, print_program, write_output, written
from minitorch.tracing.tracer import traced_source

__all__ = ["source"]


@click.command()
@click.argument("target", shell_complete=complete_target)
@click.option("-o", "output", default="-", metavar="FILE", help="Write it here.  [default: standard output]")
@json_option
def source(target: str, output: str, as_json: bool) -> None:
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

    text = text.rstrip()
    if output != "-":
        check_output(output, (".py",), as_json, anything=True)
        write_output(output, f"{text}\n".encode())
        written(output, {"target": target} if as_json else None)
    elif as_json:
        print_json({"target": target, "source": text})
    else:
        print_program(text, "python")
