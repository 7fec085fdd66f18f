"""Plain functions that hand numbers to builtins and to the standard library."""

from __future__ import annotations

import bisect
import collections
import copy
import functools
import heapq
import itertools
import math
import operator
import random
from math import sin as sine

FUNCTIONS = {"sin": math.sin, "cos": math.cos, "exp": math.exp, "root": math.sqrt, "float": float}


def dispatch(x: float) -> float:
    """Functions kept in a dict and called by name."""
    total = 0.0
    for name in ("sin", "root", "exp", "float"):
        total += FUNCTIONS[name](x) * len(name)
    return total


def aliases(x: float) -> float:
    """The same function by other names."""
    library = math
    cosine = getattr(math, "cos")  # noqa: B009
    return sine(x) * library.exp(x) + cosine(x * x)


def mapped(x: float, y: float) -> float:
    """`map` with a function of C, with a lambda and with two lists."""
    sines = list(map(math.sin, [x, y, x * y]))
    roots = list(map(lambda value: math.sqrt(value * value + 1.0), sines))
    products = map(operator.mul, sines, roots)
    result = 1.0
    for product in products:
        result += product
    return result


def filtered(x: float, y: float) -> float:
    """`filter`, `zip`, `enumerate` and `reversed`."""
    kept = list(filter(lambda value: value > 0.5, [x, y, -x, x * y, x - y]))
    total = 0.0
    for i, (a, b) in enumerate(zip(kept, reversed(kept), strict=True)):
        total += (i + 1) * a * b
    return total


def ordered(x: float, y: float) -> float:
    """`sorted` with and without a key, and sorting in place."""
    values = [x * y, -x, y, x + y]
    ascending = sorted(values)
    by_size = sorted(values, key=abs, reverse=True)
    by_sine = sorted(values, key=math.sin)
    values.sort(key=lambda value: -value)
    return ascending[0] * by_size[0] + by_sine[-1] * values[1] - ascending[2]


def extremes(x: float, y: float) -> float:
    """`min` and `max` of arguments, of a list, with key and with default."""
    values = [x, y, x * y, -x]
    clipped = max(0.25, min(x, 4.0))
    farthest = max(values, key=lambda value: abs(value - 1.0))
    return clipped * farthest + min(values) + max(values) * max([], default=y)


def reduced(x: float, y: float) -> float:
    """`functools.reduce`, `itertools.accumulate` and operator functions."""
    values = [x, y, 2.0, x + y]
    product = functools.reduce(operator.mul, values)
    running = list(itertools.accumulate(values, operator.add))
    second = operator.itemgetter(1)
    return product + second(running) * running[-1] + operator.truediv(x, y) - operator.neg(x)


def _curve(scale: float, x: float, power: int = 1) -> float:
    return scale * math.tanh(x) ** power


def partial_application(x: float, y: float) -> float:
    """`functools.partial` of a helper and of a builtin."""
    squared = functools.partial(_curve, 2.0, power=2)
    scaled = functools.partial(_curve, x)
    base_two = functools.partial(pow, 2.0)
    return squared(x) + scaled(y) + base_two(y)


@functools.cache
def _binomial(n: int, k: int) -> int:
    return 1 if k in (0, n) else _binomial(n - 1, k - 1) + _binomial(n - 1, k)


def bernstein(x: float) -> float:
    """A Bernstein polynomial whose whole numbers come from a cache."""
    total = 0.0
    for k in range(6):
        total += _binomial(5, k) * x**k * (1 - x) ** (5 - k) * (k / 5) ** 2
    return total


@functools.lru_cache(maxsize=64)
def _remembered(x: float) -> float:
    return math.exp(-x) * x


def cached(x: float) -> float:
    """A cache that is asked with the variable itself."""
    return _remembered(x) + _remembered(x) * _remembered(2.0)


def percent_text(x: float, y: float) -> float:
    """Text by the % operator, str and join, beside the numbers."""
    label = "%.2f:%8.3g" % (x, y)  # noqa: UP031
    joined = ",".join([str(2), "%d" % 3, label])  # noqa: UP031
    return x * len(label) + y * joined.count(",")


def converted(x: float, y: float) -> float:
    """`float` of variables, of whole numbers and of text, as old code has it everywhere."""
    values = [float(v) for v in (x, 3, "2.5", y)]
    return float(values[0] * values[3]) + values[1] * float(y) - values[2] * float(x) ** 2


def whole_numbers(x: float, y: float) -> float:
    """`int`, `round` and `range` of a variable give plain whole numbers."""
    total = 0.0
    for n in range(int(x) + 2):
        total += y * n + x
    return total * round(y) + (x - int(x)) * y


def rounded(x: float, y: float) -> float:
    """`round` to digits moves in steps; what is left of the number does not."""
    return (x - round(x, 1)) * y + round(y, 2) * x


