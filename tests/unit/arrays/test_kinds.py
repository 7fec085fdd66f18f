"""Numbers of every kind, and arrays of every form: values are numpy's, derivatives those of differences."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import minitorch
from minitorch import Scalar, Tensor

POINT = np.array([0.5, -1.25, 0.75, 2.0])


def scalars_into_an_array(x: Any) -> Any:
    made = np.zeros(3)
    made[0] = math.sin(x[0])
    made[1] = x[1] * 2.0
    made[2] = made[0] * made[1]
    return np.sum(made)


def elements_out(x: Any) -> Any:
    return x[0] * x[1] + math.exp(x[2]) - float(3) * x[-1] ** 2


def a_loop_over_elements(x: Any) -> Any:
    total = 0.0
    for value in x:
        total += value * abs(value)
    return total


def a_loop_by_index(x: Any) -> Any:
    total = 1.0
    for index in range(len(x)):
        total = total * (1.0 + 0.1 * x[index])
    return total


def pairs(x: Any) -> Any:
    return sum(a * b for a, b in zip(x[1:], x[:-1], strict=True))


def a_list_of_elements(x: Any) -> Any:
    values = [v * 2.0 for v in x]
    values.append(values[0] * values[1])
    return np.sum(np.array(values) ** 2)


def nested_lists(x: Any) -> Any:
    return np.sum(np.array([[x[0], 1.0], [x[1] * x[2], np.float64(2.0)]]) @ np.array([x[3], 0.5]))


def integers_beside(x: Any) -> Any:
    counts = np.arange(4)
    counts[1:] += counts[:-1]
    return np.sum(x * counts) + np.sum(x[counts % 4])


def truths_beside(x: Any) -> Any:
    mask = np.array([True, False, True, True])
    return np.sum(x * mask) + np.sum(x[mask] ** 2) + np.sum(np.where(x > 0.6, x**3, 0.0))


def counted(x: Any) -> Any:
    return np.sum(x > 0.0) * np.mean(x**2)


def big_endian(x: Any) -> Any:
    return np.sum(x.astype(">f8") * np.array([1, 2, 3, 4], dtype=">i4"))


def fortran_order(x: Any) -> Any:
    a = np.asfortranarray(np.outer(x, x))
    a[1:] *= 0.5
    return np.sum(a @ np.ones((4, 2), order="F")) + np.sum(a.ravel(order="F")[:5])


def not_contiguous(x: Any) -> Any:
    a = np.outer(x, np.arange(1.0, 7.0))[::2, ::-2]
    return np.sum(a.reshape(-1)[1:4]) + np.sum(a.T[0] ** 2)


def empty_arrays(x: Any) -> Any:
    nothing = x[4:]
    joined = np.concatenate([nothing, x[:2], np.zeros((0,))])
    nothing += 1.0
    return np.sum(nothing) + np.sum(joined**2) + np.prod(x[:0]) * x[0]


def no_axes(x: Any) -> Any:
    a = np.array(x[0])
    a[...] = a * x[1]
    a += 1.0
    return a[()] * np.sum(x.reshape(2, 2)[1]) + np.squeeze(x[2:3])


def numbers_of_numpy(x: Any) -> Any:
    return np.float64(2.0) * x[0] + np.int64(3) * x[1] + np.sum(x / np.float32(2.0)) + np.bool_(True) * x[2]


def numbers_of_python(x: Any) -> Any:
    return np.sum(2 * x + True * x - x // 1 * 0 + 0.5 * x)


def through_complex(x: Any) -> Any:
    z = x[:2] + 1j * x[2:]
    return np.sum((z * np.conj(z)).real) + np.abs(z[0] * z[1]) + np.angle(z[0])


def complex_parts_written(x: Any) -> Any:
    z = np.zeros(4, dtype=complex)
    z.real = x
    z.imag[1:] = x[:-1] ** 2
    return np.sum((z**2).real + (z**2).imag)


def structures(x: Any) -> Any:
    kept = {"first": x[:2], "rest": [x[2], (x[3],)]}
    kept["first"] = kept["first"] * 2.0
    return np.sum(kept["first"]) * kept["rest"][0] + kept["rest"][1][0] ** 2


PROGRAMS: tuple[Callable[[Any], Any], ...] = (
    scalars_into_an_array, elements_out, a_loop_over_elements, a_loop_by_index, pairs, a_list_of_elements, nested_lists,
    integers_beside, truths_beside, counted, big_endian, fortran_order, not_contiguous, empty_arrays, no_axes,
    numbers_of_numpy, numbers_of_python, through_complex, complex_parts_written, structures,
)  # fmt: skip


def differences(function: Callable[[Any], Any], x: Any) -> Any:
    """Return the gradient by differences of fourth order."""
    found = []
    for index in range(len(x)):
        step = np.zeros(len(x))
        step[index] = 1e-3
        values = [float(function(x + k * step)) for k in (-2, -1, 1, 2)]
        found.append((values[0] - 8.0 * values[1] + 8.0 * values[2] - values[3]) / (12.0 * 1e-3))
    return np.array(found)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_programs_of_many_kinds(program: Callable[[Any], Any]) -> None:
    expected, wanted = program(POINT), differences(program, POINT)
    value, gradient = minitorch.value_and_grad(program)(POINT)
    assert np.float64(value).tobytes() == np.float64(expected).tobytes()
    assert gradient == pytest.approx(wanted, rel=1e-8, abs=1e-8)
    direction = np.array([1.0, -0.5, 0.25, 2.0])
    assert float(minitorch.jvp(program, (POINT,), (direction,))[1]) == pytest.approx(wanted @ direction, rel=1e-8)
    leaf = Tensor(POINT)
    minitorch.trace(program)(leaf).backward()
    assert leaf.derivative == pytest.approx(wanted, rel=1e-8, abs=1e-8)
    scalars = [Scalar(x) for x in POINT]
    result = minitorch.trace(program)(minitorch.trace(np.array)(scalars))
    result.backward()
    assert [x.derivative or 0.0 for x in scalars] == pytest.approx(wanted, rel=1e-8, abs=1e-8)


@pytest.mark.parametrize(
    "kind", [np.float16, np.float32, np.float64, np.longdouble, np.complex64, np.complex128, ">f8", ">f4"]
)
def test_a_kind_of_numbers_stays_what_it_is(kind: Any) -> None:
    def program(x: Any) -> Any:
        y = x.copy()
        y[1:] += x[:-1] * 2
        z = y * y + np.sum(x)
        kinds.append((y.dtype, z.dtype, np.abs(z).dtype))
        return np.sum(np.abs(z))

    kinds: list[Any] = []
    x = np.array([0.5, -1.25, 0.75]).astype(kind)
    expected = program(x)
    leaf, wide = Tensor(x), Tensor(x.astype(complex if x.dtype.kind == "c" else float))
    traced = minitorch.trace(program)
    result = traced(leaf)
    assert (result.data, result.dtype, kinds[1]) == (expected, expected.dtype, kinds[0])
    result.backward()
    traced(wide).backward()
    assert leaf.derivative.dtype == x.dtype
    assert np.allclose(leaf.derivative, wide.derivative, rtol={2: 1e-2, 4: 1e-5}.get(expected.dtype.itemsize, 1e-12))


@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0), (), (1,), (1, 1, 1)])
def test_arrays_of_unusual_shapes(shape: tuple[int, ...]) -> None:
    x = Tensor(np.full(shape, 1.5))
    value = np.sum(x**2) + np.sum(x.T * 3.0)
    value.backward()
    assert (value.data, x.derivative.shape) == (np.sum(x.data**2) + np.sum(x.data.T * 3.0), shape)
    assert np.array_equal(x.derivative, 2.0 * x.data + 3.0)


@pytest.mark.parametrize("kind", [int, bool, np.int8, np.uint64])
def test_integers_have_derivatives_of_floats(kind: Any) -> None:
    value, gradient = minitorch.value_and_grad(lambda x: np.sum(x * x))(np.array([1, 0, 1], dtype=kind))
    assert (float(value), gradient.tolist()) == (2.0, [2.0, 0.0, 2.0])


def test_arrays_in_dictionaries_lists_and_tuples() -> None:
    def loss(p: Any) -> Any:
        return np.sum(p["w"] @ p["b"][0]) * p["scale"] + np.sum(p["b"][1][0] ** 2)

    parameters = {"w": np.ones((2, 2)), "b": [np.array([1.0, 2.0]), (np.array([3.0]),)], "scale": 0.5}
    gradient = minitorch.grad(loss)(parameters)
    assert gradient["w"].tolist() == [[0.5, 1.0], [0.5, 1.0]]
    assert gradient["b"][0].tolist() == [1.0, 1.0]
    assert gradient["b"][1][0].tolist() == [6.0]
    assert gradient["scale"] == 6.0


def test_a_longdouble_keeps_its_digits() -> None:
    third = np.longdouble(1.0) / np.longdouble(3.0)
    x = np.array([third, third])
    leaf = Tensor(x)
    value = leaf[0].item() * leaf[1]
    value.backward()
    assert (value.data, value.dtype) == (third * third, np.longdouble)
    assert leaf.derivative.tolist() == [third, third]


@pytest.mark.parametrize("name", ["add", "sub", "mul", "truediv", "pow"])
@pytest.mark.parametrize("is_left", [False, True])
def test_a_scalar_meets_a_longdouble(name: str, is_left: bool) -> None:
    operate, third = getattr(operator, name), np.longdouble(1.0) / np.longdouble(3.0)
    x = Scalar(2.5)
    value = operate(third, x) if is_left else operate(x, third)
    value.backward()
    plain = operate(third, 2.5) if is_left else operate(2.5, third)
    assert (value.dtype, value.data) == (np.longdouble, plain)
    y = Scalar(2.5)
    (operate(float(third), y) if is_left else operate(y, float(third))).backward()
    assert x.derivative == pytest.approx(y.derivative, rel=1e-15)


def test_functions_that_numpy_calls_on_plain_arrays() -> None:
    rows = np.arange(6.0).reshape(2, 3)

    def along(x: Any) -> Any:
        return np.sum(np.apply_along_axis(lambda row: row * x, 1, rows) * rows)

    def pieces(x: Any) -> Any:
        return np.sum(np.piecewise(rows, [rows < 2.0], [lambda part: part * x, lambda part: part - x]))

    assert minitorch.value_and_grad(along)(2.0) == (110.0, 55.0)
    assert minitorch.value_and_grad(pieces)(2.0) == (8.0, -3.0)


SQUARE = np.frompyfunc(lambda v: v * v, 1, 1)
MIXED = np.frompyfunc(lambda p, q: p * q + p, 2, 1)
OPERAND = np.array([1.0, 2.0, 3.0])

PYTHON_UFUNCS = {
    "one operand": (lambda a: SQUARE(a).sum(), [2.0, 4.0, 6.0]),
    "two axes": (lambda a: SQUARE(a.reshape(3, 1)).sum(), [2.0, 4.0, 6.0]),
    "a number beside": (lambda a: MIXED(a, 2.0).sum(), [3.0, 3.0, 3.0]),
    "two results": (lambda a: np.frompyfunc(divmod, 2, 2)(a, 2.0)[1].sum(), [1.0, 1.0, 1.0]),
    "reduce": (lambda a: MIXED.reduce(a), [12.0, 4.0, 3.0]),
    "accumulate": (lambda a: MIXED.accumulate(a)[-1], [12.0, 4.0, 3.0]),
    "outer": (lambda a: MIXED.outer(a, a).sum(), [15.0, 15.0, 15.0]),
    "plain numbers": (lambda a: (SQUARE(np.ones(2)).sum() * a).sum(), [2.0, 2.0, 2.0]),
}


@pytest.mark.parametrize("name", PYTHON_UFUNCS)
def test_ufuncs_of_python_functions_keep_the_history(name: str) -> None:
    f, slopes = PYTHON_UFUNCS[name]
    value, gradient = minitorch.value_and_grad(f)(OPERAND)
    assert value == f(OPERAND) and gradient.tolist() == slopes
    assert minitorch.jvp(f, (OPERAND,), (OPERAND,)) == (value, float(np.dot(slopes, OPERAND)))
