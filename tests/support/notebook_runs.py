"""A notebook that runs in a kernel, cell by cell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from paths import ROOT

__all__ = ["CELLS", "run_notebook"]

CELLS = (
    "%load_ext minitorch\nimport math, minitorch",
    "def wave(time, rate):\n    height = math.exp(-rate * time)\n    return height * math.sin(time)",
    "minitorch.report(wave, 2.0, 0.5)",
    "x = minitorch.Scalar(2.0, name='x')\nminitorch.graph(minitorch.trace(wave)(x, 0.5))",
    "math.exp(x)",
    "minitorch.grad(lambda time: math.log(time - 2.0))(2.0)",
    "minitorch.grad(lambda time: round(time) * 2.0)(2.2)",
    "%minitorch on",
    "wave(x, 0.5) * math.cos(x)",
    "print(minitorch.rounding_error(_), _.place)",
    "def wave(time, rate):\n    return time * rate if time > 1 else rate\n"
    "compiled = minitorch.compile(wave)\ncompiled.precompile(2.0, 0.5)\nprint(compiled.traces)",
)


def run_notebook(folder: Path) -> Any:
    """Return the notebook after all its cells have run in a folder."""
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in CELLS])  # type: ignore[no-untyped-call]
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PYTHONPATH", str(ROOT))
        client = NotebookClient(made, timeout=120, allow_errors=True, resources={"metadata": {"path": str(folder)}})
        client.execute()
    return made
