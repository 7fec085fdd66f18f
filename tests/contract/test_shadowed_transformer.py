"""A user's own `transformer.py`, or folder `transformer/`, beside a script stays what it is, and minitorch works."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from paths import ROOT

OWN = '''"""The user's own: attention for one query."""
import math


def softplus(x):
    return math.log(1.0 + math.exp(float(x)))
'''

COMMAND = "from minitorch.cli import main\n\nmain()\n"

SLOPE = 0.6224593312018545
"""The logistic function at 0.5."""


@pytest.fixture(params=["file", "folder"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A folder with a `transformer` of the user's, as one file or as a package."""
    if request.param == "file":
        (tmp_path / "transformer.py").write_text(OWN, encoding="utf-8")
    else:
        (tmp_path / "transformer").mkdir()
        (tmp_path / "transformer/__init__.py").write_text("from .layers import softplus\n", encoding="utf-8")
        (tmp_path / "transformer/layers.py").write_text(OWN, encoding="utf-8")
    return tmp_path


def output_of(folder: Path, *arguments: str, **variables: str) -> str:
    """Run Python in a folder, and return what it prints."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error::ImportWarning", **variables}
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def run(folder: Path) -> Callable[[str], str]:
    """Run a program that is `main.py` beside the user's `transformer`."""

    def output(program: str) -> str:
        (folder / "main.py").write_text(program, encoding="utf-8")
        return output_of(folder, "main.py")

    return output


GRADIENT = """
import minitorch, transformer
print(minitorch.grad(transformer.softplus)(0.5))
"""


@pytest.mark.parametrize("program", [GRADIENT, GRADIENT.replace("minitorch, transformer", "transformer, minitorch")])
def test_a_script_differentiates_what_its_own_transformer_computes(run: Callable[[str], str], program: str) -> None:
    assert float(run(program)) == SLOPE


def test_the_users_transformer_stays_untouched(run: Callable[[str], str], folder: Path) -> None:
    program = """
import minitorch, sys, transformer
print(transformer.__file__, "transformer.hook" in sys.modules, hasattr(transformer, "rewrite"))
"""
    file = next(path for path in (folder / "transformer.py", folder / "transformer/__init__.py") if path.exists())
    assert run(program) == f"{file} False False"


def test_its_functions_are_traced_where_others_call_them(run: Callable[[str], str]) -> None:
    program = """
import minitorch, transformer
from minitorch.tracing.tracer import NEVER_FOLLOWED
print("transformer" in NEVER_FOLLOWED)
print(minitorch.grad(lambda x: 2.0 * transformer.softplus(x))(0.5))
"""
    assert run(program).split() == ["False", repr(2.0 * SLOPE)]


def test_a_module_runs(folder: Path) -> None:
    (folder / "main.py").write_text(GRADIENT, encoding="utf-8")
    assert float(output_of(folder, "-m", "main")) == SLOPE


@pytest.mark.parametrize("arguments", [("main.py",), ("-m", "main")])
def test_the_command_runs_scripts_and_modules(folder: Path, arguments: tuple[str, ...]) -> None:
    """The console command begins in a folder of its own, from where minitorch's transformer is found first."""
    (folder / "main.py").write_text(GRADIENT, encoding="utf-8")
    (folder / "bin").mkdir()
    (folder / "bin/minitorch").write_text(COMMAND, encoding="utf-8")
    assert float(output_of(folder, "bin/minitorch", "run", *arguments)) == SLOPE
    assert float(output_of(folder, "-m", "minitorch", "run", *arguments)) == SLOPE


def test_the_command_runs_a_script_in_another_folder(folder: Path) -> None:
    (folder / "main.py").write_text(GRADIENT, encoding="utf-8")
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    assert float(output_of(elsewhere, "-m", "minitorch", "run", str(folder / "main.py"))) == SLOPE


def test_a_process_that_traces_from_its_start_finds_it(folder: Path) -> None:
    """As in an installation, where a file among the site-packages imports minitorch before the program begins."""
    (folder / "site").mkdir()
    (folder / "site/minitorch_child.pth").write_bytes((ROOT / "minitorch/tracing/child.pth").read_bytes())
    (folder / "site/sitecustomize.py").write_text(
        f"import site\nsite.addsitedir({str(folder / 'site')!r})\n", encoding="utf-8"
    )
    (folder / "main.py").write_text(
        "import sys\nassert 'minitorch' in sys.modules\nimport minitorch, transformer\n"
        "x = minitorch.Scalar(0.5)\ntransformer.softplus(x).backward()\nprint(x.derivative)\n",
        encoding="utf-8",
    )
    paths = os.pathsep.join([str(ROOT), str(folder / "site")])
    assert float(output_of(folder, "main.py", PYTHONPATH=paths, MINITORCH_HOOK="transformer")) == SLOPE


def test_the_command_differentiates_its_functions(folder: Path) -> None:
    (folder / "bin").mkdir()
    (folder / "bin/minitorch").write_text(COMMAND, encoding="utf-8")
    assert "0.6224593" in output_of(folder, "bin/minitorch", "grad", "transformer:softplus", "x=0.5")


def test_the_hook_covers_it(run: Callable[[str], str]) -> None:
    program = """
import minitorch
minitorch.install_import_hook(["transformer"])
import transformer
x = minitorch.Scalar(0.5)
transformer.softplus(x).backward()
print(x.derivative)
"""
    assert float(run(program)) == SLOPE


def test_compiled_functions_call_it(run: Callable[[str], str]) -> None:
    program = """
import minitorch, transformer
fast = minitorch.compile(transformer.softplus)
fast.value_and_grad(0.25)
print(fast.value_and_grad(0.5)[1])
print("softplus" in minitorch.traced_source(transformer.softplus))
"""
    slope, traced = run(program).split()
    assert (float(slope), traced) == (SLOPE, "True")


def test_compiled_functions_and_numbers_go_to_a_process_that_is_spawned(run: Callable[[str], str]) -> None:
    program = """
import multiprocessing
import minitorch, transformer

def slope(fast, x):
    return fast.value_and_grad(x.data)[1]

if __name__ == "__main__":
    fast = minitorch.compile(transformer.softplus)
    fast.value_and_grad(0.25)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        print(pool.apply(slope, (fast, minitorch.Scalar(0.5))))
"""
    assert float(run(program)) == SLOPE


def test_hooked_code_is_traced_in_a_process_that_is_spawned(run: Callable[[str], str]) -> None:
    program = """
import multiprocessing
import minitorch
minitorch.install_import_hook(["transformer"])
import transformer

def slope(value):
    x = minitorch.Scalar(value)
    transformer.softplus(x).backward()
    return x.derivative

if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        print(pool.apply(slope, (0.5,)))
"""
    assert float(run(program)) == SLOPE
