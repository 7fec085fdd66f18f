"""A small network on numpy arrays, trained by scipy.optimize: its gradient takes a few times the time of its loss."""

import time

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from plain.spirals import SIZE, loss, score, spirals
from scipy.optimize import minimize

import minitorch

points, labels = spirals()
start = 0.8 * np.random.default_rng(0).standard_normal(SIZE)
value_and_gradient = minitorch.value_and_grad(loss)
fit = minimize(value_and_gradient, start, (points, labels), jac=True, method="L-BFGS-B", options={"maxiter": 400})
right = np.mean(np.sign(score(fit.x, points)) == labels)
print(f"loss {loss(start, points, labels):.3f} before, {fit.fun:.4f} after {fit.nit} steps; {100 * right:.0f} % right")


def milliseconds(f):
    began = time.process_time()
    for _ in range(50):
        f(fit.x, points, labels)
    return 20.0 * (time.process_time() - began)


alone, both = milliseconds(loss), milliseconds(value_and_gradient)
print(f"{SIZE} weights: the loss takes {alone:.2f} ms, with its gradient {both:.2f} ms")

# What the network looks at: the slope of its score by the place of each point.
slopes = minitorch.grad(lambda p: np.sum(score(fit.x, p)))(points)
print(f"mean slope of the score by the place {np.mean(np.hypot(*slopes.T)):.2f}")

axis = np.linspace(-1.1, 1.1, 200)
grid = np.stack(np.meshgrid(axis, axis), axis=-1)
plt.figure(figsize=(5, 5))
plt.contourf(axis, axis, score(fit.x, grid.reshape(-1, 2)).reshape(200, 200), levels=[-1e9, 0.0, 1e9], alpha=0.3)
plt.scatter(*points.T, c=labels, s=12)
plt.savefig("spirals.svg")
