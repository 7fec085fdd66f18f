"""A drug that is swallowed goes into the blood, to the tissue and back, and is excreted."""

import math
from collections.abc import Sequence

HOURS = [0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0]
MEASURED = [1.627, 2.406, 2.613, 2.666, 2.332, 1.969, 1.489, 1.2, 0.949]
"""Concentrations in blood, in mg/l."""

DOSE = 100.0


def rates(
    amounts: list[float], absorption: float, to_tissue: float, from_tissue: float, excretion: float
) -> list[float]:
    gut, blood, tissue = amounts
    exchanged = to_tissue * blood - from_tissue * tissue
    return [-absorption * gut, absorption * gut - exchanged - excretion * blood, exchanged]


def step(amounts: list[float], dt: float, *parameters: float) -> list[float]:
    """One step of the classical method of Runge and Kutta."""
    first = rates(amounts, *parameters)
    second = rates(moved(amounts, dt / 2, first), *parameters)
    third = rates(moved(amounts, dt / 2, second), *parameters)
    fourth = rates(moved(amounts, dt, third), *parameters)
    mean = [(r1 + 2 * r2 + 2 * r3 + r4) / 6 for r1, r2, r3, r4 in zip(first, second, third, fourth, strict=True)]
    return moved(amounts, dt, mean)


def moved(amounts: list[float], dt: float, changes: list[float]) -> list[float]:
    return [amount + dt * change for amount, change in zip(amounts, changes, strict=True)]


def concentrations(volume: float, *parameters: float, hours: Sequence[float] = HOURS, dt: float = 0.25) -> list[float]:
    """The concentration in blood at each of the hours, which are multiples of dt."""
    amounts = [DOSE, 0.0, 0.0]
    found = []
    time = 0.0
    for hour in hours:
        while time < hour - dt / 2:
            amounts = step(amounts, dt, *parameters)
            time += dt
        found.append(amounts[1] / volume)
    return found


def misfit(logarithms: Sequence[float]) -> float:
    """The sum of squared relative errors; logarithms keep every parameter positive."""
    predicted = concentrations(*[math.exp(x) for x in logarithms])
    return sum((p / m - 1) ** 2 for p, m in zip(predicted, MEASURED, strict=True))
