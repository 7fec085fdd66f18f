"""Newton's method without writing a derivative: the volatility at which an option costs exactly ten."""

from plain import black_scholes

import minitorch


def excess(volatility: float) -> float:
    return black_scholes.price(100.0, 105.0, 0.5, 0.03, volatility) - 10.0


value_and_slope = minitorch.value_and_grad(excess)

volatility = 0.2
for iteration in range(1, 10):
    value, slope = value_and_slope(volatility)
    volatility -= value / slope
    print(f"{iteration}: volatility = {volatility:.12f}")
    if abs(value) < 1e-12:
        break
