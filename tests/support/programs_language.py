"""Plain functions that use the language itself: every statement and expression around a few numbers."""

from __future__ import annotations

import contextlib
import functools
import math
from collections.abc import Callable, Iterator
from typing import Any

STATE = {"calls": 0}
TOTAL = 0.0


def closure(x: float, y: float) -> float:
    """Functions made by a function, holding on to its variables."""

    def scaler(factor: float) -> Callable[[float], float]:
        def scale(value: float) -> float:
            return factor * math.sin(value)

        return scale

    return scaler(x)(y) + scaler(y)(x)


def nonlocal_counter(x: float) -> float:
    """An inner function that writes the outer one's variables."""
    total, count = 0.0, 0

    def add(value: float) -> None:
        nonlocal total, count
        total += value * x
        count += 1

    for value in (1.0, x, x * x):
        add(value)
    return total / count


def global_state(x: float) -> float:
    """Module variables, written and put back."""
    global TOTAL
    STATE["calls"] += 1
    TOTAL = x
    TOTAL *= x
    TOTAL += 1.0
    result, TOTAL = TOTAL, 0.0
    return result * x


def _weighted(x: float, weight: float = 2.0, *rest: float, shift: float = 1.0, **named: float) -> float:
    total = weight * x + shift
    for value in rest:
        total = total * value
    return total - named.get("minus", 0.0)


def arguments(x: float, y: float) -> float:
    """Defaults, keywords, stars and double stars."""
    options = {"shift": y, "minus": x * y}
    values = (x, y, 3.0)
    return _weighted(x) + _weighted(x, y) + _weighted(*values, **options) + _weighted(y, shift=x)


def late_lambdas(x: float) -> float:
    """Two lambdas on one line, and lambdas that keep a default."""
    double, square = (lambda t: 2 * t), (lambda t: t * t)
    shifts = [lambda t, k=k: t + k for k in range(3)]
    result = double(square(x)) - square(double(x))
    for shift in shifts:
        result += shift(x) * x
    return result


def comprehensions(x: float, y: float) -> float:
    """List, nested, conditional and dict comprehensions."""
    squares = [x * n for n in range(5) if n % 2]
    table = [[a * b for a in (x, y)] for b in squares]
    named = {f"row{i}": row[0] - row[1] for i, row in enumerate(table)}
    total = 0.0
    for name in sorted(named):
        total += named[name] * math.exp(-x)
    return total


def _walk(x: float, steps: int) -> Iterator[float]:
    value = x
    for _ in range(steps):
        yield value
        value = math.cos(value)
    yield from (value * k for k in (1, 2))


def generators(x: float) -> float:
    """A generator with `yield from`, consumed by a loop."""
    total = 0.0
    for value in _walk(x, 4):
        total = total / 2 + value
    return total


def coroutine_average(x: float, y: float) -> float:
    """A generator that is sent values."""

    def average() -> Any:
        total, count, mean = 0.0, 0, 0.0
        while True:
            value = yield mean
            total += value
            count += 1
            mean = total / count

    running = average()
    next(running)
    running.send(x)
    running.send(y * y)
    return float(running.send(x * y))


def lazy_product(x: float) -> float:
    """A generator expression with two loops and a condition."""
    result = 1.0
    for factor in (x + a * b for a in range(3) for b in range(3) if a != b):
        result *= factor
    return result


def exceptions(x: float) -> float:
    """A division by zero caught, an own exception carrying a value, else and finally."""
    log = []
    try:
        result = 1.0 / (x - x)
    except ZeroDivisionError:
        result = x * x
    try:
        raise ValueError(3.0 * result)
    except ValueError as error:
        result += error.args[0]
    try:
        result = result / x
    except ZeroDivisionError:
        result = 0.0
    else:
        result -= 1.0
    finally:
        log.append(result)
    return log[0] * x


def early_return_in_finally(x: float) -> float:
    """A loop left through try/finally by return, break and continue."""
    seen = []
    for n in range(10):
        try:
            if n % 2:
                continue
            if n > 5:
                break
            seen.append(math.sin(n * x))
        finally:
            seen.append(x / (n + 1))
    result = 0.0
    for value in seen:
        result += value
    return result


@contextlib.contextmanager
def _doubled(values: list[float]) -> Iterator[float]:
    values[0] = values[0] * 2.0
    yield values[0]
    values[0] = values[0] / 4.0


def with_blocks(x: float) -> float:
    """A context manager that changes a value on the way in and on the way out."""
    values = [x]
    with _doubled(values) as inside:
        result = inside * inside
    return result + values[0]


def walrus(x: float) -> float:
    """Assignment inside conditions and comprehensions."""
    total, n, term = 1.0, 0, 1.0
    while abs(term := term * x / (n := n + 1)) > 1e-17:
        total += term
    scaled = [half * half for k in range(3) if (half := k * total / 2) > 0.0]
    return total + scaled[-1]


