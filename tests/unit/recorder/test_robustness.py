"""Short memory, signals, threads, forks, other interpreters: programs of processes of their own hold in both recorders.

`python tests/peers/robustness.py` runs them at length, and under tools that look at every access to memory.
"""

from __future__ import annotations

import sys
from typing import Any

import pytest
from paths import ROOT
from robust_programs import PROGRAMS
from robust_runs import run_python

SCALE = "0.1"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="asks Linux about memory")


def run(name: str, **environment: str) -> str:
    """Run a program in a process of its own; return what it says."""
    return run_python(str(ROOT / "tests/support/robust_programs.py"), name, SCALE, timeout=300, **environment)


def programs(*left_out: str) -> list[Any]:
    """Return the programs as parameters; some take more than a moment."""
    slow = {"under_a_limit", "in_another_interpreter", "forked"}
    names = sorted(PROGRAMS.keys() - {*left_out})
    return [pytest.param(name, marks=pytest.mark.slow if name in slow else ()) for name in names]


@pytest.mark.parametrize("name", programs())
def test_it_holds_as_installed(name: str) -> None:
    assert run(name).startswith("held in ")


@pytest.mark.parametrize("name", programs("short_of_memory"))
def test_it_holds_in_python(name: str) -> None:
    assert run(name, MINITORCH_NATIVE="0") == "held in Python\n"


@pytest.mark.parametrize("name", ["exercised", "long_chains", "many_threads"])
def test_it_holds_where_memory_is_checked(name: str) -> None:
    assert run(name, PYTHONMALLOC="debug").startswith("held in ")
