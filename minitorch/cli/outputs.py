"""What a command prints and writes: results alone on standard output, as JSON where that is wanted, or to a file.

With `--json` standard output has one JSON document, also where something is wrong, and with `-o -` the file. What the
user's own code prints goes to standard error then.
"""

from __future__ import annotations

import contextlib
import json
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TextIO

import click

from minitorch.cli.failures import BadInput

__all__ = ["check_output", "json_option", "print_json", "print_program", "results_alone", "write_output", "written"]

STANDARD_OUTPUT: Final = "-"

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON; errors, too.")

_results: list[TextIO] = []
"""Where results go, while they are alone on standard output."""


@contextlib.contextmanager
def results_alone() -> Iterator[None]:
    """Within, have what the user's code prints go to standard error."""
    before = sys.stdout
    _results.append(before)
    sys.stdout = sys.stderr
    try:
        yield
    finally:
        sys.stdout = before
        _results.pop()


def print_json(document: Mapping[str, Any]) -> None:
    """Print a result as JSON."""
    click.echo(json.dumps(ready(document), indent=2, allow_nan=False), file=_results[0] if _results else None)


def ready(value: Any) -> Any:
    """Return a value as JSON can have it: what is not finite is text (`"NaN"`), as is what JSON has no kind for."""
    if value is None or type(value) in (bool, int, str):
        return value
    if isinstance(value, float):
        finite = math.isfinite(value)
        return float(value) if finite else "NaN" if math.isnan(value) else f"{'-' if value < 0 else ''}Infinity"
    if isinstance(value, Mapping):
        return {str(key): ready(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [ready(item) for item in value]
    return repr(value)


def check_output(output: str, suffixes: Sequence[str], as_json: bool, anything: bool = False) -> str:
    """Check what `-o` says before anything is computed.

    Args:
        output: a file, or "-" for standard output.
        suffixes: those that the file may have.
        as_json: whether standard output has JSON.
        anything: whether the suffix may be any other one, too.

    Returns:
        The suffix; that of standard output is the first.

    Raises:
        BadInput: the suffix is none of them, there is no such folder, or two things want standard output.
    """
    if output == STANDARD_OUTPUT:
        if as_json:
            raise BadInput("-o - and --json both want standard output: name a file behind -o")
        return suffixes[0]
    file = Path(output)
    suffix = file.suffix.lower()
    if suffix not in suffixes and not anything and not is_device(file):
        one_of = suffixes[0] if len(suffixes) == 1 else f"one of {', '.join(suffixes)}"
        raise BadInput(f"-o {output}: unknown suffix {suffix!r}, use {one_of}")
    if not file.parent.is_dir():
        raise BadInput(f"-o {output}: there is no folder {file.parent}")
    return suffix if suffix in suffixes else suffixes[0]


def is_device(file: Path) -> bool:
    """Return whether a path is something else than a file or a folder: `/dev/stdout`, a pipe."""
    return file.exists() and not file.is_file() and not file.is_dir()


def write_output(output: str, content: bytes) -> None:
    """Write what a command has made to a file, or to standard output."""
    if output == STANDARD_OUTPUT:
        stream = _results[0] if _results else sys.stdout
        stream.flush()
        click.echo(content, file=stream.buffer, nl=False)
        stream.buffer.flush()
        return
    try:
        Path(output).write_bytes(content)
    except OSError as error:
        raise BadInput(f"-o {output}: {error.strerror}") from None


def print_program(text: str, language: str) -> None:
    """Print source: highlighted on a terminal, which breaks its long lines itself, and plain in a pipe."""
    from rich.console import Console
    from rich.syntax import Syntax

    stream = _results[0] if _results else sys.stdout
    console = Console(file=stream, highlight=False)
    if console.is_terminal:
        highlighted = Syntax("", language, background_color="default").highlight(text.rstrip())
        highlighted.rstrip()
        console.print(highlighted, soft_wrap=True)
    else:
        click.echo(text.rstrip(), file=stream)


def written(output: str, document: Mapping[str, Any] | None) -> None:
    """Say what has been written: by its name, or as JSON.

    Args:
        output: the file.
        document: what is said as JSON; `None` where that is not wanted.
    """
    if document is not None:
        print_json({**document, "file": output})
    elif output != STANDARD_OUTPUT:
        click.echo(output)
