"""Functions with loops, branches, calls, objects and errors, of two floats each unless they say otherwise."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

__all__ = [
    "PAIRS",
    "called_twice",
    "closures",
    "decay",
    "errors",
    "functions",
    "linear",
    "long",
    "objects",
    "power",
    "products",
    "recursive",
    "root",
    "series",
    "several",
    "sums",
    "weighted",
]

PAIRS = [(0.7, 1.3), (2.5, 0.4), (1.0625, 2.75)]


def decay(rates: list[float], start: float) -> float:
    level, total = start, 0.0
    for step in range(40):
        rate = rates[step % len(rates)]
        level -= 0.1 * rate * level
        if level < 0.5:
            level += math.exp(-rate)
        total += level * level
    return total


def products(x: float, y: float) -> float:
    return x * y + x / y - y


def functions(x: float, y: float) -> float:
    powers = math.sqrt(x) ** 3 + x**y + x**2 * y**0.5 + 2.0**x
    return math.exp(x * y) * math.sin(x) / math.log(y) + abs(x - 9) * math.hypot(x, y) + powers * math.erf(x)


def series(x: float, y: float) -> float:
    total = 0.0
    for i in range(30):
        total += math.sin(x * i) * math.exp(-y * i) / (1 + total * total)
        if total > 0.5:
            total -= x**2 * y**0.5
    return total


def sums(x: float, y: float) -> float:
    values = [x * i + y for i in range(1, 8)]
    return sum(v * v * v / (1 + math.tanh(v)) for v in values) * max(values)


def root(x: float, y: float) -> float:
    guess = x
    for _ in range(7):
        guess -= (guess * guess * guess - x * y) / (3 * guess * guess)
    return guess


def weighted(values: list[float], weights: tuple[float, float]) -> float:
    total = 0.0
    for i, value in enumerate(values):
        total += math.exp(-value * weights[0]) * values[i - 1] * weights[1]
    return total


def linear(x: float, y: float) -> float:
    total = 2.0 * x
    for _ in range(3):
        total += y
    return total


def power(x: float, n: int) -> float:
    return 1.0 if n == 0 else x * power(x, n - 1)


def recursive(x: float, y: float) -> float:
    return power(x, 5) * power(y, 3) + power(x * y, 2)


def long(x: float, y: float) -> float:
    total = 0.0
    for i in range(4):
        total += math.sin(x * i) * y
        if total > 1.0:
            total = total / (1.0 + x * x) - math.log(1.0 + y * y)
        total += math.atan2(x, y) ** 2
        total += math.exp(-total * total) * math.tanh(x)
    return total


def called_twice(x: float, y: float) -> float:
    return long(x, y) * long(y, x) + long(x * y, 2.0)


@dataclass
class Plate:
    width: float
    height: float

    def stiffness(self) -> float:
        return self.width * self.height / (self.width + self.height)


def objects(x: float, y: float) -> float:
    plates = Plate(x * 2, y), Plate(y**3, x)
    total = 0.0
    for plate in plates:
        total += plate.stiffness()
    plates[0].width = plates[1].height * x
    return total * plates[0].stiffness()


def errors(x: float, y: float) -> float:
    total = 0.0
    for i in range(3):
        try:
            total += x / (i - 1) * y**i
        except ZeroDivisionError:
            total -= x * y
    return total


def closures(x: float, y: float) -> float:
    def inner(z: float) -> float:
        return z * x + y / z

    def product(function: Callable[[float], float], z: float) -> float:
        return function(z) * function(z * 2.0)

    return product(inner, y)


def several(x: float, y: float) -> Any:
    return (x * y, [x, y * 2.0], 1.0) if x > 0.0 else (x, [y, y], 2.0)
