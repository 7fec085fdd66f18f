"""Writes NUMPY_AND_SCIPY.md beside this file: what of numpy and scipy has a derivative, as the rows have it.

python .github/write_coverage.py
"""

from __future__ import annotations

import importlib
import textwrap
import warnings
from pathlib import Path
from types import FunctionType
from typing import Any

import numpy

from minitorch.arrays.dispatch import FUNCTIONS
from minitorch.arrays.functional import PLAIN
from minitorch.arrays.random_draws import DRAWS, MOVING
from minitorch.arrays.ufunc_methods import function_of
from minitorch.tracing.tracer import dispatcher

FILE = Path(__file__).parent / "NUMPY_AND_SCIPY.md"

MODULES = """numpy numpy.linalg numpy.fft numpy.random numpy.polynomial scipy.special scipy.stats scipy.linalg scipy.fft
scipy.integrate scipy.optimize scipy.interpolate scipy.signal scipy.ndimage scipy.sparse scipy.sparse.linalg
scipy.spatial scipy.spatial.distance scipy.spatial.transform""".split()

HEADINGS = {
    "rule": "Rules of their own",
    "python": "In Python: followed into what they call",
    "plain": "Answers without a derivative",
}

OPENING = """# What of numpy and scipy has a derivative

Made from the rows by `python .github/write_coverage.py`; a test keeps it true. Functions in Python are followed: they
have a derivative as far as what they call has one. Random numbers have one by the parameters that move and stretch
them, as functions and as methods of generators. Whatever is not here, or stops on the way, raises
`HistoryLostError` when a number with a history gets there, and says how to give it a rule.
"""


def kind_of(callee: Any) -> str | None:
    """Return under which heading a callable stands; None if it is not for numbers."""
    if callee in PLAIN or (isinstance(callee, type) and issubclass(callee, (numpy.integer, numpy.bool_))):
        return "plain"
    if isinstance(callee, numpy.ufunc):
        if all(signature.partition("->")[2].strip("?") == "" for signature in callee.types if "d" in signature):
            return "plain"
        return "rule" if function_of(callee) is not None or has_row(callee) else None
    if callee in FUNCTIONS or has_row(callee):
        return "rule"
    body = getattr(callee, "_implementation", callee)
    return "python" if isinstance(body, FunctionType) else None


def has_row(callee: Any) -> bool:
    """Return whether traced code calls something else in place of a callable."""
    try:
        alias = dispatcher.targets.libraries.find(callee)
    except TypeError:
        return False
    return alias is not None and "guarded" not in names_inside(alias.function)


def names_inside(function: Any) -> str:
    """Return the names of a function and of what it holds: what only refuses with a reason is made by `guarded`."""
    cells = getattr(function, "__closure__", None) or ()
    held = (getattr(cell.cell_contents, "__qualname__", "") for cell in cells)
    return " ".join([getattr(function, "__qualname__", ""), *map(str, held)])


def coverage() -> dict[str, dict[str, list[str]]]:
    """Return the public callables by module and heading."""
    found: dict[str, dict[str, list[str]]] = {}
    for name in MODULES:
        module = importlib.import_module(name)
        kinds = found[name] = {heading: [] for heading in HEADINGS}
        for attribute in sorted(getattr(module, "__all__", None) or dir(module)):
            callee = getattr(module, attribute, None)
            hashable = callable(callee) and not (isinstance(callee, type) and issubclass(callee, BaseException))
            heading = kind_of(callee) if hashable and not attribute.startswith("_") else None
            if heading is not None:
                kinds[heading].append(attribute)
    found["numpy.random"] = {"rule": sorted({*DRAWS, *MOVING}), "python": [], "plain": []}
    return found


def text() -> str:
    """Return the document."""
    parts = [OPENING]
    for name, kinds in coverage().items():
        parts.append(f"\n## {name}\n")
        for heading, names in kinds.items():
            if names:
                listed = textwrap.fill(", ".join(f"`{each}`" for each in names), 118, break_on_hyphens=False)
                parts.append(f"\n{HEADINGS[heading]}:\n{listed}\n")
    return "".join(parts)


if __name__ == "__main__":
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        FILE.write_text(text(), encoding="utf-8")
