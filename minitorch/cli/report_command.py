"""`minitorch report`: what a call computed, line by line, as a page or on the terminal.

minitorch report pump.py:power dp=2e5 flow=0.01 -o power.html
"""

from __future__ import annotations

from pathlib import Path

import click

from minitorch.cli.arguments import call_from, target_options
from minitorch.cli.calls import Call
from minitorch.cli.failures import BadInput, describe
from minitorch.cli.progress import Begin, progress
from minitorch.derivatives.signatures import title
from minitorch.reporting import Report
from minitorch.reporting.analysis import analyse, run_of

__all__ = ["report"]

_PAGE = "report.html"
_SUFFIXES = (".html", ".htm")
_PIPE_WIDTH = 140


@click.command()
@target_options
@click.option("-o", "output", metavar="FILE", help=f"The page to write.  [default: {_PAGE}]")
@click.option("--text", "as_text", is_flag=True, help="Print it, shorter; write a page only where -o names one.")
def report(
    words: tuple[str, ...],
    expression: str | None,
    modules: tuple[str, ...],
    hooks: tuple[str, ...],
    fixed: tuple[str, ...],
    output: str | None,
    as_text: bool,
) -> None:
    """Report on a call: values, derivatives, rounding and branches, line by line.

    The page is one file that needs no network.

    \b
    minitorch report pump.py:power dp=2e5 flow=0.01 -o power.html
    minitorch report --text --expr "math.sqrt(x + 1) - math.sqrt(x)" x=1e9
    """
    file = None if as_text and output is None else _file(output or _PAGE)
    call, values = call_from(words, expression, modules, hooks, fixed)
    with progress("report", 2 if file is None else 3) as begin:
        result = _report(call, values, begin)
        if file is not None:
            begin("drawing the page")
            _save(result, file)
    if as_text:
        _print(result)
    if file is not None:
        click.echo(str(file))


def _file(output: str) -> Path:
    file = Path(output)
    if file.suffix.lower() not in _SUFFIXES:
        raise BadInput(f"-o {output}: unknown suffix {file.suffix!r}, use .html")
    if not file.parent.is_dir():
        raise BadInput(f"-o {output}: there is no folder {file.parent}")
    return file


def _report(call: Call, values: list[float], begin: Begin) -> Report:
    begin("running")
    try:
        run = run_of(call.function, tuple(values), {})
    except (Exception, SystemExit) as error:
        # The function around the target was made here; its name means nothing to whoever typed the command.
        raise BadInput(describe(error, call.label).replace(title(call.function), call.label)) from None
    begin("derivatives and rounding")
    return Report(analyse(run, call.label, call.entry))


def _save(result: Report, file: Path) -> None:
    try:
        result.save(file)
    except OSError as error:
        raise BadInput(f"-o {file}: {error.strerror}") from None


def _print(result: Report) -> None:
    from rich.console import Console

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _PIPE_WIDTH
    console.print(result)