def fractions_of_turn(x: float) -> float:
    """`math.floor`, `ceil` and `trunc` cut a number into steps."""
    part = x - math.floor(x)
    return part * part + math.ceil(x) * x - math.trunc(x)


def powers_by_name(x: float, y: float) -> float:
    """`pow`, `abs` and `divmod` as functions."""
    whole, rest = divmod(x * y, 2.0)
    return pow(x, 3) + pow(y, x) + abs(-x) * rest - whole


def _describe(value: object) -> str:
    if isinstance(value, bool):
        return "flag"
    if type(value) is float:
        return "number"
    return type(value).__name__


def type_tests(x: float) -> float:
    """`isinstance` and `type` decide what happens."""
    result = 0.0
    for value in (x, 2, True, "3", x * x):
        if isinstance(value, (int, float)) and _describe(value) == "number":
            result += value * x
        elif isinstance(value, int):
            result -= x
        else:
            result *= len(_describe(value))
    return result


def exact_sums(x: float, y: float) -> float:
    """`math.fsum`, `prod`, `hypot` and `dist`."""
    values = [x, y, x * y]
    return math.fsum(values) * math.prod(values) + math.hypot(x, y) + math.dist((x, 1.0), [2.0, y])


def builtin_sums(x: float, y: float) -> float:
    """`sum` of a list, of a generator, and with a start, over terms that cancel."""
    big = [1e4 * x, y, -1e4 * x, 0.1, x]
    return sum(big) * sum(v * v for v in (x, y)) + sum([x, y], y)


def float_methods(x: float, y: float) -> float:
    """What a float can be asked."""
    real = x.real * y.conjugate()
    return real if (x * 0.0 + 2.0).is_integer() and x.imag == 0.0 else -real


def predicates(x: float, y: float) -> float:
    """`math.isfinite`, `isnan` and `isclose` decide; `fabs` and `pow` compute."""
    if not math.isfinite(x) or math.isnan(y):
        return 0.0
    if math.isclose(x, y, rel_tol=0.2):
        return x * y
    return math.fabs(-x * y) + math.pow(x, y)


def angles(x: float, y: float) -> float:
    """Degrees, radians and the inverse functions."""
    return math.degrees(math.atan2(y, x)) + math.radians(x) + math.asin(x / 4) * math.acos(y / 4) + math.atan(x * y)


def logarithms(x: float, y: float) -> float:
    """Logarithms to every base."""
    return math.log(x) + math.log2(y) + math.log10(x * y) + math.log(x, 3.0) + math.log1p(y) - math.expm1(-x)


def moving_average(x: float, y: float) -> float:
    """A deque of bounded length and a dict that fills itself."""
    window: collections.deque[float] = collections.deque(maxlen=3)
    groups = collections.defaultdict(list)
    for n in range(6):
        window.append(x * n + y / (n + 1))
        groups[n % 2].append(math.fsum(window) / len(window))
    return groups[0][2] * groups[1][1]


def table_lookup(x: float) -> float:
    """A table interpolated where `bisect` finds the variable."""
    grid, values = [0.0, 1.0, 2.5, 4.0], [1.0, 0.5, 2.0, 3.5]
    i = bisect.bisect_right(grid, x) - 1
    weight = (x - grid[i]) / (grid[i + 1] - grid[i])
    return values[i] * (1 - weight) + values[i + 1] * weight * weight


def smallest_first(x: float, y: float) -> float:
    """A heap of numbers, merged two by two as Huffman did."""
    heap = [x, y, x * y, 0.3, 1.7]
    heapq.heapify(heap)
    cost = 0.0
    while len(heap) > 1:
        merged = heapq.heappop(heap) + heapq.heappop(heap)
        cost += merged * merged
        heapq.heappush(heap, merged)
    return cost


def copied(x: float, y: float) -> float:
    """Lists copied shallow and deep, then changed."""
    original = [[x, y], [y, 1.0]]
    shallow, deep = copy.copy(original), copy.deepcopy(original)
    original[0][0] = original[0][0] * 5.0
    return shallow[0][0] * deep[0][0] + deep[1][0] * deep[0][1]


def transposed(x: float, y: float) -> float:
    """Columns of rows by `zip(*rows)`, `any` and `all` over comparisons."""
    rows = [(x, y, 1.0), (y, 2.0, x)]
    columns = [a * b for a, b in zip(*rows, strict=True)]
    if all(column > 0 for column in columns) and not any(column > 1e3 for column in columns):
        return columns[0] * columns[1] - columns[2]
    return columns[0]


def seeded_simulation(drift: float, noise: float) -> float:
    """A random walk with a fixed seed."""
    source = random.Random(7)
    position = 1.0
    for _ in range(20):
        position *= math.exp(drift * 0.05 + noise * source.uniform(-1.0, 1.0))
    return position
