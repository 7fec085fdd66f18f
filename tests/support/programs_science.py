"""Plain programs of science, engineering and finance, as people write them."""

from __future__ import annotations

import math
from typing import ClassVar


def pendulum(length: float, angle: float) -> float:
    """The swing after one second, by small steps."""
    speed, step = 0.0, 0.01
    for _ in range(100):
        speed -= 9.81 / length * math.sin(angle) * step
        angle += speed * step
    return angle


def _normal(x: float) -> float:
    return 0.5 * (1.0 + math.erf(x / math.sqrt(2.0)))


def black_scholes(spot: float, strike: float, years: float, rate: float, volatility: float) -> float:
    """The price of a European call."""
    spread = volatility * math.sqrt(years)
    d1 = (math.log(spot / strike) + (rate + 0.5 * volatility**2) * years) / spread
    return spot * _normal(d1) - strike * math.exp(-rate * years) * _normal(d1 - spread)


def binomial_option(spot: float, strike: float, volatility: float) -> float:
    """An American put on a binomial tree of twelve steps."""
    steps, rate, time = 12, 0.03, 1.0 / 12
    up = math.exp(volatility * math.sqrt(time))
    down, discount = 1 / up, math.exp(-rate * time)
    chance = (1 / discount - down) / (up - down)
    values = [max(strike - spot * up**i * down ** (steps - i), 0.0) for i in range(steps + 1)]
    for level in range(steps - 1, -1, -1):
        for i in range(level + 1):
            held = discount * (chance * values[i + 1] + (1 - chance) * values[i])
            values[i] = max(held, strike - spot * up**i * down ** (level - i))
    return values[0]


def orbit(x: float, speed: float) -> float:
    """The radius after a while on an orbit, by leapfrog."""
    y, u, v, step = 0.0, 0.0, speed, 0.02

    def pull(x: float, y: float) -> tuple[float, float]:
        cube = (x * x + y * y) ** 1.5
        return -x / cube, -y / cube

    a, b = pull(x, y)
    for _ in range(50):
        u, v = u + a * step / 2, v + b * step / 2
        x, y = x + u * step, y + v * step
        a, b = pull(x, y)
        u, v = u + a * step / 2, v + b * step / 2
    return math.sqrt(x * x + y * y)


def perceptron(weight: float, bias: float) -> float:
    """The squared error of two layers on four samples."""
    samples = [((0.0, 0.0), 0.0), ((0.0, 1.0), 1.0), ((1.0, 0.0), 1.0), ((1.0, 1.0), 0.0)]
    loss = 0.0
    for (a, b), target in samples:
        hidden = [math.tanh(weight * a + 0.3 * b + bias), math.tanh(-0.4 * a + weight * b - bias)]
        output = 1 / (1 + math.exp(-(hidden[0] - 0.7 * hidden[1])))
        loss += (output - target) ** 2
    return loss / len(samples)


