"""Small functions as people write them, each of which does one kind of thing; and the arguments that they get."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, Final

__all__ = ["CASES"]


def cumulative(x: float) -> float:
    """The probability that a standard normal variable is below x: calls of math alone."""
    return 0.5 * (1.0 + math.erf(x / math.sqrt(2.0)))


def call(spot: float, strike: float, years: float, rate: float, volatility: float) -> float:
    """The price of an option after Black and Scholes: calls of math and of a helper."""
    spread = volatility * math.sqrt(years)
    d1 = (math.log(spot / strike) + (rate + volatility**2 / 2) * years) / spread
    return spot * cumulative(d1) - strike * math.exp(-rate * years) * cumulative(d1 - spread)


def squared(x: float) -> float:
    """Arithmetic alone."""
    return x * x


def distance(x: float, y: float) -> float:
    """Calls of a helper."""
    return (squared(x) + squared(y)) ** 0.5


class Account:
    """Somebody's money.

    Args:
        balance: how much there is.
    """

    def __init__(self, balance: float) -> None:
        self.balance = balance

    def pay_in(self, amount: float) -> None:
        """Add to it."""
        self.balance += amount

    def grown(self, rate: float, years: int) -> float:
        """What it will be."""
        return self.balance * (1.0 + rate) ** years


def saving(amount: float) -> float:
    """An object that is made, and its methods."""
    account = Account(100.0)
    account.pay_in(amount)
    account.pay_in(amount)
    return account.grown(0.05, 10)


def tangent_of(slope: float, offset: float) -> Callable[[float], float]:
    """A line through a point, as a closure."""

    def line(x: float) -> float:
        return slope * x + offset

    return line


def closures(x: float) -> float:
    """A closure that is made and called."""
    line = tangent_of(2.0, x)
    return line(1.0) + line(2.0)


def halves(x: float) -> Iterator[float]:
    """Half of it, half of that, and so on."""
    while x > 0.01:
        yield x
        x = x / 2


def generators(x: float) -> float:
    """A generator, and an expression that is one."""
    return sum(halves(x)) + sum(y * y for y in halves(x))


def clamped(x: float, low: float, high: float) -> float:
    """Comparisons by functions."""
    return min(max(x, low), high)


def bracket(income: float) -> float:
    """Comparisons in statements."""
    if income <= 10_000:
        return 0.0
    if 10_000 < income <= 40_000 and income != 20_000:
        return 0.2 * (income - 10_000)
    return 6_000 + 0.4 * (income - 40_000)


def root(x: float) -> float:
    """A loop that ends as a condition says."""
    y = x
    while abs(y * y - x) > 1e-9 * x:
        y = 0.5 * (y + x / y)
    return y


def polynomial(x: float) -> float:
    """A loop of arithmetic."""
    total = 0.0
    for coefficient in (1.0, -2.0, 0.5, 3.0, -0.25):
        total = total * x + coefficient
    return total


def ratio(x: float, y: float) -> float:
    """An error that is caught."""
    try:
        return x / y
    except ZeroDivisionError:
        return math.inf


def label(name: str, x: float) -> str:
    """Numbers written as text, in three ways."""
    template = ", {} letters"
    return f"{name}: {x:.3f}" + " (%d%%)" % round(100 * x) + template.format(len(name))  # noqa: UP031


def histogram(words: list[str]) -> list[tuple[int, str]]:
    """Methods of containers and of texts."""
    counts: dict[str, int] = {}
    for word in words:
        key = word.strip().lower()
        counts[key] = counts.get(key, 0) + 1
    found = []
    for key in sorted(counts):
        found.append((counts[key], key))
    return found


def factorial(n: int) -> int:
    """A function that calls itself."""
    return 1 if n <= 1 else n * factorial(n - 1)


def converted(text: str) -> float:
    """Questions about types, and conversions."""
    value = float(text)
    if isinstance(value, float) and value == int(value):
        return int(value)
    return value


CASES: Final[dict[str, tuple[Any, ...]]] = {
    "cumulative": (0.3,),
    "call": (100.0, 95.0, 0.5, 0.03, 0.2),
    "distance": (3.0, 4.0),
    "saving": (10.0,),
    "closures": (1.5,),
    "generators": (1.0,),
    "clamped": (0.5, 0.0, 1.0),
    "bracket": (30_000.0,),
    "root": (2.0,),
    "polynomial": (0.7,),
    "ratio": (1.0, 0.0),
    "label": ("share", 0.25),
    "histogram": (["One ", "two", " one", "three"],),
    "factorial": (10,),
    "converted": ("2.5",),
}
"""Arguments by the name of the function."""