def _kind(value: Any) -> float:
    match value:
        case bool():
            return -1.0
        case int():
            return 10.0 * value
        case float() if value < 0:
            return -value
        case float(number):
            return number * number
        case [first, *rest]:
            return _kind(first) + 2.0 * len(rest)
        case {"weight": weight, **others}:
            return weight * len(others)
        case str() | None:
            return 0.5
    raise TypeError(value)


def matching(x: float, y: float) -> float:
    """`match` over floats, ints, sequences, mappings and guards."""
    kinds = [x, -y, 3, True, [x, y], {"weight": y, "a": 1, "b": 2}, "text", None]
    total = 0.0
    for value in kinds:
        total += _kind(value) * x
    match (x, y):
        case (int() | float() as first, float(second)) if first < second:
            return total + second - first
        case _:
            return total + x * y


def chained_comparisons(x: float, y: float) -> float:
    """Chains, and `and`, `or`, `not` that give operands back."""
    if 0 < x < y < 10 and not x == y:  # noqa: SIM201
        result = (x > 100 and x) or y * y
    elif x >= y > -5 or y != y:
        result = x * x * y
    else:
        result = -x
    return result if -1e6 < result <= 1e6 else 0.0 * x


def augmented(x: float, y: float) -> float:
    """Augmented assignment on names, attributes, subscripts, and on a list in place."""
    holder = type("Holder", (), {})()
    holder.value = x
    holder.value += y
    holder.value **= 2
    table = {"a": [x, y]}
    table["a"][0] -= 0.5
    table["a"][-1] /= x
    alias = table["a"]
    alias += [x * y]
    x *= 3
    x %= 5
    return holder.value + table["a"][0] * table["a"][1] + table["a"][2] - x


def unpacking(x: float, y: float) -> float:
    """Nested and starred targets, swaps, slices."""
    first, *middle, (last, _) = [x, y, x * y, 2.0, (y / x, None)]
    first, last = last, first
    values = [first, *middle, last]
    values[1:3] = values[2:0:-1]
    return values[0] * values[1] - values[2] * values[-1]


def recursive_power(x: float) -> float:
    """A function that calls itself through its own name."""

    def power(base: float, exponent: int) -> float:
        if exponent == 0:
            return 1.0
        half = power(base, exponent // 2)
        return half * half * base if exponent % 2 else half * half

    return power(x, 11)


def _even_part(x: float, n: int) -> float:
    return 1.0 if n == 0 else 1.0 + x * _odd_part(x, n - 1) / (2 * n)


def _odd_part(x: float, n: int) -> float:
    return x if n == 0 else x - x * _even_part(x, n - 1) / (2 * n + 1)


def mutual_recursion(x: float) -> float:
    """Two functions that call each other."""
    return _even_part(x, 12) + _odd_part(x, 11)


def loop_else(x: float) -> float:
    """`for` and `while` with an else branch, taken and not taken."""
    for n in range(1, 5):
        if n * x > 100:
            break
    else:
        x = x * 2.0
    count = 0
    while count < 10:
        count += 1
        if count * x > 3:
            x = x - 0.5 * count
            break
    else:
        x = -x
    return x * x


def _traced_twice(function: Callable[..., float]) -> Callable[..., float]:
    @functools.wraps(function)
    def wrapper(*positional: float, **named: float) -> float:
        return function(*positional, **named) + 0.5 * function(*reversed(positional), **named)

    return wrapper


@_traced_twice
def _decorated(x: float, y: float) -> float:
    return math.log(x) * y


def decorated(x: float, y: float) -> float:
    """A helper under a decorator of its own."""
    return _decorated(x, y)


def awaited(x: float) -> float:
    """Coroutines, driven by hand."""

    async def square(value: float) -> float:
        return value * value

    async def hypotenuse(a: float) -> float:
        return math.sqrt(await square(a) + await square(a + 1.0))

    try:
        hypotenuse(x).send(None)
    except StopIteration as stop:
        return float(stop.value)
    raise RuntimeError("the coroutine waits for something")


def anonymous_recursion(x: float) -> float:
    """A fixed-point combinator of lambdas: the continued fraction of the square root."""
    fix = lambda f: (lambda g: g(g))(lambda g: f(lambda n: g(g)(n)))  # noqa: E731
    fraction = fix(lambda again: lambda n: 1.0 if n == 0 else 1.0 + x / (1.0 + again(n - 1)))
    return float(fraction(20))


def words(x: float, y: float) -> float:
    """Text made of the numbers decides which way they go."""
    label = f"{x:.3f}|{y:8.2e}"
    parts = label.split("|")
    sign = -1.0 if parts[0].startswith("-") else 1.0
    digits = len(f"{x:.0f}")
    text = "{:+.1f} {}".format(y, "high" if y > x else "low")
    return sign * x * digits + (y * y if text.endswith("high") else -y)
