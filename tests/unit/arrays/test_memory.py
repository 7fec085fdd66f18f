"""What histories of arrays keep: no more than a vjp looks at, and nothing once nobody asks any more."""

from __future__ import annotations

import gc
import tracemalloc
import weakref
from collections.abc import Callable
from typing import Any

import array_program_checks
import numpy as np
import pytest
from array_program_checks import POINT, traced
from array_programs import ArrayProgram

import minitorch
from minitorch import Tensor
from minitorch.arrays import placeholders, tensor


def heat(u0: Any) -> Any:
    u = u0.copy()
    for _ in range(100):
        u[1:-1] += 0.2 * (u[2:] - 2.0 * u[1:-1] + u[:-2])
    return np.sum(u * u)


@pytest.mark.parametrize("block", range(4))
@pytest.mark.filterwarnings("ignore")
def test_derivatives_are_the_same_however_little_is_kept(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tensor, "SMALL", 0)
    monkeypatch.setattr(placeholders, "SMALL", 0)
    rng = np.random.default_rng(block)
    for seed in range(block * 25, block * 25 + 25):
        program = ArrayProgram(seed, single=False)
        with np.errstate(all="ignore"):
            x = Tensor(POINT)
            traced()(program, x, []).backward()
            made = minitorch.grad(lambda at, program=program: program.run(at))(POINT)
        expected = np.zeros_like(POINT) if x.derivative is None else x.derivative
        assert np.array_equal(made, expected, equal_nan=True), seed
        if seed % 5 == 0:
            try:
                array_program_checks.compare_second(seed, *rng.standard_normal((2, *POINT.shape)))
            except array_program_checks.UndecidedError:
                continue


def peak_of(f: Callable[..., Any], *args: Any) -> int:
    f(*args)
    tracemalloc.start()
    f(*args)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_linear_steps_keep_no_arrays() -> None:
    point = np.linspace(0.0, 1.0, 10_000)
    assert peak_of(minitorch.grad(heat), point) < 20 * point.nbytes


def test_a_factor_is_kept_only_for_the_other_one() -> None:
    def f(x: Any) -> Any:
        for _ in range(50):
            x = 1.01 * x + point
        return np.sum(x)

    point = np.linspace(0.0, 1.0, 100_000)
    assert peak_of(minitorch.grad(f), point) < 10 * point.nbytes


def test_what_a_user_records_keeps_its_values() -> None:
    x = Tensor(np.linspace(0.0, 1.0, 1000))
    y = x * 2.0
    z = y + 1.0
    assert z.history.inputs[0] is y
    assert y.data.tolist() == (np.linspace(0.0, 1.0, 1000) * 2.0).tolist()


def test_a_finished_run_is_gone_without_a_search_for_cycles() -> None:
    seen: list[weakref.ref[Any]] = []

    def f(x: Any) -> Any:
        y = np.sin(x)
        seen.append(weakref.ref(y))
        return heat(y)

    slope = minitorch.grad(f)
    slope(np.linspace(0.0, 1.0, 1000))
    gc.collect()
    gc.disable()
    try:
        slope(np.linspace(0.0, 1.0, 1000))
        assert seen[-1]() is None
    finally:
        gc.enable()


def test_an_inverse_power_keeps_one_array() -> None:
    def f(x: Any) -> Any:
        for _ in range(20):
            x = (x + 1.0) ** -1.5
        return np.sum(x)

    point = np.linspace(0.1, 1.0, 100_000)
    assert peak_of(minitorch.grad(f), point) < 27 * point.nbytes
    small = np.linspace(0.1, 1.0, 5)
    expected = minitorch.grad(f)(small)
    assert minitorch.grad(f)(np.tile(small, 100)).tolist() == pytest.approx(np.tile(expected, 100).tolist(), rel=1e-14)
    wide = np.tile(small, 100)
    turned = minitorch.hvp(f, (wide,), (np.ones(500),))
    assert turned == pytest.approx(np.tile(minitorch.hvp(f, (small,), (np.ones(5),)), 100), rel=1e-12)
    assert minitorch.jvp(f, (wide,), (wide,))[1] == pytest.approx(float(np.sum(minitorch.grad(f)(wide) * wide)))
    rows = minitorch.jacobian(lambda x: (x[:3].sum() + np.zeros(200)) ** -0.5)(small)
    assert rows[:, 0] == pytest.approx(-0.5 * small[:3].sum() ** -1.5) and not rows[:, 3:].any()
