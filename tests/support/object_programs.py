"""Plain programs with classes: particles, prices, a ray tracer, networks of neurons."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass, field
from typing import Any

__all__ = ["global_network", "network", "particle", "pricing", "resting_particle", "tracer"]


class Particle:
    drag = 0.1
    steps_of_all = 3

    def __init__(self, x: float, v: float, mass: float = 1.0) -> None:
        self.x = x
        self.v = v
        self.mass = mass
        self.time = 0.0

    @property
    def energy(self) -> float:
        return 0.5 * self.mass * self.v * self.v + self.potential(self.x)

    @staticmethod
    def potential(x: float) -> float:
        return 0.5 * x * x

    @classmethod
    def resting(cls, x: float) -> Particle:
        return cls(x, 0.0)

    def force(self) -> float:
        return -self.x - self.drag * self.v

    def step(self, dt: float) -> None:
        self.v += self.force() / self.mass * dt
        self.x += self.v * dt
        self.time += dt


def particle(x: float, y: float) -> float:
    p = Particle(x, y, mass=2.0)
    for _ in range(20):
        p.step(0.05)
    return p.energy + p.time


def resting_particle(x: float, y: float) -> float:
    p = Particle.resting(x)
    other = p
    for _ in range(p.steps_of_all):
        other.step(y)
    return p.x * other.v


@dataclass
class Market:
    spot: float
    rate: float = 0.02
    volatility: float = 0.2
    quotes: list[float] = field(default_factory=list)

    def forward(self, t: float) -> float:
        return self.spot * math.exp(self.rate * t)

    def quote(self, value: float) -> None:
        self.quotes.append(value)


@dataclass(frozen=True)
class Option:
    strike: float
    expiry: float
    is_call: bool = True
    moneyness: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        object.__setattr__(self, "moneyness", self.strike / 100.0)

    def value(self, market: Market) -> float:
        total = market.volatility * math.sqrt(self.expiry)
        d1 = math.log(market.forward(self.expiry) / self.strike) / total + 0.5 * total
        d2 = d1 - total
        sign = 1.0 if self.is_call else -1.0
        value = sign * (market.forward(self.expiry) * cdf(sign * d1) - self.strike * cdf(sign * d2))
        return value * math.exp(-market.rate * self.expiry)


def cdf(x: float) -> float:
    return 0.5 * math.erfc(-x / math.sqrt(2.0))


def pricing(x: float, y: float) -> float:
    market = Market(100.0 * x, volatility=0.1 + y)
    options = [Option(90.0 + 5.0 * i, 1.0 + 0.5 * i, is_call=i % 2 == 0) for i in range(5)]
    for option in options:
        market.quote(option.value(market) * option.moneyness)
    shifted = dataclasses.replace(market, rate=0.05)
    return sum(market.quotes) + options[0].value(shifted)


class Vec3:
    __slots__ = ("x", "y", "z")

    def __init__(self, x: float, y: float, z: float) -> None:
        self.x, self.y, self.z = x, y, z

    def __add__(self, other: Vec3) -> Vec3:
        return Vec3(self.x + other.x, self.y + other.y, self.z + other.z)

    def __sub__(self, other: Vec3) -> Vec3:
        return Vec3(self.x - other.x, self.y - other.y, self.z - other.z)

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, Vec3):
            return self.x * other.x + self.y * other.y + self.z * other.z
        return Vec3(self.x * other, self.y * other, self.z * other)

    __rmul__ = __mul__

    def __neg__(self) -> Vec3:
        return Vec3(-self.x, -self.y, -self.z)

    def __abs__(self) -> float:
        return math.sqrt(self * self)

    def __getitem__(self, i: int) -> float:
        return self.x if i == 0 else self.y if i == 1 else self.z

    def __len__(self) -> int:
        return 3

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Vec3) and self.x == other.x

    def unit(self) -> Vec3:
        return self * (1.0 / abs(self))


ORIGIN = Vec3(0.0, 0.0, -5.0)


class Sphere:
    def __init__(self, center: Vec3, radius: float) -> None:
        self.center = center
        self.radius = radius

    def hit(self, origin: Vec3, direction: Vec3) -> float | None:
        to = origin - self.center
        b = to * direction
        c = to * to - self.radius * self.radius
        d = b * b - c
        if d < 0.0:
            return None
        return -b - math.sqrt(d)


def tracer(x: float, y: float) -> float:
    spheres = [Sphere(Vec3(0.2 * i, x * 0.1, 2.0 + i), y + 0.3 * i) for i in range(3)]
    light = Vec3(1.0, 1.0, -1.0).unit()
    total = 0.0
    for i in range(5):
        for j in range(5):
            direction = Vec3((i - 2) * 0.1, (j - 2) * 0.1, 1.0).unit()
            nearest = None
            which = None
            for sphere in spheres:
                t = sphere.hit(ORIGIN, direction)
                if t is not None and (nearest is None or t < nearest):
                    nearest, which = t, sphere
            if which is None or nearest is None:
                total += 0.01
            else:
                point = ORIGIN + nearest * direction
                normal = (point - which.center).unit()
                total += max(0.1, normal * light) + normal[2] / len(normal)
    return total


class Neuron:
    def __init__(self, weights: list[float], bias: float) -> None:
        self.weights = weights
        self.bias = bias

    def __call__(self, inputs: list[float]) -> float:
        return math.tanh(sum(w * x for w, x in zip(self.weights, inputs)) + self.bias)  # noqa: B905


class Layer:
    def __init__(self, neurons: list[Neuron]) -> None:
        self.neurons = neurons

    def __call__(self, inputs: list[float]) -> list[float]:
        return [neuron(inputs) for neuron in self.neurons]


class Network:
    def __init__(self, sizes: list[int], scale: float) -> None:
        self.layers = []
        for n, m in zip(sizes, sizes[1:]):  # noqa: B905, RUF007 - `pairwise` is not known
            neurons = [Neuron([scale * math.sin(i + 3.0 * j) for i in range(n)], 0.1 * j) for j in range(m)]
            self.layers.append(Layer(neurons))

    def __call__(self, inputs: list[float]) -> list[float]:
        for layer in self.layers:
            inputs = layer(inputs)
        return inputs


NETWORK = Network([2, 3, 1], 0.5)


def network(x: float, y: float) -> float:
    return Network([2, 4, 3, 1], y)([x, 1.0])[0]


def global_network(x: float, y: float) -> float:
    return NETWORK([x, y])[0]
