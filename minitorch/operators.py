"""Plain float versions of the operations that the language and `math` have no function for.

They are real mathematics (`log` is the logarithm, nothing is added to its argument) and know nothing of derivatives.

    >>> sigmoid(0.0), relu(-2.0), inv(4.0)
    (0.5, 0.0, 0.25)
"""

from __future__ import annotations

import math

__all__ = [
    "add", "eq", "exp", "id", "inv", "inv_back", "is_close", "log", "log_back", "lt", "max", "mul", "neg",
    "relu", "relu_back", "sigmoid",
]  # fmt: skip


def mul(x: float, y: float) -> float:
    """Return x * y."""
    return x * y


def id(x: float) -> float:
    """Return x itself."""
    return x


def add(x: float, y: float) -> float:
    """Return x + y."""
    return x + y


def neg(x: float) -> float:
    """Return -x."""
    return -x


def lt(x: float, y: float) -> float:
    """Return 1.0 if x < y, else 0.0."""
    return 1.0 if x < y else 0.0


def eq(x: float, y: float) -> float:
    """Return 1.0 if x == y, else 0.0."""
    return 1.0 if x == y else 0.0


def max(x: float, y: float) -> float:
    """Return the larger of the two, x where they are equal."""
    return y if y > x else x


def is_close(x: float, y: float) -> float:
    """Return 1.0 if x and y are less than 0.01 apart, else 0.0."""
    return 1.0 if abs(x - y) < 1e-2 else 0.0


def sigmoid(x: float) -> float:
    """Return 1 / (1 + exp(-x)), computed so that no sign of x overflows.

    >>> sigmoid(-1000.0), sigmoid(1000.0)
    (0.0, 1.0)
    """
    if x >= 0:
        return 1.0 / (1.0 + math.exp(-x))
    growth = math.exp(x)
    return growth / (1.0 + growth)


def relu(x: float) -> float:
    """Return x where it is positive, else 0.0."""
    return x if x > 0 else 0.0


def log(x: float) -> float:
    """Return the natural logarithm of x."""
    return math.log(x)


def exp(x: float) -> float:
    """Return e to the power x."""
    return math.exp(x)


def inv(x: float) -> float:
    """Return 1 / x."""
    return 1.0 / x


def log_back(x: float, d: float) -> float:
    """Return d times the derivative of log at x."""
    return d / x


def inv_back(x: float, d: float) -> float:
    """Return d times the derivative of inv at x."""
    return -d / x / x


def relu_back(x: float, d: float) -> float:
    """Return d times the derivative of relu at x, which is 0 at 0."""
    return d if x > 0 else 0.0
