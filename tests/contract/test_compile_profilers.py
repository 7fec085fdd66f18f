"""A profiler that runs goes on running, before, while and after compiled functions are called."""

from __future__ import annotations

import cProfile
import math
import pstats
import sys
from typing import Any

import minitorch


def test_a_profiler_goes_on() -> None:
    seen: list[str] = []

    def profile(frame: Any, event: str, argument: Any) -> None:
        if event == "call" and frame.f_code.co_filename == __file__:
            seen.append(frame.f_code.co_name)

    def profiled(x: float) -> float:
        return helper(x) * 2.0

    def helper(x: float) -> float:
        return x + 1.0

    compiled = minitorch.compile(profiled)
    sys.setprofile(profile)
    try:
        values = [compiled(1.0), compiled(2.0)]
        kept = sys.getprofile()
    finally:
        sys.setprofile(None)
    assert values == [4.0, 6.0]
    assert kept is profile
    assert seen.count("profiled") == seen.count("helper") == 2
    assert not compiled.traces
    assert [compiled(1.0), compiled(2.0)] == values
    assert [trace.calls for trace in compiled.traces] == [1]


def test_profilers_in_c_go_on() -> None:
    def profiled(x: float) -> float:
        return math.sin(x) * 2.0

    def after(x: float) -> float:
        return x

    compiled = minitorch.compile(profiled)
    profiler = cProfile.Profile()
    profiler.enable()
    compiled(1.0), compiled(2.0)
    after(1.0)
    profiler.disable()
    names = {name for _, _, name in pstats.Stats(profiler).stats}  # type: ignore[attr-defined]
    assert {"profiled", "after"} <= names
