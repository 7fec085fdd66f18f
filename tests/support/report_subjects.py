"""Plain functions whose reports the tests know in advance."""

from __future__ import annotations

import math
import sys

KNOWS_COLUMNS = sys.version_info >= (3, 11)


def shown(expression: str, line: str) -> str:
    """What a report shows as the source of an expression: all of its line where Python does not know columns."""
    return expression if KNOWS_COLUMNS else line


def area(radius: float) -> float:
    """The area of a circle."""
    square = radius * radius
    return math.pi * square


def compound(start: float, rate: float, years: int = 10) -> float:
    """Interest upon interest."""
    total = start
    for _ in range(years):
        interest = total * rate
        total += interest
    return total


def root(a: float, b: float, c: float) -> float:
    """The smaller root of a quadratic equation, where digits cancel."""
    discriminant = b * b - 4 * a * c
    spread = math.sqrt(discriminant)
    return (-b + spread) / (2 * a)


def twice(f: object, x: float) -> float:
    """Calls a function of one argument on its own result."""
    return f(f(x))  # type: ignore[operator, no-any-return]


def chosen(x: float, y: float) -> float:
    """Goes another way where x is not above y."""
    if x > y and x < 10:
        return x * x
    return y


def sorted_middle(x: float, y: float, z: float) -> float:
    """The median of three."""
    return sorted([x, y, z])[1]


def whole(x: float) -> float:
    """Counts whole steps."""
    steps = int(x)
    return steps * x + math.floor(x) + round(x)


def nested_loops(x: float) -> float:
    """An inner loop that runs a different number of times for each step of the outer one."""
    total = 0.0
    for i in range(3):
        outer = x * (i + 1)
        for j in range(i):
            total += outer * (j + 1)
        last = total + outer
    return total * last


def over_lines(x: float, y: float) -> float:
    """One expression on several lines."""
    return (
        x * y
        + math.sin(x)
        - y
    )  # fmt: skip


def explained(x: float) -> float:
    """Says more than it does.

    One.
    Two.
    Three.
    Four.
    Five.
    """
    return x * x


class Tank:
    """An object that keeps numbers."""

    def __init__(self, level: float) -> None:
        self.level = level

    def fill(self, amount: float) -> Tank:
        """Add an amount."""
        self.level = self.level + amount
        return self

    @property
    def pressure(self) -> float:
        """What it presses with at its bottom."""
        return self.level * 9.81


def pressure_of(level: float, amount: float) -> float:
    """Fills a tank."""
    return Tank(level).fill(amount).pressure


def long_chain(x: float, steps: int = 20_000) -> float:
    """Five operations a step."""
    y = x
    for _ in range(steps):
        y = y * 0.999 + x * 0.001 + 1e-9 * math.sin(y)
    return y
