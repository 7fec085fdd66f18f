"""Gradient descent on a model that was written without a thought of gradients."""

from plain.heat_exchanger import outlet_temperatures, yearly_cost

import minitorch

cost_and_gradient = minitorch.value_and_grad(yearly_cost, argnums=(0, 1))

area, hot_flow, cold_flow = 6.0, 0.5, 0.4
for iteration in range(81):
    cost, (by_area, by_flow) = cost_and_gradient(area, hot_flow, cold_flow)
    if iteration % 20 == 0:
        print(f"{iteration:2}: cost = {cost:9.4f}, area = {area:.4f}, hot flow = {hot_flow:.4f}")
    area -= 0.004 * by_area
    hot_flow -= 0.0001 * by_flow

print(f"water leaves at {outlet_temperatures(area, hot_flow, cold_flow)['cold']:.3f} degrees")
