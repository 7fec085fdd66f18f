"""The table of derivatives, laid out for the width that there is: no digit is ever cut.

Where it gets narrow first the box goes, then the columns of the check, then the values; then each derivative stands in
a line of its own. In pipes there is no box.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

__all__ = ["Row", "print_heading", "print_lines", "print_rows"]

INDENT = "  "


@dataclass(frozen=True)
class Row:
    """What is printed of one argument.

    Attributes:
        name: the argument.
        value: its value.
        derivative: the derivative by it.
        difference: the central difference, where the derivative was checked.
        agreement: whether both agree, likewise.
        colour: that of the agreement.
    """

    name: str
    value: str
    derivative: str
    difference: str = ""
    agreement: str = ""
    colour: str = ""


def print_heading(label: str, value: str, style: str = "bold") -> None:
    """Print a value, in the next line where it has no room beside its name."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    fits = not console.is_terminal or len(f"{label} = {value}") <= console.width
    indent = " " * (len(label) - len(label.lstrip())) + INDENT
    text = f"{label} = {value}" if fits else f"{label} =\n{indent}{value}"
    console.print(Text(text, style=style), soft_wrap=True)


def print_lines(lines: Sequence[str], err: bool = False) -> None:
    """Print text, whose lines are broken between words where the terminal is narrower."""
    from rich.console import Console

    console = Console(stderr=err)
    for line in lines:
        for part in broken(line, console.width) if console.is_terminal else [line]:
            click.echo(part, err=err)


def broken(line: str, width: int) -> list[str]:
    """Break a line between words.

    >>> broken("  yes, to 3e-14", 8)
    ['  yes,', '  to', '  3e-14']
    """
    text = line.lstrip()
    indent = " " * (len(line) - len(text))
    return textwrap.wrap(
        text,
        max(width, len(indent) + 1),
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def print_rows(rows: Sequence[Row]) -> bool:
    """Print the table in the widest layout that fits; in a pipe that without a box.

    Returns:
        Whether what the check says stands there.
    """
    from rich.console import Console

    console = Console(highlight=False)
    layouts = layouts_of(rows)
    if not console.is_terminal:
        table = layouts[1][0]
        console.width = width_of(console, table)
        with console.capture() as captured:
            console.print(table)
        click.echo("\n".join(line.rstrip() for line in captured.get().splitlines()))
        return True
    for table, has_check in layouts:
        if width_of(console, table) <= console.width:
            console.print(table)
            return has_check
    for row in rows:
        print_lines([row.name])
        click.echo(f"{INDENT}{row.derivative}")
    return False


def layouts_of(rows: Sequence[Row]) -> list[tuple[Table, bool]]:
    """Return the layouts, the widest first, with whether what the check says stands there."""
    everything = 5 if any(row.agreement for row in rows) else 3
    layouts = [(table_of(rows, everything, boxed=True), True), (table_of(rows, everything), True)]
    return layouts + [(table_of(rows, columns), everything < 5) for columns in (3, 2)]


def table_of(rows: Sequence[Row], columns: int, boxed: bool = False) -> Table:
    """Lay the rows out.

    Args:
        rows: the rows.
        columns: how many columns: argument, derivative, then value, then what the check says.
        boxed: whether there is a box around.
    """
    from rich.box import ROUNDED
    from rich.table import Table
    from rich.text import Text

    table = Table(box=ROUNDED if boxed else None, padding=(0, 1) if boxed else (0, 2, 0, 0), pad_edge=boxed)
    table.add_column("argument", no_wrap=True)
    titles = ["value", "partial derivative"] if columns > 2 else ["derivative"]
    titles += ["central difference"] if columns > 3 else []
    for title in titles:
        table.add_column(title, justify="right", no_wrap=True)
    if columns > 3:
        table.add_column("agreement", no_wrap=True)
    for row in rows:
        cells: list[str | Text] = [Text(row.name)]
        cells += [row.value] if columns > 2 else []
        cells.append(row.derivative)
        cells += [row.difference, Text(row.agreement, style=row.colour)] if columns > 3 else []
        table.add_row(*cells)
    return table


def width_of(console: Console, table: Table) -> int:
    """Return how wide a table is that nothing is cut of."""
    from rich.measure import Measurement

    options = console.options.update(width=10_000)
    return Measurement.get(console, options, table).maximum
