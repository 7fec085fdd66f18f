"""What takes items of an iterator: in traced code each is asked for, used and refused when Python does it."""

from __future__ import annotations

import functools
import itertools
import math
import operator
import random
import statistics
import warnings
from collections import ChainMap, Counter, OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from types import FunctionType
from typing import Any

import numpy as np
import pytest

import minitorch
from minitorch import Scalar

LOG: list[Any] = []


class Logged:
    """Something that is added, multiplied and compared, and notes when."""

    def __init__(self, value: float) -> None:
        self.value = value

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.value})"

    def __add__(self, other: Any) -> Any:
        LOG.append(("add", self.value))
        return self.value + other

    __radd__ = __add__

    def __mul__(self, other: Any) -> Any:
        LOG.append(("mul", self.value))
        return self.value * other

    __rmul__ = __mul__

    def __lt__(self, other: Any) -> bool:
        LOG.append(("lt", self.value))
        return bool(self.value < getattr(other, "value", other))

    def __gt__(self, other: Any) -> bool:
        LOG.append(("gt", self.value))
        return bool(self.value > getattr(other, "value", other))

    def __eq__(self, other: object) -> bool:
        LOG.append(("eq", self.value))
        return bool(self.value == getattr(other, "value", other))

    def __hash__(self) -> int:
        LOG.append(("hash", self.value))
        return hash(self.value)

    def __bool__(self) -> bool:
        LOG.append(("bool", self.value))
        return self.value > 2

    def __float__(self) -> float:
        LOG.append(("float", self.value))
        return float(self.value)


class Refusing(Logged):
    """Something that raises whatever it is asked."""

    def refuse(self, *others: Any) -> Any:
        LOG.append("refused")
        raise RuntimeError("refused")

    __add__ = __radd__ = __mul__ = __rmul__ = __lt__ = __gt__ = __eq__ = __hash__ = __bool__ = __float__ = refuse  # type: ignore[assignment]


def told(items: Iterable[Any]) -> Iterator[Any]:
    """Yield the items, and note each."""
    for index, item in enumerate(items):
        LOG.append(("yield", index))
        yield item
    LOG.append("end")


CONSUMERS: dict[str, Callable[..., Any]] = {
    "sum": lambda it: sum(it),
    "sum from a float": lambda it: sum(it, 0.5),
    "sum from a logged": lambda it: sum(it, Logged(1.0)),  # type: ignore[call-overload]
    "sum by name": lambda it: sum(it, start=1),
    "prod": lambda it: math.prod(it),
    "prod from a float": lambda it: math.prod(it, start=2.0),
    "fsum": lambda it: math.fsum(it),
    "max": lambda it: max(it),
    "min by key": lambda it: min(it, key=lambda x: x),
    "max or default": lambda it: max(it, default=3.0),
    "sorted": lambda it: sorted(it),
    "any": lambda it: any(it),
    "all": lambda it: all(it),
    "join": lambda it: ", ".join(str(x) for x in it),
    "zip": lambda it: [x for x, _ in zip(it, range(3))],  # noqa: B905  it stops early
    "enumerate": lambda it: [x for _, x in itertools.takewhile(lambda pair: pair[0] < 2, enumerate(it))],
    "map": lambda it: next(map(lambda x: x + 1.0, it)),
    "filter": lambda it: next(filter(None, it), None),
    "reduce": lambda it: functools.reduce(operator.add, it),
    "accumulate": lambda it: list(itertools.accumulate(it)),
    "starred": lambda it: (lambda *xs: xs[0] + xs[-1])(*it),
    "unpacked": lambda it: (lambda a, *rest: a + rest[0])(*it),
    "in": lambda it: 2.0 in it,
    "index": lambda it: operator.indexOf(it, 2.0),
    "islice": lambda it: list(itertools.islice(it, 2)),
    "set": lambda it: len(set(it)),
    "dict": lambda it: len(dict.fromkeys(it)),
    "counter": lambda it: len(Counter(it)),
    "deque": lambda it: deque(it, maxlen=2)[-1] + 1.0,
    "mean": lambda it: statistics.mean(it),
    "fmean": lambda it: statistics.fmean(it),
    "variance": lambda it: statistics.variance(it),
    "pstdev": lambda it: statistics.pstdev(it),
    "median": lambda it: statistics.median(it),
    "harmonic": lambda it: statistics.harmonic_mean(it),
    "dist": lambda it: math.dist(it, (1.0, 2.0, 3.0, 4.0)),
    "numpy's sum": lambda it: np.sum(it),
    "fromiter": lambda it: np.fromiter(it, object)[0],
    "choice": lambda it: random.Random(0).choices(list(it))[0] + 1.0,
    "ordered": lambda it: OrderedDict((x, 1) for x in it).popitem()[1],
    "chained": lambda it: ChainMap({x: 1 for x in it}).maps[0] != {},
    "loop": lambda it: loop(it),
}
if hasattr(math, "sumprod"):
    CONSUMERS["sumprod"] = lambda it: math.sumprod(it, told([1.0, 2.0, 3.0, 4.0]))


