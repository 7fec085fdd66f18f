"""A pharmacokinetic model is fitted to measurements: exact gradients against finite differences."""

import time

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from plain.pharmacokinetics import HOURS, MEASURED, concentrations, misfit
from scipy.optimize import minimize

import minitorch

calls = 0


def counted(x: np.ndarray) -> float:
    global calls
    calls += 1
    return misfit(x)


start = np.log([10.0, 0.5, 0.5, 0.5, 0.5])
value_and_gradient = minitorch.value_and_grad(misfit)

print("gradient      runs of the model   seconds   misfit     |gradient| at the end")
for title, f, options in [
    ("exact", minitorch.value_and_grad(counted), {"jac": True}),
    ("differences", counted, {}),
]:
    calls, began = 0, time.perf_counter()
    fit = minimize(f, start, method="BFGS", tol=1e-8, **options)
    seconds = time.perf_counter() - began
    slope = np.linalg.norm(value_and_gradient(fit.x)[1])
    print(f"{title:<12}  {calls:>17}   {seconds:>7.2f}   {fit.fun:.6f}   {slope:.1e}")
    if title == "exact":
        parameters = np.exp(fit.x)

names = ["volume", "absorption", "to tissue", "from tissue", "excretion"]
print(", ".join(f"{name} {value:.4g}" for name, value in zip(names, parameters, strict=True)))

hours = np.arange(0.25, 12.5, 0.25)
plt.plot(hours, concentrations(*parameters, hours=hours), label="fitted model")
plt.plot(HOURS, MEASURED, "o", label="measured")
plt.xlabel("hours")
plt.ylabel("mg/l in blood")
plt.legend()
plt.savefig("fit.svg")
