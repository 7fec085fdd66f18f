"""All that a structurally compiled function is asked for has the digits of eager runs, from whatever thread."""

from __future__ import annotations

import gc
import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy
import pytest
from structural_checks import bits, outcome
from structural_programs import loaded

import minitorch
from minitorch.compiler.function import CompiledFunction
from minitorch.compiler.structural import StructuralFunction, compile_structurally
from minitorch.compiler.structural.compilation import Program
from minitorch.compiler.structural.higher_modes import StructuralHessian, StructuralTangents
from minitorch.compiler.task import Mode


def decay(rates: list[float], start: float) -> float:
    level, total = start, 0.0
    for step in range(40):
        rate = rates[step % len(rates)]
        level -= 0.1 * rate * level
        if level < 0.5:
            level += math.exp(-rate)
        total += level * level
    return total


def products(x: float, y: float) -> float:
    return x * y + x / y - y


def functions(x: float, y: float) -> float:
    powers = math.sqrt(x) ** 3 + x**y + x**2 * y**0.5 + 2.0**x
    return math.exp(x * y) * math.sin(x) / math.log(y) + abs(x - 9) * math.hypot(x, y) + powers * math.erf(x)


def series(x: float, y: float) -> float:
    total = 0.0
    for i in range(30):
        total += math.sin(x * i) * math.exp(-y * i) / (1 + total * total)
        if total > 0.5:
            total -= x**2 * y**0.5
    return total


def sums(x: float, y: float) -> float:
    values = [x * i + y for i in range(1, 8)]
    return sum(v * v * v / (1 + math.tanh(v)) for v in values) * max(values)


def root(x: float, y: float) -> float:
    guess = x
    for _ in range(7):
        guess -= (guess * guess * guess - x * y) / (3 * guess * guess)
    return guess


def weighted(values: list[float], weights: tuple[float, float]) -> float:
    total = 0.0
    for i, value in enumerate(values):
        total += math.exp(-value * weights[0]) * values[i - 1] * weights[1]
    return total


def linear(x: float, y: float) -> float:
    total = 2.0 * x
    for _ in range(3):
        total += y
    return total


def several(x: float, y: float) -> Any:
    return (x * y, [x, y * 2.0], 1.0) if x > 0.0 else (x, [y, y], 2.0)


Row = tuple[Callable[..., Any], Any, Sequence[tuple[Any, ...]]]

PAIRS = [(0.7, 1.3), (2.5, 0.4), (1.0625, 2.75)]

SECOND: list[Row] = [
    (products, (0, 1), PAIRS),
    (products, 1, PAIRS),
    (functions, (0, 1), PAIRS),
    (functions, 0, PAIRS),
    (series, (1, 0), PAIRS),
    (sums, (0, 1), PAIRS),
    (root, (0, 1), PAIRS),
    (linear, (0, 1), PAIRS),
    (weighted, 0, [([1.0, 2.0, 3.5], (0.5, 0.7)), ([0.25], (1.5, 2.5))]),
    (weighted, (1, 0), [([1.0, 2.0, 3.5], (0.5, 0.7))]),
    (decay, (0, 1), [([0.1, 0.5, 1.1], 1.3), ([0.3, 0.2], 0.75)]),
]


def assert_served(compiled: StructuralFunction) -> None:
    """See that machine code has answered all calls."""
    reasons = [str(each) for each in compiled.programs.values() if not isinstance(each, Program)]
    assert compiled.programs and not reasons, reasons
    assert not compiled.left


@pytest.mark.parametrize(("function", "argnums", "points"), SECOND)
def test_second_derivatives_are_those_of_eager_runs(function: Any, argnums: Any, points: Any) -> None:
    compiled, eager = StructuralHessian(function, argnums), minitorch.hessian(function, argnums)
    for point in points:
        assert outcome(lambda: compiled.second_derivatives(*point)) == outcome(lambda: eager(*point))  # noqa: B023
    assert_served(compiled)


MOVED: list[tuple[Callable[..., Any], Any, Any]] = [
    *((function, pair, (0.5, -0.25)) for function in (products, functions, series, sums, root) for pair in PAIRS),
    *((several, (x, 2.0), (0.5, 0.25)) for x in (1.0, -1.0)),
    (products, (0.7, 1.3), (None, 1.0)),
    (products, (0.7, 1.3), (0.0, 2)),
    (products, [0.7, 1.3], [math.inf, 0.0]),
    (products, (0.7, 1.3), (math.nan, -0.0)),
    (linear, (0.7, 1.3), (-0.0, 0.0)),
    (weighted, ([1.0, 2.0, 3.5], (0.5, 0.7)), ([0.5, 0.0, -1.0], (None, 1.0))),
    (weighted, ([1.0, 2.0, 3.5], (0.5, 0.7)), (None, (0.25, 0.0))),
    (decay, ([0.1, 0.5, 1.1], 1.3), ([1.0, 2.0, 3.0], 0.5)),
]


@pytest.mark.parametrize(("function", "primals", "tangents"), MOVED)
def test_tangents_are_those_of_eager_runs(function: Any, primals: Any, tangents: Any) -> None:
    compiled = StructuralTangents(function)
    assert bits(compiled.jvp(primals, tangents)) == bits(minitorch.jvp(function, primals, tangents))
    assert_served(compiled)


