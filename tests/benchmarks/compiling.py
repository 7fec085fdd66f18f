"""How long it takes until a function runs as machine code: recording, and what LLVM does with it.

    a new process     from a formula to its first derivatives, LLVM's libraries loaded on the way
    the same one      another copy of the formula, once those are there
    long programs     a loop of three operations, from the first call to the one that machine code answers
"""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import minitorch

from .black_scholes import ARGUMENTS, MODULE, OPTION
from .figures import Figure, median
from .fresh import fresh, seconds_of_a_fresh_process
from .tables import Table, cell
from .turns import seconds

__all__ = ["LENGTHS", "figures", "until_machine_code"]

LENGTHS = (1_000, 5_000, 20_000)
REPEATS = 5
MOST_MILLISECONDS = 150.0
MOST_MICROSECONDS = 100.0
MOST_CALLS = 100

IN_A_NEW_PROCESS = f"""
import time
import minitorch
from {MODULE} import price
start = time.perf_counter()
minitorch.compile(price, argnums={ARGUMENTS}).value_and_grad{OPTION}
print(time.perf_counter() - start)
"""

HEADINGS = ("", "operations compiled", "ms", "µs/operation", "calls")


@dataclass
class LongProgram:
    """How long a long program takes.

    Attributes:
        title: its length, and what was compiled of it.
        operations: how many that were.
        seconds: of all calls up to the one that machine code answers.
        calls: how many calls these were.
    """

    title: str
    operations: int
    seconds: float
    calls: int

    @property
    def each(self) -> float:
        """Microseconds for each operation."""
        return self.seconds / self.operations * 1e6

    def line(self) -> tuple[str, ...]:
        """The cells of a table."""
        return self.title, f"{self.operations:,}", cell(self.seconds * 1e3), cell(self.each), str(self.calls)


def loop_of(length: int) -> Callable[[float, float], float]:
    """A straight program of about so many operations, as a loop writes it."""

    def loop(x: float, factor: float) -> float:
        for _ in range(length // 3):
            x = x * factor + math.sin(x)
        return x

    return loop


def until_machine_code(length: int, differentiated: bool) -> LongProgram:
    """Call a long program until machine code answers.

    Raises:
        RuntimeError: it never does.
    """
    compiled = minitorch.compile(loop_of(length), argnums=(0, 1))
    call = compiled.value_and_grad if differentiated else compiled
    start = time.process_time()
    for calls in range(1, MOST_CALLS + 1):
        call(0.5, 0.3)
        taken = time.process_time() - start
        if any(path.calls for path in compiled.paths):
            title = f"{length:,} operations, {'with derivatives' if differentiated else 'the value'}"
            return LongProgram(title, compiled.paths[0].operations, taken, calls)
    raise RuntimeError(f"{MOST_CALLS} calls of {length} operations, and none of them ran in machine code")


def first_derivatives() -> object:
    """Compile a new copy of the formula and call it once; loading the copy is part of it, and takes no time to speak of."""
    return minitorch.compile(fresh(MODULE).price, argnums=ARGUMENTS).value_and_grad(*OPTION)


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
    warm = [seconds(first_derivatives) for _ in range(repeats)]
    made = [until_machine_code(length, differentiated) for length in lengths for differentiated in (False, True)]
    table = Table("until machine code answers", HEADINGS, [one.line() for one in made], [asdict(one) for one in made])
    name = "first price and 5 derivatives"
    return [
        table,
        Figure(f"{name}, in a new process", median(cold) * 1e3, "ms", MOST_MILLISECONDS),
        Figure(f"{name}, LLVM loaded", median(warm) * 1e3, "ms", MOST_MILLISECONDS),
        *(Figure(f"compiling {one.title}", one.each, "µs/operation", MOST_MICROSECONDS) for one in made),
    ]
