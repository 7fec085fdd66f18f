"""Bad input to arrays: each is a clear error with the place and a cure that works, or is right."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import minitorch
from minitorch import Tensor
from minitorch.autodiff.errors import HistoryLostError

POINT = np.array([0.5, 1.5, 2.5])
OUTSIDE = np.zeros(3)
OTHER_OUTSIDE = np.zeros(3)


def element_into_outside(x: Any) -> Any:
    OUTSIDE[0] = x[0] * 2.0
    return np.sum(OUTSIDE)


def slice_into_outside(x: Any) -> Any:
    OUTSIDE[1:] = x[1:] * 2.0
    return np.sum(OUTSIDE)


def sum_into_outside(x: Any) -> Any:
    global OTHER_OUTSIDE
    OTHER_OUTSIDE += x
    return np.sum(OTHER_OUTSIDE)


def out_into_outside(x: Any) -> Any:
    np.multiply(x, 2.0, out=OUTSIDE)
    return np.sum(OUTSIDE)


def copied_into_outside(x: Any) -> Any:
    np.copyto(OUTSIDE, x)
    return np.sum(OUTSIDE)


def added_at_outside(x: Any) -> Any:
    np.add.at(OUTSIDE, [0, 0], x[:2])
    return np.sum(OUTSIDE)


def put_into_outside(x: Any) -> Any:
    np.put(OUTSIDE, [0], x[0])
    return np.sum(OUTSIDE)


REFUSED: tuple[Callable[[Any], Any], ...] = (
    element_into_outside, slice_into_outside, out_into_outside, copied_into_outside, added_at_outside,
    put_into_outside,
)  # fmt: skip


def lost(error: BaseException) -> HistoryLostError:
    """Return the error that says what is lost: where numpy sets an element, it is the cause of numpy's own."""
    found = error if isinstance(error, HistoryLostError) else error.__cause__
    assert isinstance(found, HistoryLostError)
    return found


@pytest.mark.parametrize("program", REFUSED, ids=lambda program: program.__name__)
@pytest.mark.parametrize("road", ["value_and_grad", "jvp", "trace"])
def test_a_value_with_history_is_not_written_where_it_would_be_lost(program: Callable[[Any], Any], road: str) -> None:
    with pytest.raises((HistoryLostError, ValueError)) as raised:
        if road == "value_and_grad":
            minitorch.value_and_grad(program)(POINT)
        elif road == "jvp":
            minitorch.jvp(program, (POINT,), (POINT,))
        else:
            minitorch.trace(program)(Tensor(POINT))
    error = lost(raised.value)
    line = inspect.getsourcelines(program)[1]
    places = [f"{Path(__file__).name}:{line + offset}:" for offset in range(1, 4)]
    assert any(place in str(error) for place in places), str(error)
    assert "would lose the derivative" in str(error)
    assert not OUTSIDE.any()


def test_the_cure_for_an_array_from_outside_works() -> None:
    def cured(x: Any) -> Any:
        inside = np.zeros_like(OUTSIDE)
        inside[0] = x[0] * 2.0
        inside[1:] = x[1:] * 3.0
        copied = np.array(OUTSIDE)
        copied[:] = x
        np.add.at(copied, [0, 0], x[:2])
        return np.sum(inside) + np.sum(copied)

    assert minitorch.grad(cured)(POINT).tolist() == [4.0, 5.0, 4.0]
    assert not OUTSIDE.any()


def test_whole_numbers_have_no_derivative() -> None:
    def counted(x: Any) -> Any:
        counts = np.zeros(3, dtype=int)
        counts[0] = x[1]
        return np.sum(counts * x)

    assert minitorch.grad(counted)(POINT).tolist() == [1.0, 0.0, 0.0]


def test_a_sum_in_place_makes_no_outside_array_of_values_with_history() -> None:
    """`a += x` on a plain array is asked of the array first, which hands it to the Tensor."""
    try:
        gradient = minitorch.grad(sum_into_outside)(POINT)
    except HistoryLostError as error:
        assert "would lose the derivative" in str(error)
    else:
        assert gradient.tolist() == [1.0, 1.0, 1.0]


SHAPES: dict[str, Callable[[Any], Any]] = {
    "operator": lambda x: x + np.ones(4),
    "reflected": lambda x: np.ones((2, 2)) * x,
    "in place": lambda x: x.copy().__iadd__(np.ones((2, 3))),
    "ufunc": lambda x: np.arctan2(x, np.ones(5)),
    "matmul": lambda x: np.ones((2, 4)) @ x,
    "dot": lambda x: np.dot(x, np.ones(2)),
    "einsum": lambda x: np.einsum("i,ij->j", x, np.ones((2, 2))),
    "concatenate": lambda x: np.concatenate([x, np.ones((2, 2))]),
    "stack": lambda x: np.stack([x, x[1:]]),
    "reshape": lambda x: x.reshape(2, 2),
    "broadcast_to": lambda x: np.broadcast_to(x, (3, 2)),
    "writing": lambda x: x.copy().__setitem__(slice(0, 2), x),
    "where": lambda x: np.where(np.ones(2, bool), x, 0.0),
    "axis": lambda x: np.sum(x, axis=1),
    "index": lambda x: x[3],
    "mask": lambda x: x[np.ones(4, bool)],
    "solve": lambda x: np.linalg.solve(np.ones((2, 3)), x),
    "singular": lambda x: np.linalg.solve(np.zeros((3, 3)), x),
    "not positive": lambda x: np.linalg.cholesky(-np.outer(x, x)),
    "ragged": lambda x: np.array([[x[0], x[1]], [x[2]]]),
}


