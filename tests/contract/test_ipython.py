"""In IPython functions of cells are traced, `%%trace` traces a cell, and numbers show how they came."""

from __future__ import annotations

import builtins
import math
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
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
def shell(monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    """A shell with the extension, as a notebook has it."""
    # Python's own prompt keeps its last value there, and IPython then leaves it alone.
    monkeypatch.delattr(builtins, "_", raising=False)
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance()
    shell.history_manager.enabled = False
    shell.run_cell("import math, minitorch\n%load_ext minitorch", store_history=True)
    yield shell
    InteractiveShell.clear_instance()


@pytest.fixture
def cell(shell: InteractiveShell) -> Cell:
    """Runs a cell; its last value is returned, and what it raises is raised."""

    def run(text: str) -> Any:
        with capture_output():
            result = shell.run_cell(text, store_history=True)
        result.raise_error()
        return result.result

    return run


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


# -- %minitorch on -----------------------------------------------------------------------------------------------------

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
