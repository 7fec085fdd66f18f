"""The parameters of an ODE, fitted through scipy's solver: derivatives of every step that it takes."""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from plain.predators import HARES, LYNXES, YEARS, misfit, populations
from scipy.optimize import minimize

import minitorch

start = np.log([0.5, 0.03, 0.8, 0.03, 30.0, 4.0])
fit = minimize(minitorch.value_and_grad(misfit), start, jac=True, method="BFGS", options={"gtol": 1e-5})
parameters = np.exp(fit.x)
names = ["birth", "hunt", "death", "growth", "hares", "lynxes"]
print(f"misfit {misfit(start):.3f} before, {fit.fun:.4f} after {fit.nit} steps and {fit.nfev} runs")
print(", ".join(f"{name} {value:.4g}" for name, value in zip(names, parameters, strict=True)))

# Elasticities: by how many per cent the hares of each year change if a parameter grows by one per cent.
elasticity = minitorch.jacobian(lambda p: np.log(populations(np.exp(p))[0]))(fit.x)
for name, column in zip(names, elasticity.T, strict=True):
    print(f"{name:>6} in year 5 {column[5]:+.2f}, in year 20 {column[20]:+.2f}")

fine = np.linspace(0.0, 20.0, 401)
for numbers, curve, label in zip((HARES, LYNXES), populations(parameters, fine), ("hares", "lynxes"), strict=True):
    (line,) = plt.plot(1900 + fine, curve, label=label)
    plt.plot(1900 + YEARS, numbers, "o", color=line.get_color())
plt.xticks(range(1900, 1921, 5))
plt.ylabel("thousands of pelts")
plt.legend()
plt.savefig("predators.svg")
