"""The worth of an option on a mean with a barrier, from 2,000 random paths of 50 steps: running sums and choices."""

import numpy as np

rng = np.random.default_rng(9)
DRAWN = rng.standard_normal((2_000, 50))
STEP = 1.0 / 50
INPUT = np.array([100.0, 0.03, 0.25])


def loss(parameters):
    """Return the mean discounted payoff, by spot, rate and volatility."""
    spot, rate, volatility = parameters
    drift = (rate - 0.5 * volatility**2) * STEP
    paths = spot * np.exp(np.cumsum(drift + volatility * np.sqrt(STEP) * DRAWN, axis=1))
    payoff = np.maximum(np.mean(paths, axis=1) - 100.0, 0.0)
    alive = np.max(paths, axis=1) < 160.0
    return np.exp(-rate) * np.mean(np.where(alive, payoff, 0.0))
