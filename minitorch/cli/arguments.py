"""The options that the commands share, and the reading of `name=value` arguments."""

from __future__ import annotations

import ast
import contextlib
import functools
import keyword
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import click

from minitorch.autodiff.operation_limit import max_operations
from minitorch.autodiff.run_notes import RunNotes, noting
from minitorch.cli.calls import Call, call_of_expression, call_of_target
from minitorch.cli.completion_command import complete_module, complete_words
from minitorch.cli.failures import BadInput, describe
from minitorch.cli.memory import default_max_operations
from minitorch.cli.values import read_value
from minitorch.derivatives.swallowed import raise_swallowed

__all__ = [
    "call_from",
    "evaluate",
    "evaluate_noting",
    "judging_options",
    "limit_option",
    "limited",
    "split_names",
    "target_options",
    "values_from",
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


limit_option = click.option(
    "--max-operations",
    "most",
    type=click.IntRange(min=0),
    metavar="N",
    help="End runs that record more.  [default: what half of the free memory has room for]",
)


@contextlib.contextmanager
def limited(most: int | None) -> Iterator[None]:
    """Within, limit what is recorded; the code that runs may not go on as if nothing were.

    Args:
        most: how many operations may be; `None` for as many as there is room for.

    Raises:
        BadInput: there were more, whatever has become of the error.
    """
    with max_operations(default_max_operations() if most is None else most) as limit:
        try:
            yield
        except (BadInput, SystemExit):
            if limit.done <= limit.most:
                raise
        if limit.done > limit.most:
            raise BadInput(describe(limit.error())) from None


def target_options(command: C) -> C:
    """Add TARGET, name=value and the options that say what is called with what, and how long."""

    @functools.wraps(command)
    def within_limit(*args: Any, most: int | None, **kwargs: Any) -> Any:
        with limited(most):
            return command(*args, **kwargs)

    decorated: Any = within_limit
    for decorate in (
        limit_option,
        click.option("--fixed", multiple=True, metavar="NAME=VALUE", help="Pass a Python literal on as it is."),
        _HOOK,
        click.option(
            "--from",
            "modules",
            multiple=True,
            metavar="MODULE",
            help="Its names, or those of a file, are known to --expr.",
            shell_complete=complete_module,
        ),
        click.option("--expr", "expression", metavar="EXPR", help="Differentiate this expression instead of a TARGET."),
        click.argument("words", nargs=-1, metavar="[TARGET] NAME=VALUE...", shell_complete=complete_words),
    ):
        decorated = decorate(decorated)
    return decorated  # type: ignore[no-any-return]


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
    given = values_from(words_left)
    constants = _literals_from(fixed)
    for name in constants:
        if name in given:
            raise BadInput(f"{name!r} is given twice: as {name}=value and as --fixed")
    packages = split_names(hooks)
    if target is not None:
        call = call_of_target(target, given, constants, packages)
    else:
        call = call_of_expression(str(expression), split_names(modules), given, constants, packages)
    if not call.names:
        others = ", ".join(f"{name}={value!r}" for name, value in call.kept.items() if name not in constants)
        raise BadInput(f"no numbers to differentiate by{f' ({others})' if others else ''}: give them as name=1.0")
    return call, list(call.values)


def values_from(words: Iterable[str]) -> dict[str, Any]:
    """Read name=value words.

    >>> values_from(["lat=40.6", "n=3", "eps=-1e-5", "mode=b"])
    {'lat': 40.6, 'n': 3, 'eps': -1e-05, 'mode': 'b'}
    """
    values: dict[str, Any] = {}
    for word in words:
        name, text = _split(word)
        if name in values:
            raise BadInput(f"{word}: {name!r} is given twice")
        values[name] = read_value(name, text)
    return values


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
        raise BadInput(f"{describe(error, call.label)}{_hint(call, error)}") from None


def _hint(call: Call, error: BaseException) -> str:
    """Return what may be wrong with how arguments were read, where the error looks like that."""
    if "interpreted as an integer" in str(error) and call.taken_as_real:
        real = ", ".join(call.taken_as_real)
        return f"; {real} is real, since no number has a point: with one in another, as in x=2.0, it is a whole number"
    if isinstance(error, (TypeError, AttributeError, ValueError)):
        texts = ", ".join(f"{name}={value!r}" for name, value in call.kept.items() if isinstance(value, str))
        return f"; given as text: {texts}" if texts else ""
    return ""


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
