"""Writes random functions that read and write the state of their module.

A module has some state (numbers, a list, a dict, objects with a dict and with slots, an array, a cell), and functions
`f0`, `f1`, … of one number which read all of it, and sometimes write it. What they do ends, and is the same each time.
"""

from __future__ import annotations

from random import Random

__all__ = ["module_text"]

STATE = '''\
"""A module with state, and functions that read and write it."""

import math

import numpy

RATE = {rate}
TABLE = {table}
BOOK = {book}
ARRAY = numpy.array({array})
COUNTS = [0, 0]
LOG = []


class Model:
    scale = {scale}

    def __init__(self, rate):
        self.rate = rate
        self.calls = 0

    def grown(self, x):
        return x * self.rate + self.scale

    def __call__(self, x):
        return x - self.rate * 0.5


class Other(Model):
    scale = 0.25

    def grown(self, x):
        return x * self.scale - self.rate


class Slots:
    __slots__ = ("a", "b")

    def __init__(self, a, b):
        self.a, self.b = a, b


model = Model({rate})
model.inner = Model({scale})
slots = Slots({rate}, {scale})


def helper(x, weight={rate}):
    return x * weight + RATE


def adding(offset):
    def added(x):
        return x + offset

    def moved(by):
        nonlocal offset
        offset = by

    return added, moved


added, moved = adding({scale})
'''

READS = [
    "RATE", "TABLE[0]", "TABLE[-1]", "BOOK['a']", "BOOK.get('b', 0.5)", "BOOK.get('missing', RATE)", "model.rate",
    "model.inner.rate", "model.scale", "type(model).scale", "getattr(model, 'rate', 1.0)", "slots.a", "slots.b",
    "float(ARRAY[1])", "float(ARRAY.sum())", "sum(TABLE)", "sum(v for v in TABLE)", "sum(BOOK.values())", "max(TABLE)",
    "min(TABLE)", "len(TABLE)", "len(BOOK)", "sorted(TABLE)[0]", "len(vars(model))", "isinstance(model, Other)",
    "hasattr(model, 'extra')", "('a' in BOOK)", "len(LOG)", "COUNTS[0] * 0.125",
]  # fmt: skip
"""Numbers that come from the state."""

OF_ONE = [
    "math.sin({})", "math.exp(-abs({}))", "abs({})", "-({})", "helper({})", "helper({}, 0.5)", "added({})",
    "model.grown({})", "model({})", "model.inner.grown({})", "math.hypot({}, 0.5)", "math.atan({})",
]  # fmt: skip

OF_TWO = [
    "({} + {})", "({} - {})", "({} * {})", "({} / (1.0 + abs({})))", "max({}, {})", "min({}, {})",
    "({} if {} > 0.3 else x)", "math.atan2({}, 1.0 + abs({}))",
]  # fmt: skip

EFFECTS = [
    "COUNTS[0] += 1", "model.calls += 1", "LOG.append(len(TABLE))", "TABLE[0] = TABLE[0] * 0.5 + 0.125",
    "BOOK['n'] = len(TABLE)", "slots.b = slots.a * 0.5", "TABLE.append(0.5); del TABLE[16:]", "TABLE[:] = TABLE[-6:]",
    "BOOK.pop('n', None)", "ARRAY[0] = RATE", "model.extra = RATE", "LOG.clear()", "TABLE.sort()", "TABLE.reverse()",
]  # fmt: skip
"""Statements that write the state; what they write does not depend on the argument.

The list stays short: a loop over it that appends to it would make it twice as long with each call.
"""


def expression(random: Random, depth: int) -> str:
    """Write an expression of numbers: of the argument `x`, the variable `y` and the state."""
    kind = random.random()
    if depth <= 0 or kind < 0.15:
        return random.choice(["x", "y", "y", "x", repr(round(random.uniform(-2.0, 2.0), 3))])
    if kind < 0.45:
        return random.choice(READS)
    if kind < 0.7:
        return random.choice(OF_ONE).format(expression(random, depth - 1))
    return random.choice(OF_TWO).format(expression(random, depth - 1), expression(random, depth - 1))


def statement(random: Random, depth: int, effects: float) -> list[str]:
    """Write a statement, as lines."""
    kind = random.random()
    if kind < effects:
        return [random.choice(EFFECTS)]
    if depth <= 0 or kind < 0.5:
        return [f"y = {expression(random, 2)}"]
    body = [f"    {line}" for line in statements(random, depth - 1, effects)]
    if kind < 0.65:
        other = [f"    {line}" for line in statements(random, depth - 1, effects)]
        return [f"if {expression(random, 1)} > {expression(random, 1)}:", *body, "else:", *other]
    if kind < 0.75:
        return ["for v in list(TABLE):", *body, "    y = y * 0.5 + v"]
    if kind < 0.85:
        return [f"for i in range({random.randrange(5)}):", *body, "    y = math.sin(y) + TABLE[i % len(TABLE)]"]
    if kind < 0.93:
        # A loop in this one has turns of its own: it would begin these anew.
        turns = f"turns{depth}"
        return [f"{turns} = 0", f"while abs(y) > 0.5 and {turns} < 6:", *body, "    y = y * 0.25", f"    {turns} += 1"]
    other = [f"    {line}" for line in statements(random, depth - 1, effects)]
    return ["try:", *body, "    y = y / TABLE[4]", "except (IndexError, ZeroDivisionError):", *other]


def statements(random: Random, depth: int, effects: float) -> list[str]:
    """Write one or two statements, as lines."""
    return [line for _ in range(random.randrange(1, 3)) for line in statement(random, depth, effects)]


def function_text(random: Random, number: int) -> str:
    """Write a function, every third of which writes the state."""
    effects = 0.25 if number % 3 == 0 else 0.0
    lines = [line for _ in range(random.randrange(1, 4)) for line in statement(random, 2, effects)]
    body = ["y = x * 0.5", *lines, f"return {expression(random, 2)} + y"]
    return f"def f{number}(x):\n" + "".join(f"    {line}\n" for line in body)


def module_text(random: Random, count: int) -> str:
    """Write a module with some state and so many functions."""

    def number() -> float:
        return round(random.uniform(-1.5, 1.5), 3)

    state = STATE.format(
        rate=number(),
        scale=number(),
        table=[number() for _ in range(random.randrange(3, 7))],
        book={key: number() for key in "abc"[: random.randrange(1, 4)]},
        array=[number() for _ in range(3)],
    )
    return "\n\n".join([state, *(function_text(random, index) for index in range(count))])
