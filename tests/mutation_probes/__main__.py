"""Puts faults into copies of the checkout, one at a time, and tells which of them no test has found.

The exit code is 1 if one has survived that must not, or if a test fails without any fault.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue

from . import guard_faults, recorder_faults, rewriter_faults, rule_faults
from .fault import Fault, put_in

TABLES = {
    "recorder": recorder_faults.FAULTS,
    "rules": rule_faults.FAULTS,
    "rewriter": rewriter_faults.FAULTS,
    "guards": guard_faults.FAULTS,
}

CHECKOUT = Path(__file__).resolve().parents[2]

SECONDS = 900
"""What takes longer has been found: it does not end."""


def chosen(names: Sequence[str]) -> list[Fault]:
    """Return the faults of tables by name, and those whose own names have some text; all if no name is given."""
    faults = [(table, fault) for table, each in TABLES.items() for fault in each]
    return [fault for table, fault in faults if not names or any(name == table or name in fault.name for name in names)]


@contextmanager
def copies(count: int) -> Iterator[SimpleQueue[Path]]:
    """Provide copies of the files that git knows, each with the recorder built in it."""
    files = subprocess.run(["git", "ls-files", "-z"], cwd=CHECKOUT, capture_output=True, check=True).stdout
    with tempfile.TemporaryDirectory() as folder:
        places: SimpleQueue[Path] = SimpleQueue()
        for index in range(count):
            place = Path(folder, str(index))
            for name in filter(None, files.decode().split("\0")):
                (place / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(CHECKOUT / name, place / name)
            build(place)
            places.put(place)
        yield places


def build(place: Path) -> None:
    """Build the recorder in C."""
    command = [sys.executable, "minitorch/recorder/build.py"]
    subprocess.run(command, cwd=place, env=environment(place), check=True, capture_output=True)


def environment(place: Path) -> dict[str, str]:
    """Return the variables of processes that run in a copy: they write no bytecode, in which a fault would stay."""
    return {**os.environ, "PYTHONPATH": str(place), "PYTHONDONTWRITEBYTECODE": "1"}


def failure(place: Path, tests: Sequence[str], in_python: bool = False, jobs: int = 0) -> str | None:
    """Run tests in a copy; return the name of the one that failed first, or how they ended, `None` if all passed."""
    variables = environment(place) | ({"MINITORCH_NATIVE": "0"} if in_python else {})
    command = [sys.executable, "-m", "pytest", "-n", str(jobs), "-x", "-p", "no:cacheprovider", "--no-header", *tests]
    try:
        ran = subprocess.run(
            command, cwd=place, env=variables, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return f"they did not end within {SECONDS} s"
    if ran.returncode == 0:
        return None
    failed = [line for line in ran.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return failed[0] if failed else f"exit code {ran.returncode}"


def found_by(fault: Fault, places: SimpleQueue[Path]) -> str | None:
    """Return what has found a fault; `None` if nothing has."""
    place = places.get()
    in_c = fault.file.endswith((".c", ".h"))
    try:
        before = put_in(fault, place)
        try:
            if in_c:
                build(place)
            return failure(place, fault.tests, fault.in_python)
        finally:
            (place / fault.file).write_text(before)
            if in_c:
                build(place)
    finally:
        places.put(place)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the probes that are named, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation_probes", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"tables ({', '.join(TABLES)}) or parts of names of faults")
    parser.add_argument("--jobs", type=int, default=2, help="how many copies are tested at once")
    options = parser.parse_args(arguments)
    faults = chosen(options.names)
    with copies(options.jobs) as places, ThreadPoolExecutor(options.jobs) as pool:
        tests = sorted({test for fault in faults for test in fault.tests})
        place = places.get()
        broken = failure(place, tests, jobs=options.jobs)
        places.put(place)
        if broken is not None:
            print(f"without any fault: {broken}")
            return 1
        survivors = 0
        for fault, finder in zip(faults, pool.map(lambda fault: found_by(fault, places), faults), strict=True):
            expected = bool(fault.survives) == (finder is None)
            survivors += not expected
            outcome = finder or (f"survives: {fault.survives}" if fault.survives else "SURVIVES")
            print(f"{fault.name}: {outcome}", flush=True)
    print(f"{len(faults)} faults, {survivors} with another end than expected")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
