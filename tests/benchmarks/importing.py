"""How long a hooked package takes to import a second time, from the hook's bytecode cache, beside a plain import."""

from __future__ import annotations

import tempfile

from .figures import Figure, median
from .fresh import seconds_of_a_fresh_process

__all__ = ["figures"]

PACKAGES = {
    "geographiclib": ("geographiclib.geodesic", "geographiclib.polygonarea"),
    "psychrolib": ("psychrolib",),
}
REPEATS = 21
MAX_TIMES = 1.3

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
    return seconds_of_a_fresh_process(CHILD, [package, "hooked" if hooked else "plain", *PACKAGES[package]], cache)


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
        made.append(Figure(f"second import of {package}", median(hooked) / median(plain), "times", MAX_TIMES))
        made.append(Figure(f"first import of {package}", first / median(plain), "times"))
    return made
