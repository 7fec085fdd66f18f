"""The loss of a logistic regression, 10,000 samples by 20 features."""

import numpy as np

rng = np.random.default_rng(1)
SAMPLES = rng.standard_normal((10_000, 20))
LABELS = (rng.random(10_000) > 0.5).astype(float)
INPUT = 0.1 * rng.standard_normal(20)


def loss(weights):
    """Return the mean loss of the samples."""
    z = SAMPLES @ weights
    return np.mean(np.log1p(np.exp(-z)) + (1.0 - LABELS) * z)