def haversine(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """The great-circle distance in kilometres."""
    lat1, lon1, lat2, lon2 = map(math.radians, [lat1, lon1, lat2, lon2])
    half = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * 6371.0 * math.asin(math.sqrt(half))


def wet_air(temperature: float, humidity: float) -> float:
    """The humidity ratio of moist air, with saturation over ice and over water."""
    kelvin = temperature + 273.15
    if temperature <= 0.01:
        logarithm = -5.6745359e3 / kelvin + 6.3925247 - 9.677843e-3 * kelvin + 4.1635019 * math.log(kelvin)
    else:
        logarithm = -5.8002206e3 / kelvin + 1.3914993 - 4.8640239e-2 * kelvin + 6.5459673 * math.log(kelvin)
    vapour = humidity * math.exp(logarithm)
    return max(0.621945 * vapour / (101325.0 - vapour), 1e-7)


def real_gas(temperature: float, volume: float) -> float:
    """The pressure of carbon dioxide after Redlich and Kwong."""
    gas, critical_temperature, critical_pressure = 8.314462618, 304.13, 7.3773e6
    attraction = 0.42748 * gas**2 * critical_temperature**2.5 / critical_pressure
    covolume = 0.08664 * gas * critical_temperature / critical_pressure
    repulsion = gas * temperature / (volume - covolume)
    return repulsion - attraction / (math.sqrt(temperature) * volume * (volume + covolume))


def compressibility(temperature: float, pressure: float) -> float:
    """The largest root of van der Waals's cubic, by Newton's method."""
    a, b = 27 * pressure / (64 * temperature**2), pressure / (8 * temperature)
    z = 1.0 + b
    for _ in range(100):
        value = ((z - (1 + b)) * z + a) * z - a * b
        slope = (3 * z - 2 * (1 + b)) * z + a
        step = value / slope
        z -= step
        if abs(step) < 1e-13:
            return z
    raise ArithmeticError("no convergence")


def heat_exchanger(flow: float, inlet: float) -> float:
    """The outlet temperature of a counter-flow exchanger by the effectiveness method."""
    hot, cold, conductance, source = flow * 4.18, 2.5 * 4.18, 6.0, 90.0
    smaller, larger = (hot, cold) if hot < cold else (cold, hot)
    ratio, units = smaller / larger, conductance / smaller
    decay = math.exp(-units * (1 - ratio))
    effectiveness = (1 - decay) / (1 - ratio * decay)
    return inlet + effectiveness * smaller * (source - inlet) / cold


def pipe_friction(velocity: float, roughness: float) -> float:
    """Colebrook's friction factor by repeated substitution, laminar flow by formula."""
    reynolds = velocity * 0.05 / 1e-6
    if reynolds < 2300:
        return 64 / reynolds
    inverse_root = 8.0
    for _ in range(60):
        inverse_root = -2 * math.log(roughness / 3.7 + 2.51 * inverse_root / reynolds) / math.log(10)
    return 1 / inverse_root**2


def easing(time: float) -> float:
    """An easing curve in three pieces, bounced and blended."""
    if time < 0.25:
        return 8 * time**3
    if time < 0.5:
        return 1 - (1 - 2 * time) ** 2
    return 1 + 2.0 ** (-10 * (time - 0.5)) * math.sin((time * 10 - 0.75) * 2 * math.pi / 3)


def regression_slope(y1: float, y2: float, y3: float) -> float:
    """The least-squares slope through three points and two fixed ones."""
    xs, ys = [0.0, 1.0, 2.0, 3.0, 5.0], [y1, 0.4, y2, y3, 1.9]
    mean_x = sum(xs) / len(xs)
    mean_y = sum(ys) / len(ys)
    covariance = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True))
    return covariance / sum((x - mean_x) ** 2 for x in xs)


def standard_deviation(x: float, y: float) -> float:
    """Welford's running variance, written by hand."""
    mean = spread = 0.0
    for count, value in enumerate([x, y, x * y, 2.0], start=1):
        delta = value - mean
        mean += delta / count
        spread += delta * (value - mean)
    return math.sqrt(spread / 3)


def softmax_entropy(x: float, y: float) -> float:
    """The cross entropy of a softmax that guards against overflow."""
    scores = [x, y, 0.5, x * y]
    highest = max(scores)
    weights = [math.exp(score - highest) for score in scores]
    total = math.fsum(weights)
    return -math.log(weights[1] / total)


def logistic_loss(weight: float, bias: float) -> float:
    """The loss of a logistic regression with a penalty, stable on both sides."""
    data = [(0.5, 0), (1.5, 0), (1.0, 1), (2.5, 1), (3.0, 1)]
    loss = 0.0
    for x, label in data:
        score = weight * x + bias
        probability = 1 / (1 + math.exp(-score)) if score >= 0 else math.exp(score) / (1 + math.exp(score))
        loss -= math.log(probability) if label else math.log(1 - probability)
    return loss / len(data) + 0.01 * weight**2


def lennard_jones(x: float, y: float) -> float:
    """The energy of three atoms, pair by pair."""
    atoms = [(0.0, 0.0), (x, 0.1), (0.4, y)]
    energy = 0.0
    for i in range(3):
        for j in range(i):
            square = (atoms[i][0] - atoms[j][0]) ** 2 + (atoms[i][1] - atoms[j][1]) ** 2
            inverse = 1.0 / square**3
            energy += 4 * (inverse**2 - inverse)
    return energy


def planck(wavelength: float, temperature: float) -> float:
    """The spectral radiance of a black body, wavelength in micrometres."""
    metres = wavelength * 1e-6
    exponent = 6.62607015e-34 * 299792458.0 / (metres * 1.380649e-23 * temperature)
    return 2 * 6.62607015e-34 * 299792458.0**2 / metres**5 / (math.exp(exponent) - 1) * 1e-12


def lorenz(rho: float, start: float) -> float:
    """The Lorenz system for a short while, by Heun's method."""

    def slope(state: list[float]) -> list[float]:
        x, y, z = state
        return [10 * (y - x), x * (rho - z) - y, x * y - 8 / 3 * z]

    state, step = [start, 1.0, 1.05], 0.01
    for _ in range(40):
        first = slope(state)
        guess = [s + step * d for s, d in zip(state, first, strict=True)]
        second = slope(guess)
        state = [s + step / 2 * (a + b) for s, a, b in zip(state, first, second, strict=True)]
    return state[0]


