"""`vmap` gives what a loop over the rows gives, with histories where rows have them."""

from __future__ import annotations

import math
from typing import Any

import numpy
import pytest

import minitorch

XS, YS = numpy.linspace(-1.1, 2.0, 7), numpy.linspace(3.0, 4.0, 7)
MATRIX = numpy.arange(12.0).reshape(3, 4)


def branching(x: float, y: float = 2.0) -> float:
    return math.hypot(x, y) if x > 0.0 else x * y


def norm(row: Any) -> Any:
    return float(numpy.sum(row * row))


def looped(f: Any, *columns: Any) -> Any:
    return numpy.array([f(*row) for row in zip(*(column.tolist() for column in columns), strict=True)])


def test_numbers() -> None:
    assert numpy.array_equal(minitorch.vmap(branching)(XS, YS), looped(branching, XS, YS))
    assert numpy.array_equal(minitorch.vmap(branching)(XS), looped(branching, XS))
    assert numpy.array_equal(minitorch.vmap(branching)(XS, y=YS), looped(branching, XS, YS))
    assert numpy.array_equal(minitorch.vmap(branching, (0, None))(XS, 5.0), looped(lambda x: branching(x, 5.0), XS))


def test_many_rows_have_the_same_digits() -> None:
    xs, ys = numpy.random.default_rng(1).normal(size=(2, 3000))
    assert numpy.array_equal(minitorch.vmap(branching)(xs, ys), looped(branching, xs, ys))


@pytest.mark.parametrize("derivative", [minitorch.grad, minitorch.value_and_grad, minitorch.hessian])
def test_derivatives_of_rows(derivative: Any) -> None:
    mapped = minitorch.vmap(derivative(branching))(XS, YS)
    rows = [derivative(branching)(x, y) for x, y in zip(XS.tolist(), YS.tolist(), strict=True)]
    if isinstance(mapped, tuple):
        assert all(numpy.array_equal(a, b) for a, b in zip(mapped, zip(*rows, strict=True), strict=True))
    else:
        assert numpy.array_equal(mapped, rows)


@pytest.mark.parametrize(("in_axes", "matrix"), [(0, MATRIX), (1, MATRIX.T), (-1, MATRIX.T), ((0,), MATRIX)])
def test_axes_of_arrays(in_axes: Any, matrix: Any) -> None:
    assert minitorch.vmap(norm, in_axes)(matrix).tolist() == [norm(row) for row in MATRIX]
    gradients = minitorch.vmap(minitorch.grad(norm), in_axes)(matrix)
    assert numpy.array_equal(gradients, 2 * MATRIX)
    assert numpy.array_equal(minitorch.vmap(minitorch.grad(norm), in_axes, out_axes=1)(matrix), 2 * MATRIX.T)


def test_structures() -> None:
    def both(p: dict[str, float]) -> dict[str, Any]:
        return {"sum": p["a"] + p["b"], "parts": (p["a"], numpy.array([p["b"], 1.0]))}

    result = minitorch.vmap(both)({"a": XS, "b": YS})
    assert numpy.array_equal(result["sum"], XS + YS) and numpy.array_equal(result["parts"][0], XS)
    assert result["parts"][1].shape == (7, 2)


def test_histories_go_through() -> None:
    def total(xs: Any, k: float) -> Any:
        return sum(minitorch.vmap(lambda x: branching(x, k))(xs))

    gradient, slope = minitorch.grad(total, (0, 1))(XS, 2.0)
    rows = [minitorch.grad(branching, (0, 1))(x, 2.0) for x in XS.tolist()]
    assert numpy.allclose(gradient, [row[0] for row in rows], rtol=1e-15)
    assert math.isclose(slope, sum(row[1] for row in rows), rel_tol=1e-14)
    curvature = minitorch.hessian(lambda xs: numpy.sum(minitorch.vmap(branching)(xs)))(XS)
    assert numpy.allclose(curvature, numpy.diag([minitorch.hessian(branching)(x) for x in XS.tolist()]), rtol=1e-14)


def test_nested() -> None:
    table = minitorch.vmap(minitorch.vmap(branching, (None, 0)), (0, None))(XS, YS)
    assert numpy.array_equal(table, [[branching(x, y) for y in YS.tolist()] for x in XS.tolist()])


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: minitorch.vmap(branching)([1.0, 2.0]), TypeError, "no axis to go along in 1.0: give an array"),
        (lambda: minitorch.vmap(branching)(1.0), TypeError, "no axis to go along in 1.0"),
        (lambda: minitorch.vmap(branching, None)(1.0), TypeError, "no axis to go along in its arguments"),
        (lambda: minitorch.vmap(branching, (0, 0))(XS), TypeError, "2 axes for 1 arguments"),
        (lambda: minitorch.vmap(branching)(XS, YS[:2]), ValueError, r"different lengths \[2, 7\]"),
        (lambda: minitorch.vmap(branching)(XS[:0]), ValueError, "no rows"),
        (lambda: minitorch.vmap(lambda x: (x,) if x > 0 else x)(XS), TypeError, "row 3 gives another structure"),
    ],
)
def test_what_has_no_rows(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize("count", [3, 3000])
def test_an_axis_that_results_do_not_have_is_refused_for_few_rows_and_many(count: int) -> None:
    with pytest.raises(numpy.exceptions.AxisError):
        minitorch.vmap(branching, out_axes=1)(numpy.linspace(0.1, 2.0, count))
