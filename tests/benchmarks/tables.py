"""Tables of more than one figure per line, for people and for programs."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

__all__ = ["Table", "cell", "not_installed"]

WIDTH = 140


@dataclass(frozen=True)
class Table:
    """Cells under headings.

    Attributes:
        title: what it is about.
        headings: one per column; the first column is text, the others are numbers or a note.
        lines: the cells; a line that is shorter ends in a note, which may be of any width.
        records: the same for programs.
    """

    title: str
    headings: tuple[str, ...]
    lines: list[tuple[str, ...]]
    records: list[dict[str, Any]]

    def text(self) -> str:
        """The table as aligned text.

        >>> print(Table("times", ("who", "ns"), [("torch", "12")], []).text())
        times
          who     ns
          torch   12
        """
        from rich.console import Console
        from rich.table import Table as Grid

        grid = Grid(box=None, show_edge=False, pad_edge=False, padding=(0, 3, 0, 0))
        for index, heading in enumerate(self.headings):
            grid.add_column(heading, justify="right" if index else "left", no_wrap=True)
        notes = {}
        for line in self.lines:
            if len(line) < len(self.headings):
                notes[line[0]] = line[-1]
            else:
                grid.add_row(*line)
        console = Console(file=io.StringIO(), width=WIDTH, color_system=None)
        console.print(grid)
        written = [line.rstrip() for line in console.file.getvalue().splitlines()]  # type: ignore[attr-defined]
        widest = max(map(len, notes), default=0)
        written += [f"{name.ljust(widest)}   {note}" for name, note in notes.items()]
        return "\n".join([self.title, *(f"  {line}" for line in written)])


def cell(value: float | None) -> str:
    """A number with as many digits as one reads, nothing for None.

    >>> cell(1234.5), cell(12.34), cell(0.1234), cell(None)
    ('1,234', '12.3', '0.12', '')
    """
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def not_installed(error: ImportError) -> str:
    """The note of a peer that is not there."""
    return f"not installed ({error}); it comes with the extra 'bench'"
