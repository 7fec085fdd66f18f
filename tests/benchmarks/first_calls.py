"""What users have who differentiate a few times: new processes, nothing warmed up, the collector as Python starts it.

Each process imports what it needs and makes its inputs; then its time counts, of the processor: making the derivative,
its first call, and the others. With few calls what is done once weighs in: finding the source, rewriting it, deciding
what is called.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass

from .figures import Figure, median
from .fresh import seconds_of_a_fresh_process
from .tables import Table, cell

__all__ = ["figures"]

REPEATS = 5
CALLS = 20
"""Derivatives per process: a short optimisation."""

CALLS_OF_A_SMALL_FUNCTION = 5_000

CHILD = """
import sys, time
from types import SimpleNamespace
from tests.benchmarks import eager_programs

def steps(values, make, back):
    def step():
        leaves = [make(x) for x in values]
        back(run(leaves, functions))
    return step

way, name, calls = sys.argv[1], sys.argv[2], int(sys.argv[3])
eager_programs.MOONS = eager_programs.moons(10)
run = getattr(eager_programs, name)
values = {"small": [0.5, 0.25], "network": eager_programs.weights(), "rosenbrock": [-1.2, 1.0] * 100}[name]
functions = eager_programs.PLAIN
back = lambda result: result.backward()
sys.setrecursionlimit(10_000)
if way == "micrograd":
    from micrograd.engine import Value
elif way != "plain floats":
    import minitorch

start = time.process_time()
if way == "plain floats":
    step = (lambda: run(*values)) if name == "small" else lambda: run(values, functions)
elif way == "micrograd":
    functions = SimpleNamespace(relu=Value.relu)
    step = steps(values, Value, back)
elif way == "operators":
    functions = SimpleNamespace(relu=minitorch.ReLU.apply)
    step = steps(values, minitorch.Scalar, back)
elif name == "small":
    differentiated = minitorch.value_and_grad(run, argnums=(0, 1))
    step = lambda: differentiated(*values)
else:
    differentiated = minitorch.value_and_grad(run)
    step = lambda: differentiated(values, functions)
for _ in range(calls):
    step()
print(time.process_time() - start)
"""


@dataclass(frozen=True)
class Case:
    """A way to differentiate, beside another.

    Attributes:
        program, way, beside: names.
        calls: how many in one process.
        target: how many times as fast as the other it should be, or how many times as long it may take.
        is_faster: which of the two.
    """

    program: str
    way: str
    beside: str
    calls: int
    target: float
    is_faster: bool

    @property
    def title(self) -> str:
        """What tables call it."""
        relation = "faster than" if self.is_faster else "beside"
        return f"{self.program}, {self.calls:,} calls of a new process: {self.way}, {relation} {self.beside}"


CASES = (
    Case("network", "operators", "micrograd", CALLS, 8.0, True),
    Case("network", "value_and_grad", "micrograd", CALLS, 12.0, True),
    Case("network", "operators", "plain floats", CALLS, 12.0, False),
    Case("network", "value_and_grad", "plain floats", CALLS, 12.0, False),
    Case("rosenbrock", "operators", "micrograd", CALLS, 8.0, True),
    Case("rosenbrock", "value_and_grad", "micrograd", CALLS, 12.0, True),
    Case("rosenbrock", "operators", "plain floats", CALLS, 12.0, False),
    Case("rosenbrock", "value_and_grad", "plain floats", CALLS, 12.0, False),
    Case("small", "value_and_grad", "plain floats", CALLS_OF_A_SMALL_FUNCTION, 15.0, False),
)

HEADINGS = ("", "calls", "us of the first", "us of each")


def figures(repeats: int = REPEATS) -> list[Table | Figure]:
    """The times of each way, and the targets."""
    ways = dict.fromkeys((case.program, way, case.calls) for case in CASES for way in (case.beside, case.way))
    first: dict[tuple[str, str, int], list[float]] = {key: [] for key in ways}
    every: dict[tuple[str, str, int], list[float]] = {key: [] for key in ways}
    with tempfile.TemporaryDirectory() as cache:
        for turn in range(1 + repeats):
            for program, way, calls in ways:
                alone = seconds_of_a_fresh_process(CHILD, [way, program, "1"], cache)
                total = seconds_of_a_fresh_process(CHILD, [way, program, str(calls)], cache)
                if turn:
                    # The first turn has made the bytecode of what is imported.
                    first[program, way, calls].append(alone)
                    every[program, way, calls].append(total)
    lines, records = [], []
    for (program, way, calls), seconds in every.items():
        one, each = median(first[program, way, calls]) * 1e6, median(seconds) / calls * 1e6
        lines.append((f"{program}: {way}", f"{calls:,}", cell(one), cell(each)))
        records.append({"program": program, "way": way, "calls": calls, "first": one, "each": each})
    return [Table("first calls", HEADINGS, lines, records), *targets(every), *alone_figures(first)]


def targets(every: dict[tuple[str, str, int], list[float]]) -> list[Figure]:
    """What should hold."""
    made = []
    for case in CASES:
        ours = median(every[case.program, case.way, case.calls])
        theirs = median(every[case.program, case.beside, case.calls])
        times = theirs / ours if case.is_faster else ours / theirs
        made.append(Figure(case.title, times, "times", case.target, more_is_better=case.is_faster))
    return made


def alone_figures(first: dict[tuple[str, str, int], list[float]]) -> list[Figure]:
    """How much faster than others a program is that makes one call alone; most of that is done once."""
    made = []
    for case in CASES:
        if case.is_faster:
            key = case.program, case.beside, case.calls
            times = median(first[key]) / median(first[case.program, case.way, case.calls])
            title = f"{case.program}, one call of a new process: {case.way}, faster than {case.beside}"
            made.append(Figure(title, times, "times"))
    return made
