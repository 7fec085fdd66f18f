"""Plain programs with loops, branches and lists whose way depends on the numbers, one of each kind, with inputs."""

from __future__ import annotations

import math
import random
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Final

__all__ = ["PROGRAMS"]

chance = random.Random(11)

# -- a differential equation with steps of its own length --------------------------------------------------------------

NODES: Final = (0.0, 0.5, 0.75, 1.0)
STAGES: Final = ((), (0.5,), (0.0, 0.75), (2 / 9, 1 / 3, 4 / 9))
ERRORS: Final = (-5 / 72, 1 / 12, 1 / 9, -1 / 8)


def oscillator(t: float, y: Sequence[float], p: Sequence[float]) -> list[float]:
    damping, stiffness, force = p
    return [y[1], damping * y[1] * (1.0 - y[0] * y[0]) - stiffness * y[0] + force * math.cos(t)]


def adaptive_steps(x: list[float]) -> float:
    """Bogacki and Shampine's method for a driven oscillator."""
    y, p, t, h = x[:2], x[2:], 0.0, 0.1
    while t < 6.0:
        h = min(h, 6.0 - t)
        k: list[list[float]] = []
        for i in range(4):
            moved = [y[j] + h * sum(a * k[m][j] for m, a in enumerate(STAGES[i])) for j in range(2)]
            k.append(oscillator(t + NODES[i] * h, moved, p))
        error = math.sqrt(sum((h * sum(ERRORS[m] * k[m][j] for m in range(4))) ** 2 for j in range(2)))
        if error < 1e-5:
            t += h
            y = moved
        h *= min(4.0, max(0.25, 0.85 * (1e-5 / (error + 1e-14)) ** (1 / 3)))
    return y[0] * y[0] + y[1]


# -- equations that are solved until that is good enough ---------------------------------------------------------------


def annuity(rate: float, years: float) -> float:
    if abs(rate) < 1e-9:
        return years
    growth = math.exp(-rate * years)
    return (1.0 - growth) / (math.exp(rate) - 1.0) + 0.001 * math.sqrt(years) * growth


def solved_equations(x: list[float]) -> float:
    """The rates of return of forty contracts, each found in two ways."""
    price, years, extra = x
    return sum([rate_of_return(price + 0.05 * i, years, extra) for i in range(40)])


def rate_of_return(price: float, years: float, extra: float) -> float:
    """By bisection, and by the secant rule."""
    low, high = 0.0001, 0.9
    while high - low > 1e-12:
        middle = 0.5 * (low + high)
        if annuity(middle, years) > price:
            low = middle
        else:
            high = middle
    bisected = low - (annuity(low, years) - price) * (high - low) / (annuity(high, years) - annuity(low, years))
    a, b = 0.05, 0.12
    fa, fb = annuity(a, years) - price, annuity(b, years) - price
    for _ in range(60):
        if abs(fb) < 1e-9:
            break
        a, b, fa = b, b - fb * (b - a) / (fb - fa), fb
        fb = annuity(b, years) - price
    return bisected + b * (1.0 + extra)


# -- a tree ------------------------------------------------------------------------------------------------------------


def lattice(x: list[float]) -> float:
    """A call that may be exercised early, on a trinomial tree of 60 steps."""
    spot, strike, rate, volatility, years = x
    steps = 60
    dt = years / steps
    up = math.exp(volatility * math.sqrt(2.0 * dt))
    half, whole = math.exp(0.5 * rate * dt), math.exp(volatility * math.sqrt(0.5 * dt))
    pu = ((half - 1.0 / whole) / (whole - 1.0 / whole)) ** 2
    pd = ((whole - half) / (whole - 1.0 / whole)) ** 2
    discount = math.exp(-rate * dt)
    prices = [spot * up ** (i - steps) for i in range(2 * steps + 1)]
    values = [max(price - strike, 0.0) for price in prices]
    for step in range(steps - 1, -1, -1):
        for i in range(2 * step + 1):
            held = discount * (pd * values[i] + (1.0 - pu - pd) * values[i + 1] + pu * values[i + 2])
            values[i] = max(held, prices[i + steps - step] - strike)
    return values[0]


# -- random walks ------------------------------------------------------------------------------------------------------

