"""On a terminal of any width no digit of a derivative is cut, and no line is longer than the terminal is wide."""

from __future__ import annotations

import functools
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from terminals import ROOT, Terminal, plain

PUMP = """
import math


def head(flow, speed, name="a rather long name", wear=1):
    lift = speed * speed * 0.0123456789 - flow * 2.0 * wear
    return math.sqrt(lift) if lift > 1.0 else lift


def cube(quantity_of_something_with_a_long_name):
    return quantity_of_something_with_a_long_name**3
"""

WRONG = """
import minitorch

@minitorch.custom_vjp
def twice(x):
    return 2.0 * x

twice.defvjp(lambda x: (2.0 * x, None), lambda kept, d: (3.0 * d,))
"""

ARGUMENTS = ["flow=0.123456789", "speed=20.000000001"]
WIDTHS = [24, 40, 80, 200]
NUMBER = re.compile(r"[-+]?\d[\d.]*(e[-+]?\d+)?")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of plain modules."""
    tmp_path = tmp_path_factory.mktemp("modules")
    (tmp_path / "pump.py").write_text(PUMP, encoding="utf-8")
    (tmp_path / "wrong.py").write_text(WRONG, encoding="utf-8")
    return tmp_path


def on_terminal(folder: Path, columns: int, *words: str) -> str:
    return plain(Terminal(["-m", "minitorch", *words], folder, columns=columns).finish()[0])


@functools.cache
def piped(folder: Path, *words: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "minitorch", *words]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def assert_fits(seen: str, columns: int) -> None:
    for line in seen.splitlines():
        words = line.split()
        assert len(line.rstrip()) <= columns or len(words) == 1, line


@pytest.mark.parametrize("columns", WIDTHS)
def test_grad_keeps_all_digits(folder: Path, columns: int) -> None:
    seen = on_terminal(folder, columns, "grad", "pump.py:head", *ARGUMENTS)
    assert_fits(seen, columns)
    words = seen.replace("│", " ").split()
    for number in piped(folder, "grad", "pump.py:head", *ARGUMENTS, "--no-check").split():
        # The value of an argument may be left out, the derivative may not.
        if NUMBER.fullmatch(number) and number not in ("0.123456789", "20.000000001"):
            assert number in words, number
    assert ("╭" in seen) == (columns >= 200)
    assert ("central difference" in seen and "agreement" in seen) == (columns >= 80)
    assert ("agrees with" in " ".join(words)) == (columns < 80)


def test_first_the_box_goes_then_the_differences_then_the_values(folder: Path) -> None:
    found = []
    for columns in (110, 93, 85, 70, 50, 38, 30, 20):
        lines = on_terminal(folder, columns, "grad", "--expr", "math.sin(x)", "x=0.7").splitlines()
        first = next(line for line in lines[1:] if "0.6" not in line)
        found += [place for place, mark in enumerate(MARKS) if mark(" ".join(first.split()))]
    assert found == sorted(found) and set(found) == set(range(len(MARKS)))


MARKS = (
    lambda head: head.startswith("╭"),
    lambda head: head == "argument value partial derivative central difference agreement",
    lambda head: head == "argument value partial derivative",
    lambda head: head == "argument derivative",
    lambda head: head == "x",
)
"""What the first line of each layout looks like, the widest first."""


@pytest.mark.parametrize("columns", WIDTHS)
def test_what_differs_is_said_at_any_width(folder: Path, columns: int) -> None:
    seen = " ".join(on_terminal(folder, columns, "grad", "wrong.py:twice", "x=1.0").split())
    assert "NO, off by 3e-01" in seen


@pytest.mark.parametrize("columns", WIDTHS)
def test_names_that_are_too_long(folder: Path, columns: int) -> None:
    words = ["grad", "pump.py:cube", "quantity_of_something_with_a_long_name=1.23456789"]
    seen = on_terminal(folder, columns, *words)
    assert_fits(seen, columns)
    assert "4.57247362" in seen and "quantity_of_something_with_a_long_name" in seen


@pytest.mark.parametrize("columns", WIDTHS)
def test_the_summary_of_compile_keeps_all_digits(folder: Path, columns: int) -> None:
    seen = on_terminal(folder, columns, "compile", "pump.py:head", *ARGUMENTS)
    assert_fits(seen, columns) if columns >= 24 else None
    derivatives = [
        line.split(" = ")[1] for line in piped(folder, "compile", "pump.py:head", *ARGUMENTS).splitlines()[:3]
    ]
    assert len(derivatives) == 3 and all(number in seen.split() for number in derivatives)


@pytest.mark.parametrize("columns", WIDTHS[1:])
def test_the_text_of_a_report_keeps_all_numbers(folder: Path, columns: int) -> None:
    seen = on_terminal(folder, columns, "report", "pump.py:head", *ARGUMENTS, "--text")
    assert_fits(seen, columns)
    words = seen.split()
    whole = on_terminal(folder, 200, "report", "pump.py:head", *ARGUMENTS, "--text")
    numbers = [word for word in whole.split() if NUMBER.fullmatch(word)]
    assert len(numbers) > 10
    assert [number for number in numbers if number not in words] == []
    assert "…" not in seen


@pytest.mark.parametrize("columns", WIDTHS)
@pytest.mark.parametrize(
    "words",
    [["source", "pump.py:head"], ["compile", "pump.py:head", *ARGUMENTS, "--emit", "c"]],
    ids=lambda words: words[0],
)
def test_source_stays_as_it_is(folder: Path, columns: int, words: list[str]) -> None:
    """The terminal itself breaks long lines: copied from there they are whole."""
    environment = {"TERM": "xterm-256color"}
    seen, _ = Terminal(["-m", "minitorch", *words], folder, environment, columns=columns).finish()
    assert "\x1b[" in seen
    assert plain(seen) == piped(folder, *words)


@pytest.mark.parametrize("columns", [40, 80])
def test_graph_prints_the_name_of_its_file(folder: Path, columns: int) -> None:
    seen = on_terminal(folder, columns, "graph", "pump.py:head", *ARGUMENTS, "-o", "head.dot")
    assert seen.splitlines() == ["head.dot"]


def test_there_is_no_box_in_a_pipe(folder: Path) -> None:
    lines = piped(folder, "grad", "pump.py:head", *ARGUMENTS).splitlines()
    assert lines[1].split() == ["argument", "value", "partial", "derivative", "central", "difference", "agreement"]
    assert [line.split()[0] for line in lines[2:]] == ["flow", "speed"]
    assert "".join(lines).isascii() and all(line == line.rstrip() for line in lines)
