"""Two bodies under gravity, by the leapfrog method, in units where gravity and mass are one."""

import math
from typing import NamedTuple


class State(NamedTuple):
    """Position and velocity in the plane."""

    x: float
    y: float
    u: float
    v: float

    @property
    def radius(self) -> float:
        """The distance from the centre."""
        return math.sqrt(self.x * self.x + self.y * self.y)


def pull(state: State) -> tuple[float, float]:
    """The acceleration towards the centre."""
    cube = state.radius**3
    return -state.x / cube, -state.y / cube


def leapfrog(state: State, step: float) -> State:
    """Half a kick, a drift, half a kick."""
    a, b = pull(state)
    u, v = state.u + a * step / 2, state.v + b * step / 2
    moved = state._replace(x=state.x + u * step, y=state.y + v * step)
    a, b = pull(moved)
    return moved._replace(u=u + a * step / 2, v=v + b * step / 2)


def radius_after(speed: float, time: float = 3.0, steps: int = 200) -> float:
    """How far out a body is that started at radius one, across, with this speed."""
    state = State(1.0, 0.0, 0.0, speed)
    for _ in range(steps):
        state = leapfrog(state, time / steps)
    return state.radius