STEPS: Final = [[chance.gauss(0.0, 1.0) for _ in range(40)] for _ in range(250)]


def random_walks(x: list[float]) -> float:
    """A price that must stay below a barrier, paid on its largest value."""
    start, growth, spread, barrier = x
    total, alive = 0.0, 0
    for walk in STEPS:
        value = top = start
        for z in walk:
            value *= math.exp(growth + spread * z)
            if value > barrier:
                break
            if value > top:
                top = value
        else:
            alive += 1
            total += top - 0.5 * value
    return total / len(STEPS) + 0.001 * alive


# -- small matrices ----------------------------------------------------------------------------------------------------

SIGNAL: Final = [math.sin(0.15 * i) + chance.gauss(0.0, 0.2) for i in range(100)]


def product(a: list[list[float]], b: list[list[float]]) -> list[list[float]]:
    return [[sum(p * q for p, q in zip(row, column)) for column in zip(*b)] for row in a]  # noqa: B905 - as people write


def turned(a: list[list[float]]) -> list[list[float]]:
    return [list(row) for row in zip(*a)]  # noqa: B905 - as people write


def matrices(x: list[float]) -> float:
    """A filter of a turning signal."""
    noise, error, angle, decay = x
    move = [[decay * math.cos(angle), -math.sin(angle)], [math.sin(angle), decay * math.cos(angle)]]
    state, spread, loss = [[0.0], [1.0]], [[1.0, 0.0], [0.0, 1.0]], 0.0
    for seen in SIGNAL:
        state = product(move, state)
        spread = product(product(move, spread), turned(move))
        spread = [[spread[i][j] + (noise if i == j else 0.0) for j in range(2)] for i in range(2)]
        width = spread[0][0] + error
        miss = seen - state[0][0]
        gain = [row[0] / width for row in spread]
        state = [[s[0] + g * miss] for s, g in zip(state, gain)]  # noqa: B905 - as people write
        spread = [[spread[i][j] - gain[i] * spread[0][j] for j in range(2)] for i in range(2)]
        loss += math.log(width) + miss * miss / width
    return loss


# -- sums of exponentials ----------------------------------------------------------------------------------------------

SEEN: Final = [chance.gauss(0.0, 1.5) for _ in range(60)]


def softened(values: list[float]) -> float:
    top = max(values)
    return top + math.log(sum(math.exp(v - top) for v in values))


def hidden_states(x: list[float]) -> float:
    """The likelihood of a chain of eight hidden states."""
    centres, stays, spread = x[:8], x[8], math.exp(x[9])
    scores = [-math.log(8.0)] * 8
    for seen in SEEN:
        moved = [softened([scores[i] - stays * abs(i - j) for i in range(8)]) for j in range(8)]
        scores = [m - 0.5 * ((seen - c) / spread) ** 2 - x[9] for m, c in zip(moved, centres)]  # noqa: B905
    return softened(scores)


# -- tables ------------------------------------------------------------------------------------------------------------

PLACES: Final = [0.25 * i * (1.0 + 0.002 * i) for i in range(120)]
WANTED: Final = [(2.3 * i + 0.41) % 30.0 for i in range(800)]


def slopes(heights: list[float]) -> list[float]:
    n = len(heights)
    result = [0.0] * n
    for i in range(1, n - 1):
        left = (heights[i] - heights[i - 1]) / (PLACES[i] - PLACES[i - 1])
        right = (heights[i + 1] - heights[i]) / (PLACES[i + 1] - PLACES[i])
        result[i] = 2.0 * left * right / (left + right) if left * right > 0.0 else 0.0
    return result


def interpolated(x: list[float]) -> float:
    """A curve that never overshoots, through 120 values, at 800 places."""
    m, total = slopes(x), 0.0
    for place in WANTED:
        i = min(bisect_right(PLACES, place) - 1, len(PLACES) - 2)
        h = PLACES[i + 1] - PLACES[i]
        t = (place - PLACES[i]) / h
        curve = x[i] + t * (h * m[i] + t * (3.0 * (x[i + 1] - x[i]) - h * (2.0 * m[i] + m[i + 1])))
        total += (curve + t**3 * (h * (m[i] + m[i + 1]) - 2.0 * (x[i + 1] - x[i]))) ** 2
    return total


