"""What works on which Python: the rows of `.github/PYTHONS.md`, each with the program that shows it.

    python tests/support/python_features.py        runs them on this Python, and compares with its column

A cell is one entry of `REFUSED`, in the words that this Python's refusal has; where there is none, it works. The words
of machine code are those of `why_unavailable`.
"""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
import sysconfig
import tempfile
import traceback
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parents[2]

COLUMNS: Final = ("3.10", "3.11", "3.12", "3.13", "3.14", "3.15", "free-threaded", "PyPy", "Pyodide")


class Feature(NamedTuple):
    """A row of the table.

    Args:
        title: what the row is called.
        program: shows that it works; raises, or warns, where it does not.
        typed: whether it is typed at a prompt, in place of being a file.
        environment: variables that the program needs.
    """

    title: str
    program: str
    typed: bool = False
    environment: tuple[tuple[str, str], ...] = ()


USE: Final = """
import math, sys, threading
import minitorch

def wave(time, damping=0.5):
    return math.exp(-damping * time) * math.sin(6.0 * time)

def walk(x, steps=20):
    total = 0.0
    for index in range(steps):
        total += math.sin(x * index) if index % 3 else x
    return total

SLOPE = math.exp(-0.25) * (6.0 * math.cos(3.0) - 0.5 * math.sin(3.0))

def near(x, y):
    assert abs(x - y) < 1e-9 * max(1.0, abs(y)), (x, y)
"""
"""What the programs begin with."""

COMPILES: Final = """
compiled = minitorch.compile({function}, argnums=0)
compiled.precompile(0.5)
assert (compiled(0.5), *compiled.value_and_grad(0.5)) == ({function}(0.5), *minitorch.value_and_grad({function})(0.5))
assert compiled.left_out is None and compiled.traces, compiled.left_out
assert ("loops" in str(compiled.traces)) == {loops}, str(compiled.traces)
"""

IN_ANOTHER: Final = """
code = f"import sys, warnings; sys.path[:0] = {{sys.path!r}}; import minitorch, colorsys\\n" + {code!r}
if sys.version_info >= (3, 14):
    from concurrent import interpreters
    interpreters.create().exec(code)
else:
    try:
        import _interpreters as other
    except ImportError:
        import _xxsubinterpreters as other
    new = other.create("legacy") if sys.version_info >= (3, 13) else other.create(isolated=False)
    failure = other.run_string(new, code)
    assert failure is None, failure
"""

