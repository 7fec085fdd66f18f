"""How many of the project's files a derivative goes through, and how often it goes from one to another.

    python -m tests.benchmarks.hops [folder of another checkout]

A reader who follows a call by hand opens that many files, that often: counted are the calls of Python functions of the
project, and those among them that lead into another file than the call before.
"""

from __future__ import annotations

import itertools
import math
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

__all__ = ["Hops", "hops_of", "measured"]


class Hops(NamedTuple):
    """What following a call costs a reader.

    Args:
        files: how many of the project's files it enters.
        calls: how many Python functions of the project it calls.
        hops: how many of those calls are in another file than the one before.
    """

    files: int
    calls: int
    hops: int


def hops_of(function: Callable[[], Any], folder: Path) -> Hops:
    """Count the calls that a function makes into the packages of a folder."""
    packages = tuple(str(folder / package) + "/" for package in ("minitorch", "transformer"))
    entered: list[str] = []

    def profile(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(packages):
            entered.append(frame.f_code.co_filename)

    sys.setprofile(profile)
    try:
        function()
    finally:
        sys.setprofile(None)
    hops = sum(one != other for one, other in itertools.pairwise(entered))
    return Hops(len(set(entered)), len(entered), hops)


def two_operations(x: float) -> float:
    """Return x times its sine."""
    return x * math.sin(x)


def measured(folder: Path) -> dict[str, Hops]:
    """Count what a reader of `grad` goes through, with the minitorch that is imported from a folder."""
    import minitorch

    fresh: list[Callable[..., Any]] = []
    first = hops_of(lambda: fresh.append(minitorch.grad(two_operations)), folder)
    gradient = fresh[0]
    traced = minitorch.trace(two_operations)
    gradient(0.5)
    x = minitorch.Scalar(0.5)
    traced(x)
    return {
        "to make grad(f) at first": first,
        "to make grad(f) again": hops_of(lambda: minitorch.grad(two_operations), folder),
        "to call grad(f)(0.5)": hops_of(lambda: gradient(0.5), folder),
        "to run f on a Scalar": hops_of(lambda: traced(x), folder),
    }


def main() -> None:
    """Print the table."""
    folder = Path(sys.argv[1] if sys.argv[1:] else Path(__file__).parents[2]).resolve()
    sys.path.insert(0, str(folder))
    print(f"{'':26}{'files':>8}{'calls':>8}{'hops':>8}")
    for title, counted in measured(folder).items():
        print(f"{title:26}{counted.files:8}{counted.calls:8}{counted.hops:8}")


if __name__ == "__main__":
    main()
