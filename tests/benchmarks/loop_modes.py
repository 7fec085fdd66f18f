"""What is asked of a function with loops of its own: value, gradient, tangents, second derivatives, and many rows.

All in CPU time, as multiples of the plain function at the same inputs in the same run; rows beside single calls.
"""

from __future__ import annotations

import math
import random
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy

from minitorch.compiler.structural import compile_structurally
from minitorch.compiler.structural.compilation import Program
from minitorch.compiler.structural.higher_modes import StructuralHessian, StructuralTangents

from .figures import Figure

__all__ = ["figures"]

POINTS = 200
ROWS = 10_000
REPEATS = 5


def option(spot: float, strike: float, years: float, rate: float, volatility: float) -> float:
    """An American put by a binomial tree of 40 steps, which is exercised early where that pays."""
    steps = 40
    step = years / steps
    up = math.exp(volatility * math.sqrt(step))
    down, discount = 1.0 / up, math.exp(-rate * step)
    rise = (math.exp(rate * step) - down) / (up - down)
    values = [max(strike - spot * up ** (2 * i - steps), 0.0) for i in range(steps + 1)]
    for level in range(steps - 1, -1, -1):
        for i in range(level + 1):
            held = discount * (rise * values[i + 1] + (1.0 - rise) * values[i])
            exercised = strike - spot * up ** (2 * i - level)
            values[i] = held if held > exercised else exercised
    return values[0]


def points(count: int) -> list[tuple[float, ...]]:
    """Inputs that no two calls share."""
    draw = random.Random(7).uniform
    return [(draw(80, 120), draw(85, 115), draw(0.2, 2), draw(0.001, 0.06), draw(0.1, 0.7)) for _ in range(count)]


def seconds(call: Callable[[], Any]) -> float:
    """How much CPU time a call takes."""
    begin = time.process_time()
    call()
    return time.process_time() - begin


def ratio(ours: Callable[[], Any], theirs: Callable[[], Any]) -> float:
    """How much longer one thing takes than another: the median of runs in turn."""
    ours()
    return statistics.median(seconds(ours) / seconds(theirs) for _ in range(REPEATS))


def figures() -> list[Figure]:
    """How long each mode takes."""
    argnums = tuple(range(5))
    compiled = compile_structurally(option, argnums)
    second, moved = StructuralHessian(option, argnums), StructuralTangents(option)
    ones = (1.0,) * len(argnums)
    asked = points(POINTS)

    def at_all(function: Callable[..., Any], inputs: list[tuple[float, ...]] = asked) -> Callable[[], Any]:
        return lambda: [function(*point) for point in inputs]

    plain = at_all(option)
    modes: dict[str, tuple[Callable[..., Any], float]] = {
        "value": (compiled, 0.2),
        "value and gradient": (compiled.value_and_grad, 0.4),
        "value and tangents": (lambda *point: moved.jvp(point, ones), 0.5),
        "second derivatives by 5 inputs": (second.second_derivatives, 6.0),
    }
    found = [
        Figure(f"a loop, {name}", ratio(at_all(call), plain), "times plain", most)
        for name, (call, most) in modes.items()
    ]
    rows = points(ROWS)
    matrix = numpy.array(rows)
    for name, with_gradient, call in (("value", False, compiled), ("gradient", True, compiled.value_and_grad)):
        program = compiled.current_program(rows[0], with_gradient)
        assert isinstance(program, Program) and program.row_loop is not None
        loop = program.row_loop
        results, status = numpy.empty((ROWS, loop.width)), numpy.empty(ROWS, dtype=numpy.uint8)

        def all_rows(loop: Any = loop, results: Any = results, status: Any = status) -> None:
            loop.run(matrix, results, status, 1)

        found.append(Figure(f"a loop, {ROWS:,} rows, {name}", ratio(all_rows, at_all(call, rows)), "times calls", 1.0))
        assert not status.any()
    return found
