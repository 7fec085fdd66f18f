"""The worth of 100,000 options by volatility and rate; the normal distribution by Abramowitz and Stegun 26.2.17."""

import numpy as np

rng = np.random.default_rng(3)
COUNT = 100_000
SPOT = rng.uniform(80, 120, COUNT)
STRIKE = rng.uniform(80, 120, COUNT)
YEARS = rng.uniform(0.1, 2.0, COUNT)
INPUT = np.array([0.2, 0.03])


def normal_distribution(x):
    """Return the distribution function of the normal distribution."""
    k = 1.0 / (1.0 + 0.2316419 * np.abs(x))
    series = k * (0.319381530 + k * (-0.356563782 + k * (1.781477937 + k * (-1.821255978 + k * 1.330274429))))
    tail = np.exp(-0.5 * x * x) * 0.3989422804014327 * series
    return np.where(x >= 0, 1.0 - tail, tail)


def loss(parameters):
    """Return the worth of all options."""
    volatility, rate = parameters[0], parameters[1]
    spread = volatility * np.sqrt(YEARS)
    d1 = (np.log(SPOT / STRIKE) + (rate + 0.5 * volatility * volatility) * YEARS) / spread
    d2 = d1 - spread
    return np.sum(SPOT * normal_distribution(d1) - STRIKE * np.exp(-rate * YEARS) * normal_distribution(d2))
