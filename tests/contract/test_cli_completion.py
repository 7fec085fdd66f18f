"""What is begun on a command line is completed, in the shells themselves and without running the user's code."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from paths import ROOT
from terminals import Terminal

PUMP = """
import math

raise RuntimeError("nobody imports this")


def power(dp, flow=0.01, *, efficiency=0.7):
    return dp * flow / efficiency


def powder(x, *rest):
    return x


def _private(x):
    return x


class Tank:
    def volume(self, radius, height):
        return math.pi * radius**2 * height
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with files to complete, and the command to do it for."""
    (tmp_path / "pump.py").write_text(PUMP, encoding="utf-8")
    (tmp_path / "with space.py").write_text("def f(x):\n    return x\n", encoding="utf-8")
    (tmp_path / "plain.py").write_text("def pump(flow):\n    return flow**2\n", encoding="utf-8")
    (tmp_path / "broken.py").write_text("def f(x:\n", encoding="utf-8")
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "__init__.py").write_text("raise RuntimeError\n", encoding="utf-8")
    (tmp_path / "parts" / "wheel.py").write_text("def turn(angle, speed):\n    return angle\n", encoding="utf-8")
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin" / "minitorch"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m minitorch "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    return tmp_path


def environment(folder: Path) -> dict[str, str]:
    path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return {"PYTHONPATH": str(ROOT), "PATH": path, "HOME": str(folder), "PS1": "$ "}


def completed(folder: Path, line: str, shell: str = "zsh") -> list[str]:
    """What a shell is answered; zsh and fish take whole words."""
    asked = {
        "_MINITORCH_COMPLETE": f"{shell}_complete",
        "MINITORCH_LINE": f"minitorch {line}",
        "MINITORCH_BREAKS": " :=",
    }
    command = [sys.executable, "-m", "minitorch"]
    surroundings = {**os.environ, **environment(folder), **asked}
    done = subprocess.run(command, cwd=folder, env=surroundings, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return [line.partition(",")[2] for line in done.stdout.splitlines() if line]


@pytest.mark.parametrize(
    ("line", "answers"),
    [
        ("gr", ["grad", "graph"]),
        ("grad --no-", ["--no-check"]),
        ("graph --col", ["--collapse"]),
        ("compile --emit l", ["llvm"]),
        ("grad pu", ["pump.py:"]),
        ("grad pa", ["parts/"]),
        ("grad parts/", ["parts/__init__.py:", "parts/wheel.py:"]),
        ("grad pump.py:", ["pump.py:power", "pump.py:powder", "pump.py:Tank.volume"]),
        ("grad pump.py:T", ["pump.py:Tank.volume"]),
        ("grad pump:pow", ["pump:power", "pump:powder"]),
        ("grad parts.wheel:", ["parts.wheel:turn"]),
        ("grad parts/wheel.py:t", ["parts/wheel.py:turn"]),
        ("source pump.py:powe", ["pump.py:power"]),
        ("grad broken.py:", []),
        ("grad missing.py:", []),
        ("grad missing:", []),
        ("grad pump.py:power ", ["dp=", "flow=", "efficiency="]),
        ("report pump.py:power dp=3 e", ["efficiency="]),
        ("graph pump.py:power dp=3 --fixed flow=2 ", ["efficiency="]),
        ("compile pump.py:Tank.volume ", ["radius=", "height="]),
        ("grad pump.py:powder ", ["x=", "rest="]),
        ("grad pump.py:missing ", []),
        ("grad --from pum", ["pump.py", "pump"]),
        ("grad --from ./pum", ["./pump.py"]),
        ("grad --expr 'math.sin(a) + power(b, len(c))' --from pump b=2 ", ["a=", "c="]),
        ("grad --expr 'a +' ", []),
        ("completion z", ["zsh"]),
    ],
)
def test_what_is_answered(folder: Path, line: str, answers: list[str]) -> None:
    assert completed(folder, line) == answers
    assert completed(folder, line, "fish") == answers


@pytest.mark.parametrize(
    ("line", "answers"),
    [
        ("grad pump.py:powe", ["power"]),
        ("grad 'with", [r"with\ space.py:"]),
        ("grad pump.py:power f", ["flow="]),
        ("grad parts/w", ["parts/wheel.py:"]),
    ],
)
def test_bash_keeps_what_is_before_a_colon(folder: Path, line: str, answers: list[str]) -> None:
    assert completed(folder, line, "bash") == answers


def test_in_bash_itself(folder: Path) -> None:
    options = ["--norc", "--noprofile", "-i"]
    terminal = Terminal(options, folder, environment(folder), program=str(shutil.which("bash")), columns=200)
    terminal.type("""eval "$(minitorch completion bash)"; echo rea''dy\n""")
    terminal.read_until("ready")
    for word, shown in TYPED:
        terminal.type(word)
        terminal.type("\t")
        terminal.read_until(shown)
    terminal.type("2\n")
    terminal.read_until("pump = 4.0")
    terminal.type("exit\n")
    terminal.finish()


TYPED = [
    ("minitorch gra", "minitorch gra"),
    ("d plain.p", "minitorch grad plain.py:"),
    ("pu", "minitorch grad plain.py:pump "),
    ("fl", "minitorch grad plain.py:pump flow="),
]
"""What is typed before each tab, and what stands there then."""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_what_the_shell_reads(folder: Path, shell: str) -> None:
    command = [sys.executable, "-m", "minitorch", "completion", shell]
    surroundings = {**os.environ, **environment(folder)}
    done = subprocess.run(command, env=surroundings, capture_output=True, text=True, check=True)
    assert f"{shell}_complete" in done.stdout and "%(" not in done.stdout
