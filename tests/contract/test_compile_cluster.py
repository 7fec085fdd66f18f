"""Batches of dask arrays, block by block, and compiled functions on their way to other processes."""

from __future__ import annotations

import math
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import dask
import dask.array
import numpy
import pytest
from paths import ROOT

import minitorch
from minitorch.compiler.function import CompiledFunction


def branching(x: float, y: float) -> float:
    z = x * y
    return math.sin(z) if z > 1.0 else math.sqrt(x + 3.0) * y


def both_ways(x: float, y: float) -> tuple[float, float]:
    return x * y, x - y


ROWS = numpy.random.default_rng(3).uniform(-2.0, 2.0, (57, 2))


@pytest.fixture(autouse=True)
def in_this_thread() -> Any:
    with dask.config.set(scheduler="synchronous"):
        yield


@pytest.mark.parametrize("chunks", [(10, 2), (57, 1), (1, 2), ((50, 0, 7), 2)])
def test_blocks_give_what_rows_give(chunks: Any) -> None:
    compiled = minitorch.compile(branching, argnums=(0, 1))
    blocks = dask.array.from_array(ROWS, chunks=chunks)
    expected, slopes = compiled.batch_value_and_grad(ROWS)
    values, gradients = compiled.batch_value_and_grad(blocks)
    assert isinstance(values, dask.array.Array) and (values.shape, gradients.shape) == ((57,), (57, 2))
    assert numpy.array_equal(values.compute(), expected) and numpy.array_equal(gradients.compute(), slopes)
    assert numpy.array_equal(compiled.batch(blocks).compute(), expected)
    pairs = minitorch.compile(both_ways)
    assert numpy.array_equal(pairs.batch(blocks).compute(), pairs.batch(ROWS))


def test_blocks_of_unknown_length() -> None:
    compiled = minitorch.compile(branching)
    blocks = dask.array.from_array(ROWS, chunks=(10, 2))
    some = blocks[blocks[:, 0] > 0.0]
    assert math.isnan(some.shape[0])
    values, slopes = compiled.batch_value_and_grad(some)
    expected = compiled.batch_value_and_grad(ROWS[ROWS[:, 0] > 0.0])
    assert numpy.array_equal(values.compute(), expected[0]) and numpy.array_equal(slopes.compute(), expected[1])


def test_what_is_no_batch_is_refused() -> None:
    compiled = minitorch.compile(branching)
    with pytest.raises(ValueError, match="a batch is a matrix with a row per call"):
        compiled.batch(dask.array.ones(5))
    with pytest.raises(ValueError, match="out must be in memory"):
        compiled.batch(dask.array.ones((5, 2)), out=numpy.empty(5))
    with pytest.raises(ValueError, match=r"math domain error|nonnegative"):
        compiled.batch(dask.array.from_array([[1.0, 0.5], [-5.0, 1.0]])).compute()
    assert compiled.batch(dask.array.ones((0, 2))).compute().shape == (0,)


def test_a_function_that_arrives_twice_is_compiled_once() -> None:
    # cloudpickle, which dask brings, takes functions that have no name elsewhere.
    local = pickle.loads(pickle.dumps(minitorch.compile(lambda x: x * x)))
    assert local.value_and_grad(3.0) == (9.0, 6.0)
    by_name = minitorch.compile(branching, argnums=1)
    data = pickle.dumps(by_name)
    first, second = pickle.loads(data), pickle.loads(data)
    assert first is second and isinstance(first, CompiledFunction)
    assert first.value_and_grad(1.5, 2.0) == minitorch.value_and_grad(branching, argnums=1)(1.5, 2.0)


SCRIPT = """
import sys
import dask.array
import dask.distributed
import numpy
import minitorch

RATE = 0.5

@minitorch.compile
def discounted(x, years):
    return x * (1.0 + RATE) ** -years if years > 1.0 else x

def main():
    rows = numpy.random.default_rng(0).uniform(0.0, 3.0, (1000, 2))
    blocks = dask.array.from_array(rows, chunks=(100, 2))
    with dask.distributed.Client(n_workers=2, threads_per_worker=1, dashboard_address=":0"):
        values, slopes = discounted.batch_value_and_grad(blocks)
        made = numpy.column_stack([values.compute(), slopes.compute()])
    wanted = [minitorch.value_and_grad(discounted.plain)(*row) for row in rows.tolist()]
    print(numpy.array_equal(made, wanted))

if __name__ == "__main__":
    main()
"""


def test_a_script_has_its_functions_computed_by_a_cluster(tmp_path: Path) -> None:
    path = tmp_path / "script.py"
    path.write_text(SCRIPT)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=tmp_path, env=environment)
    assert done.stdout.strip() == "True", done.stderr
