"""Batches, listings and the object that `minitorch.compile` makes."""

from __future__ import annotations

import math
import pickle
import sys
import types
import warnings
from pathlib import Path
from typing import Any

import numpy
import pytest

import minitorch
from minitorch.compiler.earnings import Earnings
from minitorch.compiler.function import CompilationWarning, CompiledFunction


def branching_pair(x: float, y: float) -> float:
    z = x * y
    return math.sin(z) if z > 1.0 else math.sqrt(x + 3.0) * y


@pytest.mark.parametrize("threads", [1, 2])
def test_batches_equal_calls(threads: int) -> None:
    rows = numpy.random.default_rng(0).uniform(-2.0, 2.0, (101, 2))
    compiled = minitorch.compile(branching_pair, argnums=(0, 1))
    eager = minitorch.value_and_grad(branching_pair, argnums=(0, 1))
    out = numpy.empty(101)
    assert compiled.batch(rows, out=out, threads=threads) is out
    values, gradients = compiled.batch_value_and_grad(rows, threads=threads)
    for row, value, result, gradient in zip(rows.tolist(), out, values, gradients, strict=True):
        assert (value, result, tuple(gradient)) == (branching_pair(*row), *eager(*row))


def test_results_go_where_they_are_wanted() -> None:
    rows = numpy.random.default_rng(1).uniform(-2.0, 2.0, (33, 2))
    compiled = minitorch.compile(branching_pair, argnums=(0, 1))
    expected, slopes = compiled.batch_value_and_grad(rows)
    wide = numpy.full((66, 5), -1.0)
    values, gradients = compiled.batch_value_and_grad(rows, out=wide[::2, 1:4])
    assert numpy.array_equal(values, expected) and numpy.array_equal(gradients, slopes)
    assert numpy.array_equal(wide[::2, 1], expected) and (wide[1::2] == -1.0).all() and (wide[:, [0, 4]] == -1.0).all()
    column = numpy.full((33, 2), -1.0)
    assert numpy.array_equal(compiled.batch(rows, out=column[:, 1]), expected) and (column[:, 0] == -1.0).all()
    for wrong in (numpy.empty(32), numpy.empty(33, numpy.float32), numpy.empty((33, 1))):
        with pytest.raises(ValueError, match="out must be an array of shape"):
            compiled.batch(rows, out=wrong)
    with pytest.raises(ValueError, match="out must be an array of shape"):
        compiled.batch_value_and_grad(rows, out=numpy.empty(33))


def test_tangents_and_second_derivatives() -> None:
    compiled = minitorch.compile(branching_pair, argnums=(0, 1))
    for point in [(1.5, 2.0), (0.5, 0.5), (1.5, 2.0), (1.25, 2.5)]:
        tangents = (0.5, -1.0)
        assert compiled.jvp(point, tangents) == minitorch.jvp(branching_pair, point, tangents)
        assert compiled.hessian(*point) == minitorch.hessian(branching_pair, argnums=(0, 1))(*point)
    views = [view for view in compiled.traces if view.mode.value == "second derivatives"]
    assert [view.calls for view in views] == [4]


@pytest.mark.usefixtures("only_traces")
def test_long_ways_run_in_python() -> None:
    def chain(x: float, y: float, steps: int) -> float:
        for _ in range(steps):
            x = x * 0.99 + math.sin(x * y)
        return x

    compiled = minitorch.compile(chain, argnums=(0, 1), max_operations=1000)
    eager = minitorch.value_and_grad(chain, argnums=(0, 1))
    with pytest.warns(CompilationWarning, match="runs in Python, since it does more than 1000 operations") as caught:
        for x in (0.25, 0.75, -1.5):
            assert compiled.value_and_grad(x, 1.5, 500) == eager(x, 1.5, 500)
            assert compiled(x, 1.5, 500) == chain(x, 1.5, 500)
    assert len(caught) == 1 and compiled.traces == [] and len(compiled.traces.reasons) == 2


@pytest.mark.usefixtures("only_traces")
def test_known_ways_stay_where_a_long_one_is_met() -> None:
    def square(x: float) -> float:
        return x * x if x < 1.0 else x**3 + math.sin(x) * math.cos(x) * x

    compiled = minitorch.compile(square, max_operations=8)
    assert compiled.grad(0.5) == 1.0
    with pytest.warns(
        CompilationWarning, match="what no trace that is known answers runs in Python, since it does more"
    ):
        assert compiled.grad(2.0) == minitorch.grad(square)(2.0)
    assert [compiled.grad(0.25), compiled.grad(3.0)] == [0.5, minitorch.grad(square)(3.0)]
    assert [view.calls for view in compiled.traces] == [1]


def staircase(x: float) -> float:
    """A way of its own for every whole number."""
    height = 0.0
    while x > 1.0:
        x, height = x - 1.0, height + x * x
    return height * x


@pytest.mark.usefixtures("only_traces")
def test_paths_beyond_the_bound_run_in_python_in_batches_too() -> None:
    rows = numpy.linspace(0.5, 30.0, 300)[:, numpy.newaxis]
    compiled = minitorch.compile(staircase, max_traces=3)
    with pytest.warns(CompilationWarning, match="new traces run in Python after 3 of them"):
        values, slopes = compiled.batch_value_and_grad(rows)
    assert [*zip(values, slopes, strict=True)] == [minitorch.value_and_grad(staircase)(x) for (x,) in rows.tolist()]
    views = [view for view in compiled.traces if view.mode.value == "value and derivatives"]
    assert len(views) == 3 and sum(view.calls for view in views) >= 20


