"""Points in space: objects with attributes, trigonometry and maxima."""

from __future__ import annotations

from math import cos, sin, sqrt


class Point:
    """A point made of an angle, then scaled to length one."""

    __slots__ = ("x", "y", "z")

    def __init__(self, i: int) -> None:
        self.x = x = sin(i)
        self.y = cos(i) * 3
        self.z = (x * x) / 2

    def normalize(self) -> None:
        """Scale it."""
        x, y, z = self.x, self.y, self.z
        norm = sqrt(x * x + y * y + z * z)
        self.x /= norm
        self.y /= norm
        self.z /= norm

    def maximize(self, other: Point) -> Point:
        """Take over what is larger of another."""
        self.x = self.x if self.x > other.x else other.x
        self.y = self.y if self.y > other.y else other.y
        self.z = self.z if self.z > other.z else other.z
        return self


def run() -> float:
    """The corner of the box around many points."""
    points = [Point(i) for i in range(10_000)]
    for point in points:
        point.normalize()
    corner = points[0]
    for point in points[1:]:
        corner = corner.maximize(point)
    return corner.x + corner.y + corner.z
