"""Which recorder a process has: the one in C where it is built, unless the environment wishes otherwise."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys

import pytest
from paths import ROOT

from minitorch import recorder

FOLDER = ROOT / "minitorch/recorder"
C_MODULE = (FOLDER / "c/_native.c").read_text(encoding="utf-8")


def choose(module_in_c: str, wish: str) -> subprocess.CompletedProcess[str]:
    """Import the recorder in a new process, which finds this as the one in C."""
    code = (
        "import sys, types\n"
        f"sys.modules['minitorch.recorder._native'] = {module_in_c}\n"
        "import minitorch\n"
        "print(minitorch.recorder.is_native, minitorch.grad(lambda x: x * x)(3.0))"
    )
    environment = {**os.environ, "MINITORCH_NATIVE": wish, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", timeout=60, check=False)


@pytest.mark.parametrize("wish", ["", "0"])
def test_python_records_where_nothing_is_built(wish: str) -> None:
    done = choose("None", wish)
    assert (done.stdout, done.stderr) == ("False 6.0\n", "")


def test_another_interface_is_said_and_not_used() -> None:
    done = choose("types.SimpleNamespace(interface=0)", "")
    assert done.stdout == "False 6.0\n"
    assert "RuntimeWarning: Python records, since the recorder in C was built from other sources" in done.stderr
    assert "python minitorch/recorder/build.py" in done.stderr


@pytest.mark.parametrize(
    ("module_in_c", "reason"),
    [
        ("None", "minitorch.recorder._native"),
        ("types.SimpleNamespace(interface=0)", "the recorder in C was built from other sources"),
    ],
)
def test_the_one_in_c_can_be_required(module_in_c: str, reason: str) -> None:
    done = choose(module_in_c, "1")
    assert done.returncode == 1
    (error,) = re.findall(r"^(?:ImportError|ModuleNotFoundError): (.*)$", done.stderr, re.M)
    assert reason in error


def test_both_sides_have_one_number_of_the_interface() -> None:
    assert re.findall(r"^#define RECORDER_INTERFACE (\d+)$", C_MODULE, re.M) == [str(recorder.INTERFACE)]


def test_types_are_said_of_all_that_is_in_c() -> None:
    """`_native.pyi` has the names that `_native.c` puts into the module."""
    body = ast.parse((FOLDER / "_native.pyi").read_text(encoding="utf-8")).body
    both = [node for node in body if isinstance(node, ast.ImportFrom) and node.module == "minitorch.recorder.reference"]
    typed = {node.name for node in body if isinstance(node, ast.FunctionDef)}
    typed |= {node.target.id for node in body if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)}
    typed |= {name.name for node in both for name in node.names}
    functions = set(re.findall(r'^    \{"(\w+)", ', C_MODULE, re.M))
    constants = set(re.findall(r'PyModule_Add\w+\(module, "(\w+)"', C_MODULE))
    assert functions | constants == typed
    assert {"add_row", "sweep", "VariableBase", "fingerprint"} <= typed