# -- what bumps into things --------------------------------------------------------------------------------------------

PEGS: Final = tuple((0.2 * i + 0.1 * (j % 2), 0.25 * j, 0.05) for i in range(5) for j in range(1, 4))


def falling_ball(x: list[float]) -> float:
    """A ball that falls through pegs, 250 steps."""
    px, py, vx, vy, bounce = x
    dt, hits = 0.01, 0.0
    for _ in range(250):
        vy -= 0.8 * dt
        px += vx * dt
        py += vy * dt
        if px < 0.0 or px > 1.0:
            px, vx = (-px if px < 0.0 else 2.0 - px), -bounce * vx
        if py < 0.0:
            py, vy = -py, -bounce * vy
        for cx, cy, radius in PEGS:
            dx, dy = px - cx, py - cy
            away = math.hypot(dx, dy)
            if away < radius:
                nx, ny = dx / away, dy / away
                speed = vx * nx + vy * ny
                if speed < 0.0:
                    vx, vy = vx - (1.0 + bounce) * speed * nx, vy - (1.0 + bounce) * speed * ny
                    hits -= speed
    return px + py + 0.1 * hits


# -- a loop that ends by itself ----------------------------------------------------------------------------------------


def cooling(x: list[float]) -> float:
    """How long a body takes to cool down, in small steps."""
    start, end, loss, radiation = x
    heat, t, dt = start, 0.0, 0.001
    while heat > end:
        heat -= (loss * (heat - 1.0) + radiation * (heat * heat * heat * heat - 1.0)) * dt
        t += dt
    return t + (heat - end) / loss


# -- texts and dicts ---------------------------------------------------------------------------------------------------

ORDERS: Final = "\n".join(
    f"{chance.choice(['red', 'green', 'blue'])}:{chance.choice(['small', 'large'])}:{chance.randint(1, 9)}"
    for _ in range(1_500)
)
COSTS: Final = {"small": 0.4, "large": 2.5}


def orders(x: list[float]) -> float:
    """What the lines of a text come to."""
    rate, rebate, fee = x
    groups: dict[str, list[tuple[str, int]]] = {}
    for line in ORDERS.splitlines():
        colour, size, count = line.split(":")
        groups.setdefault(f"{colour}/{size.upper()}", []).append((size, int(count)))
    total = 0.0
    for key in sorted(groups):
        number = sum(count for _, count in groups[key])
        value = number * COSTS[groups[key][0][0]]
        if number > 1_250:
            value *= 1.0 - rebate
        if key.startswith("red"):
            value += fee * len(groups[key])
        total += value
    return total * (1.0 + rate)


Draw = Callable[[random.Random], list[float]]


def between(*bounds: tuple[float, float]) -> Draw:
    """Make what draws a number between each pair of bounds."""
    return lambda source: [source.uniform(low, high) for low, high in bounds]


PROGRAMS: Final[dict[str, tuple[Callable[[list[float]], float], Draw]]] = {
    "adaptive steps": (adaptive_steps, between((-1, 1), (-1, 1), (0.1, 1), (0.5, 3), (0, 1))),
    "solved equations": (solved_equations, between((3, 9), (12, 30), (0, 1))),
    "lattice": (lattice, between((80, 120), (85, 115), (0.01, 0.06), (0.1, 0.5), (0.3, 2))),
    "random walks": (random_walks, between((95, 105), (-0.001, 0.002), (0.01, 0.04), (110, 140))),
    "matrices": (matrices, between((0.01, 0.1), (0.05, 0.3), (0.1, 0.2), (0.9, 1))),
    "hidden states": (hidden_states, between(*[(-2, 2)] * 8, (0.1, 0.6), (-0.3, 0.3))),
    "interpolated": (interpolated, between(*[(-1, 1)] * len(PLACES))),
    "falling ball": (falling_ball, between((0.1, 0.9), (0.9, 1), (-0.5, 0.5), (-0.2, 0.2), (0.4, 0.9))),
    "cooling": (cooling, between((2, 6), (1.2, 1.9), (0.1, 0.6), (0.001, 0.02))),
    "orders": (orders, between((0.05, 0.25), (0, 0.2), (1, 9))),
}
"""By name the function of a list of numbers, and what draws these."""
