"""A Gaussian process on a few measurements: plain numpy, and scipy's Cholesky factor."""

import numpy as np
from scipy.linalg import cho_factor, cho_solve

rng = np.random.default_rng(7)
X = np.sort(rng.uniform(0.0, 10.0, 30))
Y = np.sin(X) + 0.3 * np.sin(3.1 * X) + 0.15 * rng.standard_normal(30)


def covariance(a, b, length, height):
    """The squared exponential kernel."""
    return height**2 * np.exp(-0.5 * ((a[:, None] - b) / length) ** 2)


def negative_log_likelihood(parameters, x=X, y=Y):
    """Of the logarithms of length, height and noise (Rasmussen and Williams, 2006, algorithm 2.1)."""
    length, height, noise = np.exp(parameters)
    factor = cho_factor(covariance(x, x, length, height) + noise**2 * np.eye(len(x)), lower=True)
    fitted = 0.5 * y @ cho_solve(factor, y)
    return fitted + np.sum(np.log(np.diag(factor[0]))) + 0.5 * len(x) * np.log(2.0 * np.pi)


def predicted(parameters, at, x=X, y=Y):
    """Mean and standard deviation at other points."""
    length, height, noise = np.exp(parameters)
    factor = cho_factor(covariance(x, x, length, height) + noise**2 * np.eye(len(x)), lower=True)
    across = covariance(x, at, length, height)
    mean = across.T @ cho_solve(factor, y)
    return mean, np.sqrt(height**2 - np.sum(across * cho_solve(factor, across), axis=0))