PLAIN = {name: FunctionType(f.__code__, f.__globals__, name) for name, f in CONSUMERS.items()}
"""The same, which no one traces."""


def loop(items: Iterable[Any]) -> Any:
    """Add until something is large."""
    total = 0.0
    for item in items:
        total = total + item
        if total > 3:
            break
    return total


ITEMS: dict[str, Callable[[], Iterable[Any]]] = {
    "floats": lambda: [3.0, 1.0, 2.0, 0.5],
    "mixed numbers": lambda: [3, 1.5, True, 2**70],
    "logged": lambda: map(Logged, [3.0, 1.0, 2.0, 0.5]),
    "a number, then logged": lambda: [1.5, Logged(2.0), 2.5, Logged(0.25)],
    "fractions": lambda: [Fraction(1, 3), 0.5, Fraction(2, 3), 2],
    "a text among them": lambda: [1.5, 2.5, "text", Logged(1.0)],
    "one that refuses": lambda: [1.5, 2.5, Refusing(1.0), Logged(1.0)],
    "endless with a text": lambda: itertools.chain([1.5, "text"], itertools.repeat(1.0, 100_000)),
    "endless that refuses": lambda: itertools.chain([1.5, Refusing(1.0)], itertools.repeat(1.0, 100_000)),
    "none": lambda: [],
}


def outcome(consumer: Callable[..., Any], items: Iterable[Any]) -> Any:
    """Return what a consumer gives, and what has happened on the way."""
    LOG.clear()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            result: Any = repr(consumer(told(items)))
        except Exception as error:
            result = type(error).__name__, str(error)
    return result, LOG[:40], len(LOG)


@pytest.mark.parametrize("items", ITEMS)
@pytest.mark.parametrize("consumer", CONSUMERS)
def test_items_are_taken_as_in_python(consumer: str, items: str) -> None:
    leaf = Scalar(1.0)
    plain = outcome(PLAIN[consumer], ITEMS[items]())
    assert outcome(minitorch.trace(CONSUMERS[consumer]), ITEMS[items]()) == plain
    assert leaf.derivative is None


@pytest.mark.parametrize("consumer", ["sum", "sum from a float", "prod", "fsum", "reduce", "mean", "loop"])
def test_a_variable_among_them_keeps_its_history(consumer: str) -> None:
    """What comes before and after something that is no number."""
    function = CONSUMERS[consumer]
    mixed = [[2.0], [2.0, 0.5], [0.5, 2.0]]
    if consumer not in ("fsum", "mean"):
        mixed += [[Logged(3.0), 2.0], [2.0, Logged(3.0), 1.5]]
    for items in mixed:
        index = next(i for i, x in enumerate(items) if x == 2.0)

        def f(x: Any, items: list[Any] = items, index: int = index) -> Any:
            return function(told([*items[:index], x, *items[index + 1 :]]))

        plain = outcome(lambda _: f(2.0), ())
        assert outcome(lambda _: minitorch.value_and_grad(f)(2.0)[0], ()) == plain
        step = 1e-6
        slope = (f(2.0 + step) - f(2.0 - step)) / (2 * step)
        assert math.isclose(minitorch.grad(f)(2.0), slope, rel_tol=1e-6)
