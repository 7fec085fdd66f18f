"""`minitorch report`: what a call computed, line by line, as a page or on the terminal.

minitorch report pump.py:power dp=2e5 flow=0.01 -o power.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from minitorch.cli.arguments import call_from, target_options
from minitorch.cli.calls import Call
from minitorch.cli.failures import BadInput, describe, in_one_line
from minitorch.cli.outputs import check_output, json_option, print_json, write_output, written
from minitorch.cli.progress import Begin, progress
from minitorch.cli.table import print_lines
from minitorch.derivatives.signatures import title
from minitorch.reporting import Report
from minitorch.reporting.analysis import analyse, run_of

if TYPE_CHECKING:
    from minitorch.reporting.model import Analysis, Spot

__all__ = ["report"]

_PAGE = "report.html"
_SUFFIXES = (".html", ".htm")
_PIPE_WIDTH = 140


@click.command()
@target_options
@click.option("-o", "output", metavar="FILE", help=f"The page to write; - is standard output.  [default: {_PAGE}]")
@click.option("--text", "as_text", is_flag=True, help="Print it, shorter; write a page only where -o names one.")
@json_option
def report(
    words: tuple[str, ...],
    expression: str | None,
    modules: tuple[str, ...],
    hooks: tuple[str, ...],
    fixed: tuple[str, ...],
    output: str | None,
    as_text: bool,
    as_json: bool,
) -> None:
    """Report on a call: values, derivatives, rounding and branches, line by line.

    The page is one file that needs no network.

    \b
    minitorch report pump.py:power dp=2e5 flow=0.01 -o power.html
    minitorch report --text --expr "math.sqrt(x + 1) - math.sqrt(x)" x=1e9
    """
    if as_text and (as_json or output == "-"):
        raise BadInput(f"--text and {'--json' if as_json else '-o -'} both want standard output: leave one out")
    page = None if (as_text or as_json) and output is None else output or _PAGE
    if page is not None:
        check_output(page, _SUFFIXES, as_json)
    call, values = call_from(words, expression, modules, hooks, fixed)
    with progress("report", 2 if page is None else 3) as begin:
        result = _report(call, values, begin)
        if page is not None:
            begin("drawing the page")
            write_output(page, result.html().encode())
    if as_text:
        _print(result)
    if as_json:
        print_json(_told(call, result.analysis, page))
    elif page is not None:
        written(page, None)
    if call.left_whole:
        print_lines([in_one_line(call.kept_in_words())], err=True)


def _told(call: Call, analysis: Analysis, page: str | None) -> dict[str, Any]:
    """Return what is printed as JSON."""
    keys = ("value", "derivative", "elasticity", "share")
    told: dict[str, Any] = {
        "function": call.label,
        "value": analysis.value,
        "inputs": {each.name: {key: getattr(each, key) for key in keys} for each in analysis.inputs},
        "kept": call.kept,
        "operations": analysis.operations,
        "rounding": {"bound": analysis.rounding_bound, "estimate": analysis.rounding_estimate},
        "branches": [
            {**_spot(each.spot), "question": each.question, "outcome": each.outcome, "times": each.times}
            for each in analysis.branches
        ],
        "notices": [{**_spot(each.spot), "kind": each.kind, "message": each.message} for each in analysis.notices],
    }
    return told if page is None else {**told, "file": page}


def _spot(spot: Spot) -> dict[str, Any]:
    return {"file": spot.file, "line": spot.line}


def _report(call: Call, values: list[float], begin: Begin) -> Report:
    begin("running")
    try:
        run = run_of(call.function, tuple(values), {})
    except (Exception, SystemExit) as error:
        # The function around the target was made here; its name means nothing to whoever typed the command.
        raise BadInput(describe(error, call.label).replace(title(call.function), call.label)) from None
    begin("derivatives and rounding")
    return Report(analyse(run, call.label, call.entry))


def _print(result: Report) -> None:
    from rich.console import Console

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _PIPE_WIDTH
    console.print(result)
