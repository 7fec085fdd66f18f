"""The report on a terminal: the same as the page, but shorter, and only the end of the run.

area(r=2) = 12.566370614359172
input  value  derivative  elasticity  share
r          2     12.5664           2  100 %
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from minitorch.autodiff.packages import require
from minitorch.reporting.model import Analysis, Branch, Expression, Function, Input, Line, relative_to
from minitorch.reporting.numerals import margin_text, numeral, percentage, reach_text, share_text

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.table import Table

__all__ = ["Fitted", "rich_of", "text_of"]

MAX_ROWS = 12
"""Longer lists are cut, with a note of how many rows are missing."""


def text_of(analysis: Analysis, width: int) -> str:
    """Return a report as text without colours."""
    require("A report as text", "rich")
    from rich.console import Console

    # In a notebook a console would show there what is to be a text.
    console = Console(
        file=io.StringIO(), width=width, highlight=False, color_system=None, legacy_windows=False, force_jupyter=False
    )
    with console.capture() as captured:
        console.print(rich_of(analysis))
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


def rich_of(analysis: Analysis) -> RenderableType:
    """Lay a report out for a rich console."""
    from rich.console import Group

    return Group(*parts_of(analysis))


def parts_of(analysis: Analysis) -> Iterator[RenderableType]:
    """Yield the parts of a report from top to bottom."""
    from rich.text import Text

    yield Text(f"{analysis.title} = {analysis.value!r}", style="bold")
    error = f"about {numeral(analysis.rounding_estimate, 2)}, at most {numeral(analysis.rounding_bound, 2)}"
    rounding = f"rounding error {error}" if analysis.rounding_bound else "nothing is rounded"
    if math.isnan(analysis.rounding_bound):
        rounding = "rounding is not followed through arrays"
    yield Text(f"{analysis.statistics}; {rounding}", style="dim")
    rows = [(x.name, *number_texts(x), numeral(x.elasticity, 4), percentage(x.share)) for x in analysis.inputs]
    yield table("Inputs", ("input",), ("value", "derivative", "elasticity", "share"), rows)
    for function in analysis.functions:
        if function.operations or any(line.bindings for line in function.lines):
            yield source_table(function, analysis)
    if analysis.branches:
        branches = [branch_row(x) for x in analysis.branches]
        yield table("Branches taken", ("line", "question", "answer"), ("margin", "flips at", "times"), branches)
    if analysis.internal_questions:
        yield Text(f"{analysis.internal_questions:,} more questions within libraries are left out.", style="dim")
    if analysis.notices:
        notices = [(x.kind, x.spot.short, x.spot.text, x.message) for x in analysis.notices]
        yield table("Kinks, infinities, NaNs", ("kind", "line", "where", "what"), (), notices)


def branch_row(branch: Branch) -> tuple[str, ...]:
    """Return the row of a branch."""
    question = branch.question if branch.is_choice else branch.spot.text or branch.question
    return branch.spot.short, question, branch.outcome, margin_text(branch), reach_text(branch), f"{branch.times:,}"


def number_texts(given: Input) -> tuple[str, str]:
    """Return the value and derivative of an input; of an array a summary of both."""
    if given.array is not None:
        return given.array.short_value, given.array.short_derivative
    return numeral(given.value, 12), numeral(given.derivative)


def source_table(function: Function, analysis: Analysis) -> Fitted:
    """Make the table of the lines of a function that computed something."""
    rows = [
        row
        for line in function.lines
        if line.bindings or any(x.operation != "input" for x in line.expressions)
        for row in rows_of(line, analysis)
    ]
    runs = "" if function.clock is None or function.clock.times == 1 else f", {function.clock.times:,} runs"
    title = f"{function.name}  {function.file}{runs}"
    return table(title, ("line", "source"), ("value", "derivative", "elasticity", "rounding"), rows, most=len(rows))


def rows_of(line: Line, analysis: Analysis) -> Iterator[tuple[str, ...]]:
    """Yield a row for each result of a line; the source stands in the first."""
    share = relative_to(line.rounding, analysis.roundings)
    rounding = share_text(share) if line.rounding else ""
    for position, result in enumerate(x for x in line.results if x.operation != "input"):
        first = position == 0
        words = (str(line.number), line.text.strip()) if first else ("", "")
        # A single result needs no name: the source beside it has that.
        name = f"{result.name} = " if result.name and len(line.results) > 1 else ""
        value, *others = numbers_of(result, analysis)
        yield (*words, f"{name}{value}", *others, rounding if first else "")


def numbers_of(result: Expression, analysis: Analysis) -> tuple[str, str, str]:
    """Return the value, derivative and elasticity of the last run of an expression."""
    value, derivative = result.values[-1], result.derivatives[-1]
    text = result.text_of(-1)
    if text is None:
        return numeral(value), numeral(derivative), numeral(analysis.elasticity(value, derivative), 3)
    elasticity = analysis.elasticity(value, derivative) if text.derivative else math.nan
    return text.value, text.derivative, "" if math.isnan(elasticity) else numeral(elasticity, 3)


def table(
    title: str, words: Sequence[str], numbers: Sequence[str], rows: Sequence[Sequence[str]], most: int = MAX_ROWS
) -> Fitted:
    """Make a table of plain text, of which no part is taken for markup."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    result = Table(title=Text(title, style="bold"), title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for place, heading in enumerate((*words, *numbers)):
        # On a narrow terminal the source gives way, never a number.
        widest = max((len(row[place]) for row in rows), default=0)
        keeps = heading in numbers or heading == "line"
        result.add_column(
            heading,
            justify="right" if heading in numbers else "left",
            no_wrap=keeps,
            min_width=widest if keeps else None,
        )
    for row in rows[:most]:
        result.add_row(*map(Text, row))
    if len(rows) > most:
        result.add_row(Text(f"… and {len(rows) - most:,} more", style="dim"))
    headings = [*("" for _ in words), *numbers]
    shown = [[f"{heading} {cell}".strip() for heading, cell in zip(headings, row, strict=True)] for row in rows[:most]]
    return Fitted(result, title, shown)


class Fitted:
    """A table, and where the terminal is too narrow for its numbers, lines that say the same.

    Args:
        table: the table.
        title: what stands above it.
        rows: what it says, row by row.
    """

    def __init__(self, table: Table, title: str, rows: Sequence[Sequence[str]]) -> None:
        self.table = table
        self.title = title
        self.rows = rows

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """Yield the one or the other."""
        from rich.measure import Measurement
        from rich.text import Text

        if Measurement.get(console, options.update(width=10_000), self.table).minimum <= options.max_width:
            yield self.table
            return
        yield Text(self.title, style="bold")
        for first, *others in self.rows:
            yield Text(first)
            for other in others:
                yield Text(f"  {other}")
        yield Text()
