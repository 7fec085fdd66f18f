"""What stands in for callables of libraries, a file for each kind; none is loaded before code calls into its library.

    np.sin(x)              becomes   NumpySin.apply(x)
    statistics.stdev(xs)   becomes   StatisticsStdev.apply(*xs)
    random.gauss(mu, s)    stays; the method is Python, and is converted
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from types import ModuleType
from typing import Any

from transformer import Alias, Libraries
from transformer.libraries import Rows

__all__ = ["LIBRARIES"]


def rows_of(file: str) -> Rows:
    """The rows that one of the files here makes of a library."""

    def rows(library: ModuleType) -> Iterable[tuple[Any, Alias]]:
        made: Iterable[tuple[Any, Alias]] = importlib.import_module(f"{__name__}.{file}").rows(library)
        return made

    return rows


def no_rows(library: ModuleType) -> Iterable[tuple[Any, Alias]]:
    """The rows of a library in Python that need only be converted."""
    return ()


LIBRARIES = Libraries(
    {
        "numpy": rows_of("numpy_table"),
        "numpy.linalg": rows_of("numpy_table"),
        "random": no_rows,
        "statistics": rows_of("statistics_table"),
        "_statistics": rows_of("statistics_table"),
        **dict.fromkeys(("decimal", "fractions", "json", "_struct", "array"), rows_of("plain_only")),
    }
)
"""By the module that callables name as theirs."""
