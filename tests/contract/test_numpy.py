"""numpy's functions called with Scalars in rewritten code: numpy's values to the last bit, and their derivatives."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy_subjects
import pytest
from differences import richardson
from module_roads import ROADS, close, module_by, traced

import minitorch
from minitorch import Scalar
from minitorch.autodiff.intermediate_derivatives import adjoints_of
from minitorch.tracing.libraries.numpy_ufuncs import PARTIALS, ROWS

POINTS = [(0.5, 2.0), (0.3, -0.7)]

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def values(result: Any) -> Any:
    """A number or an array of floats in place of one of Scalars."""
    array = np.asarray(minitorch.detach(result), dtype=object)
    return np.array([float(minitorch.detach(item)) for item in array.flat]).reshape(array.shape)


def total(result: Any) -> Any:
    """The sum of an array's elements, a number itself."""
    return sum(result.flat) if isinstance(result, np.ndarray) else result


@ROADS
@pytest.mark.parametrize("index", range(len(numpy_subjects.SUBJECTS)))
@pytest.mark.parametrize("point", POINTS)
def test_values_and_derivatives(road: str, index: int, point: tuple[float, float]) -> None:
    plain = numpy_subjects.SUBJECTS[index]
    function = traced(road, module_by(road, "numpy_subjects").SUBJECTS[index])
    leaves = [Scalar(point[0], name="x"), Scalar(point[1], name="y")]
    expected, result = np.asarray(plain(*point), dtype=float), function(*leaves)
    assert values(result).tobytes() == expected.tobytes() or np.array_equal(values(result), expected, equal_nan=True)
    assert np.shape(result) == expected.shape
    derivatives = adjoints_of(total(result), leaves)
    for argument, derivative in enumerate(derivatives):
        difference = richardson(lambda *moved: np.sum(plain(*moved)), point, argument)
        assert close(derivative, difference), (argument, derivative, difference)


@ROADS
def test_scalars_give_scalars(road: str) -> None:
    for plain, function in zip(numpy_subjects.SUBJECTS, module_by(road, "numpy_subjects").SUBJECTS, strict=True):
        result = traced(road, function)(Scalar(0.5), Scalar(0.3))
        kinds = (minitorch.Tensor,) if np.ndim(plain(0.5, 0.3)) else (Scalar, minitorch.Tensor)
        assert type(result) in kinds or isinstance(result, np.ndarray), inspect.getsource(plain)
        assert np.shape(result) == np.shape(plain(0.5, 0.3)), inspect.getsource(plain)


@ROADS
def test_arrays_of_scalars_are_changed_in_place(road: str) -> None:
    increments = traced(road, module_by(road, "numpy_subjects").increments)
    x, y = Scalar(0.5), Scalar(2.0)
    assert values(increments(x, y)).tolist() == numpy_subjects.increments(0.5, 2.0).tolist()
    assert adjoints_of(total(increments(x, y)), [x, y]) == [3.0, 2.5]


def beyond_domain(x: float) -> Any:
    """What math refuses and numpy answers."""
    return [
        np.sqrt(x - 1.0), np.log(x - 0.5), np.divide(1.0, x - 0.5), np.exp(2000.0 * x), np.power(x - 1.0, 0.5),
        np.arcsin(9.0 * x), np.maximum(x, np.nan), np.fmax(x, np.nan),
    ]  # fmt: skip


def test_what_numpy_answers_with_nan_or_inf() -> None:
    plain = beyond_domain(0.5)
    x = Scalar(0.5)
    results = minitorch.trace(beyond_domain)(x)
    assert np.array_equal(values(results), plain, equal_nan=True)
    derivatives = [adjoints_of(result, [x])[0] for result in results]
    nan, inf = np.nan, np.inf
    assert np.array_equal(derivatives, [nan, inf, -inf, inf, nan, nan, 0.0, 1.0], equal_nan=True)


def many(x: float) -> Any:
    """A function with second derivatives from several kinds of replacements."""
    return np.sin(x) * np.tanh(x) + np.mean([x * x, x]) + np.linalg.norm([x, 1.0]) + np.interp(x * x, [0, 1], [1, 3])


