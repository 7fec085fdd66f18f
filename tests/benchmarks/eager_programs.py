"""The programs of the eager benchmarks: plain Python over numbers of any kind, from a list of inputs to one result.

    rosenbrock([-1.2, 1.0, ...], PLAIN)      a float
    rosenbrock([Value(-1.2), ...], ...)      a Value of micrograd

Nothing here knows who runs it. What operators cannot say comes from `functions`: those of `math`, and `relu`.
"""

from __future__ import annotations

import functools
import itertools
import math
import operator
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from geographiclib.geodesic import Geodesic

__all__ = ["PLAIN", "PROGRAMS", "Program", "Run"]

Run = Callable[[Sequence[Any], Any], Any]


def relu(x: Any) -> Any:
    """What a neuron does with a number below zero."""
    return max(x, 0.0)


PLAIN = SimpleNamespace(exp=math.exp, log=math.log, sqrt=math.sqrt, erf=math.erf, relu=relu, Geodesic=Geodesic)
"""The functions of plain numbers, and the library of one program."""


@dataclass(frozen=True)
class Program:
    """A program and what to run it on.

    Attributes:
        run: from inputs and functions to the result.
        inputs: the numbers to differentiate by.
    """

    run: Run
    inputs: list[float]

    @property
    def name(self) -> str:
        """What tables call it."""
        return self.run.__name__.replace("_", " ")


# -- a neural network: the demonstration of micrograd, 2-16-16-1 on two moons -----------------------------------------

LAYERS = (2, 16, 16, 1)
POINTS = 100


def moons(count: int, noise: float = 0.1) -> list[tuple[float, float, float]]:
    """Points of two interleaved half circles, with the class of each: -1.0 or 1.0."""
    generator = random.Random(1337)
    points = []
    for index in range(count):
        angle = math.pi * (index // 2) / (count // 2 - 1)
        x, y = (math.cos(angle), math.sin(angle)) if index % 2 else (1 - math.cos(angle), 0.5 - math.sin(angle))
        points.append((x + generator.gauss(0, noise), y + generator.gauss(0, noise), 1.0 if index % 2 else -1.0))
    return points


MOONS = moons(POINTS)


def weights() -> list[float]:
    """The first parameters of the network, a bias after the weights of each neuron."""
    generator = random.Random(1337)
    parameters = []
    for inputs, outputs in itertools.pairwise(LAYERS):
        for _ in range(outputs):
            parameters += [*(generator.uniform(-1, 1) for _ in range(inputs)), generator.uniform(-0.1, 0.1)]
    return parameters


def layer(parameters: list[list[Any]], signals: Sequence[Any]) -> list[Any]:
    """What the neurons of a layer make of their inputs."""
    return [sum((w * x for w, x in zip(neuron, signals, strict=False)), neuron[-1]) for neuron in parameters]


def network(parameters: Sequence[Any], functions: Any) -> Any:
    """The loss: max-margin over all points, and the squares of the parameters."""
    rest = iter(parameters)
    layers = [
        [[next(rest) for _ in range(inputs + 1)] for _ in range(outputs)]
        for inputs, outputs in itertools.pairwise(LAYERS)
    ]
    losses = []
    for x, y, side in MOONS:
        signals: list[Any] = [x, y]
        for neurons in layers[:-1]:
            signals = [functions.relu(signal) for signal in layer(neurons, signals)]
        score = layer(layers[-1], signals)[0]
        losses.append(functions.relu(1 + -side * score))
    return sum(losses) * (1.0 / len(losses)) + 1e-4 * sum(p * p for p in parameters)


# -- functions of many variables ---------------------------------------------------------------------------------------


def rosenbrock(x: Sequence[Any], functions: Any) -> Any:
    """The curved valley."""
    return sum(100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1.0 - x[i]) ** 2 for i in range(len(x) - 1))


def wide_sums(x: Sequence[Any], functions: Any) -> Any:
    """A sum of numbers times a sum of their squares."""
    return sum(x) * sum(number * number for number in x)


def long_chain(x: Sequence[Any], functions: Any) -> Any:
    """Each operation takes what the one before made."""
    factor, y = x
    for _ in range(500_000):
        y = y * factor + 0.25
    return y


def small(x: Any, y: Any) -> Any:
    """Forty operations."""
    for _ in range(8):
        x, y = x * y + 0.5, y - x * 0.25 + 0.125
    return x + y - x * y


# -- finance -----------------------------------------------------------------------------------------------------------


def black_scholes(x: Sequence[Any], functions: Any) -> Any:
    """The price of a European option."""
    spot, strike, years, rate, volatility = x
    spread = volatility * functions.sqrt(years)
    d1 = (functions.log(spot / strike) + (rate + volatility**2 / 2) * years) / spread
    d2 = d1 - spread
    below1, below2 = (0.5 * (1.0 + functions.erf(d * 0.5**0.5)) for d in (d1, d2))
    return spot * below1 - strike * functions.exp(-rate * years) * below2


