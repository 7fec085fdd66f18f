"""The report on a terminal, and the command that makes either kind."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest
import report_subjects as subjects
from paths import ROOT
from rich.console import Console

import minitorch

Run = Callable[..., "subprocess.CompletedProcess[str]"]

PUMP = """
import math

from valve import loss


def power(dp, flow=0.01, *, efficiency=0.7):
    if dp > 100:
        return float(dp) * flow / efficiency + loss(flow)
    return 0.0 * dp


def both(x):
    return {"double": 2 * x}


def fails(x):
    raise RuntimeError("no <b>way</b>")
"""

VALVE = "def loss(flow):\n    opening = 1.0 - flow\n    return flow / opening\n"


def test_the_text_has_what_the_page_has() -> None:
    text = str(minitorch.report(subjects.compound, 100.0, 0.1, 4))
    assert text.splitlines()[:2] == [
        "compound(start=100, rate=0.1) = 146.41",
        "8 operations, 3 lines, 1 function; rounding error about 1.2e-14, at most 3.4e-14",
    ]
    rows = [" ".join(line.split()) for line in text.splitlines()]
    for row in (
        "input value derivative elasticity share",
        "start 100 1.4641 1 73.3 %",
        "rate 0.1 532.4 0.3636 26.7 %",
        f"{subjects.compound.__code__.co_firstlineno + 5} total += interest 146.41 1 1 88 %",
    ):
        assert row in rows, row
    assert rows[-1] == rows[-1].strip()


def test_kinks_and_branches_have_tables() -> None:
    text = str(minitorch.report(lambda x: abs(x) + (x if x < 1 else 2.0), 0.0))
    rows = [" ".join(line.split()) for line in text.splitlines()]
    assert any(row.startswith("kink test_report_text.py:") and "abs at 0" in row for row in rows)
    assert any(row.endswith("True by 1 no small one 1") for row in rows)


def test_long_lists_are_cut() -> None:
    text = str(minitorch.report(lambda xs: sum(x * x for x in xs), [float(k) for k in range(50)]))
    assert "… and 38 more" in text and "xs[11]" in text and "xs[12] " not in text


def test_a_narrow_terminal_keeps_the_numbers() -> None:
    text = minitorch.report(subjects.over_lines, 2.0, 3.0).text(width=60)
    assert max(map(len, text.splitlines())) <= 60
    assert "3.9093" in text and "elasticity" in text


def test_markup_and_control_characters_are_text() -> None:
    made = minitorch.report(lambda x: x * 2.0, minitorch.Scalar(3.0, name="[red]\x1b[31mx[/red]"))
    assert r"[red]\x1b[31mx[/red]" in made.text()


def test_it_shows_itself_on_a_rich_console() -> None:
    made = minitorch.report(subjects.area, 2.0)
    console = Console(file=io.StringIO(), width=100, force_terminal=True, color_system="truecolor")
    console.print(made)
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "area(radius=2)" in shown and "\x1b[1m" in shown


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs the command in a folder with a pump and a valve."""
    (tmp_path / "pump.py").write_text(dedent(PUMP), encoding="utf-8")
    (tmp_path / "valve.py").write_text(VALVE, encoding="utf-8")

    def start(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "minitorch", "report", *arguments]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, encoding="utf-8", timeout=60, check=False
        )

    return start


def test_the_command_writes_a_page(run: Run, tmp_path: Path) -> None:
    done = run("pump.py:power", "dp=200.0", "flow=0.5", "--hook", "valve", "-o", "power.html")
    assert (done.returncode, done.stdout, done.stderr) == (0, "power.html\n", "")
    page = (tmp_path / "power.html").read_text(encoding="utf-8")
    assert "power(dp=200, flow=0.5)" in page and "valve.py" in page and "expression" not in page.split("<script", 1)[0]


def test_the_command_prints_text(run: Run, tmp_path: Path) -> None:
    done = run("pump.py:power", "dp=200.0", "efficiency=0.5", "--text")
    assert done.returncode == 0 and done.stdout.startswith("power(dp=200, efficiency=0.5) = ")
    assert "dp > 100" in done.stdout and not list(tmp_path.glob("*.html"))


def test_the_command_takes_expressions(run: Run, tmp_path: Path) -> None:
    done = run("--expr", "math.sqrt(x + 1) - math.sqrt(x)", "x=1e9", "--text", "-o", "both.html")
    assert done.returncode == 0 and "result(x=1e9) = 1.58113" in done.stdout
    assert (tmp_path / "both.html").is_file()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["pump.py:both", "x=1"], "both: TypeError: can't differentiate both: its result must be a real number, not a"),
        (["pump.py:fails", "x=1"], "pump.py:18 (in fails): RuntimeError: no <b>way</b>"),
        (["pump.py:power", "dp=1", "-o", "power.svg"], "-o power.svg: unknown suffix '.svg', use one of .html, .htm"),
        (["pump.py:power", "dp=1", "-o", "nowhere/power.html"], "-o nowhere/power.html: there is no folder nowhere"),
        (["pump.py:power"], "power is missing an argument: dp=…"),
    ],
)
def test_mistakes_are_one_line(run: Run, arguments: list[str], message: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2 and done.stdout == ""
    assert message in done.stderr and done.stderr.count("\n") == 1


def test_a_page_that_cannot_be_written_is_a_mistake(run: Run, tmp_path: Path) -> None:
    (tmp_path / "taken.html").mkdir()
    done = run("pump.py:power", "dp=200", "-o", "taken.html")
    assert done.returncode == 2 and done.stderr == "minitorch: -o taken.html: Is a directory\n"
