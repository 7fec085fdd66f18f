"""Checks of solvers against problems whose solutions are known in closed form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import minitorch

__all__ = ["Problem", "check_first_order", "check_second_order", "weighted_sum"]

Problem = tuple[Callable[[Any], Any], Callable[[Any], Any], Any]
"""A function that solves, one that gives the solution in closed form, and a point."""


def check_first_order(problem: Problem, tolerance: float = 1e-9) -> None:
    """Check that a value is that of the plain call to the last bit, and its derivative that of the closed form."""
    f, exact, x = problem
    assert np.array_equal(minitorch.vjp(f, x)[0], f(x))
    np.testing.assert_allclose(minitorch.jacobian(f)(x), minitorch.jacobian(exact)(x), rtol=tolerance, atol=tolerance)


def weighted_sum(g: Callable[[Any], Any], weights: Any) -> Callable[[Any], Any]:
    """Return a function that gives one number of all that another one gives."""
    return lambda x: np.sum(g(x) * weights)


def check_second_order(problem: Problem, tolerance: float = 1e-6) -> None:
    """Check that forward mode equals reverse mode, and second derivatives, both ways, those of the closed form."""
    f, exact, x = problem
    shape = np.shape(exact(x))
    weights = np.cos(1.0 + np.arange(int(np.prod(shape)))).reshape(shape)
    direction = np.sin(1.0 + np.arange(x.size))
    scalar, reference = weighted_sum(f, weights), weighted_sum(exact, weights)
    reverse = minitorch.grad(scalar)(x) @ direction
    assert minitorch.jvp(scalar, (x,), (direction,))[1] == pytest.approx(reverse, rel=1e-12, abs=1e-12)
    wanted = minitorch.hessian(reference)(x)
    np.testing.assert_allclose(minitorch.hessian(scalar)(x), wanted, rtol=tolerance, atol=tolerance)
    moved = minitorch.jvp(minitorch.grad(scalar), (x,), (direction,))[1]
    np.testing.assert_allclose(moved, wanted @ direction, rtol=tolerance, atol=tolerance)
