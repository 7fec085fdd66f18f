"""`minitorch compile`: the derivative program of a function as source, or a summary of it."""

from __future__ import annotations

import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import click

from minitorch.cli.arguments import call_from, judging_options, target_options
from minitorch.cli.calls import Call
from minitorch.cli.failures import BadInput, describe
from minitorch.derivatives.rounded_away import RoundingWarning
from minitorch.derivatives.signatures import title
from minitorch.derivatives.special_points import Options, RoundingMode, SpecialPoints, SpecialPointWarning
from minitorch.derivatives.swallowed import HistoryInTextWarning

if TYPE_CHECKING:
    from minitorch.compiler.function import CompiledFunction

__all__ = ["compile_function"]

_LANGUAGES = ("python", "c", "llvm", "asm")
_LEXERS = {"asm": "gas"}


@click.command("compile")
@target_options
@judging_options
@click.option("--emit", "language", type=click.Choice(_LANGUAGES), help="Print the program in this language.")
@click.option("--value", "alone", is_flag=True, help="The program of the value, without derivatives.")
@click.option("-o", "output", metavar="FILE", help="Write the program here; Python unless --emit says otherwise.")
def compile_function(
    words: tuple[str, ...],
    expression: str | None,
    modules: tuple[str, ...],
    hooks: tuple[str, ...],
    fixed: tuple[str, ...],
    special_points: SpecialPoints,
    rounding: RoundingMode,
    language: str | None,
    alone: bool,
    output: str | None,
) -> None:
    """Compile a function, and print the program of its value and derivatives.

    A function with loops is compiled with them; of another one the numbers decide which trace is recorded. Without
    --emit and -o it is a summary.

    \b
    minitorch compile pump.py:power dp=2e5 flow=0.01 --emit python
    minitorch compile pump.py:power dp=2e5 flow=0.01 --emit c -o power.c
    """
    call, values = call_from(words, expression, modules, hooks, fixed)
    start = time.perf_counter()
    compiled, result = _compiled(call, values, alone, Options(special_points, rounding))
    seconds = time.perf_counter() - start
    if language is None and output is None:
        _summarize(call, compiled, result, seconds)
        return
    try:
        text = compiled.emit(language or "python", derivative=not alone).rstrip() + "\n"
    except ValueError as error:
        raise BadInput(f"{call.label}: {error}") from None
    if output is None:
        _print(text, language or "python")
        return
    try:
        Path(output).write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadInput(f"-o {output}: {error.strerror}") from None
    click.echo(output)


def _compiled(call: Call, values: list[float], alone: bool, options: Options) -> tuple[CompiledFunction, object]:
    """Compile a function, and return it with its result for the numbers."""
    from minitorch.compiler.function import CompilationWarning

    compiled, result, said = _recorded(call, values, alone, options)
    if not compiled.traces and options.special_points == "warn" and any(c is SpecialPointWarning for c, _ in said):
        # The special point is said; its program is that of the special case.
        compiled, result, others = _recorded(call, values, alone, options._replace(special_points="ignore"))
        said += others
    if not compiled.traces:
        reasons = [message for category, message in said if category is CompilationWarning]
        reason = reasons[0].partition(": ")[2] if reasons else _obstacle(compiled, options)
        raise BadInput(f"{call.label} can't be compiled: {reason}")
    for _, message in said:
        click.echo(message.replace(title(call.function), call.label), err=True)
    return compiled, result


def _recorded(
    call: Call, values: list[float], alone: bool, options: Options
) -> tuple[CompiledFunction, object, list[tuple[type[Warning], str]]]:
    """Compile a function, and return it with its result for the numbers and what was warned of."""
    from minitorch.compiler.function import CompilationWarning, CompiledFunction
    from minitorch.compiler.task import Mode

    try:
        compiled = CompiledFunction(call.function, argnums=tuple(range(len(values))), **options._asdict())
        compiled.__name__ = call.label.rpartition(".")[2]
        with warnings.catch_warnings(record=True) as caught:
            for category in (CompilationWarning, HistoryInTextWarning, RoundingWarning, SpecialPointWarning):
                warnings.simplefilter("always", category)
            result = compiled.call_at_once(Mode.VALUE if alone else Mode.GRADIENT, tuple(values), {})
    except (Exception, SystemExit) as error:
        # The function around the target was made here; its name means nothing to whoever typed the command.
        raise BadInput(describe(error, call.label).replace(title(call.function), call.label)) from None
    own = [(each.category, str(each.message)) for each in caught if each.category.__module__.startswith("minitorch.")]
    return compiled, result, own


def _obstacle(compiled: CompiledFunction, options: Options) -> str:
    """Say why there may be no program."""
    from minitorch.compiler.earnings import wished

    with wished():  # The command asked for machine code whatever that costs, so that its cost is no reason.
        reasons = compiled.traces.reasons
    if reasons:
        return reasons[0].partition(": ")[2]
    if options.special_points == "limit":
        return "its run could not be recorded; the limit of derivatives beside a point is taken in Python"
    if options.rounding == "straight_through":
        return "its run could not be recorded; whole numbers that keep their derivative are computed in Python"
    return "its run could not be recorded"


def _print(text: str, language: str) -> None:
    from rich.console import Console
    from rich.syntax import Syntax

    console = Console()
    if console.is_terminal:
        console.print(Syntax(text.rstrip(), _LEXERS.get(language, language), background_color="default"))
    else:
        click.echo(text.rstrip())


def _summarize(call: Call, compiled: CompiledFunction, result: object, seconds: float) -> None:
    """Print the value and derivatives, and how the function is compiled."""
    if isinstance(result, tuple) and len(result) == 2 and isinstance(result[1], tuple):
        value, derivatives = result
        click.echo(f"{call.label} = {value!r}")
        for name, derivative in zip(call.names, derivatives, strict=True):
            click.echo(f"  d {call.label} / d {name} = {derivative!r}")
    else:
        click.echo(f"{call.label} = {result!r}")
    for view in compiled.traces:
        click.echo(str(view))
    click.echo(f"recorded and compiled in {seconds * 1e3:.0f} ms")
