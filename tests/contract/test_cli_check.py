"""The check beside the derivatives of `minitorch grad` knows its error, cries no wolf, and decides the exit code."""

from __future__ import annotations

import json
import math
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from paths import ROOT

from minitorch.derivatives.ridders import ridders_difference

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs the command in a folder of its own."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "minitorch", *arguments],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )

    return run


@pytest.mark.parametrize(
    ("f", "x", "slope"),
    [
        (math.sin, 1e6, math.cos(1e6)),
        (math.sin, 1000.0, math.cos(1000.0)),
        (lambda x: math.sin(1e6 * x), 1000.0, 1e6 * math.cos(1e9)),
        (lambda x: math.fmod(x, 1.0), 1234.5, 1.0),
        (lambda x: math.fmod(x, 1.0) ** 2, 1234.25, 0.5),
        (lambda x: math.floor(x) * x, 1234.5, 1234.0),
        (math.log, 1e-9, 1e9),
        (lambda x: math.exp(x) - 1.0 - x, 1e-6, 1.0000005e-6),
        (lambda x: 1.0 / x, 1e-9, -1e18),
        (lambda x: 1.0 / (x * x + 1e-12), 1e-6, -5e17),
        (abs, 3.0, 1.0),
        (math.exp, 0.0, 1.0),
        (lambda x: x**20, 1e10, 20 * 1e190),
        (lambda x: 1e-200 * x, 1.0, 1e-200),
        (lambda x: 5.0, 1.0, 0.0),
    ],
)
def test_ridders_difference_knows_its_error(f: Any, x: float, slope: float) -> None:
    estimate = ridders_difference(f, x)
    assert estimate is not None
    assert abs(estimate[0] - slope) <= max(10 * estimate[1], 1e-7 * abs(slope))
    assert estimate[1] <= max(1e-4 * abs(slope), 1e-12)


@pytest.mark.parametrize(("f", "x"), [(math.sqrt, 0.0), (lambda x: math.floor(x) * x, 1000.0), (math.floor, 3.0)])
def test_differences_that_settle_on_nothing(f: Any, x: float) -> None:
    assert ridders_difference(f, x) is None


@pytest.mark.parametrize("expression", ["math.sin(x)", "math.fmod(x, 1)", "math.sin(1e6 * x)", "math.floor(x) * x"])
def test_the_check_does_not_cry_wolf(run: Run, expression: str) -> None:
    done = run("grad", "--expr", expression, "x=1234.5")
    assert done.returncode == 0 and "NO" not in done.stdout


WRONG = """
import minitorch

@minitorch.custom_vjp
def twice(x):
    return 2.0 * x

twice.defvjp(lambda x: (2.0 * x, None), lambda kept, d: (3.0 * d,))
"""


def test_a_derivative_that_differs_is_a_failure(run: Run, tmp_path: Path) -> None:
    (tmp_path / "wrong.py").write_text(WRONG, encoding="utf-8")
    done = run("grad", "wrong.py:twice", "x=1.0")
    assert done.returncode == 1 and "NO, off by 3e-01" in done.stdout
    assert run("grad", "wrong.py:twice", "x=1.0", "--no-check").returncode == 0


def test_without_the_check_the_function_runs_once(run: Run, tmp_path: Path) -> None:
    (tmp_path / "loud.py").write_text("def loud(x):\n    print('runs')\n    return x * x\n", encoding="utf-8")
    done = run("grad", "loud.py:loud", "x=3.0", "--no-check")
    assert done.stdout.count("runs") == 1 and "central difference" not in done.stdout
    assert re.search(r"x +3\.0 +6\.0\n", done.stdout)


def test_grad_as_json(run: Run) -> None:
    told = json.loads(run("grad", "--expr", "math.hypot(x, y)", "x=3", "y=4", "--json").stdout)
    differences = {name: row.pop("difference") for name, row in told["partials"].items()}
    assert told == {
        "function": "result",
        "value": 5.0,
        "partials": {
            "x": {"value": 3.0, "derivative": 0.6, "agrees": True},
            "y": {"value": 4.0, "derivative": 0.8, "agrees": True},
        },
        "kept": {},
    }
    assert differences == {"x": pytest.approx(0.6), "y": pytest.approx(0.8)}
    unchecked = json.loads(run("grad", "math:log", "x=2", "--json", "--no-check").stdout)
    assert unchecked["partials"] == {"x": {"value": 2.0, "derivative": 0.5}}
