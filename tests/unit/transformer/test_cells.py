"""Cells of notebooks are called by their number, never by the file that they are kept under."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

import minitorch
from minitorch.autodiff.place import Place
from minitorch.drawing.safe_text import shown_file
from minitorch.machine_code.export.labels import Labels
from minitorch.reporting.rounding import shown_place
from transformer import RewriteError, file_name


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("<ipython-input-4-1f0c9d2e7a55>", "In[4]"),
        ("/tmp/ipython-input-12-3582716424.py", "In[12]"),
        ("/tmp/ipython-input-3582716424.py", "In[?]"),
        ("/tmp/ipykernel_812/3104567.py", "In[?]"),
        (r"C:\Users\me\AppData\Local\Temp\ipykernel_812\3104567.py", "In[?]"),
        ("/home/me/ipykernel_812.py", "/home/me/ipykernel_812.py"),
        ("/home/me/ipython-input.py", "/home/me/ipython-input.py"),
        ("pump.py", "pump.py"),
        ("<stdin>", "<stdin>"),
        ("<ipython-input-4>", "<ipython-input-4>"),
    ],
)
def test_names_of_files(file: str, name: str) -> None:
    assert file_name(file) == name
    assert str(Place(file, 3, None, None, None, "f")) == f"{name}:3"
    assert str(RewriteError("no", file, 3)) == f"no ({name}, line 3)"


def test_the_shell_knows_best(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys
    from types import SimpleNamespace

    known = {"/tmp/ipykernel_812/31.py": 7, "anything": 8}
    compiler = SimpleNamespace(format_code_name=lambda name: ("Cell", f"In[{known[name]}]") if name in known else None)
    module = SimpleNamespace(get_ipython=lambda: SimpleNamespace(compile=compiler))
    monkeypatch.setitem(sys.modules, "IPython.core.getipython", module)
    assert [file_name(file) for file in (*known, "pump.py")] == ["In[7]", "In[8]", "pump.py"]
    module.get_ipython = lambda: None
    assert file_name("/tmp/ipykernel_812/31.py") == "In[?]"


CELL = "<ipython-input-4-1f0c>"


def run_in_cell(text: str) -> dict[str, Any]:
    """What a cell of IPython's terminal defines."""
    import linecache

    linecache.cache[CELL] = (len(text), None, text.splitlines(keepends=True), CELL)
    namespace: dict[str, Any] = {"minitorch": minitorch, "__name__": "__main__"}
    exec(compile(text, CELL, "exec"), namespace)
    return namespace


PROGRAM = """import math
def f(x):
    y = math.sin(x)
    if y > 0:
        return round(y) * 2.0
    return y * [1.0, 2.0][0]
"""


def test_everything_that_names_a_place() -> None:
    f = run_in_cell(PROGRAM)["f"]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        minitorch.grad(f)(2.0)
    assert str(caught[0].message).startswith("In[4]:5: ")
    with pytest.raises(TypeError, match=r"can't differentiate f \(In\[4\]:2\) by"):
        minitorch.grad(f)("text")
    out = minitorch.trace(f)(minitorch.Scalar(-2.0, name="x"))
    error = str(minitorch.rounding_error(out))
    page, text = minitorch.report(f, -2.0).html(), str(minitorch.report(f, -2.0))
    picture = minitorch.make_graph(out)
    compiled = minitorch.compile(f)
    compiled.precompile(-2.0)
    texts = [error, page, text, picture, repr(out.place.__str__()), str(compiled.traces), compiled.emit("python")]
    for shown in texts:
        assert "ipython-input" not in shown
    assert all("In[4]" in shown for shown in (error, page, text, picture, str(compiled.traces)))


def test_a_warning_is_shown_with_its_line() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        run_in_cell(f"{PROGRAM}minitorch.grad(f)(2.0)\n")
    shown = warnings.formatwarning(
        *(getattr(caught[0], name) for name in ("message", "category", "filename", "lineno"))
    )
    assert shown.startswith("In[4]:7: RoundingWarning: In[4]:5: ")
    assert shown.splitlines()[-1] == "  minitorch.grad(f)(2.0)"


def test_short_names_of_places() -> None:
    place = Place(CELL, 3, None, None, None, "f")
    assert (shown_file(CELL), shown_place(place), Labels([place]).of(place)) == ("In[4]", "In[4]:3", "In[4]:3")
