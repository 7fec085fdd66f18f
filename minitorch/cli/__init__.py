"""The `minitorch` command: gradients, pictures, reports, compiled and rewritten source of code that stays as it is.

What the user got wrong is answered by one line on standard error and exit code 2, never by a traceback. Each command
imports what it needs when it runs.

    minitorch grad pump.py:power dp=2e5 flow=0.01
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import nullcontext
from itertools import pairwise
from typing import NoReturn

import click

from minitorch.cli.compile_command import compile_function
from minitorch.cli.completion_command import completion
from minitorch.cli.failures import in_one_line
from minitorch.cli.grad_command import grad
from minitorch.cli.graph_command import graph
from minitorch.cli.outputs import print_json, results_alone
from minitorch.cli.report_command import report
from minitorch.cli.run_command import Program, run
from minitorch.cli.source_command import source
from minitorch.version import __version__

__all__ = ["main"]

_INTERRUPTED = 130


@click.group(
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="TARGET is module:function, module:Class.method or file.py:function.",
)
@click.version_option(__version__)
@click.pass_context
def commands(context: click.Context) -> None:
    """Compute exact derivatives of Python code that was not written for it."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


for command in (grad, graph, report, compile_function, source, run, completion):
    commands.add_command(command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; `arguments` are those of the process unless given.

    Raises SystemExit(2) for bad input, after one line about it on standard error, and as JSON where that is wanted.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    as_json = _are_for_results(words) and "--json" in words
    to_output = _are_for_results(words) and ("-o-" in words or ("-o", "-") in pairwise(words))
    with results_alone() if as_json or to_output else nullcontext():
        try:
            result = commands.main(words, prog_name="minitorch", standalone_mode=False)
        except click.UsageError as mistake:
            command = mistake.ctx.command_path if mistake.ctx else "minitorch"
            _refuse(f"{command}: {mistake.format_message()} (see {command} --help)", as_json)
        except click.ClickException as mistake:
            _refuse(f"minitorch: {mistake.format_message()}", as_json)
        except click.Abort:
            sys.exit(_INTERRUPTED)
    # A program runs here, where click can't take its exceptions for its own.
    if isinstance(result, Program):
        result.run()


def _are_for_results(words: list[str]) -> bool:
    """Return whether words are for a command that has results, and not for a program that is run."""
    return next((word for word in words if not word.startswith("-")), "") != run.name


def _refuse(message: str, as_json: bool) -> NoReturn:
    line = in_one_line(message)
    click.echo(line, err=True)
    if as_json:
        print_json({"error": line})
    sys.exit(2)
