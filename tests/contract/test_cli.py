"""The command prints what a library call gives, runs programs as Python does, and answers mistakes with one line."""

from __future__ import annotations

import math
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

import minitorch

Run = Callable[..., "subprocess.CompletedProcess[str]"]

PUMP = """
import math
from dataclasses import dataclass

from valve import loss

count = 0


def power(dp, flow=0.01, *, efficiency=0.7):
    return float(dp) * flow / efficiency + loss(flow)


def speed(dp, rho, /):
    if dp < 0:
        raise ValueError("the pressure must not be negative")
    return math.sqrt(2 * dp / rho)


def by_name(**sizes):
    return sizes["a"] * sizes["b"] ** 2


def repeated(x, n):
    total = 0.0
    for k in range(n):
        total += x**k
    return total


def both(x):
    return {"double": 2 * x, "triple": 3 * x}


def nothing(x):
    pass


def constant(x):
    return 4.0


def leave(x):
    raise SystemExit(3)


@dataclass
class Tank:
    height: float

    @staticmethod
    def volume(radius, height):
        return math.pi * radius**2 * height
"""

SCRIPT = """
import sys

import minitorch
from valve import loss


def cube(x):
    return float(x) ** 3


def inner(word):
    return {"divide": lambda: 1 / (cube(1) - 1), "key": lambda: {}[word], "click": usage}[word]()


def usage():
    import click

    raise click.UsageError("the script's own")


if __name__ == "__main__":
    print(sys.argv, __file__, __name__, __package__, __spec__ is None, sys.path[0])
    if len(sys.argv) > 1 and sys.argv[1].startswith("--"):
        x = minitorch.Scalar(2.0, name="x")
        y = cube(x) + loss(x)
        y.backward()
        print("derivative", x.derivative)
    if len(sys.argv) > 1 and sys.argv[1] == "exit":
        sys.exit(int(sys.argv[2]) if sys.argv[2].isdigit() else sys.argv[2])
    if len(sys.argv) > 1 and sys.argv[1] == "interrupt":
        raise KeyboardInterrupt
    if len(sys.argv) > 1 and sys.argv[1] == "chain":
        try:
            inner("divide")
        except ZeroDivisionError as error:
            raise RuntimeError("later") from error
    if len(sys.argv) > 1 and sys.argv[1] in ("divide", "key", "click"):
        inner(sys.argv[1])
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of plain modules and programs."""
    files = {
        "pump.py": PUMP,
        "valve.py": "def loss(flow):\n    return 3.0 * flow * flow\n",
        "broken.py": "def f(x):\n    return x +\n",
        "failing.py": "import math\n\nmath.sqrt(-1)\n",
        "script.py": SCRIPT,
        "parts/__init__.py": "",
        "parts/wheel.py": "from . import hub\n\n\ndef turn(angle):\n    return hub.radius * angle\n",
        "parts/hub.py": "radius = 0.25\n",
        "parts/__main__.py": SCRIPT,
        "clash/random.py": "def f(x):\n    return x\n",
        "notes.txt": "",
    }
    for name, text in files.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(dedent(text).lstrip(), encoding="utf-8")
    return tmp_path


