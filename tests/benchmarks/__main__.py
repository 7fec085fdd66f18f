"""Runs the benchmarks that are named, or all, and prints their figures as tables or as JSON.

The exit code is 1 if a target was missed.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import platform
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from . import (
    arrays,
    compiled,
    eager,
    first_calls,
    growth,
    importing,
    loop_modes,
    loops,
    machine_code,
    never_slower,
    rewriting,
    running,
)
from .array_peers import PEERS as ARRAY_PEERS
from .arrays import PROGRAMS as ARRAY_PROGRAMS
from .eager_peers import PEERS
from .eager_programs import PROGRAMS
from .figures import Figure, table
from .tables import Table

BENCHMARKS: dict[str, Callable[..., Sequence[Table | Figure]]] = {
    "rewriting": rewriting.figures,
    "importing": importing.figures,
    "running": running.figures,
    "machine code": machine_code.figures,
    "compiled": compiled.figures,
    "loops": loops.figures,
    "loop modes": loop_modes.figures,
    "never slower": never_slower.figures,
    "eager": eager.figures,
    "first calls": first_calls.figures,
    "growth": growth.figures,
    "arrays": arrays.figures,
}

SETTINGS: dict[str, tuple[str, ...]] = {
    "eager": ("programs", "peers", "repeats", "patience"),
    "arrays": ("programs", "peers", "repeats", "patience"),
    "compiled": ("calls", "repeats"),
    "never slower": ("corpus",),
    "first calls": ("repeats",),
    "growth": ("largest", "repeats", "plot"),
}
"""The options that a benchmark takes, beside its name."""

NAMED_PEERS: dict[str, Mapping[str, Any]] = {"eager": PEERS, "arrays": ARRAY_PEERS}


def parsed(arguments: list[str] | None) -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which ones: {', '.join(BENCHMARKS)} (default: all)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    only = parser.add_argument_group("of arrays, compiled, eager and growth")
    programs = [*(program.name for program in PROGRAMS), *ARRAY_PROGRAMS]
    add = only.add_argument
    add("--program", action="append", dest="programs", choices=programs, help="only this program; may be repeated")
    add(
        "--peer",
        action="append",
        dest="peers",
        choices=sorted({*PEERS, *ARRAY_PEERS}),
        help="only this peer; may be repeated",
    )
    add("--repeats", type=int, help="how often each measurement is taken")
    add("--patience", type=float, metavar="SECONDS", help="how long a peer may take for a program")
    add("--largest", type=int, metavar="OPERATIONS", help="how far growth is followed")
    calls = "how many calls of compiled are made to see that no memory is kept (10000000; 100000000 takes a minute)"
    add("--calls", type=int, help=calls)
    add("--corpus", metavar="FOLDER", help="published libraries that never slower takes, too")
    add("--plot", metavar="PATH", help="draw growth as a picture, such as growth.svg")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"no benchmark {unknown[0]!r}; there are {', '.join(BENCHMARKS)}")
    return options


def settings(name: str, options: argparse.Namespace) -> dict[str, Any]:
    """The options for one benchmark, as far as they were given."""
    given = {setting: getattr(options, setting) for setting in SETTINGS.get(name, ())}
    if given.get("peers"):
        given["peers"] = [peer for peer in given["peers"] if peer in NAMED_PEERS[name]]
    return {setting: value for setting, value in given.items() if value is not None}


def as_json(results: Mapping[str, Sequence[Table | Figure]]) -> str:
    """All results as JSON: the rows of tables, and the figures."""
    every = [result for made in results.values() for result in made]
    rows = [dataclasses.asdict(figure) | {"reached": figure.reached} for figure in every if isinstance(figure, Figure)]
    records = {
        name: [record for table in made if isinstance(table, Table) for record in table.records]
        for name, made in results.items()
    }
    tables = {name: found for name, found in records.items() if found}
    return json.dumps({"python": platform.python_version(), "figures": rows, "tables": tables}, indent=2)


def main(arguments: list[str] | None = None) -> int:
    """Run what the command line asks for."""
    options = parsed(arguments)
    results = {name: BENCHMARKS[name](**settings(name, options)) for name in options.names or BENCHMARKS}
    every = [result for made in results.values() for result in made]
    figures = [result for result in every if isinstance(result, Figure)]
    if options.json:
        print(as_json(results))
    else:
        texts = [result.text() for result in every if isinstance(result, Table)]
        print("\n\n".join([*texts, table(figures)] if figures else texts))
    return 0 if all(figure.reached for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