def test_second_derivatives() -> None:
    first = minitorch.grad(many)
    assert close(minitorch.grad(first)(0.5), richardson(first, (0.5,), 0))


def ties(x: float, y: float) -> Any:
    """Choices between equals."""
    return [np.maximum(x, y), np.fmin(x, y), np.clip(x, y, 9.0), np.max([x, y]), np.linalg.norm([x - y, y - x])]


def test_choices_between_equals_take_the_first() -> None:
    x, y = Scalar(2.0), Scalar(2.0)
    derivatives = [adjoints_of(result, [x, y]) for result in minitorch.trace(ties)(x, y)]
    assert derivatives == [[1.0, 0.0]] * 4 + [[0.0, 0.0]]


def warned(x: float) -> Any:
    """A division by zero."""
    return np.log(x)


def test_numpy_warns_as_for_floats() -> None:
    with pytest.warns(RuntimeWarning, match="divide by zero encountered in log"):
        assert minitorch.trace(warned)(Scalar(0.0)).data == -np.inf


def plain_calls(value: Any) -> list[Any]:
    """Calls on plain values, made while a Scalar is alive."""
    return [
        np.sin(value), np.array([value, 1]), np.sum([value, 1]), np.float64(value), np.where(value > 0, 1, 2),
        np.linalg.norm([value, 1]), np.isclose(value, 1), np.interp(value, [0, 1], [2, 3]), np.arange(3),
        np.fromiter([value], float), np.select([value > 0], [value]), np.maximum(value, 1), np.isnan(value),
    ]  # fmt: skip


def test_plain_values_give_what_numpy_gives() -> None:
    expected = plain_calls(0.5)
    alive = Scalar(1.0)
    results = minitorch.trace(plain_calls)(0.5)
    assert [result.__class__ for result in results] == [type(result) for result in expected]
    assert [repr(result) for result in results] == [repr(result) for result in expected]
    assert alive.derivative is None


@pytest.mark.parametrize("call", [lambda x: np.array([x], dtype=float), lambda x: np.float64(x), lambda x: np.zeros(1)])
def test_outside_rewritten_code_numpy_is_refused_the_plain_value(call: Any) -> None:
    x = Scalar(0.5, name="x")
    with pytest.raises(minitorch.HistoryLostError, match=r"test_numpy\.py:\d+.*'x'"):
        call(x)[0] = x


def test_arrays_of_objects_keep_history_outside_rewritten_code() -> None:
    x, y = Scalar(0.5), Scalar(2.0)
    array = np.array([x, y])
    results = [np.sin(array).sum(), array @ np.array([3.0, 4.0]), np.sqrt(array).mean(), np.dot(array, array)]
    assert [adjoints_of(result, [y])[0] for result in results] == pytest.approx([np.cos(2.0), 4.0, 2.0**-2.5, 4.0])


def test_comparisons_with_numbers_of_numpy() -> None:
    x = Scalar(0.5)
    assert np.float64(0.25) < x <= np.float32(0.5) and np.int64(1) != x == np.float64(0.5)
    assert (np.array([0.25, 0.75]) < x).tolist() == [True, False]


def test_grad_and_printed_source_know_numpy() -> None:
    assert minitorch.grad(np.sin)(0.5) == np.cos(0.5)
    assert "NumpyTanh.apply(x)" in minitorch.traced_source(many)


def test_every_row_is_a_ufunc_once() -> None:
    assert not ROWS.keys() & PARTIALS.keys()
    assert all(isinstance(getattr(np, name), np.ufunc) for name in (*ROWS, *PARTIALS))


def test_numpy_is_not_imported_for_its_own_sake(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import sys, minitorch\n"
        "print(minitorch.trace(lambda v: len([abs(v)]))(minitorch.Scalar(1.0)), 'numpy' in sys.modules)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(minitorch.__file__).parents[1])}
    run = subprocess.run([sys.executable, program], env=environment, capture_output=True, text=True, check=False)
    assert run.stdout == "1 False\n", run.stderr
