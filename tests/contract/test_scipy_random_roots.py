"""Roots and minima of random smooth problems of any size, against the formulas of the implicit function theorem."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import optimize

import minitorch


@pytest.mark.parametrize("seed", range(8))
def test_random_equations(seed: int) -> None:
    random = np.random.default_rng(seed)
    size = int(random.integers(1, 6))
    matrix, x = random.normal(size=(size, size)) / size, random.normal(size=size)
    cotangent, tangent = random.normal(size=(2, size))

    def solved(x: Any) -> Any:
        return optimize.fsolve(lambda u: u + np.tanh(matrix @ u) - x * np.cos(x), np.zeros(size), xtol=1e-13)

    with np.errstate(all="ignore"):
        root, pull = minitorch.vjp(solved, x)
    slope = np.eye(size) + (1.0 - np.tanh(matrix @ root) ** 2)[:, None] * matrix
    jacobian = np.linalg.solve(slope, np.diag(np.cos(x) - x * np.sin(x)))
    np.testing.assert_allclose(pull(cotangent)[0], cotangent @ jacobian, rtol=1e-9, atol=1e-11)
    moved = minitorch.jvp(solved, (x,), (tangent,))[1]
    np.testing.assert_allclose(moved, jacobian @ tangent, rtol=1e-9, atol=1e-11)
    assert cotangent @ moved == pytest.approx(tangent @ pull(cotangent)[0], rel=1e-11, abs=1e-13)
    step = 1e-5
    gradient = minitorch.grad(lambda x: cotangent @ solved(x))
    differences = (gradient(x + step * tangent) - gradient(x - step * tangent)) / (2.0 * step)
    found = minitorch.hvp(lambda x: cotangent @ solved(x), (x,), (tangent,))
    np.testing.assert_allclose(found, differences, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("seed", range(6))
def test_random_quadratic_minima_within_bounds(seed: int) -> None:
    random = np.random.default_rng(100 + seed)
    size = int(random.integers(2, 6))
    root = random.normal(size=(size, size))
    matrix, x = root @ root.T + np.eye(size), 2.0 * random.normal(size=size)
    limits = [(-0.5, 0.5)] * size

    def solved(x: Any) -> Any:
        options = {"ftol": 1e-16, "gtol": 1e-12}
        return optimize.minimize(
            lambda u: 0.5 * u @ matrix @ u - x @ u, np.zeros(size), bounds=limits, method="L-BFGS-B", options=options
        ).x

    point = solved(x)
    free = np.flatnonzero(np.abs(point) < 0.5)
    wanted = np.zeros((size, size))
    wanted[np.ix_(free, free)] = np.linalg.inv(matrix[np.ix_(free, free)])
    np.testing.assert_allclose(minitorch.jacobian(solved)(x), wanted, rtol=1e-6, atol=1e-8)
