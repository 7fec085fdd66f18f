"""Tensors: values as numpy's to the last bit, derivatives as those of Scalars and of central differences."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import minitorch
from minitorch import HistoryLostError, Scalar, Tensor, TensorFunction, topological_sort
from minitorch.arrays.partials import read_as_numpy
from minitorch.arrays.ufuncs import ROWS
from minitorch.autodiff.variable import backward_pass
from minitorch.rules.real import RULES

V = np.array([0.53, 1.3, 2.15, 0.92])
M = np.array([[2.0, 0.3, -0.5], [0.7, 1.5, 0.4], [-0.2, 0.6, 3.0]])

FUNCTIONS: list[tuple[Callable[[Any], Any], np.ndarray]] = [
    (lambda x: np.sin(x) * np.exp(-x) + x**2.5 / (1.0 + x), V),
    (lambda x: np.where(x > 1.0, np.log(x), x * x), V),
    (lambda x: np.sum(x * x, axis=0, keepdims=True), M),
    (lambda x: np.mean(x, axis=(0, 1)) + np.std(x, axis=1, ddof=1), M),
    (lambda x: np.prod(x, axis=1) + np.cumprod(x, axis=1)[:, 1], M),
    (lambda x: np.max(x, axis=0) - np.min(x), M),
    (lambda x: np.cumsum(x)[::-1] * np.sort(x), V),
    (lambda x: x @ M @ x[:, 0] + np.einsum("ii", x), M),
    (lambda x: np.tensordot(x, M, axes=([1], [0])) + np.kron(x[0], x[1])[:3], M),
    (lambda x: np.linalg.solve(x, M) @ np.linalg.inv(x), M),
    (lambda x: np.linalg.det(x) + np.linalg.norm(x) + np.linalg.slogdet(x)[1], M),
    (lambda x: np.linalg.cholesky(x @ x.T), M),
    (lambda x: np.linalg.eigh(x + x.T)[0] * np.linalg.svd(x, compute_uv=False), M),
    (lambda x: np.abs(np.fft.fft(x)) ** 2, V),
    (lambda x: np.concatenate([x, [1.0], x * x]) + np.pad(x, (2, 3), mode="edge")[:9], V),
    (lambda x: np.roll(np.tile(x, 2), 3) * np.repeat(x, 2), V),
    (lambda x: np.gradient(x * x) + np.interp(x, [0.0, 1.0, 3.0], [1.0, 2.0, 0.0]), V),
    (lambda x: x[[3, 0, 0]] * x[x > 0.9], V),
    (lambda x: x.reshape(2, 2).T.ravel() * x.clip(0.6, 1.5), V),
    (lambda x: np.percentile(x, 30) + np.median(x) + np.logaddexp.reduce(x), V),
]  # fmt: skip


def differences(f: Callable[[Any], Any], x: np.ndarray) -> np.ndarray:
    """The derivative of all outputs along one direction, by Richardson's extrapolation."""
    direction = np.cos(np.arange(x.size)).reshape(x.shape)
    near, far = ((f(x + h * direction) - f(x - h * direction)) / (2 * h) for h in (1e-4, 2e-4))
    return np.asarray((4 * near - far) / 3)


@pytest.mark.parametrize("index", range(len(FUNCTIONS)))
def test_functions_of_numpy(index: int) -> None:
    f, point = FUNCTIONS[index]
    x = Tensor(point)
    result = f(x)
    assert result.data.tobytes() == np.asarray(f(point)).tobytes()
    weights = np.sin(1.0 + np.arange(result.size)).reshape(result.shape)
    result.backward(weights[()])
    direction = np.cos(np.arange(point.size)).reshape(point.shape)
    expected = float(np.sum(differences(f, point) * weights))
    assert float(np.sum(x.derivative * direction)) == pytest.approx(expected, rel=1e-7, abs=1e-8)


