"""Random programs of views and writes: the values are numpy's to the last bit, derivatives those of plain arrays."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import array_program_checks
import numpy as np
import pytest
from array_program_checks import POINT, UndecidedError, compare, compare_second

from minitorch import Tensor

FIRST, SECOND = 15, 8
"""So many programs of each block are compared here; `tests/support/array_program_checks.py 10000` compares as many."""


@pytest.mark.parametrize("block", range(10))
@pytest.mark.filterwarnings("ignore")
def test_programs_of_views_and_writes(block: int) -> None:
    rng = np.random.default_rng(block)
    undecided = 0
    for seed in range(block * 40, block * 40 + FIRST):
        try:
            compare(seed, rng.standard_normal(POINT.shape))
        except UndecidedError:
            undecided += 1
    assert undecided < 2


@pytest.mark.parametrize("block", range(4))
@pytest.mark.filterwarnings("ignore")
def test_second_derivatives_of_programs(block: int) -> None:
    rng = np.random.default_rng(block)
    undecided = 0
    for seed in range(block * 15, block * 15 + SECOND):
        try:
            compare_second(seed, *rng.standard_normal((2, *POINT.shape)))
        except UndecidedError:
            undecided += 1
    assert undecided < 2


def test_the_command_counts_what_it_compared() -> None:
    script = Path(array_program_checks.__file__)
    environment = {"PYTHONPATH": f"{script.parents[2]}"}
    command = [sys.executable, "-W", "ignore", str(script), "12"]
    made = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert made.stdout.splitlines()[-1] == "12 passed, 0 failed"


def test_a_view_shows_what_was_written_to_its_base() -> None:
    x = Tensor([1.0, 2.0, 3.0])
    y = x * 2.0
    view = y[1:]
    y[2] = x[0] * x[1]
    assert view.data.tolist()[1] == 2.0
    view.sum().backward()
    assert x.derivative.tolist() == [2.0, 3.0, 0.0]


def test_a_write_leaves_what_was_computed_before() -> None:
    x = Tensor([1.0, 2.0])
    y = x.copy()
    z = y * y
    y[0] = 5.0
    z.sum().backward()
    assert (x.derivative.tolist(), y.data.tolist(), z.data.tolist()) == ([2.0, 4.0], [5.0, 2.0], [1.0, 4.0])
