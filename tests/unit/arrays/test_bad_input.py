"""What can't be right is said: where, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import minitorch
from minitorch import HistoryLostError, grad

POINT = np.array([1.0, 2.0, 3.0])
OUTSIDE = np.zeros(3)
STRUCTURED = np.zeros(3, dtype=[("a", float), ("b", int)])
MASKED = np.ma.masked_array(POINT, [0, 1, 0])


def element(x: Any) -> Any:
    OUTSIDE[0] = x[0]
    return np.sum(OUTSIDE)


def region(x: Any) -> Any:
    OUTSIDE[1:] = x[1:]
    return np.sum(OUTSIDE)


def in_place(x: Any) -> Any:
    part = OUTSIDE[1:]
    part += x[1:]
    return np.sum(OUTSIDE)


def some(x: Any) -> Any:
    OUTSIDE[OUTSIDE < 1.0] = x[0]
    return np.sum(OUTSIDE)


def field(x: Any) -> Any:
    STRUCTURED["a"] = x
    return np.sum(STRUCTURED["a"])


def filled(x: Any) -> Any:
    OUTSIDE.fill(x[0])
    return np.sum(OUTSIDE)


WRITES: dict[str, Callable[[Any], Any]] = {
    "an element": element,
    "a region": region,
    "in place": in_place,
    "by a mask": some,
    "a field": field,
    "fill": filled,
    "out": lambda x: np.add(x, 1.0, out=OUTSIDE).sum(),
    "copyto": lambda x: np.copyto(OUTSIDE, x),
    "add.at": lambda x: np.add.at(OUTSIDE, [0, 1], x[:2]),
    "put": lambda x: np.put(OUTSIDE, [0], x[0]),
}


@pytest.mark.parametrize("name", WRITES)
def test_plain_arrays_from_outside(name: str) -> None:
    before = OUTSIDE.copy()
    with pytest.raises(HistoryLostError, match=r"test_bad_input\.py:\d+: .*would lose the derivative of .*'x"):
        grad(WRITES[name])(POINT)
    assert (before == OUTSIDE).all()


REFUSED: dict[str, tuple[Callable[[Any], Any], Any, type[Exception], str]] = {
    "shapes": (lambda x: np.sum(x + np.ones(2)), POINT, ValueError, r"shapes \(3,\) \(2,\)"),
    "matmul": (lambda x: np.sum(x @ np.ones(2)), POINT, ValueError, "mismatch in its core dimension"),
    "an index": (lambda x: x[7], POINT, IndexError, "index 7 is out of bounds"),
    "objects": (np.sum, np.array([1.0, None], dtype=object), TypeError, "argument .*must be a real number"),
    "a structured array": (lambda x: np.sum(x["a"]), STRUCTURED, TypeError, r"test_bad_input\.py:\d+.*'x': it must be"),
    "a masked array": (lambda x: np.sum(x), MASKED, TypeError, r"test_bad_input\.py:\d+.*MaskedArray.*np|numpy\.where"),
    "a masked operand": (lambda x: np.sum(x * MASKED), POINT, TypeError, r"test_bad_input\.py:\d+: .*MaskedArray"),
    "a matrix": (lambda x: np.sum(x * x), np.matrix([[1.0, 2.0]]), TypeError, r"matrix.*numpy\.asarray"),
    "complex numbers": (lambda x: np.sum(abs(x)), POINT + 1j, TypeError, "must have real numbers"),
    "text": (lambda x: x, np.array(["a"]), TypeError, "must be a real number"),
    "no number": (lambda x: x * x, POINT, TypeError, r"not an array of shape \(3,\); minitorch.jacobian"),
    "a ragged list": (lambda x: np.sum(np.array([x, [1.0]])), POINT, ValueError, "inhomogeneous shape"),
    "a singular matrix": (lambda x: np.sum(np.linalg.inv(x)), np.zeros((2, 2)), np.linalg.LinAlgError, "Singular"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refusals(name: str) -> None:
    f, point, kind, message = REFUSED[name]
    with pytest.raises(kind, match=message):
        grad(f)(point)


def test_arrays_that_are_not_to_be_written() -> None:
    fixed = POINT.copy()
    fixed.flags.writeable = False
    assert grad(lambda x: np.sum(x * x))(fixed).tolist() == [2.0, 4.0, 6.0]

    def write(x: Any) -> Any:
        x[0] = 5.0
        return np.sum(x * x)

    with pytest.raises(ValueError, match="read-only"):
        grad(write)(fixed)
    assert grad(write)(POINT).tolist() == [0.0, 4.0, 6.0]
    assert POINT[0] == 1.0


def test_arrays_in_files(tmp_path: Path) -> None:
    stored = np.memmap(tmp_path / "numbers", dtype=float, mode="w+", shape=(3,))
    stored[:] = POINT
    assert grad(lambda x: np.sum(x * x))(stored).tolist() == [2.0, 4.0, 6.0]
    assert grad(lambda x: np.sum(x * stored))(POINT).tolist() == POINT.tolist()

    def write(x: Any) -> Any:
        stored[0] = x[0]
        return np.sum(stored)

    with pytest.raises(HistoryLostError, match="make a copy of it in traced code"):
        grad(write)(POINT)


def test_numbers_of_other_kinds() -> None:
    assert minitorch.value_and_grad(lambda x: np.sum(x * x))(np.arange(3))[1].tolist() == [0.0, 2.0, 4.0]
    assert grad(lambda x: np.sum(x * np.array([1.0, 2.0, 3.0], dtype=object)))(POINT).tolist() == POINT.tolist()
    assert grad(lambda x: np.sum(x * STRUCTURED["a"]))(POINT).tolist() == [0.0, 0.0, 0.0]
    value, slope = minitorch.value_and_grad(lambda x: np.sum(x * x))(np.zeros((0, 3)))
    assert value == 0.0 and slope.shape == (0, 3)
    assert minitorch.value_and_grad(lambda x: x * x)(np.array(3.0)) == (9.0, 6.0)
