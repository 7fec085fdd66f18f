"""Functions typed at Python's own prompt: traced where it keeps their source, else refused with the ways out."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from terminals import ROOT, Terminal, plain

from transformer.wrappers import is_generated

KEEPS_SOURCE = sys.version_info >= (3, 13)

NO_SOURCE = (
    "RewriteError: it was typed at a prompt that keeps no source; define it in a file and import that, or type it in "
    "IPython, a notebook or the prompt of Python 3.13 (<stdin>)"
)

TYPED = {
    "a function": ("def wave(x): return math.sin(x) * x", "", "minitorch.grad(wave)(2.0)"),
    "a decorated function": (
        *("@minitorch.trace", "def wave(x): return math.sin(x) * x", ""),
        *("x = minitorch.Scalar(2.0)", "wave(x).backward()", "x.derivative"),
    ),
    "a lambda": ("minitorch.grad(lambda x: math.sin(x) * x)(2.0)",),
    "a method": (
        *("class Wave: at = lambda self, x: math.sin(x) * x", ""),
        *("minitorch.trace(Wave)", "x = minitorch.Scalar(2.0)", "Wave().at(x).backward()", "x.derivative"),
    ),
    "what another function calls": (
        *("def sine(x): return math.sin(x)", "", "def wave(x): return sine(x) * x", ""),
        "minitorch.grad(wave)(2.0)",
    ),
}
"""Lines of which the last one shows the derivative of x sin x at 2."""

DERIVATIVE = "0.0770037537313969"


@pytest.mark.parametrize("kind", ["xterm", "dumb"])
@pytest.mark.parametrize("typed", TYPED.values(), ids=TYPED)
def test_what_is_typed(typed: tuple[str, ...], kind: str, tmp_path: Path) -> None:
    """At the coloured prompt of newer Pythons as at the plain one of terminals that can't do that."""
    environment = {"TERM": kind, "PYTHON_HISTORY": str(tmp_path / "history"), "PYTHONSTARTUP": ""}
    prompt = Terminal(["-q", "-i", "-c", "import math, minitorch"], tmp_path, environment)
    prompt.read_until(">>> ")
    for line in (*typed, "print('all', 'said')"):
        prompt.type(f"{line}\r")
    prompt.read_until("all said")
    prompt.type("exit()\r")
    seen = plain(prompt.finish()[0])
    if KEEPS_SOURCE:
        # What is typed ahead may come between the digits and the end of their line.
        assert re.search(rf"\n{DERIVATIVE}(?!\d)", seen)
        assert "Traceback" not in seen
    else:
        assert NO_SOURCE in seen.replace("\n", " ").replace("  ", " ")


def typed_into(folder: Path, typed: str, *options: str) -> subprocess.CompletedProcess[str]:
    """What a console of this Python prints when something is typed into it."""
    return subprocess.run(
        [sys.executable, *options],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        input=typed,
        capture_output=True,
        text=True,
        check=True,
    )


def test_a_report_shows_the_lines_that_were_typed(tmp_path: Path) -> None:
    """The report has the file and number of a line alone; Python keeps what was typed by the code object."""
    typed = "import math, minitorch\ndef wave(x): return math.sin(x) * x\n\nprint(minitorch.report(wave, 2.0))\n"
    done = typed_into(tmp_path, typed, "-q", "-i")
    assert "def wave(x): return math.sin(x) * x" in done.stdout if KEEPS_SOURCE else NO_SOURCE in done.stderr


def test_a_console_that_keeps_no_source_is_told(tmp_path: Path) -> None:
    typed = "import math, minitorch\nclass Wave: at = lambda self, x: math.sin(x)\n\nminitorch.trace(Wave)\n"
    done = typed_into(tmp_path, typed, "-m", "code")
    assert NO_SOURCE.replace("<stdin>", "<console>") in done.stderr


def test_a_file_run_before_the_prompt_is_traced(tmp_path: Path) -> None:
    (tmp_path / "wave.py").write_text("import math\n\n\ndef wave(x):\n    return math.sin(x) * x\n")
    done = subprocess.run(
        [sys.executable, "-q", "-i", "wave.py"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        input="import minitorch\nprint(minitorch.grad(wave)(2.0))\n",
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"{DERIVATIVE}\n"


PROGRAM = """
import math, minitorch
from dataclasses import dataclass

def helper(x):
    return math.sin(x)

@dataclass
class Wave:
    factor: float

    @staticmethod
    def sine(x): return math.sin(x)

    def at(self, x):
        return self.sine(x) * x * self.factor

@minitorch.trace
class Traced:
    def at(self, x):
        return math.sin(x) * x

@minitorch.trace
def decorated(x): return math.sin(x) * x

x = minitorch.Scalar(2.0)
Traced().at(x).backward()
for f in (lambda x: helper(x) * x, Wave(1.0).at, decorated):
    print(minitorch.grad(f)(2.0), minitorch.jvp(f, (2.0,), (1.0,))[1], minitorch.compile(f).grad(2.0), x.derivative)
"""
"""A program whose lines of output repeat the derivative of x sin x at 2."""


INDENTATIONS = ["", "    "] if sys.version_info >= (3, 14) else [""]
"""By how much the program behind `-c` may be indented."""


@pytest.mark.parametrize("indentation", INDENTATIONS)
@pytest.mark.parametrize("arguments", [["-c"], ["-I", "-c"], ["-W", "ignore", "-Ec"], ["-Bc"]])
def test_the_program_of_a_command_line_is_traced(arguments: list[str], indentation: str) -> None:
    # Isolated, Python does not look into PYTHONPATH.
    program = textwrap.indent(f"import sys; sys.path.insert(0, {str(ROOT)!r}){PROGRAM}", indentation)
    done = subprocess.run([sys.executable, *arguments, program, "-c", "2"], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [DERIVATIVE] * 12


@pytest.mark.parametrize("arguments", [[], ["-"], ["-", "input"]])
def test_a_file_as_standard_input_is_traced(arguments: list[str], tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    with (tmp_path / "program.py").open() as file:
        done = subprocess.run(
            [sys.executable, *arguments],
            env={"PYTHONPATH": str(ROOT)},
            stdin=file,
            capture_output=True,
            text=True,
            check=True,
        )
    assert done.stdout.split() == [DERIVATIVE] * 12


def test_a_pipe_as_standard_input_is_told() -> None:
    done = subprocess.run(
        [sys.executable], env={"PYTHONPATH": str(ROOT)}, input=PROGRAM, capture_output=True, text=True, check=False
    )
    assert done.stderr.splitlines()[-1].endswith(
        "RewriteError: the program came through a pipe, which can't be read again; give it as a file "
        "(python program.py, python < program.py) or as text (python -c) (<stdin>)"
    )


@pytest.mark.parametrize(
    "name", ["<stdin>", "<stdin-3>", "<python-input-3>", "<ipython-input-3-abc>", "<doctest pump[0]>", "a.py"]
)
def test_what_somebody_wrote(name: str) -> None:
    assert not is_generated(compile("1", name, "eval"))


@pytest.mark.parametrize("name", ["<string>", "<attrs generated init pump.Tank>", "<frozen os>"])
def test_what_nobody_wrote(name: str) -> None:
    assert is_generated(compile("1", name, "eval"))