@pytest.mark.parametrize("name", SHAPES)
def test_errors_of_shape_are_those_of_numpy(name: str) -> None:
    with pytest.raises(Exception) as expected:
        SHAPES[name](POINT)
    for run in (minitorch.value_and_grad(SHAPES[name]), minitorch.trace(SHAPES[name])):
        with pytest.raises(type(expected.value)) as raised:
            run(POINT if run.__name__ != SHAPES[name].__name__ else Tensor(POINT))
        assert str(expected.value).split("shape")[0] in str(raised.value)


def test_an_array_of_objects_that_hold_numbers_is_right() -> None:
    objects = np.array([1.0, 2.0, 3.0], dtype=object)
    gradient = minitorch.grad(lambda x: np.sum(np.array((x * objects).tolist())))(POINT)
    assert [float(d) for d in gradient] == [1.0, 2.0, 3.0]


def test_an_array_of_other_objects_is_refused() -> None:
    with pytest.raises(TypeError):
        minitorch.grad(lambda x: np.sum(x * np.array(["a", "b", "c"], dtype=object)))(POINT)
    with pytest.raises(TypeError, match="an array of numbers"):
        Tensor(np.array(["a", "b"], dtype=object))


def test_a_structured_array_is_refused_with_the_field_as_cure() -> None:
    records = np.zeros(3, dtype=[("mass", float), ("count", int)])
    with pytest.raises(TypeError, match="an array of numbers"):
        Tensor(records)

    def written(x: Any) -> Any:
        made = np.zeros(3, dtype=[("mass", float), ("count", int)])
        made["mass"] = x
        return np.sum(made["mass"])

    with pytest.raises(HistoryLostError, match="would lose the derivative"):
        minitorch.grad(written)(POINT)
    records["mass"] = POINT
    assert minitorch.grad(lambda x: np.sum(x * records["mass"]))(POINT).tolist() == POINT.tolist()


def test_a_masked_array_beside_a_tensor_is_refused() -> None:
    masked = np.ma.masked_array(POINT, mask=[False, True, False])

    def masked_sum(x: Any) -> Any:
        return np.sum(x * masked)

    for program in (masked_sum, lambda x: np.sum(masked * x), lambda x: np.sum(np.multiply(x, masked))):
        with pytest.raises(HistoryLostError, match="would lose the derivative"):
            minitorch.grad(program)(POINT)
    cured = minitorch.grad(lambda x: np.sum((x * masked.data)[~masked.mask]))(POINT)
    assert cured.tolist() == [0.5, 0.0, 2.5]


def test_a_read_only_array_is_read_and_not_written() -> None:
    fixed = POINT.copy()
    fixed.flags.writeable = False
    assert minitorch.grad(lambda x: np.sum(x * x))(fixed).tolist() == [1.0, 3.0, 5.0]
    assert minitorch.grad(lambda x: np.sum(x * fixed))(POINT).tolist() == POINT.tolist()

    def written(x: Any) -> Any:
        view = np.broadcast_to(x, (2, 3))
        view[0] = 1.0
        return np.sum(view)

    def cured(x: Any) -> Any:
        view = np.broadcast_to(x, (2, 3)).copy()
        view[0] = 1.0
        return np.sum(view)

    with pytest.raises(ValueError, match="read-only"):
        minitorch.grad(written)(POINT)
    assert minitorch.grad(cured)(POINT).tolist() == [1.0, 1.0, 1.0]


def test_a_memory_map_is_read_and_not_written_with_histories(tmp_path: Path) -> None:
    mapped = np.memmap(tmp_path / "numbers", dtype=float, mode="w+", shape=3)
    mapped[:] = POINT
    assert minitorch.grad(lambda x: np.sum(x * x))(mapped).tolist() == [1.0, 3.0, 5.0]
    assert minitorch.grad(lambda x: np.sum(x * mapped))(POINT).tolist() == POINT.tolist()

    def written(x: Any) -> Any:
        mapped[0] = x[0]
        return np.sum(mapped)

    with pytest.raises((HistoryLostError, ValueError)) as raised:
        minitorch.grad(written)(POINT)
    assert "would lose the derivative" in str(lost(raised.value))
    assert mapped.tolist() == POINT.tolist()
