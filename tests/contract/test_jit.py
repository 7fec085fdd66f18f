"""Python's own compiler to machine code (`PYTHON_JIT=1`, from 3.13 on, where it is built in) changes no digit."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from paths import ROOT

PROGRAM = """
import math
import os
import sys

import minitorch

jit = getattr(sys, "_jit", None)
if jit is not None and jit.is_available():
    assert jit.is_enabled() == (os.environ["PYTHON_JIT"] == "1")


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def moved(self, by):
        return Point(self.x + by, self.y * math.cos(by))


def walk(x, steps):
    point = Point(x, 1.0)
    total = 0.0
    for index in range(steps):
        point = point.moved(x / (index + 1))
        if point.x > 2.0:
            point.x -= 1.5
        elif index % 7 == 3:
            total += max(point.x, point.y)
        total = total + math.sin(point.x) * point.y
    return total


def polynomial(x):
    value = 0.0
    for power in range(12):
        value = value * x + power
    return value


def digits(x):
    yield walk(x, 400)
    yield minitorch.value_and_grad(walk)(x, 400)
    yield minitorch.grad(minitorch.grad(polynomial))(x)
    yield minitorch.jvp(polynomial, (x,), (1.0,))
    yield compiled(x, 400), compiled.value_and_grad(x, 400)


compiled = minitorch.compile(walk)
for index in range(40):
    print(*map(repr, digits(0.31 + index * 0.0137)))
    if index == 30:
        compiled.precompile(0.5, 400)
"""
"""Loops that run often enough for that compiler to take them up, with and without derivatives."""

HOOKED = """
import minitorch
with minitorch.install_import_hook(["walking"]):
    import walking
"""


def digits_of(folder: Path, hooked: bool, jit: str) -> str:
    """What the program prints."""
    program = folder / "walking.py"
    program.write_text(PROGRAM)
    start = folder / "start.py"
    start.write_text(HOOKED if hooked else "import walking\n")
    done = subprocess.run(
        # Where there is no machine code, `compile` says that `walk` runs in Python.
        [sys.executable, "-W", "ignore:walk", str(start)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(folder)]), "PYTHON_JIT": jit},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize("hooked", [False, True], ids=["decorator", "hook"])
def test_the_digits_are_the_same(tmp_path: Path, hooked: bool) -> None:
    expected = digits_of(tmp_path, hooked, jit="0")
    assert len(expected.splitlines()) == 40
    assert digits_of(tmp_path, hooked, jit="1") == expected
