"""Fifty bodies attract each other for 50 steps, by broadcasting."""

import numpy as np

rng = np.random.default_rng(6)
STEPS = 50
INPUT = rng.standard_normal((50, 3))
VELOCITIES = 0.1 * rng.standard_normal((50, 3))
MASSES = rng.uniform(0.5, 1.0, 50)


def loss(start):
    """Return the sum of the squared positions in the end."""
    positions, velocities = start, VELOCITIES
    for _ in range(STEPS):
        d = positions[None, :, :] - positions[:, None, :]
        inverse = (np.sum(d * d, axis=-1) + 0.01) ** -1.5
        acceleration = np.sum(d * (inverse * MASSES[None, :])[:, :, None], axis=1)
        velocities = velocities + 0.01 * acceleration
        positions = positions + 0.01 * velocities
    return np.sum(positions * positions)