@pytest.mark.parametrize(
    ("primals", "tangents"),
    [
        (([1.0, 2.0], (0.5, 0.7)), ([0.5], (1.0, 1.0))),
        (([1.0, 2.0], (0.5, 0.7)), ([0.5, 1.0], [1.0, 1.0])),
        (([1.0, 2.0], (0.5, 0.7)), ([0.5, None], (1.0, 1.0))),
        (([1.0, 2.0], (0.5, 0.7)), ([0.5, 1.0], "text")),
        (([1, True], (0.5, 0.7)), ([0.5, 1.0], (2, 1.0))),
        (([1.0, 2.0], (0.5, 0.7)), ([0.5, 1.0],)),
    ],
)
def test_what_is_no_tangent_is_said_by_the_tier_below(primals: Any, tangents: Any) -> None:
    compiled = StructuralTangents(weighted)  # type: ignore[arg-type]
    expected = outcome(lambda: minitorch.jvp(weighted, primals, tangents))
    assert outcome(lambda: compiled.jvp(primals, tangents)) == expected


def test_special_points_of_second_derivatives_are_said_by_the_tier_below() -> None:
    def kink(x: float, y: float) -> float:
        return x * y if x > y else y * y

    compiled, eager = StructuralHessian(kink, (0, 1)), minitorch.hessian(kink, (0, 1))  # type: ignore[arg-type]
    for point in ((2.0, 1.0), (1.0, 1.0), (1.0, 2.0)):
        assert outcome(lambda: compiled.second_derivatives(*point)) == outcome(lambda: eager(*point))  # noqa: B023
    assert compiled.left.total() == 1


ROWS = sorted(name for name in dir(math) if callable(getattr(math, name)) and not name.startswith("_"))


@pytest.mark.parametrize("name", ROWS)
def test_second_derivatives_of_mathematical_functions(name: str) -> None:
    for expression in (f"math.{name}(x) * y", f"math.{name}(x, y) * x"):
        text = f"import math\n\ndef f(x, y):\n    return {expression}\n"
        function, own = loaded(text, f"eager {name}"), loaded(text, f"second {name}")
        compiled, eager = StructuralHessian(own, (0, 1)), minitorch.hessian(function, (0, 1))
        for point in ((0.5, 0.75), (1.5, 2.75), (-2.5, 0.3), (0.0, 1.0), (-0.0, -1.0)):
            expected, found = outcome(lambda: eager(*point)), outcome(lambda: compiled.second_derivatives(*point))  # noqa: B023
            assert found[0] == expected[0] or expected[0][0].endswith("Error")


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
    compiled, eager = Structural(kink, (0, 1)), minitorch.value_and_grad(kink, (0, 1))  # type: ignore[arg-type]
    with pytest.warns(minitorch.SpecialPointWarning):
        values, derivatives = compiled.batch_value_and_grad(rows)
    with pytest.warns(minitorch.SpecialPointWarning):
        expected = [eager(*row) for row in rows.tolist()]
    assert list(zip(values.tolist(), map(tuple, derivatives.tolist()), strict=True)) == expected


def test_the_first_row_that_raises_says_what_python_says() -> None:
    rows = numpy.ones((50, 2))
    rows[30, 1], rows[20, 0] = 0.0, -1.0
    compiled = Structural(risky, (0, 1))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"math domain error|expected a positive input"):
        compiled.batch_value_and_grad(rows)
    rows[20, 0] = 1.0
    with pytest.raises(ZeroDivisionError):
        compiled.batch(rows)


def test_batches_read_what_is_there_now() -> None:
    global FACTOR
    rows = numpy.ones((40, 2))
    compiled = Structural(scaled, (0, 1))  # type: ignore[arg-type]
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


# -- compiled functions ------------------------------------------------------------------------------------------------


def test_all_modes_of_a_compiled_function_are_served_structurally() -> None:
    compiled = minitorch.compile(series, argnums=(0, 1))
    for pair in PAIRS * 40:
        assert bits(compiled.hessian(*pair)) == bits(minitorch.hessian(series, (0, 1))(*pair))
        assert bits(compiled.jvp(pair, (0.5, 1.0))) == bits(minitorch.jvp(series, pair, (0.5, 1.0)))
        if {"hessian", "jvp"} <= vars(compiled).keys():
            break
    modes = compiled.structural_modes
    assert_served(modes[Mode.HESSIAN])
    assert_served(modes[Mode.TANGENT])
    # What the code is not for is answered as it is without.
    assert bits(compiled.hessian(1, 2.0)) == bits(minitorch.hessian(series, (0, 1))(1, 2.0))
    assert bits(compiled.jvp([0.5, 2.0], (1, None))) == bits(minitorch.jvp(series, [0.5, 2.0], (1, None)))
    with pytest.raises(TypeError, match="one tangent per argument"):
        compiled.jvp((0.5, 2.0), (1.0,))
    with pytest.raises(TypeError, match="must be tuples or lists"):
        compiled.jvp(0.5, 1.0)  # type: ignore[arg-type]


# -- calls at the same time --------------------------------------------------------------------------------------------


def inputs(index: int) -> tuple[list[float], float]:
    return [0.1 + 0.01 * index, 0.5 + 0.003 * index, 1.1], 1.0 + 0.1 * index


def test_threads_do_not_disturb_each_other() -> None:
    compiled = compile_structurally(decay, (0, 1))  # type: ignore[arg-type]
    eager = minitorch.value_and_grad(decay, (0, 1))
    expected = [bits(eager(*inputs(index))) for index in range(40)]
    assert bits(compiled.value_and_grad(*inputs(0))) == expected[0]
    with ThreadPoolExecutor(8) as threads:
        for _ in range(5):
            found = threads.map(lambda index: bits(compiled.value_and_grad(*inputs(index))), range(40))
            assert list(found) == expected
    assert not compiled.left


def test_a_call_may_begin_while_another_makes_its_result() -> None:
    def product(a: list[float], b: list[float], c: list[float]) -> float:
        return sum(x * b[i] * c[i] for i, x in enumerate(a))

    compiled = compile_structurally(product, (0, 1, 2))  # type: ignore[arg-type]
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
