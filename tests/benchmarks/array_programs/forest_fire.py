"""Heat and fuel of a fire on 64 by 64 cells for 60 steps: slices, masks and writing in place."""

import numpy as np

rng = np.random.default_rng(8)
STEPS = 60
INPUT = rng.uniform(0.2, 0.6, (64, 64))
WET = rng.random((64, 64)) < 0.1


def loss(fuel):
    """Return the heat in the end, by the fuel in the beginning."""
    fuel = fuel.copy()
    heat = np.zeros((64, 64))
    heat[28:36, 28:36] = 1.0
    for _ in range(STEPS):
        burning = (heat > 0.25) & ~WET
        burned = np.zeros((64, 64))
        burned[burning] = 0.2 * fuel[burning]
        fuel -= burned
        heat[1:-1, 1:-1] += 0.2 * (
            heat[2:, 1:-1] + heat[:-2, 1:-1] + heat[1:-1, 2:] + heat[1:-1, :-2] - 4.0 * heat[1:-1, 1:-1]
        )
        heat += 1.5 * burned
        heat[WET] *= 0.9
        heat *= 0.98
    return np.sum(heat * heat)