FEATURES: Final = {
    "operators": Feature(
        "gradients by operators and `minitorch`'s functions",
        """
x = minitorch.Scalar(0.5)
(minitorch.Exp.apply(x * -0.5) * minitorch.Sin.apply(6.0 * x)).backward()
near(x.derivative, SLOPE)
""",
    ),
    "decorator": Feature(
        "functions traced by `@minitorch.trace`, `grad`, `jvp`, `hessian`",
        """
x = minitorch.Scalar(0.5)
minitorch.trace(wave)(x).backward()
near(x.derivative, SLOPE)
near(minitorch.grad(wave)(0.5), SLOPE)
near(minitorch.jvp(wave, (0.5,), (1.0,))[1], SLOPE)
near(minitorch.hessian(lambda x: x**3)(2.0), 12.0)
""",
    ),
    "hook": Feature(
        "libraries rewritten by the import hook",
        """
with minitorch.install_import_hook(["colorsys"]):
    import colorsys
x = minitorch.Scalar(0.7)
colorsys.rgb_to_hls(x, 0.3, 0.2)[1].backward()
near(x.derivative, 0.5)
""",
    ),
    "recorder": Feature(
        "recorder in C",
        "from minitorch import recorder\nassert recorder.is_native, 'the recorder is the one in Python'",
    ),
    "machine code of loops": Feature(
        "`compile`: machine code with loops", COMPILES.format(function="walk", loops=True)
    ),
    "machine code of traces": Feature(
        "`compile`: machine code of traces", COMPILES.format(function="wave", loops=False)
    ),
    "compile in Python": Feature(
        "`compile`: the digits of Python, whatever runs",
        """
import warnings
warnings.simplefilter("ignore")
compiled = minitorch.compile(walk, argnums=0)
for x in (0.5, 0.75):
    assert (compiled(x), *compiled.value_and_grad(x)) == (walk(x), *minitorch.value_and_grad(walk)(x))
""",
    ),
    "pictures": Feature(
        "pictures of histories",
        "x = minitorch.Scalar(0.5, name='time')\nassert '<svg' in minitorch.make_graph(minitorch.trace(wave)(x))",
    ),
    "pages": Feature(
        "pages of reports",
        """
import pathlib, tempfile
with tempfile.TemporaryDirectory() as folder:
    page = pathlib.Path(folder, "wave.html")
    minitorch.report(wave, 0.5).save(page)
    assert "math.exp(-damping * time)" in page.read_text() or "damping" in page.read_text()
""",
    ),
    "command": Feature(
        "the command `minitorch`",
        """
from minitorch.__main__ import main
sys.argv = ["minitorch", "grad", "--expr", "math.exp(-time / 2) * math.sin(6 * time)", "time=0.5"]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
""",
    ),
    "numpy": Feature(
        "numpy",
        """
import numpy as np
value, slopes = minitorch.value_and_grad(lambda u: np.sum(np.sin(u[1:]) * u[:-1]))(np.array([0.5, 1.0, 2.0]))
near(slopes[0], math.sin(1.0))
""",
    ),
    "scipy": Feature(
        "scipy",
        """
from scipy.optimize import brentq
near(minitorch.grad(lambda a: brentq(lambda v: v * v - a, 0.0, 3.0))(4.0), 0.25)
""",
    ),
    "IPython": Feature(
        "IPython and notebooks",
        """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_cell("%load_ext minitorch").raise_error()
shell.run_cell("import math, minitorch").raise_error()
shell.run_cell("def wave(x): return math.sin(x) * x").raise_error()
near(shell.run_cell("minitorch.grad(wave)(2.0)").result, 0.0770037537313969)
""",
    ),
    "prompt": Feature(
        "functions typed at Python's prompt",
        """
import math, minitorch
def wave(x): return math.sin(x) * x

assert abs(minitorch.grad(wave)(2.0) - 0.0770037537313969) < 1e-12
""",
        typed=True,
    ),
    "threads": Feature(
        "derivatives in many threads at once",
        """
found = []
threads = [threading.Thread(target=lambda: found.append(minitorch.grad(minitorch.grad(walk))(0.5))) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert found == [minitorch.grad(minitorch.grad(walk))(0.5)] * 8
""",
    ),
    "subinterpreters": Feature(
        "derivatives in subinterpreters",
        IN_ANOTHER.format(code="assert minitorch.jacobian(colorsys.rgb_to_hls)(0.7, 0.3, 0.2)[1] == 0.5"),
    ),
    "machine code in subinterpreters": Feature(
        "`compile`: machine code in subinterpreters",
        IN_ANOTHER.format(
            code="warnings.simplefilter('ignore'); compiled = minitorch.compile(colorsys.rgb_to_hls); "
            "assert compiled.left_out is None, compiled.left_out"
        ),
    ),
    "JIT": Feature(
        "Python's own JIT: the same digits",
        """
assert sys.implementation.name == "pypy" or sys.version_info >= (3, 13), "Python has no JIT before 3.13"
jit = getattr(sys, "_jit", None)
assert jit is None or not jit.is_available() or jit.is_enabled()
for _ in range(300):
    near(minitorch.grad(wave)(0.5), SLOPE)
    near(minitorch.grad(walk)(0.0), 7.0 + sum(index for index in range(20) if index % 3))
""",
        environment=(("PYTHON_JIT", "1"),),
    ),
}


NO_JIT: Final = "Python has no JIT before 3.13"
NO_SOURCE: Final = "it was typed at a prompt that keeps no source"
NO_PROMPT: Final = "no process can be started, and none has a prompt"
NO_RECORDER: Final = "the recorder is the one in Python"
NO_INTERPRETERS: Final = "No module named '_interpreters'"
NO_THREADS: Final = "can't start new thread"
ONE_INTERPRETER: Final = "LLVM serves one interpreter, which is the main one, and this is another"
NOT_CPYTHON: Final = "machine code works with the objects of CPython, and this is pypy"
NO_LOCK: Final = "machine code reads Python's objects under the global lock, which this Python does without"
WEB: Final = "WebAssembly has no machine code that a program could make"

