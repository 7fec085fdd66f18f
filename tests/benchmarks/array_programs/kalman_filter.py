"""The likelihood of 200 measurements by a Kalman filter with four states."""

import numpy as np

rng = np.random.default_rng(5)
MOTION = np.eye(4) + 0.1 * np.diag(np.ones(3), 1)
SENSOR = np.array([1.0, 0.0, 0.5, 0.0])
MEASURED = rng.standard_normal(200).cumsum()
INPUT = np.array([0.1, 0.5])


def loss(noise):
    """Return the negative logarithm of the likelihood."""
    process, measurement = noise[0] * np.eye(4), noise[1]
    state, covariance = np.zeros(4), np.eye(4)
    total = 0.0
    for z in MEASURED:
        state = MOTION @ state
        covariance = MOTION @ covariance @ MOTION.T + process
        residual = z - SENSOR @ state
        variance = SENSOR @ covariance @ SENSOR + measurement
        gain = covariance @ SENSOR / variance
        state = state + gain * residual
        covariance = covariance - np.outer(gain, SENSOR) @ covariance
        total = total + 0.5 * (np.log(variance) + residual * residual / variance)
    return total