@pytest.mark.parametrize("index", [0, 2, 3, 4, 7, 9, 13, 14])
def test_second_derivatives(index: int) -> None:
    f, point = FUNCTIONS[index]
    slope = minitorch.grad(lambda x: np.sum(np.sin(f(x))))
    direction = np.cos(np.arange(point.size)).reshape(point.shape)
    product = minitorch.hvp(lambda x: np.sum(np.sin(f(x))), (point,), (direction,))
    assert product == pytest.approx(differences(slope, point), rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("name", sorted(name for name in ROWS if len(RULES[ROWS[name].name].partials) in (1, 2)))
def test_partials_are_those_of_scalars(name: str) -> None:
    rule = RULES[ROWS[name].name]
    if rule.int_input is not None or name == "ldexp":
        inputs: list[np.ndarray] = [V, np.array([1, 2, 0, 3])]
    else:
        inputs = [V if name == "arccosh" else V / 3.0, V[::-1]][: getattr(np, name).nin]
        inputs = [inputs[0] + 1.0] if name == "arccosh" else inputs
    output = getattr(np, name)(*inputs)
    for partial, plain in zip(read_as_numpy(rule.name)[: len(inputs)], rule.partials, strict=False):
        if name == "ldexp" and plain is not rule.partials[0]:
            continue
        found = np.broadcast_to(partial(*inputs, output), V.shape)
        rows = zip(*(x.tolist() for x in inputs), output.tolist(), strict=True)
        assert found == pytest.approx([plain(*row) for row in rows], rel=1e-13)


def test_no_derivative_comes_from_an_arm_not_taken() -> None:
    slope = minitorch.grad(lambda x: np.sum(np.where(x > 0, 1.0 / x, 0.0)))
    with np.errstate(divide="ignore"):
        assert slope(np.array([0.0, 2.0])).tolist() == [0.0, -0.25]


def test_scalars_and_arrays_mix() -> None:
    s, x = Scalar(3.0), Tensor([1.0, 2.0])
    y = np.array([1.0, 2.0]) * s + x[0] * s
    assert type(y) is Tensor
    y.sum().backward()
    assert (s.derivative, x.derivative.tolist()) == (5.0, [6.0, 0.0])


def test_it_answers_as_an_array() -> None:
    x = Tensor([[1.0, 2.0]])
    assert isinstance(x, np.ndarray) and isinstance(x[0, 0], float) and isinstance(x[0, 0], np.float64)
    assert (x.shape, x.ndim, x.size, len(x), x.dtype, repr(x)) == ((1, 2), 2, 2, 1, np.float64, "array([[1., 2.]])")
    with pytest.raises(TypeError, match="unhashable"):
        hash(x)
    with pytest.raises(ValueError, match="ambiguous"):
        bool(x)
    with pytest.raises(ValueError, match="could not be broadcast"):
        x + np.ones(3)


def test_a_plain_buffer_is_refused_with_the_place() -> None:
    x = Tensor([1.0, 2.0], name="load")
    with pytest.raises(HistoryLostError, match=r"test_tensor\.py:\d+: .*'load'"):
        np.asarray(x)
    target = np.zeros(2)
    with pytest.raises(HistoryLostError, match="out="):
        np.multiply(x, 2.0, out=target)
    assert np.asarray(Tensor([1.0], None)).tolist() == [1.0]


class Cube(TensorFunction):
    """A user's own Function."""

    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        """Cube, and keep the input."""
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx: Any, d_output: Any) -> Any:
        """Three squares."""
        return d_output * 3.0 * ctx.saved_values**2


def test_a_function_of_ones_own() -> None:
    point = np.array([1.0, 2.0])
    assert minitorch.grad(lambda x: np.sum(Cube.apply(x)))(point).tolist() == [3.0, 12.0]
    assert minitorch.hessian(lambda x: np.sum(Cube.apply(x)))(point).tolist() == [[6.0, 0.0], [0.0, 12.0]]


def test_float32_stays_float32() -> None:
    x = Tensor(np.array([1.0, 2.0], dtype=np.float32))
    y = np.sin(x) * 2.0
    y.sum().backward()
    assert y.dtype == x.derivative.dtype == np.float32


def test_a_pass_over_scalars_takes_them_one_by_one() -> None:
    x = Scalar(2.0)
    order = topological_sort(x * x + x)
    events: list[int] = []

    def one_by_one() -> Iterator[Any]:
        for node in order:
            events.append(node.unique_id)
            yield node
            events.append(-node.unique_id)

    assert backward_pass(one_by_one(), {order[0].unique_id: 1.0}, [x]) == [5.0]
    assert events == [number for node in order for number in (node.unique_id, -node.unique_id)]
