"""Long chains are freed link by link, where Python would go as deep as they are long."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from typing import Any

import pytest
from paths import ROOT

from minitorch.recorder.freeing import free_one_by_one


class Depth:
    def __init__(self) -> None:
        self.begun = self.ended = self.most = 0


class End:
    """Tells when what referred to it is gone."""

    def __init__(self, depth: Depth) -> None:
        self.depth = depth

    def __del__(self) -> None:
        self.depth.ended += 1


class Link:
    __slots__ = ("depth", "end", "first_parent", "second_parent")
    first_parent: Any
    second_parent: Any

    def __init__(self, depth: Depth) -> None:
        self.depth, self.end = depth, End(depth)

    def __del__(self) -> None:
        self.depth.begun += 1
        self.depth.most = max(self.depth.most, self.depth.begun - self.depth.ended)
        free_one_by_one(self)


def chain(depth: Depth, length: int, way: str) -> Link:
    """Links that refer to the one before by a slot, in a list, or twice."""
    link = Link(depth)
    for _ in range(length - 1):
        before, link = link, Link(depth)
        link.first_parent = [before] if way == "list" else before
        if way == "twice":
            link.second_parent = before
    return link


@pytest.mark.parametrize("way", ["slot", "list", "twice"])
@pytest.mark.parametrize("in_a_cycle", [False, True])
def test_few_links_are_being_freed_at_once(way: str, in_a_cycle: bool) -> None:
    depth = Depth()
    link: Link | None = chain(depth, 2_000, way)
    if in_a_cycle:
        cycle: list[Any] = [link]
        cycle.append(cycle)
        del cycle
    link = None
    gc.collect()
    assert (depth.begun, depth.ended) == (2_000, 2_000)
    assert depth.most <= 3


PROGRAM = """
import sys
sys.platform = "emscripten"
import minitorch.recorder.reference
sys.platform = "linux"
import minitorch

x = minitorch.Scalar(1.0)
y = x
for _ in range(20_000):
    y = y * 1.0001
y.backward()
hessian = minitorch.hessian(lambda x: (x * x) ** 2)(3.0)
live = minitorch.recorder.VariableBase.__del__.__name__
print(live, abs(x.derivative / 1.0001**20_000 - 1) < 1e-9, hessian)
del x, y
"""


def test_the_recorder_frees_so_under_webassembly() -> None:
    environment = {**os.environ, "MINITORCH_NATIVE": "0", "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, encoding="utf-8")
    assert (done.stdout, done.stderr) == ("free_one_by_one True 108.0\n", "")
