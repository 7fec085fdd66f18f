"""The price of an option with its five derivatives: compiled, in plain Python, in jax and in C, one call and many rows.

All of it runs in a process of its own that keeps to one processor, since jax takes its threads when it is imported.
The one formula is read three times: examples/plain/black_scholes.py is compiled, a second copy of it stays plain, and
jax gets the program of the eager benchmarks, which is that of a call before it expires. black_scholes.c is the C, with
its derivatives written by hand, backwards.
"""

from __future__ import annotations

import concurrent.futures
import ctypes
import multiprocessing
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy

import minitorch

from .eager_peers import jax_functions
from .eager_programs import black_scholes
from .fresh import fresh
from .tables import not_installed
from .turns import in_turn, per_call, seconds

__all__ = ["ARGUMENTS", "MODULE", "OPTION", "Measured", "measured"]

MODULE = "examples.plain.black_scholes"
OPTION = (100.0, 95.0, 0.5, 0.03, 0.2)
ARGUMENTS = tuple(range(len(OPTION)))
LOW, HIGH = (80.0, 80.0, 0.1, 0.0, 0.1), (120.0, 120.0, 2.0, 0.1, 0.5)
"""Options that are traded: spot, strike, years, rate and volatility."""

DIFFERENT = 16
"""Options that are priced one by one: for one of eight or so C's pow is called to square the volatility."""

TOLERANCE = 1e-9

ONE_THREAD = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"


@dataclass
class Measured:
    """Seconds of the processor, by who took them, in the order of the turns.

    Attributes:
        calls: of one call.
        rows: of all rows, once.
        notes: who is missing, and why.
    """

    calls: dict[str, list[float]] = field(default_factory=dict)
    rows: dict[str, list[float]] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)


@contextmanager
def one_processor() -> Iterator[None]:
    """Keep to one processor, where the system can."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def options(count: int) -> Any:
    """So many options as rows."""
    return numpy.random.default_rng(0).uniform(LOW, HIGH, (count, len(LOW)))


def compiled(fastmath: bool = False) -> minitorch.CompiledFunction:
    """The price as machine code, warmed up for one call."""
    made = minitorch.compile(fresh(MODULE).price, argnums=ARGUMENTS, fastmath=fastmath)
    for _ in range(3):
        made(*OPTION)
        made.value_and_grad(*OPTION)
    return made


def by_hand(rows: Any, *options: str) -> Callable[[], Any]:
    """The C function over all rows, compiled with such options; it returns the array that it has filled.

    Raises:
        FileNotFoundError: there is no gcc.
    """
    if shutil.which("gcc") is None:
        raise FileNotFoundError("there is no gcc")
    source = Path(__file__).with_name("black_scholes.c")
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "black_scholes.so"
        command = ["gcc", "-O3", "-march=native", "-shared", "-fPIC", *options, "-o", library, source, "-lm"]
        subprocess.run(command, check=True)
        function = ctypes.CDLL(str(library)).black_scholes
    results = numpy.empty((len(rows), 1 + len(OPTION)))
    pointers = [ctypes.c_void_p(array.ctypes.data) for array in (rows, results)]

    def run() -> Any:
        function(ctypes.c_size_t(len(rows)), *pointers)
        return results

    return run


def in_jax(cases: Sequence[Sequence[float]], rows: Any) -> tuple[dict[str, Callable[[], float]], Callable[[], Any]]:
    """What jax.jit makes of the formula: calls to measure, and a function of all rows; its arrays are there before.

    Raises:
        ImportError: there is no jax.
    """
    jax, functions = jax_functions()

    def price(*numbers: Any) -> Any:
        return black_scholes(numbers, functions)

    block = jax.block_until_ready
    by_numbers = jax.jit(jax.value_and_grad(price, argnums=ARGUMENTS))
    by_array = jax.jit(jax.value_and_grad(lambda row: price(*row)))
    over_rows = jax.jit(jax.vmap(jax.value_and_grad(lambda row: price(*row))))
    there, arrays = jax.numpy.asarray(rows), [[jax.numpy.asarray(case)] for case in cases]
    calls = {
        "jax.jit, five floats": per_call("block(call({}))", cases, block=block, call=by_numbers),
        "jax.jit, an array that is there": per_call("block(call({}))", arrays, block=block, call=by_array),
    }
    return calls, lambda: block(over_rows(there))


def check(who: str, found: Any, expected: tuple[Any, Any]) -> None:
    """Refuse other prices or derivatives than expected.

    Raises:
        AssertionError: they are too far away.
    """
    values, gradients = (found[:, 0], found[:, 1:]) if isinstance(found, numpy.ndarray) else found
    for ours, theirs in zip(expected, (values, gradients), strict=True):
        assert numpy.allclose(ours, theirs, rtol=TOLERANCE, atol=TOLERANCE), f"{who} found other numbers"


def measure(count: int, repeats: int) -> Measured:
    """Measure everybody, in turn."""
    made, rows, cases = Measured(), options(count), options(DIFFERENT).tolist()
    exact, fast, plain = compiled(), compiled(fastmath=True), fresh(MODULE).price
    assert all(plain(*case) == exact(*case) == exact.value_and_grad(*case)[0] for case in cases)
    with one_processor():
        calls = {
            "plain Python, the price": per_call("price({})", cases, price=plain),
            "compiled, the price": per_call("price({})", cases, price=exact),
            "compiled, with derivatives": per_call("price.value_and_grad({})", cases, price=exact),
        }
        batches: dict[str, Callable[[], Any]] = {
            "compiled": lambda: exact.batch_value_and_grad(rows),
            "compiled with fastmath": lambda: fast.batch_value_and_grad(rows),
        }
        try:
            batches["C"] = by_hand(rows)
            batches["C with -ffast-math"] = by_hand(rows, "-ffast-math")
        except FileNotFoundError as error:
            made.notes["C"] = f"not measured: {error}"
        try:
            jax_calls, batches["jax.jit"] = in_jax(cases, rows)
            calls |= jax_calls
        except ImportError as error:
            made.notes["jax.jit"] = not_installed(error)
        expected = batches["compiled"]()
        for who, batch in batches.items():
            check(who, batch(), expected)
        made.calls = in_turn(calls, repeats)
        made.rows = in_turn({who: lambda batch=batch: seconds(batch) for who, batch in batches.items()}, repeats)
    return made


def measured(count: int, repeats: int) -> Measured:
    """Measure everybody in a new process.

    Args:
        count: how many rows a batch has.
        repeats: how often each measurement is taken.
    """
    kept = os.environ.get("XLA_FLAGS")
    os.environ["XLA_FLAGS"] = ONE_THREAD
    try:
        with concurrent.futures.ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
            return pool.submit(measure, count, repeats).result()
    finally:
        if kept is None:
            del os.environ["XLA_FLAGS"]
        else:
            os.environ["XLA_FLAGS"] = kept
