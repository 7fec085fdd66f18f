"""A Gaussian process learns its length, height and noise: derivatives through scipy's Cholesky factor."""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from plain.kernel import X, Y, negative_log_likelihood, predicted
from scipy.optimize import minimize

import minitorch

start = np.log([3.0, 1.0, 0.5])
fit = minimize(minitorch.value_and_grad(negative_log_likelihood), start, jac=True, method="BFGS")
print(f"negative log-likelihood {negative_log_likelihood(start):.3f} before, {fit.fun:.4f} after {fit.nit} steps")

# How well the measurements tell them: from the matrix of second derivatives at the minimum.
deviations = np.sqrt(np.diag(np.linalg.inv(minitorch.hessian(negative_log_likelihood)(fit.x))))
for name, value, deviation in zip(("length", "height", "noise"), np.exp(fit.x), deviations, strict=True):
    print(f"{name} {value:.3f}, known to {100 * deviation:.0f} %")

# Where the curve is steepest, by the point itself.
slope = minitorch.grad(lambda at: predicted(fit.x, np.array([at]))[0][0])
points = np.linspace(0.0, 10.0, 201)
slopes = [slope(float(at)) for at in points[::10]]
print(f"steepest at {points[::10][np.argmax(np.abs(slopes))]:.1f}, slope {max(slopes, key=abs):+.3f}")

mean, deviation = predicted(fit.x, points)
plt.fill_between(points, mean - 2 * deviation, mean + 2 * deviation, alpha=0.2)
plt.plot(points, mean)
plt.plot(X, Y, "o")
plt.title("mean, and two standard deviations")
plt.savefig("process.svg")
