"""How hot was the rod before it was measured? Derivatives through numpy code that writes into slices."""

import numpy as np
from plain.rod import CELLS, cooled, measured
from scipy.optimize import minimize

import minitorch

MEASURED = measured()


def misfit(start: np.ndarray) -> float:
    return np.sum((cooled(start) - MEASURED) ** 2) + 1e-4 * np.sum(np.diff(start) ** 2)


fit = minimize(minitorch.value_and_grad(misfit), np.zeros(CELLS), jac=True, method="L-BFGS-B", options={"maxiter": 500})
print(f"misfit {misfit(np.zeros(CELLS)):.3f} before, {fit.fun:.5f} after {fit.nit} steps")
for cell in range(0, CELLS, 3):
    print(f"{cell:3} {'#' * max(0, round(40 * fit.x[cell]))}")

# The whole matrix of derivatives takes one run, and batches of tangents through it.
spread = minitorch.jacobian(cooled)(fit.x)
print("a warmer cell in the middle warms", (spread[:, CELLS // 2] > 1e-3).sum(), "cells by a thousandth or more")

# A checkpoint records nothing inside, and computes that part again on its way back: less memory for more time.
half = minitorch.checkpoint(lambda u: cooled(u, 40))
gradient = minitorch.grad(lambda start: np.sum((half(half(start)) - MEASURED) ** 2))(fit.x)
print(f"largest slope of the squares {np.abs(gradient).max():.2e}")
