"""How soon machine code is there and how fast it runs, beside Python and beside C written by hand.

The C is compiled by `gcc -O3 -march=native` where there is a gcc; jax is measured by the peers' benchmarks.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
import time
import timeit
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy

from minitorch.machine_code.lowering import lower
from minitorch.machine_code.program import Node, Operation

from .figures import Figure
from .recorded import black_scholes, long_program

__all__ = ["figures"]

ROWS = 200_000
REPEATS = 9
PRODUCT = Node(2, (Operation("Mul", (0, 1)), Operation("Add", (2, 0))), (3, 2, 1))


def seconds(function: Callable[[], object], repeats: int = REPEATS) -> float:
    """How long a call takes where nothing else disturbs it."""
    return min(timeit.repeat(function, number=1, repeat=repeats))


def raised(*_: object) -> Any:
    """The fallback of programs that always know the answer."""
    raise AssertionError("the program has no answer")


def plain(x: float, y: float) -> tuple[float, float, float]:
    """A function of the same shape as PRODUCT that does nothing."""
    return 1.0, 2.0, 3.0


def call_figures() -> list[Figure]:
    """A call with two inputs and three results."""
    scope = {"builtin": lower(PRODUCT, 2, 3).callable("f", (0, (1, 2)), raised), "plain": plain}
    number = 1_000_000
    made = min(timeit.repeat("builtin(0.5, 2.0)", globals=scope, number=number)) / number * 1e9
    empty = min(timeit.repeat("plain(0.5, 2.0)", globals=scope, number=number)) / number * 1e9
    return [
        Figure("a call with two inputs and three results", made, "ns", 100.0),
        Figure("an empty def of that shape", empty, "ns"),
    ]


def compile_figures() -> list[Figure]:
    """From the recorded operations to a builtin."""
    shape = (0, (1, 2, 3, 4, 5))
    lower(PRODUCT, 2, 3).callable("warm", 0, raised)
    formula = seconds(lambda: lower(black_scholes(), 5, 6).callable("f", shape, raised), 3)
    made = [Figure("compiling a formula and its 5 partials", formula * 1e3, "ms", 150.0)]
    for length, between in [(1_000, 1_000), (20_000, 20_000), (20_000, 10)]:
        tree = long_program(length, between)
        start = time.perf_counter()
        lower(tree, 3, 3).callable("f", (0, 1, 2), raised)
        each = (time.perf_counter() - start) / length
        title = f"compiling {length} operations, {length // between - 1} decisions"
        made.append(Figure(title, each * 1e6, "µs/operation", 100.0))
    return made


def by_hand(rows: Any, results: Any) -> Callable[[], object] | None:
    """The C function over all rows, None where there is no gcc."""
    if shutil.which("gcc") is None:
        return None
    source = Path(__file__).with_name("black_scholes.c")
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "black_scholes.so"
        command = ["gcc", "-O3", "-march=native", "-shared", "-fPIC", "-o", library, source, "-lm"]
        subprocess.run(command, check=True)
        function = ctypes.CDLL(str(library)).black_scholes
    pointers = [ctypes.c_void_p(array.ctypes.data) for array in (rows, results)]
    return lambda: function(ctypes.c_size_t(ROWS), *pointers)


def batch_figures() -> list[Figure]:
    """Value and 5 partials of 200,000 options, as rows of one array."""
    generator = numpy.random.default_rng(0)
    low, high = [80.0, 80.0, 0.1, 0.0, 0.1], [120.0, 120.0, 2.0, 0.1, 0.5]
    rows = generator.uniform(low, high, (ROWS, 5))
    results, expected = numpy.empty((ROWS, 6)), numpy.empty((ROWS, 6))
    status = numpy.empty(ROWS, numpy.uint8)
    made, reference = [], by_hand(rows, expected)
    in_c = None if reference is None else seconds(reference)
    if in_c is not None:
        made.append(Figure("200,000 options in C", in_c * 1e3, "ms"))
    for title, fastmath, threads, most in [
        ("to the last bit", False, 1, 1.3),
        ("to the last bit, 2 threads", False, 2, None),
        ("fastmath", True, 1, 1.3),
        ("fastmath, 2 threads", True, 2, None),
    ]:
        machine = lower(black_scholes(), 5, 6, fastmath=fastmath)
        assert machine.batch(rows.T, results.T, status, threads) == 0
        taken = seconds(lambda machine=machine, threads=threads: machine.batch(rows.T, results.T, status, threads))
        made.append(Figure(f"200,000 options, {title}", taken * 1e3, "ms"))
        if in_c is not None:
            assert numpy.allclose(results, expected, rtol=1e-9, atol=1e-9)
            made.append(Figure(f"200,000 options, {title}, beside C", taken / in_c, "times", most))
    return made


def figures() -> list[Figure]:
    """Calls, compiling and batches."""
    return [*call_figures(), *compile_figures(), *batch_figures()]
