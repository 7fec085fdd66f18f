"""Heat on a rod of 1,000 cells for 200 steps, by slices in place."""

import math

import numpy as np

rng = np.random.default_rng(4)
STEPS = 200
INPUT = np.sin(np.linspace(0.0, math.pi, 1000)) + 0.01 * rng.standard_normal(1000)


def loss(start):
    """Return the energy in the end."""
    u = start.copy()
    for _ in range(STEPS):
        u[1:-1] += 0.2 * (u[2:] - 2.0 * u[1:-1] + u[:-2])
    return np.sum(u * u)
