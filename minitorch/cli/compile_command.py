"""`minitorch compile`: the derivative program of a function as source, or a summary of it."""

from __future__ import annotations

import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from minitorch.cli.arguments import call_from, judging_options, target_options
from minitorch.cli.calls import Call
from minitorch.cli.failures import BadInput, describe, in_one_line
from minitorch.cli.outputs import check_output, json_option, print_json, print_program, write_output, written
from minitorch.cli.table import print_heading, print_lines
from minitorch.derivatives.rounded_away import RoundingWarning
from minitorch.derivatives.signatures import title
from minitorch.derivatives.special_points import Options, RoundingMode, SpecialPoints, SpecialPointWarning
from minitorch.derivatives.swallowed import HistoryInTextWarning

if TYPE_CHECKING:
    from minitorch.compiler.function import CompiledFunction

__all__ = ["compile_function"]

_LANGUAGES = {".py": "python", ".c": "c", ".ll": "llvm", ".s": "asm"}
_LEXERS = {"asm": "gas"}


@click.command("compile")
@target_options
@judging_options
@click.option(
    "--emit", "language", type=click.Choice(list(_LANGUAGES.values())), help="Print the program in this language."
)
@click.option("--value", "alone", is_flag=True, help="The program of the value, without derivatives.")
@click.option(
    "-o",
    "output",
    metavar="FILE",
    help=f"Write the program to a file that ends in {', '.join(_LANGUAGES)}; - is standard output, in Python unless "
    "--emit says otherwise.",
)
@json_option
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
    as_json: bool,
) -> None:
    """Compile a function, and print the program of its value and derivatives.

    A function with loops is compiled with them; of another one the numbers decide which trace is recorded. Without
    --emit and -o it is a summary.

    \b
    minitorch compile pump.py:power dp=2e5 flow=0.01 --emit python
    minitorch compile pump.py:power dp=2e5 flow=0.01 --emit c -o power.c
    """
    language = _language(language, output, as_json)
    call, values = call_from(words, expression, modules, hooks, fixed)
    start = time.perf_counter()
    compiled, result = _compiled(call, values, alone, Options(special_points, rounding))
    seconds = time.perf_counter() - start
    told = _told(call, compiled, result, alone, seconds)
    if language is None:
        if as_json:
            print_json(told)
        else:
            _summarize(told, call)
        return
    if call.left_whole:
        print_lines([in_one_line(call.kept_in_words())], err=True)
    try:
        text = compiled.emit(language, derivative=not alone).rstrip() + "\n"
    except ValueError as error:
        raise BadInput(f"{call.label}: {error}") from None
    told |= {"language": language}
    if output is not None:
        write_output(output, text.encode())
        written(output, told if as_json else None)
    elif as_json:
        print_json({**told, "program": text})
    else:
        print_program(text, _LEXERS.get(language, language))


def _language(wanted: str | None, output: str | None, as_json: bool) -> str | None:
    """Return the language of the program that is wanted; `None` where none is."""
    if output is None:
        return wanted
    suffix = check_output(output, list(_LANGUAGES), as_json, anything=wanted is not None)
    if wanted is None:
        return _LANGUAGES[suffix]
    named = _LANGUAGES.get(Path(output).suffix.lower(), wanted)
    if named != wanted:
        raise BadInput(f"-o {output} says {named}, and --emit {wanted}: leave --emit out")
    return wanted


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


def _told(call: Call, compiled: CompiledFunction, result: object, alone: bool, seconds: float) -> dict[str, Any]:
    """Return what the summary says, as JSON has it."""
    told: dict[str, Any] = {"function": call.label, "value": result}
    if not alone and isinstance(result, tuple) and len(result) == 2 and isinstance(result[1], tuple):
        told["value"], derivatives = result
        told["partials"] = {
            name: {"value": value, "derivative": derivative}
            for name, value, derivative in zip(call.names, call.values, derivatives, strict=True)
        }
    traces = [str(view) for view in compiled.traces]
    return {**told, "kept": call.kept, "traces": traces, "seconds": seconds}


def _summarize(told: dict[str, Any], call: Call) -> None:
    """Print the value and derivatives, and how the function is compiled."""
    label = told["function"]
    print_heading(label, repr(told["value"]))
    for name, row in told.get("partials", {}).items():
        print_heading(f"  d {label} / d {name}", repr(row["derivative"]), style="")
    if call.kept:
        print_lines([in_one_line(call.kept_in_words())])
    lines = [line for view in told["traces"] for line in view.splitlines()]
    print_lines([*lines, f"recorded and compiled in {told['seconds'] * 1e3:.0f} ms"])
