"""`minitorch compile` prints programs that stand by themselves, and says what it can't compile."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from terminals import ROOT

import minitorch

PUMP = """
import math
import random


def head(flow, speed):
    lift = speed * speed * 0.01 - flow * 2.0
    return math.sqrt(lift) if lift > 1.0 else lift


def noisy(x):
    return x + random.random()


def shaky(x):
    return math.sqrt(x)
"""

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs the command beside the file of functions."""
    (tmp_path / "pump.py").write_text(PUMP)

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
        command = [sys.executable, "-m", "minitorch", "compile", *words]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60)

    return run


def expected(tmp_path: Path) -> Any:
    scope: dict[str, Any] = {"__name__": "pump"}
    exec(compile((tmp_path / "pump.py").read_text(), str(tmp_path / "pump.py"), "exec"), scope)
    return minitorch.value_and_grad(scope["head"], argnums=(0, 1))(0.5, 20.0)


def test_the_python_program_gives_the_same_numbers(run: Run, tmp_path: Path) -> None:
    done = run("pump.py:head", "flow=0.5", "speed=20.0", "--emit", "python")
    assert (done.returncode, done.stderr) == (0, "")
    assert "def head(flow, speed):" in done.stdout and "# pump.py:7" in done.stdout
    scope: dict[str, Any] = {}
    exec(done.stdout, scope)
    assert scope["head"](0.5, 20.0) == expected(tmp_path)


def test_the_c_program_compiles_and_gives_the_same_numbers(run: Run, tmp_path: Path) -> None:
    done = run("pump.py:head", "flow=0.5", "speed=20.0", "--emit", "c", "-o", "head.c")
    assert (done.returncode, done.stdout.strip()) == (0, "head.c"), done.stderr
    main = """
#include <stdio.h>
#include "head.c"
int main(void) {
    double inputs[2] = {0.5, 20.0}, outputs[3];
    if (head(inputs, outputs)) return 1;
    printf("%.17g %.17g %.17g\\n", outputs[0], outputs[1], outputs[2]);
    return 0;
}
"""
    (tmp_path / "main.c").write_text(main)
    command = ["gcc", "-std=c11", "-Wall", "-Werror", "-ffp-contract=off", "main.c", "-o", "main", "-lm"]
    made = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    printed = subprocess.run([str(tmp_path / "main")], capture_output=True, text=True, check=True).stdout
    value, gradient = expected(tmp_path)
    assert list(map(float, printed.split())) == [value, *gradient]


def test_the_value_alone_and_the_other_languages(run: Run) -> None:
    assert "return" in run("pump.py:head", "flow=0.5", "speed=20.0", "--value", "--emit", "python").stdout
    assert "define i64 @head(" in run("pump.py:head", "flow=0.5", "speed=20.0", "--emit", "llvm").stdout
    assert "head:" in run("pump.py:head", "flow=0.5", "speed=20.0", "--emit", "asm").stdout
    assert "def result(x):" in run("--expr", "math.sin(x) * x", "x=2", "-o", "/dev/stdout").stdout


def test_a_function_with_loops_is_compiled_by_its_only_call(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "loops.py"
    path.write_text("def power(x):\n    y = 1.0\n    for _ in range(3):\n        y = y * x\n    return y\n")
    summary = run(f"{path}:power", "x=2.0").stdout
    assert "power = 8.0" in summary and "with its loops, for (float): " in summary


def test_without_a_language_it_is_a_summary(run: Run, tmp_path: Path) -> None:
    done = run("pump.py:head", "flow=0.5", "speed=20.0")
    value, gradient = expected(tmp_path)
    lines = done.stdout.splitlines()
    assert lines[:3] == [
        f"head = {value!r}", f"  d head / d flow = {gradient[0]!r}", f"  d head / d speed = {gradient[1]!r}",
    ]  # fmt: skip
    assert "value and derivatives: " in lines[3] and "pump.py:8" in done.stdout
    assert lines[-1].startswith("recorded and compiled in ")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["pump.py:noisy", "x=1"], "noisy can't be compiled: runs in Python, since random() gives another value"),
        (["pump.py:shaky", "x=-1"], "math domain error"),
        (
            ["pump.py:head", "flow=0.5", "speed=20.0", "-o", "nowhere/head.c"],
            "-o nowhere/head.c: there is no folder nowhere",
        ),
        (["pump.py:head", "flow=0.5", "speed=20.0", "--emit", "fortran"], "'fortran' is not one of"),
        (["pump.py:head", "flow=0.5"], "speed"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(run: Run, words: list[str], message: str) -> None:
    done = run(*words)
    assert done.returncode == 2
    assert message in done.stderr or (message == "math domain error" and "nonnegative" in done.stderr), done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
