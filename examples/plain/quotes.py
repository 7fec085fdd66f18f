"""Quoted option prices, and the volatility that a price implies: plain Python with scipy's root finder."""

import math

from scipy.optimize import brentq
from scipy.special import ndtr

SPOT, RATE = 100.0, 0.03
STRIKES = [80.0, 90.0, 100.0, 110.0, 120.0]
QUOTES = [22.75, 14.95, 8.90, 4.85, 2.50]
YEARS = 0.75


def price(volatility, strike, years=YEARS, spot=SPOT):
    """The Black-Scholes price of a call."""
    deviation = volatility * math.sqrt(years)
    d1 = (math.log(spot / strike) + (RATE + 0.5 * volatility**2) * years) / deviation
    return spot * ndtr(d1) - strike * math.exp(-RATE * years) * ndtr(d1 - deviation)


def implied_volatility(quote, strike, years=YEARS, spot=SPOT):
    """The volatility at which the model gives the quoted price."""
    return brentq(lambda volatility: price(volatility, strike, years, spot) - quote, 0.01, 2.0, xtol=1e-14)
