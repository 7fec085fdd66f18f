"""How far does a quote move the implied volatility? Derivatives of a root that scipy has found."""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from plain.quotes import QUOTES, STRIKES, implied_volatility, price

import minitorch

# The root depends on its equation, whatever brentq did to find it: by the quote, and by all that the lambda holds.
sensitivities = minitorch.value_and_grad(implied_volatility, argnums=(0, 1, 3))
print("strike   quote   volatility   by the quote   by the strike   by the spot")
smile, slopes = [], []
for strike, quote in zip(STRIKES, QUOTES, strict=True):
    volatility, (by_quote, by_strike, by_spot) = sensitivities(quote, strike, 0.75, 100.0)
    smile.append(volatility)
    slopes.append(by_quote)
    print(f"{strike:6.0f} {quote:7.2f} {volatility:12.5f} {by_quote:14.6f} {by_strike:15.6f} {by_spot:13.6f}")

# One over vega, as the implicit function theorem has it; and the second derivative, from the same root.
vega = minitorch.grad(price)(smile[2], STRIKES[2])
curvature = minitorch.grad(minitorch.grad(implied_volatility))(QUOTES[2], STRIKES[2])
print(f"at the money: 1 / vega {1.0 / vega:.6f}, second derivative {curvature:.6f}")

errors = 0.05 * np.array(slopes)
plt.errorbar(STRIKES, smile, yerr=errors, fmt="o-", capsize=4)
plt.title("implied volatility, and how far five cents move it")
plt.xlabel("strike")
plt.ylabel("volatility")
plt.savefig("smile.svg")