MACHINE_CODE: Final = {
    "free-threaded": NO_LOCK,
    "PyPy": NOT_CPYTHON,
    "Pyodide": WEB,
}
"""The columns without machine code, in the words of `why_unavailable`."""

REFUSED: Final[dict[str, dict[str, str]]] = {
    "recorder": dict.fromkeys(("PyPy", "Pyodide"), NO_RECORDER),
    "machine code of loops": MACHINE_CODE,
    "machine code of traces": MACHINE_CODE,
    "pictures": {"Pyodide": "A diagram needs graphviz, which is not installed"},
    "pages": {"Pyodide": "A report's page needs jinja2, which is not installed"},
    "command": {"Pyodide": "the command needs click, which is not installed"},
    "numpy": dict.fromkeys(("PyPy", "Pyodide"), "No module named 'numpy'"),
    "scipy": dict.fromkeys(("PyPy", "Pyodide"), "No module named 'scipy'"),
    "IPython": dict.fromkeys(("PyPy", "Pyodide"), "No module named 'IPython'"),
    "prompt": {**dict.fromkeys(("3.10", "3.11", "3.12", "PyPy"), NO_SOURCE), "Pyodide": NO_PROMPT},
    "threads": {"Pyodide": NO_THREADS},
    "subinterpreters": dict.fromkeys(("PyPy", "Pyodide"), NO_INTERPRETERS),
    "machine code in subinterpreters": {
        **dict.fromkeys(COLUMNS, ONE_INTERPRETER),
        **dict.fromkeys(("PyPy", "Pyodide"), NO_INTERPRETERS),
        "free-threaded": NO_LOCK,
    },
    "JIT": dict.fromkeys(("3.10", "3.11", "3.12"), NO_JIT),
}
"""What does not work, by row and column, with a part of the message."""


def column() -> str:
    """Return which column is that of this Python."""
    if sys.platform == "emscripten":
        return "Pyodide"
    if sys.implementation.name == "pypy":
        return "PyPy"
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        return "free-threaded"
    return ".".join(map(str, sys.version_info[:2]))


def failure_of(key: str) -> str:
    """Return what a feature's program says where it does not work on this Python; nothing where it does."""
    feature = FEATURES[key]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "program.py")
        path.write_text(feature.program if feature.typed else USE + feature.program, encoding="utf-8")
        return in_this_process(feature, path) if sys.platform == "emscripten" else in_another(feature, path)


def in_another(feature: Feature, path: Path) -> str:
    """Run a program by itself; return what it says if it fails."""
    with path.open() as typed:
        done = subprocess.run(
            [sys.executable, *(["-q", "-i"] if feature.typed else [str(path)])],
            stdin=typed if feature.typed else subprocess.DEVNULL,
            cwd=path.parent,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONSTARTUP": "", **dict(feature.environment)},
            capture_output=True,
            encoding="utf-8",
            timeout=300,
            check=False,
        )
    failed = done.returncode != 0 or "Traceback" in done.stderr
    return done.stdout + done.stderr if failed else ""


def in_this_process(feature: Feature, path: Path) -> str:
    """Run a program where no process can be started; return what it says if it fails."""
    if feature.typed:
        return NO_PROMPT
    try:
        runpy.run_path(str(path))
    except BaseException:
        return traceback.format_exc()
    return ""


def differences() -> list[str]:
    """Return in which rows this Python is not what its column says, with what it says itself."""
    found = []
    for key, feature in FEATURES.items():
        words, said = REFUSED.get(key, {}).get(column()), failure_of(key)
        if (words is None and said) or (words is not None and words not in said):
            found.append(f"{feature.title}: expected {words or 'that it works'}, and it says {said or 'nothing'}")
    return found


if __name__ == "__main__":
    found = differences()
    print(*found, f"{len(FEATURES) - len(found)} rows of {column()} are right, {len(found)} are not", sep="\n")
    sys.exit(bool(found))
