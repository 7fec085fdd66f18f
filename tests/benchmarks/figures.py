"""A measured figure beside its target, and tables of them."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Figure", "median", "table"]


@dataclass(frozen=True)
class Figure:
    """One result of a benchmark.

    Attributes:
        name: what was measured.
        value: the result.
        unit: what it counts; "times" for ratios.
        target: what it should reach; None if it is there for information.
        more_is_better: whether the target is the least that is wanted, and not the most.
    """

    name: str
    value: float
    unit: str
    target: float | None = None
    more_is_better: bool = False

    @property
    def reached(self) -> bool:
        """Whether the figure is as good as its target."""
        if self.target is None:
            return True
        return self.value >= self.target if self.more_is_better else self.value <= self.target

    def row(self) -> tuple[str, str, str, str]:
        """The figure as the cells of a table.

        >>> Figure("import", 1.204, "times", 1.3).row()
        ('import', '1.20 times', 'at most 1.30', 'reached')
        """
        wanted, verdict = "", ""
        if self.target is not None:
            wanted = f"{'at least' if self.more_is_better else 'at most'} {number(self.target)}"
            verdict = "reached" if self.reached else "missed"
        return self.name, f"{number(self.value)} {self.unit}", wanted, verdict


def number(value: float) -> str:
    """A figure with as many digits as one reads.

    >>> number(71234.5), number(1.0449)
    ('71,234', '1.04')
    """
    return f"{value:,.0f}" if value >= 1000 else f"{value:.2f}"


def median(values: Sequence[float]) -> float:
    """The middle of some measurements, which one that was disturbed does not move."""
    return statistics.median(values)


def table(figures: Sequence[Figure]) -> str:
    """Figures as aligned text.

    >>> print(table([Figure("import", 1.204, "times", 1.3), Figure("lines", 5.0, "lines/s")]))
    import  1.20 times    at most 1.30  reached
    lines   5.00 lines/s
    """
    rows = [figure.row() for figure in figures]
    widths = [max(len(row[column]) for row in rows) for column in range(4)] if rows else []
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)
