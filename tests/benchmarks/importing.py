"""How long a hooked package takes to import a second time, from the hook's bytecode cache, beside a plain import."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import minitorch

from .figures import Figure, median

__all__ = ["figures"]

PACKAGES = {
    "geographiclib": ("geographiclib.geodesic", "geographiclib.polygonarea"),
    "psychrolib": ("psychrolib",),
}
REPEATS = 21
MOST_TIMES = 1.3

CHILD = """
import sys, time
import minitorch
package, hooked, *modules = sys.argv[1:]
if hooked == "hooked":
    minitorch.install_import_hook([package])
start = time.perf_counter()
for module in modules:
    __import__(module)
print(time.perf_counter() - start)
"""


def seconds(package: str, hooked: bool, cache: str) -> float:
    """How long a fresh interpreter, with minitorch imported, takes to import a package."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = cache
    environment["PYTHONPATH"] = str(Path(minitorch.__file__).parents[1])
    form = "hooked" if hooked else "plain"
    command = [sys.executable, "-c", CHILD, package, form, *PACKAGES[package]]
    return float(subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout)


def figures() -> list[Figure]:
    """Per package, how many times a plain cached import a hooked cached one takes."""
    made = []
    for package in PACKAGES:
        with tempfile.TemporaryDirectory() as cache:
            first, plain, hooked = seconds(package, True, cache), [], []
            seconds(package, False, cache)
            for _ in range(REPEATS):
                plain.append(seconds(package, False, cache))
                hooked.append(seconds(package, True, cache))
        made.append(Figure(f"second import of {package}", median(hooked) / median(plain), "times", MOST_TIMES))
        made.append(Figure(f"first import of {package}", first / median(plain), "times"))
    return made
