"""Threads that differentiate and hook at once get what each would get alone."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from paths import ROOT


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a program of threads in a process of its own."""
    return subprocess.run(
        [sys.executable, "-X", "faulthandler", str(ROOT / "tests/support/thread_programs.py"), *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("recorder", ["1", "0"])
def test_second_derivatives_are_first_asked_for_by_many_at_once(recorder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if recorder == "0":
        monkeypatch.setenv("MINITORCH_NATIVE", "0")
    for _ in range(3):
        done = run("second_derivatives", "8", "1")
        assert (done.returncode, done.stderr) == (0, "")


def test_importing_leaves_the_global_lock_as_it_is() -> None:
    """Where Python does without, an extension that needs it would switch it on, for the whole process."""
    code = """
import sys
is_on = getattr(sys, "_is_gil_enabled", lambda: True)
before = is_on()
import minitorch
minitorch.grad(lambda x: x * x)(3.0)
minitorch.compile(abs)
print(before is is_on())
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", timeout=120
    )
    assert (done.stdout, done.stderr) == ("True\n", "")


@pytest.mark.slow
def test_gradients_second_derivatives_and_hooks_at_once() -> None:
    done = run("everything", "16", "100")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("program", "threads", "times"),
    [("compiled_at_once", "16", "2"), ("recorded_while_callers_hold_locks", "2", "1")],
)
def test_functions_are_compiled_at_once(program: str, threads: str, times: str) -> None:
    done = run(program, threads, times)
    assert (done.returncode, done.stderr) == (0, "")


OTHER_INTERPRETERS = ["compiled_in_others", *(["pool_of_interpreters"] if sys.version_info >= (3, 14) else [])]


@pytest.mark.parametrize("program", OTHER_INTERPRETERS)
def test_interpreters_beside_the_main_one_run_in_python_what_they_compile(program: str) -> None:
    done = run(program, "3", "2")
    assert (done.returncode, done.stderr) == (0, "")
