"""Structurally compiled functions over many rows, and from many threads, have the digits of eager runs."""

from __future__ import annotations

import gc
import math
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy
import pytest
from loop_programs import decay, linear, root, series, sums
from structural_checks import bits

import minitorch
from minitorch.compiler.function import CompiledFunction
from minitorch.compiler.structural import compile_structurally
from minitorch.compiler.structural.compilation import Program

# -- many rows ---------------------------------------------------------------------------------------------------------


class Structural(CompiledFunction):
    """A compiled function that is always tried structurally."""

    tries_structurally = True


def halved(x: float, y: float) -> tuple[float, int, bool]:
    steps = 0
    while x > 1.0:
        x = x / 2.0 - y
        steps += 1
    return x * y, steps, x > 0.5


def risky(x: float, y: float) -> float:
    total = 0.0
    for i in range(3):
        total += math.log(x + i) / y
    return total


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("function", [series, sums, root, linear])
def test_batches_have_the_digits_of_eager_runs(function: Any, threads: int) -> None:
    rows = numpy.random.default_rng(7).uniform(0.5, 2.5, (60, 2))
    compiled, eager = Structural(function, (1, 0)), minitorch.value_and_grad(function, (1, 0))
    values, derivatives = compiled.batch_value_and_grad(rows, threads=threads)
    expected = [eager(*row) for row in rows.tolist()]
    assert bits(list(zip(values.tolist(), map(tuple, derivatives.tolist()), strict=True))) == bits(expected)
    assert bits(compiled.batch(rows, threads=threads).tolist()) == bits([value for value, _ in expected])
    program = compiled.structural and compiled.structural.program((1.5, 1.5), True)
    assert isinstance(program, Program) and program.row_loop is not None
    assert program.calls <= 1, "rows are done by the loop"


def test_batches_of_tuples_are_written_where_the_caller_wants_them() -> None:
    rows = numpy.random.default_rng(7).uniform(0.5, 9.5, (40, 2))
    expected = [list(map(float, halved(*row))) for row in rows.tolist()]
    compiled = Structural(halved)
    wide = numpy.zeros((40, 6))
    assert compiled.batch(rows, out=wide[:, ::2]) is not None
    assert wide[:, ::2].tolist() == expected and not wide[:, 1::2].any()
    assert compiled.batch(numpy.asfortranarray(rows)).tolist() == expected


def test_rows_that_leave_are_answered_one_by_one() -> None:
    def kink(x: float, y: float) -> float:
        total = 0.0
        for _ in range(2):
            total += x * y if x > y else y * y
        return total

    rows = numpy.array([[2.0, 1.0], *([[1.0, 3.0]] * 20), [1.5, 1.5], *([[3.0, 1.0]] * 20)])
    compiled, eager = Structural(kink, (0, 1)), minitorch.value_and_grad(kink, (0, 1))
    with pytest.warns(minitorch.SpecialPointWarning):
        values, derivatives = compiled.batch_value_and_grad(rows)
    with pytest.warns(minitorch.SpecialPointWarning):
        expected = [eager(*row) for row in rows.tolist()]
    assert list(zip(values.tolist(), map(tuple, derivatives.tolist()), strict=True)) == expected


def test_the_first_row_that_raises_says_what_python_says() -> None:
    rows = numpy.ones((50, 2))
    rows[30, 1], rows[20, 0] = 0.0, -1.0
    compiled = Structural(risky, (0, 1))
    with pytest.raises(ValueError, match=r"math domain error|expected a positive input"):
        compiled.batch_value_and_grad(rows)
    rows[20, 0] = 1.0
    with pytest.raises(ZeroDivisionError):
        compiled.batch(rows)


def test_batches_read_what_is_there_now() -> None:
    global FACTOR
    rows = numpy.ones((40, 2))
    compiled = Structural(scaled, (0, 1))
    try:
        for factor in (2.0, 3.0):
            FACTOR = factor
            assert compiled.batch(rows).tolist() == [4 * factor] * 40
    finally:
        FACTOR = 1.0


FACTOR = 1.0


def scaled(x: float, y: float) -> float:
    total = 0.0
    for _ in range(4):
        total += x * y * FACTOR
    return total


# -- calls at the same time --------------------------------------------------------------------------------------------


def inputs(index: int) -> tuple[list[float], float]:
    return [0.1 + 0.01 * index, 0.5 + 0.003 * index, 1.1], 1.0 + 0.1 * index


def test_threads_do_not_disturb_each_other() -> None:
    compiled = compile_structurally(decay, (0, 1))
    eager = minitorch.value_and_grad(decay, (0, 1))
    expected = [bits(eager(*inputs(index))) for index in range(40)]
    assert bits(compiled.value_and_grad(*inputs(0))) == expected[0]
    with ThreadPoolExecutor(8) as threads:
        for _ in range(5):
            found = threads.map(lambda index: bits(compiled.value_and_grad(*inputs(index))), range(40))
            assert list(found) == expected
    assert not compiled.left


SETTING = {"rate": 1.0}


def risen(x: float, n: int) -> float:
    total = x
    for _ in range(n):
        total = total * SETTING["rate"] + x
    return total


@pytest.mark.usefixtures("busy_threads")
def test_threads_find_out_at_the_same_time_that_something_changed() -> None:
    compiled = compile_structurally(risen)
    try:
        with ThreadPoolExecutor(8) as threads:
            for turn in range(12):
                SETTING["rate"] = 1.0 + turn / 8
                expected = bits(minitorch.value_and_grad(risen)(0.5, 3))
                found = list(threads.map(lambda _: bits(compiled.value_and_grad(0.5, 3)), range(16)))
                assert found == [expected] * 16
    finally:
        SETTING["rate"] = 1.0


def test_a_call_may_begin_while_another_makes_its_result() -> None:
    def product(a: list[float], b: list[float], c: list[float]) -> float:
        return sum(x * b[i] * c[i] for i, x in enumerate(a))

    compiled = compile_structurally(product, (0, 1, 2))
    outer, other = ([1.0, 2.0], [3.0, 4.0], [5.0, 6.0]), ([1.5], [2.5], [3.5])
    expected = [bits(compiled.value_and_grad(*each)) for each in (outer, other)]
    inner: list[Any] = []

    def collected(phase: str, info: Any) -> None:
        if phase == "start":
            inner.append(compiled.value_and_grad(*other))

    # Lists that were given back would be made again without the collector.
    held: list[list[float]] = [[] for _ in range(500)]
    threshold = gc.get_threshold()
    gc.callbacks.append(collected)
    try:
        gc.set_threshold(1)
        found = [compiled.value_and_grad(*outer) for _ in range(50)]
    finally:
        gc.set_threshold(*threshold)
        gc.callbacks.remove(collected)
    assert held and inner and all(bits(each) == expected[1] for each in inner)
    assert all(bits(each) == expected[0] for each in found)
    assert not compiled.left
