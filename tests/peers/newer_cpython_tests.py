"""CPython's own tests through the hook, on Pythons newer than those that their runner has results of.

    python tests/peers/newer_cpython_tests.py --hook minitorch --quick --alive

The runner lies beside the checkout, in `../shared/cpython`, and takes the options; one more than its own is
`--baseline FILE`, with the results without a hook as `--hook none --json FILE` gives them. Without that it makes them.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any, Final

from newer_cpython_exclusions import EXCLUSIONS

ROOT: Final = Path(__file__).parents[2]
RUNNER: Final = ROOT.parent / "shared/cpython"

TESTS: Final = ("test_annotationlib", "test_tstring")
"""Tests of what came with Python 3.14, beside those of the runner's list."""

MODULES: Final = ("annotationlib", "compression", "pathlib", "_ast_unparse", "_pyrepl", "_colorize", "_strptime")
"""Modules that are new, or became packages, which are rewritten beside the runner's."""


def exclusions(known: list[dict[str, Any]], version: str) -> list[dict[str, Any]]:
    """Return what no hook passes: what reads bytecode in the runner's newest version, and the table's rows."""
    newest = max((each for entry in known for each in entry["versions"]), key=lambda text: int(text.split(".")[1]))
    reading = [entry for entry in known if entry["category"] == "bytecode" and newest in entry["versions"]]
    own = [{"id": pattern, "category": "bytecode", "reason": reason} for pattern, reason in EXCLUSIONS.items()]
    return [{**entry, "versions": [version]} for entry in [*reading, *own]]


def main() -> int:
    """Run the runner with the newer tests, modules and exclusions."""
    sys.path.insert(0, str(RUNNER))
    run: Any = importlib.import_module("run")
    testlist: Any = importlib.import_module("testlist")
    testlist.QUICK.extend(TESTS)
    testlist.TESTS.extend(TESTS)
    testlist.TARGETS.extend(MODULES)
    known = run.load_exclusions()
    run.load_exclusions = lambda: exclusions(known, run.VERSION)
    if "--baseline" in sys.argv:
        index = sys.argv.index("--baseline")
        run.BASELINE = sys.argv[index + 1]
        del sys.argv[index : index + 2]
    sys.argv += ["--path", str(ROOT)]
    return int(run.main())


if __name__ == "__main__":
    sys.exit(main())
