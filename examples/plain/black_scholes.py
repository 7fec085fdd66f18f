"""The price of a European option, after Black and Scholes."""

import math


def normal_distribution(x: float) -> float:
    """The probability that a standard normal variable is below x."""
    return 0.5 * (1.0 + math.erf(x / math.sqrt(2.0)))


def price(spot: float, strike: float, years: float, rate: float, volatility: float, kind: str = "call") -> float:
    """The fair price today of the right to buy (`call`) or sell (`put`) at the strike."""
    if years <= 0:
        return max(float(spot - strike if kind == "call" else strike - spot), 0.0)
    spread = volatility * math.sqrt(years)
    d1 = (math.log(spot / strike) + (rate + volatility**2 / 2) * years) / spread
    d2 = d1 - spread
    discounted = float(strike) * math.exp(-rate * years)
    if kind == "call":
        return spot * normal_distribution(d1) - discounted * normal_distribution(d2)
    return discounted * normal_distribution(-d2) - spot * normal_distribution(-d1)
