"""In IPython `%minitorch on` has all cells traced, and tracebacks show the user's lines alone."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from paths import ROOT

import minitorch

Cell = Callable[[str], Any]

# -- traced cells -----------------------------------------------------------------------------------------------------

COLOURS = re.compile("\x1b\\[[0-9;]*m")
INPUT = "import asyncio\nx = minitorch.Scalar(2.0, name='x')\n"


@pytest.fixture
def all_traced(cell: Cell) -> Cell:
    """Runs cells, all of which are traced."""
    cell("%minitorch on")
    return cell


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("math.sin(x)", math.sin(2.0)),
        ("y = math.sin(x)\ny", math.sin(2.0)),
        ("if x > 1:\n    y = float(x)\ny * 1", 2.0),
        ("x ** 3; math.hypot(x, 1.0)", math.hypot(2.0, 1.0)),
        ("def f(x):\n    return math.exp(x)\nf(x)", math.exp(2.0)),
        ("(lambda x: math.exp(x))(x)", math.exp(2.0)),
        ("class C:\n    def at(self, x):\n        return math.exp(x)\nC().at(x)", math.exp(2.0)),
        ("@minitorch.trace\ndef f(x):\n    return math.exp(x)\nf(x)", math.exp(2.0)),
        (
            "import asyncio\nasync def f(x):\n    await asyncio.sleep(0)\n    return math.exp(x)\nawait f(x)",
            math.exp(2.0),
        ),
        ("async def each():\n    yield math.exp(x)\n[y async for y in each()][0]", math.exp(2.0)),
    ],
)
@pytest.mark.parametrize("how", ["%minitorch on", "%%minitorch", "%%trace"])
def test_cells_that_are_traced(cell: Cell, how: str, text: str, value: float) -> None:
    cell(f"{INPUT}%minitorch {'on' if how == '%minitorch on' else 'off'}")
    y = cell(text if how == "%minitorch on" else f"{how}\n{text}")
    assert (type(y), y.data) == (minitorch.Scalar, value)
    y.backward()
    assert cell("x.derivative") is not None


def test_what_is_traced_stays_so_and_later_cells_do_not(all_traced: Cell) -> None:
    all_traced(f"{INPUT}def sine(x):\n    return math.sin(x)\n")
    all_traced("%minitorch off")
    assert all_traced("sine(x)").data == math.sin(2.0)
    with pytest.raises(minitorch.HistoryLostError, match="%minitorch on traces all"):
        all_traced("math.sin(x)")


@pytest.mark.parametrize("text", ["minitorch.grad(f)(2.0)", "minitorch.compile(f).value_and_grad(2.0)[1]"])
def test_derivatives_of_functions_of_traced_cells(all_traced: Cell, text: str) -> None:
    all_traced("def f(x):\n    total = 0.0\n    for i in range(3):\n        total += math.sin(x) * i\n    return total")
    assert all_traced(text) == pytest.approx(3.0 * math.cos(2.0))


@pytest.mark.parametrize(
    ("cells", "kept"),
    [
        ("%%time\ny = math.sin(x)", True),
        ("%%capture\ny = math.sin(x)", True),
        ("%time y = math.sin(x)", True),
        ("%timeit -n1 -r1 math.sin(x)\ny = x * 2", True),
    ],
)
def test_other_magics_run_traced_code(all_traced: Cell, cells: str, kept: bool) -> None:
    all_traced(INPUT)
    all_traced(cells)
    assert (all_traced("y").history is not None) == kept


@pytest.mark.parametrize("magics", ["%%minitorch\n%%time", "%%time\n%%minitorch", "%%capture\n%%trace"])
def test_one_traced_cell_under_another_magic(cell: Cell, magics: str) -> None:
    cell(INPUT)
    cell(f"{magics}\ny = math.sin(x)")
    assert cell("y").data == math.sin(2.0)
    with pytest.raises(minitorch.HistoryLostError):
        cell("math.sin(x)")


def test_errors_of_traced_cells_tell_the_line(all_traced: Cell) -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        all_traced("x = 1\n\ndef f(x):\n    return x / 0\n\nf(x)")
    assert [entry.lineno + 1 for entry in caught.traceback[-2:]] == [6, 4]


def test_plain_cells_do_what_they_did(all_traced: Cell, shell: InteractiveShell) -> None:
    assert all_traced("7 // 2, -7 % 3, 2 ** 0.5, 'a' * 3, [1] + [2]") == (3, 2, 2**0.5, "aaa", [1, 2])
    assert all_traced("x: int = 3\nx += 1\nx") == 4

    assert all_traced("_i1").startswith("import math, minitorch")
    shell.ast_node_interactivity = "all"
    with capture_output() as shown:
        shell.run_cell("1 + 1\n2 + 2")
    assert shown.stdout.count("\n") == 2 and "4" in shown.stdout


def test_the_mode_tells_what_it_is(shell: InteractiveShell) -> None:
    said = []
    for line in ("%minitorch", "%minitorch on", "%minitorch", "%minitorch off", "%minitorch maybe"):
        with capture_output() as output:
            shell.run_cell(line)
        said.append((output.stdout + output.stderr).strip())
    cells = "minitorch traces cells that begin with %%minitorch"
    assert said[:4] == [cells, "minitorch traces all cells", "minitorch traces all cells", cells]
    assert "%minitorch takes on or off, not maybe" in said[4]


def test_unloading_turns_it_off(all_traced: Cell, shell: InteractiveShell) -> None:
    compiler = type(shell.compile).__base__
    all_traced("%unload_ext minitorch")
    assert type(shell.compile) is compiler
    assert "traces_all" not in vars(shell.compile) and "showtraceback" not in vars(shell)
    with pytest.raises(minitorch.HistoryLostError):
        all_traced(f"{INPUT}math.sin(x)")
    all_traced("%load_ext minitorch")
    with pytest.raises(minitorch.HistoryLostError):
        all_traced("math.sin(x)")


def test_a_terminal_waits_for_the_lines_below_the_magic(shell: InteractiveShell) -> None:
    check = shell.input_transformer_manager.check_complete
    assert [check(text)[0] for text in ("%%minitorch", "%%minitorch\nx = 1", "%%minitorch\nx = 1\n\n")] == [
        "incomplete", "incomplete", "complete",
    ]  # fmt: skip


def test_programs_call_the_magic(cell: Cell, shell: InteractiveShell) -> None:
    cell(INPUT)
    with capture_output():
        shell.run_cell_magic("minitorch", "", "y = math.sin(x)")
    assert cell("y").data == math.sin(2.0)


# -- tracebacks --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "minitorch.Scalar(2.0) + 'a'",
        "math.sin(minitorch.Scalar(2.0) * 2)",
        "@minitorch.trace\ndef f(x):\n    return math.log(x)\nf(minitorch.Scalar(0.0))",
        "minitorch.grad(lambda x: math.log(x))(0.0)",
        "%%minitorch\nmath.log(minitorch.Scalar(0.0))",
        "raise KeyError('own') from ValueError('cause')",
    ],
)
def test_tracebacks_are_of_the_users_lines(shell: InteractiveShell, text: str) -> None:
    with capture_output() as output:
        shell.run_cell(text)
    shown = COLOURS.sub("", output.stdout + output.stderr)
    assert "Traceback (most recent call last)" in shown and "ell In[2], line" in shown
    assert str(ROOT) not in shown and "Unexpected exception" not in shown


def test_all_frames_on_demand(shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINITORCH_FULL_TRACEBACKS", "1")
    with capture_output() as output:
        shell.run_cell("minitorch.grad(lambda x: math.log(x))(0.0)")
    assert "reverse_mode.py" in output.stdout
