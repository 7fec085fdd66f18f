"""coverage counts the same lines and branches of hooked and traced code as of plain code, by each of its cores."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest
from hooked_project import Project

PROGRAM = """
import math

def loops(n, x):
    total = 0.0
    for i in range(n):
        if i % 2:
            total += (
                i
                * x
            )
        elif i > 100:
            total -= 1
        else:
            total = total - math.sin(x)
    while total > 1e9:
        total -= 1
    return total

def caught(x):
    try:
        return x / (x - x)
    except ZeroDivisionError:
        return x * 3 if x > 0 else x

def steps(n, x):
    for i in range(n):
        yield i * x

def matched(x):
    match x > 1:
        case True if x > 3:
            y = x
        case _:
            y = x + 1
    return y

class Thing:
    def __init__(self, x):
        self.x = x * 2

    def both(self, y):
        return self.x and (
            y * self.x or y)

def whole(x):
    parts = [
        part
        * 2
        for part in steps(3, x)
    ]
    return loops(5, x) + caught(x) + Thing(x).both(2.0) + sum(parts) + matched(x)
"""

MEASURE = """
import importlib, json, sys

import coverage
import minitorch

branch = sys.argv[1] == "branches"
found = []

def measure(road, way):
    sys.modules.pop("followed", None)
    measured = coverage.Coverage(include=["*/followed.py"], data_file=None, branch=branch, config_file=False)
    measured.start()
    if road == "hooked":
        with minitorch.install_import_hook(["followed"]):
            module = importlib.import_module("followed")
    else:
        module = importlib.import_module("followed")
    f = module.whole
    ways = {
        "value": f, "grad": minitorch.grad(f), "second derivative": minitorch.grad(minitorch.grad(f)),
        "jvp": lambda x: minitorch.jvp(f, (x,), (1.0,)),
    }
    digits = [repr(ways[way](x)) for x in (1.5, 2.5)]
    measured.stop()
    [_, _, _, missing, _] = measured.analysis2(module)
    data = measured.get_data()
    found.append({
        "road": road, "way": way, "digits": digits, "missing": missing,
        "core": type(measured._collector.tracers[0]).__name__,
        "lines": sorted(data.lines(module.__file__)), "arcs": sorted(data.arcs(module.__file__) or []),
    })

for road in ("plain", "hooked"):
    for way in ("value", "grad", "second derivative", "jvp"):
        measure(road, way)
leaf = minitorch.Scalar(1.0)
for road in ("plain", "hooked"):
    measure(road, "value")
print(json.dumps(found))
"""

CORES = {
    (3, 10): ["ctrace lines", "ctrace branches", "pytrace branches"],
    (3, 12): ["sysmon lines"],
    # Before, `sys.monitoring` did not tell which way a branch went.
    (3, 14): ["sysmon branches"],
}
"""The ways to measure, by the version of Python that brought them."""

CLASSES = {"ctrace": "CTracer", "pytrace": "PyTracer", "sysmon": "SysMonitor"}


@pytest.mark.slow
@pytest.mark.parametrize(
    "measured", [each for version, names in CORES.items() if sys.version_info >= version for each in names]
)
def test_what_is_measured_is_that_of_plain_code(project: Project, measured: str) -> None:
    core, what = measured.split()
    project.write("followed.py", PROGRAM)
    project.write("measure.py", MEASURE)
    printed = project.python("measure.py", what, COVERAGE_CORE=core).stdout
    found: list[dict[str, Any]] = json.loads(printed)
    plain = found[0]
    assert plain["core"] == CLASSES[core]
    assert len(plain["missing"]) == 3 and (len(plain["arcs"]) > 30) == (what == "branches")
    digits = {each["way"]: each["digits"] for each in found}
    for each in found:
        assert {key: each[key] for key in ("core", "missing", "lines", "arcs")} == {
            key: plain[key] for key in ("core", "missing", "lines", "arcs")
        }, each
        assert each["digits"] == digits[each["way"]]
