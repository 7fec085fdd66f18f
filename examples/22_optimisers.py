"""Optimisers of other packages take the gradients: scipy's minimize, and Adam from autograd, on a dict of parameters.

Whatever asks for a gradient does alike: torch's optimisers, optax and nlopt differ in who calls whom.
"""

import numpy as np
from autograd.misc.optimizers import adam
from plain.heat_exchanger import yearly_cost
from scipy.optimize import minimize

import minitorch

calls = 0


def cost(design):
    """What to make small: by an array of two numbers, or by names."""
    global calls
    calls += 1
    area, hot_flow = design.values() if isinstance(design, dict) else design
    return yearly_cost(area, hot_flow, cold_flow=0.4)


def show(title, area, hot_flow):
    print(f"{title:<28} {calls:>5} {yearly_cost(area, hot_flow, 0.4):>11.4f} {area:>9.4f} {hot_flow:>9.4f}")


start = np.array([6.0, 0.5])
value_and_gradient, gradient = minitorch.value_and_grad(cost), minitorch.grad(cost)


def hessian_times(x, direction):
    return minitorch.hvp(cost, (x,), (direction,))


print(f"{'':<28} {'calls':>5} {'cost':>11} {'area':>9} {'hot flow':>9}")
for title, f, options in [
    ("scipy, BFGS", value_and_gradient, {"method": "BFGS", "jac": True}),
    ("scipy, Newton and hvp", value_and_gradient, {"method": "trust-ncg", "jac": True, "hessp": hessian_times}),
    ("scipy without a gradient", cost, {"method": "Nelder-Mead"}),
]:
    calls = 0
    # Below 1e-3 the cost, of some hundreds, tells little more than rounding.
    show(title, *minimize(f, start, tol=1e-3, **options).x)

calls = 0
design = adam(lambda design, step: gradient(design), {"area": 6.0, "hot_flow": 0.5}, num_iters=1000, step_size=0.02)
show("autograd, Adam", *design.values())
