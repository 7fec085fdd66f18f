"""Steps of random array programs: each reads, views, computes or writes as plain numpy code does.

A step gets two arrays, what chooses and the log, and gives what is to be kept as an array of its own: one, several or
`None`. It may raise what numpy raises; the log says what. Whatever depends on the order of values is logged as well, so
that finite differences know whether their points took the same decisions.
"""

from __future__ import annotations

import math
import random
import sys
from types import ModuleType
from typing import Any

import array_program_views
import array_program_writes
import numpy as np
from array_program_views import Log, Step, above, logged, single, some_index


def loop_over_rows(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    for row in x:
        row *= 0.8
        row[0] = row[-1] + 0.05


def loop_over_elements(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    total = 0.0
    for i, row in enumerate(x):
        for j in range(len(row)):
            total = total + row[j] * (i + 1)
            x[i, j] = 0.1 * total


def recurrence(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    for i in range(1, len(x)):
        x[i] = 0.5 * x[i - 1] + 0.4 * x[i]


def new_from_zeros(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    made = np.zeros((len(x), 2), dtype=x.dtype)
    made[:, 0] = x[:, 0]
    made[0, 1] = np.mean(y)
    return made


def new_like(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    made = np.empty_like(x)
    made[...] = 1.0
    made[1:] -= 0.5 * x[:-1]
    return made


def list_of_arrays(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    rows = [x[0], x[-1] * 0.5]
    rows.append(rows[0] + rows[1])
    rows[0] += 0.125
    return np.array(rows)


def list_of_elements(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    return np.array([x[some_index(x, choose)], 0.5, y[some_index(y, choose)]])


def stacked(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    return np.concatenate([x[:1], y[:1], x[1:2]])[:4]


def numbers_of_math(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    element = x[some_index(x, choose)]
    value = math.sin(element) if x.dtype.kind == "f" and x.dtype.itemsize == 8 else np.sin(element)
    x[0] = value * 0.5
    x.flat[-1] = value


def chosen(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    return np.where(above(x, log), x * 0.5, y)


def larger(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    logged(log, x > y)
    return np.maximum(x, y)


def product(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    return x.copy() * np.tanh(y)


def matrix_product(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    return 0.2 * (x @ y.T)


def number(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    return np.array(np.sum(x) * 0.1)


def in_single_precision(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    return single(x)


def integers(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    steps = np.arange(len(x))
    steps[1:] += steps[:-1]
    x[steps % len(x)] = x * 0.9
    return steps * x[0, 0]


def nested_function(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    def write(row: Any, value: Any = 0.3) -> None:
        row[:2] = value * y[0][:2]

    for row in (x[0], x[-1]):
        write(row)


def alias(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    other = x
    other += 0.0625
    other = other * 2.0
    return other


def steps_of(module: ModuleType) -> list[Step]:
    """Return the steps of a module: the functions with their arguments."""
    found = vars(module).values()
    return [f for f in found if getattr(f, "__annotations__", {}).keys() == {"x", "y", "choose", "log", "return"}]


REAL_ONLY: tuple[Step, ...] = (in_single_precision,)
STEPS: tuple[Step, ...] = (
    *steps_of(array_program_views), *steps_of(array_program_writes), *steps_of(sys.modules[__name__]),
)  # fmt: skip