@pytest.fixture
def run(folder: Path) -> Run:
    """Runs the command in that folder."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return python(folder, "-m", "minitorch", *arguments, **environment)

    return run


def python(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    project = str(Path(minitorch.__file__).parents[1])
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": project, "PYTHONIOENCODING": "utf-8", **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def table(done: subprocess.CompletedProcess[str]) -> dict[str, list[str]]:
    """The rows of the printed table by argument."""
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stdout.splitlines() if "yes" in line]
    return {name: cells for name, *cells in (re.split("  +", line) for line in lines)}


# ----- grad -----


def test_grad_prints_the_value_and_a_row_per_argument(run: Run) -> None:
    done = run("grad", "pump:power", "dp=2e5", "flow=0.01", "efficiency=0.8")
    assert done.stdout.splitlines()[0] == f"power = {2e5 * 0.01 / 0.8 + 3.0 * 0.01 * 0.01!r}"
    rows = table(done)
    assert list(rows) == ["dp", "flow", "efficiency"]
    expected = {"dp": 0.01 / 0.8, "flow": 2e5 / 0.8 + 0.06, "efficiency": -2e5 * 0.01 / 0.64}
    for name, (value, exact, difference, agreement) in rows.items():
        assert float(value) == {"dp": 2e5, "flow": 0.01, "efficiency": 0.8}[name]
        assert math.isclose(float(exact), expected[name], rel_tol=1e-14)
        assert math.isclose(float(difference), expected[name], rel_tol=1e-7)
        assert agreement.startswith("yes")


@pytest.mark.parametrize(
    ("arguments", "partials"),
    [
        (["pump.py:power", "dp=1"], {"dp": 0.01 / 0.7}),
        (["./pump.py:speed", "rho=2.0", "dp=4.0"], {"rho": -0.5, "dp": 0.25}),
        (["pump:by_name", "a=2", "b=-3"], {"a": 9.0, "b": -12.0}),
        (["pump:repeated", "x=2", "--fixed", "n=4"], {"x": 1.0 + 4.0 + 12.0}),
        (["pump:constant", "x=2"], {"x": 0.0}),
        (["pump:Tank.volume", "radius=2", "height=3"], {"radius": 12 * math.pi, "height": 4 * math.pi}),
        (["parts/wheel.py:turn", "angle=1"], {"angle": 0.25}),
        (["parts.wheel:turn", "angle=1"], {"angle": 0.25}),
        (["math:exp", "x=0"], {"x": 1.0}),
        (["--expr", "math.log(x) * max(x, y)", "x=1", "y=3"], {"x": 3.0, "y": 0.0}),
        (["--expr", "both(x)['triple'] + pump.speed(x, 2)", "--from", "pump", "x=1"], {"x": 3.5}),
        (["--expr", "sum(x**k / k for k in range(1, n))", "x=1", "--fixed", "n=4"], {"x": 3.0}),
    ],
)
def test_grad_of_each_kind_of_target(run: Run, arguments: list[str], partials: dict[str, float]) -> None:
    rows = table(run("grad", *arguments))
    assert {name: pytest.approx(float(cells[1]), rel=1e-13) for name, cells in rows.items()} == partials


def test_grad_of_a_library_through_the_hook(run: Run) -> None:
    inverse = "Geodesic.WGS84.Inverse(lat1, lon1, lat2, lon2)['s12']"
    place = ["lat1=40.6", "lon1=-73.8", "lat2=51.6", "lon2=-0.5"]
    rows = table(run("grad", "--from", "geographiclib.geodesic", "--expr", inverse, *place))
    assert len(rows) == 4
    for _, exact, difference, _ in rows.values():
        assert math.isclose(float(exact), float(difference), rel_tol=1e-6)


def test_grad_prints_where_only_ascii_can_be_printed(run: Run) -> None:
    done = run("grad", "math:exp", "x=0", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.stdout.isascii()
    assert table(done)["x"][1] == "1.0"


# ----- graph -----


def test_graph_writes_svg_and_dot(run: Run, folder: Path) -> None:
    assert run("graph", "pump:power", "dp=2e5", "flow=0.01", "-o", "power.svg").stdout == "power.svg\n"
    svg = (folder / "power.svg").read_text(encoding="utf-8")
    assert svg.startswith("<svg")
    for text in ("dp = 200000", "flow = 0.01", "power = 2857.14", "derivative 285714", "TrueDiv"):
        assert text in svg
    assert run("graph", "--expr", "x * y", "x=2", "y=3", "-o", "power.dot").returncode == 0
    assert (folder / "power.dot").read_text(encoding="utf-8").startswith("digraph {")
    assert run("graph", "math:exp", "x=1").stdout == "graph.svg\n"


def test_graph_limits_what_it_draws(run: Run, folder: Path) -> None:
    assert (
        run("graph", "pump:repeated", "x=2", "--fixed", "n=500", "--limit", "40", "--collapse", "none").returncode == 0
    )
    assert "earlier operations are left out" in (folder / "graph.svg").read_text(encoding="utf-8")


# ----- source -----


def test_source_is_plain_in_a_pipe_and_coloured_on_a_terminal(run: Run) -> None:
    plain = run("source", "pump:speed").stdout
    assert "def speed(dp, rho, /):" in plain
    assert "Sqrt.apply(TrueDiv.apply(Mul.apply(2, dp), rho))" in " ".join(plain.split())
    assert "\x1b" not in plain
    coloured = run("source", "pump:speed", FORCE_COLOR="1", COLUMNS="200", TERM="xterm-256color").stdout
    assert "\x1b[" in coloured
    # rich pads its lines
    assert [line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", coloured).splitlines()] == plain.splitlines()


# ----- run -----


def test_run_gives_the_program_its_arguments_and_traces_it(run: Run) -> None:
    done = run("run", "script.py", "--help", "-x", "--hook", "a b")
    assert done.stderr == ""
    assert done.stdout.startswith("['script.py', '--help', '-x', '--hook', 'a b']")
    assert done.stdout.splitlines()[1] == "derivative 24.0"
    assert done.returncode == 0


def test_run_hooks_packages_and_modules(run: Run) -> None:
    done = run("run", "--hook", "valve,parts", "-m", "parts", "--limit")
    assert "'--limit']" in done.stdout
    assert done.stdout.splitlines()[1] == "derivative 24.0"


@pytest.mark.parametrize("words", [["exit", "7"], ["exit", "0"], ["exit", "goodbye"], ["interrupt"], []])
def test_run_ends_as_python_does(run: Run, folder: Path, words: list[str]) -> None:
    traced, plain = run("run", "script.py", *words), python(folder, "script.py", *words)
    assert traced.returncode == plain.returncode
    assert traced.stderr.splitlines()[-1:] == plain.stderr.splitlines()[-1:]
    assert traced.stdout == plain.stdout


@pytest.mark.parametrize("program", ["script.py", "parts"])
@pytest.mark.parametrize("word", ["divide", "key", "click", "chain"])
def test_run_shows_the_tracebacks_that_python_shows(run: Run, folder: Path, program: str, word: str) -> None:
    module = ["-m"] if program == "parts" else []
    traced, plain = run("run", *module, program, word), python(folder, *module, program, word)
    assert traced.returncode == plain.returncode == 1
    assert traced.stdout == plain.stdout
    # `python -m` begins with frames of runpy.
    expected = re.sub(r'  File "<frozen runpy>".*\n|  File ".*runpy\.py".*\n    .*\n', "", plain.stderr)
    assert traced.stderr == expected


def test_run_shows_a_syntax_error_as_python_does(run: Run, folder: Path) -> None:
    traced, plain = run("run", "broken.py"), python(folder, "broken.py")
    assert traced.returncode == plain.returncode == 1
    assert traced.stderr == plain.stderr


# ----- what the user got wrong -----

MISTAKES = [
    ("frobnicate", "No such command 'frobnicate'"),
    ("grad", "no target: name a function as module:function or file.py:function, or give --expr"),
    ("grad x=1", "no target"),
    ("grad pump", "target 'pump' names no function: write module:function"),
    ("grad nowhere:f x=1", "there is no module named 'nowhere'"),
    ("grad parts.nowhere:f x=1", "there is no module named 'parts.nowhere'"),
    ("grad pump:powr dp=1", "pump has no 'powr' (did you mean 'power'?)"),
    ("grad pump:Tank.depth dp=1", "pump:Tank has no 'depth'"),
    ("grad pump:count x=1", "pump:count is a int, not a function"),
    ("grad pump:power", "power is missing an argument: dp=…; it is power(dp, flow=0.01, *, efficiency=0.7)"),
    ("grad pump:speed rho=1", "speed is missing an argument: dp=…"),
    ("grad pump:power dp=1 folw=2", "has no argument 'folw' (did you mean 'flow'?); it is power(dp, flow=0.01, *, "),
    ("grad pump:power dp=1 dp=2", "'dp' is given twice"),
    ("grad pump:power dp=1 --fixed dp=2", "'dp' is given twice"),
    ("grad pump:power dp=abc", "no numbers to differentiate by (dp='abc'): give them as name=1.0"),
    ("grad pump:power dp=abc flow=1.0", "could not convert string to float: 'abc'; given as text: dp='abc'"),
    ("grad pump:power dp=", "dp=: nothing stands behind =; empty text is dp=\"''\""),
    ("grad pump:power 3", "'3' is not name=value"),
    ("grad pump:power lambda=3", "'lambda=3' is not name=value"),
    ("grad pump:power --fixed dp=3", "no numbers to differentiate by"),
    ("grad pump:repeated x=1 --fixed n=many", "--fixed n=many: 'many' is not a Python literal"),
    ("grad pump:repeated x=1 n=3", "pump.py:25 (in repeated): TypeError"),
    ("grad pump:repeated x=1 n=3", "; x=1, n=3 is real, since no number has a point: with one in another, as in x=2.0"),
    ("grad pump:speed dp=-1 rho=2", "pump.py:15 (in speed): ValueError: the pressure must not be negative"),
    ("grad math:sqrt x=-1", "sqrt: ValueError: "),
    ("grad pump:both x=1", "both returns a dict, not a number: pick one with --expr \"…['double']\""),
    ("grad pump:nothing x=1", "nothing returns None, not a number"),
    ("grad pump:leave x=1", "(in leave): SystemExit: 3"),
    ("grad missing.py:f x=1", "there is no file missing.py"),
    ("grad notes.txt/f.py:f x=1", "there is no file notes.txt/f.py"),
    ("grad ./notes.txt:f x=1", "./notes.txt is not a Python file"),
    ("grad ./parts:f x=1", "./parts is not a file"),
    ("grad clash/random.py:f x=1", "clash/random.py: another module is named 'random', too"),
    ("grad broken.py:f x=1", "importing broken failed"),
    ("grad failing.py:f x=1", "importing failing failed: failing.py:3 (in <module>): ValueError: "),
    ("grad --expr x+ x=1", "--expr 'x+' is not a Python expression"),
    ("grad --expr x*z x=1", "--expr uses 'z', which is neither given as z=value nor known"),
    ("grad --expr x*z --from pump x=1", "--expr uses 'z', which is neither given as z=value nor public in pump"),
    ("grad --expr x x=1 y=2", "--expr does not use 'y'"),
    ("grad --from pump math:exp x=1", "--from belongs to --expr"),
    ("grad --from nowhere --expr x x=1", "there is no module named 'nowhere'"),
    ("grad --hook nowhere math:exp x=1", "there is no module named 'nowhere'"),
    ("grad --frobnicate math:exp x=1", "No such option '--frobnicate'"),
    (
        "graph pump:power dp=1 -o power.gif",
        "-o power.gif: unknown suffix '.gif', use one of .svg, .png, .pdf, .dot, .html",
    ),
    ("graph pump:power dp=1 -o power", "unknown suffix ''"),
    ("graph pump:power dp=1 -o nowhere/power.svg", "there is no folder nowhere"),
    ("graph pump:power dp=1 -o /proc/power.svg", "-o /proc/power.svg: "),
    ("graph pump:power dp=1 --limit none", "--limit"),
    ("graph pump:constant x=1", "nothing to draw: constant returns 4.0, which was not computed from the arguments"),
    ("source", "Missing argument 'TARGET'"),
    ("source math:sin", "math:sin: "),
    ("source pump:nope", "pump has no 'nope'"),
    ("run", "Missing argument 'PROGRAM'"),
    ("run missing.py", "can't open 'missing.py': there is no such file"),
    ("run .", "the folder has no __main__.py"),
    ("run -m nowhere", "there is no module named 'nowhere'"),
    ("run -m parts.nowhere", "there is no module named 'parts.nowhere'"),
    ("run --hook nowhere script.py", "there is no module named 'nowhere'"),
]


@pytest.mark.parametrize(("line", "message"), MISTAKES)
def test_a_mistake_is_one_line_and_exit_code_2(run: Run, line: str, message: str) -> None:
    done = run(*line.split())
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("minitorch")
    assert done.stderr.count("\n") == 1
    assert message in done.stderr


@pytest.mark.parametrize("command", ["", "grad", "graph", "source", "run"])
def test_help_is_good_for_every_command(run: Run, command: str) -> None:
    done = run(*command.split(), "--help")
    assert done.returncode == 0
    assert done.stdout.startswith(f"Usage: minitorch {command}".rstrip())
    assert done.stderr == ""


def test_the_bare_command_prints_its_help(run: Run) -> None:
    assert run().stdout == run("--help").stdout
