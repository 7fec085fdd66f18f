"""Programs that have to hold, each in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys

from paths import ROOT

__all__ = ["run_python"]


def run_python(*arguments: str, timeout: float, **environment: str) -> str:
    """Run Python, which must end well; return what it prints.

    Args:
        arguments: what Python is given.
        timeout: how many seconds it may take.
        environment: variables that it has besides.
    """
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", *arguments],
        env=os.environ | {"PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
