"""The marginal likelihood of a Gaussian process at 150 points, by a Cholesky factor."""

import numpy as np

rng = np.random.default_rng(7)
POINTS = np.sort(rng.uniform(0.0, 10.0, 150))
VALUES = np.sin(POINTS) + 0.1 * rng.standard_normal(150)
INPUT = np.log(np.array([1.0, 1.5, 0.1]))


def loss(logarithms):
    """Return the negative logarithm of the likelihood, by the logarithms of height, length and noise."""
    height, length, noise = np.exp(logarithms)
    distance = (POINTS[:, None] - POINTS[None, :]) / length
    covariance = height**2 * np.exp(-0.5 * distance**2) + (noise**2 + 1e-8) * np.eye(len(POINTS))
    factor = np.linalg.cholesky(covariance)
    weights = np.linalg.solve(factor, VALUES)
    return 0.5 * weights @ weights + np.sum(np.log(np.diag(factor)))
