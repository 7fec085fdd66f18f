"""Every ufunc of numpy's with a derivative, over kinds of shapes: its value to the last bit, and its derivatives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy_differences import slope

import minitorch
from minitorch import Tensor
from minitorch.arrays.elementwise import UFUNCS

pytestmark = [
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),
    pytest.mark.filterwarnings("ignore:.*depends on this very point.*"),
]

NAMES = sorted({ufunc.__name__ for ufunc in UFUNCS if getattr(np, ufunc.__name__, None) is ufunc} - {"ldexp"})

FLOATS = np.array([0.43, 0.71, 0.28, 0.87, 0.35, 0.62])
OTHERS = np.array([1.37, 0.52, 1.19, 0.94, 1.73, 0.66])
WEIGHTS = np.array([1.0, -0.5, 0.3, 0.8, -0.7, 0.4])

SHAPES = {
    "number": ((), ()), "vector": ((3,), (3,)), "matrix": ((2, 3), (2, 3)), "row": ((2, 3), (3,)),
    "column": ((2, 1), (3,)), "with a number": ((3,), ()),
}  # fmt: skip


def operands(name: str, shape: str, dtype: Any = float) -> list[Any]:
    """Inputs of a ufunc in its domain."""
    ufunc = getattr(np, name)
    moved = 1.0 if name == "arccosh" else 0.0
    made = []
    for numbers, size in zip((FLOATS + moved, OTHERS), SHAPES[shape], strict=True):
        made.append(np.resize(numbers, size).astype(dtype) if size else np.asarray(numbers[0], dtype))
    return made[: ufunc.nin]


def total(name: str) -> Callable[..., Any]:
    """The sum of the results with weights."""
    ufunc = getattr(np, name)

    def call(*inputs: Any) -> Any:
        result = np.asarray(ufunc(*inputs))
        if result.dtype.kind not in "fc":
            return np.sum(inputs[0]) * 0.0
        return np.sum(np.real(result) * np.resize(WEIGHTS, result.shape))

    return call


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", NAMES)
def test_value_and_derivatives(name: str, shape: str) -> None:
    inputs = operands(name, shape)
    expected = getattr(np, name)(*inputs)
    found = minitorch.detach(getattr(np, name)(*map(Tensor, inputs)))
    assert np.array_equal(found, expected) and np.shape(found) == np.shape(expected)
    f, places = total(name), tuple(range(len(inputs)))
    directions = [np.resize(np.cos(1.0 + FLOATS * 7.0), np.shape(x)) for x in inputs]
    gradient = minitorch.grad(f, places)

    def along(point: Any) -> Any:
        return sum(np.sum(d * g) for d, g in zip(directions, gradient(*point), strict=True))

    def moved(step: float) -> list[Any]:
        return [np.asarray(x + step * d) for x, d in zip(inputs, directions, strict=True)]

    first = along(inputs)
    difference = slope(lambda h: f(*moved(h)))
    assert first == pytest.approx(difference, rel=1e-9, abs=1e-9)
    assert minitorch.jvp(f, tuple(inputs), tuple(directions))[1] == pytest.approx(first, rel=1e-12, abs=1e-12)
    second = slope(lambda h: along(moved(h)))
    assert minitorch.jvp(lambda *p: along(p), tuple(inputs), tuple(directions))[1] == pytest.approx(
        second, rel=1e-7, abs=1e-7
    )


@pytest.mark.parametrize("name", NAMES)
def test_empty_arrays_and_single_precision(name: str) -> None:
    ufunc = getattr(np, name)
    empty = [np.zeros((0, 3))] * ufunc.nin
    assert [g.shape for g in minitorch.grad(total(name), tuple(range(ufunc.nin)))(*empty)] == [(0, 3)] * ufunc.nin
    inputs = operands(name, "vector", np.float32)
    found, expected = minitorch.detach(ufunc(*map(Tensor, inputs))), ufunc(*inputs)
    assert found.dtype == expected.dtype and np.array_equal(found, expected)
    gradient = minitorch.grad(total(name), tuple(range(ufunc.nin)))(*inputs)
    wide = minitorch.grad(total(name), tuple(range(ufunc.nin)))(*(x.astype(float) for x in inputs))
    for one, other in zip(gradient, wide, strict=True):
        assert one == pytest.approx(other, rel=2e-5, abs=2e-5)


CHOICES = ("sign", "maximum", "minimum", "fmax", "fmin")

COMPLEX = [name for name in NAMES if any("D" in k for k in getattr(np, name).types) and name not in CHOICES]


@pytest.mark.parametrize("name", COMPLEX)
def test_complex_numbers(name: str) -> None:
    ufunc = getattr(np, name)

    def f(u: Any) -> Any:
        inputs = [u[:3] + 1j * u[3:], u[3:] - 0.5j * u[:3]][: ufunc.nin]
        result = np.asarray(ufunc(*inputs))
        if result.dtype.kind not in "fc":
            return np.sum(u) * 0.0
        return np.sum(np.real(result) * WEIGHTS[:3]) + np.sum(np.imag(result) * WEIGHTS[3:])

    direction = np.cos(3.0 * OTHERS)
    first = minitorch.grad(f)(FLOATS) @ direction
    assert first == pytest.approx(slope(lambda h: f(FLOATS + h * direction)), rel=1e-9, abs=1e-9)
    assert minitorch.jvp(f, (FLOATS,), (direction,))[1] == pytest.approx(first, rel=1e-12, abs=1e-12)


FIRST, NONE = [1.0, 0.0], [0.0, 0.0]

KINKS = {
    "maximum": (lambda x, y: np.sum(np.maximum(x, y)), FIRST),
    "minimum": (lambda x, y: np.sum(np.minimum(x, y)), FIRST),
    "fmax": (lambda x, y: np.sum(np.fmax(x, y)), FIRST),
    "fmin": (lambda x, y: np.sum(np.fmin(x, y)), FIRST),
    "clip at its lower end": (lambda x, y: np.sum(np.clip(x, y, 9.0)), FIRST),
    "clip at its upper end": (lambda x, y: np.sum(np.clip(x, -9.0, y)), FIRST),
    "max": (lambda x, y: np.max(np.stack([x, y])), FIRST),
    "min": (lambda x, y: np.min(np.stack([x, y])), FIRST),
    "sort": (lambda x, y: np.sort(np.concatenate([x, y]))[0], FIRST),
    "median": (lambda x, y: np.median(np.concatenate([x, y, x + 1.0])), [0.0, 1.0]),
    "ptp": (lambda x, y: np.ptp(np.concatenate([x, y])), NONE),
    "abs": (lambda x, y: np.sum(np.abs(x - y)), NONE),
    "sign": (lambda x, y: np.sum(np.sign(x - y)), NONE),
    "hypot": (lambda x, y: np.sum(np.hypot(x - y, y - x)), NONE),
    "norm": (lambda x, y: np.linalg.norm(x - y), NONE),
    "norm of order 3": (lambda x, y: np.linalg.norm(x - y, 3), NONE),
}
"""What numpy has at ties and at zero, and its derivatives by both operands."""


@pytest.mark.parametrize("name", KINKS)
def test_kinks_and_ties(name: str) -> None:
    f, expected = KINKS[name]
    found = minitorch.grad(f, (0, 1))(np.array([0.5]), np.array([0.5]))
    assert np.ravel(found).tolist() == expected
