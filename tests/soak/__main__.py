"""Does rounds of the soak until the time is over, each in a process of its own, and tells which did not hold.

The settings are those of `tests/peers/robustness.py`, and `python`, where the recorder in Python records. A round that
did not hold is named with what does it again. The exit code is 1 if there is one.
"""

from __future__ import annotations

import argparse
import itertools
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from tests.peers.robustness import SETTINGS, Setting, copy_of_package

from .round import FUNCTIONS

CALLS = 1500
"""How many calls a round compares, if nothing makes it slow."""

COMPANY = [(), ("threads",), ("signals",), ("collector",), ("memory",), ("threads", "signals", "collector")]
"""What goes on beside the calls, one after the other."""

ALL_SETTINGS = {**SETTINGS, "python": Setting(0.5, environment=(("MINITORCH_NATIVE", "0"),))}

TOO_SLOW = {"valgrind": ("collector",), "python": ("memory",)}
"""What says nothing in a setting: there it takes too long, or it is CPython that does not stand it."""

CALLS_COLLECTED = {"debug": 0.2}
"""Which part of the calls is done beside the collector where each collection looks through all objects for faults."""

SECONDS = 600


class Round(NamedTuple):
    """One round, and how it ended.

    Args:
        seed: what its programs are made from.
        setting: how it ran.
        company: what went on beside it.
        output: what it printed.
        status: how its process ended, 0 if it held.
    """

    seed: int
    setting: str
    company: tuple[str, ...]
    output: str
    status: int

    @property
    def numbers(self) -> tuple[int, int]:
        """How many calls were compared, and how many of them machine code answered."""
        found = self.held()
        return (int(found[1]), int(found[2])) if found else (0, 0)

    @property
    def kept(self) -> int:
        """How many more pieces of memory were in use at the end than in the middle."""
        found = self.held()
        return int(found[3]) if found else 0

    def held(self) -> re.Match[str] | None:
        """Return the line that a round which held prints, taken apart."""
        pattern = r"(\d+) calls alike, (\d+) of them in machine code, (-?\d+) pieces of memory kept\n"
        return re.fullmatch(pattern, self.output)


def available(python: str | None) -> dict[str, Setting]:
    """Return the settings that this machine has.

    Args:
        python: a debug build of CPython; `None` if there is none.
    """
    missing = {
        "valgrind": shutil.which("valgrind") is None,
        "address": shutil.which("gcc") is None,
        "debug": python is None,
    }
    return {name: setting for name, setting in ALL_SETTINGS.items() if not missing.get(name)}


def turn(seed: int, names: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Return the setting of a round and what goes on beside it: in the end each setting meets each company."""
    name = names[seed % len(names)]
    company = COMPANY[(seed + seed // math.lcm(len(names), len(COMPANY))) % len(COMPANY)]
    return name, tuple(each for each in company if each not in TOO_SLOW.get(name, ()))


def command(seed: int, name: str, company: Sequence[str], python: str) -> list[str]:
    """Return the command of a round."""
    setting = ALL_SETTINGS[name]
    part = CALLS_COLLECTED.get(name, 1.0) if "collector" in company else 1.0
    calls = str(int(CALLS * setting.scale * part))
    program = ["-X", "faulthandler", *setting.options, "-m", "tests.soak.round", str(seed), calls, *company]
    return [*setting.before, python, *program]


def done(seed: int, name: str, company: tuple[str, ...], python: str, folder: Path) -> Round:
    """Do a round in a copy of the package."""
    setting = ALL_SETTINGS[name]
    environment = os.environ | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1", **dict(setting.environment)}
    if "-fsanitize=address" in setting.flags:
        library = subprocess.check_output(["gcc", "-print-file-name=libasan.so"], text=True).strip()
        environment["LD_PRELOAD"] = library
    line = command(seed, name, company, python)
    try:
        ended = subprocess.run(
            line, cwd=folder, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return Round(seed, name, company, f"it did not end within {SECONDS} s", 1)
    return Round(seed, name, company, ended.stdout + ended.stderr[-3000:], ended.returncode)


def rounds(
    names: Sequence[str], first: int, until: float, jobs: int, python_of: Callable[[str], str]
) -> Iterator[Round]:
    """Do rounds in turn in each of the settings until the time is over."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(jobs) as pool:
        places = {name: Path(folder, name) for name in names}
        for name, place in places.items():
            copy_of_package(place, python_of(name), ALL_SETTINGS[name].flags)
        seeds = itertools.count(first)
        while time.monotonic() < until:
            batch = [(seed, *turn(seed, names)) for seed in itertools.islice(seeds, jobs)]
            yield from pool.map(lambda each: done(*each, python_of(each[1]), places[each[1]]), batch)


def main(arguments: Sequence[str] | None = None) -> int:
    """Do rounds until the time is over; return 1 if one did not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=0, help="that of the first round")
    parser.add_argument("--setting", action="append", choices=list(ALL_SETTINGS), help="one of them; all by default")
    parser.add_argument("--debug", metavar="PYTHON", help="a debug build of CPython with numpy, llvmlite and optree")
    parser.add_argument("--jobs", type=int, default=2, help="how many rounds run at once")
    options = parser.parse_args(arguments)
    names = options.setting or list(available(options.debug))

    def python_of(name: str) -> str:
        return str(options.debug) if name == "debug" else sys.executable

    count = failures = calls = served = kept = 0
    for each in rounds(names, options.seed, time.monotonic() + 60.0 * options.minutes, options.jobs, python_of):
        count, calls, served = count + 1, calls + each.numbers[0], served + each.numbers[1]
        kept = max(kept, each.kept)
        if each.status or not each.numbers[0]:
            failures += 1
            print(f"seed {each.seed}, setting {each.setting}, beside {each.company}: status {each.status}")
            again = " ".join(command(each.seed, each.setting, each.company, "python"))
            print(f"again: {again}\n{each.output}", flush=True)
    print(
        f"{count} rounds, {count * FUNCTIONS} functions, {calls} calls alike, {served} of them in machine code, "
        f"at most {kept} pieces of memory kept, {failures} rounds did not hold; settings: {', '.join(names)}"
    )
    return 1 if failures or not served else 0


if __name__ == "__main__":
    sys.exit(main())
