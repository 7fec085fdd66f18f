"""A report of one run of a function: what it computed, line by line, and how the result depends on each of it.

    minitorch.report(price, 100.0, 105.0, 0.5, 0.03, 0.2).save("price.html")

The report is one HTML file, a text for terminals, and plain data (`analysis`) for programs. Operations that neither the
result nor a branch depends on are not in it; what a name got, or a function returned, always is.
"""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from minitorch.autodiff.tracebacks import short_tracebacks
from minitorch.reporting.analysis import analyse, run_of
from minitorch.reporting.model import Analysis
from minitorch.reporting.terminal import rich_of, text_of

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["Report", "report"]


class Report:
    """The report of a function: what it computed in one run, and how its result depends on each value.

    It shows itself in notebooks and on rich consoles; `str` is its text.

    Args:
        analysis: its content, as data.

    Attributes:
        analysis: its content, as data: inputs, functions with their lines, branches, notices.
    """

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis

    def html(self) -> str:
        """Return the page, which needs nothing else to be opened."""
        from minitorch.reporting.page import page_of

        return page_of(self.analysis)

    def save(self, path: str | PathLike[str]) -> None:
        """Write the page to a file."""
        Path(path).write_text(self.html(), encoding="utf-8")

    def text(self, width: int = 120) -> str:
        """Return the report as plain text: shorter than the page, with the end of the run."""
        return text_of(self.analysis, width)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<report of {self.analysis.title}: {self.analysis.statistics}>"

    def __rich__(self) -> RenderableType:
        return rich_of(self.analysis)

    def _repr_html_(self) -> str:
        from minitorch.reporting.notebook import notebook_html

        return notebook_html(self.analysis)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(self.text())


@short_tracebacks
def report(f: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Report:
    """Run a function once and report on it.

    Args:
        f: a plain Python function with a real result; it is traced, as are the functions it calls.
        *args: what it is called with: numbers or structures of them. Derivatives are those by the floats among them;
            integers, defaults and keyword-only arguments stay as they are.
        **kwargs: the same by keyword.

    Returns:
        The report, with `.save(path)`, `.html()`, `.text()`, and its data as `.analysis`.

    Raises:
        RewriteError: f has no source, or none that can be rewritten.
        TypeError: no argument has a float, or the result is not a real number.

    >>> analysis = report(lambda radius: 3.0 * radius**2, 2.0).analysis
    >>> analysis.value, analysis.inputs[0].derivative, analysis.inputs[0].elasticity
    (12.0, 12.0, 2.0)
    """
    return Report(analyse(run_of(f, args, kwargs)))
