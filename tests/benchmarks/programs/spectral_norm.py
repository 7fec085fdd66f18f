"""The largest singular value of an infinite matrix, from its upper left part."""

from __future__ import annotations

SIZE = 40


def element(i: int, j: int) -> float:
    """An element of the matrix."""
    return 1.0 / ((i + j) * (i + j + 1) // 2 + i + 1)


def times(u: list[float]) -> list[float]:
    """The matrix times a vector."""
    return [sum(element(i, j) * value for j, value in enumerate(u)) for i in range(len(u))]


def transposed_times(u: list[float]) -> list[float]:
    """The transposed matrix times a vector."""
    return [sum(element(j, i) * value for j, value in enumerate(u)) for i in range(len(u))]


def run() -> float:
    """The norm, by the power method."""
    u = [1.0] * SIZE
    v = u
    for _ in range(5):
        v = transposed_times(times(u))
        u = transposed_times(times(v))
    over = sum(a * b for a, b in zip(u, v))  # noqa: B905
    under = sum(b * b for b in v)
    return (over / under) ** 0.5
