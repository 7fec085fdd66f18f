"""In IPython functions of cells are traced, `%%trace` traces a cell, and numbers show how they came."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from terminals import ROOT

import minitorch

SCRIPT = "<script>alert(1)</script>"

Cell = Callable[[str], Any]
Shown = Callable[[Any], dict[str, str]]


@pytest.fixture
def shown(shell: InteractiveShell) -> Shown:
    """What a notebook shows of a value, by mime type."""
    return lambda value: shell.display_formatter.format(value)[0]


# -- functions of cells ------------------------------------------------------------------------------------------------

WAVE = "def wave(x):\n    return math.sin(x) * x\n"

DERIVATIVE = math.cos(2.0) * 2.0 + math.sin(2.0)


@pytest.mark.parametrize(
    "text",
    [
        f"{WAVE}minitorch.grad(wave)(2.0)",
        "minitorch.grad(lambda x: math.sin(x) * x)(2.0)",
        f"@minitorch.trace\n{WAVE}x = minitorch.Scalar(2.0)\nwave(x).backward()\nx.derivative",
        "class Wave:\n    def __call__(self, x):\n        return math.sin(x) * x\n"
        "wave = Wave()\nminitorch.grad(lambda x: wave(x))(2.0)",
        "from dataclasses import dataclass\n@dataclass\nclass Wave:\n    size: float\n    def at(self, x):\n"
        "        return self.size * math.sin(x) * x\nminitorch.grad(lambda x: Wave(1.0).at(x))(2.0)",
    ],
    ids=["a function", "a lambda", "a decorated function", "a method", "a method of a dataclass"],
)
def test_functions_of_plain_cells(cell: Cell, text: str) -> None:
    assert cell(text) == pytest.approx(DERIVATIVE)


def test_a_function_calls_one_of_an_earlier_cell(cell: Cell) -> None:
    cell("def sine(x):\n    return math.sin(x)\n")
    assert cell("minitorch.grad(lambda x: sine(x) * x)(2.0)") == pytest.approx(DERIVATIVE)


def test_a_function_that_is_defined_again(cell: Cell) -> None:
    cell("def f(x):\n    return math.sin(x)\n")
    assert cell("minitorch.grad(f)(0.0)") == 1.0
    cell("def f(x):\n    return 3 * math.sin(x)\n")
    assert cell("minitorch.grad(f)(0.0)") == 3.0


def test_places_are_those_of_the_cell(cell: Cell) -> None:
    y = cell("@minitorch.trace\ndef f(x):\n    y = math.sin(x)\n    return y\nf(minitorch.Scalar(2.0))")
    assert (y.place.line, y.place.name, y.place.function) == (3, "y", "f")


# -- %%trace -----------------------------------------------------------------------------------------------------------


def test_expressions_of_a_traced_cell(cell: Cell) -> None:
    x = cell("x = minitorch.Scalar(2.0, name='x')\nx")
    with pytest.raises(minitorch.HistoryLostError, match="begin the notebook's cell with %%trace"):
        cell("math.sin(x) * x")
    y = cell("%%trace\nfactor = math.sin(x)\nfactor * x")
    y.backward()
    assert x.derivative == pytest.approx(DERIVATIVE)


def test_functions_of_a_traced_cell(cell: Cell) -> None:
    cell("%%trace\ndef wave(x):\n    return math.sin(x) * x\n")
    assert cell("minitorch.Scalar(2.0)").data == 2.0
    y = cell("x = minitorch.Scalar(2.0)\nwave(x)")
    y.backward()
    assert cell("x.derivative") == pytest.approx(DERIVATIVE)


def test_functions_that_a_traced_cell_calls(cell: Cell) -> None:
    cell("def sine(x):\n    return math.sin(x)\n")
    y = cell("%%trace\nx = minitorch.Scalar(2.0)\nsum(map(sine, [x, x]))")
    assert y.data == 2 * math.sin(2.0)


def test_lines_are_counted_as_the_user_sees_them(cell: Cell) -> None:
    y = cell("%%trace\n\nx = minitorch.Scalar(2.0)\ny = math.sin(x)\ny")
    assert (y.place.line, y.place.name) == (4, "y")
    with pytest.raises(ZeroDivisionError) as caught:
        cell("%%trace\nx = 1\nx / 0")
    assert caught.traceback[-1].lineno + 1 == 3


def test_statements_alone_show_nothing(cell: Cell) -> None:
    assert cell("%%trace\na = 3") is None
    assert cell("%%trace\n1 + 1;") is None
    assert cell("%%trace\n# nothing\n") is None
    assert cell("a") == 3


def test_the_last_value_is_that_of_the_cell(cell: Cell) -> None:
    cell("%%trace\n2 + 3")
    assert cell("_") == 5


def test_other_magics_work_within(cell: Cell) -> None:
    assert cell("%%trace\nnames = %who_ls\n'math' in names") is True


def test_features_of_the_future_last(cell: Cell) -> None:
    cell("from __future__ import annotations")
    cell("%%trace\ndef f(x: no_such_name) -> None: ...")
    assert cell("f.__annotations__") == {"x": "no_such_name", "return": "None"}


@pytest.mark.parametrize("text", ["x +", "yield from", "return 3", "def f(:"])
def test_what_is_no_python_is_a_syntax_error(cell: Cell, text: str) -> None:
    with pytest.raises(SyntaxError):
        cell(f"%%trace\n{text}")


def test_the_magic_takes_no_arguments(shell: InteractiveShell) -> None:
    with capture_output() as output:
        shell.run_cell("%%trace x\nx")
    assert "%%trace takes nothing behind its name" in output.stdout + output.stderr


def test_what_user_code_raises_is_shown_with_its_line(shell: InteractiveShell) -> None:
    """IPython's own tracebacks need code that can be hashed."""
    with capture_output() as output:
        shell.run_cell("%%trace\ndef f(x):\n    return 1 / x\nf(0)")
    assert "ZeroDivisionError" in output.stdout
    assert "Unexpected exception formatting exception" not in output.stdout + output.stderr