def test_a_decision_that_nobody_sees_is_noticed() -> None:
    """The limit of recursions stands for all that only C knows."""

    def secret(x: float) -> float:
        if x > 0.0 and sys.getrecursionlimit() == before:
            return x if x > 1.0 else x * 2.0
        return x * 3.0 if x > 5.0 else x * 4.0

    before = sys.getrecursionlimit()
    compiled = minitorch.compile(secret)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CompilationWarning)
        assert [compiled(-1.0), compiled(0.5), compiled(0.25)] == [-4.0, 1.0, 0.5]
    sys.setrecursionlimit(before + 1)
    try:
        with pytest.warns(CompilationWarning, match="something that can't be seen decides"):
            assert compiled(2.0) == 8.0
        assert [compiled(0.5), compiled(2.0), compiled(6.0)] == [2.0, 8.0, 18.0]
    finally:
        sys.setrecursionlimit(before)


def test_code_is_optimised_after_as_many_calls_as_pay_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Earnings, "calls_to_optimise", lambda earnings, cost: 5)
    compiled = minitorch.compile(branching_pair, argnums=(0, 1))
    eager = minitorch.value_and_grad(branching_pair, argnums=(0, 1))
    answers, machines = [], []
    for index in range(12):
        point = 1.5 + index, 2.0
        answers.append(compiled.value_and_grad(*point) == eager(*point))
        (specialization,) = compiled.specializations.values()
        machines.append(specialization.executable.machine)
    assert all(answers) and [machines.count(each) for each in dict.fromkeys(machines)] == [6, 6]
    assert [view.calls for view in compiled.traces] == [11]


def test_a_row_that_raises_raises() -> None:
    compiled = minitorch.compile(branching_pair)
    with pytest.raises(ValueError, match=r"math domain error|nonnegative"):
        compiled.batch([[1.0, 2.0], [-5.0, 1.0]])
    with pytest.raises(ValueError, match="a batch is a matrix"):
        compiled.batch([1.0, 2.0])


@pytest.mark.parametrize("way", ["batch", "batch_value_and_grad"])
@pytest.mark.parametrize(
    ("rows", "options", "error", "message"),
    [
        ([[1.0, 2.0]], {"threads": 0}, ValueError, r"threads=0: a batch runs in one thread \(threads=1"),
        ([[1.0, 2.0]] * 40, {"threads": -2}, ValueError, "threads=-2: "),
        (numpy.ma.masked_less([[1.0, 2.0], [3.0, -1.0]], 0.0), {}, ValueError, r"masked: fill them \(rows.filled"),
        (numpy.array([[1.0, 2.0j]]), {}, TypeError, "the rows are complex: a batch is of floats"),
        ([[1.0, 2.0j]], {}, TypeError, "the rows are complex: a batch is of floats"),
    ],
)
def test_rows_that_are_no_floats_are_refused(
    way: str, rows: Any, options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(error, match=message):
            getattr(minitorch.compile(branching_pair), way)(rows, **options)


def test_rows_with_a_mask_that_hides_nothing_are_rows() -> None:
    compiled = minitorch.compile(branching_pair)
    rows = [[1.0, 2.0], [3.0, 1.0]]
    assert numpy.array_equal(compiled.batch(numpy.ma.array(rows)), compiled.batch(rows))


@pytest.mark.parametrize("language", ["python", "c", "llvm", "asm"])
def test_listings(language: str) -> None:
    compiled = minitorch.compile(branching_pair, argnums=(0, 1))
    with pytest.raises(ValueError, match="nothing is recorded yet"):
        compiled.emit(language)
    answer = compiled.value_and_grad(1.5, 2.0)
    text = compiled.emit(language)
    assert "branching_pair" in text
    if language == "python":
        scope: dict[str, Any] = {}
        exec(text, scope)
        assert scope["branching_pair"](1.5, 2.0) == answer


def with_error(x: float) -> float:
    y = x * 2.0
    return math.erf(y)


def test_derivatives_belong_to_the_lines_that_they_are_of() -> None:
    compiled = minitorch.compile(with_error)
    compiled.value_and_grad(0.5)
    (view,) = compiled.traces
    assert [guard.place.line for guard in view.guards] == [with_error.__code__.co_firstlineno + 2]
    text = compiled.emit("python")
    assert f"# {Path(__file__).name}:{with_error.__code__.co_firstlineno + 1}" in text


@minitorch.compile
def decorated(x: float) -> float:
    """Square."""
    return x * x


def test_it_is_the_function_it_was_made_of() -> None:
    assert isinstance(decorated, CompiledFunction)
    assert (decorated.__name__, decorated.__doc__) == ("decorated", "Square.")
    assert pickle.loads(pickle.dumps(decorated)) is decorated
    again = pickle.loads(pickle.dumps(minitorch.compile(branching_pair, argnums=1)))
    assert again.value_and_grad(1.5, 2.0) == minitorch.value_and_grad(branching_pair, argnums=1)(1.5, 2.0)


def test_a_call_runs_no_python_frame() -> None:
    decorated(1.0), decorated.value_and_grad(1.0)
    assert type(decorated.value_and_grad) is types.BuiltinFunctionType
    assert type(type(decorated).__dict__["__call__"].__func__) is types.BuiltinFunctionType
    assert [decorated(3.0), decorated.value_and_grad(3.0), decorated.grad(3.0)] == [9.0, (9.0, 6.0), 6.0]


def test_former_names_keep_working() -> None:
    compiled = minitorch.compile(branching_pair, max_paths=3)
    assert compiled.options == minitorch.compile(branching_pair, max_traces=3).options
    compiled(1.5, 2.0)
    assert compiled.paths == compiled.traces and compiled.traces[0].kind is compiled.traces[0].mode