TREE_STEPS = 200


def binomial_tree(x: Sequence[Any], functions: Any) -> Any:
    """The price of an American put: at each node the better of exercising and waiting."""
    spot, strike, years, rate, volatility = x
    step = years * (1.0 / TREE_STEPS)
    up = functions.exp(volatility * functions.sqrt(step))
    discount = functions.exp(-rate * step)
    rising = (1.0 / discount - 1.0 / up) / (up - 1.0 / up)
    weight_up, weight_down = discount * rising, discount * (1.0 - rising)
    spots = [spot * up ** (index - TREE_STEPS) for index in range(2 * TREE_STEPS + 1)]
    payoffs = [strike - price for price in spots]
    values = [max(payoff, 0.0) for payoff in payoffs[::2]]
    for left in range(TREE_STEPS - 1, -1, -1):
        waiting = [weight_down * values[i] + weight_up * values[i + 1] for i in range(left + 1)]
        first = TREE_STEPS - left
        values = [max(payoffs[first + 2 * i], value) for i, value in enumerate(waiting)]
    return values[0]


# -- five bodies under gravity -----------------------------------------------------------------------------------------

SUN, YEAR = 4 * math.pi**2, 365.24
ORBIT_STEPS, ORBIT_STEP = 1_000, 0.01

BODIES = [
    (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0),
    (4.841431442, -1.160320044, -0.103622044, 0.001660077, 0.007699011, -6.9046e-05, 9.5479e-4),
    (8.343366718, 4.124798564, -0.403523417, -0.002767425, 0.004998528, 2.3042e-05, 2.8589e-4),
    (12.894369562, -15.111151402, -0.223307579, 0.002964601, 0.002378472, -2.9659e-05, 4.3662e-5),
    (15.379697115, -25.91931461, 0.179258773, 0.002680678, 0.001628242, -9.5159e-05, 5.1514e-5),
]  # fmt: skip
"""The sun and the giants: position in astronomical units, velocity in those a day, mass in suns."""


def kick(velocities: list[list[Any]], positions: list[list[Any]], masses: Sequence[Any]) -> None:
    """Change the velocities by half a step of everybody's pull on everybody."""
    for i in range(len(positions)):
        for j in range(i):
            apart = [a - b for a, b in zip(positions[i], positions[j], strict=True)]
            pull = (apart[0] * apart[0] + apart[1] * apart[1] + apart[2] * apart[2]) ** -1.5 * (ORBIT_STEP / 2)
            mine, yours = masses[j] * pull, masses[i] * pull
            velocities[i] = [v - d * mine for v, d in zip(velocities[i], apart, strict=True)]
            velocities[j] = [v + d * yours for v, d in zip(velocities[j], apart, strict=True)]


def orbit(x: Sequence[Any], functions: Any) -> Any:
    """How far, squared, the outermost body is from the sun in the end."""
    states = [x[start : start + 7] for start in range(0, len(x), 7)]
    positions, velocities = [list(state[:3]) for state in states], [list(state[3:6]) for state in states]
    masses = [state[6] for state in states]
    for _ in range(ORBIT_STEPS):
        kick(velocities, positions, masses)
        positions = [
            [p + v * ORBIT_STEP for p, v in zip(position, velocity, strict=True)]
            for position, velocity in zip(positions, velocities, strict=True)
        ]
        kick(velocities, positions, masses)
    return functools.reduce(operator.add, ((a - b) ** 2 for a, b in zip(positions[4], positions[0], strict=True)))


# -- somebody else's library -------------------------------------------------------------------------------------------


def geographiclib(x: Sequence[Any], functions: Any) -> Any:
    """The shortest way between two places on the ellipsoid."""
    return functions.Geodesic.WGS84.Inverse(*x)["s12"]


def start_of_orbit() -> list[float]:
    """The bodies' numbers in a row, in years."""
    return [
        number * (YEAR if 3 <= index < 6 else SUN if index == 6 else 1.0)
        for body in BODIES
        for index, number in enumerate(body)
    ]


PROGRAMS: tuple[Program, ...] = (
    Program(network, weights()),
    Program(rosenbrock, [-1.2 if index % 2 else 1.0 for index in range(1_000)]),
    Program(black_scholes, [100.0, 105.0, 0.75, 0.03, 0.25]),
    Program(orbit, start_of_orbit()),
    Program(binomial_tree, [100.0, 105.0, 0.75, 0.03, 0.25]),
    Program(long_chain, [0.999, 1.0]),
    Program(wide_sums, [math.sin(index) for index in range(100_000)]),
    Program(geographiclib, [40.6, -73.8, 51.6, -0.5]),
)
