"""Writes PYTHONS.md beside this file: what works on which Python, as tests/support/python_features.py has it.

python .github/write_pythons.py
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "PYTHONS.md"
FEATURES = Path(__file__).parents[1] / "tests/support/python_features.py"

OPENING = """# What works on which Python

Made by `python .github/write_pythons.py`; each Python's run of the tests checks its own column, by a program for each
row: `python tests/support/python_features.py` does that by itself. A number stands where something does not work, with
what minitorch, or Python, says of it there. PyPy is tried without numpy, which it has no builds of, and what needs it;
Pyodide without any packages.
"""


def features() -> Any:
    """Return the module of the rows, which is not on the path."""
    specification = importlib.util.spec_from_file_location("python_features", FEATURES)
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def text() -> str:
    """Return the document."""
    rows = features()
    notes: list[str] = []

    def cell(key: str, column: str) -> str:
        words = rows.REFUSED.get(key, {}).get(column)
        if words is None:
            return "yes"
        if words not in notes:
            notes.append(words)
        return f"[{notes.index(words) + 1}]"

    lines = [f"| | {' | '.join(rows.COLUMNS)} |", "|---" * (len(rows.COLUMNS) + 1) + "|"]
    for key, feature in rows.FEATURES.items():
        lines.append(f"| {feature.title} | {' | '.join(cell(key, column) for column in rows.COLUMNS)} |")
    listed = [f"{number}. “… {words} …”" for number, words in enumerate(notes, 1)]
    return "\n".join([OPENING, *lines, "", *listed, ""])


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