def predator_prey(birth: float, hunger: float) -> float:
    """Lotka and Volterra's equations by the midpoint rule."""
    prey, predators, step = 1.5, 1.0, 0.05
    for _ in range(60):
        middle_prey = prey + step / 2 * (birth * prey - hunger * prey * predators)
        middle_predators = predators + step / 2 * (0.5 * prey * predators - predators)
        prey, predators = (
            prey + step * (birth * middle_prey - hunger * middle_prey * middle_predators),
            predators + step * (0.5 * middle_prey * middle_predators - middle_predators),
        )
    return prey


def mortgage(principal: float, yearly: float) -> float:
    """The monthly payment of a loan over 180 months."""
    monthly = yearly / 12
    return principal * monthly / (1 - (1 + monthly) ** -180)


def internal_rate(first: float, last: float) -> float:
    """The rate at which a plan of payments breaks even, by Newton's method."""
    payments = {0: -100.0, 1: first, 2: 40.0, 3: last}
    rate = 0.1
    for _ in range(30):
        value = slope = 0.0
        for year, payment in payments.items():
            value += payment / (1 + rate) ** year
            slope -= year * payment / (1 + rate) ** (year + 1)
        rate -= value / slope
        if abs(value) < 1e-12:
            break
    return rate


def projectile(speed: float, angle: float) -> float:
    """The range of a ball with drag, interpolated to where it lands."""
    x, y = 0.0, 0.0
    u, v, step = speed * math.cos(angle), speed * math.sin(angle), 0.02
    while True:
        drag = 0.01 * math.sqrt(u * u + v * v)
        u -= drag * u * step
        v -= (9.81 + drag * v) * step
        before_x, before_y = x, y
        x, y = x + u * step, y + v * step
        if y < 0:
            return before_x + (x - before_x) * before_y / (before_y - y)


def low_pass(frequency: float, capacity: float) -> float:
    """The damping of a filter in decibels."""
    omega = 2 * math.pi * frequency
    gain = 1 / math.sqrt(1 + (omega * 1000.0 * capacity * 1e-6) ** 2)
    return 20 * math.log10(gain)


def luminance(red: float, green: float) -> float:
    """The luminance of a colour, with the two-piece curve of sRGB."""

    def linear(channel: float) -> float:
        channel = min(max(channel, 0.0), 1.0)
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(0.5)


def rotated(x: float, angle: float) -> float:
    """A point turned about an axis by a quaternion."""

    def product(p: tuple[float, ...], q: tuple[float, ...]) -> tuple[float, ...]:
        a, b, c, d = p
        e, f, g, h = q
        return (
            a * e - b * f - c * g - d * h,
            a * f + b * e + c * h - d * g,
            a * g - b * h + c * e + d * f,
            a * h + b * g - c * f + d * e,
        )

    half = angle / 2
    turn = (math.cos(half), 0.0, 0.0, math.sin(half))
    back = (turn[0], *(-part for part in turn[1:]))
    return product(product(turn, (0.0, x, 1.0, 0.0)), back)[2]


class Neuron:
    """A weighted sum and a bend."""

    registry: ClassVar[list[type[Neuron]]] = []

    def __init_subclass__(cls) -> None:
        Neuron.registry.append(cls)

    def __init__(self, weights: list[float], bias: float) -> None:
        self.weights, self.bias = weights, bias

    def bend(self, value: float) -> float:
        """The activation."""
        return value

    def __call__(self, inputs: list[float]) -> float:
        total = self.bias
        for weight, value in zip(self.weights, inputs, strict=True):
            total += weight * value
        return self.bend(total)


class Tanh(Neuron):
    """A neuron that saturates."""

    def bend(self, value: float) -> float:
        return math.tanh(value)


class Rectifier(Neuron):
    """A neuron that is silent below zero."""

    def bend(self, value: float) -> float:
        return value if value > 0 else 0.0 * value


def network(x: float, y: float) -> float:
    """A small network of neurons, its classes found in a registry."""
    hidden = [kind([0.5 + i, -0.25], 0.1) for i, kind in enumerate(Neuron.registry * 2)]
    output = Neuron([1.0, -2.0, 0.5, 0.25], 0.0)
    return output([neuron([x, y]) for neuron in hidden])
