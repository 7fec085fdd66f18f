"""Judges derivatives of what calls scipy: by differences, forward against reverse, second order, bits of the value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from differences import richardson

from minitorch.derivatives.forward_mode import jvp
from minitorch.derivatives.reverse_mode import grad

__all__ = ["assert_derivatives", "inner"]


HALVINGS = 2
"""How often the step of differences is halved: what is compared is smooth, and each step costs."""


def inner(w: Any, y: Any) -> Any:
    """Return the real inner product, which tells all elements apart."""
    product = np.sum(np.conjugate(w) * y)
    return np.real(product)


def assert_derivatives(
    f: Callable[[Any], Any], x: Any, first: float = 1e-8, second: float = 1e-6, order: int = 2
) -> None:
    """Check value, first and second derivative of a function of one array at one point.

    Args:
        f: the function; its result is an array or a number, real or complex.
        x: the point.
        first: how far the first derivative may be from differences, relative to its size.
        second: likewise the second.
        order: how many orders are checked.
    """
    random = np.random.default_rng(7)
    value = np.asarray(f(x))
    weights = random.uniform(0.5, 1.5, value.shape)
    if value.dtype.kind == "c":
        weights = weights + 1j * random.uniform(0.5, 1.5, value.shape)
    direction = random.uniform(-1.0, 1.0, x.shape)
    if np.iscomplexobj(x):
        direction = direction + 1j * random.uniform(-1.0, 1.0, x.shape)
    seen = []

    def scalar(x: Any) -> Any:
        y = f(x)
        seen.append(y)
        return inner(weights, y)

    gradient = grad(scalar)(x)
    kept = seen[-1]
    plain = kept.data if hasattr(kept, "history") else kept
    assert np.array_equal(plain, value, equal_nan=True)
    slope = inner(gradient, direction)
    size = 1.0 + np.abs(slope)
    expected = richardson(lambda t: inner(weights, f(x + t * direction)), (0.0,), 0, HALVINGS)
    assert abs(slope - expected) <= first * size, (slope, expected)
    forward = jvp(scalar, (x,), (direction,))[1]
    assert abs(forward - slope) <= 1e-12 * size * 10, (forward, slope)
    if order > 1:
        along = grad(lambda x: inner(direction, grad(scalar)(x)))(x)
        other = random.uniform(-1.0, 1.0, x.shape)
        bent = inner(along, other)
        expected = richardson(lambda t: inner(grad(scalar)(x + t * other), direction), (0.0,), 0, HALVINGS)
        assert abs(bent - expected) <= second * (1.0 + abs(bent)), (bent, expected)
