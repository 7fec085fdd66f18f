"""Plain programs with dicts: parameters by name, groups, counts, tables and handlers."""

from __future__ import annotations

import collections
import enum
import math
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

__all__ = [
    "changes", "counts", "defaults", "grid", "grouped", "handlers", "machine", "objects_of_dicts", "parameters",
    "tables",
]  # fmt: skip


class Kind(enum.Enum):
    CALL = "call"
    PUT = "put"


RATES = {"usd": 0.05, "eur": 0.02, "gbp": 0.04}
ORDERS = [("bolt", 3), ("nut", 10), ("bolt", 4), ("gear", 1), ("nut", 2)]
PRICES = {"bolt": 0.1, "nut": 0.05, "gear": 3.2}
LEVELS = {1: 0.5, 2: 1.5, 5: 2.5}
CONFIG: dict[str, Any] = {"steps": 12, "method": "heun", "limits": {"low": -1.0, "high": 2.0}, "weights": [0.25, 0.75]}


def parameters(x: float, y: float) -> float:
    p = {"spot": x, "rate": 0.03, "vol": y, "n": 4, "name": "heston"}
    p["spot"] = p["spot"] * 2.0
    p["vol"] += 0.1
    total = 0.0
    for i in range(p["n"]):
        total += p["spot"] * math.exp(-p["rate"] * i) * p["vol"]
    if p["name"] == "heston" and "skew" not in p:
        total += p.get("skew", 1.0) + p.get("vol", 0.0)
    return total + len(p)


def grouped(x: float, y: float) -> float:
    groups: dict[str, list[float]] = {}
    for item, count in ORDERS:
        groups.setdefault(item, []).append(count * x)
    total = 0.0
    for name, amounts in groups.items():
        value = sum(amounts) * PRICES[name]
        if name == "bolt":
            value *= y
        total += value * len(amounts)
    return total + len(groups)


def counts(x: float, y: float) -> float:
    words = ["a", "b", "a", "c", "b", "a"]
    found: dict[str, int] = {}
    weights: dict[str, float] = {}
    for i, word in enumerate(words):
        found[word] = found.get(word, 0) + 1
        if word not in weights:
            weights[word] = x * i
        else:
            weights[word] += y
    total = 0.0
    for word in found:
        total = total * 0.5 + found[word] * weights[word]
    return total + sum(weights.values()) + max(found.values())


def tables(x: float, y: float) -> float:
    total = 0.0
    for name, rate in RATES.items():
        total += x * rate if name != "eur" else y * rate
    for i in range(6):
        if i in LEVELS:
            total += LEVELS[i] * x
    for currency in ("usd", "gbp"):
        total *= 1.0 + RATES[currency]
    low, high = CONFIG["limits"]["low"], CONFIG["limits"]["high"]
    return min(max(total, low), high) + CONFIG["weights"][1] * y


def handlers(x: float, y: float) -> float:
    def double(v: float) -> float:
        return v * 2.0

    operations = {"sin": math.sin, "exp": math.exp, "square": lambda v: v * v, "double": double}
    total = x
    for name in ("sin", "square", "double", "exp"):
        total = operations[name](total) * y
    return total


TRANSITIONS = {"idle": "run", "run": "stop", "stop": "idle"}
SPEEDS = {"idle": 0.0, "run": 1.5, "stop": -0.5}


SPACE = SimpleNamespace(rate=2.0, weights=[1.0, 2.0], inner=SimpleNamespace(count=3))


def defaults(x: float, y: float) -> float:
    totals: dict[str, float] = collections.defaultdict(float)
    lists: dict[str, list[float]] = collections.defaultdict(list)
    for i, word in enumerate(["a", "b", "a"]):
        totals[word] += x * i + y
        lists[word].append(SPACE.rate * x)
    spaces = SPACE.weights[1] * y + SPACE.inner.count
    return sum(totals.values()) + totals["c"] + lists["a"][1] * len(lists) + spaces


def machine(x: float, y: float) -> float:
    state, position = "idle", x
    for i in range(10):
        position += SPEEDS[state] * y
        if i % 2 == 0 or position > 4.0:
            state = TRANSITIONS[state]
    return position * (2.0 if state == "run" else 1.0)


def grid(x: float, y: float) -> float:
    values = {(i, j): x * i + y * j for i in range(3) for j in range(2)} if False else {}
    squares = {i: x**i for i in range(4)}
    named = {name: rate * y for name, rate in RATES.items() if name != "usd"}
    flags = {Kind.CALL: 1.0, Kind.PUT: -1.0}
    total = len(values) + 0.0
    for i, square in squares.items():
        total += i * square
    for kind in Kind:
        total += flags[kind] * y if kind is Kind.PUT else flags[kind]
    return total + named["eur"] * named["gbp"] + squares[3]


def changes(x: float, y: float) -> float:
    a = {"u": x, "v": y}
    b = dict(a, w=x * y)
    b.update(u=2.0 * x)
    alias = a
    alias["v"] = 3.0 * x
    c = a.copy()
    c["u"] = 0.0
    total = sum(a.values()) + b["u"] * b["w"] + c["v"]
    keys = list(b)
    for key in keys:
        total += b[key]
    for key in b:
        b[key] *= 2.0
    return total + sum(value for _, value in b.items()) + (1.0 if a else 0.0)


@dataclass
class Model:
    values: dict[str, float] = field(default_factory=dict)
    hits: dict[str, int] = field(default_factory=lambda: {"in": 0, "out": 0})

    def __getitem__(self, name: str) -> float:
        return self.values[name]

    def __setitem__(self, name: str, value: float) -> None:
        self.values[name] = value

    def __contains__(self, name: str) -> bool:
        return name in self.values


def objects_of_dicts(x: float, y: float) -> float:
    model = Model()
    model["a"] = x
    if "b" not in model:
        model["b"] = y
    model["a"] += 1.0
    for i in range(4):
        model.hits["in" if x * i > 2.0 else "out"] += 1
    rows = [{"t": i * x, "k": "low" if i < 2 else "high"} for i in range(4)]
    total = model["a"] * model["b"] * model.hits["in"]
    for row in rows:
        total += row["t"] if row["k"] == "high" else y
    return total
