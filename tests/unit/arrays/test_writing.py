"""Writing into arrays and their views, compared with numpy and with central differences."""

from __future__ import annotations

import numpy as np
import pytest
from array_programs import ArrayProgram

from minitorch import Tensor

POINT = np.array([[0.3, -0.7, 0.9, 0.2], [1.1, 0.4, -0.3, 0.6], [-0.5, 0.8, 0.1, -0.9]])


def difference(program: ArrayProgram, direction: np.ndarray) -> float:
    """The derivative of a program along a direction, by Richardson's extrapolation."""

    def central(step: float) -> float:
        up, down = (program.run(POINT + sign * step * direction, np.copy) for sign in (1.0, -1.0))
        return float(up - down) / (2.0 * step)

    return (4.0 * central(5e-6) - central(1e-5)) / 3.0


@pytest.mark.parametrize("block", range(10))
def test_programs_of_views_and_writes(block: int) -> None:
    rng = np.random.default_rng(block)
    for seed in range(block * 30, block * 30 + 30):
        program = ArrayProgram(seed)
        expected = program.run(POINT, np.copy)
        x = Tensor(POINT)
        result = program.run(x, np.copy)
        assert np.float64(result.data).tobytes() == np.float64(expected).tobytes(), seed
        result.backward()
        direction = rng.standard_normal(POINT.shape)
        derivative = 0.0 if x.derivative is None else float(np.sum(x.derivative * direction))
        assert derivative == pytest.approx(difference(program, direction), rel=1e-5, abs=1e-6), seed


def test_a_view_shows_what_was_written_to_its_base() -> None:
    x = Tensor([1.0, 2.0, 3.0])
    y = x * 2.0
    view = y[1:]
    y[2] = x[0] * x[1]
    assert view.data.tolist()[1] == 2.0
    view.sum().backward()
    assert x.derivative.tolist() == [2.0, 3.0, 0.0]


def test_a_write_leaves_what_was_computed_before() -> None:
    x = Tensor([1.0, 2.0])
    y = x.copy()
    z = y * y
    y[0] = 5.0
    z.sum().backward()
    assert (x.derivative.tolist(), y.data.tolist(), z.data.tolist()) == ([2.0, 4.0], [5.0, 2.0], [1.0, 4.0])
