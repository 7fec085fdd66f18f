"""Two spirals and a small network that tells them apart: plain numpy."""

import numpy as np

SHAPES = ((2, 16), (16,), (16, 16), (16,), (16,), ())
SIZE = sum(int(np.prod(shape)) for shape in SHAPES)


def spirals(count=60, turns=1.25, seed=1):
    """Points of two spirals, and which of the two each is of."""
    t = np.sqrt(np.linspace(0.05, 1.0, count)) * turns * 2.0 * np.pi
    arm = np.stack([t * np.cos(t), t * np.sin(t)], axis=1) / (turns * 2.0 * np.pi)
    noise = 0.02 * np.random.default_rng(seed).standard_normal((2 * count, 2))
    return np.concatenate([arm, -arm]) + noise, np.repeat([1.0, -1.0], count)


def unpacked(weights):
    """The matrices and vectors that stand one after the other in one vector."""
    parts, start = [], 0
    for shape in SHAPES:
        size = int(np.prod(shape))
        parts.append(weights[start : start + size].reshape(shape))
        start += size
    return parts


def score(weights, points):
    """Above zero where the network says the first spiral."""
    w1, b1, w2, b2, w3, b3 = unpacked(weights)
    hidden = np.tanh(np.tanh(points @ w1 + b1) @ w2 + b2)
    return hidden @ w3 + b3


def loss(weights, points, labels):
    """The logistic loss, and a little for large weights."""
    return np.mean(np.logaddexp(0.0, -labels * score(weights, points))) + 1e-4 * np.sum(weights**2)
