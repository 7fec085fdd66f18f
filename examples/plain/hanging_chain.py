"""Weights on a chain of springs between two nails."""

import math
from collections.abc import Sequence
from itertools import pairwise

SPAN = 4.0
STIFFNESS = 60.0
REST = 0.4
WEIGHT = 1.5


def nodes(positions: Sequence[float]) -> list[tuple[float, float]]:
    """The nails and the weights between them; positions are x, y of each weight in turn."""
    return [(0.0, 0.0), *zip(positions[::2], positions[1::2], strict=True), (SPAN, 0.0)]


def energy(positions: Sequence[float]) -> float:
    """Elastic energy of the springs and potential energy of the weights."""
    points = nodes(positions)
    elastic = sum(0.5 * STIFFNESS * (math.dist(p, q) - REST) ** 2 for p, q in pairwise(points))
    return elastic + sum(WEIGHT * y for _, y in points)


def straight(weights: int) -> list[float]:
    """A start: the weights side by side, hanging a little."""
    return [number for i in range(1, weights + 1) for number in (SPAN * i / (weights + 1), -0.1)]
