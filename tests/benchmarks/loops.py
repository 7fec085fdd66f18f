"""Programs with loops at new inputs: value and gradient by `minitorch.compile`, beside the plain value and eager runs.

Each program has a process of its own, so that its first call is one. There every input goes once through the compiled
function, the plain one and the eager gradient; results must be the same, to the last bit.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import minitorch

from .figures import Figure, median
from .loop_programs import PROGRAMS
from .tables import Table, cell

__all__ = ["figures"]

CALLS = 200
WARM_UP = 20
"""Calls that count in the sum alone."""

MAX_TIMES_PLAIN = 0.8
MAX_TIMES_PLAIN_OF_EIGHT = 0.4
MAX_TIMES_EAGER = 2.0
MAX_FIRST_SECONDS = 1.5

CHILD = """
import json, random, sys, time, warnings
import minitorch
from tests.benchmarks import fresh

warnings.simplefilter("ignore")
name, calls = sys.argv[1], int(sys.argv[2])
module = "tests.benchmarks.loop_programs"
plain, draw = fresh.fresh(module).PROGRAMS[name]
eager = minitorch.value_and_grad(fresh.fresh(module).PROGRAMS[name][0])
compiled = minitorch.compile(fresh.fresh(module).PROGRAMS[name][0]).value_and_grad
source, taken = random.Random(7), {"plain": [], "eager": [], "compiled": []}
for _ in range(calls):
    x = draw(source)
    results = {}
    for way, function in (("compiled", compiled), ("plain", plain), ("eager", eager)):
        start = time.thread_time()
        results[way] = function(list(x))
        taken[way].append(time.thread_time() - start)
    assert repr(results["compiled"]) == repr(results["eager"]), x
print(json.dumps(taken))
"""

HEADINGS = ("", "plain us", "eager / plain", "compiled / plain", "all calls / eager", "first call ms")


def seconds_of(name: str, calls: int, cache: str) -> dict[str, list[float]]:
    """Return the times of all calls of a program, by who made them."""
    root = Path(__file__).parents[2]
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = cache
    environment["PYTHONPATH"] = os.pathsep.join([str(Path(minitorch.__file__).parents[1]), str(root)])
    command = [sys.executable, "-c", CHILD, name, str(calls)]
    printed = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
    taken: dict[str, list[float]] = json.loads(printed)
    return taken


def record_of(name: str, taken: dict[str, list[float]]) -> dict[str, Any]:
    """Return what the times of a program come to."""
    settled = min(WARM_UP, len(taken["plain"]) // 4)
    plain, eager, compiled = (taken[way][settled:] for way in ("plain", "eager", "compiled"))
    return {
        "program": name,
        "plain": median(plain),
        "eager": median([ours / theirs for ours, theirs in zip(eager, plain, strict=True)]),
        "compiled": median([ours / theirs for ours, theirs in zip(compiled, plain, strict=True)]),
        "all": sum(taken["compiled"]) / sum(taken["eager"]),
        "first": taken["compiled"][0],
    }


def figures(calls: int | None = None) -> list[Table | Figure]:
    """The times of each program, and the targets.

    Args:
        calls: how many inputs each program gets.
    """
    with tempfile.TemporaryDirectory() as cache:
        records = [record_of(name, seconds_of(name, calls or CALLS, cache)) for name in PROGRAMS]
    lines = [
        (
            each["program"],
            cell(each["plain"] * 1e6),
            cell(each["eager"]),
            cell(each["compiled"]),
            cell(each["all"]),
            cell(each["first"] * 1e3),
        )
        for each in records
    ]
    compiled = sorted(each["compiled"] for each in records)
    return [
        Table("loops", HEADINGS, lines, records),
        Figure("loops: the slowest, beside the plain value", compiled[-1], "times", MAX_TIMES_PLAIN),
        Figure("loops: eight of ten, beside the plain value", compiled[7], "times", MAX_TIMES_PLAIN_OF_EIGHT),
        Figure("loops: all calls, beside eager", max(each["all"] for each in records), "times", MAX_TIMES_EAGER),
        Figure("loops: the longest first call", max(each["first"] for each in records), "seconds", MAX_FIRST_SECONDS),
    ]
