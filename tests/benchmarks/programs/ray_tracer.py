"""Spheres over a floor, lit by a lamp: many small objects with operators of their own."""

from __future__ import annotations

import math

WIDTH, HEIGHT = 32, 24


class Vector:
    """A point or a direction."""

    __slots__ = ("x", "y", "z")

    def __init__(self, x: float, y: float, z: float) -> None:
        self.x, self.y, self.z = x, y, z

    def __add__(self, other: Vector) -> Vector:
        return Vector(self.x + other.x, self.y + other.y, self.z + other.z)

    def __sub__(self, other: Vector) -> Vector:
        return Vector(self.x - other.x, self.y - other.y, self.z - other.z)

    def __mul__(self, factor: float) -> Vector:
        return Vector(self.x * factor, self.y * factor, self.z * factor)

    def dot(self, other: Vector) -> float:
        """The scalar product."""
        return self.x * other.x + self.y * other.y + self.z * other.z

    def unit(self) -> Vector:
        """The same direction with length one."""
        return self * (1.0 / math.sqrt(self.dot(self)))

    def mirrored(self, normal: Vector) -> Vector:
        """The direction after a reflection."""
        return self - normal * (2 * self.dot(normal))


class Sphere:
    """A ball that may be hit by a ray."""

    def __init__(self, centre: Vector, radius: float, colour: float) -> None:
        self.centre, self.radius, self.colour = centre, radius, colour

    def distance(self, origin: Vector, direction: Vector) -> float | None:
        """How far along the ray it is hit."""
        to_centre = self.centre - origin
        along = to_centre.dot(direction)
        discriminant = self.radius**2 - to_centre.dot(to_centre) + along * along
        if discriminant < 0 or along < 0:
            return None
        return along - math.sqrt(discriminant)

    def normal(self, point: Vector) -> Vector:
        """The direction away from its centre."""
        return (point - self.centre).unit()


SCENE = [
    Sphere(Vector(-0.6, 0.2, 4.0), 0.9, 0.7),
    Sphere(Vector(1.0, -0.2, 3.2), 0.6, 0.9),
    Sphere(Vector(0.0, -1001.0, 0.0), 1000.0, 0.4),
]
LAMP = Vector(3.0, 4.0, -2.0)


def brightness(origin: Vector, direction: Vector, depth: int) -> float:
    """How much light comes along a ray."""
    nearest, hit = math.inf, None
    for sphere in SCENE:
        distance = sphere.distance(origin, direction)
        if distance is not None and 1e-6 < distance < nearest:
            nearest, hit = distance, sphere
    if hit is None:
        return 0.1 + 0.2 * max(direction.y, 0.0)
    point = origin + direction * nearest
    normal = hit.normal(point)
    light = max(normal.dot((LAMP - point).unit()), 0.0) * hit.colour
    if depth == 0:
        return light
    return light + 0.3 * brightness(point + normal * 1e-5, direction.mirrored(normal), depth - 1)


def run() -> float:
    """The mean brightness of the picture."""
    total = 0.0
    for row in range(HEIGHT):
        for column in range(WIDTH):
            direction = Vector((column - WIDTH / 2) / WIDTH, (HEIGHT / 2 - row) / WIDTH, 1.0).unit()
            total += brightness(Vector(0.0, 0.0, 0.0), direction, 2)
    return total / (WIDTH * HEIGHT)
