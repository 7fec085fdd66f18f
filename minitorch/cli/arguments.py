"""The options that the commands share, and the reading of `name=value` arguments."""

from __future__ import annotations

import ast
import keyword
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click

from minitorch.autodiff.run_notes import RunNotes, noting
from minitorch.cli.calls import Call, call_of_expression, call_of_target
from minitorch.cli.failures import BadInput, describe
from minitorch.derivatives.swallowed import raise_swallowed

__all__ = [
    "call_from",
    "evaluate",
    "evaluate_noting",
    "judging_options",
    "numbers_from",
    "split_names",
    "target_options",
]

C = TypeVar("C", bound=Callable[..., Any])

_HOOK = click.option(
    "--hook", "hooks", multiple=True, metavar="PKG[,PKG]", help="Rewrite these packages, too, as they are imported."
)


def hook_option(command: C) -> C:
    """Add `--hook`."""
    return _HOOK(command)


_JUDGING = (
    click.option(
        "--special-points",
        type=click.Choice(["warn", "raise", "ignore", "limit"]),
        default="warn",
        show_default=True,
        help="Where the derivative is that of a special case: say so, refuse, or take it from beside the point.",
    ),
    click.option(
        "--rounding",
        type=click.Choice(["warn", "ignore", "straight_through"]),
        default="warn",
        show_default=True,
        help="Where a derivative is zero only because something is rounded: say so, or differentiate past that.",
    ),
)


def judging_options(command: C) -> C:
    """Add the options that say what to do about derivatives that may be others than meant."""
    for decorate in reversed(_JUDGING):
        command = decorate(command)
    return command


def target_options(command: C) -> C:
    """Add TARGET, name=value and the options that say what is called with what."""
    for decorate in (
        click.option("--fixed", multiple=True, metavar="NAME=VALUE", help="A Python literal passed on as it is."),
        _HOOK,
        click.option("--from", "modules", multiple=True, metavar="MODULE", help="Its names are known to --expr."),
        click.option("--expr", "expression", metavar="EXPR", help="Differentiate this expression instead of a TARGET."),
        click.argument("words", nargs=-1, metavar="[TARGET] NAME=VALUE..."),
    ):
        command = decorate(command)
    return command


def call_from(
    words: tuple[str, ...],
    expression: str | None,
    modules: tuple[str, ...],
    hooks: tuple[str, ...],
    fixed: tuple[str, ...],
) -> tuple[Call, list[float]]:
    """Turn what `target_options` collected into a function and the numbers to call it with.

    Raises BadInput for whatever does not fit.
    """
    target = None
    if expression is None:
        if not words or ("=" in words[0] and ":" not in words[0]):
            raise BadInput("no target: name a function as module:function or file.py:function, or give --expr")
        target, *words_left = words
    else:
        words_left = list(words)
    if modules and expression is None:
        raise BadInput("--from belongs to --expr; a target names its own module")
    numbers = numbers_from(words_left)
    constants = _literals_from(fixed)
    for name in constants:
        if name in numbers:
            raise BadInput(f"{name!r} is given twice: as {name}=value and as --fixed")
    packages = split_names(hooks)
    if target is not None:
        call = call_of_target(target, numbers, constants, packages)
    else:
        call = call_of_expression(str(expression), split_names(modules), numbers, constants, packages)
    if not numbers:
        raise BadInput("no numbers to differentiate by: give them as name=value")
    return call, list(numbers.values())


def numbers_from(words: Iterable[str]) -> dict[str, float]:
    """Read name=value words.

    >>> numbers_from(["lat=40.6", "n=3", "eps=-1e-5"])
    {'lat': 40.6, 'n': 3.0, 'eps': -1e-05}
    """
    numbers: dict[str, float] = {}
    for word in words:
        name, text = _split(word)
        if name in numbers:
            raise BadInput(f"{word}: {name!r} is given twice")
        try:
            numbers[name] = float(text)
        except ValueError:
            raise BadInput(f"{word}: {text!r} is not a number") from None
    return numbers


def split_names(options: Iterable[str]) -> list[str]:
    """Read comma-separated names from an option that may be repeated.

    >>> split_names(["scipy,numpy", "fluids"])
    ['scipy', 'numpy', 'fluids']
    """
    return [name.strip() for option in options for name in option.split(",") if name.strip()]


def evaluate(call: Call, values: list[Any]) -> Any:
    """Call the user's function; raise BadInput with one line about whatever it raises."""
    return evaluate_noting(call, values)[0]


def evaluate_noting(call: Call, values: list[Any]) -> tuple[Any, RunNotes]:
    """Call the user's function as `evaluate` does, and return its result with what was noted."""
    try:
        with noting() as notes:
            result = call.function(*values)
        if notes.refusals:
            raise_swallowed(notes, values)
        return result, notes
    except (Exception, SystemExit) as error:
        hint = "; pass whole numbers with --fixed" if "interpreted as an integer" in str(error) else ""
        raise BadInput(f"{describe(error, call.label)}{hint}") from None


def _literals_from(words: Iterable[str]) -> dict[str, object]:
    literals: dict[str, object] = {}
    for word in words:
        name, text = _split(word)
        try:
            literals[name] = ast.literal_eval(text)
        except (ValueError, SyntaxError):
            raise BadInput(f"--fixed {word}: {text!r} is not a Python literal (3, 2.5, \"'text'\", True)") from None
    return literals


def _split(word: str) -> tuple[str, str]:
    name, equals, text = word.partition("=")
    if not equals or not name.isidentifier() or keyword.iskeyword(name):
        raise BadInput(f"{word!r} is not name=value")
    return name, text
