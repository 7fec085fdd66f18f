"""Two hundred calls through `minitorch.compile` beside two hundred calls of eager: programs of all kinds at new inputs.

The programs are those of the suite, random ones with loops, and, where a folder of published libraries is given, these.
Each has a process of its own, where every input goes once through the compiled function and once through the eager one
of another copy of the function. Both have their functions rewritten by their first call, which counts for both.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import minitorch

from .figures import Figure, median
from .never_slower_child import RANDOM_PROGRAMS
from .tables import Table, cell

__all__ = ["figures", "names", "record_of", "seconds_of"]

CALLS = 200
MAX_TIMES_EAGER = 2.0
SHOWN = 20
HEADINGS = ("", "eager us", "all calls / eager", "later calls / eager", "dearest call ms", "reason")
ROOT = Path(__file__).parents[2]


def names(corpus: str | None = None) -> list[str]:
    """Return what to measure, as the child takes it.

    Args:
        corpus: the folder of published libraries, with their `references.json`.
    """
    sys.path.insert(0, str(ROOT / "tests" / "support"))
    from references import PROGRAMS

    found = [f"suite:{program.name}" for program in PROGRAMS]
    found += [f"random:{seed}" for seed in range(RANDOM_PROGRAMS)]
    if corpus is not None:
        packages = json.loads((Path(corpus) / "references.json").read_text(encoding="utf-8"))
        found += [f"corpus:{package}/{case['name']}" for package, all in packages.items() for case in all["cases"]]
    return found


def seconds_of(name: str, calls: int, cache: str, corpus: str | None = None) -> dict[str, Any]:
    """Return the times of all calls of a program, by who made them, and what `.traces` gives as reasons.

    Args:
        name: one of `names`.
        calls: how many inputs.
        cache: the folder of bytecode.
        corpus: as of `names`.
    """
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = cache
    paths = [Path(minitorch.__file__).parents[1], ROOT, ROOT / "tests" / "support", *([corpus] if corpus else [])]
    environment["PYTHONPATH"] = os.pathsep.join(map(str, paths))
    command = [sys.executable, "-m", "tests.benchmarks.never_slower_child", name, str(calls)]
    printed = subprocess.run(command, env=environment, check=True, capture_output=True, text=True, cwd=ROOT).stdout
    found: dict[str, Any] = json.loads(printed.splitlines()[-1])
    return found


def record_of(name: str, found: dict[str, Any]) -> dict[str, Any]:
    """Return what the times of a program come to."""
    eager, compiled = found["eager"], found["compiled"]
    half = len(eager) // 2
    return {
        "program": name,
        "eager": median(eager),
        "all": sum(compiled) / sum(eager),
        "later": median(compiled[half:]) / median(eager[half:]),
        "dearest": max(compiled),
        "reasons": found["reasons"],
    }


def figures(
    calls: int | None = None, corpus: str | None = None, chosen: Sequence[str] | None = None
) -> list[Table | Figure]:
    """The programs that lose most by being compiled, and the target.

    Args:
        calls: how many inputs each program gets.
        corpus: as of `names`.
        chosen: only these programs; `None` for all.
    """
    with tempfile.TemporaryDirectory() as cache, ThreadPoolExecutor(os.cpu_count()) as pool:
        wanted = list(chosen or names(corpus))
        found = pool.map(lambda name: seconds_of(name, calls or CALLS, cache, corpus), wanted)
        records = [record_of(name, each) for name, each in zip(wanted, found, strict=True)]
    records.sort(key=lambda each: -each["all"])
    lines = [
        (
            each["program"],
            cell(each["eager"] * 1e6),
            cell(each["all"]),
            cell(each["later"]),
            cell(each["dearest"] * 1e3),
            "; ".join(each["reasons"])[:60],
        )
        for each in records[:SHOWN]
    ]
    above = sum(each["all"] > MAX_TIMES_EAGER for each in records)
    return [
        Table("never slower", HEADINGS, lines, records),
        Figure("never slower: all calls, beside eager, at worst", records[0]["all"], "times", MAX_TIMES_EAGER),
        Figure(f"never slower: programs above {MAX_TIMES_EAGER:g}", above, f"of {len(records)}"),
    ]
