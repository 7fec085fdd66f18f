"""A pendulum with friction, moved on in small steps."""

import math


class Pendulum:
    """A weight on a rod; angles in radians from straight down."""

    gravity = 9.81

    def __init__(self, length: float, friction: float = 0.1) -> None:
        if length <= 0:
            raise ValueError("a pendulum needs a positive length")
        self.length = float(length)
        self.friction = float(friction)
        self.angle = 0.0
        self.speed = 0.0

    @property
    def energy(self) -> float:
        """Kinetic and potential energy per mass."""
        height = self.length * (1.0 - math.cos(self.angle))
        return 0.5 * (self.length * self.speed) ** 2 + self.gravity * height

    def step(self, time: float) -> None:
        """Move on by a short time."""
        acceleration = -self.gravity / self.length * math.sin(self.angle) - self.friction * self.speed
        self.speed += acceleration * time
        self.angle += self.speed * time


def swing(length: float, angle: float, friction: float = 0.1, seconds: float = 1.0) -> float:
    """The angle a pendulum has some time after it was let go."""
    pendulum = Pendulum(length, friction)
    pendulum.angle = angle
    steps = int(seconds / 0.01)
    for _ in range(steps):
        pendulum.step(seconds / steps)
    return pendulum.angle