# -- displays ----------------------------------------------------------------------------------------------------------


def test_a_number_shows_itself(cell: Cell, shown: Shown) -> None:
    cell("%%trace\nx = minitorch.Scalar(2.0, name='x')\ny = math.sin(x)\ny.backward()")
    html = shown(cell("y"))["text/html"]
    assert html.startswith("<table>")
    assert all(f"<td>{text}</td>" in html for text in ("y", repr(math.sin(2.0))))
    assert "Sin at In[2]:3: <code>y = math.sin(x)</code>" in html
    leaf = shown(cell("x"))
    assert leaf["text/plain"] == "Scalar(2.0, name='x')"
    assert all(f"<td>{text}</td>" in leaf["text/html"] for text in ("x", "2.0", repr(math.cos(2.0)), "an input"))
    assert "<td>a constant</td>" in shown(minitorch.Scalar(2.0, None))["text/html"]


def test_a_comparison_and_a_complex_number_show_themselves(shown: Shown) -> None:
    x = minitorch.Scalar(2.0, name="x")
    assert shown(x > 1)["text/plain"] == "True"
    assert "GT at" in shown(x > 1)["text/html"]
    number = shown(x * 1j)
    assert number["text/plain"] == "ComplexScalar(2j)"
    assert all(f"<td>{part} part</td>" in number["text/html"] for part in ("real", "imaginary"))


def test_everything_from_user_code_is_escaped(cell: Cell, shown: Shown) -> None:
    x = minitorch.Scalar(2.0, name=SCRIPT)
    assert SCRIPT not in shown(x)["text/html"]
    y = cell(f"x = minitorch.Scalar(2.0)\ny = x * len({SCRIPT!r})\ny")
    html = shown(y)["text/html"]
    assert "&lt;script&gt;" in html
    assert SCRIPT not in html
    namespace: dict[str, Any] = {"x": x}
    exec(compile("y = x * x", f"{SCRIPT}.py", "exec"), namespace)
    assert SCRIPT not in shown(namespace["y"])["text/html"]
    function = type(SCRIPT, (minitorch.ScalarFunction,), {"forward": staticmethod(lambda ctx, x: x)})
    assert SCRIPT not in shown(function.apply(x))["text/html"]


def test_plain_numbers_are_shown_as_before(shell: InteractiveShell, cell: Cell, shown: Shown) -> None:
    for value in (2.5, True, 1j):
        assert shown(value) == {"text/plain": repr(value)}
    cell("%precision 3")
    assert shown(2.5) == {"text/plain": "2.500"}
    assert shown([minitorch.Scalar(2.5), 2.5])["text/plain"] == "[Scalar(2.5), 2.500]"


def test_displays_of_others_stay(shell: InteractiveShell, shown: Shown) -> None:
    class Money(float):
        def _repr_html_(self) -> str:
            return f"<b>{float(self)} EUR</b>"

    assert shown(Money(3.0))["text/html"] == "<b>3.0 EUR</b>"
    minitorch.unload_ipython_extension(shell)
    formatter = shell.display_formatter.formatters["text/html"]
    formatter.for_type(float, lambda number: f"<i>{number}</i>")
    minitorch.load_ipython_extension(shell)
    assert shown(3.0)["text/html"] == "<i>3.0</i>"
    assert shown(minitorch.Scalar(3.0))["text/html"].startswith("<table>")
    minitorch.unload_ipython_extension(shell)
    assert shown(3.0)["text/html"] == "<i>3.0</i>"


def test_a_rounding_error_shows_its_text(shown: Shown) -> None:
    x = minitorch.Scalar(1e-9)
    found = minitorch.rounding_error((1 + x) - 1)
    assert shown(found)["text/plain"] == str(found)


def test_a_graph_and_a_report_show_themselves(cell: Cell, shown: Shown) -> None:
    picture = shown(cell("x = minitorch.Scalar(2.0)\nminitorch.graph(x * x)"))
    assert "<svg" in picture["image/svg+xml"]
    report = shown(cell("def f(x):\n    return math.sin(x)\nminitorch.report(f, 2.0)"))
    assert "math.sin" in report["text/html"]


def test_loading_twice_and_unloading(shell: InteractiveShell, cell: Cell, shown: Shown) -> None:
    minitorch.load_ipython_extension(shell)
    cell("%reload_ext minitorch\n%unload_ext minitorch")
    assert "trace" not in shell.magics_manager.magics["cell"]
    assert shown(minitorch.Scalar(2.0)) == {"text/plain": "Scalar(2.0)"}
    minitorch.unload_ipython_extension(shell)
    cell("%load_ext minitorch")
    assert "text/html" in shown(minitorch.Scalar(2.0))


def test_the_extension_comes_without_ipython(tmp_path: Path) -> None:
    program = "import sys, minitorch; minitorch.load_ipython_extension; print('IPython' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
