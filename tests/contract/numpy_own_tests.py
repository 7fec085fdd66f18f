"""numpy's own tests of `numpy.lib` and `numpy.linalg`, whose code is Python, run through the import hook.

    python tests/contract/numpy_own_tests.py                     all of them, three times
    python tests/contract/numpy_own_tests.py -k histogram        what pytest's option chooses

They run as they are, through the hook, and through the hook with Variables alive, so that what makes arrays makes
Tensors. A failure counts if the same test passes as it is. The last line is 'N passed, M failed'.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
NAMES = ("numpy.lib", "numpy.linalg")
WAYS = {"plain": "as they are", "hook": "through the hook", "alive": "through the hook, with Variables alive"}
WAY, REPORT = "NUMPY_OWN_TESTS_WAY", "NUMPY_OWN_TESTS_REPORT"
DETAIL = 800
"""Characters of a failure that are kept."""

alive: list[Any] = []
outcomes: dict[str, tuple[str, str]] = {}


def pytest_runtest_logreport(report: Any) -> None:
    """Keep the outcome of a test: the worst of its phases."""
    if report.when == "call" or report.outcome != "passed":
        outcomes[report.nodeid] = (report.outcome, str(report.longrepr)[-DETAIL:] if report.failed else "")


def pytest_collectreport(report: Any) -> None:
    """Keep what could not be imported."""
    if report.failed:
        outcomes[report.nodeid] = ("failed", str(report.longrepr)[-DETAIL:])


def pytest_sessionfinish() -> None:
    """Write the outcomes to a file."""
    Path(os.environ[REPORT]).write_text(json.dumps(outcomes), encoding="utf-8")


def begin() -> None:
    """Install the hook, in the process that runs the tests."""
    way = os.environ[WAY]
    if way != "plain":
        import minitorch

        minitorch.install_import_hook(NAMES)
        if way == "alive":
            alive.extend((minitorch.Scalar(1.0), minitorch.Tensor([1.0, 2.0])))


def run(way: str, options: list[str]) -> dict[str, tuple[str, str]]:
    """Run the tests in one way, in a process of their own.

    Args:
        way: one of `WAYS`.
        options: more options of pytest.

    Returns:
        Outcome and reason by test.
    """
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        environment = {
            **os.environ, WAY: way, REPORT: str(report), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(Path(__file__).parent)]),
        }  # fmt: skip
        command = [
            sys.executable, "-m", "pytest", "-q", "-p", Path(__file__).stem, "-p", "no:cacheprovider", "--assert=plain",
            "-n", "0", "--pyargs", *(f"{name}.tests" for name in NAMES), *options,
        ]  # fmt: skip
        made = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
        if not report.exists():
            raise SystemExit(f"pytest ended without a report:\n{made.stdout[-2000:]}{made.stderr[-2000:]}")
        found: dict[str, tuple[str, str]] = json.loads(report.read_text(encoding="utf-8"))
        return found


def main(options: list[str]) -> int:
    """Run the tests in all ways and print what fails that passes as it is."""
    plain = run("plain", options)
    good = [test for test, (outcome, _) in plain.items() if outcome == "passed"]
    print(f"{WAYS['plain']}: {len(good)} passed, {sum(o == 'failed' for o, _ in plain.values())} failed", flush=True)
    passed = failed = 0
    for way in ("hook", "alive"):
        made = run(way, options)
        bad = [test for test in good if made.get(test, ("missing", ""))[0] != "passed"]
        passed, failed = passed + len(good) - len(bad), failed + len(bad)
        for test in bad:
            outcome, reason = made.get(test, ("missing", ""))
            print(f"{outcome}: {test}\n    {reason.strip()[-DETAIL:]}")
        print(f"{WAYS[way]}: {len(good) - len(bad)} passed, {len(bad)} failed", flush=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
elif WAY in os.environ:
    begin()
