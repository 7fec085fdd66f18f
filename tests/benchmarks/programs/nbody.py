"""The sun and four planets, attracting each other."""

from __future__ import annotations

from itertools import combinations
from math import pi

SOLAR_MASS = 4 * pi * pi
DAYS_PER_YEAR = 365.24

Body = tuple[list[float], list[float], float]


def bodies() -> list[Body]:
    """Positions, velocities and masses."""

    def planet(position: list[float], velocity: list[float], mass: float) -> Body:
        return position, [v * DAYS_PER_YEAR for v in velocity], mass * SOLAR_MASS

    return [
        ([0.0, 0.0, 0.0], [0.0, 0.0, 0.0], SOLAR_MASS),
        planet([4.8414, -1.1603, -0.1036], [0.00166007, 0.00769901, -6.9046e-05], 9.54791e-04),
        planet([8.3433, 4.1247, -0.4035], [-0.00276742, 0.00499852, 2.3041e-05], 2.85885e-04),
        planet([12.8943, -15.1111, -0.2233], [0.00296460, 0.00237847, -2.9658e-05], 4.36624e-05),
        planet([15.3796, -25.9193, 0.1792], [0.00268067, 0.00162824, -9.5159e-05], 5.15138e-05),
    ]


def advance(pairs: list[tuple[Body, Body]], system: list[Body], dt: float, steps: int) -> None:
    """Move the bodies on."""
    for _ in range(steps):
        for (p, v, mass), (p2, v2, mass2) in pairs:
            dx, dy, dz = p[0] - p2[0], p[1] - p2[1], p[2] - p2[2]
            pull = dt * (dx * dx + dy * dy + dz * dz) ** -1.5
            near, far = mass2 * pull, mass * pull
            v[0] -= dx * near
            v[1] -= dy * near
            v[2] -= dz * near
            v2[0] += dx * far
            v2[1] += dy * far
            v2[2] += dz * far
        for position, velocity, _ in system:
            position[0] += dt * velocity[0]
            position[1] += dt * velocity[1]
            position[2] += dt * velocity[2]


def energy(pairs: list[tuple[Body, Body]], system: list[Body]) -> float:
    """The energy of the system, which hardly changes."""
    total = 0.0
    for (p, _, mass), (p2, _, mass2) in pairs:
        dx, dy, dz = p[0] - p2[0], p[1] - p2[1], p[2] - p2[2]
        total -= mass * mass2 / (dx * dx + dy * dy + dz * dz) ** 0.5
    for _, (vx, vy, vz), mass in system:
        total += mass * (vx * vx + vy * vy + vz * vz) / 2.0
    return total


def run() -> float:
    """The energy after some time."""
    system = bodies()
    pairs = list(combinations(system, 2))
    advance(pairs, system, 0.01, 1000)
    return energy(pairs, system)
