"""Prices of many calls, with taxes, rounded to the even hundredth: integers, text and dictionaries."""

from __future__ import annotations

RATES = {"local": (13, 10000), "distant": (894, 100000)}
BASIC_TAX, DISTANT_TAX = (675, 10000), (341, 10000)


def rounded(numerator: int, denominator: int) -> int:
    """A quotient, to the nearest integer, ties to the even one."""
    whole, rest = divmod(numerator, denominator)
    if 2 * rest > denominator or (2 * rest == denominator and whole % 2):
        whole += 1
    return whole


def price(kind: str, duration: int) -> tuple[int, int]:
    """The price of a call and its tax, in hundredths."""
    over, under = RATES[kind]
    cents = rounded(duration * over * 100, under)
    tax = cents * BASIC_TAX[0] // BASIC_TAX[1]
    if kind == "distant":
        tax += cents * DISTANT_TAX[0] // DISTANT_TAX[1]
    return cents, tax


def run() -> tuple[int, dict[str, int], str]:
    """The sum of all calls, the sums by kind, and the last line of the bill."""
    total, by_kind, line = 0, dict.fromkeys(RATES, 0), ""
    for number in range(8000):
        duration = number * 7919 % 3600
        kind = "distant" if duration & 1 else "local"
        cents, tax = price(kind, duration)
        by_kind[kind] += cents
        total += cents + tax
        line = f"{number:06d} {kind:8s} {cents // 100:4d}.{cents % 100:02d}"
    return total, by_kind, line
