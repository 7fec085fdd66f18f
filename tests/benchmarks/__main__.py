"""Runs the benchmarks that are named, or all, and prints their figures as a table or as JSON.

The exit code is 1 if a target was missed.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import platform
import sys
from collections.abc import Callable

from . import importing, interpreter, machine_code, rewriting, running
from .figures import Figure, table

BENCHMARKS: dict[str, Callable[[], list[Figure]]] = {
    "rewriting": rewriting.figures,
    "importing": importing.figures,
    "running": running.figures,
    "machine code": machine_code.figures,
    "interpreter": interpreter.figures,
}


def main(arguments: list[str] | None = None) -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which ones: {', '.join(BENCHMARKS)} (default: all)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"no benchmark {unknown[0]!r}; there are {', '.join(BENCHMARKS)}")
    figures = [figure for name in options.names or BENCHMARKS for figure in BENCHMARKS[name]()]
    if options.json:
        rows = [dataclasses.asdict(figure) | {"reached": figure.reached} for figure in figures]
        print(json.dumps({"python": platform.python_version(), "figures": rows}, indent=2))
    else:
        print(table(figures))
    return 0 if all(figure.reached for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
