"""How long it takes until a function runs as machine code: recording it, and what LLVM does with that.

    a new process     from a formula to its first derivatives, LLVM's libraries loaded on the way
    the same one      another copy of the formula, once those are there
    long programs     a loop of three operations, from the first call to the one that the recording answers

What a call takes then stands beside what making it took.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import minitorch

from .black_scholes import ARGUMENTS, MODULE, OPTION
from .figures import Figure, median
from .fresh import fresh, seconds_of_a_fresh_process
from .tables import Table, cell
from .turns import seconds

__all__ = ["LENGTHS", "figures", "until_compiled"]

LENGTHS = (1_000, 5_000, 20_000)
REPEATS = 5
MAX_MILLISECONDS = 150.0
MAX_MICROSECONDS = 100.0
MAX_CALLS = 20_000

IN_A_NEW_PROCESS = f"""
import time
import minitorch
from {MODULE} import price
start = time.perf_counter()
minitorch.compile(price, argnums={ARGUMENTS}).precompile{OPTION}
print(time.perf_counter() - start)
"""

HEADINGS = ("", "operations", "calls", "ms", "µs/operation", "µs of a call then")


@dataclass
class LongProgram:
    """How long a long program takes.

    Attributes:
        title: its length, and what was wanted of it.
        operations: how many it has.
        calls: how many it took until machine code answered one.
        seconds: of these calls.
        then: seconds of a later call.
    """

    title: str
    operations: int
    calls: int
    seconds: float
    then: float

    @property
    def each(self) -> float:
        """Microseconds for each operation."""
        return self.seconds / self.operations * 1e6

    def line(self) -> tuple[str, ...]:
        """The cells of a table."""
        figures = map(cell, (self.seconds * 1e3, self.each, self.then * 1e6))
        return self.title, f"{self.operations:,}", str(self.calls), *figures


def loop_of(length: int) -> Callable[[float, float], float]:
    """A program of about so many operations in a loop."""

    def loop(x: float, factor: float) -> float:
        for _ in range(length // 3):
            x = x * factor + math.sin(x)
        return x

    return loop


def until_compiled(length: int, differentiated: bool) -> LongProgram:
    """Call a long program until machine code answers.

    Raises:
        RuntimeError: it never does.
    """
    compiled = minitorch.compile(loop_of(length), argnums=(0, 1))

    def call() -> object:
        return compiled.value_and_grad(0.5, 0.3) if differentiated else compiled(0.5, 0.3)

    taken = 0.0
    for calls in range(1, MAX_CALLS + 1):
        taken += seconds(call)
        if any(path.calls for path in compiled.traces):
            title = f"{length:,} operations, {'with derivatives' if differentiated else 'the value'}"
            then = median([seconds(call) for _ in range(REPEATS)])
            return LongProgram(title, length, calls, taken, then)
    raise RuntimeError(f"{MAX_CALLS} calls of {length} operations, and machine code answered none of them")


def first_derivatives() -> float:
    """Seconds of the first call of another copy of the formula, with its derivatives."""
    price = fresh(MODULE).price
    return seconds(lambda: minitorch.compile(price, argnums=ARGUMENTS).precompile(*OPTION))


def figures(lengths: Sequence[int] = LENGTHS, repeats: int = REPEATS) -> list[Table | Figure]:
    """The table of long programs, and all targets.

    Args:
        lengths: of the long programs.
        repeats: how often the formula is compiled.
    """
    with tempfile.TemporaryDirectory() as cache:
        # The first one writes the bytecode that the others find.
        cold = [seconds_of_a_fresh_process(IN_A_NEW_PROCESS, [], cache) for _ in range(1 + repeats)][1:]
    first_derivatives()
    warm = [first_derivatives() for _ in range(repeats)]
    made = [until_compiled(length, differentiated) for length in lengths for differentiated in (False, True)]
    table = Table("until machine code answers", HEADINGS, [one.line() for one in made], [asdict(one) for one in made])
    name = "first price and 5 derivatives"
    return [
        table,
        Figure(f"{name}, in a new process", median(cold) * 1e3, "ms", MAX_MILLISECONDS),
        Figure(f"{name}, LLVM loaded", median(warm) * 1e3, "ms", MAX_MILLISECONDS),
        *(Figure(f"compiling {one.title}", one.each, "µs/operation", MAX_MICROSECONDS) for one in made),
    ]
