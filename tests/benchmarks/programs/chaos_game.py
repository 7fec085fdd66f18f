"""A fractal by the chaos game on a spline: recursion, tuples, lists and a random generator."""

from __future__ import annotations

import random

KNOTS = [0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 2.0, 2.0, 2.0]
POINTS = [(1.59, 0.37), (1.57, 0.26), (1.75, 0.72), (1.27, 0.87), (0.85, 0.98), (1.02, 0.43)]
DEGREE = 3
SIZE = 64


def interval(u: float) -> int:
    """The index of the piece of the spline for a parameter."""
    for index in range(DEGREE - 1, len(POINTS) - 1):
        if KNOTS[index] <= u < KNOTS[index + 1]:
            return index
    return len(POINTS) - 1


def spline(u: float) -> tuple[float, float]:
    """A point of the spline, by de Boor's rule."""
    index = interval(u)
    ring = [POINTS[max(index - DEGREE + 1 + i, 0)] for i in range(DEGREE)]
    for level in range(1, DEGREE):
        for i in range(DEGREE - 1, level - 1, -1):
            low = KNOTS[index - DEGREE + 1 + i]
            width = KNOTS[min(index + 1 + i - level, len(KNOTS) - 1)] - low
            share = (u - low) / width if width else 0.0
            ring[i] = tuple(a * (1 - share) + b * share for a, b in zip(ring[i - 1], ring[i]))  # type: ignore[assignment]  # noqa: B905
    return ring[-1]


def run() -> int:
    """How many cells of the picture are hit."""
    generator = random.Random(1234)
    picture = [[0] * SIZE for _ in range(SIZE)]
    x, y = 0.5, 0.5
    for _ in range(4000):
        target_x, target_y = spline(generator.random() * 2)
        x = (x + target_x) / 2
        y = (y + target_y) / 2
        column, row = int(x / 2 * SIZE), int(y / 2 * SIZE)
        if 0 <= column < SIZE and 0 <= row < SIZE:
            picture[row][column] += 1
    return sum(cell > 0 for row in picture for cell in row)
